"""User-written differentiable functions: `Function` and the context of its calls."""
from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Callable
from typing import Any

import cytorch
from cytorch._C.autograd.api import is_grad_enabled
from cytorch._C.autograd.function import connect, saved_tensors, unconnected
from cytorch.errors import AutogradError

from .grad_mode import no_grad

__all__ = ["Function", "FunctionCtx", "InplaceFunction", "once_differentiable"]


class FunctionCtx:
    """What forward tells backward: one object per call of a Function.

    Tensors go through `save_for_backward`; anything else can be set as an attribute. A result of
    forward that is set as an attribute is never freed.
    """

    needs_input_grad: tuple[bool, ...]
    _function: type[Function]
    _inputs: tuple[Any, ...]
    _node: Any = None
    _saved: tuple[Any, ...] = ()
    _changed: tuple[Any, ...] = ()
    _constant: tuple[Any, ...] = ()
    _materialize = True

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep inputs, outputs or other tensors (or None) for backward, as `ctx.saved_tensors`.

        Changing them in place before backward is an error there. Raises TypeError for other
        objects.
        """
        for position, tensor in enumerate(tensors):
            if tensor is not None and not isinstance(tensor, cytorch.Tensor):
                raise TypeError("save_for_backward can only save tensors, but argument "
                                f"{position} is of type {type(tensor).__name__}")
        self._saved = tensors

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What `save_for_backward` kept; raises RuntimeError when it was freed or changed."""
        node = None if self._node is None else self._node()
        return self._saved if node is None else saved_tensors(node)

    def mark_dirty(self, *inputs: Any) -> None:
        """Say which inputs forward changed in place; they must be returned."""
        self._changed = inputs

    def mark_non_differentiable(self, *outputs: Any) -> None:
        """Say which outputs have no gradient, such as indices."""
        self._constant = outputs

    def set_materialize_grads(self, value: bool) -> None:
        """False: backward gets None, not zeros, for outputs that nothing depends on."""
        self._materialize = value

    def _backward(self, *grads: Any) -> Any:
        function = self._function
        if function.vjp is not Function.vjp:
            return function.vjp(self, *grads)
        return function.backward(self, *grads)


def _check_changed(ctx: FunctionCtx, tensors: tuple[Any, ...], outputs: tuple[Any, ...]) -> None:
    for changed in ctx._changed:
        if not any(changed is x for x in tensors):
            raise AutogradError(f"{ctx._function.__name__}: mark_dirty got a tensor that is not an "
                                "input of forward")
        if not any(changed is x for x in outputs):
            raise AutogradError("Some elements marked as dirty during the forward method were not "
                                "returned as output. The inputs that are modified inplace must "
                                "all be outputs of the Function.")


class Function:
    """Base class of differentiable functions with a derivative of their own.

    A subclass defines two static methods, and is called as `Subclass.apply(...)`:

    forward(ctx, *args) computes the outputs; it is not recorded. It may instead be
    forward(*args) beside setup_context(ctx, inputs, output).

    backward(ctx, *grads) gets one gradient per output and returns one gradient per argument of
    forward, None for arguments that are no tensors. It is differentiable when it consists of
    differentiable ops.

    >>> class Square(cytorch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...     @staticmethod
    ...     def backward(ctx, grad):
    ...         x, = ctx.saved_tensors
    ...         return 2 * x * grad
    >>> x = cytorch.tensor(3.0, requires_grad=True)
    >>> Square.apply(x).backward()
    >>> x.grad
    tensor(6.)
    """

    generate_vmap_rule = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise AutogradError(f"{type(self).__name__} should not be instantiated: its methods are "
                            f"static; call {type(self).__name__}.apply(...)")

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs; a subclass must define it."""
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Fill the context after a forward without ctx."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Compute the gradients of the arguments; a subclass must define it to be used backward."""
        raise NotImplementedError("You must implement either the backward or vjp method for your "
                                  "custom autograd.Function to use it with backward mode AD.")

    vjp = backward

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward and record the call; returns what forward returns.

        Raises RuntimeError or TypeError when forward returns no tensor, or marks tensors that it
        neither got nor returned.
        """
        separate = cls.setup_context is not Function.setup_context
        if kwargs:
            if not separate:
                raise TypeError(f"{cls.__name__}.apply() takes no keyword arguments")
            bound = inspect.signature(cls.forward).bind(*args, **kwargs)
            bound.apply_defaults()
            args = bound.args
        tensors = tuple(x for x in args if isinstance(x, cytorch.Tensor))
        ctx = FunctionCtx()
        ctx._function = cls
        ctx.needs_input_grad = tuple(isinstance(x, cytorch.Tensor) and x.requires_grad
                                     for x in args)
        recording = is_grad_enabled() and any(ctx.needs_input_grad)
        with no_grad():
            if separate:
                output = cls.forward(*args)
                cls.setup_context(ctx, args, output)
            else:
                output = cls.forward(ctx, *args)
        outputs = output if isinstance(output, tuple) else (output,)
        cls._check_outputs(ctx, tensors, outputs)
        if recording:
            ctx._inputs = tuple((tuple(x.shape), x.dtype, x.device)
                                if isinstance(x, cytorch.Tensor) else None for x in args)
            node, outputs = connect(ctx, cls.__name__ + "Backward", tensors, outputs, ctx._saved,
                                    ctx._changed, ctx._constant)
            ctx._node = weakref.ref(node)
            # From here on the node keeps them: it frees them after backward.
            ctx._saved = ctx._changed = ctx._constant = ()
        else:
            outputs = unconnected(tensors, outputs, ctx._changed)
        return outputs if isinstance(output, tuple) else outputs[0]

    @classmethod
    def _check_outputs(cls, ctx: FunctionCtx, tensors: tuple[Any, ...],
                       outputs: tuple[Any, ...]) -> None:
        if not any(isinstance(x, cytorch.Tensor) for x in outputs):
            kinds = ", ".join(type(x).__name__ for x in outputs)
            raise TypeError(f"{cls.__name__}.forward: expected Tensor or tuple of Tensor (got "
                            f"{kinds}) for return value")
        _check_changed(ctx, tensors, outputs)


class InplaceFunction(Function):
    """Kept for programs of 2017; the same as Function."""


class _NotTwice(Function):
    """Passes gradients on; its own backward is the error."""

    @staticmethod
    def forward(ctx: FunctionCtx, *grads: Any) -> Any:
        return tuple(None if x is None else x.clone() for x in grads)

    @staticmethod
    def backward(ctx: FunctionCtx, *grads: Any) -> Any:
        raise AutogradError("trying to differentiate twice a function that was marked with "
                            "@once_differentiable")


def once_differentiable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of a backward that is not itself differentiable: doing so is then an error.

    >>> class Double(cytorch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return x * 2
    ...     @staticmethod
    ...     @cytorch.autograd.function.once_differentiable
    ...     def backward(ctx, grad):
    ...         return grad * 2
    """

    @functools.wraps(function)
    def wrapper(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        with no_grad():
            outputs = function(ctx, *args, **kwargs)
        differentiable = any(isinstance(x, cytorch.Tensor) and x.requires_grad for x in args)
        if not is_grad_enabled() or not differentiable:
            return outputs
        as_tuple = outputs if isinstance(outputs, tuple) else (outputs,)
        if all(x is None for x in as_tuple):
            return outputs
        guarded = _NotTwice.apply(*(None if x is None else x.detach().requires_grad_()
                                    for x in as_tuple))
        return guarded if isinstance(outputs, tuple) else guarded[0]

    return wrapper
