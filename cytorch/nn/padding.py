"""Padding layers. `padding` is one int for all sides, or (left, right, top, bottom, ...)."""
from __future__ import annotations

from typing import Any

from cytorch import Tensor

from . import functional as F
from .module import Module
from .sizes import expanded


class _PadNd(Module):
    """Pads `n_dims` dimensions in one of the modes of `pad`."""

    n_dims: int
    mode: str

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = expanded(padding, 2 * self.n_dims)

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, mode=self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _CircularPadNd(_PadNd):
    mode = "circular"

    def forward(self, input: Tensor) -> Tensor:
        n = self.n_dims
        if input.dim() not in (n + 1, n + 2):
            raise ValueError(f"expected {n + 1}D or {n + 2}D input (got {input.dim()}D input of "
                             f"shape {tuple(input.shape)})")
        return super().forward(input)


class CircularPad1d(_CircularPadNd):
    """Pads (N, C, L) with values from the other end."""

    n_dims = 1


class CircularPad2d(_CircularPadNd):
    """Pads (N, C, H, W) with values from the other ends."""

    n_dims = 2


class CircularPad3d(_CircularPadNd):
    """Pads (N, C, D, H, W) with values from the other ends."""

    n_dims = 3


class ReflectionPad1d(_PadNd):
    """Pads (N, C, L) with its mirror image, the edge not repeated."""

    n_dims, mode = 1, "reflect"


class ReflectionPad2d(_PadNd):
    """Pads (N, C, H, W) with its mirror image, the edges not repeated."""

    n_dims, mode = 2, "reflect"


class ReflectionPad3d(_PadNd):
    """Pads (N, C, D, H, W) with its mirror image, the edges not repeated."""

    n_dims, mode = 3, "reflect"


class ReplicationPad1d(_PadNd):
    """Pads (N, C, L) with copies of its edge."""

    n_dims, mode = 1, "replicate"


class ReplicationPad2d(_PadNd):
    """Pads (N, C, H, W) with copies of its edges."""

    n_dims, mode = 2, "replicate"


class ReplicationPad3d(_PadNd):
    """Pads (N, C, D, H, W) with copies of its edges."""

    n_dims, mode = 3, "replicate"


class _ConstantPadNd(_PadNd):
    mode = "constant"

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, mode="constant", value=self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPadNd):
    """Pads the last dimension with a value."""

    n_dims = 1


class ConstantPad2d(_ConstantPadNd):
    """Pads the last two dimensions with a value.

    >>> ConstantPad2d(1, 3.5)(cytorch.zeros(1, 2, 2)).shape
    torch.Size([1, 4, 4])
    """

    n_dims = 2


class ConstantPad3d(_ConstantPadNd):
    """Pads the last three dimensions with a value."""

    n_dims = 3


class _ZeroPadNd(_ConstantPadNd):
    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad1d(_ZeroPadNd):
    """Pads the last dimension with zeros."""

    n_dims = 1


class ZeroPad2d(_ZeroPadNd):
    """Pads the last two dimensions with zeros."""

    n_dims = 2


class ZeroPad3d(_ZeroPadNd):
    """Pads the last three dimensions with zeros."""

    n_dims = 3
