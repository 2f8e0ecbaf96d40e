"""The whole op suite on device "mirror", whose memory the host cannot touch.

Outside of a kernel its pages are inaccessible, so anything that reads device memory from the
host ends the process: passing here is the proof that the device seam has no leak.
"""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch.ops.spec import Call, Op
from support.layouts import to_numpy
from support.samples import map_tensors, tensors_in
from support.table import (
    assert_close,
    describe,
    has_no_history,
    is_random,
    run_tensors,
    samples_of,
)


def on_mirror(call: Call) -> Call:
    return map_tensors(lambda t: t.to("mirror"), call)


def test_forward(entry: Op) -> None:
    for index, call in enumerate(samples_of(entry)):
        context = describe(entry, index, call)
        expected = run_tensors(entry, call)
        actual = run_tensors(entry, on_mirror(call))
        assert len(actual) == len(expected), context
        for got, want in zip(actual, expected, strict=True):
            if entry.tensor_params and entry.short_name != "cpu":
                assert got.device.type == "mirror", f"{context}: result on {got.device}"
            if not is_random(entry):  # or not initialised at all
                assert_close(got, want, context, (0.0, 0.0))


def gradients_of(entry: Op, call: Call) -> list[Any]:
    """Gradients of the sum of all outputs with respect to all floating inputs."""
    def ask(tensor: Any) -> Any:
        copy = tensor.detach().clone()
        return copy.requires_grad_() if tensor.dtype == cytorch.float64 else copy

    call = map_tensors(ask, call)
    inputs = [t for t in tensors_in([*call.args, *call.kwargs.values()]) if t.requires_grad]
    outputs = [out for out in run_tensors(entry, call)
               if out.requires_grad and out.dtype.is_floating_point]
    if not inputs or not outputs:
        return []
    incoming = [cytorch.ones_like(out) for out in outputs]
    return list(cytorch.autograd.grad(outputs, inputs, incoming, allow_unused=True))


def test_backward(entry: Op) -> None:
    if has_no_history(entry):
        return
    for index, call in enumerate(samples_of(entry, "float64")):
        context = describe(entry, index, call)
        expected = gradients_of(entry, call)
        actual = gradients_of(entry, on_mirror(call))
        for got, want in zip(actual, expected, strict=True):
            assert (got is None) == (want is None), context
            if got is not None:
                assert got.device.type == "mirror", context
                assert_close(to_numpy(got), to_numpy(want), context, (1e-12, 1e-12))
