"""Compare derivatives from the engine with finite differences.

Complex tensors count as pairs of real numbers throughout: the Jacobian of `_numerical_jacobian`
and of `_analytical_jacobian` is the real one, of (inputs, outputs) shape as PyTorch prints it.
"""
from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cytorch

from .function import Function, FunctionCtx

if TYPE_CHECKING:
    import random

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


class GradcheckError(RuntimeError):
    """The engine's derivative disagrees with the numerical one."""


class _Undefined(Function):
    """Passes its inputs on, and no gradient back: to see what backward makes of an absent one."""

    @staticmethod
    def forward(ctx: FunctionCtx, *inputs: Any) -> Any:
        return tuple(x.clone() for x in inputs)

    @staticmethod
    def backward(ctx: FunctionCtx, *grads: Any) -> Any:
        return (None,) * len(grads)


def _as_tuple(value: Any) -> tuple[Any, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(value)
    return (value,)


def _is_differentiable_type(value: Any) -> bool:
    return isinstance(value, cytorch.Tensor) and (value.is_floating_point() or value.is_complex())


def _needs_grad(value: Any) -> bool:
    return _is_differentiable_type(value) and value.requires_grad


def _differentiable_outputs(value: Any) -> tuple[Any, ...]:
    return tuple(x for x in _as_tuple(value) if _needs_grad(x))


def _real_vector(tensor: Any) -> Any:
    """The elements as a vector of real numbers, detached from the graph."""
    tensor = tensor.detach()
    if tensor.is_complex():
        tensor = cytorch.stack((tensor.real, tensor.imag), dim=-1)
    return tensor.reshape(-1).clone()


def _directions(tensor: Any) -> tuple[complex, ...]:
    return (1.0, 1.0j) if tensor.is_complex() else (1.0,)


def _positions(tensor: Any) -> Any:
    return itertools.product(*(range(n) for n in tensor.shape))


def _check_inputs(inputs: tuple[Any, ...]) -> None:
    if not any(_needs_grad(x) for x in inputs):
        raise ValueError("gradcheck expects at least one input tensor to require gradient, "
                         "but none of the them have requires_grad=True.")
    for index, x in enumerate(inputs):
        if not _needs_grad(x):
            continue
        if x.dtype not in (cytorch.float64, cytorch.complex128):
            warnings.warn(f"Input #{index} requires gradient and is not a double precision "
                          "floating point or complex. This check will likely fail if all the "
                          "inputs are not of double precision floating point or complex.",
                          stacklevel=4)
        if any(step == 0 and size > 1 for step, size in zip(x.stride(), x.shape, strict=True)):
            raise RuntimeError(
                f"The {index}th input has a dimension with stride 0. gradcheck only supports "
                "inputs that are non-overlapping to be able to compute the numerical gradients "
                "correctly. You should call .contiguous on the input before passing it to "
                "gradcheck.")


def _evaluate(function: Callable[..., Any], inputs: tuple[Any, ...]) -> list[Any]:
    """All floating outputs as real vectors."""
    return [_real_vector(x) for x in _as_tuple(function(*inputs)) if _is_differentiable_type(x)]


def _numerical_jacobian(function: Callable[..., Any], inputs: tuple[Any, ...], wanted: Any,
                        eps: float) -> list[Any]:
    """d outputs / d wanted by central differences; one (inputs, outputs) matrix per output."""
    values = wanted.data
    rows: list[list[Any]] = []
    for position in _positions(wanted):
        centre = values[position].clone()
        for direction in _directions(wanted):
            values[position] = centre - eps * direction
            below = _evaluate(function, inputs)
            values[position] = centre + eps * direction
            above = _evaluate(function, inputs)
            rows.append([(b - a) / (2 * eps) for a, b in zip(below, above, strict=True)])
        values[position] = centre
    return [cytorch.stack(columns) for columns in zip(*rows, strict=True)]


def _gradient(output: Any, inputs: list[Any], grad_output: Any) -> list[Any]:
    """The engine's gradients as real vectors, zeros where the output does not depend."""
    grads = cytorch.autograd.grad([output], inputs, [grad_output], retain_graph=True,
                                  allow_unused=True)
    return [_real_vector(cytorch.zeros_like(x) if g is None else g)
            for x, g in zip(inputs, grads, strict=True)]


def _analytical_jacobian(output: Any, inputs: list[Any]) -> list[Any]:
    """d output / d inputs from the engine; one (inputs, outputs) matrix per input."""
    columns = []
    for position in _positions(output):
        for direction in _directions(output):
            grad_output = cytorch.zeros_like(output)
            grad_output[position] = direction
            columns.append(_gradient(output, inputs, grad_output))
    if not columns:
        return [cytorch.zeros(_real_vector(x).numel(), 0, dtype=cytorch.float64) for x in inputs]
    return [cytorch.stack(column, dim=1) for column in zip(*columns, strict=True)]


def _mismatch(numerical: Any, analytical: Any, output: int, index: int) -> GradcheckError:
    return GradcheckError(f"Jacobian mismatch for output {output} with respect to input {index},\n"
                          f"numerical:{numerical}\nanalytical:{analytical}\n")


def _close(a: Any, b: Any, rtol: float, atol: float) -> bool:
    return bool(cytorch.allclose(a.to(cytorch.float64), b.to(cytorch.float64), rtol, atol))


def _slow_check(function: Callable[..., Any], inputs: tuple[Any, ...], outputs: tuple[Any, ...],
                eps: float, rtol: float, atol: float) -> None:
    wanted = [(i, x) for i, x in enumerate(inputs) if _needs_grad(x)]
    tensors = [x for _, x in wanted]
    numerical = [_numerical_jacobian(function, inputs, x, eps) for x in tensors]
    number = 0
    for output in (x for x in outputs if _is_differentiable_type(x)):
        if output.requires_grad:
            analytical = _analytical_jacobian(output, tensors)
            for (index, _), by_output, a in zip(wanted, numerical, analytical, strict=True):
                if by_output and not _close(by_output[number], a, rtol, atol):
                    raise _mismatch(by_output[number], a, number, index)
        number += 1


def _random_source(seed: int) -> random.Random:
    """Numbers that do not disturb the program's own random state."""
    from random import Random

    return Random(seed)


def _unit_vector(tensor: Any, source: random.Random) -> Any:
    """Random direction of length one in the space of the tensor's values."""
    parts = [source.random() for _ in range(tensor.numel())]
    values = cytorch.tensor(parts, dtype=cytorch.float64)
    if tensor.is_complex():
        imag = cytorch.tensor([source.random() for _ in parts], dtype=cytorch.float64)
        values = values + imag * 1j
    length = values.abs().square().sum().sqrt()
    return (values / length).to(tensor.dtype).reshape(tensor.shape)


def _fast_check(function: Callable[..., Any], inputs: tuple[Any, ...], outputs: tuple[Any, ...],
                eps: float, rtol: float, atol: float) -> None:
    """Compare v^T (J u) with (v^T J) u for one random direction per input and output."""
    source = _random_source(0)
    tensors = [x for x in inputs if _needs_grad(x)]
    checked = [x.requires_grad and x.numel() > 0 for x in outputs if _is_differentiable_type(x)]
    outputs = tuple(x for x in outputs if _is_differentiable_type(x))
    v = [_unit_vector(x, source) for x in outputs]
    analytical = [_gradient(x, tensors, direction) if use else None
                  for x, direction, use in zip(outputs, v, checked, strict=True)]
    for i, x in enumerate(tensors):
        u = _unit_vector(x, source)
        values, centre = x.data, x.detach().clone()
        values.copy_(centre - eps * u)
        below = _evaluate(function, inputs)
        values.copy_(centre + eps * u)
        above = _evaluate(function, inputs)
        values.copy_(centre)
        for j, use in enumerate(checked):
            if not use:
                continue
            by_difference = ((above[j] - below[j]) / (2 * eps) * _real_vector(v[j])).sum()
            by_engine = (analytical[j][i] * _real_vector(u)).sum()  # type: ignore[index]
            # Both sums add up the tolerances of all their terms.
            spread = float(_real_vector(u).sum() * _real_vector(v[j]).sum())
            if not _close(by_difference, by_engine, rtol, atol * abs(spread)):
                _slow_check(function, inputs, outputs, eps, rtol, atol)
                raise _mismatch(by_difference, by_engine, j, i)


def _check_constant_outputs(function: Callable[..., Any], inputs: tuple[Any, ...],
                            eps: float) -> None:
    for x in inputs:
        if _needs_grad(x):
            for jacobian in _numerical_jacobian(function, inputs, x, eps):
                if bool(jacobian.ne(0).any()):
                    raise GradcheckError("Numerical gradient for function expected to be zero")


def _check_absent_gradients(function: Callable[..., Any], inputs: tuple[Any, ...]) -> None:
    tensors = [x for x in inputs if _needs_grad(x)]
    outputs = _differentiable_outputs(function(*inputs))
    undefined = _as_tuple(_Undefined.apply(*outputs))
    grads = cytorch.autograd.grad(undefined, tensors, [cytorch.ones_like(x) for x in undefined],
                                  allow_unused=True)
    if any(g is not None and bool(g.ne(0).any()) for g in grads):
        raise GradcheckError("Expected backward function to handle undefined output grads: "
                             "absent gradients must give absent or zero gradients")


def _check_rows(outputs: tuple[Any, ...], tensors: list[Any], nondet_tol: float,
                check_grad_dtypes: bool) -> None:
    """What one backward pass shows: scaled by the incoming gradient, repeatable, right dtypes."""
    source = _random_source(1)
    for number, output in enumerate(outputs):
        direction = _unit_vector(output, source)
        first, second = (_gradient(output, tensors, direction) for _ in range(2))
        for index, (a, b) in enumerate(zip(first, second, strict=True)):
            if not _close(a, b, 0.0, nondet_tol):
                raise GradcheckError(
                    f"Backward is not reentrant, i.e., running backward with same input and "
                    f"grad_output multiple times gives different values, although analytical "
                    f"gradient matches numerical gradient (output {number}, input {index}). "
                    f"The tolerance for nondeterminism was {nondet_tol}.")
        for g in _gradient(output, tensors, cytorch.zeros_like(output)):
            if bool(g.ne(0).any()):
                raise GradcheckError("backward not multiplied by grad_output")
        if check_grad_dtypes:
            raw = cytorch.autograd.grad([output], tensors, [direction], retain_graph=True,
                                        allow_unused=True)
            for x, g in zip(tensors, raw, strict=True):
                if g is not None and g.dtype != x.dtype:
                    raise GradcheckError(f"gradient of dtype {g.dtype} for an input of {x.dtype}")


def _check_batched(outputs: tuple[Any, ...], tensors: list[Any]) -> None:
    source = _random_source(2)
    for number, output in enumerate(outputs):
        directions = cytorch.stack([_unit_vector(output, source) for _ in range(2)])
        batched = cytorch.autograd.grad([output], tensors, [directions], retain_graph=True,
                                        allow_unused=True, is_grads_batched=True)
        single = [_gradient(output, tensors, direction) for direction in directions]
        for index, g in enumerate(batched):
            if g is not None and not all(_close(_real_vector(row), one[index], 1e-5, 1e-8)
                                         for row, one in zip(g, single, strict=True)):
                raise GradcheckError(f"batched gradient of output {number} with respect to input "
                                     f"{index} differs from the gradients taken one by one")


def gradcheck(func: Callable[..., Any], inputs: Any, *, eps: float = 1e-6, atol: float = 1e-5,
              rtol: float = 1e-3, raise_exception: bool = True, nondet_tol: float = 0.0,
              check_undefined_grad: bool = True, check_grad_dtypes: bool = False,
              check_batched_grad: bool = False, check_backward_ad: bool = True,
              fast_mode: bool = False) -> bool:
    """Check gradients of `func` at `inputs` against central finite differences.

    func: takes the inputs, returns a tensor or several. inputs: a tensor or several; those of a
    floating dtype that require grad are checked, and should be float64. eps: step of the
    differences. atol, rtol: tolerances, as in `allclose`. raise_exception: False returns False
    instead of raising GradcheckError. nondet_tol: how far two backward passes may differ.
    check_undefined_grad: also pass absent gradients. check_batched_grad: also compare
    `is_grads_batched`. fast_mode: one random direction instead of the whole Jacobian.

    >>> x = cytorch.tensor([0.5, 2.0], dtype=cytorch.float64, requires_grad=True)
    >>> cytorch.autograd.gradcheck(cytorch.tanh, (x,))
    True
    """
    arguments = _as_tuple(inputs)
    _check_inputs(arguments)
    try:
        outputs = _as_tuple(func(*arguments))
        differentiable = _differentiable_outputs(outputs)
        if not differentiable:
            _check_constant_outputs(func, arguments, eps)
            return True
        if not check_backward_ad:
            return True
        check = _fast_check if fast_mode else _slow_check
        check(func, arguments, outputs, eps, rtol, atol)
        tensors = [x for x in arguments if _needs_grad(x)]
        _check_rows(differentiable, tensors, nondet_tol, check_grad_dtypes)
        if check_batched_grad:
            _check_batched(differentiable, tensors)
        if check_undefined_grad:
            _check_absent_gradients(func, arguments)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(func: Callable[..., Any], inputs: Any, grad_outputs: Any = None, *,
                  eps: float = 1e-6, atol: float = 1e-5, rtol: float = 1e-3,
                  gen_non_contig_grad_outputs: bool = False, raise_exception: bool = True,
                  nondet_tol: float = 0.0, check_undefined_grad: bool = True,
                  check_grad_dtypes: bool = False, check_batched_grad: bool = False,
                  fast_mode: bool = False) -> bool:
    """Check second derivatives: `gradcheck` of the backward pass, also in its incoming gradients.

    grad_outputs: incoming gradients; random ones when None. gen_non_contig_grad_outputs: makes
    the random ones non-contiguous. The other arguments are those of `gradcheck`.

    >>> x = cytorch.tensor([0.5, 2.0], dtype=cytorch.float64, requires_grad=True)
    >>> cytorch.autograd.gradgradcheck(cytorch.tanh, (x,))
    True
    """
    arguments = _as_tuple(inputs)
    if grad_outputs is None:
        directions = tuple(
            cytorch.testing.make_tensor(x.shape, dtype=x.dtype, device=x.device, low=-1, high=1,
                                        noncontiguous=gen_non_contig_grad_outputs,
                                        requires_grad=True)
            for x in _differentiable_outputs(func(*arguments)))
    else:
        directions = _as_tuple(grad_outputs)

    def backward(*values: Any) -> tuple[Any, ...]:
        own = values[:len(arguments)]
        grads = cytorch.autograd.grad(
            _differentiable_outputs(func(*own)), [x for x in own if _needs_grad(x)],
            values[len(arguments):], create_graph=True, allow_unused=True)
        return tuple(g for g in grads if g is not None)

    return gradcheck(backward, arguments + directions, eps=eps, atol=atol, rtol=rtol,
                     raise_exception=raise_exception, nondet_tol=nondet_tol,
                     check_undefined_grad=check_undefined_grad,
                     check_grad_dtypes=check_grad_dtypes,
                     check_batched_grad=check_batched_grad, fast_mode=fast_mode)
