"""What the folding reductions do with complex numbers, which are pairs of reals in memory.

A total has two parts, or one where it is no complex number. complex_reduce.pyx.tp puts the pieces
together by name: `start_`, `take_` (one value into a total), `join_` (two totals).
"""
from libc.stdint cimport int64_t, uint8_t

from cytorch._C.types cimport floating


cdef inline void start_sum(floating* total) noexcept nogil:
    total[0] = 0
    total[1] = 0

cdef inline void take_sum(floating* total, const floating* value) noexcept nogil:
    total[0] += value[0]
    total[1] += value[1]

cdef inline void join_sum(floating* total, const floating* other) noexcept nogil:
    take_sum(total, other)


cdef inline void start_prod(floating* total) noexcept nogil:
    total[0] = 1
    total[1] = 0

cdef inline void take_prod(floating* total, const floating* value) noexcept nogil:
    cdef floating first = total[0]
    total[0] = first * value[0] - total[1] * value[1]
    total[1] = first * value[1] + total[1] * value[0]

cdef inline void join_prod(floating* total, const floating* other) noexcept nogil:
    take_prod(total, other)


cdef inline uint8_t is_true(const floating* value) noexcept nogil:
    return (value[0] != 0) | (value[1] != 0)


cdef inline void start_any(uint8_t* total) noexcept nogil:
    total[0] = 0

cdef inline void take_any(uint8_t* total, const floating* value) noexcept nogil:
    total[0] |= is_true(value)

cdef inline void join_any(uint8_t* total, const uint8_t* other) noexcept nogil:
    total[0] |= other[0]


cdef inline void start_all(uint8_t* total) noexcept nogil:
    total[0] = 1

cdef inline void take_all(uint8_t* total, const floating* value) noexcept nogil:
    total[0] &= is_true(value)

cdef inline void join_all(uint8_t* total, const uint8_t* other) noexcept nogil:
    total[0] &= other[0]


cdef inline void start_count_nonzero(int64_t* total) noexcept nogil:
    total[0] = 0

cdef inline void take_count_nonzero(int64_t* total, const floating* value) noexcept nogil:
    total[0] += is_true(value)

cdef inline void join_count_nonzero(int64_t* total, const int64_t* other) noexcept nogil:
    total[0] += other[0]
