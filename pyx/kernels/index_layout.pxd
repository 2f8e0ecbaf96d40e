"""Helpers of the kernels that move elements by index: layouts, checks, the target of a write."""
from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcpy

from cytorch._C.dtype_ids cimport dtype_itemsize
from cytorch._C.kernels.kernel_call cimport KERNEL_BAD_INDEX, KERNEL_OK, KernelCall, Operand

ctypedef struct Axis:
    int64_t outer    # elements before the dimension
    int64_t size
    int64_t inner    # elements after it


cdef inline Axis split_at(Operand* operand, int64_t dim) noexcept nogil:
    """A contiguous operand as [outer, size, inner]; a 0-dim one as [1, 1, 1]."""
    cdef Axis axis
    cdef int64_t d
    axis.outer = axis.size = axis.inner = 1
    for d in range(operand.ndim):
        if d < dim:
            axis.outer *= operand.sizes[d]
        elif d == dim:
            axis.size = operand.sizes[d]
        else:
            axis.inner *= operand.sizes[d]
    return axis


cdef inline int check_indices(KernelCall* call, const int64_t* index, int64_t n,
                              int64_t low, int64_t size) noexcept nogil:
    """Every index must lie in [low, size). Looks for the culprit only when there is one."""
    cdef int64_t k
    cdef uint64_t limit = <uint64_t>(size - low)
    cdef int bad = 0
    for k in range(n):
        bad |= <uint64_t>(index[k] - low) >= limit
    if not bad:
        return KERNEL_OK
    for k in range(n):
        if <uint64_t>(index[k] - low) >= limit:
            call.bad_position = k
            call.bad_value = index[k]
            call.bad_size = size
            break
    return KERNEL_BAD_INDEX


cdef inline int64_t at_least(int64_t value, int64_t low) noexcept nogil:
    return value if value > low else low


cdef inline int64_t grain_for(int64_t elements_each) noexcept nogil:
    """How many units of this many elements make a range that is worth a thread."""
    return at_least(16384 // at_least(elements_each, 1), 1)


ctypedef struct Copy:
    char* to
    const char* source


cdef inline void copy_range(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef Copy* copy = <Copy*>context
    memcpy(copy.to + begin, copy.source + begin, <size_t>(end - begin))


cdef inline char* write_target(KernelCall* call) noexcept nogil:
    """Where a kernel that changes a copy of its first input writes.

    Without an output it is the input itself (in-place ops); an output gets the copy first.
    """
    cdef Copy copy
    if call.n_outputs == 0:
        return call.inputs[0].data
    copy.to = call.outputs[0].data
    copy.source = call.inputs[0].data
    if copy.to != copy.source:
        call.parallel_for(
            call.outputs[0].numel * dtype_itemsize[call.outputs[0].dtype], 262144, copy_range,
            &copy)
    return copy.to
