"""The `__torch_function__` protocol: how subclasses and modes take over calls.

Every op looks for it by itself; the functions here are for code written in Python.
"""
from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import cytorch
from cytorch._C.call.dispatch import (
    count_function_modes_,
    disable_functions_,
    disabled_functions_level,
)

__all__ = ["BaseTorchFunctionMode", "DisableTorchFunction", "DisableTorchFunctionSubclass",
           "TorchFunctionMode", "handle_torch_function", "has_torch_function",
           "has_torch_function_unary", "has_torch_function_variadic", "is_tensor_like",
           "is_tensor_method_or_property", "wrap_torch_function"]


class _Stack(threading.local):
    """The active modes of one thread, innermost last."""

    def __init__(self) -> None:
        self.modes: list[TorchFunctionMode] = []


_stack = _Stack()


class _Disabled:
    level = 0

    def __enter__(self) -> None:
        self._previous = disable_functions_(self.level)
        if self._previous > self.level:
            disable_functions_(self._previous)

    def __exit__(self, *exc_info: object) -> None:
        disable_functions_(self._previous)


class DisableTorchFunctionSubclass(_Disabled):
    """Inside of the block `__torch_function__` of subclasses is not called; modes still are.

    >>> with DisableTorchFunctionSubclass():
    ...     y = cytorch.ones(2) + 1
    """

    level = 1


class DisableTorchFunction(_Disabled):
    """Inside of the block `__torch_function__` of subclasses and of modes is not called.

    >>> with DisableTorchFunction():
    ...     y = cytorch.ones(2) + 1
    """

    level = 2


def _disabled_torch_function_impl(func: Callable[..., Any], types: Any, args: Any = (),
                                  kwargs: Any = None) -> Any:
    """`__torch_function__` of subclasses that want to be treated as plain tensors."""
    with DisableTorchFunctionSubclass():
        return func(*args, **(kwargs or {}))


def _takes_over(value: Any) -> bool:
    kind = type(value)
    if kind is cytorch.Tensor or disabled_functions_level():
        return False
    method = getattr(kind, "__torch_function__", None)
    return method is not None and method is not _disabled_torch_function_impl


def _active_modes() -> list[TorchFunctionMode]:
    return _stack.modes if disabled_functions_level() < DisableTorchFunction.level else []


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether some argument's type has a `__torch_function__` of its own, or a mode is active.

    >>> has_torch_function((cytorch.ones(2), 3))
    False
    """
    return bool(_active_modes()) or any(_takes_over(a) for a in relevant_args)


def has_torch_function_unary(argument: Any) -> bool:
    """`has_torch_function` of one argument."""
    return has_torch_function((argument,))


def has_torch_function_variadic(*arguments: Any) -> bool:
    """`has_torch_function` of the arguments."""
    return has_torch_function(arguments)


def _overloaded(relevant_args: Iterable[Any]) -> list[Any]:
    """One argument per overriding type: subclasses before their bases, else left to right."""
    found: list[Any] = []
    for argument in relevant_args:
        kind = type(argument)
        if not _takes_over(argument) or any(type(other) is kind for other in found):
            continue
        position = next((i for i, other in enumerate(found) if issubclass(kind, type(other))),
                        len(found))
        found.insert(position, argument)
    return found


def _flat(arguments: Iterable[Any]) -> Iterable[Any]:
    for argument in arguments:
        if isinstance(argument, (list, tuple)):
            yield from argument
        else:
            yield argument


def handle_call(function: Callable[..., Any], args: tuple[Any, ...],
                kwargs: dict[str, Any]) -> Any:
    """An op's way here: the result of the override, or NotImplemented when there is none."""
    relevant = list(_flat((*args, *kwargs.values())))
    if not has_torch_function(relevant):
        return NotImplemented
    return _offer(function, relevant, args, kwargs)


def handle_torch_function(public_api: Callable[..., Any], relevant_args: Iterable[Any],
                          *args: Any, **kwargs: Any) -> Any:
    """Let modes and then the overriding arguments run `public_api(*args, **kwargs)`.

    Raises TypeError when all of them return NotImplemented.
    """
    return _offer(public_api, relevant_args, args, kwargs)


