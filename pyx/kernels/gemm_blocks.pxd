"""Matrix products of any size: blocking, packing and splitting into tasks.

Blocks are chosen by the sizes alone and every element is summed in one order, so that results do
not depend on the number of threads. Three ways, from small to large:
- one row or one column: a matrix-vector loop;
- few rows: tasks of (rows, columns), each packing what it needs into its own stack;
- many rows: a block of b is packed once, then tasks of rows share it.
"""
from libc.stdint cimport int64_t

from cytorch._C.kernels.gemm_tile cimport (
    PANEL_ROWS, TILE_ROWS, aligned, lanes, pack_panel,
    rows_times_vector, tile, tile_height, vector_times_rows)
from cytorch._C.kernels.kernel_call cimport KERNEL_OK, KERNEL_OUT_OF_MEMORY, KernelCall
from cytorch._C.types cimport floating

cdef enum:
    BATCH_DIMS = 64
    ROW_BLOCK = 84              # a multiple of every TILE_ROWS
    DEPTH_BLOCK_FLOAT = 256     # depth of a packed block
    DEPTH_BLOCK_DOUBLE = 192
    COLUMN_BLOCK = 1024         # columns of b packed at a time
    TASK_WORK = 1 << 20         # multiply-adds that are worth a task: about 20 us
    # Panels of a block of rows (PANEL_ROWS / TILE_ROWS is at most 8 / 6), and one panel of b.
    ROW_PANELS_BYTES = ROW_BLOCK * 8 // 6 * DEPTH_BLOCK_DOUBLE * 8
    COLUMN_PANEL_BYTES = 128 * 256


cdef struct Product:
    # c[i, j] = sum over p of a[i, p] * b[p, j], for each member of a batch; strides in elements.
    int64_t rows, columns, depth
    char* a
    char* b
    char* c
    char* bias                  # added to every row, or NULL
    int64_t a_row, a_step, b_step, b_column, c_row
    int itemsize
    int batch_dims
    int64_t batch
    int64_t batch_sizes[BATCH_DIMS]
    int64_t a_batch[BATCH_DIMS]
    int64_t b_batch[BATCH_DIMS]
    int64_t c_batch[BATCH_DIMS]
    # Plan of the tasks, filled by multiply().
    int64_t row_block, column_block, row_tasks, column_tasks
    int64_t split_depth         # > 0: the batch runs over pieces of this depth
    char* packed_b
    int64_t first_column, last_column, first_step, last_step


cdef inline int64_t depth_block(floating* kind) noexcept nogil:
    return DEPTH_BLOCK_FLOAT if floating is float else DEPTH_BLOCK_DOUBLE


cdef inline int64_t round_up(int64_t value, int64_t multiple) noexcept nogil:
    return (value + multiple - 1) // multiple * multiple


