"""torch.jit: scripted and traced functions and modules are the Python objects themselves.

They run eagerly, with the same results. What needs the serialized form of a program refuses.
"""
import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Final

from cytorch.nn import Module
from cytorch.refused import names_of

from . import annotations

__all__ = ["Final", "ScriptModule", "annotate", "annotations", "export", "fork", "ignore",
           "is_scripting", "is_tracing", "isinstance", "script", "script_if_tracing",
           "script_method", "trace", "trace_module", "unused", "wait"]

_isinstance = isinstance
# Names that are not defined here say what to do instead.
_lookup = names_of("jit")


def __getattr__(name: str) -> Any:
    from cytorch.refused import REFUSED

    if f"jit.{name}" not in REFUSED:
        raise AttributeError(f"module 'cytorch.jit' has no attribute {name!r}")
    return _lookup(name)


def script(obj: Any, optimize: Any = None, _frames_up: int = 0, _rcb: Any = None,
           example_inputs: Any = None) -> Any:
    """The function, class or module itself.

    >>> script(len) is len
    True
    """
    return obj


def trace(func: Any, example_inputs: Any = None, *args: Any, **options: Any) -> Any:
    """The function or module itself; its control flow stays alive.

    The example inputs are run once, so that errors show here as they do in PyTorch.
    """
    if example_inputs is not None:
        inputs = example_inputs if _isinstance(example_inputs, tuple) else (example_inputs,)
        func(*inputs)
    return func


def trace_module(mod: Any, inputs: Any, *args: Any, **options: Any) -> Any:
    """The module itself."""
    return mod


def ignore(drop: Any = False, **options: Any) -> Any:
    """The function itself, or a decorator."""
    return drop if callable(drop) else lambda function: function


def _itself(fn: Any) -> Any:
    """The function itself."""
    return fn


export = unused = script_method = script_if_tracing = interface = _itself


def is_scripting() -> bool:
    """Whether the code is being scripted: never.

    >>> is_scripting()
    False
    """
    return False


def is_tracing() -> bool:
    """Whether the code is being traced: never."""
    return False


def annotate(the_type: Any, the_value: Any) -> Any:
    """The value."""
    return the_value


def isinstance(obj: Any, target_type: Any) -> bool:
    """Python's isinstance."""
    return _isinstance(obj, target_type)


class ScriptModule(Module):
    """A plain Module."""


ScriptFunction = Callable


def Attribute(value: Any, type: Any = None) -> Any:  # noqa: N802 (PyTorch's name)
    """The value."""
    return value


def save(m: Any, f: Any, _extra_files: Any = None) -> None:
    """Save a module with its weights by `cytorch.save`; the program text is not part of it."""
    import cytorch

    cytorch.save(m, f)


@contextlib.contextmanager
def optimized_execution(should_optimize: bool) -> Iterator[None]:
    """A block with or without optimization; there is none."""
    yield


def fork(func: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Run the function now; `wait` gives the result."""
    return func(*args, **options)


def wait(future: Any) -> Any:
    """The result of `fork`."""
    return future
