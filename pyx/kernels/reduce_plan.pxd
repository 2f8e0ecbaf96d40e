"""How a reduction is cut into pieces that threads can share.

The operand has four axes: two are kept (outer, column) and two are reduced (row, element). Going
along rows, the SIMD lanes run along the reduced elements; going along columns, across the kept
ones, where each lane has a result of its own. Either way the reduced elements are cut into pieces
of a fixed size, and the pieces' results are combined pairwise in a fixed order: the thread count
never changes a result.
"""
from libc.stdint cimport int64_t

from cytorch._C.kernels.kernel_call cimport KernelCall, RangeFunction
from cytorch._C.types cimport real

cdef enum:
    BLOCK = 4096         # elements that are folded at once when going along a row
    ROW_PIECE = 65536    # elements of a row that are one piece
    COLUMN_PIECE = 512   # rows that are one piece when going along columns
    STRIP = 1024         # most columns that are worked side by side
    STRIDED_STRIP = 64   # the same where the columns do not lie side by side in memory
    WORK = 65536         # elements that are worth waking a thread for

ctypedef struct Plan:
    const char* input
    void* output         # one result per kept element
    void* second         # of kernels with two outputs
    void* partial        # one accumulator per (piece, kept element); NULL when there is one piece
    int64_t kept, columns, length, row_length
    int64_t outer_stride, column_stride, row_stride, element_stride
    int64_t strip, strips, piece, pieces, items, grain
    bint by_columns
    bint root            # of var: take the square root
    double parameter     # of var: the correction

ctypedef struct Place:
    # One item of work: a piece of `width` results from `kept` on, which starts at input[offset].
    int64_t piece, begin, end, column, width, kept, outer_offset, offset


cdef inline void set_strip(Plan* plan, int64_t most) noexcept nogil:
    """Narrow the strips to `most` columns, for kernels that keep more per column."""
    cdef int64_t work
    plan.strip = min(plan.strip, most)
    plan.strips = (plan.columns + plan.strip - 1) // plan.strip
    plan.items = plan.kept // max(plan.columns, <int64_t>1) * plan.strips * plan.pieces
    work = plan.strip * min(plan.piece, plan.length)
    plan.grain = max(WORK // max(work, <int64_t>1), <int64_t>1)


cdef inline void make_plan(Plan* plan, KernelCall* call) noexcept nogil:
    cdef const int64_t* sizes = call.inputs[0].sizes
    cdef const int64_t* strides = call.inputs[0].strides
    plan.input = call.inputs[0].data
    plan.output = call.outputs[0].data
    plan.second = call.outputs[1].data if call.n_outputs > 1 else NULL
    plan.partial = NULL
    plan.columns = sizes[1]
    plan.kept = sizes[0] * sizes[1]
    plan.row_length = sizes[3]
    plan.length = sizes[2] * sizes[3]
    plan.outer_stride = strides[0]
    plan.column_stride = strides[1]
    plan.row_stride = strides[2]
    plan.element_stride = strides[3]
    plan.by_columns = (plan.element_stride != 1 or plan.row_length < 64) and (
        plan.columns >= 16 or (plan.columns >= 4 and plan.column_stride == 1))
    if plan.by_columns:
        # Four strips or more, for the threads: the width of a strip changes no result.
        plan.strip = min(max((plan.columns // 4 + 63) // 64 * 64, 64), <int64_t>STRIP)
        if plan.column_stride != 1:
            plan.strip = STRIDED_STRIP
        plan.piece = COLUMN_PIECE
    else:
        plan.strip = 1
        plan.piece = ROW_PIECE
    plan.pieces = max((plan.length + plan.piece - 1) // plan.piece, <int64_t>1)
    set_strip(plan, STRIP)


cdef inline void settle(Place* at, Plan* plan) noexcept nogil:
    at.begin = at.piece * plan.piece
    at.end = min(at.begin + plan.piece, plan.length)
    at.width = min(plan.strip, plan.columns - at.column)
    at.offset = at.outer_offset + at.column * plan.column_stride


cdef inline void go_to(Place* at, Plan* plan, int64_t item) noexcept nogil:
    cdef int64_t strip = item // plan.pieces
    cdef int64_t outer = strip // plan.strips
    at.piece = item % plan.pieces
    at.column = strip % plan.strips * plan.strip
    at.kept = outer * plan.columns + at.column
    at.outer_offset = outer * plan.outer_stride
    settle(at, plan)


cdef inline void go_on(Place* at, Plan* plan) noexcept nogil:
    at.piece += 1
    if at.piece == plan.pieces:
        at.piece = 0
        at.kept += at.width
        at.column += plan.strip
        if at.column >= plan.columns:
            at.column = 0
            at.outer_offset += plan.outer_stride
    settle(at, plan)


cdef inline int64_t reduced_offset(Plan* plan, int64_t position) noexcept nogil:
    if plan.length == plan.row_length:
        return position * plan.element_stride
    return (position // plan.row_length * plan.row_stride
            + position % plan.row_length * plan.element_stride)


cdef inline bint is_direct(Plan* plan, int64_t position, int64_t count) noexcept nogil:
    """Whether `count` reduced elements from `position` on lie side by side in memory."""
    return plan.element_stride == 1 and (plan.length == plan.row_length or
                                         position % plan.row_length + count <= plan.row_length)


cdef inline void run_plan(Plan* plan, KernelCall* call, RangeFunction function) noexcept nogil:
    """Small reductions stay on this thread, without the call through the pool."""
    if plan.items == 0:
        return
    if plan.kept * plan.length <= WORK:
        function(plan, 0, plan.items)
    else:
        call.parallel_for(plan.items, plan.grain, function, plan)


cdef inline int64_t block_length(Plan* plan, int64_t position, int64_t end,
                                 int64_t most) noexcept nogil:
    """Elements to take at once from `position` on; long rows are not crossed, so need no copy."""
    cdef int64_t n = min(end - position, most)
    if plan.element_stride == 1 and plan.row_length >= 256:
        n = min(n, plan.row_length - position % plan.row_length)
    return n


cdef inline void gather(Plan* plan, const real* x, int64_t position, int64_t n,
                        real* out) noexcept nogil:
    """Copy `n` reduced elements from `position` on into `out`."""
    cdef int64_t column = position % plan.row_length, stride = plan.element_stride, i
    cdef int64_t offset = position // plan.row_length * plan.row_stride + column * stride
    for i in range(n):
        out[i] = x[offset]
        column += 1
        offset += stride
        if column == plan.row_length:
            column = 0
            offset += plan.row_stride - plan.row_length * stride
