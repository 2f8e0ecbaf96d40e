"""Workloads, written once for any library with PyTorch's interface.

A bench file declares its workloads with `@workload(group)`; `make_test(group)` gives the test
that pytest-benchmark runs on cytorch, and `compare.py` runs the same workloads on both libraries.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Runner = Callable[[], Any]
Factory = Callable[[Any], Runner]

WORKLOADS: dict[str, dict[str, Factory]] = {}


def workload(group: str, *sizes: Any) -> Callable[[Callable[..., Runner]], Callable[..., Runner]]:
    """Register `function(T)`, or `function(T, size)` once for each of the sizes."""

    def register(function: Callable[..., Runner]) -> Callable[..., Runner]:
        named = WORKLOADS.setdefault(group, {})
        if not sizes:
            named[function.__name__] = function
        for size in sizes:
            label = ",".join(map(str, size)) if isinstance(size, tuple) else size
            named[f"{function.__name__}[{label}]"] = (
                lambda library, size=size: function(library, size))
        return function

    return register


def make_test(group: str) -> Callable[..., None]:
    @pytest.mark.parametrize("name", list(WORKLOADS[group]))
    def test(benchmark: Any, name: str) -> None:
        import cytorch

        cytorch.manual_seed(0)
        benchmark.group = name
        benchmark(WORKLOADS[group][name](cytorch))

    return test
