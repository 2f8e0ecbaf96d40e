"""oneDNN: not used; convolutions have kernels of their own."""
from __future__ import annotations

from contextlib import nullcontext
from typing import Any

VERBOSE_OFF, VERBOSE_ON, VERBOSE_ON_CREATION = 0, 1, 2
enabled = deterministic = allow_tf32 = False


def is_available() -> bool:
    """Whether oneDNN is used: no.

    >>> is_available()
    False
    """
    return False


def verbose(enable: Any = VERBOSE_OFF) -> Any:
    """A block in which oneDNN would print what it does; nothing is printed."""
    return nullcontext()


def flags(enabled: bool = False, deterministic: bool = False, allow_tf32: bool = True,
          fp32_precision: str = "none") -> Any:
    """A block in which oneDNN's switches have these values; nothing changes."""
    return nullcontext()
