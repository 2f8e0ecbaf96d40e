"""Tensor methods of older PyTorch programs: `new`, `apply_`, `storage`, shared memory."""
from __future__ import annotations

import mmap
from collections.abc import Callable
from typing import Any

from cytorch.errors import ArgumentError, AutogradError, DeviceError, ShapeError


def new(self: Any, *args: Any, **options: Any) -> Any:
    """A tensor of this dtype and device: of the given sizes, not set, or of the given data."""
    from cytorch import legacy

    options.setdefault("device", self.device)
    return legacy.construct(args, options, self.dtype)


def new_tensor(self: Any, data: Any, *, dtype: Any = None, device: Any = None,
               requires_grad: bool = False, layout: Any = None, pin_memory: bool = False) -> Any:
    """A copy of `data`, of this tensor's dtype and on its device unless others are given.

    >>> import cytorch
    >>> cytorch.zeros(1, dtype=cytorch.int8).new_tensor([1, 2])
    tensor([1, 2], dtype=torch.int8)
    """
    from cytorch.from_data import _new

    made = _new(data, self.dtype if dtype is None else dtype,
                self.device if device is None else device)
    return made.requires_grad_() if requires_grad else made


def get_device(self: Any) -> int:
    """Number of the GPU that the tensor lies on; -1 on the host."""
    return int(self.device.index or 0) if self.is_cuda else -1


def _write_elements(name: str, tensors: tuple[Any, ...], function: Callable[..., Any]) -> Any:
    target = tensors[0]
    if target.requires_grad:
        raise AutogradError(f"Can't call {name} on Tensor that requires grad. Use "
                            "tensor.detach() instead.")
    if not target.is_cpu:
        raise DeviceError(f"{name} is only implemented on CPU tensors, got {target.device}")
    for other in tensors[1:]:
        if other.dtype != target.dtype:
            raise TypeError(f"{name}: expected {target.dtype} for all operands, got {other.dtype}")
    columns = [t.expand_as(target).reshape(-1).tolist() for t in tensors]
    results = [function(*row) for row in zip(*columns)]
    values = type(target)(results) if not results else new_tensor(target, results)
    return target.copy_(values.reshape(target.shape))


def apply_(self: Any, callable: Callable[[Any], Any]) -> Any:
    """Replace every element by `callable(element)`; slow, one Python call for each.

    >>> import cytorch
    >>> cytorch.tensor([1, 2]).apply_(lambda v: v + 1)
    tensor([2, 3])
    """
    return _write_elements("apply_", (self,), callable)


def map_(self: Any, tensor: Any, callable: Callable[[Any, Any], Any]) -> Any:
    """Replace every element a by `callable(a, b)`, b the element of the other tensor."""
    return _write_elements("map_", (self, tensor), callable)


def map2_(self: Any, x: Any, y: Any, callable: Callable[[Any, Any, Any], Any]) -> Any:
    """Replace every element a by `callable(a, b, c)`, b and c those of two other tensors."""
    return _write_elements("map2_", (self, x, y), callable)


def fill_diagonal_(self: Any, fill_value: Any, wrap: bool = False) -> Any:
    """Write a number on the main diagonal; `wrap` goes on below it in tall matrices.

    Raises ShapeError for fewer than two dimensions, or more of unequal sizes.

    >>> import cytorch
    >>> cytorch.zeros(2, 2).fill_diagonal_(1)
    tensor([[1., 0.],
            [0., 1.]])
    """
    shape = tuple(self.shape)
    if len(shape) < 2:
        raise ShapeError(f"fill_diagonal_: dimensions must larger than 1, got shape {shape}")
    if len(shape) > 2 and len(set(shape)) > 1:
        raise ShapeError(f"fill_diagonal_: all dimensions of input must be of equal length, got "
                         f"{shape}")
    step = sum(self.stride())
    count = min(shape)
    if wrap and len(shape) == 2 and shape[0] > shape[1] + 1:
        count = sum(min(shape[1], shape[0] - start)
                    for start in range(0, shape[0], shape[1] + 1))
        rows = [start + i for start in range(0, shape[0], shape[1] + 1)
                for i in range(min(shape[1], shape[0] - start))]
        columns = [row % (shape[1] + 1) for row in rows]
        self[rows, columns] = fill_value
        return self
    self.as_strided((count,), (step,), self.storage_offset()).fill_(fill_value)
    return self


def storage(self: Any) -> Any:
    """The elements of the whole storage as a TypedStorage over the same memory."""
    from cytorch.storage import TypedStorage, whole

    return TypedStorage._over(whole(self))


def untyped_storage(self: Any) -> Any:
    """The bytes of the whole storage as an UntypedStorage over the same memory."""
    import cytorch
    from cytorch.storage import UntypedStorage, whole

    return UntypedStorage._over(whole(self).view(cytorch.uint8))


def share_memory_(self: Any) -> Any:
    """Move the elements into memory that processes forked from now on share; returns the tensor.

    Views made before keep the old memory. A tensor sent to a process that was not forked arrives
    as a copy.
    """
    import cytorch

    if is_shared(self) or self.numel() == 0:
        return self
    if not self.is_cpu:
        raise DeviceError(f"share_memory_: only host memory can be shared, got {self.device}")
    memory = mmap.mmap(-1, max(self.nbytes, 1))
    moved = cytorch.frombuffer(memory, dtype=self.dtype)[:self.numel()].view(self.shape)
    moved.copy_(self.detach())
    self.data = moved
    self._in_shared_memory = True
    return self


