"""Checks that ops of several families make before they compute."""
from __future__ import annotations

from typing import Any

from .spec import dtype_error


def no_complex(input: Any, name: str) -> Any:
    """`input`; DTypeError where it is complex: for compositions that would take it by accident."""
    if input.dtype.is_complex:
        raise dtype_error(f"{name}(): not implemented for complex tensors, got {input.dtype}")
    return input
