"""Convolutions over 1 to 3 dimensions and their transposes."""
from __future__ import annotations

import math
from typing import Any

import cytorch
from cytorch import Tensor

from . import functional as F
from . import init
from .module import Module
from .parameter import Parameter
from .sizes import expanded, reversed_twice

_PAD_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate",
              "circular": "circular"}


class _ConvNd(Module):
    """What all convolutions share: arguments, parameters, initial values, repr."""

    n_dims: int
    bias: Parameter | None

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any,
                 padding: Any, dilation: Any, transposed: bool, output_padding: Any, groups: int,
                 bias: bool, padding_mode: str, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        n = self.n_dims
        _check_channels(in_channels, out_channels, groups)
        if padding_mode not in _PAD_MODES:
            raise ValueError(f"padding_mode must be one of {sorted(_PAD_MODES)}, but got "
                             f"padding_mode='{padding_mode}'")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = expanded(kernel_size, n)
        self.stride = expanded(stride, n)
        self.dilation = expanded(dilation, n)
        self.padding = self._checked_padding(padding)
        self.transposed = transposed
        self.output_padding = expanded(output_padding, n)
        self.groups = groups
        self.padding_mode = padding_mode
        self._reversed_padding_repeated_twice = self._pad_argument()
        first, second = (in_channels, out_channels) if transposed else (out_channels, in_channels)
        self.weight = Parameter(cytorch.empty((first, second // groups, *self.kernel_size),
                                              device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(cytorch.empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def _checked_padding(self, padding: Any) -> Any:
        if not isinstance(padding, str):
            return expanded(padding, self.n_dims)
        if padding not in ("same", "valid"):
            raise ValueError(f"Invalid padding string {padding!r}, should be one of 'same', "
                             "'valid'")
        if padding == "same" and any(s != 1 for s in self.stride):
            raise ValueError("padding='same' is not supported for strided convolutions")
        return padding

    def _pad_argument(self) -> tuple[int, ...]:
        """The padding in the form that `pad` takes, for the modes that need it."""
        if self.padding == "valid":
            return (0,) * (2 * self.n_dims)
        if self.padding != "same":
            return reversed_twice(self.padding)
        sides: list[int] = []
        for d, k in zip(reversed(self.dilation), reversed(self.kernel_size), strict=True):
            total = d * (k - 1)
            sides += [total // 2, total - total // 2]
        return tuple(sides)

    def reset_parameters(self) -> None:
        """Draw new initial values: uniform on [-k, k], k = 1/sqrt(fan_in)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            if fan_in != 0:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    def _padded(self, input: Tensor) -> tuple[Tensor, Any]:
        """The input and the padding that is left for the convolution."""
        if self.padding_mode == "zeros":
            return input, self.padding
        mode = _PAD_MODES[self.padding_mode]
        return F.pad(input, self._reversed_padding_repeated_twice, mode=mode), (0,) * self.n_dims

    def extra_repr(self) -> str:
        text = (f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
                f"stride={self.stride}")
        if isinstance(self.padding, str) or any(self.padding):
            text += f", padding={self.padding}"
        if any(d != 1 for d in self.dilation):
            text += f", dilation={self.dilation}"
        if any(self.output_padding):
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


def _check_channels(in_channels: int, out_channels: int, groups: int) -> None:
    if groups <= 0:
        raise ValueError(f"groups must be a positive integer, got {groups}")
    for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
        if channels % groups != 0:
            raise ValueError(f"{name} must be divisible by groups, got {channels} and {groups}")


class _Conv(_ConvNd):
    """The constructor of Conv1d, Conv2d and Conv3d."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1,
                 padding: Any = 0, dilation: Any = 1, groups: int = 1, bias: bool = True,
                 padding_mode: str = "zeros", device: Any = None, dtype: Any = None) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation, False,
                         0, groups, bias, padding_mode, device, dtype)


class Conv1d(_Conv):
    """Convolution over (N, in_channels, L) or (in_channels, L).

    `padding` is a number, or "same" or "valid"; `padding_mode`: zeros, reflect, replicate,
    circular. L_out = (L + 2*padding - dilation*(kernel_size - 1) - 1) // stride + 1.

    >>> Conv1d(16, 33, 3, stride=2)(cytorch.zeros(20, 16, 50)).shape
    torch.Size([20, 33, 24])
    """

    n_dims = 1

    def forward(self, input: Tensor) -> Tensor:
        input, padding = self._padded(input)
        return F.conv1d(input, self.weight, self.bias, self.stride, padding, self.dilation,
                        self.groups)


class Conv2d(_Conv):
    """Convolution over (N, in_channels, H, W) or (in_channels, H, W); arguments as Conv1d.

    >>> Conv2d(3, 8, 3, padding=1)(cytorch.zeros(2, 3, 28, 28)).shape
    torch.Size([2, 8, 28, 28])
    """

    n_dims = 2

    def forward(self, input: Tensor) -> Tensor:
        input, padding = self._padded(input)
        return F.conv2d(input, self.weight, self.bias, self.stride, padding, self.dilation,
                        self.groups)


class Conv3d(_Conv):
    """Convolution over (N, in_channels, D, H, W) or (in_channels, D, H, W); see Conv1d.

    >>> Conv3d(1, 2, 3)(cytorch.zeros(1, 1, 5, 5, 5)).shape
    torch.Size([1, 2, 3, 3, 3])
    """

    n_dims = 3

    def forward(self, input: Tensor) -> Tensor:
        input, padding = self._padded(input)
        return F.conv3d(input, self.weight, self.bias, self.stride, padding, self.dilation,
                        self.groups)


class _ConvTransposeNd(_ConvNd):
    """The constructor and size rule of the transposed convolutions."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1,
                 padding: Any = 0, output_padding: Any = 0, groups: int = 1, bias: bool = True,
                 dilation: Any = 1, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for '
                             f"{type(self).__name__}, got {padding_mode!r}")
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation, True,
                         output_padding, groups, bias, padding_mode, device, dtype)

    def _output_padding(self, input: Tensor, output_size: Any) -> tuple[int, ...]:
        """The output_padding that gives `output_size`, which a stride leaves ambiguous."""
        if output_size is None:
            return self.output_padding
        n = self.n_dims
        sizes = [int(s) for s in output_size][-n:]
        if len(output_size) not in (n, input.dim()):
            raise ValueError(f"{type(self).__name__}: output_size must have {n} or {input.dim()} "
                             f"elements, got {len(output_size)}")
        result = []
        for d in range(n):
            least = ((input.shape[d - n] - 1) * self.stride[d] - 2 * self.padding[d]
                     + self.dilation[d] * (self.kernel_size[d] - 1) + 1)
            if not least <= sizes[d] < least + self.stride[d]:
                raise ValueError(f"requested an output size of {sizes}, but valid sizes of "
                                 f"dimension {d} range from {least} to "
                                 f"{least + self.stride[d] - 1} (for an input of "
                                 f"{tuple(input.shape[-n:])})")
            result.append(sizes[d] - least)
        return tuple(result)


class ConvTranspose1d(_ConvTransposeNd):
    """Transposed convolution (the gradient of Conv1d with respect to its input).

    L_out = (L - 1)*stride - 2*padding + dilation*(kernel_size - 1) + output_padding + 1.

    >>> ConvTranspose1d(4, 2, 3, stride=2)(cytorch.zeros(1, 4, 5)).shape
    torch.Size([1, 2, 11])
    """

    n_dims = 1

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        return F.conv_transpose1d(input, self.weight, self.bias, self.stride, self.padding,
                                  self._output_padding(input, output_size), self.groups,
                                  self.dilation)


class ConvTranspose2d(_ConvTransposeNd):
    """Transposed convolution over (N, in_channels, H, W); sizes as ConvTranspose1d.

    >>> ConvTranspose2d(4, 2, 4, stride=2, padding=1)(cytorch.zeros(1, 4, 5, 5)).shape
    torch.Size([1, 2, 10, 10])
    """

    n_dims = 2

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        return F.conv_transpose2d(input, self.weight, self.bias, self.stride, self.padding,
                                  self._output_padding(input, output_size), self.groups,
                                  self.dilation)


class ConvTranspose3d(_ConvTransposeNd):
    """Transposed convolution over (N, in_channels, D, H, W); sizes as ConvTranspose1d.

    >>> ConvTranspose3d(1, 2, 2, stride=2)(cytorch.zeros(1, 1, 3, 3, 3)).shape
    torch.Size([1, 2, 6, 6, 6])
    """

    n_dims = 3

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        return F.conv_transpose3d(input, self.weight, self.bias, self.stride, self.padding,
                                  self._output_padding(input, output_size), self.groups,
                                  self.dilation)
