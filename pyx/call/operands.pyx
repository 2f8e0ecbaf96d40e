"""What the operands of an op have in common: dtype, device, shape; and what may be written to."""
from libc.stdint cimport int64_t

from cpython.bool cimport PyBool_Check
from cpython.float cimport PyFloat_Check
from cpython.long cimport PyLong_Check
from cpython.object cimport PyObject

from cytorch._C.call.operator cimport Operator, TYPE_TENSOR_OR_SCALAR
from cytorch._C.device cimport DEVICE_CPU, device_of
from cytorch._C.dtype cimport default_dtype, promote
from cytorch._C.dtype_ids cimport (
    DTYPE_BOOL, DTYPE_COMPLEX64, DTYPE_COMPLEX128, DTYPE_FLOAT64, DTYPE_INT64,
    dtype_is_complex, dtype_is_floating, dtype_itemsize)
from cytorch._C.geometry cimport broadcast_into, extent, has_internal_overlap, same_sizes
from cytorch._C.state cimport STORAGE_READONLY
from cytorch._C.tensor cimport CONTIGUOUS, Tensor, describe, shape_tuple

from cytorch.errors import DeviceError, DTypeError, OverlapError, ShapeError


cdef int number_dtype(object value) except -1:
    """Dtype id that a Python number brings to promotion."""
    if PyFloat_Check(value):
        return default_dtype()
    if PyBool_Check(value):
        return DTYPE_BOOL
    if PyLong_Check(value):
        return DTYPE_INT64
    return DTYPE_COMPLEX128 if default_dtype() == DTYPE_FLOAT64 else DTYPE_COMPLEX64


cdef int combine(int higher, int lower) noexcept:
    """Dtype of two groups of operands of which `higher` decides inside its category."""
    if higher < 0:
        return lower
    if lower < 0 or dtype_is_complex(higher):
        return higher
    if dtype_is_floating(higher):
        if dtype_is_complex(lower):
            return DTYPE_COMPLEX128 if higher == DTYPE_FLOAT64 else DTYPE_COMPLEX64
        return higher
    if higher == DTYPE_BOOL or dtype_is_floating(lower) or dtype_is_complex(lower):
        return promote(higher, lower)
    return higher


cdef int common_dtype(Operator self, PyObject** values) except -1:
    """Result dtype of tensors and numbers: tensors with dimensions, then 0-dim, then numbers.

    A parameter that is never a tensor (`value`, `alpha`) has no say.
    """
    cdef int dimensioned = -1, zero = -1, wrapped = -1, i, kind
    cdef Tensor tensor
    for i in range(self.n_params):
        if isinstance(<object>values[i], Tensor):
            tensor = <Tensor>values[i]
            kind = tensor.kind
            if tensor.rank:
                dimensioned = kind if dimensioned < 0 else promote(dimensioned, kind)
            else:
                zero = kind if zero < 0 else promote(zero, kind)
        elif self.types[i] == TYPE_TENSOR_OR_SCALAR:
            kind = number_dtype(<object>values[i])
            wrapped = kind if wrapped < 0 else promote(wrapped, kind)
    return combine(dimensioned, combine(zero, wrapped))


cdef int common_device(str op_name, PyObject** values, int count) except -1:
    """Device of the tensor arguments; 0-dim CPU tensors go with any device."""
    cdef int device = -1, i
    cdef Tensor tensor
    for i in range(count):
        if isinstance(<object>values[i], Tensor):
            tensor = <Tensor>values[i]
            if device < 0 or (device == DEVICE_CPU and tensor.place != DEVICE_CPU):
                device = tensor.place
    for i in range(count):
        if isinstance(<object>values[i], Tensor):
            tensor = <Tensor>values[i]
            if tensor.place != device and (tensor.rank or tensor.place != DEVICE_CPU):
                raise DeviceError(f"{op_name}(): Expected all tensors to be on the same device, "
                                  f"but found at least two devices, {device_of(device)} and "
                                  f"{device_of(tensor.place)}!")
    return DEVICE_CPU if device < 0 else device