def _offer(function: Callable[..., Any], relevant_args: Iterable[Any], args: tuple[Any, ...],
           kwargs: dict[str, Any]) -> Any:
    overloaded = _overloaded(relevant_args)
    types = tuple(type(a) for a in overloaded)
    if _active_modes():
        mode = _stack.modes.pop()
        count_function_modes_(-1)
        try:
            result = mode.__torch_function__(function, types, args, kwargs)
        finally:
            _stack.modes.append(mode)
            count_function_modes_(1)
        if result is not NotImplemented:
            return result
    for argument in overloaded:
        result = argument.__torch_function__(function, types, args, kwargs)
        if result is not NotImplemented:
            return result
    name = f"{getattr(function, '__module__', '')}.{getattr(function, '__name__', function)}"
    message = f"no implementation found for '{name}' on types that implement __torch_function__: "
    raise TypeError(message + str([t.__name__ for t in types]))


def convert(result: Any, cls: type) -> Any:
    """Tensors among `result` as `cls`."""
    if cls is cytorch.Tensor:
        return result
    if isinstance(result, cytorch.Tensor) and not isinstance(result, cls):
        return result.as_subclass(cls)
    if isinstance(result, (tuple, list)):
        items = [convert(item, cls) for item in result]
        # A named result takes its fields one by one.
        return type(result)(*items) if hasattr(result, "_fields") else type(result)(items)
    return result


def default_torch_function(cls: type, func: Callable[..., Any], types: Any, args: Any = (),
                           kwargs: Any = None) -> Any:
    """`Tensor.__torch_function__`: run the op, and give the result the subclass."""
    if not all(issubclass(cls, t) for t in types):
        return NotImplemented
    with DisableTorchFunctionSubclass():
        return convert(func(*args, **(kwargs or {})), cls)


class TorchFunctionMode:
    """Inside of `with Mode():` every op calls `Mode.__torch_function__` first.

    While that runs, the next outer mode is the active one.

    >>> class Count(TorchFunctionMode):
    ...     calls = 0
    ...     def __torch_function__(self, func, types, args=(), kwargs=None):
    ...         self.calls += 1
    ...         return func(*args, **(kwargs or {}))
    >>> with Count() as count:
    ...     y = cytorch.ones(2).exp()
    >>> count.calls
    2
    """

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (),
                           kwargs: Any = None) -> Any:
        raise NotImplementedError

    def __enter__(self) -> Any:
        _stack.modes.append(self)
        count_function_modes_(1)
        return self

    def __exit__(self, *exc_info: object) -> None:
        _stack.modes.pop()
        count_function_modes_(-1)


class BaseTorchFunctionMode(TorchFunctionMode):
    """A mode that runs every op as it is."""

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (),
                           kwargs: Any = None) -> Any:
        return func(*args, **(kwargs or {}))


def wrap_torch_function(dispatcher: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: the function takes part in the protocol.

    dispatcher: gets the same arguments and returns those that may override.

    >>> @wrap_torch_function(lambda a: (a,))
    ... def double(a):
    ...     return a * 2
    >>> double(cytorch.ones(1))
    tensor([2.])
    """
    from functools import wraps

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            relevant = dispatcher(*args, **kwargs)
            if has_torch_function(relevant):
                return handle_torch_function(wrapper, relevant, *args, **kwargs)
            return function(*args, **kwargs)

        return wrapper

    return decorate


def is_tensor_like(value: Any) -> bool:
    """True for tensors and for objects whose type defines `__torch_function__`."""
    return type(value) is cytorch.Tensor or hasattr(value, "__torch_function__")


def is_tensor_method_or_property(function: Callable[..., Any]) -> bool:
    """Whether `function` belongs to Tensor."""
    name = getattr(function, "__name__", "")
    return name == "__get__" or getattr(cytorch.Tensor, name, None) is function
