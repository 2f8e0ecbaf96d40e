"""Switches for recording: context managers that are decorators too.

The mode itself is a word per thread in the compiled core; a new thread starts with recording on.
"""
from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, TypeVar

from cytorch._C.autograd.api import (
    is_grad_enabled,
    is_inference_mode_enabled,
    set_grad_enabled_,
    set_inference_mode_,
)

__all__ = ["enable_grad", "inference_mode", "is_grad_enabled", "is_inference_mode_enabled",
           "no_grad", "set_grad_enabled"]

Callee = TypeVar("Callee", bound=Callable[..., Any])


class ModeManager:
    """A context manager that, called with a function, wraps it; generators keep the mode too."""

    def __enter__(self) -> Any:
        raise NotImplementedError

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        raise NotImplementedError

    def clone(self) -> ModeManager:
        """A fresh manager with the same setting: one for every call of a decorated function."""
        return self.__class__()

    def __call__(self, function: Callee) -> Callee:
        if inspect.isgeneratorfunction(function):
            return self._wrap_generator(function)

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]

    def _wrap_generator(self, function: Callable[..., Any]) -> Any:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            generator = function(*args, **kwargs)
            return (yield from self._drive(generator))

        return wrapper

    def _drive(self, generator: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Run each stretch between two yields in the mode, and the consumer outside of it."""
        try:
            with self.clone():
                value = next(generator)
            while True:
                try:
                    request = yield value
                except GeneratorExit:
                    with self.clone():
                        generator.close()
                    raise
                except BaseException as error:
                    with self.clone():
                        value = generator.throw(error)
                else:
                    with self.clone():
                        value = generator.send(request)
        except StopIteration as end:
            return end.value


class ParameterlessMode(ModeManager):
    """Also usable as a decorator without the call: `@no_grad`."""

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        manager = super().__new__(cls)
        return manager if function is None else manager(function)


class _GradMode(ParameterlessMode):
    recording = False

    def __enter__(self) -> None:
        self._previous = is_grad_enabled()
        set_grad_enabled_(self.recording)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        set_grad_enabled_(self._previous)


class no_grad(_GradMode):  # noqa: N801 - PyTorch's name
    """Nothing is recorded inside: results do not require grad, whatever their inputs do.

    Works as `with no_grad():`, `@no_grad()` and `@no_grad`, for functions and generators.

    >>> x = cytorch.ones(2, requires_grad=True)
    >>> with cytorch.no_grad():
    ...     (x * 2).requires_grad
    False
    """


class enable_grad(_GradMode):  # noqa: N801 - PyTorch's name
    """Recording is on inside, also within `no_grad`.

    >>> x = cytorch.ones(2, requires_grad=True)
    >>> with cytorch.no_grad(), cytorch.enable_grad():
    ...     (x * 2).requires_grad
    True
    """

    recording = True


class set_grad_enabled(ModeManager):  # noqa: N801 - PyTorch's name
    """Turn recording on or off: at once as a function, for a block as a context manager.

    mode: True to record.

    >>> with cytorch.set_grad_enabled(False):
    ...     cytorch.is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        self.mode = bool(mode)
        self._previous = is_grad_enabled()
        set_grad_enabled_(self.mode)

    def __call__(self, function: Callee) -> Callee:
        # As a decorator it must change nothing until the function runs.
        set_grad_enabled_(self._previous)
        return super().__call__(function)

    def __enter__(self) -> None:
        set_grad_enabled_(self.mode)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        set_grad_enabled_(self._previous)

    def clone(self) -> set_grad_enabled:
        return self.__class__(self.mode)

    def __repr__(self) -> str:
        return f"set_grad_enabled(mode={self.mode})"


class inference_mode(ModeManager):  # noqa: N801 - PyTorch's name
    """Faster than `no_grad`: tensors made inside have no version and never enter a graph.

    mode: False switches back to ordinary tensors and recording within an outer block.

    >>> with cytorch.inference_mode():
    ...     cytorch.ones(2).is_inference()
    True
    """

    def __new__(cls, mode: Any = True) -> Any:
        if isinstance(mode, bool):
            return super().__new__(cls)
        return cls()(mode)

    def __init__(self, mode: bool = True) -> None:
        self.mode = mode

    def __enter__(self) -> None:
        self._previous = (is_inference_mode_enabled(), is_grad_enabled())
        set_inference_mode_(self.mode)
        set_grad_enabled_(not self.mode)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        inference, recording = self._previous
        set_inference_mode_(inference)
        set_grad_enabled_(recording)

    def clone(self) -> inference_mode:
        return self.__class__(self.mode)  # type: ignore[no-any-return]
