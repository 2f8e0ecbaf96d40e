"""Jacobian-vector products, whole Jacobians and Hessians of functions.

There is one kind of graph, the backward one. A forward derivative comes from it too: the backward
pass is linear in its incoming gradient, and differentiating it for that gives J v.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cytorch
from cytorch.errors import ArgumentError, ShapeError

from .differentiation import ArgNums, Trace, argument_positions, backward, unpacked
from .pytree import tree_flatten, tree_unflatten


class Pushforward:
    """The linear map from tangents of a trace's inputs to tangents of its outputs."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.weights = [cytorch.zeros_like(out, requires_grad=True) if out.requires_grad else None
                        for out in trace.outputs]
        self.found = [weight for weight in self.weights if weight is not None]
        grads = backward(trace.outputs, trace.inputs, self.weights, True, True)
        self.used = [i for i, g in enumerate(grads) if g is not None]
        self.grads = [grads[i] for i in self.used]

    def __call__(self, tangents: list[Any], create_graph: bool) -> list[Any]:
        chosen = [tangents[i] for i in self.used]
        products = iter(backward(self.grads, self.found, chosen, create_graph, True))
        result = [None if weight is None else next(products) for weight in self.weights]
        return [cytorch.zeros_like(out) if product is None else product
                for product, out in zip(result, self.trace.outputs)]


def _check_tangents(name: str, primals: Any, tangents: Any) -> list[Any]:
    """The tangents as a flat list, if they fit."""
    leaves, spec = tree_flatten(primals)
    given, given_spec = tree_flatten(tangents)
    if spec != given_spec:
        raise ArgumentError(f"{name}: Expected primals and tangents to have the same python "
                            f"structure. For example, if primals is a tuple of 3 tensors, tangents "
                            f"also must be. Got primals with structure {spec} and tangents with "
                            f"structure {given_spec}")
    for index, (primal, tangent) in enumerate(zip(leaves, given)):
        if tangent.shape != primal.shape:
            raise ShapeError(f"{name}: tangent {index} has shape {tuple(tangent.shape)}, its "
                             f"primal has shape {tuple(primal.shape)}")
    return given


def _checked_primals(name: str, primals: Any) -> tuple[Any, ...]:
    if not isinstance(primals, tuple) or not primals:
        raise ArgumentError(f"{name}: Expected primals to be a tuple of at least one argument. "
                            "E.g. it should be valid to call f(*primals). Got "
                            f"{type(primals).__name__}")
    return primals


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False,
        has_aux: bool = False) -> Any:
    """The value of `func`, and the product of its Jacobian with `tangents`.

    primals, tangents: tuples of arguments in the same structure. Returns (output, product), with
    has_aux (output, product, aux).

    >>> cytorch.func.jvp(cytorch.sin, (cytorch.zeros(2),), (cytorch.tensor([1.0, 2.0]),))
    (tensor([0., 0.]), tensor([1., 2.]))
    """
    name = "jvp(f, primals, tangents)"
    _checked_primals(name, primals)
    directions = _check_tangents(name, primals, tangents)
    trace = Trace(name, func, primals, tuple(range(len(primals))), has_aux)
    products = Pushforward(trace)(directions, _stays_connected(trace, directions))
    result = (trace.released(trace.output), tree_unflatten(products, trace.outputs_spec))
    return (*result, trace.released(trace.aux)) if has_aux else result


def _stays_connected(trace: Trace, directions: list[Any]) -> bool:
    """Whether products with the directions belong to an outer graph."""
    return cytorch.is_grad_enabled() and (trace.outer or any(d.requires_grad for d in directions))


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """The value of `func`, and the function that multiplies its Jacobian with tangents.

    >>> output, jvp_fn = cytorch.func.linearize(cytorch.sin, cytorch.zeros(2))
    >>> jvp_fn(cytorch.tensor([1.0, 2.0]))
    tensor([1., 2.])
    """
    trace = Trace("linearize", func, _checked_primals("linearize", primals),
                  tuple(range(len(primals))), False)
    push = Pushforward(trace)

    def jvp_fn(*tangents: Any) -> Any:
        directions = _check_tangents("linearize", primals, tangents)
        products = push(directions, _stays_connected(trace, directions))
        return tree_unflatten(products, trace.outputs_spec)

    return trace.released(trace.output), jvp_fn


