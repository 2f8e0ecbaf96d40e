"""Complex dtypes of every op of the table against PyTorch on the CPU.

What runs there runs here (test_ops.py compares the values), with the same gradients: that of the
real part plus i times that of the imaginary part. What raises there raises here. Samples without
elements, or of single numbers, are left out: for those PyTorch often returns before it looks for a
kernel.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

import cytorch
from cytorch.ops.spec import Call, Op
from support.layouts import to_numpy
from support.parity import Refused, array_of, torch_calls, torch_function, torch_run
from support.samples import dtype_name, is_tensor, map_tensors, tensors_in
from support.table import assert_close, describe, has_no_history, is_random, run, samples_of

pytestmark = pytest.mark.filterwarnings("ignore:Casting complex values to real")

# Ops that run here and not there, or the other way round, and why.
DIFFERENT = {
    "index_reduce": "PyTorch takes complex numbers for include_self=True only",
    "convolution": "PyTorch takes complex numbers in conv1d, conv2d and conv3d only",
    "affine_grid_generator": "checked as affine_grid is",
    "masked.median": "of complex numbers, which have no order",
    "masked.logaddexp": "PyTorch fails when it looks for the smallest complex number",
    "nn.functional.ctc_loss": "its samples are logarithms of probabilities",
    "searchsorted": "its samples are in order",
}
# Ops whose gradient is checked for real numbers only, and why.
REAL_GRADIENT = {
    "linalg.matrix_power": "the power 0 has no gradient here and zeros there",
    "matrix_power": "as linalg.matrix_power",
    "ldexp": "PyTorch's is 0 for negative exponents",
    "linalg.cholesky": "the factor's diagonal is real: only the real part of its gradient counts",
    "linalg.cholesky_ex": "as linalg.cholesky",
    "cholesky": "as linalg.cholesky",
}


def cases(entry: Op, dtype: str) -> Iterator[tuple[str, Call, Call, Call]]:
    """(context, our call, PyTorch's call, PyTorch's call in real numbers)."""
    if entry.private or is_random(entry) or not entry.extra.get("parity", True) \
            or "needs" in entry.extra or entry.name in DIFFERENT:
        return
    in_reals = torch_calls(entry, "float64")
    pairs = zip(samples_of(entry, dtype), torch_calls(entry, dtype), strict=True)
    for index, (ours, theirs) in enumerate(pairs):
        tensors = tensors_in([*theirs.args, *theirs.kwargs.values()])
        if all(t.numel() for t in tensors) and any(
                dtype_name(t) == dtype and t.dim() for t in tensors):
            # Samples with NaN exist for real numbers only, at the end.
            yield describe(entry, index, ours), ours, theirs, in_reals[index]


def runs(entry: Op, function: Any, call: Call) -> list[Any] | None:
    """PyTorch's results; None where it refuses."""
    try:
        return torch_run(entry, function, call)
    except (Refused, NotImplementedError):
        return None


def test_runs_or_raises_alike(entry: Op) -> None:
    function = torch_function(entry)
    for context, ours, theirs, in_reals in cases(entry, "complex128") if function else ():
        expected = runs(entry, function, theirs)
        if expected is not None:
            kinds = [dtype_name(t) for t in expected if is_tensor(t)]
            assert [dtype_name(t) for t in run(entry, ours) if is_tensor(t)] == kinds, context
        elif runs(entry, function, in_reals) is not None:
            with pytest.raises(cytorch.errors.CytorchError):
                run(entry, ours)


def gradients(call: Call, function: Callable[[Call], list[Any]], library: Any) -> list[Any]:
    """Gradients with respect to all complex inputs, of all outputs with complex weights."""
    call = map_tensors(
        lambda t: t.detach().requires_grad_() if t.dtype == library.complex128 else t, call)
    inputs = [t for t in tensors_in(call) if t.requires_grad]
    outputs = [out for out in tensors_in(function(call)) if out.requires_grad]
    incoming = []
    for out in outputs:
        weights = np.cos(np.arange(out.numel()) + 1.0).reshape(tuple(out.shape))
        turned = weights * (1 + 0.5j) if out.dtype.is_complex else weights
        incoming.append(library.from_numpy(np.asarray(turned)).to(out.dtype))
    if not outputs:
        return []
    return list(library.autograd.grad(outputs, inputs, incoming, allow_unused=True))


def test_gradients(entry: Op) -> None:
    function = torch_function(entry)
    if function is None or has_no_history(entry) or entry.name in REAL_GRADIENT:
        return
    if entry.kernel is not None and entry.kernel.kind == "elementwise":
        return    # test_ops.py compares these
    for context, ours, theirs, _ in cases(entry, "complex128"):
        try:
            expected = gradients(theirs, lambda c: torch_run(entry, function, c), torch)
        except (Refused, RuntimeError):
            continue    # no values, or no derivative
        actual = gradients(ours, lambda c: run(entry, c), cytorch)
        assert len(actual) == len(expected), f"{context}: differentiable here or there only"
        for got, want in zip(actual, expected, strict=True):
            if got is None or want is None:    # a zero gradient may be left undefined
                present = got if got is not None else want
                assert present is None or not float(abs(present).sum()), context
            else:
                assert dtype_name(got) == dtype_name(want), context
                assert_close(to_numpy(got), array_of(want), context, (1e-7, 1e-7))
