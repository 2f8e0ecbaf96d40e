"""Every op gives on transposed, sliced, offset and expanded operands what it gives on copies."""
from __future__ import annotations

from typing import Any

import pytest

import cytorch
from cytorch.ops.spec import Call, Op
from support.layouts import LAYOUTS, relayout
from support.samples import map_tensors, tensors_in
from support.table import (
    assert_close,
    changes_argument,
    complex_samples,
    describe,
    is_random,
    run_tensors,
    samples_of,
    tolerance,
)

# Ops whose result depends on strides by definition.
ABOUT_STRIDES = {"as_strided", "as_strided_copy", "view", "view_as_complex", "is_contiguous",
                 "stride", "storage_offset", "data_ptr"}


def laid_out(call: Call, layout: str) -> tuple[Call, Call]:
    """The call in the given layout, and the same values in contiguous tensors."""
    strided = map_tensors(lambda t: relayout(cytorch, t, layout), call)
    return strided, map_tensors(lambda t: t.contiguous().clone(), strided)


@pytest.mark.filterwarnings("ignore:Casting complex values")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_forward(entry: Op, layout: str) -> None:
    if entry.short_name in ABOUT_STRIDES or changes_argument(entry) or is_random(entry):
        return
    if layout == "expanded" and entry.private:
        return  # other values may break what private ops take for granted
    for index, call in [*enumerate(samples_of(entry)), *complex_samples(entry, "complex64")]:
        strided, contiguous = laid_out(call, layout)
        context = f"{describe(entry, index, call)}, {layout}"
        try:
            results = zip(run_tensors(entry, strided), run_tensors(entry, contiguous), strict=True)
        except cytorch.linalg.LinAlgError:
            assert layout == "expanded", context  # equal rows make a singular matrix
            continue
        for got, want in results:
            assert_close(got, want, context, tolerance(want))


@pytest.mark.parametrize("layout", ["transposed", "sliced"])
def test_backward(entry: Op, layout: str) -> None:
    """Gradients too, with an incoming gradient in the same layout."""
    if entry.short_name in ABOUT_STRIDES or changes_argument(entry):
        return
    for index, call in enumerate(samples_of(entry, "float64")):
        results = [gradients_of(entry, c, layout) for c in laid_out(call, layout)]
        context = f"{describe(entry, index, call)}, {layout}"
        for got, want in zip(*results, strict=True):
            assert (got is None) == (want is None), context
            if got is not None:
                assert_close(got, want, context, (1e-10, 1e-10))


def gradients_of(entry: Op, call: Call, layout: str) -> list[Any]:
    def ask(tensor: Any) -> Any:
        return tensor.detach().requires_grad_() if tensor.dtype == cytorch.float64 else tensor

    call = map_tensors(ask, call)
    inputs = [t for t in tensors_in([*call.args, *call.kwargs.values()]) if t.requires_grad]
    outputs = [out for out in run_tensors(entry, call)
               if out.requires_grad and out.dtype.is_floating_point]
    if not inputs or not outputs:
        return []
    incoming = [relayout(cytorch, cytorch.linspace(-1, 1, max(out.numel(), 1),
                                                   dtype=out.dtype)[:out.numel()]
                         .reshape(out.shape), layout) for out in outputs]
    return list(cytorch.autograd.grad(outputs, inputs, incoming, allow_unused=True))
