"""Tensors from Python numbers and from other objects' memory.

`from_sequence` reads nested lists and tuples of plain numbers twice: once for the shape and the
dtype, once to store. Everything else that can be inside of a list is turned into plain numbers by
`cytorch.creation` first. `from_buffer` shares memory through the buffer protocol.
"""
from libc.math cimport isfinite
from libc.stdint cimport INT64_MAX, INT64_MIN, int8_t, int16_t, int32_t, int64_t, uint8_t
from libc.stdlib cimport calloc, free

from cpython.buffer cimport (
    PyBUF_SIMPLE, PyBUF_STRIDED_RO, PyBuffer_Release, PyObject_GetBuffer)
from cpython.complex cimport PyComplex_ImagAsDouble, PyComplex_RealAsDouble
from cpython.float cimport PyFloat_AsDouble
from cpython.long cimport PyLong_AsLongLong

from cytorch._C.device cimport DEVICE_CPU
from cytorch._C.dtype cimport DType, default_dtype, dtype_of
from cytorch._C.dtype_ids cimport (
    DTYPE_BOOL, DTYPE_COMPLEX64, DTYPE_COMPLEX128, DTYPE_FLOAT32, DTYPE_FLOAT64, DTYPE_INT8,
    DTYPE_INT16, DTYPE_INT32, DTYPE_INT64, DTYPE_UINT8, dtype_itemsize)
from cytorch._C.geometry cimport MAX_DIMS
from cytorch._C.state cimport STORAGE_READONLY, Storage
from cytorch._C.tensor cimport Tensor, new_tensor, wrap_storage

from cytorch.errors import ArgumentError, DTypeError, ShapeError

# What the numbers of a list need, in promotion order.
cdef enum:
    NEEDS_NOTHING
    NEEDS_BOOL
    NEEDS_INT
    NEEDS_FLOAT
    NEEDS_COMPLEX
    NOT_PLAIN

cdef struct Shape:
    int ndim
    int64_t sizes[64]


cdef int measure(object data, Shape* shape) except -1:
    """Sizes along the first item of each level; 1 when a level is no list or tuple of numbers."""
    shape.ndim = 0
    while type(data) is list or type(data) is tuple:
        if shape.ndim == MAX_DIMS:
            raise ShapeError(f"tensor: data is nested deeper than {MAX_DIMS} dimensions")
        shape.sizes[shape.ndim] = len(data)
        shape.ndim += 1
        if len(data) == 0:
            break
        data = data[0]
    return 0


cdef object ragged(list path, int64_t expected, object found):
    where = "".join([f"[{index}]" for index in path])
    if type(found) is list or type(found) is tuple:
        what = f"a sequence of length {len(found)}"
    else:
        what = f"{type(found).__name__} {found!r}"
    wanted = f"a sequence of length {expected}" if expected >= 0 else "a number"
    return ShapeError(f"tensor: ragged data: expected {wanted} at data{where}, got {what}")


cdef int needed(object data, Shape* shape, int dim, list path) except -1:
    """What dtype the numbers need; checks every length on the way."""
    cdef int most = NEEDS_NOTHING, need
    cdef Py_ssize_t position = 0
    cdef type kind = type(data)
    if dim == shape.ndim:
        if kind is float:
            return NEEDS_FLOAT
        if kind is int:
            return NEEDS_INT
        if kind is bool:
            return NEEDS_BOOL
        if kind is complex:
            return NEEDS_COMPLEX
        if kind is list or kind is tuple:
            raise ragged(path, -1, data)
        return NOT_PLAIN
    if kind is not list and kind is not tuple:
        if kind is float or kind is int or kind is bool or kind is complex:
            raise ragged(path, shape.sizes[dim], data)
        return NOT_PLAIN
    if len(data) != shape.sizes[dim]:
        raise ragged(path, shape.sizes[dim], data)
    for item in data:
        if dim + 1 == shape.ndim and (type(item) is float or type(item) is int):
            need = NEEDS_FLOAT if type(item) is float else NEEDS_INT
        else:
            path.append(position)
            need = needed(item, shape, dim + 1, path)
            path.pop()
        if need > most:
            most = need
        position += 1
    return most


