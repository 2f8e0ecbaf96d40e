"""CUDA devices: what programs ask before they use one.

This build has no GPU part: `is_available()` is False at once, without looking for a driver.
"""
from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

from cytorch.errors import DeviceError

_ABSENT = ["current_device", "set_device", "synchronize", "get_device_name",
           "get_device_properties", "get_device_capability", "current_stream", "default_stream",
           "set_stream", "current_blas_handle", "mem_get_info", "get_rng_state", "set_rng_state",
           "Event", "Stream", "ExternalStream", "CUDAGraph", "graph", "ipc_collect",
           "can_device_access_peer", "utilization", "temperature"]
_COUNTERS = ["memory_allocated", "max_memory_allocated", "memory_reserved", "max_memory_reserved",
             "memory_cached", "max_memory_cached"]
_RESETS = ["reset_peak_memory_stats", "reset_max_memory_allocated", "reset_max_memory_cached",
           "reset_accumulated_memory_stats"]
_TYPES = [f"{kind}Tensor" for kind in ("Float", "Double", "Half", "BFloat16", "Long", "Int",
                                       "Short", "Char", "Byte", "Bool")]

__all__ = ["OutOfMemoryError", "device", "device_count", "device_of", "empty_cache",
           "get_arch_list", "get_rng_state_all", "init", "is_available", "is_bf16_supported",
           "is_current_stream_capturing", "is_initialized", "manual_seed", "manual_seed_all",
           "memory_stats", "memory_summary", "nccl", "random", "seed", "seed_all",
           "set_rng_state_all", "stream"]
__all__.extend([*_ABSENT, *_COUNTERS, *_RESETS, *_TYPES])


def is_available() -> bool:
    """Whether a CUDA device can be used.

    >>> is_available()
    False
    """
    return False


def device_count() -> int:
    """Number of CUDA devices."""
    return 0


def is_initialized() -> bool:
    """Whether CUDA has been started."""
    return False


def manual_seed(seed: int) -> None:
    """Seed the present device's generator; without a device there is nothing to do."""


def manual_seed_all(seed: int) -> None:
    """Seed the generators of all devices; without a device there is nothing to do."""


def empty_cache() -> None:
    """Give unused device memory back; without a device there is none."""


def _missing(name: str) -> NoReturn:
    raise DeviceError(f"cuda.{name}: this build of cytorch has no CUDA device; ask "
                      "cuda.is_available() first")


def _made(name: str, doc: str, result: Callable[[], Any]) -> Callable[..., Any]:
    def function(*args: Any, **options: Any) -> Any:
        return result()

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


def _absent(name: str) -> Callable[..., Any]:
    return lambda: _missing(name)


for _name in (*_ABSENT, *_TYPES):
    globals()[_name] = _made(_name, f"`{_name}` of a CUDA device. Raises DeviceError without one.",
                             _absent(_name))
for _name in _COUNTERS:
    globals()[_name] = _made(_name, "Bytes in use on the device: 0, there is none.", lambda: 0)
for _name in _RESETS:
    globals()[_name] = _made(_name, "Forget the counters of the device: there is none.",
                             lambda: None)


class OutOfMemoryError(RuntimeError):
    """The memory of a device is used up; never raised without one."""


class device:  # noqa: N801 - PyTorch's name
    """A block that uses a CUDA device: None and -1 change nothing, others raise DeviceError."""

    def __init__(self, device: Any) -> None:
        self.index = device

    def __enter__(self) -> None:
        if self.index not in (None, -1):
            _missing("device")

    def __exit__(self, *exc_info: object) -> None:
        pass


class device_of(device):  # noqa: N801 - PyTorch's name
    """A block that uses the device of a tensor: nothing changes for one on the host."""

    def __init__(self, obj: Any) -> None:
        super().__init__(None)


class stream(device):  # noqa: N801 - PyTorch's name
    """A block that uses a stream: None changes nothing."""


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """Whether a device computes in bfloat16: there is none."""
    return False


def is_current_stream_capturing() -> bool:
    """Whether a CUDA graph is being made: no."""
    return False


def init() -> None:
    """Start CUDA. Raises DeviceError without a device."""
    _missing("init")


def get_arch_list() -> list[str]:
    """Architectures that this build has kernels for: none."""
    return []


def memory_stats(device: Any = None) -> dict[str, Any]:
    """Counters of the device's memory: empty, there is none."""
    return {}


def memory_summary(device: Any = None, abbreviated: bool = False) -> str:
    """Counters of the device's memory as text."""
    return "no CUDA device"


def seed() -> None:
    """Seed the device's generator anew; without a device there is nothing to do."""


seed_all = seed
default_generators: tuple[Any, ...] = ()


def get_rng_state_all() -> list[Any]:
    """States of the generators of all devices: an empty list."""
    return []


def set_rng_state_all(new_states: Any) -> None:
    """Restore the generators of all devices. Raises DeviceError for more states than devices."""
    if len(new_states):
        _missing("set_rng_state_all")


def __getattr__(name: str) -> Any:
    if name != "amp":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f"{__name__}.amp")


# Submodules of PyTorch's that programs name.
random: Any = sys.modules[__name__]
nccl: Any = ModuleType("cytorch.cuda.nccl")
nccl.version = lambda: _missing("nccl.version")
nccl.is_available = lambda tensors=(): False
