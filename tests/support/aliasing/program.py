"""Programs that mix views, in-place ops and autograd.

Each is run on a library and gives plain lists, numbers and booleans, or the word "error". What
PyTorch gives is recorded in tests/autograd/views_expected.json; tests/parity checks the record.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

Program = Callable[[Any], Any]
PROGRAMS: dict[str, Program] = {}


def program(function: Program) -> Program:
    PROGRAMS[function.__name__] = function
    return function


def outcome(function: Program, library: Any) -> Any:
    """What the program returns, tensors as lists; "error" for a RuntimeError."""
    try:
        return plain(function(library))
    except RuntimeError:
        return "error"


def plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


def leaf(T: Any, *shape: int) -> Any:
    count = 1
    for size in shape:
        count *= size
    return (T.arange(count, dtype=T.float64) + 1).reshape(shape).requires_grad_()


def node_name(tensor: Any) -> str:
    return str(tensor.grad_fn.name()).rpartition("::")[2]
