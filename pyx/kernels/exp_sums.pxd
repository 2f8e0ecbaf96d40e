"""Exponentials of x - center where the center is the largest x, for softmax and its relatives.

The argument is never positive, so the quick exponential does: results below about 1e-38 (1e-307 for
doubles) become 0, NaN stays NaN.
"""
from libc.math cimport INFINITY
from libc.stdint cimport int64_t

from cytorch._C.types cimport floating

cdef extern from "kernels/vecmath.h" nogil:
    float exp_fast_float(float x)
    double exp_fast_double(double x)

cdef enum:
    WIDE = 32


cdef inline floating decay(floating x) noexcept nogil:
    """exp(x) for x <= 0."""
    cdef floating limit, clipped, value
    if floating is float:
        limit = -87.0
    else:
        limit = -707.0
    clipped = limit if x < limit else x
    if floating is float:
        value = exp_fast_float(clipped)
    else:
        value = exp_fast_double(clipped)
    value = 0 if x < limit else value
    return value if x == x else x


cdef inline floating finite_or_zero(floating x) noexcept nogil:
    """The center: 0 where the largest value is infinite or NaN, so that x - center is not NaN."""
    return x if (x - x) == 0 else 0


cdef inline floating sum_of_wide(const floating* lanes) noexcept nogil:
    cdef floating folded[16]
    cdef int j
    for j in range(16):
        folded[j] = lanes[j] + lanes[j + 16]
    for j in range(8):
        folded[j] += folded[j + 8]
    for j in range(4):
        folded[j] += folded[j + 4]
    return (folded[0] + folded[2]) + (folded[1] + folded[3])


cdef inline floating exp_sum(const floating* x, floating center, int64_t n) noexcept nogil:
    """Sum of exp(x - center)."""
    cdef floating lanes[WIDE]
    cdef floating last[WIDE]
    cdef int64_t i = 0
    cdef int j
    for j in range(WIDE):
        lanes[j] = 0
    while i + WIDE <= n:
        for j in range(WIDE):
            lanes[j] += decay(x[i + j] - center)
        i += WIDE
    if i < n:
        for j in range(WIDE):
            last[j] = -INFINITY
        for j in range(<int>(n - i)):
            last[j] = x[i + j] - center
        for j in range(WIDE):
            lanes[j] += decay(last[j])
    return sum_of_wide[floating](lanes)


cdef inline floating store_exp_sum(floating* out, const floating* x, floating center,
                                   int64_t n) noexcept nogil:
    """out = exp(x - center); returns the sum."""
    cdef floating lanes[WIDE]
    cdef floating last[WIDE]
    cdef int64_t i = 0
    cdef int j
    for j in range(WIDE):
        lanes[j] = 0
    while i + WIDE <= n:
        for j in range(WIDE):
            last[j] = decay(x[i + j] - center)
            lanes[j] += last[j]
        for j in range(WIDE):
            out[i + j] = last[j]
        i += WIDE
    if i < n:
        for j in range(WIDE):
            last[j] = -INFINITY
        for j in range(<int>(n - i)):
            last[j] = x[i + j] - center
        for j in range(WIDE):
            last[j] = decay(last[j])
            lanes[j] += last[j]
        for j in range(<int>(n - i)):
            out[i + j] = last[j]
    return sum_of_wide[floating](lanes)
