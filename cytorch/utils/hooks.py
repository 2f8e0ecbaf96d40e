"""Handles of hooks that can be removed again."""
from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from typing import Any


class RemovableHandle:
    """What every `register_..._hook` returns: `remove()` takes the hook away.

    It is also a context manager that removes the hook on the way out.

    Parameters
    ----------
    hooks_dict : the dict that holds the hooks by `handle.id`; only a weak reference is kept
    extra_dict : further dicts or sets that hold `handle.id`
    after_remove : called once the hook is gone
    """

    next_id = 0

    def __init__(self, hooks_dict: Any, *, extra_dict: Any = None,
                 after_remove: Callable[[], None] | None = None) -> None:
        self.hooks_dict_ref = weakref.ref(hooks_dict)
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1
        if extra_dict is None:
            extra_dict = ()
        elif not isinstance(extra_dict, (list, tuple)):
            extra_dict = (extra_dict,)
        self.extra_dict_ref = tuple(weakref.ref(d) for d in extra_dict)
        self.after_remove = after_remove

    def remove(self) -> None:
        """Remove the hook; a second call does nothing."""
        for reference in (self.hooks_dict_ref, *self.extra_dict_ref):
            hooks = reference()
            if hooks is not None and self.id in hooks:
                if isinstance(hooks, set):
                    hooks.discard(self.id)
                else:
                    del hooks[self.id]
        if self.after_remove is not None:
            self.after_remove()

    def __getstate__(self) -> tuple[Any, int, tuple[Any, ...]]:
        return self.hooks_dict_ref(), self.id, tuple(ref() for ref in self.extra_dict_ref)

    def __setstate__(self, state: tuple[Any, int, tuple[Any, ...]]) -> None:
        hooks, self.id, extra = state
        self.hooks_dict_ref = weakref.ref(HookDict() if hooks is None else hooks)
        self.extra_dict_ref = tuple(weakref.ref(d) for d in extra if d is not None)
        self.after_remove = None
        RemovableHandle.next_id = max(RemovableHandle.next_id, self.id + 1)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.remove()


class HookDict(dict):  # type: ignore[type-arg]
    """Hooks by handle id, in the order in which they run; can be weakly referenced."""

    def put(self, key: int, hook: Any, prepend: bool = False) -> None:
        """Add a hook behind all others, or before them."""
        if prepend:
            others = list(self.items())
            self.clear()
            self[key] = hook
            self.update(others)
        else:
            self[key] = hook


class HookSet(set):  # type: ignore[type-arg]
    """Ids of hooks of a special kind; can be weakly referenced."""


def run_in_order(hooks: Iterable[Callable[..., Any]], *args: Any) -> None:
    """Call every hook with the same arguments and ignore what they return."""
    for hook in list(hooks):
        hook(*args)
