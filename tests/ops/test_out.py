"""The `out=` form: the same values, in the tensor that was given."""
from __future__ import annotations

from typing import Any

import pytest

import cytorch
from cytorch.ops.spec import Call, Op
from support.layouts import relayout
from support.table import (
    assert_close,
    describe,
    find,
    is_random,
    run_tensors,
    samples_of,
)


def call_with_out(entry: Op, call: Call, out: Any) -> Any:
    return find(cytorch, entry.name)(*call.args, **call.kwargs, out=out)


@pytest.mark.parametrize("layout", ["contiguous", "transposed"])
def test_out(entry: Op, layout: str) -> None:
    if "out" not in entry.forms or is_random(entry):
        return
    for index, call in enumerate(samples_of(entry)):
        context = describe(entry, index, call)
        expected = run_tensors(entry, call)
        targets = [cytorch.empty_like(t).fill_(1) for t in expected]
        if layout != "contiguous":
            targets = [relayout(cytorch, t, layout) for t in targets]
        single = len(targets) == 1
        result = call_with_out(entry, call, targets[0] if single else tuple(targets))
        results = [result] if single else list(result)
        for got, target, want in zip(results, targets, expected, strict=True):
            assert got is target, f"{context}: out= must be what is returned"
            assert_close(target, want, context, (1e-6, 1e-6))


def test_out_refuses_a_lossy_dtype(entry: Op) -> None:
    """Floating results do not fit into an integer out=."""
    if "out" not in entry.forms or is_random(entry) or len(entry.outputs) > 1:
        return
    for call in samples_of(entry):
        results = run_tensors(entry, call)
        expected = results[0]
        if len(results) == 1 and expected.dtype.is_floating_point and expected.numel():
            out = cytorch.zeros(expected.shape, dtype=cytorch.int64)
            with pytest.raises((TypeError, RuntimeError), match="int64"):
                call_with_out(entry, call, out)
            return
