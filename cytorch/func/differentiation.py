"""Gradients and vector-Jacobian products of functions: grad, grad_and_value, vjp.

A function is differentiated by running it on tensors of a graph of their own. Where the inputs, or
tensors that the function captures, belong to an outer graph, the results stay connected to it: so
transforms can be nested.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cytorch
from cytorch.errors import ArgumentError, AutogradError, DTypeError, ShapeError

from .pytree import tree_flatten, tree_map, tree_unflatten

ArgNums = int | tuple[int, ...]


def is_tensor(value: Any) -> bool:
    return isinstance(value, cytorch.Tensor)


def reaches_others(outputs: list[Any], leaves: list[Any]) -> bool:
    """Whether the history of `outputs` leads to leaves besides these."""
    own = {id(leaf) for leaf in leaves}
    waiting = [out.grad_fn for out in outputs if out.grad_fn is not None]
    seen = {id(node) for node in waiting}
    kept = list(waiting)  # a node that is freed would give its id to the next one
    while waiting:
        for node, _ in waiting.pop().next_functions:
            if node is None or id(node) in seen:
                continue
            variable = getattr(node, "variable", None)
            if variable is not None and id(variable) not in own:
                return True
            seen.add(id(node))
            kept.append(node)
            waiting.append(node)
    return False


class Trace:
    """One run of a function on fresh tensors in place of some of its inputs.

    `inputs` are the fresh tensors, `outputs` the tensors that it returned, `output` and `aux` the
    whole results. `outer`: whether results must stay connected to a graph outside of the run.
    """

    def __init__(self, name: str, func: Callable[..., Any], args: tuple[Any, ...],
                 positions: tuple[int, ...], has_aux: bool, **kwargs: Any) -> None:
        leaves, self.inputs_spec = tree_flatten(tuple(args[i] for i in positions))
        for leaf in leaves:
            if not is_tensor(leaf):
                raise DTypeError(f"{name}: expected tensors among the arguments to differentiate, "
                                 f"got {type(leaf).__name__}")
        recording = cytorch.is_grad_enabled()
        connected = [recording and leaf.requires_grad for leaf in leaves]
        with cytorch.enable_grad():
            self.inputs = [leaf.view_as(leaf) if joined else leaf.detach().requires_grad_()
                           for leaf, joined in zip(leaves, connected)]
            given = list(args)
            for i, value in zip(positions, tree_unflatten(self.inputs, self.inputs_spec)):
                given[i] = value
            self.output, self.aux = _split_aux(name, func(*given, **kwargs), has_aux)
        self.outputs, self.outputs_spec = tree_flatten(self.output)
        for out in self.outputs:
            if not is_tensor(out):
                raise DTypeError(f"{name}: Expected f(*args) to return tensors, got unsupported "
                                 f"type {type(out).__name__}")
        self.outer = recording and (any(connected) or reaches_others(self.outputs, self.inputs))

    def gradients(self, weights: list[Any] | None, create_graph: bool,
                  retain_graph: bool) -> list[Any]:
        """Of the weighted sum of the outputs, for each input; zeros where nothing depends."""
        found = backward(self.outputs, self.inputs, weights, create_graph, retain_graph)
        return [cytorch.zeros_like(x) if g is None else g for g, x in zip(found, self.inputs)]

    def released(self, tree: Any) -> Any:
        """The tree as the caller gets it: without the history of the run unless it is part of an
        outer graph."""
        if self.outer:
            return tree
        return tree_map(lambda x: x.detach() if is_tensor(x) else x, tree)


def backward(outputs: list[Any], inputs: list[Any], weights: list[Any] | None,
             create_graph: bool, retain_graph: bool) -> tuple[Any, ...]:
    """`autograd.grad` over the outputs that have a history; None where nothing depends."""
    given = [None] * len(outputs) if weights is None else weights
    used = [(out, weight) for out, weight in zip(outputs, given) if out.requires_grad]
    if not used:
        return (None,) * len(inputs)
    return tuple(cytorch.autograd.grad(
        [out for out, _ in used], inputs, [weight for _, weight in used],
        create_graph=create_graph, retain_graph=retain_graph, allow_unused=True))


def _split_aux(name: str, result: Any, has_aux: bool) -> tuple[Any, Any]:
    if not has_aux:
        return result, None
    if not (isinstance(result, tuple) and len(result) == 2):
        raise ArgumentError(f"{name}: output of function f should be a tuple: (output, aux) if "
                            f"has_aux is True, got {type(result).__name__}")
    return result


def argument_positions(name: str, argnums: ArgNums, args: tuple[Any, ...]) -> tuple[int, ...]:
    """`argnums` as a tuple of positions from 0; raises for those that do not exist."""
    given = argnums if isinstance(argnums, tuple) else (argnums,)
    if not given:
        raise ArgumentError(f"{name}: argnums must be non-empty")
    for number in given:
        if isinstance(number, bool) or not isinstance(number, int):
            raise ArgumentError(f"{name}: argnum must be int, got: {type(number).__name__}")
        if not -len(args) <= number < len(args):
            raise ArgumentError(f"{name}: Got argnum={number}, but only {len(args)} positional "
                                "inputs")
    positions = tuple(number % len(args) for number in given)
    if len(set(positions)) != len(positions):
        raise ArgumentError(f"{name}: argnums elements must be unique, got {argnums}")
    return positions


def unpacked(argnums: ArgNums, parts: tuple[Any, ...]) -> Any:
    """One part for an int, all of them for a tuple."""
    return parts if isinstance(argnums, tuple) else parts[0]


def grad_and_value(func: Callable[..., Any], argnums: ArgNums = 0,
                   has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns the gradient of `func` and its value, as (gradient, value).

    func: returns a tensor of no dimensions, or with has_aux that and anything else; the value is
    then (value, aux). argnums: which arguments to differentiate; a tuple gives a tuple of
    gradients. Arguments may be nested lists, tuples and dicts of tensors.

    >>> cytorch.func.grad_and_value(lambda x: x ** 2)(cytorch.tensor(3.0))
    (tensor(6.), tensor(9.))
    """
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        name = "grad_and_value(f)(*args)"
        positions = argument_positions(name, argnums, args)
        trace = Trace(name, func, args, positions, has_aux, **kwargs)
        if not is_tensor(trace.output):
            raise DTypeError(f"{name}: Expected f(*args) to return a tensor, got "
                             f"{type(trace.output).__name__}")
        if trace.output.dim() != 0:
            raise ShapeError(f"{name}: Expected f(*args) to return a scalar tensor, got tensor "
                             f"with {trace.output.dim()} dims. Maybe you wanted to use the vjp or "
                             "jacrev APIs instead?")
        grads = trace.gradients(None, create_graph=trace.outer, retain_graph=trace.outer)
        result = unpacked(argnums, tree_unflatten(grads, trace.inputs_spec))
        value = trace.released(trace.output)
        return result, (value, trace.released(trace.aux)) if has_aux else value

    return wrapper


