"""The buffer protocol: `memoryview(tensor)` and, through it, NumPy without a copy."""
from libc.stdint cimport int64_t
from libc.stdlib cimport malloc

from cpython.buffer cimport PyBUF_FORMAT, PyBUF_ND, PyBUF_STRIDES, PyBUF_WRITABLE

from cytorch._C.device cimport DEVICE_CPU
from cytorch._C.dtype_ids cimport DTYPE_BFLOAT16, dtype_itemsize
from cytorch._C.state cimport STORAGE_EXPORTED, STORAGE_READONLY
from cytorch._C.tensor cimport CONTIGUOUS, Tensor, requires_grad, slots

from cytorch.errors import AutogradError

# One format character per dtype id, as the struct module has them.
cdef list FORMATS = [b"?", b"B", b"b", b"h", b"i", b"l", b"e", b"", b"f", b"d", b"Zf", b"Zd"]


cdef int get_buffer(Tensor self, void* view_pointer, int flags) except -1:
    """Fill a Py_buffer. The exporting tensor keeps the storage alive and of its size."""
    cdef Py_buffer* view = <Py_buffer*>view_pointer
    cdef int64_t item = dtype_itemsize[self.kind]
    cdef Py_ssize_t* dims
    cdef int i
    view.obj = None
    if self.place != DEVICE_CPU:
        raise BufferError(f"the buffer protocol needs host memory, this tensor is on "
                          f"{self.device}; use .cpu()")
    if self.kind == DTYPE_BFLOAT16:
        raise TypeError("Got unsupported ScalarType BFloat16: the buffer protocol has no format "
                        "for bfloat16; use .float()")
    if requires_grad(self):
        raise AutogradError("Can't export the memory of a Tensor that requires grad. Use "
                            "tensor.detach() first.")
    if flags & PyBUF_WRITABLE and self.block.flags & STORAGE_READONLY:
        raise BufferError("the memory of this tensor is read-only")
    if not flags & PyBUF_STRIDES and not self.flags & CONTIGUOUS:
        raise BufferError("the tensor is not contiguous")
    dims = <Py_ssize_t*>malloc((2 * self.rank + 1) * sizeof(Py_ssize_t))
    if dims == NULL:
        raise MemoryError()
    for i in range(self.rank):
        dims[i] = self.sizes[i]
        dims[self.rank + i] = self.strides[i] * item
    self.block.flags |= STORAGE_EXPORTED
    view.buf = self.start
    view.len = self.count * item
    view.readonly = (self.block.flags & STORAGE_READONLY) != 0
    view.itemsize = item
    view.format = <char*><bytes>FORMATS[self.kind] if flags & PyBUF_FORMAT else NULL
    view.ndim = self.rank
    view.shape = dims if flags & PyBUF_ND else NULL
    view.strides = dims + self.rank if flags & PyBUF_STRIDES else NULL
    view.suboffsets = NULL
    view.internal = dims
    view.obj = self
    return 0


slots.get_buffer = get_buffer
