"""CUDA devices: what programs ask before they use one.

This build has no GPU part: `is_available()` is False at once, without looking for a driver.
"""
from __future__ import annotations

from typing import Any, NoReturn

from cytorch.errors import DeviceError

__all__ = ["current_device", "device_count", "empty_cache", "get_device_name", "is_available",
           "is_initialized", "manual_seed", "manual_seed_all", "set_device", "synchronize"]


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
    raise DeviceError(f"cuda.{name}: this build of cytorch has no CUDA device")


def current_device() -> int:
    """Number of the present device. Raises DeviceError without one."""
    _missing("current_device")


def set_device(device: Any) -> None:
    """Choose the present device. Raises DeviceError without one."""
    _missing("set_device")


def synchronize(device: Any = None) -> None:
    """Wait for the device. Raises DeviceError without one."""
    _missing("synchronize")


def get_device_name(device: Any = None) -> str:
    """The device's name. Raises DeviceError without one."""
    _missing("get_device_name")
