"""Full backward hooks: two identity Functions around a module that see its gradients pass."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.autograd import Function


class _Watch(Function):  # type: ignore[misc]
    """Identity on several tensors; backward hands the gradients to `seen` and passes its answer."""

    @staticmethod
    def forward(ctx: Any, seen: Any, *tensors: Tensor) -> tuple[Tensor, ...]:
        ctx.seen = seen
        ctx.set_materialize_grads(False)
        ctx.mark_non_differentiable(*[t for t in tensors if not t.requires_grad])
        return tuple(t.view_as(t) for t in tensors)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Any, ...]:
        return (None, *ctx.seen(gradients))


class BackwardHooks:
    """The state of one call of a module that has backward hooks."""

    def __init__(self, module: Any, pre_hooks: list[Any], hooks: list[Any]) -> None:
        self.module, self.pre_hooks, self.hooks = module, pre_hooks, hooks
        self.grad_output: tuple[Tensor | None, ...] | None = None
        self.inputs_watched = False
        self.n_inputs = 0

    def watch_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments with their tensors replaced by watched ones."""
        self.n_inputs = len(args)
        places = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
        if not (cytorch.is_grad_enabled() and any(args[i].requires_grad for i in places)):
            return args
        self.inputs_watched = True

        def seen(gradients: Any) -> list[Any]:
            return _picked(self._inputs_ready(_placed(gradients, places, len(args))), places)

        return _replaced(args, places, _Watch.apply(seen, *[args[i] for i in places]))

    def watch_outputs(self, output: Any) -> Any:
        """The output, a tensor or a tuple of them, watched."""
        outputs = output if isinstance(output, tuple) else (output,)
        places = [i for i, o in enumerate(outputs) if isinstance(o, Tensor)]
        if not (cytorch.is_grad_enabled() and any(outputs[i].requires_grad for i in places)):
            return output

        def seen(gradients: Any) -> list[Any]:
            return _picked(self._outputs_ready(_placed(gradients, places, len(outputs))), places)

        watched = _replaced(outputs, places, _Watch.apply(seen, *[outputs[i] for i in places]))
        if not isinstance(output, tuple):
            return watched[0]
        return type(output)(*watched) if hasattr(output, "_fields") else watched

    def _outputs_ready(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook in self.pre_hooks:
            result = hook(self.module, gradients)
            gradients = _answer(result, gradients, "Backward pre hook", "grad_output")
        self.grad_output = gradients
        if not self.inputs_watched:
            # No input takes part in autograd: the hooks still see the outputs' gradients.
            for hook in self.hooks:
                result = hook(self.module, (None,) * self.n_inputs, gradients)
                if result is not None and any(r is not None for r in _as_tuple(result)):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should "
                        "always return None or None for all gradients.")
        return gradients

    def _inputs_ready(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        if self.grad_output is None:
            return gradients  # the backward pass did not go through the module's outputs
        for hook in self.hooks:
            result = hook(self.module, gradients, self.grad_output)
            gradients = _answer(result, gradients, "Backward hook", "grad_input")
        self.grad_output = None
        return gradients


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _answer(result: Any, gradients: tuple[Any, ...], kind: str, what: str) -> tuple[Any, ...]:
    if result is None:
        return gradients
    result = _as_tuple(result)
    if len(result) != len(gradients):
        raise RuntimeError(f"{kind} returned an invalid number of {what}, got {len(result)}, "
                           f"but expected {len(gradients)}")
    return result


def _placed(values: Any, places: list[int], length: int) -> tuple[Any, ...]:
    full: list[Any] = [None] * length
    for place, value in zip(places, values, strict=True):
        full[place] = value
    return tuple(full)


def _picked(values: tuple[Any, ...], places: list[int]) -> list[Any]:
    return [values[place] for place in places]


def _replaced(values: tuple[Any, ...], places: list[int], new: Any) -> tuple[Any, ...]:
    full = list(values)
    for place, value in zip(places, new if isinstance(new, tuple) else (new,), strict=True):
        full[place] = value
    return tuple(full)
