"""torch.autograd.profiler: the older spelling of `cytorch.profiler`."""
from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from cytorch.profiler import profile as _profile
from cytorch.profiler import record_function

__all__ = ["emit_nvtx", "profile", "record_function"]


class profile(_profile):  # noqa: N801 - PyTorch's name
    """`cytorch.profiler.profile`, with a switch; options of GPUs are accepted.

    >>> with profile(enabled=False) as p, record_function("work"):
    ...     pass
    >>> len(p.key_averages())
    0
    """

    def __init__(self, enabled: bool = True, **options: Any) -> None:
        super().__init__()
        self._enabled = enabled

    def start(self) -> None:
        """Begin to record, if enabled."""
        if self._enabled:
            super().start()

    def stop(self) -> None:
        """End the recording."""
        if self._enabled:
            super().stop()


def emit_nvtx(enabled: bool = True, record_shapes: bool = False) -> Any:
    """A block whose ranges NVIDIA's profiler would see: there is no GPU."""
    return nullcontext()
