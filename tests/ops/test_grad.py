"""First and second derivatives of every op in float64, against central differences."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import cytorch
from cytorch.ops.spec import Call, Op
from support import gradients
from support.layouts import to_numpy
from support.samples import map_tensors, tensors_in
from support.table import (
    assert_close,
    complex_samples,
    describe,
    has_no_history,
    run_tensors,
    samples_of,
)


def cases(entry: Op, dtype: str = "float64"
          ) -> Iterator[tuple[int, str, gradients.Function, list[Any]]]:
    """(number, context, function of the differentiable inputs alone, those inputs) of the samples.

    A backward primitive that gets values which belong to its input (the mean of a norm, say) cannot
    be checked on its own: the second derivative of the op that it belongs to checks it.
    """
    if "derivative_tested_by" in entry.extra or has_no_history(entry):
        return
    samples = complex_samples(entry) if dtype == "complex128" else \
        list(enumerate(samples_of(entry, dtype)))
    for index, call in samples:
        inputs = [t for t in tensors_in(list(call.args) + list(call.kwargs.values()))
                  if gradients.is_precise(t)]
        if inputs:
            yield index, describe(entry, index, call), function_of_inputs(entry, call), inputs


def function_of_inputs(entry: Op, call: Call) -> gradients.Function:
    def function(values: list[Any]) -> list[Any]:
        remaining = iter(values)

        def replace(tensor: Any) -> Any:
            return next(remaining) if gradients.is_precise(tensor) else tensor

        return run_tensors(entry, map_tensors(replace, call))

    return function


@pytest.mark.filterwarnings("ignore:Casting complex values")
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_first_derivative(entry: Op, dtype: str) -> None:
    """Samples in extra["not_the_derivative"] differ on purpose: PyTorch is their reference."""
    on_purpose = entry.extra.get("not_the_derivative", ())
    for index, context, function, inputs in cases(entry, dtype):
        if index not in on_purpose:
            gradients.check(function, inputs, context)


@pytest.mark.filterwarnings("ignore:Casting complex values")
@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_second_derivative(entry: Op, dtype: str) -> None:
    for _, context, function, inputs in cases(entry, dtype):
        gradients.check_twice(function, inputs, context)


def test_nondifferentiable_outputs(entry: Op) -> None:
    """Outputs in nondiff= and outputs of integer or bool dtype never ask for a gradient."""
    for _, context, function, inputs in cases(entry):
        outputs = function(gradients.leaves(inputs))
        for position, out in enumerate(outputs):
            name = entry.outputs[position] if position < len(entry.outputs) else ""
            continuous = out.dtype.is_floating_point or out.dtype.is_complex
            if name in entry.nondiff or not continuous:
                assert not out.requires_grad, f"{context}: output {name or position}"


def test_one_input_at_a_time(entry: Op) -> None:
    """Asking for one gradient gives the same as asking for all: the `needs` mask is right."""
    random = np.random.default_rng(3)
    for _, context, function, inputs in cases(entry):
        points = gradients.leaves(inputs)
        outputs = gradients.differentiable(function(points))
        if not outputs or len(points) < 2:
            continue
        weights = [gradients.random_like(out, random) for out in outputs]
        together = cytorch.autograd.grad(outputs, points, weights, allow_unused=True)
        for position, expected in enumerate(together):
            alone = [p.detach().requires_grad_(i == position) for i, p in enumerate(points)]
            results = function(alone)
            results = [r for r in results if r.requires_grad]
            if expected is None or not results:
                continue
            if len(results) != len(weights):
                continue  # an output that does not depend on this input
            grad = cytorch.autograd.grad(results, [alone[position]], weights)[0]
            assert_close(grad, to_numpy(expected), f"{context}, input {position}", (1e-12, 1e-12))
