"""Storages: the memory behind tensors, as objects."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cytorch
from cytorch.errors import ArgumentError, DTypeError, IndexOutOfRange

__all__ = ["Storage", "TypedStorage", "UntypedStorage"]

_KINDS = {"FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16",
          "BFloat16Storage": "bfloat16", "ByteStorage": "uint8", "CharStorage": "int8",
          "ShortStorage": "int16", "IntStorage": "int32", "LongStorage": "int64",
          "BoolStorage": "bool", "ComplexFloatStorage": "complex64",
          "ComplexDoubleStorage": "complex128"}


def whole(tensor: Any) -> Any:
    """All elements of the tensor's storage, in one row."""
    count = tensor._storage_nbytes() // tensor.element_size()
    return tensor.detach().as_strided((count,), (1,), 0)


class _Storage:
    """What both kinds share: a one-dimensional tensor over the whole memory."""

    _elements: Any

    @property
    def dtype(self) -> Any:
        return self._elements.dtype

    @property
    def device(self) -> Any:
        return self._elements.device

    is_cuda = is_sparse = False

    def __len__(self) -> int:
        return int(self._elements.numel())

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def _place(self, index: Any) -> Any:
        if isinstance(index, int) and not -len(self) <= index < len(self):
            raise IndexOutOfRange(f"storage: index {index} out of range for storage of size "
                                  f"{len(self)}")
        if not isinstance(index, (int, slice)):
            raise TypeError(f"storage: can't index with {type(index).__name__}")
        return index

    def __getitem__(self, index: Any) -> Any:
        found = self._elements[self._place(index)]
        return type(self)._over(found) if isinstance(index, slice) else found.item()

    def __setitem__(self, index: Any, value: Any) -> None:
        self._elements[self._place(index)] = value

    def __repr__(self) -> str:
        values = "\n".join(f" {value}" for value in self.tolist())
        kind = f"torch.storage.{type(self).__name__}(dtype={self.dtype}, device={self.device})"
        return f"{values}\n[{kind} of size {len(self)}]"

    @classmethod
    def _over(cls, elements: Any) -> Any:
        made = object.__new__(cls)
        made._elements = elements
        return made

    def size(self) -> int:
        """Number of elements (of bytes, for an UntypedStorage)."""
        return len(self)

    def nbytes(self) -> int:
        """Number of bytes."""
        return int(self._elements.nbytes)

    def element_size(self) -> int:
        """Bytes of one element."""
        return int(self._elements.element_size())

    def data_ptr(self) -> int:
        """Address of the first byte."""
        return int(self._elements.data_ptr())

    def tolist(self) -> list[Any]:
        """The elements as Python numbers."""
        return list(self._elements.tolist())

    def fill_(self, value: Any) -> Any:
        """Write one number everywhere."""
        self._elements.fill_(value)
        return self

    def copy_(self, source: Any, non_blocking: bool = False) -> Any:
        """Write the elements of another storage of the same length."""
        self._elements.copy_(source._elements)
        return self

    def clone(self) -> Any:
        """A copy in memory of its own."""
        return self._over(self._elements.clone())

    def cpu(self) -> Any:
        """The storage in host memory: itself when it is there."""
        return self._over(self._elements.cpu())

    def is_shared(self) -> bool:
        """Whether other processes share the memory."""
        return bool(self._elements.is_shared())

    def is_pinned(self, device: Any = "cuda") -> bool:
        """Whether the memory is page-locked for a GPU: never."""
        return False

    def get_device(self) -> int:
        """Number of the device, -1 for the host."""
        return int(self._elements.get_device())


class UntypedStorage(_Storage):
    """The bytes behind a tensor.

    UntypedStorage(n): n bytes that are not set. `tensor.untyped_storage()` gives that of a tensor;
    changes of one are seen in the other.

    >>> len(cytorch.zeros(3).untyped_storage())
    12
    """

    def __init__(self, size: Any = 0, *, device: Any = None) -> None:
        if not isinstance(size, int):
            size = cytorch.tensor(list(size), dtype=cytorch.uint8)
            self._elements = size
            return
        self._elements = cytorch.empty(size, dtype=cytorch.uint8, device=device)

    def untyped(self) -> Any:
        """The storage itself."""
        return self


class TypedStorage(_Storage):
    """The elements behind a tensor, of its dtype.

    TypedStorage(n, dtype=...): n elements that are not set; a list gives its numbers.

    >>> cytorch.tensor([[1, 2], [3, 4]])[1].storage().tolist()
    [1, 2, 3, 4]
    """

    _dtype_name = ""

    def __init__(self, *args: Any, wrap_storage: Any = None, dtype: Any = None,
                 device: Any = None) -> None:
        if self._dtype_name:
            dtype = getattr(cytorch, self._dtype_name)
        dtype = cytorch.get_default_dtype() if dtype is None else dtype
        if wrap_storage is not None:
            self._elements = wrap_storage._elements.view(dtype)
        elif len(args) > 1:
            raise ArgumentError(f"TypedStorage: expected a size or a sequence, got {args}")
        elif not args or isinstance(args[0], int):
            self._elements = cytorch.empty(args[0] if args else 0, dtype=dtype, device=device)
        else:
            self._elements = cytorch.tensor(list(args[0]), dtype=dtype, device=device)

    def untyped(self) -> Any:
        """The bytes of the same memory."""
        return UntypedStorage._over(self._elements.view(cytorch.uint8))

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """The name of the type, or a storage of another dtype."""
        if dtype is None:
            name = cytorch.typename(self._elements)
            return name.replace("Tensor", "Storage")
        if not isinstance(dtype, cytorch.dtype):
            raise DTypeError(f"storage.type: expected a dtype, got {dtype!r}")
        return TypedStorage._over(self._elements.to(dtype))


# Made below, one for each dtype.
BFloat16Storage: Any
BoolStorage: Any
ByteStorage: Any
CharStorage: Any
ComplexDoubleStorage: Any
ComplexFloatStorage: Any
DoubleStorage: Any
FloatStorage: Any
HalfStorage: Any
IntStorage: Any
LongStorage: Any
ShortStorage: Any
for _name, _dtype in _KINDS.items():
    globals()[_name] = type(_name, (TypedStorage,), {
        "_dtype_name": _dtype, "__module__": __name__,
        "__doc__": f"A TypedStorage of {_dtype}."})
for _name, _method in (("float", "float32"), ("double", "float64"), ("half", "float16"),
                       ("bfloat16", "bfloat16"), ("byte", "uint8"), ("char", "int8"),
                       ("short", "int16"), ("int", "int32"), ("long", "int64"),
                       ("bool", "bool")):
    def _converted(self: Any, dtype: str = _method) -> Any:
        return TypedStorage._over(self._elements.to(getattr(cytorch, dtype)))

    _converted.__name__ = _name
    _converted.__doc__ = f"A storage of {_method}."
    setattr(TypedStorage, _name, _converted)
Storage = globals()["FloatStorage"]
