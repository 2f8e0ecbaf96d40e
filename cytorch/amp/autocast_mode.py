"""autocast: 16-bit matrix products and convolutions in a program written for float32."""
from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any

import cytorch
from cytorch._C.call.autocast import autocast_mode, set_autocast_mode, set_autocast_ops
from cytorch.autograd.grad_mode import ModeManager

from .policies import LOWER_PRECISION, SINGLE_PRECISION

_DEVICES = ("cpu", "cuda", "meta")
_FIRST_DTYPES = {"cpu": cytorch.bfloat16, "cuda": cytorch.float16, "meta": cytorch.bfloat16}
_dtypes = dict(_FIRST_DTYPES)
set_autocast_ops(LOWER_PRECISION, SINGLE_PRECISION)


def is_autocast_available(device_type: str) -> bool:
    """Whether `autocast` takes this type of device."""
    return device_type in _DEVICES


def _check_device(device_type: Any) -> str:
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    if not is_autocast_available(device_type):
        raise RuntimeError(f"User specified an unsupported autocast device_type '{device_type}'")
    return device_type


def is_autocast_enabled(device_type: str = "cpu") -> bool:
    """Whether autocast is on for a type of device.

    >>> import cytorch
    >>> with cytorch.autocast("cpu"):
    ...     cytorch.is_autocast_enabled("cpu")
    True
    """
    return _check_device(device_type) == "cpu" and autocast_mode()[0]


def get_autocast_dtype(device_type: str) -> Any:
    """The 16-bit dtype that autocast uses on a type of device."""
    return _dtypes[_check_device(device_type)]


def set_autocast_enabled(device_type: str, enabled: bool) -> None:
    """Switch autocast; without a GPU that does nothing for "cuda"."""
    if _check_device(device_type) == "cpu":
        set_autocast_mode(enabled, _dtypes["cpu"])


def set_autocast_dtype(device_type: str, dtype: Any) -> None:
    """Choose the 16-bit dtype of autocast."""
    _dtypes[_check_device(device_type)] = dtype
    if device_type == "cpu":
        set_autocast_mode(autocast_mode()[0], dtype)


def is_autocast_cpu_enabled() -> bool:
    """The old name of `is_autocast_enabled("cpu")`."""
    return is_autocast_enabled("cpu")


def get_autocast_cpu_dtype() -> Any:
    """The old name of `get_autocast_dtype("cpu")`."""
    return get_autocast_dtype("cpu")


def get_autocast_gpu_dtype() -> Any:
    """The old name of `get_autocast_dtype("cuda")`."""
    return get_autocast_dtype("cuda")


def set_autocast_cpu_enabled(enabled: bool) -> None:
    """The old name of `set_autocast_enabled("cpu", enabled)`."""
    set_autocast_enabled("cpu", enabled)


def set_autocast_cpu_dtype(dtype: Any) -> None:
    """The old name of `set_autocast_dtype("cpu", dtype)`."""
    set_autocast_dtype("cpu", dtype)


def clear_autocast_cache() -> None:
    """Casts are not cached: there is nothing to clear."""


def is_autocast_cache_enabled() -> bool:
    """Always False: casts are not cached."""
    return False


def set_autocast_cache_enabled(enabled: bool) -> None:
    """Accepted: casts are not cached."""


class autocast(ModeManager):  # noqa: N801 (PyTorch's name)
    """While it is on, sums of products run in 16 bits and what needs range in float32.

    Parameters
    ----------
    device_type : "cpu" or "cuda"
    dtype : bfloat16 (the default on a CPU) or float16
    enabled : False switches autocast off inside
    cache_enabled : has no effect

    float64 stays; parameters keep their dtype and get gradients of it. A context manager, and a
    decorator. Source: Micikevicius et al., "Mixed Precision Training" (2017).

    >>> import cytorch
    >>> layer, x = cytorch.nn.Linear(3, 2), cytorch.ones(1, 3)
    >>> with cytorch.autocast("cpu"):
    ...     layer(x).dtype
    torch.bfloat16
    """

    def __init__(self, device_type: str, dtype: Any = None, enabled: bool = True,
                 cache_enabled: bool | None = None) -> None:
        self.device = _check_device(device_type)
        self.fast_dtype = _dtypes[device_type] if dtype is None else dtype
        if enabled and device_type == "cuda" and not cytorch.cuda.is_available():
            warnings.warn("CUDA is not available. Disabling autocast.", stacklevel=2)
            enabled = False
        elif enabled and self.fast_dtype not in (cytorch.bfloat16, cytorch.float16):
            warnings.warn(
                f"In {device_type.upper()} autocast, but the target dtype is not supported. "
                f"Disabling autocast.\n{device_type.upper()} Autocast only supports dtypes of "
                "torch.bfloat16, torch.float16 currently.", stacklevel=2)
            enabled = False
        self._enabled = enabled

    def clone(self) -> autocast:
        return self

    def __enter__(self) -> autocast:
        self._before = (*autocast_mode(), _dtypes[self.device])
        if self.device == "cpu":
            set_autocast_mode(self._enabled, self.fast_dtype)
        _dtypes[self.device] = self.fast_dtype
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        enabled, dtype, _dtypes[self.device] = self._before
        set_autocast_mode(enabled, dtype)

    def __call__(self, function: Any) -> Any:
        if not callable(function):
            raise TypeError("autocast()(func) requires a callable, but got "
                            f"{type(function).__name__}. Did you mean to use autocast as a context "
                            "manager?")
        return super().__call__(function)


def _cast(value: Any, dtype: Any) -> Any:
    """Tensors in a nest of lists, tuples and dicts, float64 aside, in `dtype`."""
    if isinstance(value, cytorch.Tensor):
        changes = value.is_floating_point() and value.dtype is not cytorch.float64
        return value.to(dtype) if changes else value
    if isinstance(value, dict):
        return {_cast(key, dtype): _cast(item, dtype) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_cast(item, dtype) for item in value)
    return value


def custom_fwd(function: Callable[..., Any] | None = None, *, device_type: str,
               cast_inputs: Any = None) -> Any:
    """Decorator of `forward` of an autograd Function that is called under autocast.

    cast_inputs : dtype of all floating inputs, with autocast off inside; None: leave both
    """
    if function is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)
    _check_device(device_type)

    @functools.wraps(function)
    def forward(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        ctx._dtype = get_autocast_dtype(device_type)
        ctx._fwd_used_autocast = is_autocast_enabled(device_type)
        if cast_inputs is None or not ctx._fwd_used_autocast:
            return function(ctx, *args, **kwargs)
        ctx._fwd_used_autocast = False
        with autocast(device_type, enabled=False):
            return function(ctx, *_cast(args, cast_inputs), **_cast(kwargs, cast_inputs))

    return forward


def custom_bwd(function: Callable[..., Any] | None = None, *, device_type: str) -> Any:
    """Decorator of `backward` of an autograd Function: autocast as it was in `forward`."""
    if function is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(function)
    def backward(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        with autocast(device_type, enabled=ctx._fwd_used_autocast, dtype=ctx._dtype):
            return function(ctx, *args, **kwargs)

    return backward