def is_shared(self: Any) -> bool:
    """Whether forked processes share the memory, see `share_memory_`."""
    base = self if self._base is None else self._base
    return bool(getattr(self, "_in_shared_memory", False)
                or getattr(base, "_in_shared_memory", False) or self._is_shared())


def pin_memory(self: Any, device: Any = None) -> Any:
    """Page-locked memory for a GPU. Raises DeviceError where there is none."""
    raise DeviceError("pin_memory: Cannot access accelerator device when none is available; "
                      "leave pin_memory out on a machine without a GPU")


def is_set_to(self: Any, tensor: Any) -> bool:
    """Whether both show the same memory in the same way."""
    return bool(self.data_ptr() == tensor.data_ptr() and self.shape == tensor.shape
                and self.stride() == tensor.stride() and self.dtype == tensor.dtype)


def is_same_size(self: Any, other: Any) -> bool:
    """Whether both have the same shape."""
    return bool(self.shape == other.shape)


def is_signed(self: Any) -> bool:
    """Whether the dtype has negative numbers."""
    return bool(self.dtype.is_signed)


def is_nonzero(self: Any) -> bool:
    """Whether the only element is not zero. Raises ShapeError for another number of elements."""
    from cytorch.queries import is_nonzero as query

    return query(self)


def dim_order(self: Any, ambiguity_check: Any = False) -> tuple[int, ...]:
    """The dimensions from the outermost to the innermost in memory.

    >>> import cytorch
    >>> cytorch.zeros(2, 3).t().dim_order()
    (1, 0)
    """
    return tuple(sorted(range(self.ndim), key=lambda d: -self.stride(d)))


def storage_type(self: Any) -> Any:
    """The class of its storage."""
    return type(storage(self))


def _refused(name: str, reason: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **options: Any) -> Any:
        raise ArgumentError(f"{name}: {reason}")

    method.__name__ = name
    method.__doc__ = f"Not provided: {reason}."
    return method


def _missing_device(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **options: Any) -> Any:
        raise DeviceError(f"{name}: this build of cytorch has no such device; use .to('cpu')")

    method.__name__ = name
    method.__doc__ = "The tensor on another device. Raises DeviceError: there is none."
    return method


def reverse(self: Any) -> Any:
    """reversed(tensor): the entries of the first dimension, last one first."""
    return self if self.ndim == 0 else self.flip(0)


def wrap_array(self: Any, array: Any, *rest: Any) -> Any:
    """What NumPy functions on tensors give back."""
    import cytorch

    return cytorch.from_numpy(array) if array.ndim else cytorch.tensor(array)


METHODS: dict[str, Any] = {
    "new": new, "new_tensor": new_tensor, "get_device": get_device, "apply_": apply_,
    "map_": map_, "map2_": map2_, "fill_diagonal_": fill_diagonal_, "storage": storage,
    "untyped_storage": untyped_storage, "_typed_storage": storage,
    "share_memory_": share_memory_, "is_shared": is_shared, "pin_memory": pin_memory,
    "is_set_to": is_set_to, "is_same_size": is_same_size, "is_signed": is_signed,
    "is_nonzero": is_nonzero, "dim_order": dim_order, "storage_type": storage_type,
    "is_pinned": lambda self, device=None: False, "is_distributed": lambda self: False,
    "const_data_ptr": lambda self: self.data_ptr(),
    "__reversed__": reverse, "__array_wrap__": wrap_array, "__long__": lambda self: int(self),
    "__nonzero__": lambda self: bool(self), "__idiv__": lambda self, other: self.div_(other),
    "_is_all_true": lambda self: self.all(), "_is_any_true": lambda self: self.any(),
    "module_load": lambda self, other, assign=False: other if assign else other.detach(),
    "record_stream": lambda self, stream: None, "dequantize": lambda self: self.float(),
    "resize": lambda self, *sizes: self.view(*sizes),
    "resize_as": lambda self, tensor: self.view(tensor.shape),
    "volatile": property(lambda self: False),
    "layout": property(lambda self: __import__("cytorch").strided),
}
METHODS.update({f"is_{kind}": property(lambda self: False) for kind in (
    "ipu", "maia", "mtia", "vulkan", "xla", "sparse_csr", "hpu", "ort")})
METHODS.update({name: _missing_device(name) for name in ("xpu", "ipu", "hpu", "mtia")})
METHODS.update({name: _refused(name, "tensors are not quantized here; keep them floating")
                for name in ("int_repr", "q_scale", "q_zero_point", "q_per_channel_scales",
                             "q_per_channel_zero_points", "q_per_channel_axis", "qscheme")})
METHODS.update({
    "reinforce": _refused("reinforce", "removed from PyTorch; use distributions and "
                                       "-log_prob(action) * reward as the loss"),
    "to_mkldnn": _refused("to_mkldnn", "there is one CPU layout; leave the call out"),
    "to_padded_tensor": _refused("to_padded_tensor", "nested tensors are not provided; use "
                                 "nn.utils.rnn.pad_sequence"),
    "chalf": _refused("chalf", "complex32 is not provided; use .cfloat()"),
})
