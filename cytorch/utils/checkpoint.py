"""Trade time for memory: run a part of a model again in backward instead of keeping its values."""
from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import cytorch
from cytorch.autograd import Function
from cytorch.autograd.graph import saved_tensors_hooks
from cytorch.errors import AutogradError, ShapeError

__all__ = ["CheckpointFunction", "checkpoint", "checkpoint_sequential", "detach_variable",
           "noop_context_fn"]

Contexts = tuple[contextlib.AbstractContextManager[Any], contextlib.AbstractContextManager[Any]]


def noop_context_fn() -> Contexts:
    """The default `context_fn`: two contexts that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def detach_variable(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Tensors among `inputs` without history, still requiring grad where they did."""
    return tuple(x.detach().requires_grad_(x.requires_grad) if isinstance(x, cytorch.Tensor)
                 else x for x in inputs)


@contextlib.contextmanager
def _random_state(state: Any) -> Iterator[None]:
    """Random numbers as they were at `state`; None leaves them alone."""
    if state is None:
        yield
        return
    current = cytorch.get_rng_state()
    cytorch.set_rng_state(state)
    try:
        yield
    finally:
        cytorch.set_rng_state(current)


class CheckpointFunction(Function):
    """The re-entrant form: backward runs forward again, and a backward pass inside."""

    @staticmethod
    def forward(ctx: Any, run_function: Callable[..., Any], preserve_rng_state: bool,
                *args: Any) -> Any:
        if not any(isinstance(x, cytorch.Tensor) and x.requires_grad for x in args):
            warnings.warn("None of the inputs have requires_grad=True. Gradients will be None",
                          stacklevel=4)
        ctx.run_function = run_function
        ctx.state = cytorch.get_rng_state() if preserve_rng_state else None
        ctx.arguments = [None if isinstance(x, cytorch.Tensor) else x for x in args]
        ctx.positions = [i for i, x in enumerate(args) if isinstance(x, cytorch.Tensor)]
        ctx.save_for_backward(*(args[i] for i in ctx.positions))
        return run_function(*args)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        inputs = list(ctx.arguments)
        for position, tensor in zip(ctx.positions, ctx.saved_tensors, strict=True):
            inputs[position] = tensor
        detached = detach_variable(tuple(inputs))
        with _random_state(ctx.state), cytorch.enable_grad():
            outputs = ctx.run_function(*detached)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        used = [(o, g) for o, g in zip(outputs, grads, strict=True)
                if isinstance(o, cytorch.Tensor) and o.requires_grad]
        if not used:
            raise AutogradError("none of output has requires_grad=True, this checkpoint() is not "
                                "necessary")
        cytorch.autograd.backward([o for o, _ in used], [g for _, g in used])
        return (None, None, *(x.grad if isinstance(x, cytorch.Tensor) else None
                              for x in detached))


class _EnoughRecomputed(Exception):
    """Everything that backward needs has been computed again."""


def _description(tensor: Any) -> tuple[Any, ...]:
    return tuple(tensor.shape), tensor.dtype, tensor.device


class _Region:
    """One checkpointed call: what it would have saved, and how to compute that again."""

    def __init__(self, run: Callable[[], Any], state: Any, checks: bool,
                 stops_early: bool) -> None:
        self.run = run
        self.state = state
        self.checks = checks
        self.stops_early = stops_early
        self.expected: list[tuple[Any, ...]] = []
        self.again: dict[int, Any] = {}

    def forward_hooks(self) -> saved_tensors_hooks:
        """Keep a number and a description in place of every tensor."""
        def pack(tensor: Any) -> int:
            self.expected.append(_description(tensor))
            return len(self.expected) - 1

        return saved_tensors_hooks(pack, self.value)

    def value(self, number: int) -> Any:
        """Saved tensor `number`; the first request in a backward pass recomputes all of them."""
        if number not in self.again:
            self.recompute()
        # Given away once: what has been used must not stay in memory until the pass ends.
        return self.again.pop(number)

    def recompute(self) -> None:
        found: list[Any] = []

        def collect(tensor: Any) -> None:
            found.append(tensor.detach())
            if self.stops_early and len(found) == len(self.expected):
                raise _EnoughRecomputed

        def refuse(packed: Any) -> Any:
            raise AutogradError("checkpoint: the recomputed part of the graph was walked backward")

        with (_random_state(self.state), cytorch.enable_grad(),
              contextlib.suppress(_EnoughRecomputed), saved_tensors_hooks(collect, refuse)):
            self.run()
        self.compare(found)
        self.again = dict(enumerate(found))

    def compare(self, found: list[Any]) -> None:
        if len(found) != len(self.expected):
            raise AutogradError(
                "torch.utils.checkpoint: A different number of tensors was saved during the "
                f"original forward and recomputation.\nNumber of tensors saved during forward: "
                f"{len(self.expected)}\nNumber of tensors saved during recomputation: "
                f"{len(found)}.")
        if not self.checks:
            return
        for position, (tensor, expected) in enumerate(zip(found, self.expected, strict=True)):
            if _description(tensor) != expected:
                raise AutogradError(
                    "torch.utils.checkpoint: Recomputed values for the following tensors have "
                    "different metadata than during the forward pass.\ntensor at position "
                    f"{position}:\nsaved metadata: {expected}\nrecomputed metadata: "
                    f"{_description(tensor)}")


