"""Matrix products of complex numbers: kernels "matmul" and "linear".

They run on the blocks of the real product. Numbers are pairs of reals in memory, so a block of b is
packed twice: once as it is, for the real parts of a, and once as i * b, for the imaginary parts.
The four real products add up in the result, which has the pairs where they belong.
"""
from libc.stdint cimport int64_t

from cytorch._C.dtype_ids cimport DTYPE_COMPLEX64, DTYPE_COMPLEX128
from cytorch._C.kernels.complex_vector cimport OUTPUTS, VectorProduct, load, multiply_vector
from cytorch._C.kernels.gemm_blocks cimport (
    BATCH_DIMS, COLUMN_BLOCK, TASK_WORK, Product, depth_block, divide_evenly, find_member, lanes,
    round_up)
from cytorch._C.kernels.gemm_operands cimport describe
from cytorch._C.kernels.gemm_plan cimport multiply_rows, row_block_of
from cytorch._C.kernels.kernel_call cimport (
    KERNEL_OK, KERNEL_OUT_OF_MEMORY, KernelCall, Operand)
from cytorch._C.registry cimport register_kernel
from cytorch._C.types cimport floating

cdef enum:
    FEW_ROWS = 2
    SLOTS = 16          # pieces that a batch of small products is cut into

cdef struct Job:
    Product product     # in complex elements
    KernelCall* call
    char* memory        # packed blocks of b, one for each slot
    int64_t slot_bytes, slots
    int64_t blocks, per_block, bias_step   # of products with a vector

cdef struct Block:
    # A block of one product in flight. `real` is what multiply_rows sees: pairs are two columns.
    Product real
    const char* b
    int64_t b_step, b_column
    int64_t step        # first row of b
    bint imaginary


cdef void pack_panels(const Block* block, int64_t begin, int64_t end,
                      floating* kind) noexcept nogil:
    """Rows [step, step + depth) of panels of b, or of i * b."""
    cdef const Product* real = &block.real
    cdef int64_t panel_columns = 2 * lanes(kind), depth = real.last_step - real.first_step
    cdef int64_t column, width, stride = 2 * block.b_column, panel, _row, j
    cdef const floating* row
    cdef floating* out
    for panel in range(begin, end):
        column = real.first_column + panel * panel_columns
        width = min(panel_columns, real.last_column - column) // 2
        out = <floating*>real.packed_b + panel * panel_columns * depth
        row = <const floating*>block.b + 2 * block.step * block.b_step + column // 2 * stride
        for _row in range(depth):
            if block.imaginary:
                for j in range(width):
                    out[2 * j] = -row[j * stride + 1]
                    out[2 * j + 1] = row[j * stride]
            else:
                for j in range(width):
                    out[2 * j] = row[j * stride]
                    out[2 * j + 1] = row[j * stride + 1]
            out += panel_columns
            row += 2 * block.b_step


cdef void pack_panels_of(void* context, int64_t begin, int64_t end) noexcept nogil:
    if (<Block*>context).real.itemsize == 4:
        pack_panels(<Block*>context, begin, end, <float*>NULL)
    else:
        pack_panels(<Block*>context, begin, end, <double*>NULL)


