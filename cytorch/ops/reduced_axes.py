"""What the derivatives of reductions share: the reduced axes, back in place."""
from __future__ import annotations

import math
from typing import Any

from .spec import argument_error, index_error


def axes_of(ndim: int, dim: Any) -> tuple[int, ...]:
    """The reduced axes as numbers from 0; all of them for None and for an empty list."""
    if dim is None or dim == ():
        return tuple(range(ndim))
    if isinstance(dim, int):
        dim = (dim,)
    return tuple(d % max(ndim, 1) for d in dim)


def check_axes(name: str, ndim: int, dim: Any) -> None:
    """Raise for an axis that is out of range or given twice."""
    for d in (dim,) if isinstance(dim, int) else dim or ():
        if not -max(ndim, 1) <= d < max(ndim, 1):
            raise index_error(f"{name}: Dimension out of range (expected to be in range of "
                              f"[{-max(ndim, 1)}, {max(ndim, 1) - 1}], but got {d})")
    axes = axes_of(ndim, dim)
    if len(set(axes)) != len(axes):
        raise argument_error(f"{name}: a dim appears multiple times in the list of dims {dim}")


def numpy_axis(dim: Any) -> Any:
    """NumPy's spelling of the axes: None stands for all."""
    return None if dim is None or dim in ((), []) else dim


def restored(g: Any, shape: Any, dim: Any, keepdim: bool) -> Any:
    """`g` with every reduced axis of `shape` back as an axis of size 1."""
    if keepdim or not shape or g.ndim == len(shape):
        return g
    axes = axes_of(len(shape), dim)
    return g.reshape([1 if i in axes else size for i, size in enumerate(shape)])


def spread(g: Any, shape: Any, dim: Any, keepdim: bool) -> Any:
    """`g` repeated along the reduced axes."""
    return restored(g, shape, dim, keepdim).expand(shape)


def reduced_count(shape: Any, dim: Any) -> int:
    """How many elements one result is made of."""
    return math.prod(shape[axis] for axis in axes_of(len(shape), dim)) if shape else 1
