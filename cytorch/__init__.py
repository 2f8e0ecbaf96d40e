"""cytorch: define-by-run deep learning with PyTorch's programming model and names.

>>> import cytorch as torch
>>> x = torch.ones(3, requires_grad=True)
>>> (x * 2).sum().backward()
>>> x.grad
tensor([2., 2., 2.])
"""
from __future__ import annotations

import importlib
import sys
from math import e, inf, nan, pi
from typing import Any

try:
    from ._C.tensor import Tensor, set_size_type
except ImportError as error:
    raise ImportError(
        "the compiled core of cytorch is missing or belongs to another Python. In a checkout run "
        f"`pip install -e .` (or leave the checkout's folder if cytorch is installed): {error}"
    ) from error

from ._C.autograd.api import (
    is_anomaly_enabled,
    is_grad_enabled,
    is_inference_mode_enabled,
)
from ._C.device import Device as device
from ._C.dtype import (
    DType as dtype,
)
from ._C.dtype import (
    all_dtypes,
    can_cast,
    get_default_dtype,
    promote_types,
    set_default_dtype,
)
from ._C.state import empty_cache
from ._C.threads import get_num_threads, set_num_threads
from .formats import layout, memory_format
from .lazy_names import LEGACY, MODULE_OF, MODULES
from .ops.install import install as _install
from .size import Size
from .tensor_methods import install_methods as _install_methods
from .version import __version__

globals().update(all_dtypes())
set_size_type(Size)
_install_methods()
_install(sys.modules[__name__])

strided, sparse_coo = layout("strided"), layout("sparse_coo")
contiguous_format, preserve_format = map(memory_format, ("contiguous_format", "preserve_format"))
channels_last, channels_last_3d = map(memory_format, ("channels_last", "channels_last_3d"))
legacy_contiguous_format = contiguous_format
newaxis = None


def __getattr__(name: str) -> Any:
    if name in MODULE_OF:
        value = getattr(importlib.import_module(f"cytorch.{MODULE_OF[name]}"), name)
    elif name.startswith("_foreach_"):
        value = getattr(importlib.import_module("cytorch.foreach"), name)
    elif name in LEGACY:
        value = getattr(importlib.import_module("cytorch.legacy"), name)
    elif name in MODULES:
        return importlib.import_module(f"cytorch.{name}")
    elif name in (refusals := importlib.import_module("cytorch.refused")).REFUSED:
        value = refusals.refused(name)
    else:
        raise AttributeError(f"module 'cytorch' has no attribute {name!r}")
    globals()[name] = value
    return value


def _of_compiled_core(name: str) -> Any:
    return importlib.import_module("cytorch.accepted").of_compiled_core(name)


# Programs switch fusers by private functions of PyTorch's core.
vars(sys.modules["cytorch._C"])["__getattr__"] = _of_compiled_core


def __dir__() -> list[str]:
    return sorted({*globals(), *MODULE_OF, *LEGACY, *MODULES})
