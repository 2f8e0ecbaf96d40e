"""Sums and maxima of contiguous elements, in lanes that are written out.

gcc may not reorder additions, so a plain loop would add one element after the other. 64 separate
totals become vector registers, and they make the rounding error of a block small.
"""
from libc.stdint cimport int64_t

from cytorch._C.kernels.reduce_values cimport larger, smaller
from cytorch._C.types cimport floating, real

cdef enum:
    LANES = 64
    FEW = 16    # lanes for what is left over


cdef inline floating sum_of_lanes(const floating* lanes) noexcept nogil:
    cdef floating folded[32]
    cdef int j
    for j in range(32):
        folded[j] = lanes[j] + lanes[j + 32]
    for j in range(16):
        folded[j] += folded[j + 16]
    for j in range(8):
        folded[j] += folded[j + 8]
    for j in range(4):
        folded[j] += folded[j + 4]
    return (folded[0] + folded[2]) + (folded[1] + folded[3])


cdef inline floating lane_sum(const floating* x, int64_t n) noexcept nogil:
    cdef floating lanes[LANES]
    cdef floating tail = 0
    cdef int64_t i = 0
    cdef int j
    if n >= FEW:
        for j in range(LANES):
            lanes[j] = 0
        while i + LANES <= n:
            for j in range(LANES):
                lanes[j] += x[i + j]
            i += LANES
        while i + FEW <= n:
            for j in range(FEW):
                lanes[j] += x[i + j]
            i += FEW
        tail = sum_of_lanes[floating](lanes)
    while i < n:
        tail += x[i]
        i += 1
    return tail


cdef inline floating lane_squares(const floating* x, floating center,
                                  int64_t n) noexcept nogil:
    """Sum of (x - center) ** 2."""
    cdef floating lanes[LANES]
    cdef floating tail = 0
    cdef int64_t i = 0
    cdef int j
    if n >= FEW:
        for j in range(LANES):
            lanes[j] = 0
        while i + LANES <= n:
            for j in range(LANES):
                lanes[j] += (x[i + j] - center) * (x[i + j] - center)
            i += LANES
        while i + FEW <= n:
            for j in range(FEW):
                lanes[j] += (x[i + j] - center) * (x[i + j] - center)
            i += FEW
        tail = sum_of_lanes[floating](lanes)
    while i < n:
        tail += (x[i] - center) * (x[i] - center)
        i += 1
    return tail


cdef inline floating lane_dot(const floating* x, const floating* y,
                              int64_t n) noexcept nogil:
    cdef floating lanes[LANES]
    cdef floating tail = 0
    cdef int64_t i = 0
    cdef int j
    if n >= FEW:
        for j in range(LANES):
            lanes[j] = 0
        while i + LANES <= n:
            for j in range(LANES):
                lanes[j] += x[i + j] * y[i + j]
            i += LANES
        while i + FEW <= n:
            for j in range(FEW):
                lanes[j] += x[i + j] * y[i + j]
            i += FEW
        tail = sum_of_lanes[floating](lanes)
    while i < n:
        tail += x[i] * y[i]
        i += 1
    return tail


cdef inline floating lane_centered_dot(const floating* x, const floating* y, floating center,
                                       int64_t n) noexcept nogil:
    """Sum of x * (y - center)."""
    cdef floating lanes[LANES]
    cdef floating tail = 0
    cdef int64_t i = 0
    cdef int j
    if n >= FEW:
        for j in range(LANES):
            lanes[j] = 0
        while i + LANES <= n:
            for j in range(LANES):
                lanes[j] += x[i + j] * (y[i + j] - center)
            i += LANES
        while i + FEW <= n:
            for j in range(FEW):
                lanes[j] += x[i + j] * (y[i + j] - center)
            i += FEW
        tail = sum_of_lanes[floating](lanes)
    while i < n:
        tail += x[i] * (y[i] - center)
        i += 1
    return tail


cdef inline real lane_max(const real* x, int64_t n) noexcept nogil:
    """Largest of n >= 1 elements; NaN if there is one. The last lanes may see elements twice."""
    cdef real lanes[LANES]
    cdef real best = x[0]
    cdef real value
    cdef int64_t i = 0
    cdef int j
    if n < FEW:
        for i in range(1, n):
            value = x[i]
            best = larger(best, value)
        return best
    if n < LANES:
        for j in range(FEW):
            lanes[j] = x[n - FEW + j]
        while i + FEW <= n:
            for j in range(FEW):
                value = x[i + j]
                lanes[j] = larger(lanes[j], value)
            i += FEW
    else:
        for j in range(LANES):
            lanes[j] = x[n - LANES + j]
        while i + LANES <= n:
            for j in range(LANES):
                value = x[i + j]
                lanes[j] = larger(lanes[j], value)
            i += LANES
        for j in range(32):
            lanes[j] = larger(lanes[j], lanes[j + 32])
        for j in range(FEW):
            lanes[j] = larger(lanes[j], lanes[j + FEW])
    for j in range(8):
        lanes[j] = larger(lanes[j], lanes[j + 8])
    for j in range(4):
        lanes[j] = larger(lanes[j], lanes[j + 4])
    return larger(larger(lanes[0], lanes[1]), larger(lanes[2], lanes[3]))


cdef inline real lane_min(const real* x, int64_t n) noexcept nogil:
    """Smallest of n >= 1 elements; NaN if there is one. The last lanes may see elements twice."""
    cdef real lanes[LANES]
    cdef real best = x[0]
    cdef real value
    cdef int64_t i = 0
    cdef int j
    if n < FEW:
        for i in range(1, n):
            value = x[i]
            best = smaller(best, value)
        return best
    if n < LANES:
        for j in range(FEW):
            lanes[j] = x[n - FEW + j]
        while i + FEW <= n:
            for j in range(FEW):
                value = x[i + j]
                lanes[j] = smaller(lanes[j], value)
            i += FEW
    else:
        for j in range(LANES):
            lanes[j] = x[n - LANES + j]
        while i + LANES <= n:
            for j in range(LANES):
                value = x[i + j]
                lanes[j] = smaller(lanes[j], value)
            i += LANES
        for j in range(32):
            lanes[j] = smaller(lanes[j], lanes[j + 32])
        for j in range(FEW):
            lanes[j] = smaller(lanes[j], lanes[j + FEW])
    for j in range(8):
        lanes[j] = smaller(lanes[j], lanes[j + 8])
    for j in range(4):
        lanes[j] = smaller(lanes[j], lanes[j + 4])
    return smaller(smaller(lanes[0], lanes[1]), smaller(lanes[2], lanes[3]))


cdef inline void block_moments(const floating* x, int64_t n, double* mean,
                               double* squares) noexcept nogil:
    """Mean of n <= 4096 elements and their squared distance from it."""
    cdef floating center = lane_sum(x, n) / <floating>n
    mean[0] = center
    squares[0] = lane_squares(x, center, n)


cdef inline void merge_moments(double* mean, double* squares, int64_t count, double block_mean,
                               double block_squares, int64_t block_count) noexcept nogil:
    """Chan's formula: the moments of two sets together."""
    cdef double distance = block_mean - mean[0]
    cdef double share = <double>block_count / <double>(count + block_count)
    squares[0] += block_squares + distance * distance * <double>count * share
    mean[0] += distance * share
