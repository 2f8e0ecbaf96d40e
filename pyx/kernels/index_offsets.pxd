"""Element offsets that indices and smaller index shapes stand for. Operands are contiguous."""
from libc.stdint cimport int64_t

from cytorch._C.kernels.index_layout cimport check_indices
from cytorch._C.kernels.kernel_call cimport KERNEL_OK, KernelCall, Operand

ctypedef struct Odometer:
    const int64_t* sizes      # of the positions that are counted
    const int64_t* strides    # of the tensor that is read
    int64_t begin             # dimensions begin to end - 1
    int64_t end


cdef inline int64_t offset_at(Odometer* odometer, int64_t position) noexcept nogil:
    """Offset of the position-th index tuple in row-major order."""
    cdef int64_t d, offset = 0
    for d in range(odometer.end - 1, odometer.begin - 1, -1):
        offset += position % odometer.sizes[d] * odometer.strides[d]
        position //= odometer.sizes[d]
    return offset


cdef inline bint same_sizes(Operand* a, Operand* b, int64_t begin) noexcept nogil:
    cdef int64_t d
    for d in range(begin, a.ndim):
        if a.sizes[d] != b.sizes[d]:
            return False
    return True


cdef inline void fill_offsets(Operand* tensor, Operand* index, int64_t begin, int64_t count,
                              int64_t* offsets) noexcept nogil:
    """Offsets in `tensor` of all positions of the dimensions from `begin` on of `index`."""
    cdef Odometer odometer
    cdef int64_t j
    odometer = Odometer(index.sizes, tensor.strides, begin, index.ndim)
    for j in range(count):
        offsets[j] = offset_at(&odometer, j)


cdef inline int indexed_offsets(KernelCall* call, Operand* tensor, int64_t many, int64_t first,
                                int64_t* offsets, int64_t* block,
                                int64_t* inner) noexcept nogil:
    """Offsets that inputs 1 to `many` stand for in dimensions first, first + 1, ... of `tensor`.

    Negative indices count from the end. `block` is the number of elements that the indexed and
    later dimensions hold, `inner` that of the later ones.
    """
    cdef int64_t count = call.inputs[1].numel, d, k, size, stride = 1, value
    cdef const int64_t* index
    cdef int status
    for d in range(first + many, tensor.ndim):
        stride *= tensor.sizes[d]
    inner[0] = stride
    for d in range(many):
        size = tensor.sizes[first + d]
        status = check_indices(call, <const int64_t*>call.inputs[1 + d].data, count, -size, size)
        if status != KERNEL_OK:
            return status
    for d in range(many - 1, -1, -1):
        size = tensor.sizes[first + d]
        index = <const int64_t*>call.inputs[1 + d].data
        for k in range(count):
            value = index[k]
            value = (value + size if value < 0 else value) * stride
            offsets[k] = value if d == many - 1 else offsets[k] + value
        stride *= size
    block[0] = stride
    return KERNEL_OK
