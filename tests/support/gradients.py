"""Numeric checks of derivatives along random directions.

One inner product per direction replaces one evaluation per element: for outputs `y = f(x)` and
random `u`, `v`, the number `<v, J u>` is compared between backward and central differences. Complex
tensors count as pairs of real ones, so the inner product is the real part of the complex one.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import cytorch
from support.layouts import to_numpy

STEP = 1e-6
DIRECTIONS = 2

Function = Callable[[list[Any]], list[Any]]


def leaves(tensors: list[Any]) -> list[Any]:
    return [t.detach().clone().requires_grad_() for t in tensors]


def is_precise(tensor: Any) -> bool:
    """Whether differences of the tensor's values tell its derivative."""
    return tensor.dtype in (cytorch.float64, cytorch.complex128)


def random_like(tensor: Any, random: np.random.Generator) -> Any:
    values = random.standard_normal(tuple(tensor.shape))
    if tensor.dtype.is_complex:
        values = values + 1j * random.standard_normal(tuple(tensor.shape))
    return cytorch.from_numpy(np.asarray(values))


def differentiable(outputs: list[Any]) -> list[Any]:
    """Outputs with a history that are precise enough for differences."""
    return [out for out in outputs if out.requires_grad and is_precise(out)]


def inner(left: list[Any], right: list[Any]) -> float:
    """Sum of elementwise products; None counts as zero."""
    return float(sum((np.conj(to_numpy(a)) * to_numpy(b)).real.sum()
                     for a, b in zip(left, right, strict=True) if a is not None))


def moved(tensors: list[Any], directions: list[Any], step: float) -> list[Any]:
    return [cytorch.from_numpy(np.asarray(to_numpy(t) + step * to_numpy(d))).requires_grad_()
            for t, d in zip(tensors, directions, strict=True)]


def slope(function: Function, points: list[Any], directions: list[Any], weights: list[Any],
          step: float) -> float:
    """Central difference of the weighted outputs along the directions."""
    ahead = differentiable(function(moved(points, directions, step)))
    behind = differentiable(function(moved(points, directions, -step)))
    return (inner(ahead, weights) - inner(behind, weights)) / (2 * step)


def check(function: Function, inputs: list[Any], context: str, relative: float = 1e-5,
          absolute: float = 1e-6) -> None:
    """Backward of `function` at `inputs` agrees with central differences."""
    random = np.random.default_rng(7)
    points = leaves(inputs)
    outputs = differentiable(function(points))
    if not outputs:
        return
    weights = [random_like(out, random) for out in outputs]
    grads = cytorch.autograd.grad(outputs, points, weights, allow_unused=True)
    for point, grad in zip(points, grads, strict=True):
        assert grad is None or grad.shape == point.shape, (
            f"{context}: gradient of shape {tuple(grad.shape)} for {tuple(point.shape)}")
    for _ in range(DIRECTIONS):
        directions = [random_like(point, random) for point in points]
        numeric = slope(function, points, directions, weights, STEP)
        if any(point.dtype.is_complex for point in points):
            # Poles may be near, where the error that grows with the step must go.
            wide = slope(function, points, directions, weights, 2 * STEP)
            numeric = (4 * numeric - wide) / 3
        analytic = inner(list(grads), directions)
        assert abs(analytic - numeric) <= absolute + relative * max(abs(numeric), 1.0), (
            f"{context}: backward gives {analytic:.9g} along a random direction, "
            f"differences give {numeric:.9g}")


def gradient_function(function: Function, n_inputs: int) -> Function:
    """(inputs, output weights) -> gradients, itself differentiable."""

    def gradients(points: list[Any]) -> list[Any]:
        inputs, weights = points[:n_inputs], points[n_inputs:]
        outputs = differentiable(function(inputs))
        grads = cytorch.autograd.grad(outputs, inputs, weights, create_graph=True,
                                      allow_unused=True)
        return [grad for grad in grads if grad is not None]

    return gradients


def check_twice(function: Function, inputs: list[Any], context: str) -> None:
    """The gradients' own gradients agree with central differences, in inputs and weights."""
    random = np.random.default_rng(11)
    outputs = differentiable(function(leaves(inputs)))
    if outputs:
        weights = [random_like(out, random) for out in outputs]
        check(gradient_function(function, len(inputs)), [*inputs, *weights],
              f"{context}, second derivative", relative=1e-4, absolute=1e-5)
