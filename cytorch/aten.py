"""torch.ops.aten and torch.ops.profiler: ops by the names of PyTorch's core."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch.errors import NotProvided


class _Namespace:
    """`aten.add` is `cytorch.add`; an overload (`aten.add.Tensor`) is the same function."""

    def __getattr__(self, name: str) -> Any:
        for place in (cytorch, cytorch.nn.functional, cytorch.Tensor):
            function = getattr(place, name, None)
            if callable(function):
                return _Overloads(name, function)
        raise NotProvided(f"ops.aten.{name} is not provided by cytorch: call the public function "
                          "of that purpose")


class _Overloads:
    def __init__(self, name: str, function: Any) -> None:
        self._name, self._function = name, function

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._function(*args, **options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._function

    def __repr__(self) -> str:
        return f"<OpOverloadPacket(op='aten.{self._name}')>"


class _Profiler:
    """Marks of ranges by hand."""

    @staticmethod
    def _record_function_enter(name: str, args: str | None = None) -> Any:
        from cytorch.profiler import record_function

        return record_function(name).__enter__()

    @staticmethod
    def _record_function_exit(handle: Any) -> None:
        handle.__exit__(None, None, None)

    _record_function_enter_new = _record_function_enter


aten, profiler = _Namespace(), _Profiler()
