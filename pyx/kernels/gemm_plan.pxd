"""Planning and running a Product: see gemm_blocks.pxd."""
from libc.stdint cimport int64_t

from cytorch._C.kernels.gemm_blocks cimport (
    COLUMN_BLOCK, ROW_BLOCK, ROW_PANELS_BYTES, TASK_WORK, Product, aligned, depth_block,
    divide_evenly, find_member, is_vector_product, lanes, multiply_block, pack_panel, round_up,
    run_tasks)
from cytorch._C.kernels.kernel_call cimport KERNEL_OK, KERNEL_OUT_OF_MEMORY, KernelCall
from cytorch._C.types cimport floating

cdef enum:
    SPLIT_DEPTH = 8192          # long sums into few results are cut into pieces of this depth


cdef inline void pack_columns_of(const Product* product, int64_t begin, int64_t end,
                                 floating* kind) noexcept nogil:
    cdef int64_t depth = product.last_step - product.first_step, panel, column
    cdef int panel_columns = 2 * lanes(kind)
    cdef floating* b = <floating*>product.b + product.first_step * product.b_step
    for panel in range(begin, end):
        column = product.first_column + panel * panel_columns
        pack_panel(<int>min(<int64_t>panel_columns, product.last_column - column), depth,
                   b + column * product.b_column, product.b_column, product.b_step,
                   <floating*>product.packed_b + panel * panel_columns * depth, panel_columns)