cdef void multiply_member(const Job* job, int64_t member, char* memory, bint parallel,
                          floating* kind) noexcept nogil:
    """One product of the batch."""
    cdef const Product* product = &job.product
    cdef Block block
    cdef Product* real = &block.real
    cdef int64_t a, b, c, column = 0, step, steps, panels, panel_columns = 2 * lanes(kind)
    cdef int part
    find_member(product, member, &a, &b, &c)
    real[0] = product[0]
    real.columns = 2 * product.columns
    real.depth = 2 * product.depth      # the real parts of a, then the imaginary ones
    real.a_row = 2 * product.a_row
    real.a_step = 2 * product.a_step
    real.c_row = 2 * product.c_row
    real.c = <char*>(<floating*>product.c + 2 * c)
    real.packed_b = memory
    real.b_step = 0
    block.b = <char*>(<floating*>product.b + 2 * b)
    block.b_step = product.b_step
    block.b_column = product.b_column
    while column < real.columns:
        real.first_column = column
        real.last_column = min(column + <int64_t>COLUMN_BLOCK, real.columns)
        panels = (real.last_column - column + panel_columns - 1) // panel_columns
        step = 0
        while step < product.depth:
            steps = divide_evenly(product.depth - step, depth_block(kind), 1)
            block.step = step
            for part in range(2):
                block.imaginary = part == 1
                real.first_step = step + part * product.depth
                real.last_step = real.first_step + steps
                # multiply_rows adds first_step * a_step, which passes the end of the real parts.
                real.a = <char*>(<floating*>product.a + 2 * a + part
                                 - part * product.depth * real.a_step)
                if parallel:
                    job.call.parallel_for(panels, 3, pack_panels_of, &block)
                    job.call.parallel_for(product.row_tasks, 1, multiply_rows, &block)
                else:
                    pack_panels_of(&block, 0, panels)
                    multiply_rows(&block, 0, product.row_tasks)
            step += steps
        column = real.last_column


