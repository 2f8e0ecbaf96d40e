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
from .ops.install import install as _install
from .size import Size
from .tensor_methods import install_methods as _install_methods
from .version import __version__

globals().update(all_dtypes())
set_size_type(Size)
_install_methods()
_install(sys.modules[__name__])

strided, sparse_coo = "strided", "sparse_coo"
contiguous_format, preserve_format = "contiguous_format", "preserve_format"
channels_last, channels_last_3d = "channels_last", "channels_last_3d"
newaxis = None

# Names that live in modules which are imported when they are first asked for.
_LAZY = {
    "tensor": "from_data", "as_tensor": "from_data", "from_numpy": "from_data",
    "frombuffer": "from_data", "asarray": "from_data", "from_dlpack": "dlpack",
    "to_dlpack": "dlpack",
    "finfo": "limits", "iinfo": "limits", "set_printoptions": "printing",
    "no_grad": "autograd", "enable_grad": "autograd", "inference_mode": "autograd",
    "set_grad_enabled": "autograd", "set_anomaly_enabled": "autograd",
    "is_anomaly_check_nan_enabled": "autograd",
    "save": "serialization", "load": "serialization",
    "Generator": "random", "manual_seed": "random", "seed": "random", "initial_seed": "random",
    "get_rng_state": "random", "set_rng_state": "random", "default_generator": "random",
    "vmap": "func",
    "is_tensor": "queries", "is_storage": "queries", "is_nonzero": "queries",
    "result_type": "queries", "set_default_device": "queries", "get_default_device": "queries",
    "set_default_tensor_type": "queries", "use_deterministic_algorithms": "queries",
    "are_deterministic_algorithms_enabled": "queries", "typename": "queries",
    "set_float32_matmul_precision": "queries", "get_float32_matmul_precision": "queries",
}
_LEGACY = {f"{kind}Tensor" for kind in ("Float", "Double", "Half", "BFloat16", "Long", "Int",
                                       "Short", "Char", "Byte", "Bool")}
_MODULES = {"nn", "optim", "utils", "autograd", "criterions", "datasets", "random", "testing",
            "overrides", "printing", "serialization", "errors", "demo", "cuda", "backends", "func",
            "models", "transforms", "vision"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        value = getattr(importlib.import_module(f"cytorch.{_LAZY[name]}"), name)
    elif name in _LEGACY:
        value = getattr(importlib.import_module("cytorch.legacy"), name)
    elif name in _MODULES:
        return importlib.import_module(f"cytorch.{name}")
    else:
        raise AttributeError(f"module 'cytorch' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, *_LEGACY, *_MODULES})
