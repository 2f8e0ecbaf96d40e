"""torch.accelerator: the GPU of whatever make. There is none in this build."""
from __future__ import annotations

from typing import Any, NoReturn

from cytorch.errors import DeviceError


def is_available() -> bool:
    """Whether there is an accelerator: no.

    >>> is_available()
    False
    """
    return False


def device_count() -> int:
    """Number of accelerators."""
    return 0


def current_accelerator(check_available: bool = False) -> Any:
    """The kind of accelerator: None, there is none."""
    return None


def _missing(name: str) -> NoReturn:
    raise DeviceError(f"accelerator.{name}: Cannot access accelerator device when none is "
                      "available; ask accelerator.is_available() first")


def set_device_index(device: Any) -> None:
    """Choose an accelerator. Raises DeviceError: there is none."""
    _missing("set_device_index")


def current_device_index() -> int:
    """Number of the present accelerator. Raises DeviceError: there is none."""
    _missing("current_device_index")


def synchronize(device: Any = None) -> None:
    """Wait for the accelerator. Raises DeviceError: there is none."""
    _missing("synchronize")


def current_stream(device: Any = None) -> Any:
    """The present stream. Raises DeviceError: there is none."""
    _missing("current_stream")


def empty_cache() -> None:
    """Give unused memory of the accelerator back: there is none."""


def memory_allocated(device: Any = None) -> int:
    """Bytes in use on the accelerator."""
    return 0


class device_index:  # noqa: N801 - PyTorch's name
    """A block that uses an accelerator; None changes nothing, a number raises DeviceError."""

    def __init__(self, device: int | None) -> None:
        self.device = device

    def __enter__(self) -> None:
        if self.device is not None:
            _missing("device_index")

    def __exit__(self, *exc_info: object) -> None:
        pass
