"""What the blocked factorisations share: a batch of matrices, and c -= a @ b on the GEMM."""
from libc.math cimport fabs
from libc.stdint cimport int64_t

from cytorch._C.kernels.gemm_blocks cimport (
    COLUMN_PANEL_BYTES, ROW_BLOCK, ROW_PANELS_BYTES, Product, multiply_block)
from cytorch._C.kernels.gemm_tile cimport aligned
from cytorch._C.kernels.kernel_call cimport KernelCall, Operand

ctypedef fused scalar:
    float
    double
    float complex
    double complex

cdef enum:
    BLOCK = 32                  # columns that are worked without the GEMM
    PLAIN_WORK = 1 << 13        # multiply-adds below which plain loops are faster
    MATRIX_TASK_WORK = 1 << 16  # multiply-adds that are worth a task


cdef inline double size_of(scalar x) noexcept nogil:
    """LAPACK's measure of a pivot: |x|, or |real| + |imaginary|."""
    if scalar is float or scalar is double:
        return fabs(x)
    else:
        return fabs(x.real) + fabs(x.imag)


cdef inline int64_t batch_of(const Operand* operand, int matrix_dims) noexcept nogil:
    """How many matrices (2) or vectors (1) the operand holds."""
    cdef int64_t count = 1
    cdef int dim
    for dim in range(operand.ndim - matrix_dims):
        count *= operand.sizes[dim]
    return count


cdef inline int64_t offset_of(const Operand* operand, int matrix_dims,
                              int64_t index) noexcept nogil:
    """Where member `index` of the batch begins, in elements."""
    cdef int64_t offset = 0
    cdef int dim
    for dim in range(operand.ndim - matrix_dims - 1, -1, -1):
        offset += index % operand.sizes[dim] * operand.strides[dim]
        index //= operand.sizes[dim]
    return offset


cdef inline void copy_matrix(const scalar* source, int64_t row, int64_t column, scalar* target,
                             int64_t rows, int64_t columns) noexcept nogil:
    """Into row-major order."""
    cdef int64_t i, j
    for i in range(rows):
        for j in range(columns):
            target[i * columns + j] = source[i * row + j * column]


cdef struct Update:
    Product product
    int itemsize


cdef inline void update_rows(Update* update, int64_t begin, int64_t end,
                             scalar* kind) noexcept nogil:
    cdef char row_memory[ROW_PANELS_BYTES + 64]
    cdef char column_memory[COLUMN_PANEL_BYTES + 64]
    cdef Product* product = &update.product
    cdef int64_t task, depth = product.depth
    if scalar is float or scalar is double:
        for task in range(begin, end):
            # A block adds to c when it is not the first: so it is called the second.
            multiply_block(product, 2 * depth, <scalar*>product.a - depth * product.a_step,
                           <scalar*>product.b - depth * product.b_step, <scalar*>product.c,
                           task * ROW_BLOCK, min((task + 1) * ROW_BLOCK, product.rows), 0,
                           product.columns, depth, depth, <const scalar*>NULL, True,
                           aligned(row_memory, kind), aligned(column_memory, kind))


cdef inline void update_tasks(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef Update* update = <Update*>context
    if update.itemsize == 4:
        update_rows(update, begin, end, <float*>NULL)
    else:
        update_rows(update, begin, end, <double*>NULL)


cdef inline void subtract_plain(scalar* c, int64_t c_row, int64_t rows, int64_t columns,
                                const scalar* a, int64_t a_row, int64_t a_step, int64_t depth,
                                const scalar* b, int64_t b_row) noexcept nogil:
    cdef int64_t i, j, p
    cdef scalar factor
    for i in range(rows):
        for p in range(depth):
            factor = a[i * a_row + p * a_step]
            for j in range(columns):
                c[i * c_row + j] = c[i * c_row + j] - factor * b[p * b_row + j]


cdef inline void subtract_product(KernelCall* call, scalar* c, int64_t c_row, int64_t rows,
                                  int64_t columns, const scalar* a, int64_t a_row, int64_t a_step,
                                  int64_t depth, const scalar* b, int64_t b_row,
                                  scalar* negated) noexcept nogil:
    """c -= a @ b, with depth <= BLOCK. `negated`: memory for rows * depth elements."""
    cdef Update update
    cdef int64_t i, p
    if scalar is float or scalar is double:
        if rows * columns * depth > PLAIN_WORK and columns > 8:
            for i in range(rows):
                for p in range(depth):
                    negated[i * depth + p] = -a[i * a_row + p * a_step]
            update.itemsize = sizeof(scalar)
            update.product.rows = rows
            update.product.columns = columns
            update.product.depth = depth
            update.product.a = <char*>negated
            update.product.a_row = depth
            update.product.a_step = 1
            update.product.b = <char*>b
            update.product.b_step = b_row
            update.product.b_column = 1
            update.product.c = <char*>c
            update.product.c_row = c_row
            update.product.bias = NULL
            call.parallel_for((rows + ROW_BLOCK - 1) // ROW_BLOCK,
                              1 + (1 << 20) // (ROW_BLOCK * columns * depth), update_tasks,
                              &update)
            return
    subtract_plain(c, c_row, rows, columns, a, a_row, a_step, depth, b, b_row)


cdef inline void solve_block(scalar* x, int64_t x_row, int64_t columns, const scalar* a,
                             int64_t a_row, int64_t a_column, int64_t n, bint upper,
                             bint unit) noexcept nogil:
    """x := inverse(a) @ x for one small triangle a."""
    cdef int64_t step, i, p, j
    cdef scalar factor
    for step in range(n):
        i = n - 1 - step if upper else step
        for p in range(i + 1 if upper else 0, n if upper else i):
            factor = a[i * a_row + p * a_column]
            for j in range(columns):
                x[i * x_row + j] = x[i * x_row + j] - factor * x[p * x_row + j]
        if not unit:
            factor = a[i * a_row + i * a_column]
            for j in range(columns):
                x[i * x_row + j] = x[i * x_row + j] / factor


cdef inline void solve_in_place(KernelCall* call, scalar* x, int64_t x_row, int64_t columns,
                                const scalar* a, int64_t a_row, int64_t a_column, int64_t n,
                                bint upper, bint unit, scalar* scratch) noexcept nogil:
    """x := inverse(a) @ x for a triangular a; `scratch`: memory for n * BLOCK elements."""
    cdef int64_t blocks = (n + BLOCK - 1) // BLOCK, step, first, last
    for step in range(blocks):
        first = (blocks - 1 - step if upper else step) * BLOCK
        last = min(first + BLOCK, n)
        solve_block(x + first * x_row, x_row, columns, a + first * (a_row + a_column), a_row,
                    a_column, last - first, upper, unit)
        if upper:
            subtract_product(call, x, x_row, first, columns, a + first * a_column, a_row,
                             a_column, last - first, x + first * x_row, x_row, scratch)
        else:
            subtract_product(call, x + last * x_row, x_row, n - last, columns,
                             a + last * a_row + first * a_column, a_row, a_column, last - first,
                             x + first * x_row, x_row, scratch)
