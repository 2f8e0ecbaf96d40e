"""torch.compile and torch.compiler: functions run as they are, with the same results."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cytorch.errors import ArgumentError

__all__ = ["allow_in_graph", "compile", "disable", "is_compiling", "is_dynamo_compiling",
           "is_exporting", "reset", "set_stance"]

_BACKENDS = ["eager"]


def compile(model: Any = None, *, fullgraph: bool = False, dynamic: bool | None = None,
            backend: Any = "inductor", mode: str | None = None, options: Any = None,
            disable: bool = False, **more: Any) -> Any:
    """The function or module itself: it runs eagerly, and gives the same results.

    Without `model` a decorator. All options are accepted. Raises TypeError for what cannot be
    called.

    >>> import cytorch
    >>> cytorch.compile(lambda x: x + 1)(cytorch.ones(1))
    tensor([2.])
    """
    if model is None:
        return lambda function: compile(function)
    if not callable(model):
        raise TypeError(f"compile: expected a function or a module, got {type(model).__name__}")
    return model


def is_compiling() -> bool:
    """Whether the code runs inside of a compilation: never.

    >>> is_compiling()
    False
    """
    return False


is_dynamo_compiling = is_exporting = is_compiling


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """The function itself; a decorator without an argument."""
    return (lambda function: function) if fn is None else fn


def allow_in_graph(fn: Any) -> Any:
    """The function itself."""
    return fn


assume_constant_result = substitute_in_graph = allow_in_graph


def reset() -> None:
    """Forget what was compiled: there is nothing."""


cudagraph_mark_step_begin = reset


def list_backends(exclude_tags: Any = ()) -> list[str]:
    """Names of the backends: functions run eagerly."""
    return list(_BACKENDS)


class set_stance:  # noqa: N801 - PyTorch's name
    """A block (or a call) in which compiled functions behave in some way; they are eager always.

    Raises ArgumentError for an unknown stance.
    """

    def __init__(self, stance: str = "default", **options: Any) -> None:
        if stance not in ("default", "force_eager", "eager_on_recompile", "fail_on_recompile",
                          "eager_then_compile", "aot_eager_then_compile"):
            raise ArgumentError(f"set_stance: unknown stance {stance!r}")

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc_info: object) -> None:
        pass

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return function
