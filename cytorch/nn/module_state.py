"""The part of Module that writes and reads state_dicts."""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import cytorch
from cytorch import Tensor
from cytorch.errors import CheckpointError

from .uninitialized import is_lazy

_EXTRA = "_extra_state"


class _IncompatibleKeys(NamedTuple):
    """What `load_state_dict` returns: the keys that did not match."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return (f"_IncompatibleKeys(missing_keys={self.missing_keys}, "
                f"unexpected_keys={self.unexpected_keys})")


class StateDict:
    """Saving all parameters and persistent buffers in one flat dict, and loading them."""

    _version: int
    _parameters: dict[str, Any]
    _buffers: dict[str, Any]
    _modules: dict[str, Any]
    _non_persistent_buffers_set: set[str]

    def get_extra_state(self) -> Any:
        """Override to add something of your own, under "_extra_state", to the state_dict."""
        raise RuntimeError("Reached a code path in Module.get_extra_state() that should never be "
                           "called. Please define it in your subclass.")

    def set_extra_state(self, state: Any) -> None:
        """Override to load what `get_extra_state` returned."""
        raise RuntimeError("Reached a code path in Module.set_extra_state() that should never be "
                           "called. Please define it in your subclass.")

    # ------------------------------------------------------------------ saving
    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        """Add this module's own entries; a subclass may override it to save more."""
        for name, value in self._parameters.items():
            if value is not None:
                destination[prefix + name] = value if keep_vars else value.detach()
        for name, value in self._buffers.items():
            if value is not None and name not in self._non_persistent_buffers_set:
                destination[prefix + name] = value if keep_vars else value.detach()
        if type(self).get_extra_state is not StateDict.get_extra_state:
            destination[prefix + _EXTRA] = self.get_extra_state()

    def state_dict(self: Any, *args: Any, destination: Any = None, prefix: str = "",
                   keep_vars: bool = False) -> Any:
        """All parameters and persistent buffers by path, in PyTorch's order.

        The tensors share memory with the module and are detached, unless `keep_vars`.

        >>> list(cytorch.nn.Linear(2, 3).state_dict())
        ['weight', 'bias']
        """
        for value, name in zip(args, ("destination", "prefix", "keep_vars"), strict=False):
            if name == "destination":
                destination = value
            elif name == "prefix":
                prefix = value
            else:
                keep_vars = value
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        local_metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = local_metadata
        for hook in list(self._state_dict_pre_hooks.values()):
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=f"{prefix}{name}.",
                                  keep_vars=keep_vars)
        for hook in list(self._state_dict_hooks.values()):
            result = hook(self, destination, prefix, local_metadata)
            if result is not None:
                destination = result
        return destination

    # ------------------------------------------------------------------ loading
    def _load_from_state_dict(self: Any, state_dict: Any, prefix: str, local_metadata: Any,
                              strict: bool, missing_keys: list[str], unexpected_keys: list[str],
                              error_msgs: list[str]) -> None:
        """Find and check this module's own entries.

        Copies are put off (into local_metadata["pending"]) until the whole tree was checked, so
        that a state_dict that does not fit changes nothing.
        """
        for hook in list(self._load_state_dict_pre_hooks.values()):
            hook(self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys,
                 error_msgs)
        assign = local_metadata.get("assign_to_params_buffers", False)
        pending: list[Callable[[], None]] = local_metadata.get("pending", [])
        at_once = "pending" not in local_metadata
        members = {name: value for name, value in (*self._parameters.items(), *(
            (n, b) for n, b in self._buffers.items()
            if n not in self._non_persistent_buffers_set)) if value is not None}
        for name, own in members.items():
            key = prefix + name
            if key not in state_dict:
                if strict:
                    missing_keys.append(key)
                continue
            problem, value = _fitting(key, own, state_dict[key])
            if problem:
                error_msgs.append(problem)
            else:
                pending.append(_Load(self, name, own, value, assign))
        self._load_extra_state(state_dict, prefix, strict, missing_keys, unexpected_keys, pending)
        if strict:
            self._find_unexpected(state_dict, prefix, members, unexpected_keys)
        if at_once:
            for load in pending:
                load()

    def _load_extra_state(self, state_dict: Any, prefix: str, strict: bool,
                          missing_keys: list[str], unexpected_keys: list[str],
                          pending: list[Callable[[], None]]) -> None:
        key = prefix + _EXTRA
        if type(self).set_extra_state is not StateDict.set_extra_state:
            if key in state_dict:
                pending.append(lambda: self.set_extra_state(state_dict[key]))
            elif strict:
                missing_keys.append(key)
        elif strict and key in state_dict:
            unexpected_keys.append(key)

    def _find_unexpected(self, state_dict: Any, prefix: str, members: Any,
                         unexpected_keys: list[str]) -> None:
        for key in state_dict:
            if key.startswith(prefix) and key != prefix + _EXTRA:
                first, _, rest = key[len(prefix):].partition(".")
                known = first in self._modules if rest else first in members
                if not known:
                    unexpected_keys.append(key)

    def load_state_dict(self: Any, state_dict: Mapping[str, Any], strict: bool = True,
                        assign: bool = False) -> _IncompatibleKeys:
        """Copy parameters and buffers from a state_dict into this module and its children.

        Parameters
        ----------
        strict : keys must match exactly; otherwise the two lists of the result name the others
        assign : keep the tensors of the state_dict instead of copying their values

        Everything is checked first: when a key is missing or unexpected or a shape differs, one
        CheckpointError (a RuntimeError) lists all of it and nothing is copied.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError("Expected state_dict to be dict-like, got "
                            f"{type(state_dict).__name__}.")
        metadata = getattr(state_dict, "_metadata", None)
        entries: Any = OrderedDict(state_dict)
        if metadata is not None:
            entries._metadata = metadata
        missing: list[str] = []
        unexpected: list[str] = []
        errors: list[str] = []
        pending: list[Callable[[], None]] = []
        modules: list[Any] = []

        def check(module: Any, local: Any, prefix: str) -> None:
            known = {} if metadata is None else metadata.get(prefix[:-1], {})
            own_metadata = dict(known, assign_to_params_buffers=assign, pending=pending)
            module._load_from_state_dict(local, prefix, own_metadata, True, missing, unexpected,
                                         errors)
            for name, child in module._modules.items():
                if child is not None:
                    path = f"{prefix}{name}."
                    check(child, {k: v for k, v in local.items() if k.startswith(path)}, path)
            modules.append(module)

        check(self, entries, "")
        report = _IncompatibleKeys(missing, unexpected)
        has_hooks = any(module._load_state_dict_post_hooks for module in modules)
        # Post-hooks may forgive keys, and expect loaded values: with them the keys are judged last.
        self._raise_unless_fits(report, errors, strict and not has_hooks)
        with cytorch.no_grad():
            for load in pending:
                load()
        for module in modules:
            for hook in list(module._load_state_dict_post_hooks.values()):
                if hook(module, report) is not None:
                    raise RuntimeError("Hooks registered with register_load_state_dict_post_hook "
                                       "are not expected to return new values; edit "
                                       "incompatible_keys in place instead.")
        self._raise_unless_fits(report, errors, strict)
        return report

    def _raise_unless_fits(self, report: _IncompatibleKeys, errors: list[str],
                           strict: bool) -> None:
        lines = []
        if strict:
            for title, keys in (("Missing", report.missing_keys),
                                ("Unexpected", report.unexpected_keys)):
                if keys:
                    listed = ", ".join(f'"{key}"' for key in keys)
                    lines.append(f"{title} key(s) in state_dict: {listed}. ")
        lines += errors
        if lines:
            raise CheckpointError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t"
                                  + "\n\t".join(lines))


def _fitting(key: str, own: Tensor, value: Any) -> tuple[str, Any]:
    """What is wrong with the value of a key, or "" and the value."""
    if not isinstance(value, Tensor):
        return (f'While copying the parameter named "{key}", expected a Tensor from the '
                f"checkpoint but received {type(value).__name__}"), None
    if is_lazy(own) and is_lazy(value):
        return "", value
    if own.dim() == 0 and tuple(value.shape) == (1,):
        value = value[0]  # files of PyTorch 0.3 and older hold 0-dim tensors as shape (1,)
    if own.shape != value.shape:
        return (f"size mismatch for {key}: copying a param with shape {tuple(value.shape)} from "
                f"checkpoint, the shape in current model is {tuple(own.shape)}."), None
    return "", value


class _Load:
    """One copy (or assignment) that waits until the whole state_dict was found to fit."""

    def __init__(self, module: Any, name: str, own: Tensor, value: Tensor, assign: bool) -> None:
        self.module, self.name, self.own, self.value = module, name, own, value
        self.assign = assign

    def __call__(self) -> None:
        if not self.assign:
            self.own.copy_(self.value)
            return
        value: Any = self.value
        if self.name in self.module._parameters:
            from .parameter import Parameter

            if isinstance(value, Parameter):
                value.requires_grad_(self.own.requires_grad)
            else:
                value = Parameter(value, requires_grad=self.own.requires_grad)
        setattr(self.module, self.name, value)
