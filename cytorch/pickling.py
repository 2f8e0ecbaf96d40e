"""How tensors are pickled and deep-copied: what Tensor's special methods call.

A pickled tensor holds the elements it shows and nothing else of its storage. Sharing between
different tensors is kept by `cytorch.save` and by `copy.deepcopy`, not by plain pickle.
"""
from __future__ import annotations

import pickle
from typing import Any

from cytorch.errors import AutogradError


def is_dense(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    """Whether the elements fill their range of memory without holes or overlaps."""
    expected = 1
    for stride, size in sorted((stride, size) for size, stride in zip(shape, strides, strict=True)
                               if size != 1):
        if stride != expected:
            return False
        expected *= size
    return True


def raw_bytes(tensor: Any) -> memoryview:
    """The memory of a dense CPU tensor as bytes, whatever its dtype, without a copy."""
    import cytorch

    if tensor.numel() == 0:
        return memoryview(b"")
    flat = tensor.detach().as_strided((tensor.numel(),), (1,), tensor.storage_offset())
    return memoryview(flat.view(cytorch.uint8))


def make_dense(tensor: Any) -> Any:
    """The tensor itself if it is dense and on the CPU, else a compact copy there."""
    tensor = tensor.detach().cpu()
    if is_dense(tuple(tensor.shape), tuple(tensor.stride())):
        return tensor
    return tensor.contiguous()


def dtype_name(dtype: Any) -> str:
    return str(dtype).rpartition(".")[2]


def reduce_tensor(tensor: Any, protocol: int) -> tuple[Any, ...]:
    """What `Tensor.__reduce_ex__` returns. With protocol 5 the memory can go out of band."""
    import cytorch

    dense = make_dense(tensor)
    raw: Any = raw_bytes(dense)
    raw = pickle.PickleBuffer(raw) if protocol >= 5 else raw.tobytes()
    kind = None if type(tensor) is cytorch.Tensor else type(tensor)
    arguments = (raw, dtype_name(tensor.dtype), tuple(dense.shape), tuple(dense.stride()),
                 str(tensor.device), tensor.requires_grad, kind)
    attributes = getattr(tensor, "__dict__", None)
    return (rebuild_tensor, arguments, attributes) if attributes else (rebuild_tensor, arguments)


def tensor_from_buffer(buffer: Any, dtype: str, shape: tuple[int, ...],
                       strides: tuple[int, ...]) -> Any:
    """A tensor over a writable buffer, which it keeps alive; a read-only one is copied."""
    import cytorch

    kind = getattr(cytorch, dtype)
    view = memoryview(buffer)
    if view.nbytes == 0:
        return cytorch.empty(shape, dtype=kind)
    if view.readonly:
        view = memoryview(bytearray(view))
    flat = cytorch.frombuffer(view, dtype=kind)
    # Not a view of the flat tensor as far as autograd is concerned.
    return cytorch.empty(0, dtype=kind).set_(flat.as_strided(shape, strides))


def rebuild_tensor(buffer: Any, dtype: str, shape: tuple[int, ...], strides: tuple[int, ...],
                   device: str, requires_grad: bool, kind: Any) -> Any:
    """The counterpart of `reduce_tensor`."""

    tensor = tensor_from_buffer(buffer, dtype, shape, strides)
    if device != "cpu":
        tensor = tensor.to(device)
    if kind is not None:
        tensor = tensor.as_subclass(kind)
    return tensor.requires_grad_(requires_grad)


def deepcopy_tensor(tensor: Any, memo: dict[int, Any]) -> Any:
    """What `Tensor.__deepcopy__` calls: the copy shares memory with the copies of its own views.

    Raises AutogradError for a tensor that was computed with gradients.
    """
    import copy

    if id(tensor) in memo:
        return memo[id(tensor)]
    if not tensor.is_leaf:
        raise AutogradError("deepcopy: only tensors made by the user (leaves) can be copied; use "
                            "detach() or clone() for results of recorded ops")
    result = _copy_elements(tensor, memo).requires_grad_(tensor.requires_grad)
    memo[id(tensor)] = result
    if tensor.grad is not None:
        result.grad = copy.deepcopy(tensor.grad, memo)
    attributes = getattr(tensor, "__dict__", None)
    if attributes:
        result.__dict__.update(copy.deepcopy(attributes, memo))
    return result


def _copy_elements(tensor: Any, memo: dict[int, Any]) -> Any:
    import copy

    import cytorch

    base = tensor._base
    if base is not None and base.is_leaf and base.is_contiguous():
        offset = tensor.storage_offset() - base.storage_offset()
        copied = copy.deepcopy(base, memo).detach()
        result = copied.as_strided(tuple(tensor.shape), tuple(tensor.stride()), offset)
    else:
        result = tensor.detach().clone()
    return result if type(tensor) is cytorch.Tensor else result.as_subclass(type(tensor))
