"""Intel's MKL: not used; matrix products have kernels of their own."""
from __future__ import annotations

from contextlib import nullcontext
from typing import Any

VERBOSE_OFF, VERBOSE_ON = 0, 1


def is_available() -> bool:
    """Whether MKL is used: no.

    >>> is_available()
    False
    """
    return False


def verbose(enable: Any = VERBOSE_OFF) -> Any:
    """A block in which MKL would print what it does; nothing is printed."""
    return nullcontext()
