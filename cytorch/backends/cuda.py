"""CUDA's libraries: this build has none. The switches can be set, and have no effect."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

matmul: Any = SimpleNamespace(
    allow_tf32=False, allow_fp16_reduced_precision_reduction=True,
    allow_bf16_reduced_precision_reduction=True, allow_fp16_accumulation=False,
    fp32_precision="none")
cufft_plan_cache: Any = SimpleNamespace(size=0, max_size=0, clear=lambda: None)
_attention = {"flash": True, "math": True, "mem_efficient": True, "cudnn": True}


def is_built() -> bool:
    """Whether this build has CUDA kernels: no.

    >>> is_built()
    False
    """
    return False


def _switch(kind: str) -> None:
    def enable(enabled: bool) -> None:
        _attention[kind] = bool(enabled)

    def is_enabled() -> bool:
        return _attention[kind]

    enable.__doc__ = f"Allow the {kind} attention of a GPU; there is one kernel on the CPU."
    is_enabled.__doc__ = f"What `enable_{kind}_sdp` was last given."
    globals()[f"enable_{kind}_sdp"] = enable
    globals()[f"{kind}_sdp_enabled"] = is_enabled


for _kind in _attention:
    _switch(_kind)


@contextmanager
def sdp_kernel(enable_flash: bool = True, enable_math: bool = True,
               enable_mem_efficient: bool = True, enable_cudnn: bool = True) -> Iterator[None]:
    """A block in which only some attention kernels are allowed; the CPU's is always used."""
    before = dict(_attention)
    _attention.update(flash=enable_flash, math=enable_math, mem_efficient=enable_mem_efficient,
                      cudnn=enable_cudnn)
    try:
        yield
    finally:
        _attention.update(before)


def preferred_linalg_library(backend: Any = None) -> str:
    """The library for linear algebra on a GPU: there is none to choose from."""
    return "default"