cdef void multiply_members(void* context, int64_t begin, int64_t end) noexcept nogil:
    """The members of the batch that belong to slots [begin, end)."""
    cdef const Job* job = <const Job*>context
    cdef int64_t slot, member, batch = job.product.batch
    cdef char* memory
    for slot in range(begin, end):
        memory = job.memory + slot * job.slot_bytes
        for member in range(slot * batch // job.slots, (slot + 1) * batch // job.slots):
            if job.product.itemsize == 4:
                multiply_member(job, member, memory, False, <float*>NULL)
            else:
                multiply_member(job, member, memory, False, <double*>NULL)


cdef int multiply_matrices(Job* job, floating* kind) noexcept nogil:
    cdef Product* product = &job.product
    cdef int64_t work = 4 * product.rows * product.columns * product.depth, member
    cdef int64_t width = round_up(min(<int64_t>COLUMN_BLOCK, 2 * product.columns), 2 * lanes(kind))
    product.row_block = row_block_of(product.rows)
    product.row_tasks = (product.rows + product.row_block - 1) // product.row_block
    job.slots = 1
    if work < TASK_WORK and work * product.batch > TASK_WORK:
        job.slots = min(<int64_t>SLOTS, product.batch)
    job.slot_bytes = width * min(product.depth, depth_block(kind)) * sizeof(floating)
    job.slot_bytes = round_up(job.slot_bytes, 64)
    job.memory = <char*>job.call.allocate(job.slots * job.slot_bytes)
    if job.memory == NULL:
        return KERNEL_OUT_OF_MEMORY
    if job.slots > 1:
        job.call.parallel_for(job.slots, 1, multiply_members, job)
    else:
        for member in range(product.batch):
            multiply_member(job, member, job.memory, work >= TASK_WORK, kind)
    job.call.release(job.memory)
    return KERNEL_OK


cdef void multiply_blocks(void* context, int64_t begin, int64_t end) noexcept nogil:
    """Blocks of results of products with a vector."""
    cdef const Job* job = <const Job*>context
    cdef const Product* product = &job.product
    cdef int64_t index, first, a, b, c, size = 2 * product.itemsize
    cdef bint row = product.rows == 1
    cdef VectorProduct one
    one.depth = product.depth
    one.outputs = product.columns if row else product.rows
    one.row = product.b_column if row else product.a_row
    one.step = product.b_step if row else product.a_step
    one.vector_step = product.a_step if row else product.b_step
    one.out_step = 1 if row else product.c_row
    one.bias = product.bias
    one.bias_step = 1 if row else 0
    for index in range(begin, end):
        find_member(product, index // job.blocks, &a, &b, &c)
        one.matrix = product.b + b * size if row else product.a + a * size
        one.vector = product.a + a * size if row else product.b + b * size
        one.out = product.c + c * size
        first = index % job.blocks * job.per_block
        if product.itemsize == 4:
            multiply_vector(&one, first, min(first + job.per_block, one.outputs), <float*>NULL)
        else:
            multiply_vector(&one, first, min(first + job.per_block, one.outputs), <double*>NULL)


cdef void multiply_vectors(Job* job) noexcept nogil:
    cdef Product* product = &job.product
    cdef int64_t outputs = product.columns if product.rows == 1 else product.rows
    job.per_block = max(min(TASK_WORK // 16 // product.depth, <int64_t>OUTPUTS), <int64_t>16)
    job.blocks = (outputs + job.per_block - 1) // job.per_block
    cdef int64_t work = 4 * product.depth * min(outputs, job.per_block)
    if job.blocks * product.batch * work <= TASK_WORK:
        multiply_blocks(job, 0, job.blocks * product.batch)
    else:
        job.call.parallel_for(job.blocks * product.batch, 1 + TASK_WORK // 4 // work,
                              multiply_blocks, job)


cdef void take_rows_as_batch(Product* product) noexcept nogil:
    """A few rows are products with a vector each: packing b would cost more than it saves."""
    cdef int last = product.batch_dims
    product.batch_dims = last + 1
    product.batch_sizes[last] = product.rows
    product.a_batch[last] = product.a_row
    product.b_batch[last] = 0
    product.c_batch[last] = product.c_row
    product.batch *= product.rows
    product.rows = 1


cdef void fill_empty_sum(Product* product, floating* kind) noexcept nogil:
    """Depth 0: every element is the bias, or zero."""
    cdef int64_t member, i, j, a, b, c
    cdef floating* row
    for member in range(product.batch):
        find_member(product, member, &a, &b, &c)
        for i in range(product.rows):
            row = <floating*>product.c + 2 * (c + i * product.c_row)
            for j in range(2 * product.columns):
                row[j] = 0 if product.bias == NULL else (<floating*>product.bias)[j]


cdef int multiply_complex(Job* job, floating* kind) noexcept nogil:
    cdef Product* product = &job.product
    product.itemsize = sizeof(floating)
    product.split_depth = 0
    if product.batch == 0 or product.rows == 0 or product.columns == 0:
        return KERNEL_OK
    if product.depth == 0:
        fill_empty_sum(product, kind)
        return KERNEL_OK
    if 1 < product.rows <= FEW_ROWS and product.columns > 1 and product.batch_dims < BATCH_DIMS:
        take_rows_as_batch(product)
    if product.rows == 1 or product.columns == 1:
        multiply_vectors(job)
        return KERNEL_OK
    return multiply_matrices(job, kind)


cdef int product_of(KernelCall* call, bint linear, floating* kind) noexcept nogil:
    cdef Job job
    cdef const Operand* bias = &call.inputs[2]
    cdef floating* copy = NULL
    cdef int status
    job.call = call
    describe(call, &job.product, linear)
    job.product.bias = NULL
    if linear and bias.dtype >= 0:
        copy = <floating*>call.allocate(2 * job.product.columns * sizeof(floating))
        if copy == NULL:
            return KERNEL_OUT_OF_MEMORY
        load(<const floating*>bias.data, bias.strides[0] if bias.numel > 1 else 0,
             job.product.columns, copy)
        job.product.bias = <char*>copy
    status = multiply_complex(&job, kind)
    if copy != NULL:
        call.release(copy)
    return status


cdef int matmul_float(KernelCall* call) noexcept nogil:
    return product_of(call, False, <float*>NULL)


cdef int matmul_double(KernelCall* call) noexcept nogil:
    return product_of(call, False, <double*>NULL)


cdef int linear_float(KernelCall* call) noexcept nogil:
    return product_of(call, True, <float*>NULL)


cdef int linear_double(KernelCall* call) noexcept nogil:
    return product_of(call, True, <double*>NULL)


def register():
    # Operands as those of gemm.pyx.
    register_kernel("matmul", DTYPE_COMPLEX64, <void*>matmul_float)
    register_kernel("matmul", DTYPE_COMPLEX128, <void*>matmul_double)
    register_kernel("linear", DTYPE_COMPLEX64, <void*>linear_float)
    register_kernel("linear", DTYPE_COMPLEX128, <void*>linear_double)
