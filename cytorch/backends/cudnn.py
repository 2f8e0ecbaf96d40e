"""cuDNN: not used. The switches can be set, and have no effect."""
from __future__ import annotations

import sys
from typing import Any

from .flags import set_for_block

enabled = False
benchmark = False
benchmark_limit = 10
deterministic = False
allow_tf32 = False
fp32_precision = "none"


def is_available() -> bool:
    """Whether cuDNN can be used: no.

    >>> is_available()
    False
    """
    return False


def version() -> int | None:
    """The version of cuDNN: None, there is none."""
    return None


def is_acceptable(tensor: Any) -> bool:
    """Whether cuDNN would take this tensor: no."""
    return False


def set_flags(_enabled: bool | None = None, _benchmark: bool | None = None,
              _benchmark_limit: int | None = None, _deterministic: bool | None = None,
              _allow_tf32: bool | None = None, _fp32_precision: str = "none") -> tuple[Any, ...]:
    """Set the switches that are given; returns their earlier values."""
    names = ("enabled", "benchmark", "benchmark_limit", "deterministic", "allow_tf32")
    values = (_enabled, _benchmark, _benchmark_limit, _deterministic, _allow_tf32)
    module = sys.modules[__name__]
    before = tuple(getattr(module, name) for name in names)
    for name, value in zip(names, values):
        if value is not None:
            setattr(module, name, value)
    return before


def flags(enabled: bool | None = False, benchmark: bool | None = False,
          benchmark_limit: int | None = 10, deterministic: bool | None = False,
          allow_tf32: bool | None = True, fp32_precision: str = "none") -> Any:
    """A block in which the switches have these values."""
    return set_for_block(sys.modules[__name__], {
        "enabled": enabled, "benchmark": benchmark, "benchmark_limit": benchmark_limit,
        "deterministic": deterministic, "allow_tf32": allow_tf32})
