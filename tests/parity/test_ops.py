"""Every op of the table against PyTorch: values, dtypes, gradients, for all samples."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import cytorch
from cytorch.ops.spec import Call, Op
from support.layouts import to_numpy
from support.parity import Refused, array_of, torch_calls, torch_function, torch_run
from support.samples import dtype_name, is_tensor, map_tensors, tensors_in
from support.table import (
    assert_close,
    complex_samples,
    describe,
    has_no_history,
    is_random,
    run,
    samples_of,
    tolerance,
)

INTEGERS = ("bool", "uint8", "int8", "int16", "int32", "int64")


def comparable(entry: Op) -> Any:
    """PyTorch's function; random streams differ, so those ops are left out."""
    left_out = entry.private or is_random(entry) or not entry.extra.get("parity", True)
    return None if left_out or "needs" in entry.extra else torch_function(entry)


def compare(entry: Op, dtype: str) -> None:
    function = comparable(entry)
    if function is None:
        return
    pairs = zip(samples_of(entry, dtype), torch_calls(entry, dtype), strict=True)
    compared, refusal = 0, None
    for index, (ours, theirs) in enumerate(pairs):
        context = describe(entry, index, ours)
        try:
            expected = torch_run(entry, function, theirs)
        except Refused as error:
            refusal = error
            continue
        compared += 1
        actual = run(entry, ours)
        assert len(actual) == len(expected), f"{context}: {len(actual)} results"
        for got, want in zip(actual, expected, strict=True):
            if is_tensor(want):
                assert dtype_name(got) == dtype_name(want), context
            assert_close(got, array_of(want), context, tolerance(got))
    if not compared and dtype == "float64":
        raise AssertionError("PyTorch takes no sample: give extra={'parity': False}") from refusal


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_values(entry: Op, dtype: str) -> None:
    if dtype == "bfloat16" and (entry.kernel is None or entry.kernel.kind != "elementwise"
                                or "float32" not in entry.kernel.dtypes):
        return
    compare(entry, dtype)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integer_values(entry: Op, dtype: str) -> None:
    """Dtypes that the kernel has, and the ints that promote="float" turns into floats."""
    if entry.kernel is None or entry.kernel.kind not in ("elementwise", "reduction"):
        return
    if dtype in entry.kernel.dtypes or entry.promote == "float":
        compare(entry, dtype)


@pytest.mark.filterwarnings("ignore:Casting complex values")
@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex_values(entry: Op, dtype: str) -> None:
    """Complex numbers, where both take them."""
    function = comparable(entry)
    samples = [] if function is None else complex_samples(entry, dtype)
    theirs = torch_calls(entry, dtype) if samples else []
    for index, call in samples:
        context = describe(entry, index, call)
        try:
            expected = torch_run(entry, function, theirs[index])
        except Refused:
            continue
        for got, want in zip(run(entry, call), expected, strict=True):
            if is_tensor(want):
                assert dtype_name(got) == dtype_name(want), context
            assert_close(got, array_of(want), context, tolerance(got))


def gradients(call: Call, function: Callable[[Call], list[Any]], engine: Any,
              double: Any) -> list[Any]:
    """Gradients of a weighted sum of all outputs with respect to all inputs of dtype `double`."""
    def ask(tensor: Any) -> Any:
        return tensor.detach().requires_grad_() if tensor.dtype == double else tensor

    call = map_tensors(ask, call)
    inputs = [t for t in tensors_in(call) if t.requires_grad]
    outputs = [out for out in tensors_in(function(call)) if out.requires_grad]
    if not inputs or not outputs:
        return []
    incoming = [(out.detach() * 0 + (1 - 0.5j if out.dtype.is_complex else 1)).cos()
                for out in outputs]
    return list(engine.grad(outputs, inputs, incoming, allow_unused=True))


@pytest.mark.filterwarnings("ignore:Casting complex values")
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_gradients(entry: Op, dtype: str) -> None:
    """Those of complex numbers for elementwise ops; test_grad.py checks them for all."""
    function = comparable(entry)
    if function is None or has_no_history(entry):
        return
    samples = list(enumerate(samples_of(entry, dtype))) if dtype == "float64" else []
    if dtype == "complex128" and entry.kernel is not None and entry.kernel.kind == "elementwise":
        samples = complex_samples(entry, dtype)
    theirs = torch_calls(entry, dtype) if samples else []
    for index, ours in samples:
        context = describe(entry, index, ours)
        try:
            expected = gradients(theirs[index], lambda c: torch_run(entry, function, c),
                                 torch.autograd, getattr(torch, dtype))
        except (Refused, RuntimeError):
            continue  # no derivative in PyTorch: weights of losses, indices of odd shapes
        actual = gradients(ours, lambda c: run(entry, c), cytorch.autograd,
                           getattr(cytorch, dtype))
        assert len(actual) == len(expected), f"{context}: differentiable here or there only"
        pair = max((1e-8, 1e-9), tolerance(*tensors_in(run(entry, ours))))
        for got, want in zip(actual, expected, strict=True):
            if got is None or want is None:  # a zero gradient may be left undefined
                present = got if got is not None else want
                assert present is None or not float(abs(present).sum()), context
            else:
                assert_close(to_numpy(got), array_of(want), context, pair)
