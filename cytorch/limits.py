"""`finfo` and `iinfo`: limits of the number types."""
from __future__ import annotations

from typing import Any

import cytorch

# Bits, largest number, distance from 1 to the next, smallest normal number, decimal resolution.
_FLOATS = {
    "float16": (16, 65504.0, 2.0 ** -10, 2.0 ** -14, 1e-3),
    "bfloat16": (16, (2.0 - 2.0 ** -7) * 2.0 ** 127, 2.0 ** -7, 2.0 ** -126, 1e-2),
    "float32": (32, (2.0 - 2.0 ** -23) * 2.0 ** 127, 2.0 ** -23, 2.0 ** -126, 1e-6),
    "float64": (64, (2.0 - 2.0 ** -52) * 2.0 ** 1023, 2.0 ** -52, 2.0 ** -1022, 1e-15),
}
_PARTS = {"complex64": "float32", "complex128": "float64"}
_BITS = {"uint8": 8, "int8": 8, "int16": 16, "int32": 32, "int64": 64}


def _name(dtype: Any) -> str:
    return str(dtype).rpartition(".")[2]


class finfo:  # noqa: N801 - PyTorch's name
    """Limits of a floating dtype: bits, eps, max, min, tiny, smallest_normal, resolution.

    type: a floating or complex dtype (its parts count); the default dtype when left out. Raises
    TypeError for other dtypes.

    >>> cytorch.finfo(cytorch.float32).eps
    1.1920928955078125e-07
    """

    __slots__ = ("bits", "dtype", "eps", "max", "min", "resolution", "smallest_normal", "tiny")

    def __init__(self, type: Any = None) -> None:
        name = _name(cytorch.get_default_dtype() if type is None else type)
        name = _PARTS.get(name, name)
        if name not in _FLOATS:
            raise TypeError("torch.finfo() requires a floating point input type, got "
                            f"{type!r}. Use torch.iinfo to handle integers")
        self.dtype = name
        self.bits, self.max, self.eps, self.tiny, self.resolution = _FLOATS[name]
        self.min = -self.max
        self.smallest_normal = self.tiny

    def __eq__(self, other: object) -> bool:
        return isinstance(other, finfo) and other.dtype == self.dtype

    def __hash__(self) -> int:
        return hash(("finfo", self.dtype))

    def __repr__(self) -> str:
        return (f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, "
                f"eps={self.eps:g}, smallest_normal={self.smallest_normal:g}, "
                f"tiny={self.tiny:g}, dtype={self.dtype})")


class iinfo:  # noqa: N801 - PyTorch's name
    """Limits of an integer dtype: bits, max, min.

    type: an integer dtype. Raises TypeError for other dtypes.

    >>> cytorch.iinfo(cytorch.uint8).max
    255
    """

    __slots__ = ("bits", "dtype", "max", "min")

    def __init__(self, type: Any) -> None:
        name = _name(type)
        if name not in _BITS:
            raise TypeError(f"torch.iinfo() requires an integer input type, got {type!r}. "
                            "Use torch.finfo to handle floating point types")
        self.dtype = name
        self.bits = _BITS[name]
        unsigned = name.startswith("u")
        self.min = 0 if unsigned else -(2 ** (self.bits - 1))
        self.max = 2 ** self.bits - 1 if unsigned else 2 ** (self.bits - 1) - 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, iinfo) and other.dtype == self.dtype

    def __hash__(self) -> int:
        return hash(("iinfo", self.dtype))

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
