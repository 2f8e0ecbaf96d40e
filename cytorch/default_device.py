"""The device on which new tensors are made when none is named."""
from __future__ import annotations

import threading
from typing import Any

import cytorch
from cytorch import from_data
from cytorch.ops.spec import TABLE
from cytorch.overrides import TorchFunctionMode

__all__ = ["get_default_device", "set_default_device"]

_FACTORIES = {entry.short_name for entry in TABLE
              if any(p.name == "device" for p in entry.params) and not entry.tensor_params}


class _State(threading.local):
    """Of one thread: the devices of `with` blocks, innermost last, and the one set for good."""

    def __init__(self) -> None:
        self.inner: list[DeviceContext] = []
        self.outer: DeviceContext | None = None


_state = _State()


class DeviceContext(TorchFunctionMode):
    """Gives `device=` to the functions that make tensors and got none."""

    def __init__(self, device: Any) -> None:
        self.device = device

    def __torch_function__(self, func: Any, types: Any, args: Any = (),
                           kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__name__", "") in _FACTORIES and kwargs.get("device") is None:
            kwargs = {**kwargs, "device": self.device}
        return func(*args, **kwargs)


def get_default_device() -> Any:
    """The device on which tensors are made: the CPU unless it was set.

    >>> get_default_device()
    device(type='cpu')
    """
    if _state.inner:
        return _state.inner[-1].device
    return cytorch.device("cpu") if _state.outer is None else _state.outer.device


def implied_device() -> Any:
    """The same, or None where nothing was set: what `tensor()` asks."""
    return get_default_device() if _state.inner or _state.outer is not None else None


def set_default_device(device: Any) -> None:
    """Make new tensors on `device` unless they name another; None: on the CPU again.

    Raises RuntimeError for a device that does not exist.

    >>> set_default_device("meta")
    >>> cytorch.ones(2).device
    device(type='meta')
    >>> set_default_device(None)
    """
    if _state.outer is not None:
        _state.outer.__exit__()
        _state.outer = None
    if device is not None:
        _state.outer = DeviceContext(cytorch.device(device)).__enter__()


def enter(device: Any) -> Any:
    """What `with device:` does first."""
    _state.inner.append(DeviceContext(device).__enter__())
    return device


def leave() -> None:
    """What `with device:` does last."""
    _state.inner.pop().__exit__()


from_data._implied_device = implied_device