cdef object overflow(object number, int dtype):
    return ArgumentError(f"tensor: value {number!r} cannot be converted to "
                         f"{dtype_of(dtype).name} without overflow")


cdef int64_t integer(object number, int dtype, int64_t low, int64_t high) except? -1:
    """A number as an integer of the dtype: floats are cut off; out of range is an error."""
    cdef double real
    cdef int64_t value
    if type(number) is float:
        real = number
        if not isfinite(real) or real >= 9223372036854775808.0 or real < -9223372036854775808.0:
            raise overflow(number, dtype)
        value = <int64_t>real
        if real < 0 and low == 0:
            raise overflow(number, dtype)
    elif type(number) is complex:
        raise DTypeError(f"tensor: cannot convert complex {number!r} to {dtype_of(dtype).name}")
    else:
        try:
            value = PyLong_AsLongLong(number)
        except OverflowError:
            raise overflow(number, dtype) from None
    if value < low or value > high:
        # As in PyTorch, a negative integer wraps to the unsigned one with the same bits.
        if low == 0 and -high <= value < 0 and type(number) is not float:
            return value
        raise overflow(number, dtype)
    return value


cdef double real_number(object number, int dtype) except? -1:
    if type(number) is complex:
        raise DTypeError(f"tensor: cannot convert complex {number!r} to {dtype_of(dtype).name}")
    return PyFloat_AsDouble(number)


cdef int store(char* target, object number, int dtype) except -1:
    if dtype == DTYPE_FLOAT32:
        (<float*>target)[0] = <float>real_number(number, dtype)
    elif dtype == DTYPE_FLOAT64:
        (<double*>target)[0] = real_number(number, dtype)
    elif dtype == DTYPE_INT64:
        (<int64_t*>target)[0] = integer(number, dtype, INT64_MIN, INT64_MAX)
    elif dtype == DTYPE_INT32:
        (<int32_t*>target)[0] = <int32_t>integer(number, dtype, -0x80000000, 0x7fffffff)
    elif dtype == DTYPE_INT16:
        (<int16_t*>target)[0] = <int16_t>integer(number, dtype, -0x8000, 0x7fff)
    elif dtype == DTYPE_INT8:
        (<int8_t*>target)[0] = <int8_t>integer(number, dtype, -0x80, 0x7f)
    elif dtype == DTYPE_UINT8:
        (<uint8_t*>target)[0] = <uint8_t>integer(number, dtype, 0, 0xff)
    elif dtype == DTYPE_BOOL:
        (<uint8_t*>target)[0] = 1 if number else 0
    elif dtype == DTYPE_COMPLEX64:
        (<float*>target)[0] = <float>PyComplex_RealAsDouble(number)
        (<float*>target)[1] = <float>PyComplex_ImagAsDouble(number)
    else:
        (<double*>target)[0] = PyComplex_RealAsDouble(number)
        (<double*>target)[1] = PyComplex_ImagAsDouble(number)
    return 0


cdef char* store_all(char* target, object data, Shape* shape, int dim, int dtype) except NULL:
    """Store nested data from `target` on; the first place behind it."""
    cdef int itemsize = dtype_itemsize[dtype]
    if dim == shape.ndim:
        store(target, data, dtype)
        return target + itemsize
    if dim + 1 == shape.ndim:
        for item in data:
            store(target, item, dtype)
            target += itemsize
        return target
    for item in data:
        target = store_all(target, item, shape, dim + 1, dtype)
    return target


