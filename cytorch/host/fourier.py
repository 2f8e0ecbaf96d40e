"""Discrete Fourier transforms by numpy.fft, over any axes, in the precision of the input.

`scaling` is 0 for none, 1 for 1 / sqrt(n), 2 for 1 / n, n being the number of points.
"""
from __future__ import annotations

import math
from typing import Any

import numpy

_NONE, _BY_COUNT = 0, 2
# NumPy names a scaling by the direction that it belongs to.
_FORWARD: Any = ("backward", "ortho", "forward")
_INVERSE: Any = ("forward", "ortho", "backward")
_COMPLEX = {numpy.dtype("float32"): numpy.dtype("complex64"),
            numpy.dtype("float64"): numpy.dtype("complex128")}
_REAL = {wide: narrow for narrow, wide in _COMPLEX.items()}
_SINGLE = (numpy.dtype("float32"), numpy.dtype("complex64"))


def _transformed(transform: Any, array: Any, sizes: list[int], axes: tuple[int, ...],
                 names: Any, scaling: int, dtype: Any) -> Any:
    """The result in row-major order and of `dtype`; NumPy may have computed in double precision."""
    if scaling == _NONE and dtype in _SINGLE:
        # NumPy's factor 1 is an integer, for which it has no loops in single precision: it takes
        # those of long double, 50 times as slow. So let it scale, and undo that.
        result = transform(array, sizes, axes, names[_BY_COUNT])
        result *= math.prod(sizes)
    else:
        result = transform(array, sizes, axes, names[scaling])
    return result.astype(dtype, order="C", copy=False)


def complex_to_complex(array: Any, axes: tuple[int, ...], scaling: int, forward: bool) -> Any:
    transform, names = (numpy.fft.fftn, _FORWARD) if forward else (numpy.fft.ifftn, _INVERSE)
    sizes = [array.shape[axis] for axis in axes]
    return _transformed(transform, array, sizes, axes, names, scaling, array.dtype)


def real_to_complex(array: Any, axes: tuple[int, ...], scaling: int) -> Any:
    """Forward; the last axis gets n // 2 + 1 points."""
    sizes = [array.shape[axis] for axis in axes]
    return _transformed(numpy.fft.rfftn, array, sizes, axes, _FORWARD, scaling,
                        _COMPLEX[array.dtype])


def complex_to_real(array: Any, axes: tuple[int, ...], scaling: int, last_size: int) -> Any:
    """Inverse; the last axis has last_size // 2 + 1 points and gets last_size."""
    sizes = [array.shape[axis] for axis in axes[:-1]] + [last_size]
    return _transformed(numpy.fft.irfftn, array, sizes, axes, _INVERSE, scaling,
                        _REAL[array.dtype])