def grad(func: Callable[..., Any], argnums: ArgNums = 0,
         has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns the gradient of `func`; with has_aux, (gradient, aux).

    func: returns a tensor of no dimensions. Nesting gives higher derivatives, and with `vmap` the
    gradients of single samples. Raises ValueError when the result of `func` is no scalar.

    >>> f = cytorch.func.grad(cytorch.func.grad(cytorch.sin))
    >>> f(cytorch.tensor(1.0)) + cytorch.sin(cytorch.tensor(1.0))
    tensor(0.)
    """
    both = grad_and_value(func, argnums, has_aux)

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return wrapper


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The value of `func`, and the function that multiplies a vector with its Jacobian.

    Returns (output, vjp_fn), with has_aux (output, vjp_fn, aux). vjp_fn takes cotangents in the
    structure of the output, and returns one result per primal (alone if there is one primal).

    >>> output, vjp_fn = cytorch.func.vjp(cytorch.sin, cytorch.zeros(2))
    >>> vjp_fn(cytorch.tensor([1.0, 2.0]))
    (tensor([1., 2.]),)
    """
    trace = Trace("vjp", func, primals, tuple(range(len(primals))), has_aux)

    def vjp_fn(*cotangents: Any, retain_graph: bool = True,
               create_graph: bool | None = None) -> Any:
        given = cotangents[0] if len(cotangents) == 1 else cotangents
        weights, spec = tree_flatten(given)
        if spec != trace.outputs_spec:
            raise AutogradError(f"vjp: Expected pytree structure of cotangents to be the same as "
                                f"pytree structure of outputs to the function. cotangents: {spec}, "
                                f"primal output: {trace.outputs_spec}")
        if create_graph is None:
            create_graph = cytorch.is_grad_enabled() and (
                trace.outer or any(weight.requires_grad for weight in weights))
        grads = trace.gradients(weights, create_graph, retain_graph)
        return tree_unflatten(grads, trace.inputs_spec)

    output = trace.released(trace.output)
    return (output, vjp_fn, trace.released(trace.aux)) if has_aux else (output, vjp_fn)
