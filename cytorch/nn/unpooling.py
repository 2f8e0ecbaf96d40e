"""MaxUnpool1d to 3d, FractionalMaxPool2d and 3d."""
from __future__ import annotations

from typing import Any

from cytorch import Tensor

from . import functional as F
from .module import Module
from .sizes import expanded


class _MaxUnpoolNd(Module):
    """Puts maxima back where they came from; the other places are zero."""

    n_dims: int

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        self.kernel_size = expanded(kernel_size, self.n_dims)
        self.stride = expanded(kernel_size if stride is None else stride, self.n_dims)
        self.padding = expanded(padding, self.n_dims)

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        unpool = getattr(F, f"max_unpool{self.n_dims}d")
        return unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpoolNd):
    """The inverse of MaxPool1d: forward(input, indices, output_size=None)."""

    n_dims = 1


class MaxUnpool2d(_MaxUnpoolNd):
    """The inverse of MaxPool2d: forward(input, indices, output_size=None).

    >>> y, indices = cytorch.nn.MaxPool2d(2, return_indices=True)(cytorch.ones(1, 1, 4, 4))
    >>> MaxUnpool2d(2)(y, indices).sum()
    tensor(4.)
    """

    n_dims = 2


class MaxUnpool3d(_MaxUnpoolNd):
    """The inverse of MaxPool3d: forward(input, indices, output_size=None)."""

    n_dims = 3


class _FractionalMaxPoolNd(Module):
    """Max pooling with windows at random, evenly spread places."""

    n_dims: int

    def __init__(self, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
                 return_indices: bool = False, _random_samples: Tensor | None = None) -> None:
        super().__init__()
        name = type(self).__name__
        self.kernel_size = expanded(kernel_size, self.n_dims)
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else expanded(output_size, self.n_dims)
        self.output_ratio = None if output_ratio is None else expanded(output_ratio, self.n_dims)
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output size, or a pooling "
                             "ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError(f"{name}: only one of output_size and output_ratio may be specified, "
                             f"got {output_size} and {output_ratio}")
        if self.output_ratio is not None and not all(0 < r < 1 for r in self.output_ratio):
            raise ValueError(f"{name}: output_ratio must be between 0 and 1 (got {output_ratio})")

    def forward(self, input: Tensor) -> Any:
        pool = getattr(F, f"fractional_max_pool{self.n_dims}d")
        return pool(input, self.kernel_size, self.output_size, self.output_ratio,
                    self.return_indices, _random_samples=self._random_samples)


class FractionalMaxPool2d(_FractionalMaxPoolNd):
    """Largest elements of windows of (N, C, H, W) at random places.

    >>> FractionalMaxPool2d(2, output_ratio=0.5)(cytorch.ones(1, 1, 8, 8)).shape
    torch.Size([1, 1, 4, 4])
    """

    n_dims = 2


class FractionalMaxPool3d(_FractionalMaxPoolNd):
    """Largest elements of windows of (N, C, D, H, W) at random places."""

    n_dims = 3
