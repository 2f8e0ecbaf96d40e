"""The dicts behind `_parameters`, `_buffers` and `_modules` of a module."""
from __future__ import annotations

import weakref
from typing import Any

_MISSING = object()


class Registry(dict):  # type: ignore[type-arg]
    """A dict whose entries are attributes of its module too.

    Reading `module.weight` then is an ordinary look-up in the instance dict (20 ns); a
    `__getattr__` in Python costs ten times that. Every write keeps both in step, so code that
    writes to `module._parameters` itself works as well.
    """

    def __init__(self, owner: Any, entries: Any = ()) -> None:
        super().__init__(entries)
        # Weak: a strong one would make every module a cycle that only the collector frees.
        self._owner = weakref.ref(owner)
        if self:
            owner.__dict__.update(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Registry, (self._owner(), dict(self))

    def _unmirror(self, key: str, value: Any) -> None:
        owner = self._owner()
        if owner is not None and owner.__dict__.get(key, _MISSING) is value:
            del owner.__dict__[key]

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        owner = self._owner()
        if owner is not None:
            owner.__dict__[key] = value

    def __delitem__(self, key: str) -> None:
        self.pop(key)

    def pop(self, key: str, *default: Any) -> Any:
        if key in self:
            self._unmirror(key, self[key])
        return super().pop(key, *default)

    def popitem(self) -> tuple[str, Any]:
        key, value = super().popitem()
        self._unmirror(key, value)
        return key, value

    def clear(self) -> None:
        for key, value in self.items():
            self._unmirror(key, value)
        super().clear()

    def setdefault(self, key: str, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, *args: Any, **kwargs: Any) -> None:
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def __ior__(self, other: Any) -> Registry:  # type: ignore[misc,override]
        self.update(other)
        return self
