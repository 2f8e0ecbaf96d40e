"""How many threads the OpenBLAS inside of NumPy may use while it works for us.

Its threads spin while they wait: where other threads run, a 64 x 64 decomposition took 500 times as
long on two threads as on one. So small matrices get one, large ones as many as cytorch uses.
"""
from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any

import numpy

from cytorch._C.threads import get_num_threads

# Rows and columns from which on a second thread pays.
_LARGE = 512
_PREFIXES, _SUFFIXES = ("scipy_", ""), ("64_", "")


def _function(library: Any, name: str) -> Any:
    for prefix in _PREFIXES:
        for suffix in _SUFFIXES:
            found = getattr(library, f"{prefix}openblas_{name}{suffix}", None)
            if found is not None:
                return found
    return None


@cache
def _thread_functions() -> tuple[Any, Any] | None:
    """(get, set) of the OpenBLAS that NumPy's wheel brings along; None for another BLAS."""
    site = Path(numpy.__file__).parents[1]
    for path in sorted(site.glob("numpy.libs/*openblas*")):
        library = ctypes.CDLL(str(path), mode=os.RTLD_NOLOAD | os.RTLD_NOW)
        functions = _function(library, "get_num_threads"), _function(library, "set_num_threads")
        if None not in functions:
            return functions
    return None


def on_few_threads(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run function(matrices, ..) on one BLAS thread, or on cytorch's number for large matrices."""
    @wraps(function)
    def limited(matrices: Any, *args: Any) -> Any:
        functions = _thread_functions()
        if functions is None:
            return function(matrices, *args)
        get, set_ = functions
        before = get()
        set_(min(before, get_num_threads()) if min(matrices.shape[-2:]) >= _LARGE else 1)
        try:
            return function(matrices, *args)
        finally:
            set_(before)

    return limited