cdef inline int64_t divide_evenly(int64_t total, int64_t most, int64_t multiple) noexcept nogil:
    """A block size <= most (if most is a multiple) that cuts total into almost equal blocks."""
    cdef int64_t blocks = (total + most - 1) // most
    return round_up((total + blocks - 1) // blocks, multiple)


cdef inline void find_member(const Product* product, int64_t index, int64_t* a, int64_t* b,
                             int64_t* c) noexcept nogil:
    """Offsets of the matrices of one member of the batch."""
    cdef int64_t i
    cdef int dim
    a[0] = b[0] = c[0] = 0
    for dim in range(product.batch_dims - 1, -1, -1):
        i = index % product.batch_sizes[dim]
        index //= product.batch_sizes[dim]
        a[0] += i * product.a_batch[dim]
        b[0] += i * product.b_batch[dim]
        c[0] += i * product.c_batch[dim]


cdef inline void multiply_block(const Product* product, int64_t total_depth, const floating* a,
                                const floating* b, floating* c, int64_t row_begin,
                                int64_t row_end, int64_t column_begin, int64_t column_end,
                                int64_t step, int64_t depth, const floating* packed,
                                bint pack_rows, floating* row_panels,
                                floating* column_panel) noexcept nogil:
    """Add the products of `depth` steps to a block of c. `packed`: panels of b, or NULL."""
    cdef int panel_columns = 2 * lanes(c), height, width
    cdef int64_t row, column, panel_step, a_row = product.a_row, a_step = product.a_step
    cdef const floating* bias = NULL
    cdef const floating* left
    cdef const floating* right
    cdef floating* panel = row_panels
    if step + depth == total_depth:
        bias = <const floating*>product.bias
    a += step * a_step
    b += step * product.b_step
    if pack_rows:
        row = row_begin
        while row < row_end:
            height = <int>tile_height(row_end - row)
            pack_panel(height, depth, a + row * a_row, a_row, a_step, panel, PANEL_ROWS)
            panel += PANEL_ROWS * depth
            row += height
    column = column_begin
    while column < column_end:
        width = <int>min(<int64_t>panel_columns, column_end - column)
        panel_step = panel_columns
        if packed != NULL:
            right = packed + (column - column_begin) * depth
        elif product.b_column == 1 and (width == panel_columns or width == panel_columns // 2):
            right = b + column
            panel_step = product.b_step
        else:
            pack_panel(width, depth, b + column * product.b_column, product.b_column,
                       product.b_step, column_panel, panel_columns)
            right = column_panel
        row = row_begin
        panel = row_panels
        while row < row_end:
            height = <int>tile_height(row_end - row)
            left = a + row * a_row
            if pack_rows:
                left = panel
            tile(pack_rows, height, width, depth, left, a_row, a_step, right, panel_step,
                 c + row * product.c_row + column, product.c_row,
                 bias if bias == NULL else bias + column, step > 0)
            panel += PANEL_ROWS * depth
            row += height
        column += panel_columns


cdef inline bint is_vector_product(const Product* product) noexcept nogil:
    """Whether one side is a vector and the other has an axis of stride 1 to run along."""
    if product.rows == 1:
        return product.b_column == 1 or (product.b_step == 1 and product.a_step == 1)
    if product.columns == 1 and product.c_row == 1:
        return product.a_row == 1 or (product.a_step == 1 and product.b_step == 1)
    return False


cdef inline void multiply_vector(const Product* product, int64_t depth, const floating* a,
                                 const floating* b, floating* c, int64_t begin,
                                 int64_t end) noexcept nogil:
    """Elements [begin, end) of a product that is_vector_product."""
    cdef int64_t i, n = end - begin
    cdef const floating* bias = <const floating*>product.bias
    c += begin
    if product.rows == 1 and product.b_column == 1:
        vector_times_rows(n, depth, a, product.a_step, b + begin, product.b_step, c)
    elif product.rows == 1:
        rows_times_vector(n, depth, a, b + begin * product.b_column, product.b_column, c)
    elif product.a_row == 1:
        vector_times_rows(n, depth, b, product.b_step, a + begin, product.a_step, c)
    else:
        rows_times_vector(n, depth, b, a + begin * product.a_row, product.a_row, c)
    if bias != NULL:
        for i in range(n):
            c[i] += bias[begin + i] if product.rows == 1 else bias[0]


cdef inline void run_task(const Product* product, int64_t index, char* row_memory,
                          char* column_memory, floating* kind) noexcept nogil:
    """One (batch member, rows, columns) block over the whole depth."""
    cdef int64_t a_offset, b_offset, c_offset
    cdef int64_t tasks = product.row_tasks * product.column_tasks
    cdef int64_t member = index // tasks, depth = product.depth, step = 0, part
    cdef int64_t row = index % tasks // product.column_tasks * product.row_block
    cdef int64_t column = index % product.column_tasks * product.column_block
    cdef int64_t row_end = min(row + product.row_block, product.rows)
    cdef int64_t column_end = min(column + product.column_block, product.columns)
    find_member(product, member, &a_offset, &b_offset, &c_offset)
    cdef floating* a = <floating*>product.a + a_offset
    cdef floating* b = <floating*>product.b + b_offset
    cdef floating* c = <floating*>product.c + c_offset
    if product.split_depth > 0:
        depth = min(product.split_depth, depth - member * product.split_depth)
    if is_vector_product(product):
        if product.rows == 1:
            multiply_vector(product, depth, a, b, c, column, column_end)
        else:
            multiply_vector(product, depth, a, b, c, row, row_end)
        return
    # Packed rows pay when several panels of columns use them.
    cdef bint pack_rows = column_end - column > 4 * lanes(c)
    while step < depth:
        part = divide_evenly(depth - step, depth_block(c), 1)
        multiply_block(product, depth, a, b, c, row, row_end, column, column_end, step, part,
                       <const floating*>NULL, pack_rows, aligned(row_memory, c),
                       aligned(column_memory, c))
        step += part


cdef inline void run_tasks(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef const Product* product = <const Product*>context
    cdef char row_memory[ROW_PANELS_BYTES + 64]
    cdef char column_memory[COLUMN_PANEL_BYTES + 64]
    cdef int64_t index
    for index in range(begin, end):
        if product.itemsize == 4:
            run_task(product, index, row_memory, column_memory, <float*>NULL)
        else:
            run_task(product, index, row_memory, column_memory, <double*>NULL)
