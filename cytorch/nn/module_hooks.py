"""The part of Module that registers and runs hooks, and the hooks of all modules at once."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cytorch.utils.hooks import HookDict, HookSet, RemovableHandle

if TYPE_CHECKING:
    from .module import Module

Hook = Callable[..., Any]

_DICTS = ("_forward_pre_hooks", "_forward_hooks", "_backward_pre_hooks", "_backward_hooks",
          "_state_dict_hooks", "_state_dict_pre_hooks", "_load_state_dict_pre_hooks",
          "_load_state_dict_post_hooks")
_SETS = ("_forward_pre_hooks_with_kwargs", "_forward_hooks_with_kwargs",
         "_forward_hooks_always_called")
_CALL_HOOKS = _DICTS[:4]


class _GlobalHooks:
    """Hooks that run for every module."""

    def __init__(self) -> None:
        self.active = False
        self.forward_pre, self.forward = HookDict(), HookDict()
        self.backward_pre, self.backward = HookDict(), HookDict()
        self.with_kwargs, self.always_called = HookSet(), HookSet()

    def refresh(self) -> None:
        self.active = bool(self.forward_pre or self.forward or self.backward_pre or self.backward)

    def register(self, hooks: HookDict, hook: Hook, flags: tuple[HookSet, ...] = ()
                 ) -> RemovableHandle:
        handle = RemovableHandle(hooks, extra_dict=flags, after_remove=self.refresh)
        hooks.put(handle.id, hook)
        for ids in flags:
            ids.add(handle.id)
        self.refresh()
        return handle


GLOBAL = _GlobalHooks()


def register_module_forward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(module, args)` before the forward of every module."""
    return GLOBAL.register(GLOBAL.forward_pre, hook)


def register_module_forward_hook(hook: Hook, *, with_kwargs: bool = False,
                                 always_call: bool = False) -> RemovableHandle:
    """Call `hook(module, args, output)` after the forward of every module."""
    flags = (GLOBAL.with_kwargs,) * with_kwargs + (GLOBAL.always_called,) * always_call
    return GLOBAL.register(GLOBAL.forward, hook, flags)


def register_module_full_backward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(module, grad_output)` before the gradients of every module's inputs."""
    return GLOBAL.register(GLOBAL.backward_pre, hook)


def register_module_full_backward_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` when every module's inputs have gradients."""
    return GLOBAL.register(GLOBAL.backward, hook)


