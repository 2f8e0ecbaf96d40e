"""Values of every op against its NumPy reference."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cytorch
from cytorch.ops.spec import Call, Op
from support.layouts import to_numpy
from support.samples import dtype_name, map_tensors, tensors_in
from support.table import assert_close, describe, find, is_random, run, samples_of, tolerance

# What NumPy calls PyTorch's keyword arguments.
NUMPY_NAMES = {"dim": "axis", "keepdim": "keepdims"}


def reference_of(entry: Op) -> Any:
    if isinstance(entry.ref, str):
        return find(np, entry.ref.removeprefix("numpy."))
    return entry.ref


def call_reference(entry: Op, call: Call) -> Any:
    """The reference on NumPy copies; a dotted NumPy name gets NumPy's argument names."""
    plain = map_tensors(to_numpy, call)
    kwargs = {name: plain_dtype(value) for name, value in plain.kwargs.items()}
    if isinstance(entry.ref, str):
        kwargs = {NUMPY_NAMES.get(name, name): value for name, value in kwargs.items()}
    with np.errstate(all="ignore"):
        return reference_of(entry)(*map(plain_dtype, plain.args), **kwargs)


def plain_dtype(value: Any) -> Any:
    """NumPy's name for a dtype object; anything else as it is."""
    return dtype_name(value) if isinstance(value, cytorch.dtype) else value


def as_arrays(result: Any) -> list[Any]:
    if isinstance(result, (tuple, list)):
        return [array for item in result for array in as_arrays(item)]
    return [np.asarray(result)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values(entry: Op, dtype: str) -> None:
    if entry.ref is None or is_random(entry):
        return
    for index, call in enumerate(samples_of(entry, dtype)):
        context = describe(entry, index, call)
        try:
            expected = as_arrays(call_reference(entry, call))
        except np.exceptions.AxisError:  # PyTorch lets dim=0 pass for 0-dim tensors
            assert any(t.ndim == 0 for t in tensors_in(call)), context
            continue
        actual = run(entry, call)
        assert len(actual) == len(expected), f"{context}: {len(actual)} results"
        for out, want in zip(actual, expected, strict=True):
            assert_close(out, want, context, tolerance(out))


def test_inputs_stay_as_they_are(entry: Op) -> None:
    """An op whose name does not end in `_` writes into none of its arguments."""
    for index, call in enumerate(samples_of(entry)):
        before = [to_numpy(t) for t in tensors_in(call)]
        run(entry, call)
        for array, tensor in zip(before, tensors_in(call), strict=True):
            np.testing.assert_array_equal(array, to_numpy(tensor), describe(entry, index, call))

