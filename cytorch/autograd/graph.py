"""Looking at the recorded graph, and hooks on what it saves."""
from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from cytorch._C.autograd import api
from cytorch._C.node import Node
from cytorch.errors import ArgumentError, AutogradError

__all__ = ["GradientEdge", "Node", "disable_saved_tensors_hooks", "get_gradient_edge",
           "increment_version", "register_multi_grad_hook", "save_on_cpu",
           "saved_tensors_hooks"]


class GradientEdge(NamedTuple):
    """A place in the graph: output `output_nr` of `node`."""

    node: Any
    output_nr: int


def get_gradient_edge(tensor: Any) -> GradientEdge:
    """The place in the graph where the gradient of `tensor` arrives.

    Raises RuntimeError for a tensor that does not require grad.

    >>> x = cytorch.ones(2, requires_grad=True)
    >>> cytorch.autograd.graph.get_gradient_edge(x * 2).node.name()
    'MulBackward0'
    """
    if not tensor.requires_grad:
        raise AutogradError("It is not possible to get the gradient edge for a Tensor that does "
                            "not require gradients")
    if tensor.grad_fn is not None:
        return GradientEdge(tensor.grad_fn, tensor.output_nr)
    return GradientEdge(tensor.view_as(tensor).grad_fn.next_functions[0][0], 0)


def increment_version(tensor: Any) -> None:
    """Tell autograd that the elements of a tensor, or of several, were changed behind its back.

    >>> x = cytorch.zeros(2)
    >>> cytorch.autograd.graph.increment_version(x)
    >>> x._version
    1
    """
    for item in ([tensor] if hasattr(tensor, "_version") else tensor):
        api.increment_version(item)


class _HookStack(threading.local):
    """The active pairs of hooks of one thread, innermost last."""

    def __init__(self) -> None:
        self.pairs: list[tuple[Callable[..., Any], Callable[..., Any]]] = []
        self.refusal: str | None = None


_hooks = _HookStack()


def pack(tensor: Any) -> Any:
    """Apply the innermost pack hook; the engine calls this when it saves a tensor."""
    pack_hook, unpack_hook = _hooks.pairs[-1]
    # A hook may record ops itself; what those save is not its business.
    with _hooks_suspended():
        return pack_hook(tensor), unpack_hook


def unpack(packed: Any) -> Any:
    """Apply the unpack hook that belongs to the pack hook; the engine calls this."""
    value, unpack_hook = packed
    return unpack_hook(value)


@contextlib.contextmanager
def _hooks_suspended() -> Iterator[None]:
    pairs, _hooks.pairs = _hooks.pairs, []
    api.count_saved_hooks_(-len(pairs))
    try:
        yield
    finally:
        _hooks.pairs = pairs
        api.count_saved_hooks_(len(pairs))


class saved_tensors_hooks:  # noqa: N801 - PyTorch's name
    """What ops record inside of the block is saved as `pack_hook(tensor)`.

    unpack_hook(packed) must give back a tensor of the same values when backward needs it.

    >>> packed = []
    >>> x = cytorch.ones(2, requires_grad=True)
    >>> with cytorch.autograd.graph.saved_tensors_hooks(lambda t: packed.append(t) or t,
    ...                                                 lambda t: t):
    ...     y = x.exp()
    >>> len(packed)
    1
    """

    def __init__(self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        if _hooks.refusal is not None:
            raise AutogradError(_hooks.refusal)
        _hooks.pairs.append((self.pack_hook, self.unpack_hook))
        api.count_saved_hooks_(1)

    def __exit__(self, *exc_info: object) -> None:
        _hooks.pairs.pop()
        api.count_saved_hooks_(-1)


class save_on_cpu(saved_tensors_hooks):  # noqa: N801 - PyTorch's name
    """What ops record inside of the block is kept in host memory until backward.

    >>> x = cytorch.ones(2, requires_grad=True)
    >>> with cytorch.autograd.graph.save_on_cpu():
    ...     y = x.exp()
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(lambda tensor: (tensor.device, tensor.cpu()),
                         lambda packed: packed[1].to(packed[0]))


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Inside of the block `saved_tensors_hooks` raises RuntimeError with this message."""
    previous, _hooks.refusal = _hooks.refusal, error_message
    try:
        yield
    finally:
        _hooks.refusal = previous


class _MultiHandle:
    def __init__(self, handles: tuple[Any, ...]) -> None:
        self.handles = handles

    def remove(self) -> None:
        """Remove the hook from all tensors."""
        for handle in self.handles:
            handle.remove()

    def __enter__(self) -> _MultiHandle:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.remove()


def register_multi_grad_hook(tensors: Sequence[Any], fn: Callable[..., Any], *,
                             mode: str = "all") -> Any:
    """Call `fn` once per backward pass for several tensors.

    mode: "all" calls fn(gradients) at the end of the pass, with None for the tensors without a
    gradient; "any" calls fn(gradient) with the first one. Returns a handle with `remove()`.

    >>> x = cytorch.ones(2, requires_grad=True)
    >>> y, z = x * 2, x * 3
    >>> handle = cytorch.autograd.graph.register_multi_grad_hook(
    ...     (y, z), lambda grads: print(len(grads)))
    >>> (y + z).sum().backward()
    2
    """
    if mode not in ("all", "any"):
        raise ArgumentError(f"register_multi_grad_hook: mode must be 'all' or 'any', got {mode!r}")
    passes: dict[int, list[Any]] = {}

    def arrived(position: int, gradient: Any) -> None:
        number = api.current_pass()
        first = number not in passes
        grads = passes.setdefault(number, [None] * len(tensors))
        grads[position] = gradient
        if not first:
            return
        if mode == "any":
            fn(gradient)
            api.queue_callback(lambda: passes.pop(number))
        else:
            api.queue_callback(lambda: fn(passes.pop(number)))

    handles = tuple(tensor.register_hook(lambda g, position=i: arrived(position, g))
                    for i, tensor in enumerate(tensors) if tensor.requires_grad)
    return _MultiHandle(handles)