cdef inline void pack_columns(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef const Product* product = <const Product*>context
    if product.itemsize == 4:
        pack_columns_of(product, begin, end, <float*>NULL)
    else:
        pack_columns_of(product, begin, end, <double*>NULL)


cdef inline void multiply_rows_of(const Product* product, int64_t index, char* memory,
                                  floating* kind) noexcept nogil:
    cdef int64_t row = index * product.row_block
    multiply_block(product, product.depth, <floating*>product.a, <floating*>product.b,
                   <floating*>product.c, row, min(row + product.row_block, product.rows),
                   product.first_column, product.last_column, product.first_step,
                   product.last_step - product.first_step, <floating*>product.packed_b, True,
                   aligned(memory, kind), <floating*>NULL)


cdef inline void multiply_rows(void* context, int64_t begin, int64_t end) noexcept nogil:
    """Blocks of rows times the packed columns."""
    cdef const Product* product = <const Product*>context
    cdef char memory[ROW_PANELS_BYTES + 64]
    cdef int64_t index
    for index in range(begin, end):
        if product.itemsize == 4:
            multiply_rows_of(product, index, memory, <float*>NULL)
        else:
            multiply_rows_of(product, index, memory, <double*>NULL)


cdef inline int multiply_large(KernelCall* call, Product* product, floating* kind) noexcept nogil:
    """One matrix with many rows: every block of b is packed once and shared by all rows."""
    cdef int64_t member, column, step, panels, a, b, c
    cdef int panel_columns = 2 * lanes(kind)
    cdef Product one = product[0]
    cdef int64_t width = min(<int64_t>COLUMN_BLOCK, round_up(product.columns, panel_columns))
    cdef char* memory = <char*>call.allocate(width * depth_block(kind) * sizeof(floating))
    if memory == NULL:
        return KERNEL_OUT_OF_MEMORY
    one.packed_b = memory
    for member in range(product.batch):
        find_member(product, member, &a, &b, &c)
        one.a = <char*>(<floating*>product.a + a)
        one.b = <char*>(<floating*>product.b + b)
        one.c = <char*>(<floating*>product.c + c)
        column = 0
        while column < product.columns:
            one.first_column = column
            one.last_column = min(column + width, product.columns)
            panels = (one.last_column - column + panel_columns - 1) // panel_columns
            step = 0
            while step < product.depth:
                one.first_step = step
                step += divide_evenly(product.depth - step, depth_block(kind), 1)
                one.last_step = step
                call.parallel_for(panels, 3, pack_columns, &one)
                call.parallel_for(product.row_tasks, 1, multiply_rows, &one)
            column = one.last_column
    call.release(memory)
    return KERNEL_OK


cdef inline int multiply_split(KernelCall* call, Product* product, floating* kind) noexcept nogil:
    """Few results, long sums: pieces of the depth go to scratch and are added in order."""
    cdef Product pieces = product[0]
    cdef int64_t i, piece, count = (product.depth + SPLIT_DEPTH - 1) // SPLIT_DEPTH
    cdef int64_t size = product.rows * product.columns
    cdef floating* partial = <floating*>call.allocate(count * size * sizeof(floating))
    cdef floating* c = <floating*>product.c
    cdef const floating* bias = <const floating*>product.bias
    cdef floating total
    if partial == NULL:
        return KERNEL_OUT_OF_MEMORY
    pieces.split_depth = SPLIT_DEPTH
    pieces.batch = count
    pieces.batch_dims = 1
    pieces.batch_sizes[0] = count
    pieces.a_batch[0] = SPLIT_DEPTH * product.a_step
    pieces.b_batch[0] = SPLIT_DEPTH * product.b_step
    pieces.c_batch[0] = size
    pieces.c = <char*>partial
    pieces.c_row = product.columns
    pieces.bias = NULL
    call.parallel_for(count, 1 + TASK_WORK // (size * SPLIT_DEPTH), run_tasks, &pieces)
    for i in range(size):
        total = partial[i]
        for piece in range(1, count):
            total += partial[piece * size + i]
        if bias != NULL:
            total += bias[i % product.columns]
        c[i // product.columns * product.c_row + i % product.columns] = total
    call.release(partial)
    return KERNEL_OK


cdef inline void fill_empty_sum(Product* product, floating* kind) noexcept nogil:
    """Depth 0: every element is the bias, or zero."""
    cdef int64_t member, i, j, a, b, c
    cdef floating value
    for member in range(product.batch):
        find_member(product, member, &a, &b, &c)
        for i in range(product.rows):
            for j in range(product.columns):
                value = 0 if product.bias == NULL else (<floating*>product.bias)[j]
                (<floating*>product.c)[c + i * product.c_row + j] = value


cdef inline int64_t row_block_of(int64_t rows) noexcept nogil:
    """Equal blocks of rows, an even number of them: no thread is left with one more."""
    cdef int64_t blocks = (rows + ROW_BLOCK - 1) // ROW_BLOCK
    if blocks > 1:
        blocks = round_up(blocks, 4 if blocks > 4 else 2)
    return (rows + blocks - 1) // blocks


cdef inline int multiply(KernelCall* call, Product* product, floating* kind) noexcept nogil:
    """c = a @ b (+ bias) for every member of the batch. Sizes, strides and addresses are set."""
    cdef int64_t panel_columns = 2 * lanes(kind), work, per_task, tasks
    product.itemsize = sizeof(floating)
    product.split_depth = 0
    if product.batch == 0 or product.rows == 0 or product.columns == 0:
        return KERNEL_OK
    if product.depth == 0:
        fill_empty_sum(product, kind)
        return KERNEL_OK
    work = product.rows * product.columns * product.depth
    product.row_block = min(<int64_t>ROW_BLOCK, product.rows)
    product.column_block = product.columns
    if is_vector_product(product):
        # Blocks of whole vectors; a memory-bound task is worth it from fewer multiply-adds.
        per_task = round_up(max(<int64_t>1, TASK_WORK // 4 // product.depth), 8 * panel_columns)
        product.row_block = min(product.rows, per_task)
        product.column_block = min(product.columns, per_task)
    elif work >= 2 * TASK_WORK:
        product.row_block = row_block_of(product.rows)
        if product.rows > 2 * ROW_BLOCK and product.columns > 2 * panel_columns:
            product.row_tasks = (product.rows + product.row_block - 1) // product.row_block
            return multiply_large(call, product, kind)
        per_task = TASK_WORK // (product.row_block * product.depth)
        product.column_block = min(product.columns, round_up(max(per_task, 4 * panel_columns),
                                                             panel_columns))
    else:
        product.row_block = product.rows if product.rows <= ROW_BLOCK else ROW_BLOCK
    product.row_tasks = (product.rows + product.row_block - 1) // product.row_block
    product.column_tasks = (product.columns + product.column_block - 1) // product.column_block
    tasks = product.row_tasks * product.column_tasks
    if tasks * product.batch == 1 and product.depth > 2 * SPLIT_DEPTH:
        return multiply_split(call, product, kind)
    if work * product.batch <= TASK_WORK:
        run_tasks(product, 0, tasks * product.batch)
    else:
        call.parallel_for(tasks * product.batch, 1 + TASK_WORK * tasks // (work + 1), run_tasks,
                          product)
    return KERNEL_OK
