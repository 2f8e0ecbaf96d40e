"""Automatic differentiation: backward passes, modes, user-written functions and checks."""
from __future__ import annotations

from typing import Any

from cytorch._C.autograd.api import backward, grad, install_callbacks

from . import anomaly, graph
from .anomaly import (
    detect_anomaly,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    set_anomaly_enabled,
    set_detect_anomaly,
)
from .function import Function
from .grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .gradcheck import GradcheckError, gradcheck, gradgradcheck
from .variable import Variable

__all__ = ["Function", "GradcheckError", "Variable", "backward", "detect_anomaly", "enable_grad",
           "forward_ad", "functional", "grad", "gradcheck", "gradgradcheck", "graph",
           "inference_mode", "is_anomaly_check_nan_enabled", "is_anomaly_enabled",
           "is_grad_enabled", "is_inference_mode_enabled", "no_grad", "set_anomaly_enabled",
           "set_detect_anomaly", "set_grad_enabled"]

# The compiled engine calls back into these two.
install_callbacks(graph, anomaly)


def __getattr__(name: str) -> Any:
    if name not in ("functional", "forward_ad", "profiler"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f"{__name__}.{name}")
