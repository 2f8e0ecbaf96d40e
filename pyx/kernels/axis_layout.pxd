"""A contiguous operand as (outer, n, inner) around one axis, and its division among threads."""
from libc.stdint cimport int64_t

from cytorch._C.kernels.kernel_call cimport KernelCall, RangeFunction

cdef enum:
    AXIS_WORK = 16384    # elements that are worth waking a thread for

ctypedef struct Axis:
    char* inputs[4]
    char* outputs[4]
    int64_t outer, n, inner
    int64_t strips    # of columns, where inner > 1
    int64_t tile      # rows in one item, where inner == 1
    int64_t items, grain


cdef inline void make_axis(Axis* axis, KernelCall* call, int64_t dim, int64_t strip,
                           int64_t tile) noexcept nogil:
    """`strip` columns are one item where inner > 1, else `tile` rows are."""
    cdef const int64_t* sizes = call.inputs[0].sizes
    cdef int64_t i, work
    axis.outer = 1
    axis.inner = 1
    axis.n = sizes[dim] if call.inputs[0].ndim else 1
    for i in range(call.inputs[0].ndim):
        if i < dim:
            axis.outer *= sizes[i]
        elif i > dim:
            axis.inner *= sizes[i]
    for i in range(min(call.n_inputs, 4)):
        axis.inputs[i] = call.inputs[i].data
    for i in range(min(call.n_outputs, 4)):
        axis.outputs[i] = call.outputs[i].data
    axis.tile = tile
    axis.strips = (axis.inner + strip - 1) // strip
    axis.items = (axis.outer * axis.strips if axis.inner > 1
                  else (axis.outer + tile - 1) // tile)
    work = axis.n * (min(strip, axis.inner) if axis.inner > 1 else tile)
    axis.grain = max(AXIS_WORK // max(work, <int64_t>1), <int64_t>1)
    if axis.n == 0 or axis.inner == 0:
        axis.items = 0


cdef inline void run_axis(Axis* axis, KernelCall* call, RangeFunction function) noexcept nogil:
    """Small operands stay on this thread, without the call through the pool."""
    if axis.outer * axis.n * axis.inner <= AXIS_WORK:
        function(axis, 0, axis.items)
    else:
        call.parallel_for(axis.items, axis.grain, function, axis)
