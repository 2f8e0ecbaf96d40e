"""Switches and small questions that programs ask of the package itself."""
from __future__ import annotations

import math
from typing import Any

import cytorch
from cytorch.errors import ArgumentError, DeviceError, IndexOutOfRange, ShapeError

__all__ = ["broadcast_shapes", "compiled_with_cxx11_abi", "get_deterministic_debug_mode",
           "get_device", "get_device_module", "get_num_interop_threads", "has_lapack", "has_mkl",
           "has_openmp", "is_deterministic_algorithms_warn_only_enabled", "is_distributed",
           "is_same_size", "is_signed", "is_vulkan_available", "is_warn_always_enabled",
           "resize_as_", "set_deterministic_debug_mode", "set_flush_denormal",
           "set_num_interop_threads", "set_warn_always", "sym_float", "sym_int", "sym_ite",
           "sym_max", "sym_min", "sym_not", "sym_sum", "unravel_index"]

has_lapack, has_mkl, has_openmp, has_spectral = True, False, False, True
_modes = {"default": 0, "warn": 1, "error": 2}
_state: dict[str, Any] = {"debug": 0, "warn_always": False, "interop": 1}


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """Accepted: every kernel gives the same bits each time anyway.

    debug_mode: 0, 1, 2 or "default", "warn", "error". Raises RuntimeError for others.
    """
    value = _modes.get(debug_mode) if isinstance(debug_mode, str) else debug_mode
    if value not in (0, 1, 2):
        raise ArgumentError("set_deterministic_debug_mode: expected 0, 1, 2 or 'default', 'warn', "
                            f"'error', got {debug_mode!r}")
    _state["debug"] = value
    cytorch.use_deterministic_algorithms(value > 0)


def get_deterministic_debug_mode() -> int:
    """What `set_deterministic_debug_mode` was last given, as a number."""
    return int(_state["debug"])


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Whether `use_deterministic_algorithms` was last called with warn_only."""
    from cytorch.queries import _settings

    return bool(_settings.get("warn_only", False))


def set_flush_denormal(mode: bool) -> bool:
    """Whether denormal numbers are flushed to zero from now on: never, so the answer is False."""
    return False


def set_warn_always(b: bool) -> None:
    """Keep the setting; warnings go through Python's filters, which decide."""
    _state["warn_always"] = bool(b)


def is_warn_always_enabled() -> bool:
    """What `set_warn_always` was last given."""
    return bool(_state["warn_always"])


def set_num_interop_threads(num_threads: int) -> None:
    """Keep the number; there is one pool of threads, see `set_num_threads`."""
    if num_threads <= 0:
        raise ArgumentError(f"set_num_interop_threads: expected a positive number, got "
                            f"{num_threads}")
    _state["interop"] = int(num_threads)


def get_num_interop_threads() -> int:
    """What `set_num_interop_threads` was last given."""
    return int(_state["interop"])


def init_num_threads() -> None:
    """Threads start when they are first needed: nothing to do."""


def is_vulkan_available() -> bool:
    """Whether there is a Vulkan device: no."""
    return False


def compiled_with_cxx11_abi() -> bool:
    """Whether C++ extensions need the newer ABI; there are none, so the usual answer."""
    return True


def get_device_module(device: Any = None) -> Any:
    """The module of a kind of device, such as `cytorch.cuda`. Raises DeviceError for others."""
    kind = "cpu" if device is None else cytorch.device(device).type
    if kind not in ("cuda", "cpu"):
        raise DeviceError(f"get_device_module: there is no module for device {kind!r}")
    return cytorch.cuda if kind == "cuda" else cytorch.backends.cpu


def is_same_size(input: Any, other: Any) -> bool:
    """Whether two tensors have the same shape.

    >>> is_same_size(cytorch.ones(2), cytorch.zeros(2))
    True
    """
    return bool(input.is_same_size(other))


