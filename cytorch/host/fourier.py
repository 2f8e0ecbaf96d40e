"""Discrete Fourier transforms by numpy.fft, over any axes, in the precision of the input.

`scaling` is 0 for none, 1 for 1 / sqrt(n), 2 for 1 / n, n being the number of points.
"""
from __future__ import annotations

from typing import Any

import numpy

# NumPy names a scaling by the direction that it belongs to.
_FORWARD: Any = ("backward", "ortho", "forward")
_INVERSE: Any = ("forward", "ortho", "backward")
_COMPLEX = {"float32": "complex64", "float64": "complex128"}
_REAL = {"complex64": "float32", "complex128": "float64"}


def _laid_out(array: Any, dtype: str) -> Any:
    """In row-major order; NumPy may have computed in double precision."""
    return array.astype(dtype, order="C", copy=False)


def complex_to_complex(array: Any, axes: tuple[int, ...], scaling: int, forward: bool) -> Any:
    transform, names = (numpy.fft.fftn, _FORWARD) if forward else (numpy.fft.ifftn, _INVERSE)
    sizes = [array.shape[axis] for axis in axes]
    return _laid_out(transform(array, sizes, axes, names[scaling]), array.dtype.name)


def real_to_complex(array: Any, axes: tuple[int, ...], scaling: int) -> Any:
    """Forward; the last axis gets n // 2 + 1 points."""
    sizes = [array.shape[axis] for axis in axes]
    return _laid_out(numpy.fft.rfftn(array, sizes, axes, _FORWARD[scaling]),
                     _COMPLEX[array.dtype.name])


def complex_to_real(array: Any, axes: tuple[int, ...], scaling: int, last_size: int) -> Any:
    """Inverse; the last axis has last_size // 2 + 1 points and gets last_size."""
    sizes = [array.shape[axis] for axis in axes[:-1]] + [last_size]
    return _laid_out(numpy.fft.irfftn(array, sizes, axes, _INVERSE[scaling]),
                     _REAL[array.dtype.name])
