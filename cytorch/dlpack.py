"""DLPack: sharing memory with other array libraries."""
from __future__ import annotations

from typing import Any

from cytorch._C import dlpack as core

_HOST = (1, 0)


def to_dlpack(tensor: Any) -> Any:
    """A capsule that lends the tensor's memory; it can be used once.

    Raises BufferError for a tensor that requires grad or is not in host memory.

    >>> cytorch.from_dlpack(to_dlpack(cytorch.ones(2)))
    tensor([1., 1.])
    """
    return core.export(tensor, False, False)


def tensor_dlpack(tensor: Any, *, stream: Any = None, max_version: tuple[int, int] | None = None,
                  dl_device: tuple[int, int] | None = None, copy: bool | None = None) -> Any:
    """`Tensor.__dlpack__`: the capsule that another library asks for."""
    if stream is not None and stream != -1:
        raise BufferError(f"__dlpack__: host memory has no streams, got stream={stream!r}")
    if dl_device is not None and tuple(dl_device) != _HOST:
        raise BufferError(f"__dlpack__: cannot export to device {tuple(dl_device)}")
    versioned = max_version is not None and max_version[0] >= 1
    return core.export(tensor.clone() if copy else tensor, versioned, bool(copy))


def tensor_dlpack_device(tensor: Any) -> tuple[int, int]:
    """`Tensor.__dlpack_device__`: (1, 0) for host memory."""
    if tensor.device.type != "cpu":
        raise BufferError(f"__dlpack_device__: {tensor.device} has no DLPack device")
    return _HOST


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Any:
    """A tensor over the memory of another library's array, or of a capsule.

    copy: True copies, False must not, None shares where possible. device: where the result lies.
    Writing in place to a tensor over read-only memory raises. Raises BufferError for a capsule
    that was used before, TypeError for other objects and for dtypes that do not exist here.

    >>> import numpy
    >>> cytorch.from_dlpack(numpy.arange(3))
    tensor([0, 1, 2])
    """
    capsule = ext_tensor
    if hasattr(ext_tensor, "__dlpack__"):
        try:
            capsule = ext_tensor.__dlpack__(max_version=(1, 0))
        except TypeError:
            # A library from before DLPack 1.0.
            capsule = ext_tensor.__dlpack__()
    result = core.take(capsule)
    if device is not None:
        result = result.to(device)
    return result.clone() if copy else result