def _basis(like: Any) -> list[Any]:
    """The unit vectors of the space of a tensor, in its shape."""
    unit = cytorch.eye(like.numel(), dtype=like.dtype, device=like.device)
    return list(unit.reshape((like.numel(), *like.shape)).unbind(0)) if like.numel() else []


def _rows(trace: Trace) -> list[list[Any]]:
    """d output / d input for every output and input, one backward pass per output element."""
    blocks = []
    for out in trace.outputs:
        rows = [backward([out], trace.inputs, [unit], trace.outer, True) for unit in _basis(out)]
        blocks.append([_joined([row[i] for row in rows], x, (*out.shape, *x.shape), 0)
                       for i, x in enumerate(trace.inputs)])
    return blocks


def _columns(trace: Trace) -> list[list[Any]]:
    """The same, by one product per input element."""
    push = Pushforward(trace)
    blocks: list[list[Any]] = [[] for _ in trace.outputs]
    for i, x in enumerate(trace.inputs):
        products = []
        for unit in _basis(x):
            tangents = [cytorch.zeros_like(other) for other in trace.inputs]
            tangents[i] = unit
            products.append(push(tangents, trace.outer))
        for number, (out, block) in enumerate(zip(trace.outputs, blocks)):
            block.append(_joined([product[number] for product in products], out,
                                 (*out.shape, *x.shape), -1))
    return blocks


def _joined(parts: list[Any], like: Any, shape: tuple[int, ...], dim: int) -> Any:
    """Rows or columns as one tensor; None counts as zeros."""
    if not parts:
        return like.new_zeros(shape)
    given = [cytorch.zeros_like(like) if part is None else part for part in parts]
    return cytorch.stack(given, dim).reshape(shape)


def _jacobian(name: str, blocks_of: Callable[[Trace], list[list[Any]]],
              func: Callable[..., Any], argnums: ArgNums, has_aux: bool) -> Callable[..., Any]:
    def wrapper(*args: Any) -> Any:
        positions = argument_positions(name, argnums, args)
        trace = Trace(name, func, args, positions, has_aux)
        rows = [unpacked(argnums, tree_unflatten(block, trace.inputs_spec))
                for block in blocks_of(trace)]
        result = tree_unflatten(rows, trace.outputs_spec)
        return (result, trace.released(trace.aux)) if has_aux else result

    return wrapper


def jacrev(func: Callable[..., Any], argnums: ArgNums = 0, *, has_aux: bool = False,
           chunk_size: int | None = None) -> Callable[..., Any]:
    """A function that returns the Jacobian of `func`, one backward pass per output element.

    For output y and input x a tensor of shape y.shape + x.shape, in the structure of the output,
    for tuples of `argnums` with a tuple at each place. With has_aux, (Jacobian, aux). chunk_size is
    accepted: rows are computed one by one.

    >>> cytorch.func.jacrev(lambda x: x * x)(cytorch.tensor([1.0, 3.0]))
    tensor([[2., 0.],
            [0., 6.]])
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ArgumentError(f"jacrev: `chunk_size` should be greater than 0, got {chunk_size}")
    return _jacobian("jacrev", _rows, func, argnums, has_aux)


def jacfwd(func: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False, *,
           randomness: str = "error") -> Callable[..., Any]:
    """A function that returns the Jacobian of `func`, one pass per input element.

    The result is that of `jacrev`; it is cheaper where there are fewer inputs than outputs.
    randomness is accepted: `func` runs once.

    >>> cytorch.func.jacfwd(lambda x: x * x)(cytorch.tensor([1.0, 3.0]))
    tensor([[2., 0.],
            [0., 6.]])
    """
    return _jacobian("jacfwd", _columns, func, argnums, has_aux)


def hessian(func: Callable[..., Any], argnums: ArgNums = 0) -> Callable[..., Any]:
    """A function that returns the Hessian of `func`: for inputs x, z of shape y + x + z.

    >>> cytorch.func.hessian(lambda x: (x ** 3).sum())(cytorch.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacrev(jacrev(func, argnums), argnums)
