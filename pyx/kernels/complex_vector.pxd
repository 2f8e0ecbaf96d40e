"""Products of a complex matrix and a complex vector. Numbers are pairs of reals in memory.

A complex product is two real ones with the pairs as they lie in memory, put together at the end:
(u0 - v1, u1 + v0) where u and v are the sums of the pairs times the real and the imaginary part.
"""
from libc.stdint cimport int64_t
from libc.string cimport memset

from cytorch._C.types cimport floating

cdef enum:
    OUTPUTS = 256    # results that are worked side by side
    CHUNK = 512      # depth of a partial sum: keeps rounding small
    LANES = 64

ctypedef struct VectorProduct:
    # out[i] = sum over p of matrix[i, p] * vector[p] (+ bias[i]); strides in complex elements.
    char* matrix
    char* vector
    char* out
    char* bias              # or NULL
    int64_t outputs, depth
    int64_t row, step       # strides of the matrix
    int64_t vector_step, out_step, bias_step


cdef inline void load(const floating* x, int64_t stride, int64_t n, floating* out) noexcept nogil:
    cdef int64_t i
    for i in range(n):
        out[2 * i] = x[2 * i * stride]
        out[2 * i + 1] = x[2 * i * stride + 1]


cdef inline void add_dot(const floating* x, const floating* y, int64_t n,
                         floating* total) noexcept nogil:
    """Add the sum of x * y to the total."""
    cdef floating same[LANES]
    cdef floating crossed[LANES]
    cdef int64_t i = 0
    cdef int j, width = LANES
    if 2 * n >= LANES:
        for j in range(LANES):
            same[j] = crossed[j] = 0
        while i + LANES <= 2 * n:
            for j in range(LANES):
                same[j] += x[i + j] * y[i + j]
            for j in range(0, LANES, 2):
                crossed[j] += x[i + j] * y[i + j + 1]
                crossed[j + 1] += x[i + j + 1] * y[i + j]
            i += LANES
        while width > 2:
            width //= 2
            for j in range(width):
                same[j] += same[j + width]
                crossed[j] += crossed[j + width]
        total[0] += same[0] - same[1]
        total[1] += crossed[0] + crossed[1]
    while i < 2 * n:
        total[0] += x[i] * y[i] - x[i + 1] * y[i + 1]
        total[1] += x[i] * y[i + 1] + x[i + 1] * y[i]
        i += 2


cdef inline void add_rows(const floating* matrix, int64_t step, const floating* vector,
                          int64_t depth, int64_t width, floating* total) noexcept nogil:
    """Add matrix[p] * vector[p] over p to `width` totals; each matrix[p] lies in one piece."""
    cdef floating u[2 * OUTPUTS]
    cdef floating v[2 * OUTPUTS]
    cdef int64_t p = 0, j
    cdef const floating* a
    cdef const floating* b
    cdef const floating* factor
    memset(u, 0, sizeof(u))
    memset(v, 0, sizeof(v))
    while p + 2 <= depth:
        a = matrix + 2 * p * step
        b = a + 2 * step
        factor = vector + 2 * p
        for j in range(2 * width):
            u[j] += factor[0] * a[j] + factor[2] * b[j]
            v[j] += factor[1] * a[j] + factor[3] * b[j]
        p += 2
    if p < depth:
        a = matrix + 2 * p * step
        for j in range(2 * width):
            u[j] += vector[2 * p] * a[j]
            v[j] += vector[2 * p + 1] * a[j]
    for j in range(width):
        total[2 * j] += u[2 * j] - v[2 * j + 1]
        total[2 * j + 1] += u[2 * j + 1] + v[2 * j]


cdef inline void multiply_vector(const VectorProduct* product, int64_t begin, int64_t end,
                                 floating* kind) noexcept nogil:
    """Results [begin, end), at most OUTPUTS of them."""
    cdef floating vector[2 * CHUNK]
    cdef floating gathered[2 * CHUNK]
    cdef floating total[2 * OUTPUTS]
    cdef const floating* matrix = <const floating*>product.matrix + 2 * begin * product.row
    cdef const floating* row
    cdef const floating* bias = <const floating*>product.bias
    cdef floating* out = <floating*>product.out
    cdef int64_t width = end - begin, first = 0, n, i, at
    memset(total, 0, 2 * width * sizeof(floating))
    while first < product.depth:
        n = min(<int64_t>CHUNK, product.depth - first)
        load(<const floating*>product.vector + 2 * first * product.vector_step,
             product.vector_step, n, vector)
        if product.row == 1 and width > 1:
            add_rows(matrix + 2 * first * product.step, product.step, vector, n, width, total)
        else:
            for i in range(width):
                row = matrix + 2 * (i * product.row + first * product.step)
                if product.step != 1:
                    load(row, product.step, n, gathered)
                    row = gathered
                add_dot(row, vector, n, total + 2 * i)
        first += n
    for i in range(width):
        at = 2 * (begin + i) * product.out_step
        out[at] = total[2 * i]
        out[at + 1] = total[2 * i + 1]
        if bias != NULL:
            out[at] += bias[2 * (begin + i) * product.bias_step]
            out[at + 1] += bias[2 * (begin + i) * product.bias_step + 1]
