"""Helpers around training; each part loads when it is first used."""
from __future__ import annotations

import importlib
from typing import Any

_PARTS = ("_pytree", "checkpoint", "data", "graph", "hooks", "images", "model_summary", "png",
          "progress", "tensorboard")


def __getattr__(name: str) -> Any:
    if name == "summary":
        return importlib.import_module(f"{__name__}.model_summary").summary
    if name in _PARTS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
