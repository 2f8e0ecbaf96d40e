"""Names that programs set or ask before they train. There is one backend here: cytorch's own."""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class _Backend(SimpleNamespace):
    """Flags that may be set and have no effect, and `is_available()`, which is False."""

    def is_available(self) -> bool:
        return False

    def is_built(self) -> bool:
        return False


cudnn: Any = _Backend(enabled=False, benchmark=False, deterministic=False, allow_tf32=False)
mps: Any = _Backend()
mkl: Any = _Backend()
mkldnn: Any = _Backend()
openmp: Any = _Backend()
cuda: Any = _Backend(matmul=SimpleNamespace(allow_tf32=False))
