"""Any allocation of an op may fail: MemoryError, operands as they were, the next call works."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cytorch
from cytorch._C.state import fail_allocation
from cytorch.ops.spec import Call, Op
from support.layouts import to_numpy
from support.samples import map_tensors, tensors_in
from support.table import (
    assert_close,
    changes_argument,
    describe,
    has_no_history,
    is_random,
    run_tensors,
    samples_of,
)

MOST_ALLOCATIONS = 400  # an op that allocates more often than this on a tiny sample is wrong


def run_failing(entry: Op, call: Call, nth: int) -> list[Any] | None:
    """Results, or None when the nth allocation was reached and failed."""
    fail_allocation(nth)
    try:
        return run_tensors(entry, call)
    except MemoryError:
        return None
    finally:
        fail_allocation(-1)


def check_every_allocation(entry: Op, call: Call, context: str) -> None:
    before = [to_numpy(t) for t in tensors_in(call)]
    expected = run_tensors(entry, call)
    for nth in range(MOST_ALLOCATIONS):
        results = run_failing(entry, call, nth)
        for old, tensor in zip(before, tensors_in(call), strict=True):
            np.testing.assert_array_equal(old, to_numpy(tensor), f"{context}: allocation {nth}")
        if results is not None:
            for got, want in zip(results, expected, strict=True):
                if not is_random(entry):
                    assert_close(got, want, context, (0.0, 0.0))
            return
    pytest.fail(f"{context}: still allocating after {MOST_ALLOCATIONS}")


def test_forward(entry: Op) -> None:
    if changes_argument(entry):
        return
    for index, call in enumerate(samples_of(entry)[:3]):
        check_every_allocation(entry, call, describe(entry, index, call))


def test_backward(entry: Op) -> None:
    """A backward pass that runs out of memory leaves the engine usable."""
    if has_no_history(entry) or "needs" in entry.extra:
        return
    call = samples_of(entry, "float64")[0]
    call = map_tensors(lambda t: t.detach().requires_grad_() if t.dtype == cytorch.float64 else t,
                       call)
    inputs = [t for t in tensors_in(call) if t.requires_grad]
    outputs = [out for out in run_tensors(entry, call)
               if out.requires_grad and out.dtype.is_floating_point]
    if not inputs or not outputs:
        return
    incoming = [cytorch.ones_like(out) for out in outputs]
    for nth in range(MOST_ALLOCATIONS):
        fail_allocation(nth)
        try:
            cytorch.autograd.grad(outputs, inputs, incoming, retain_graph=True, allow_unused=True)
        except MemoryError:
            continue
        finally:
            fail_allocation(-1)
        return
    pytest.fail(f"{entry.name}: backward still fails after {MOST_ALLOCATIONS} allocations")