class Hooks:
    """Registering hooks, and the slow way of a call that has some."""

    _hooked: bool

    def _init_hooks(self, keep: bool = False) -> None:
        state = self.__dict__
        for names, kind in ((_DICTS, HookDict), (_SETS, HookSet)):
            for name in names:
                state[name] = kind(state[name]) if keep and name in state else kind()
        if keep:
            self._refresh_hooks()

    def _refresh_hooks(self) -> None:
        hooked = any(self.__dict__[name] for name in _CALL_HOOKS)
        if hooked or "_hooked" in self.__dict__:
            self.__dict__["_hooked"] = hooked

    def _add_hook(self, name: str, hook: Hook, prepend: bool = False,
                  flags: tuple[str, ...] = ()) -> RemovableHandle:
        hooks, ids = self.__dict__[name], [self.__dict__[flag] for flag in flags]
        handle = RemovableHandle(hooks, extra_dict=ids)
        hooks.put(handle.id, hook, prepend)
        for members in ids:
            members.add(handle.id)
        # stays set when the hook is removed: the slow way then finds nothing to run
        self._refresh_hooks()
        return handle

    def register_forward_pre_hook(self, hook: Hook, *, prepend: bool = False,
                                  with_kwargs: bool = False) -> RemovableHandle:
        """Call `hook(module, args)` before `forward`; what it returns replaces the arguments.

        With `with_kwargs` it is `hook(module, args, kwargs)` and returns both or None.
        """
        flags = ("_forward_pre_hooks_with_kwargs",) * with_kwargs
        return self._add_hook("_forward_pre_hooks", hook, prepend, flags)

    def register_forward_hook(self, hook: Hook, *, prepend: bool = False,
                              with_kwargs: bool = False,
                              always_call: bool = False) -> RemovableHandle:
        """Call `hook(module, args, output)` after `forward`; what it returns replaces the output.

        With `with_kwargs` it is `hook(module, args, kwargs, output)`. `always_call`: also when
        `forward` raised (the output then is None).
        """
        flags = ("_forward_hooks_with_kwargs",) * with_kwargs
        flags += ("_forward_hooks_always_called",) * always_call
        return self._add_hook("_forward_hooks", hook, prepend, flags)

    def register_full_backward_pre_hook(self, hook: Hook, prepend: bool = False
                                        ) -> RemovableHandle:
        """Call `hook(module, grad_output)` before the backward of the module.

        What it returns replaces the gradients of the outputs.
        """
        return self._add_hook("_backward_pre_hooks", hook, prepend)

    def register_full_backward_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` once the inputs have their gradients.

        What it returns replaces the gradients of the inputs.
        """
        return self._add_hook("_backward_hooks", hook, prepend)

    def register_backward_hook(self, hook: Hook) -> RemovableHandle:
        """The old spelling of `register_full_backward_hook`."""
        return self.register_full_backward_hook(hook)

    def register_state_dict_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(module, prefix, keep_vars)` before `state_dict` collects this module."""
        return self._add_hook("_state_dict_pre_hooks", hook)

    def register_state_dict_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata)` after this module's entries."""
        return self._add_hook("_state_dict_hooks", _NothingReturned(hook))

    def _register_state_dict_hook(self, hook: Hook) -> RemovableHandle:
        return self._add_hook("_state_dict_hooks", hook)

    def register_load_state_dict_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata, strict, missing_keys,
        unexpected_keys, error_msgs)` before this module is loaded."""
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def _register_load_state_dict_pre_hook(self, hook: Hook, with_module: bool = False
                                           ) -> RemovableHandle:
        return self._add_hook("_load_state_dict_pre_hooks", _LoadHook(hook, with_module))

    def register_load_state_dict_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(module, incompatible_keys)` after loading; it may edit the two lists."""
        return self._add_hook("_load_state_dict_post_hooks", hook)

    # ------------------------------------------------------------------ running
    def _call_with_hooks(self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        args, kwargs = self._run_forward_pre_hooks(args, kwargs)
        pre = [*GLOBAL.backward_pre.values(), *self._backward_pre_hooks.values()]
        post = [*GLOBAL.backward.values(), *self._backward_hooks.values()]
        backward = None
        if pre or post:
            from .backward_hooks import BackwardHooks

            backward = BackwardHooks(self, pre, post)
            args = backward.watch_inputs(args)
        done: set[int] = set()
        try:
            output = self._run_forward_hooks(args, kwargs, self.forward(*args, **kwargs), done)
        except Exception:
            self._run_always_called(args, kwargs, done)
            raise
        return output if backward is None else backward.watch_outputs(output)

    def _run_forward_pre_hooks(self: Any, args: Any, kwargs: Any) -> tuple[Any, Any]:
        for key, hook in (*GLOBAL.forward_pre.items(), *self._forward_pre_hooks.items()):
            if key in self._forward_pre_hooks_with_kwargs:
                result = hook(self, args, kwargs)
                if result is None:
                    continue
                if not (isinstance(result, tuple) and len(result) == 2):
                    raise RuntimeError("forward pre-hook must return None or a tuple of "
                                       f"(new_args, new_kwargs), but got {result}.")
                args, kwargs = result
            else:
                result = hook(self, args)
                if result is not None:
                    args = result if isinstance(result, tuple) else (result,)
        return args, kwargs

    def _all_forward_hooks(self: Any) -> list[tuple[int, Hook, bool, bool]]:
        """(id, hook, takes kwargs, runs after an error too) of every forward hook."""
        found = []
        for hooks, with_kwargs, always in (
                (GLOBAL.forward, GLOBAL.with_kwargs, GLOBAL.always_called),
                (self._forward_hooks, self._forward_hooks_with_kwargs,
                 self._forward_hooks_always_called)):
            found += [(key, hook, key in with_kwargs, key in always)
                      for key, hook in hooks.items()]
        return found

    def _run_forward_hooks(self, args: Any, kwargs: Any, output: Any, done: set[int]) -> Any:
        for key, hook, with_kwargs, _ in self._all_forward_hooks():
            done.add(key)
            result = hook(self, args, kwargs, output) if with_kwargs else hook(self, args, output)
            if result is not None:
                output = result
        return output

    def _run_always_called(self, args: Any, kwargs: Any, done: set[int]) -> None:
        """After an error: the hooks that asked for it and did not run; their errors are lost."""
        for key, hook, with_kwargs, always in self._all_forward_hooks():
            if always and key not in done:
                try:
                    hook(self, args, kwargs, None) if with_kwargs else hook(self, args, None)
                except Exception as error:
                    import warnings

                    warnings.warn("forward hook with ``always_call=True`` raised an exception "
                                  f"that was silenced as another error was raised: {error}",
                                  stacklevel=3)


class _NothingReturned:
    """A state_dict hook that must change the dict in place."""

    def __init__(self, hook: Hook) -> None:
        self.hook = hook

    def __call__(self, *args: Any) -> None:
        if self.hook(*args) is not None:
            raise RuntimeError("state_dict post-hook must return None")


class _LoadHook:
    """A load_state_dict pre-hook, with or without the module as first argument."""

    def __init__(self, hook: Hook, with_module: bool) -> None:
        self.hook, self.with_module = hook, with_module

    def __call__(self, module: Module, *args: Any) -> Any:
        return self.hook(module, *args) if self.with_module else self.hook(*args)