def is_signed(input: Any) -> bool:
    """Whether the dtype of a tensor has negative numbers."""
    return bool(input.is_signed())


def is_distributed(input: Any) -> bool:
    """Whether the tensor is spread over several machines: no."""
    return False


def get_device(input: Any) -> int:
    """Number of the tensor's GPU; -1 on the host."""
    return int(input.get_device())


def resize_as_(input: Any, the_template: Any, *, memory_format: Any = None) -> Any:
    """`input.resize_as_(the_template)`."""
    return input.resize_as_(the_template)


def detach_(input: Any) -> Any:
    """`input.detach_()`."""
    return input.detach_()


def broadcast_shapes(*shapes: Any) -> Any:
    """The shape of tensors of these shapes after broadcasting. Raises ShapeError if they do not.

    >>> broadcast_shapes((3, 1), (2,))
    torch.Size([3, 2])
    """
    wide = [(s,) if isinstance(s, int) else tuple(s) for s in shapes]
    length = max((len(s) for s in wide), default=0)
    result = [1] * length
    for shape in wide:
        for place, size in enumerate(shape, length - len(shape)):
            if size < 0:
                raise ShapeError("broadcast_shapes: Trying to create tensor with negative "
                                 f"dimension ({size}): {shape}")
            if size != 1 and result[place] not in (1, size):
                raise ShapeError("Shape mismatch: objects cannot be broadcast to a single shape: "
                                 f"{', '.join(map(str, wide))}")
            result[place] = size if size != 1 else result[place]
    return cytorch.Size(result)


def unravel_index(indices: Any, shape: Any) -> Any:
    """Coordinates, one tensor for each dimension, of positions in a flattened tensor.

    >>> unravel_index(cytorch.tensor([1, 5]), (2, 3))
    (tensor([0, 1]), tensor([1, 2]))
    """
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if indices.is_floating_point() or indices.is_complex() or indices.dtype == cytorch.bool:
        raise ArgumentError(f"unravel_index: expected 'indices' to be integer dtype, but got "
                            f"{indices.dtype}")
    if any(size < 0 for size in sizes):
        raise ArgumentError(f"unravel_index: 'shape' cannot have negative values, got {sizes}")
    if indices.numel() and int(indices.max()) >= math.prod(sizes):
        raise IndexOutOfRange(f"unravel_index: index {int(indices.max())} is out of range for "
                              f"shape {sizes}")
    coordinates, rest = [], indices
    for size in reversed(sizes):
        coordinates.append(rest % size)
        rest = rest // size
    return tuple(reversed(coordinates))


def _assert(condition: Any, message: str) -> None:
    """`assert condition, message` as a function, for tensors too."""
    assert bool(condition), message


def sym_int(a: Any) -> int:
    """Python's int: sizes are plain numbers here."""
    return int(a)


def sym_float(a: Any) -> float:
    """Python's float."""
    return float(a)


def sym_not(a: Any) -> bool:
    """Python's not."""
    return not a


def sym_max(a: Any, b: Any) -> Any:
    """Python's max."""
    return max(a, b)


def sym_min(a: Any, b: Any) -> Any:
    """Python's min."""
    return min(a, b)


def sym_ite(b: Any, t: Any, f: Any) -> Any:
    """`t` if b else `f`."""
    return t if b else f


def sym_sum(args: Any) -> Any:
    """Python's sum."""
    return sum(args)


def _softmax_backward_data(grad_output: Any, output: Any, dim: int, input_dtype: Any) -> Any:
    """Gradient of softmax from its output, as some attention layers call it themselves."""
    from cytorch.ops.spec import ops

    return ops._softmax_backward(grad_output, output, dim % output.ndim).to(input_dtype)


def _log_softmax_backward_data(grad_output: Any, output: Any, dim: int, input_dtype: Any) -> Any:
    """Gradient of log_softmax from its output."""
    from cytorch.ops.spec import ops

    return ops._log_softmax_backward(grad_output, output, dim % output.ndim).to(input_dtype)
