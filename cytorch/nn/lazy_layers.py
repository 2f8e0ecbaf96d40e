"""Layers whose number of input features or channels is that of their first input."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch import Tensor

from .batchnorm import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
)
from .conv import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from .lazy import LazyModuleMixin
from .linear import Linear
from .uninitialized import UninitializedBuffer, UninitializedParameter


class LazyLinear(LazyModuleMixin, Linear):
    """A Linear whose in_features is the last size of the first input.

    >>> layer = LazyLinear(3)
    >>> layer(cytorch.zeros(2, 5)).shape, layer.weight.shape
    (torch.Size([2, 3]), torch.Size([3, 5]))
    """

    cls_to_become = Linear
    weight: Any
    bias: Any

    def __init__(self, out_features: int, bias: bool = True, device: Any = None,
                 dtype: Any = None) -> None:
        super().__init__(0, 0, False, device, dtype)
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Draw initial values, once there are parameters."""
        if self.in_features != 0 and not self.has_uninitialized_params():
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:  # type: ignore[override]
        """Take in_features from the input."""
        if self.has_uninitialized_params():
            self.in_features = input.shape[-1]
            self.weight.materialize((self.out_features, self.in_features))
            if self.bias is not None:
                self.bias.materialize((self.out_features,))
            self.reset_parameters()
        # Weights that were loaded before the first call have a shape already.
        self.in_features = self.weight.shape[1]


class _LazyConv(LazyModuleMixin):
    """The constructor of the lazy convolutions: that of the layer, without in_channels."""

    weight: Any
    bias: Any

    def __init__(self: Any, out_channels: int, kernel_size: Any, *args: Any, bias: bool = True,
                 device: Any = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(0, 0, kernel_size, *args, bias=False, device=device, dtype=dtype,
                         **kwargs)
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_channels = out_channels
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self: Any) -> None:
        """Draw initial values, once there are parameters."""
        if self.in_channels != 0 and not self.has_uninitialized_params():
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self: Any, input: Tensor) -> None:  # type: ignore[override]
        """Take in_channels from the input."""
        if not self.has_uninitialized_params():
            return
        n = self.n_dims
        if input.dim() not in (n + 1, n + 2):
            raise RuntimeError(f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to "
                               f"{type(self).__name__}, but got input of size: "
                               f"{tuple(input.shape)}")
        self.in_channels = channels = input.shape[-n - 1]
        if channels % self.groups != 0:
            raise ValueError(f"in_channels must be divisible by groups, got {channels} and "
                             f"{self.groups}")
        first, second = self.out_channels, channels // self.groups
        if self.transposed:
            first, second = channels, self.out_channels // self.groups
        self.weight.materialize((first, second, *self.kernel_size))
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))
        self.reset_parameters()


class _LazyConvForward(_LazyConv):
    def __init__(self: Any, out_channels: int, kernel_size: Any, stride: Any = 1,
                 padding: Any = 0, dilation: Any = 1, groups: int = 1, bias: bool = True,
                 padding_mode: str = "zeros", device: Any = None, dtype: Any = None) -> None:
        super().__init__(out_channels, kernel_size, stride, padding, dilation, groups, bias=bias,
                         padding_mode=padding_mode, device=device, dtype=dtype)


class _LazyConvTranspose(_LazyConv):
    def __init__(self: Any, out_channels: int, kernel_size: Any, stride: Any = 1,
                 padding: Any = 0, output_padding: Any = 0, groups: int = 1, bias: bool = True,
                 dilation: Any = 1, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:
        super().__init__(out_channels, kernel_size, stride, padding, output_padding, groups,
                         bias=bias, dilation=dilation, padding_mode=padding_mode, device=device,
                         dtype=dtype)


class LazyConv1d(_LazyConvForward, Conv1d):  # type: ignore[misc]
    """A Conv1d whose in_channels is that of the first input."""

    cls_to_become = Conv1d


class LazyConv2d(_LazyConvForward, Conv2d):  # type: ignore[misc]
    """A Conv2d whose in_channels is that of the first input.

    >>> LazyConv2d(4, 3)(cytorch.zeros(1, 2, 5, 5)).shape
    torch.Size([1, 4, 3, 3])
    """

    cls_to_become = Conv2d


class LazyConv3d(_LazyConvForward, Conv3d):  # type: ignore[misc]
    """A Conv3d whose in_channels is that of the first input."""

    cls_to_become = Conv3d


class LazyConvTranspose1d(_LazyConvTranspose, ConvTranspose1d):  # type: ignore[misc]
    """A ConvTranspose1d whose in_channels is that of the first input."""

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvTranspose, ConvTranspose2d):  # type: ignore[misc]
    """A ConvTranspose2d whose in_channels is that of the first input."""

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvTranspose, ConvTranspose3d):  # type: ignore[misc]
    """A ConvTranspose3d whose in_channels is that of the first input."""

    cls_to_become = ConvTranspose3d


class _LazyNorm(LazyModuleMixin):
    """The constructor of the lazy normalisations: that of the layer, without num_features."""

    running_mean: Any
    running_var: Any

    def __init__(self: Any, eps: float = 1e-5, momentum: float | None = 0.1,
                 affine: bool = True, track_running_stats: bool = True, device: Any = None,
                 dtype: Any = None, *, bias: bool = True) -> None:
        super().__init__(0, eps, momentum, False, False, device, dtype)
        factory = {"device": device, "dtype": dtype}
        self.affine = affine
        self.track_running_stats = track_running_stats
        if affine:
            self.weight = UninitializedParameter(**factory)
            if bias:
                self.bias = UninitializedParameter(**factory)
        if track_running_stats:
            self.running_mean = UninitializedBuffer(**factory)
            self.running_var = UninitializedBuffer(**factory)
            self.num_batches_tracked = cytorch.tensor(0, dtype=cytorch.int64, device=device)

    def reset_parameters(self: Any) -> None:
        """Set initial values, once there are parameters."""
        if self.num_features != 0 and not self.has_uninitialized_params():
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self: Any, input: Tensor) -> None:  # type: ignore[override]
        """Take num_features from the input."""
        if self.has_uninitialized_params():
            self.num_features = input.shape[1]
            for value in (self.weight, self.bias, self.running_mean, self.running_var):
                if value is not None:
                    value.materialize((self.num_features,))
            self.reset_parameters()


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):  # type: ignore[misc]
    """A BatchNorm1d whose num_features is the channels of the first input.

    >>> LazyBatchNorm1d()(cytorch.zeros(4, 3)).shape
    torch.Size([4, 3])
    """

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):  # type: ignore[misc]
    """A BatchNorm2d whose num_features is the channels of the first input."""

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):  # type: ignore[misc]
    """A BatchNorm3d whose num_features is the channels of the first input."""

    cls_to_become = BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):  # type: ignore[misc]
    """An InstanceNorm1d whose num_features is the channels of the first input."""

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):  # type: ignore[misc]
    """An InstanceNorm2d whose num_features is the channels of the first input."""

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):  # type: ignore[misc]
    """An InstanceNorm3d whose num_features is the channels of the first input."""

    cls_to_become = InstanceNorm3d
