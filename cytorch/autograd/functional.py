"""Jacobians, Hessians and their products with vectors, by one or two backward passes.

Every function takes `func` (tensors to a tensor or a tuple of tensors) and `inputs` (a tensor or a
tuple of tensors); the result is nested as they are. With `create_graph=True` the result can be
differentiated again. With `strict=True` an output that does not depend on an input is an error;
otherwise its derivative is zero.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cytorch
from cytorch.errors import ArgumentError, AutogradError, DTypeError, ShapeError

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = tuple[Any, ...]


def _as_tensors(value: Any, what: str) -> tuple[Tensors, bool]:
    """The tensors, and whether they came as a tuple."""
    given = value if isinstance(value, tuple) else (value,)
    for index, item in enumerate(given):
        if not isinstance(item, cytorch.Tensor):
            where = f"the value at index {index}" if isinstance(value, tuple) else "the value"
            raise DTypeError(f"{what} must be a Tensor or a tuple of Tensors, but {where} has type "
                             f"{type(item).__name__}")
    return given, isinstance(value, tuple)


def _fresh(tensors: Tensors, create_graph: bool, needs_graph: bool) -> Tensors:
    """New tensors over the same values: uses of the originals inside `func` do not count."""
    return tuple(x.view_as(x) if create_graph and x.requires_grad
                 else x.detach().requires_grad_(needs_graph) for x in tensors)


def _finished(nested: Any, create_graph: bool) -> Any:
    """Without history, unless the caller asked for it."""
    if isinstance(nested, tuple):
        return tuple(_finished(item, create_graph) for item in nested)
    return nested if create_graph else nested.detach()


def _unpacked(tensors: Tensors, was_tuple: bool) -> Any:
    return tensors if was_tuple else tensors[0]


def _require_history(tensors: Tensors, strict: bool, what: str) -> None:
    for index, x in enumerate(tensors):
        if strict and (x is None or not x.requires_grad):
            raise AutogradError(f"{what} {index} is independent of the inputs. "
                                "This is not allowed in strict mode.")


def _run(func: Callable[..., Any], inputs: Tensors, strict: bool,
         name: str) -> tuple[Tensors, bool]:
    outputs, was_tuple = _as_tensors(
        func(*inputs), f"{name}: the output of the user-provided function")
    _require_history(outputs, strict, f"{name}: output")
    return outputs, was_tuple


def _grad(outputs: Tensors, inputs: Tensors, grad_outputs: Tensors | None, create_graph: bool,
          retain_graph: bool | None = None) -> Tensors:
    """`autograd.grad` over the outputs that have a history; None where nothing depends."""
    directions = grad_outputs if grad_outputs is not None else (None,) * len(outputs)
    used = [(o, g) for o, g in zip(outputs, directions, strict=True)
            if o is not None and o.requires_grad]
    if not used:
        return (None,) * len(inputs)
    return tuple(cytorch.autograd.grad(
        [o for o, _ in used], inputs, [g for _, g in used], create_graph=create_graph,
        retain_graph=retain_graph, allow_unused=True))


def _zeros_for_none(grads: Tensors, like: Tensors, strict: bool, create_graph: bool,
                    name: str) -> Tensors:
    if strict:
        for index, g in enumerate(grads):
            if g is None or (create_graph and not g.requires_grad):
                raise AutogradError(f"{name}: the result is independent of input {index}. "
                                    "This is not allowed in strict mode.")
    return tuple(cytorch.zeros_like(x) if g is None else g
                 for g, x in zip(grads, like, strict=True))


def _vector(v: Any, like: Tensors, create_graph: bool, name: str, source: str) -> Tensors | None:
    """The vector as tensors of the shapes of `like`; None is allowed for one element."""
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            raise ArgumentError(f"{name}: the vector v can only be None if the {source} is a "
                                "single Tensor with a single element.")
        return None
    given, _ = _as_tensors(v, f"{name}: v")
    if len(given) != len(like):
        raise ShapeError(f"{name}: v is a tuple of invalid length: should be {len(like)} "
                         f"but got {len(given)}.")
    for index, (a, b) in enumerate(zip(given, like, strict=True)):
        if a.shape != b.shape:
            raise ShapeError(f"{name}: entry {index} in v has invalid size: should be "
                             f"{tuple(b.shape)} but got {tuple(a.shape)}.")
    return _fresh(given, create_graph, needs_graph=False)


def vjp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False,
        strict: bool = False) -> tuple[Any, Any]:
    """Outputs of `func`, and the product of `v` with its Jacobian (shapes of the inputs).

    v: shapes of the outputs; may be None if there is one output of one element.

    >>> x = cytorch.tensor([1.0, 2.0])
    >>> cytorch.autograd.functional.vjp(lambda x: x * x, x, cytorch.ones(2))[1]
    tensor([2., 4.])
    """
    with cytorch.enable_grad():
        given, inputs_tuple = _as_tensors(inputs, "vjp: inputs")
        inner = _fresh(given, create_graph, needs_graph=True)
        outputs, outputs_tuple = _run(func, inner, strict, "vjp")
        direction = _vector(v, outputs, create_graph, "vjp", "output of the function")
    grads = _grad(outputs, inner, direction, create_graph)
    grads = _zeros_for_none(grads, inner, strict, create_graph, "vjp")
    return (_unpacked(_finished(outputs, create_graph), outputs_tuple),
            _unpacked(_finished(grads, create_graph), inputs_tuple))


def jvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False,
        strict: bool = False) -> tuple[Any, Any]:
    """Outputs of `func`, and the product of its Jacobian with `v` (shapes of the outputs).

    v: shapes of the inputs; may be None for one input of one element. The backward pass is linear
    in its incoming gradient; differentiating it once more gives the product.

    >>> x = cytorch.tensor([1.0, 2.0])
    >>> cytorch.autograd.functional.jvp(lambda x: x * x, x, cytorch.ones(2))[1]
    tensor([2., 4.])
    """
    with cytorch.enable_grad():
        given, _ = _as_tensors(inputs, "jvp: inputs")
        inner = _fresh(given, create_graph, needs_graph=True)
        direction = _vector(v, inner, create_graph, "jvp", "input of the function")
        if direction is None:
            direction = (cytorch.ones_like(inner[0]),)
        outputs, outputs_tuple = _run(func, inner, strict, "jvp")
        weights = tuple(cytorch.zeros_like(o, requires_grad=True) for o in outputs)
        grads = _grad(outputs, inner, weights, create_graph=True)
        _require_history(grads, strict, "jvp: the gradient of input")
    result = _grad(grads, weights, direction, create_graph)
    result = _zeros_for_none(result, outputs, strict, create_graph, "jvp")
    return (_unpacked(_finished(outputs, create_graph), outputs_tuple),
            _unpacked(_finished(result, create_graph), outputs_tuple))


def _jacobian_rows(output: Any, inputs: Tensors, create_graph: bool, strict: bool) -> Tensors:
    """d output / d input for every input, shape of the output + shape of the input."""
    rows = []
    flat = output.reshape(-1)
    for position in range(output.numel()):
        grads = _grad((flat[position],), inputs, None, create_graph, retain_graph=True)
        rows.append(_zeros_for_none(grads, inputs, strict, create_graph, "jacobian"))
    if not rows:
        return tuple(x.new_zeros((*output.shape, *x.shape)) for x in inputs)
    return tuple(cytorch.stack(column).reshape((*output.shape, *x.shape))
                 for column, x in zip(zip(*rows, strict=True), inputs, strict=True))


def _jacobian_batched(outputs: Tensors, inputs: Tensors, create_graph: bool) -> list[Tensors]:
    """The same by one batched backward pass per output."""
    blocks = []
    for output in outputs:
        size = output.numel()
        basis = cytorch.eye(size, dtype=output.dtype, device=output.device)
        grads = (None,) * len(inputs)
        if output.requires_grad:
            grads = cytorch.autograd.grad(
                [output], inputs, [basis.reshape((size, *output.shape))], allow_unused=True,
                create_graph=create_graph, retain_graph=True, is_grads_batched=True)
        blocks.append(tuple(
            x.new_zeros((*output.shape, *x.shape)) if g is None
            else g.reshape((*output.shape, *x.shape))
            for g, x in zip(grads, inputs, strict=True)))
    return blocks


def _jacobian_forward(func: Callable[..., Any], inputs: Any, create_graph: bool, strict: bool,
                      vectorize: bool) -> Any:
    if strict or not vectorize:
        raise ArgumentError("jacobian: strategy 'forward-mode' needs vectorize=True and "
                            "strict=False")
    from cytorch.func import jacfwd

    given, inputs_tuple = _as_tensors(inputs, "jacobian: inputs")
    argnums = tuple(range(len(given))) if inputs_tuple else 0
    return _finished(jacfwd(func, argnums)(*given), create_graph)


def jacobian(func: Callable[..., Any], inputs: Any, create_graph: bool = False,
             strict: bool = False, vectorize: bool = False,
             strategy: str = "reverse-mode") -> Any:
    """The Jacobian of `func`: for output i and input j a tensor of shape output_i + input_j.

    vectorize: one batched backward pass instead of one pass per element. strategy: "reverse-mode",
    or, with vectorize=True, "forward-mode": one pass per element of the inputs.

    >>> cytorch.autograd.functional.jacobian(lambda x: x * x, cytorch.tensor([1.0, 3.0]))
    tensor([[2., 0.],
            [0., 6.]])
    """
    if strategy not in ("reverse-mode", "forward-mode"):
        raise ArgumentError("jacobian: Expected strategy to be either 'forward-mode' or "
                            f"'reverse-mode', got {strategy!r}")
    if strategy == "forward-mode":
        return _jacobian_forward(func, inputs, create_graph, strict, vectorize)
    if strict and vectorize:
        raise ArgumentError("jacobian: strict=True and vectorize=True are not supported together")
    with cytorch.enable_grad():
        given, inputs_tuple = _as_tensors(inputs, "jacobian: inputs")
        inner = _fresh(given, create_graph, needs_graph=True)
        outputs, outputs_tuple = _run(func, inner, strict, "jacobian")
        if vectorize:
            blocks = _jacobian_batched(outputs, inner, create_graph)
        else:
            blocks = [_jacobian_rows(o, inner, create_graph, strict) for o in outputs]
    finished = _finished(tuple(blocks), create_graph)
    return _unpacked(tuple(_unpacked(row, inputs_tuple) for row in finished), outputs_tuple)


def _single_number(func: Callable[..., Any], inputs: Tensors, strict: bool, name: str) -> Any:
    outputs, was_tuple = _run(func, inputs, strict, name)
    if was_tuple or outputs[0].numel() != 1:
        shapes = [tuple(o.shape) for o in outputs]
        raise ShapeError(f"{name}: the function should return a single Tensor with a single "
                         f"element, got shapes {shapes}")
    return outputs[0]


def hessian(func: Callable[..., Any], inputs: Any, create_graph: bool = False,
            strict: bool = False, vectorize: bool = False,
            outer_jacobian_strategy: str = "reverse-mode") -> Any:
    """The Hessian of a `func` with one element: for inputs i, j a tensor of shape i + j.

    >>> cytorch.autograd.functional.hessian(lambda x: (x ** 3).sum(), cytorch.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    given, inputs_tuple = _as_tensors(inputs, "hessian: inputs")

    def gradient(*inner: Any) -> Any:
        output = _single_number(func, inner, strict, "hessian")
        grads = _grad((output.reshape(()),), inner, None, create_graph=True)
        return _zeros_for_none(grads, inner, strict, True, "hessian")

    blocks = jacobian(gradient, given, create_graph, strict, vectorize, outer_jacobian_strategy)
    return _unpacked(tuple(_unpacked(row, inputs_tuple) for row in blocks), inputs_tuple)


def _hessian_product(func: Callable[..., Any], inputs: Any, v: Any, create_graph: bool,
                     strict: bool, name: str) -> tuple[Any, Any]:
    with cytorch.enable_grad():
        given, inputs_tuple = _as_tensors(inputs, f"{name}: inputs")
        inner = _fresh(given, create_graph, needs_graph=True)
        direction = _vector(v, inner, create_graph, name, "input of the function")
        if direction is None:
            direction = (cytorch.ones_like(inner[0]),)
        output = _single_number(func, inner, strict, name)
        grads = _grad((output,), inner, None, create_graph=True)
        grads = _zeros_for_none(grads, inner, strict, True, name)
    products = _grad(grads, inner, direction, create_graph)
    products = _zeros_for_none(products, inner, strict, create_graph, name)
    return (_finished(output, create_graph),
            _unpacked(_finished(products, create_graph), inputs_tuple))


def vhp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False,
        strict: bool = False) -> tuple[Any, Any]:
    """The output of `func`, and the product of `v` with its Hessian (shapes of the inputs).

    >>> x = cytorch.tensor([1.0, 2.0])
    >>> cytorch.autograd.functional.vhp(lambda x: (x ** 3).sum(), x, cytorch.ones(2))[1]
    tensor([ 6., 12.])
    """
    return _hessian_product(func, inputs, v, create_graph, strict, "vhp")


def hvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False,
        strict: bool = False) -> tuple[Any, Any]:
    """The output of `func`, and the product of its Hessian with `v`: the Hessian is symmetric.

    >>> x = cytorch.tensor([1.0, 2.0])
    >>> cytorch.autograd.functional.hvp(lambda x: (x ** 3).sum(), x, cytorch.ones(2))[1]
    tensor([ 6., 12.])
    """
    return _hessian_product(func, inputs, v, create_graph, strict, "hvp")
