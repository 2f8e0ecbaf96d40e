"""Helpers for arguments that may be one int or one int for each dimension."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def expanded(value: Any, n: int) -> tuple[Any, ...]:
    """n values from one value, or the n values that were given.

    >>> expanded(3, 2)
    (3, 3)
    """
    if isinstance(value, Iterable):
        return tuple(value)
    return (value,) * n


def reversed_twice(values: tuple[int, ...]) -> tuple[int, ...]:
    """(left, top) padding as `pad` wants it: last dimension first, both sides."""
    return tuple(value for value in reversed(values) for _ in range(2))
