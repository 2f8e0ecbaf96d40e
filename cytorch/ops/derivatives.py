"""What derivatives of many families share. They get tensors, or Python numbers where a parameter
takes both."""
from __future__ import annotations

from typing import Any

from .spec import ops


def conj(x: Any) -> Any:
    """The complex conjugate; numbers and real tensors come back as they are."""
    if isinstance(x, (bool, int, float)):
        return x
    if isinstance(x, complex):
        return x.conjugate()
    return x.conj() if x.dtype.is_complex else x


def zero(g: Any) -> Any:
    """The gradient of a step function."""
    return ops.zeros_like(g)


def masked(condition: Any, g: Any) -> Any:
    """`g` where `condition` holds, else 0 (not `g * condition`: an infinite `g` stays out)."""
    return ops.where(condition, g, 0)
