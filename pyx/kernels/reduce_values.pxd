"""Scalar pieces of the folding reductions: starting values, what is done to each value, how two
totals combine, and the last step. reduce_fold.pyx.tp puts them together by name.
"""
from libc.math cimport INFINITY, sqrt
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t

from cytorch._C.types cimport floating, real

ctypedef fused number:
    int64_t
    float
    double


cdef inline number zero(number like) noexcept nogil:
    return 0

cdef inline number one(number like) noexcept nogil:
    return 1

cdef inline real lowest(real like) noexcept nogil:
    if real is float or real is double:
        return -INFINITY
    elif real is uint8_t:
        return 0
    else:
        return <real>(<int64_t>-1 << (8 * sizeof(real) - 1))

cdef inline real highest(real like) noexcept nogil:
    if real is float or real is double:
        return INFINITY
    elif real is uint8_t:
        return 255
    else:
        return ~lowest(like)

cdef inline uint8_t false_value(real like) noexcept nogil:
    return 0

cdef inline uint8_t true_value(real like) noexcept nogil:
    return 1

cdef inline int64_t no_count(real like) noexcept nogil:
    return 0


cdef inline real same(real value) noexcept nogil:
    return value

cdef inline number zero_if_nan(number value) noexcept nogil:
    if number is int64_t:
        return value
    else:
        return value if value == value else 0

cdef inline floating squared(floating value) noexcept nogil:
    return value * value

cdef inline bint is_nan(real value) noexcept nogil:
    if real is float or real is double:
        return value != value
    else:
        return False

cdef inline uint8_t is_true(real value) noexcept nogil:
    return value != 0

cdef inline int64_t count_one(real value) noexcept nogil:
    return value != 0


cdef inline number add(number a, number b) noexcept nogil:
    return a + b

cdef inline number multiply(number a, number b) noexcept nogil:
    return a * b

# Two selections, one after the other: gcc vectorises them wherever they are nested, and one
# selection on `(b > a) | (b != b)` it does not.
cdef inline real larger(real a, real b) noexcept nogil:
    cdef real best = b if b > a else a
    if real is float or real is double:
        return b if b != b else best    # NaN wins; a NaN in `a` has stayed in `best`
    else:
        return best

cdef inline real smaller(real a, real b) noexcept nogil:
    cdef real best = b if b < a else a
    if real is float or real is double:
        return b if b != b else best
    else:
        return best

cdef inline uint8_t either(uint8_t a, uint8_t b) noexcept nogil:
    return a | b

cdef inline uint8_t both(uint8_t a, uint8_t b) noexcept nogil:
    return a & b


cdef inline floating averaged(floating total, int64_t length) noexcept nogil:
    return total / <floating>length

cdef inline floating rooted(floating total, int64_t length) noexcept nogil:
    return <floating>sqrt(total)