def checkpoint(function: Callable[..., Any], *args: Any, use_reentrant: bool | None = None,
               context_fn: Callable[[], Contexts] = noop_context_fn,
               determinism_check: str = "default", debug: bool = False, early_stop: bool = True,
               preserve_rng_state: bool = True, **kwargs: Any) -> Any:
    """`function(*args, **kwargs)`, keeping none of its inner values: backward computes them again.

    use_reentrant: False is the better form: it works with `autograd.grad` and keyword arguments,
    and needs no input that requires grad. Left out it is True, with a warning, as in PyTorch.
    context_fn: gives two context managers, for the call and for the second one. determinism_check:
    "none" does not compare shapes and dtypes of the second call with those of the first.
    early_stop: end the second call once it has computed what is needed. preserve_rng_state: the
    second call sees the same random numbers.

    Raises RuntimeError in backward when the second call computes other tensors than the first.

    >>> x = cytorch.ones(2, requires_grad=True)
    >>> y = checkpoint(lambda x: x.exp().sin(), x, use_reentrant=False)
    >>> y.sum().backward()
    >>> x.grad
    tensor([-2.4783, -2.4783])
    """
    if use_reentrant is None:
        warnings.warn("torch.utils.checkpoint: the use_reentrant parameter should be passed "
                      "explicitly. use_reentrant=False is recommended.", stacklevel=2)
        use_reentrant = True
    if determinism_check not in ("default", "none"):
        raise ValueError("checkpoint: determinism_check must be 'default' or 'none', got "
                         f"{determinism_check!r}")
    if use_reentrant:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        if context_fn is not noop_context_fn or debug:
            raise ValueError("Passing `context_fn` or `debug` is only supported when "
                             "use_reentrant=False.")
        return CheckpointFunction.apply(function, preserve_rng_state, *args)
    if not cytorch.is_grad_enabled():
        return function(*args, **kwargs)
    first, second = context_fn()

    def run_again() -> Any:
        with second:
            return function(*args, **kwargs)

    state = cytorch.get_rng_state() if preserve_rng_state else None
    region = _Region(run_again, state, determinism_check == "default", early_stop)
    with region.forward_hooks(), first:
        return function(*args, **kwargs)


def checkpoint_sequential(functions: Any, segments: int, input: Any,
                          use_reentrant: bool | None = None,
                          preserve_rng_state: bool = True) -> Any:
    """Run modules or functions one after the other, all segments but the last checkpointed.

    functions: a Sequential or a list. segments: into how many parts it is cut. Raises ValueError
    when there are fewer functions than segments.

    >>> x = cytorch.ones(2, requires_grad=True)
    >>> checkpoint_sequential([cytorch.exp, cytorch.sin], 2, x, use_reentrant=False).shape
    torch.Size([2])
    """
    parts = list(functions)
    if not 1 <= segments <= len(parts):
        raise ShapeError(f"checkpoint_sequential: cannot cut {len(parts)} functions into "
                         f"{segments} segments")

    def run(start: int, end: int) -> Callable[[Any], Any]:
        def forward(value: Any) -> Any:
            for part in parts[start:end]:
                value = part(value)
            return value

        return forward

    size = len(parts) // segments
    last = size * (segments - 1)
    for start in range(0, last, size):
        input = checkpoint(run(start, start + size), input, use_reentrant=use_reentrant,
                           preserve_rng_state=preserve_rng_state)
    return run(last, len(parts))(input)
