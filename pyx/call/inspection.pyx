"""What can be asked about a tensor without looking at its elements."""
from cpython.object cimport PyObject

from cytorch._C.call.operator cimport Operator, register_handler
from cytorch._C.dtype_ids cimport dtype_is_complex, dtype_is_floating, dtype_itemsize
from cytorch._C.state cimport STORAGE_SHARED
from cytorch._C.tensor cimport CONTIGUOUS, INFERENCE, Tensor

from cytorch.errors import IndexOutOfRange


cdef object checked_axis(Operator self, Tensor tensor, object dim):
    cdef Py_ssize_t axis = dim, ndim = max(tensor.rank, 1)
    if axis < -ndim or axis >= ndim or tensor.rank == 0:
        raise IndexOutOfRange(f"{self.name}(): Dimension out of range (expected to be in range of "
                              f"[{-ndim}, {ndim - 1}], but got {axis})")
    return axis + ndim if axis < 0 else axis


cdef object size(Operator self, PyObject** values):
    cdef Tensor tensor = <Tensor>values[0]
    if <object>values[1] is None:
        return tensor.shape
    return tensor.sizes[<int>checked_axis(self, tensor, <object>values[1])]


cdef object stride(Operator self, PyObject** values):
    cdef Tensor tensor = <Tensor>values[0]
    cdef int i
    if <object>values[1] is None:
        return tuple([tensor.strides[i] for i in range(tensor.rank)])
    return tensor.strides[<int>checked_axis(self, tensor, <object>values[1])]


cdef object numel(Operator self, PyObject** values):
    return (<Tensor>values[0]).count


cdef object dim(Operator self, PyObject** values):
    return (<Tensor>values[0]).rank


cdef object storage_offset(Operator self, PyObject** values):
    cdef Tensor tensor = <Tensor>values[0]
    if tensor.block == NULL:
        return 0
    return (tensor.start - tensor.block.data) // dtype_itemsize[tensor.kind]


cdef object data_ptr(Operator self, PyObject** values):
    return <size_t>(<Tensor>values[0]).start


cdef object element_size(Operator self, PyObject** values):
    return dtype_itemsize[(<Tensor>values[0]).kind]


cdef object is_contiguous(Operator self, PyObject** values):
    return ((<Tensor>values[0]).flags & CONTIGUOUS) != 0


cdef object is_floating_point(Operator self, PyObject** values):
    return bool(dtype_is_floating((<Tensor>values[0]).kind))


cdef object is_complex(Operator self, PyObject** values):
    return bool(dtype_is_complex((<Tensor>values[0]).kind))


cdef object is_inference(Operator self, PyObject** values):
    return ((<Tensor>values[0]).flags & INFERENCE) != 0


cdef object is_shared(Operator self, PyObject** values):
    cdef Tensor tensor = <Tensor>values[0]
    return tensor.block != NULL and (tensor.block.flags & STORAGE_SHARED) != 0


cdef object storage_key(Operator self, PyObject** values):
    """A number that two tensors share when they use the same storage."""
    return <size_t>(<Tensor>values[0]).block


cdef object storage_nbytes(Operator self, PyObject** values):
    cdef Tensor tensor = <Tensor>values[0]
    return 0 if tensor.block == NULL else tensor.block.nbytes


cdef object first_other_dtype(Operator self, PyObject** values):
    """Position of the first tensor whose dtype is not that of tensor 0, or -1."""
    cdef list tensors = list(<object>values[0])
    cdef Py_ssize_t i
    for i in range(1, len(tensors)):
        if (<Tensor>tensors[i]).kind != (<Tensor>tensors[0]).kind:
            return i
    return -1


cdef object first_other_shape(Operator self, PyObject** values):
    """Position of the first tensor whose shape, `free_dim` aside, is not tensor 0's, or -1."""
    cdef list tensors = list(<object>values[0])
    cdef Tensor first = <Tensor>tensors[0], tensor
    cdef Py_ssize_t i
    cdef int axis, free_axis = <object>values[1]
    for i in range(1, len(tensors)):
        tensor = <Tensor>tensors[i]
        if tensor.rank != first.rank:
            return i
        for axis in range(first.rank):
            if tensor.sizes[axis] != first.sizes[axis] and axis != free_axis:
                return i
    return -1


register_handler("size", size)
register_handler("first_other_dtype", first_other_dtype)
register_handler("first_other_shape", first_other_shape)
register_handler("stride", stride)
register_handler("numel", numel)
register_handler("dim", dim)
register_handler("storage_offset", storage_offset)
register_handler("data_ptr", data_ptr)
register_handler("element_size", element_size)
register_handler("is_contiguous", is_contiguous)
register_handler("is_floating_point", is_floating_point)
register_handler("is_complex", is_complex)
register_handler("is_inference", is_inference)
register_handler("is_shared", is_shared)
register_handler("storage_key", storage_key)
register_handler("storage_nbytes", storage_nbytes)
