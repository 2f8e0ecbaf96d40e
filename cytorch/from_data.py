"""Tensors from Python numbers, NumPy arrays and other objects' memory."""
from __future__ import annotations

import sys
import warnings
from typing import Any

import cytorch
from cytorch._C.from_data import from_sequence, share_array, share_bytes
from cytorch.errors import ArgumentError, DTypeError, ShapeError

__all__ = ["as_tensor", "asarray", "from_numpy", "frombuffer", "tensor"]

_NUMPY_DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32",
                 "float64", "complex64", "complex128")
# Set by cytorch.default_device, which is imported when a default device is first chosen.
_implied_device: Any = None
_PYTHON_DTYPES = {float: "float64", int: "int64", bool: "bool", complex: "complex128"}


def _as_dtype(dtype: Any) -> Any:
    """A dtype; the Python types float, int, bool and complex stand for one."""
    return getattr(cytorch, _PYTHON_DTYPES[dtype]) if dtype in _PYTHON_DTYPES else dtype


def _is_array(value: Any) -> bool:
    """A NumPy array; without NumPy in the process there is none."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


_by_numpy_dtype: dict[Any, Any] = {}


def _array_dtype(array: Any, op: str) -> Any:
    found = _by_numpy_dtype.get(array.dtype)
    if found is not None:
        return found
    # NumPy works the name out anew each time, so it is asked once per dtype.
    name = array.dtype.name
    if name not in _NUMPY_DTYPES:
        raise DTypeError(f"{op}: can't convert np.ndarray of type {array.dtype}. The only "
                         f"supported types are: {', '.join(_NUMPY_DTYPES)}.")
    if not array.dtype.isnative:
        raise DTypeError(f"{op}: the array's dtype {array.dtype.str!r} has a byte order different "
                         "from the native one; convert it by array.astype(array.dtype"
                         ".newbyteorder('=')).")
    found = _by_numpy_dtype[array.dtype] = getattr(cytorch, name)
    return found


def from_numpy(ndarray: Any) -> Any:
    """A tensor over the memory of a NumPy array: changes show on both sides.

    Writing in place to a tensor over a read-only array raises. An array whose elements are not
    aligned is copied. Raises TypeError for other objects, dtypes and byte orders, ValueError for
    negative strides.

    >>> import numpy
    >>> array = numpy.zeros(2)
    >>> x = cytorch.from_numpy(array)
    >>> array[0] = 5
    >>> x
    tensor([5., 0.], dtype=torch.float64)
    """
    if not _is_array(ndarray):
        raise DTypeError(f"from_numpy: expected np.ndarray (got {type(ndarray).__name__})")
    dtype = _array_dtype(ndarray, "from_numpy")
    if not ndarray.flags.aligned:
        ndarray = ndarray.copy()
    return share_array(ndarray, dtype)


def _copy_of_array(array: Any, op: str) -> Any:
    _array_dtype(array, op)
    return from_numpy(array.copy(order="C"))


def _could_not_infer(value: Any) -> DTypeError:
    return DTypeError(f"tensor: Could not infer dtype of {type(value).__name__}")


def _leaf_dtype(value: Any) -> Any:
    """The dtype that one Python number asks for."""
    if isinstance(value, bool):
        return cytorch.bool
    if isinstance(value, int):
        return cytorch.int64
    default = cytorch.get_default_dtype()
    if isinstance(value, float):
        return default
    return cytorch.complex128 if default == cytorch.float64 else cytorch.complex64


def _plain(value: Any, dtypes: set[Any]) -> Any:
    """The same data as lists of Python numbers; `dtypes` gets every dtype met on the way."""
    if isinstance(value, cytorch.Tensor):
        dtypes.add(value.dtype)
        return value.tolist()
    if type(value).__module__ == "numpy" and hasattr(value, "dtype"):
        dtypes.add(_array_dtype(value, "tensor"))
        return value.tolist()
    if isinstance(value, (bool, int, float, complex)):
        dtypes.add(_leaf_dtype(value))
        kinds: tuple[Any, ...] = (bool, int, float, complex)
        return next(kind(value) for kind in kinds if isinstance(value, kind))
    if isinstance(value, (str, bytes)):
        raise DTypeError(f"tensor: invalid data type '{type(value).__name__}'")
    if hasattr(value, "__array__"):
        import numpy

        return _plain(numpy.asarray(value), dtypes)
    if isinstance(value, (dict, set, frozenset)) or not hasattr(value, "__getitem__"):
        raise _could_not_infer(value)
    try:
        items = list(value)
    except TypeError:
        raise _could_not_infer(value) from None
    return [_plain(item, dtypes) for item in items]


def _common(dtypes: set[Any]) -> Any:
    """The dtype that holds all; the default one for no data at all."""
    common = None
    for dtype in dtypes:
        common = dtype if common is None else cytorch.promote_types(common, dtype)
    return cytorch.get_default_dtype() if common is None else common


def _stored(data: Any, dtype: Any) -> Any:
    """`from_sequence`, also for the 16-bit floats, which it does not write."""
    if dtype is not None and dtype.is_floating_point and dtype.itemsize == 2:
        wide = from_sequence(data, cytorch.float32)
        return None if wide is None else wide.to(dtype)
    return from_sequence(data, dtype)


def _new(data: Any, dtype: Any, device: Any) -> Any:
    """A new tensor of `data`, whatever it is."""
    dtype = _as_dtype(dtype)
    if isinstance(data, cytorch.Tensor):
        result = data.detach().clone()
    elif _is_array(data):
        result = _copy_of_array(data, "tensor")
    else:
        result = _stored(data, dtype)
        if result is None:
            dtypes: set[Any] = set()
            plain = _plain(data, dtypes)
            result = _stored(plain, _common(dtypes) if dtype is None else dtype)
    if dtype is not None and result.dtype != dtype:
        result = result.to(dtype)
    if device is None and _implied_device is not None and not isinstance(data, cytorch.Tensor):
        device = _implied_device()
    return result if device is None else result.to(device)


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
           pin_memory: bool = False) -> Any:
    """A new tensor with a copy of `data`.

    data: a number, nested lists or tuples of numbers, a NumPy array, a tensor, or a mixture.
    dtype: by default what the numbers need: bool, int64, the default floating dtype, or a complex
    one. device: where the tensor lies. requires_grad: whether gradients are computed for it.
    pin_memory: has no effect on the host.

    Raises ValueError for ragged lists, saying where; for numbers that the dtype cannot hold; and
    TypeError for data that are no numbers.

    >>> cytorch.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    """
    if isinstance(data, cytorch.Tensor):
        warnings.warn("To copy construct from a tensor, it is recommended to use "
                      "sourceTensor.detach().clone() or "
                      "sourceTensor.detach().clone().requires_grad_(True), rather than "
                      "torch.tensor(sourceTensor).", stacklevel=2)
    result = _new(data, dtype, device)
    return result.requires_grad_() if requires_grad else result


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Any:
    """`data` as a tensor, sharing memory and history when it is a tensor or a NumPy array.

    A copy is made where the dtype or device differs, or the array's layout cannot be shared.

    >>> cytorch.as_tensor([1, 2])
    tensor([1, 2])
    """
    dtype = _as_dtype(dtype)
    if not isinstance(data, cytorch.Tensor) and not _is_array(data):
        return _new(data, dtype, device)
    if not isinstance(data, cytorch.Tensor):
        _array_dtype(data, "as_tensor")
        try:
            data = from_numpy(data)
        except ShapeError:
            data = _copy_of_array(data, "as_tensor")
    if dtype is not None and data.dtype != dtype:
        data = data.to(dtype)
    return data if device is None else data.to(device)


def frombuffer(buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0,
               requires_grad: bool = False) -> Any:
    """A one-dimensional tensor over the memory of an object with the buffer protocol.

    dtype: how to read the bytes. count: number of elements (-1: all). offset: bytes to skip. The
    memory is shared, unless it is not aligned for the dtype. Writing in place to a tensor over
    read-only memory raises. Raises ValueError where count and offset do not fit the buffer.

    >>> cytorch.frombuffer(bytearray([1, 0, 2, 0]), dtype=cytorch.int16)
    tensor([1, 2], dtype=torch.int16)
    """
    dtype = _as_dtype(dtype)
    nbytes, size = memoryview(buffer).nbytes, dtype.itemsize
    if nbytes == 0 or count == 0:
        raise ArgumentError(f"frombuffer: both buffer length ({nbytes}) and count ({count}) must "
                            "not be 0")
    if not 0 <= offset < nbytes:
        raise ArgumentError(f"frombuffer: offset ({offset} bytes) must be non-negative and no "
                            f"greater than buffer length ({nbytes} bytes) minus 1")
    if count < 0:
        if (nbytes - offset) % size:
            raise ArgumentError(
                f"frombuffer: buffer length ({nbytes - offset} bytes) after offset ({offset} "
                f"bytes) must be a multiple of element size ({size})")
        count = (nbytes - offset) // size
    if offset + count * size > nbytes:
        raise ArgumentError(
            f"frombuffer: requested buffer length ({count} * {size} bytes) after offset ({offset} "
            f"bytes) must not be greater than actual buffer length ({nbytes} bytes)")
    result = share_bytes(buffer, dtype, count, offset)
    if result.data_ptr() % size:
        copy = bytearray(memoryview(buffer).cast("B")[offset:offset + count * size])
        result = share_bytes(copy, dtype, count, 0)
    return result.requires_grad_() if requires_grad else result


def _has_buffer(value: Any) -> bool:
    try:
        memoryview(value)
    except TypeError:
        return False
    return True


def _shared(obj: Any, dtype: Any) -> Any:
    """A tensor over obj's memory, or None where it has none that can be shared."""
    if isinstance(obj, cytorch.Tensor):
        return obj
    if _is_array(obj):
        try:
            return from_numpy(obj)
        except ShapeError:
            return None
    if hasattr(obj, "__dlpack__"):
        return cytorch.from_dlpack(obj)
    if _has_buffer(obj):
        return frombuffer(obj, dtype=cytorch.get_default_dtype() if dtype is None else dtype)
    return None


def asarray(obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None,
            requires_grad: bool = False) -> Any:
    """`obj` as a tensor: a tensor, NumPy array, DLPack or buffer object, number or sequence.

    copy: True always copies, False never does (ValueError where it must), None where it must.
    requires_grad: False detaches the result from obj's history.

    >>> cytorch.asarray([1.5, 2.5])
    tensor([1.5000, 2.5000])
    """
    dtype = _as_dtype(dtype)
    shared = _shared(obj, dtype)
    if shared is None:
        if copy is False:
            raise ArgumentError(f"asarray: can't alias the memory of a {type(obj).__name__}; "
                                "leave copy out")
        result = _new(obj, dtype, device)
        return result.requires_grad_() if requires_grad else result
    result = shared if dtype is None or dtype == shared.dtype else shared.to(dtype)
    result = result if device is None else result.to(device)
    if copy is False and result is not shared:
        raise ArgumentError(f"asarray: can't make a {result.dtype} tensor on {result.device} from "
                            f"a {shared.dtype} one on {shared.device} without a copy")
    if copy and result is shared:
        result = shared.clone()
    if requires_grad:
        return result if result.requires_grad else result.detach().requires_grad_()
    return result.detach() if result.requires_grad else result
