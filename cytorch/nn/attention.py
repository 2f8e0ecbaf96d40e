"""Choosing how attention is computed: accepted, and without effect, as there is one way here."""
from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from enum import IntEnum


class SDPBackend(IntEnum):
    """PyTorch's ways to compute scaled_dot_product_attention."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


@contextlib.contextmanager
def sdpa_kernel(backends: SDPBackend | Iterable[SDPBackend],
                set_priority: bool = False) -> Iterator[None]:
    """Checks the names of the backends; results are the same inside and outside.

    >>> with sdpa_kernel(SDPBackend.MATH):
    ...     pass
    """
    listed = [backends] if isinstance(backends, SDPBackend) else list(backends)
    if not listed or not all(isinstance(backend, SDPBackend) for backend in listed):
        raise AssertionError("Backend must be an instance of SDPBackend or a non-empty list of "
                             f"SDPBackend instances, got {backends!r}")
    yield


__all__ = ["SDPBackend", "sdpa_kernel"]