cdef int broadcast_shape(Operator self, PyObject** values, int count, int64_t* sizes) except -1:
    """Common shape of the tensor arguments; returns its number of dimensions."""
    cdef int ndim = 0, i, combined
    cdef Tensor tensor
    for i in range(count):
        if not isinstance(<object>values[i], Tensor):
            continue
        tensor = <Tensor>values[i]
        if tensor.rank == ndim and same_sizes(ndim, sizes, ndim, tensor.sizes):
            continue
        combined = broadcast_into(ndim, sizes, tensor.rank, tensor.sizes)
        if combined < 0:
            raise broadcast_error(self, values, count)
        ndim = combined
    return ndim


cdef object broadcast_error(Operator self, PyObject** values, int count):
    cdef int i
    shapes = [shape_tuple(<Tensor>values[i]) for i in range(count)
              if isinstance(<object>values[i], Tensor)]
    for i in range(1, 1 + max(map(len, shapes))):
        found = {shape[len(shape) - i] for shape in shapes if len(shape) >= i} - {1}
        if len(found) > 1:
            order = [shape[len(shape) - i] for shape in shapes if len(shape) >= i]
            first, second = sorted(found, key=order.index)[:2]
            return ShapeError(
                f"{self.name}(): shapes {' and '.join(map(str, shapes))} cannot be broadcast: "
                f"{first} != {second}. The size of tensor a ({first}) must match the size of "
                f"tensor b ({second}) at non-singleton dimension {max(map(len, shapes)) - i}")
    return ShapeError(f"{self.name}(): shapes {shapes} cannot be broadcast")


cdef int check_writable(Tensor target, str op_name) except -1:
    if target.block != NULL and target.block.flags & STORAGE_READONLY:
        raise DTypeError(f"{op_name}(): the memory of this tensor ({describe(target)}) is "
                         "read-only: it came from a read-only NumPy array; use clone()")
    return 0


cdef int check_overlap(Tensor target, Tensor source, str op_name) except -1:
    """Raise when the two share some memory without being the same elements."""
    cdef int64_t low = 0, high = 0, other_low = 0, other_high = 0
    cdef char* begin
    cdef char* other_begin
    if target.block != source.block or target.block == NULL or target.count == 0 or \
            source.count == 0:
        return 0
    if target.start == source.start and target.kind == source.kind and \
            same_sizes(target.rank, target.sizes, source.rank, source.sizes) and \
            same_sizes(target.rank, target.strides, source.rank, source.strides):
        return 0
    extent(target.rank, target.sizes, target.strides, &low, &high)
    extent(source.rank, source.sizes, source.strides, &other_low, &other_high)
    begin = target.start + low * dtype_itemsize[target.kind]
    other_begin = source.start + other_low * dtype_itemsize[source.kind]
    cdef char* end = target.start + high * dtype_itemsize[target.kind]
    cdef char* other_end = source.start + other_high * dtype_itemsize[source.kind]
    if end <= other_begin or other_end <= begin or not (
            target.flags & CONTIGUOUS and source.flags & CONTIGUOUS):
        return 0
    cdef Py_ssize_t origin = <Py_ssize_t>target.block.data
    raise OverlapError(
        f"{op_name}(): unsupported operation: some elements of the input tensor and the written-to "
        f"tensor refer to a single memory location: bytes {<Py_ssize_t>begin - origin}.."
        f"{<Py_ssize_t>end - origin} are written and {<Py_ssize_t>other_begin - origin}.."
        f"{<Py_ssize_t>other_end - origin} are read. Please clone() the tensor before.")


cdef int check_target(Operator self, Tensor target, PyObject** values, int count) except -1:
    cdef int i
    check_writable(target, self.name)
    if has_internal_overlap(target.rank, target.sizes, target.strides):
        raise OverlapError(
            f"{self.name}(): unsupported operation: more than one element of the written-to tensor "
            f"refers to a single memory location ({describe(target)}: was it made by expand()?). "
            "Please clone() the tensor before performing the operation.")
    for i in range(count):
        if isinstance(<object>values[i], Tensor) and <object>values[i] is not target:
            check_overlap(target, <Tensor>values[i], self.name)
    return 0