def from_sequence(data, DType dtype=None):
    """A tensor of a number or of nested lists and tuples; None if there is anything else in them.

    dtype: must not be a 16-bit float. Without it, the numbers decide: bool, int64, the default
    floating dtype, or its complex counterpart. Raises ShapeError for ragged data, ArgumentError
    for numbers that do not fit.
    """
    cdef Shape shape
    cdef int kind, need
    cdef Tensor result
    measure(data, &shape)
    need = needed(data, &shape, 0, [])
    if need == NOT_PLAIN:
        return None
    if dtype is not None:
        kind = dtype.id
    elif need == NEEDS_BOOL:
        kind = DTYPE_BOOL
    elif need == NEEDS_INT:
        kind = DTYPE_INT64
    elif need == NEEDS_COMPLEX:
        kind = DTYPE_COMPLEX128 if default_dtype() == DTYPE_FLOAT64 else DTYPE_COMPLEX64
    else:
        kind = default_dtype()
        if kind != DTYPE_FLOAT32 and kind != DTYPE_FLOAT64:
            return from_sequence(data, dtype_of(DTYPE_FLOAT32)).to(dtype_of(kind))
    result = new_tensor(shape.ndim, shape.sizes, kind, DEVICE_CPU)
    store_all(result.start, data, &shape, 0, kind)
    return result


cdef void release_buffer(Storage* block) noexcept:
    """Deleter of storages over a buffer: the exporter may go, or resize, from now on."""
    PyBuffer_Release(<Py_buffer*>block.context)
    free(block.context)
    free(block)


cdef Storage* storage_over(object exporter, int flags) except NULL:
    """A storage whose memory is the exporter's buffer, which stays exported until it is freed."""
    cdef Storage* block = <Storage*>calloc(1, sizeof(Storage))
    cdef Py_buffer* view = <Py_buffer*>calloc(1, sizeof(Py_buffer))
    if block == NULL or view == NULL:
        free(block)
        free(view)
        raise MemoryError()
    try:
        PyObject_GetBuffer(exporter, view, flags)
    except BaseException:
        free(block)
        free(view)
        raise
    block.references = 1
    block.data = <char*>view.buf
    block.nbytes = view.len
    block.context = view
    block.deleter = release_buffer
    if view.readonly:
        block.flags = STORAGE_READONLY
    return block


def share_bytes(exporter, DType dtype not None, int64_t count, int64_t offset):
    """A vector of `count` elements over the exporter's bytes from `offset` on.

    The caller has checked that they are there. Writing to a read-only buffer raises.
    """
    cdef int64_t sizes[1]
    cdef int64_t steps[1]
    cdef Storage* block = storage_over(exporter, PyBUF_SIMPLE)
    sizes[0] = count
    steps[0] = 1
    return wrap_storage(block, block.data + offset, 1, sizes, steps, dtype.id, DEVICE_CPU)


cdef int element_strides(Py_buffer* view, int64_t* sizes, int64_t* steps) except -1:
    """The strides of a buffer in elements; ShapeError where tensors do not have such."""
    cdef int i
    cdef int64_t item = view.itemsize
    if view.ndim > MAX_DIMS:
        raise ShapeError(f"from_numpy: {view.ndim} dimensions are more than {MAX_DIMS}")
    for i in range(view.ndim):
        sizes[i] = view.shape[i]
        if view.strides[i] < 0 and view.len:
            raise ShapeError(
                f"from_numpy: at least one stride in the given numpy array is negative "
                f"({view.strides[i]} bytes in dimension {i}), and tensors with negative strides "
                "are not supported. Make a copy of the array with array.copy().")
        if view.strides[i] % item:
            raise ShapeError(
                f"from_numpy: a stride of the given numpy array is no multiple of the element "
                f"size ({view.strides[i]} and {item} bytes in dimension {i}). Make a copy of the "
                "array with array.copy().")
        steps[i] = view.strides[i] // item
    return 0


def share_array(exporter, DType dtype not None):
    """A tensor with the exporter's memory, shape and strides; its elements are of `dtype`.

    Raises ShapeError for strides that tensors do not have. Writing to a read-only buffer raises.
    """
    cdef int64_t sizes[64]
    cdef int64_t steps[64]
    cdef Storage* block = storage_over(exporter, PyBUF_STRIDED_RO)
    cdef Py_buffer* view = <Py_buffer*>block.context
    try:
        element_strides(view, sizes, steps)
    except ShapeError:
        release_buffer(block)
        raise
    return wrap_storage(block, block.data, view.ndim, sizes, steps, dtype.id, DEVICE_CPU)
