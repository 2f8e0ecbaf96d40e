"""Scalar bodies of elementwise kernels with one operand; `real` ones exist for integers too.

Elementary functions (exp, sin, erf ...) come from vecmath.pxd. Selects are written as
conditional expressions, which the C compiler turns into vector blends.
"""
from libc.stdint cimport uint8_t

from cytorch._C.kernels.vecmath cimport (absolute, ceil, erfc_size, exp, floor, log,
                                         log1p_decay, round, sin_fast_double, sqrt, tanh, trunc)
from cytorch._C.types cimport floating, integral, real

cdef extern from "<math.h>" nogil:
    const float INFINITY
    const double PI "M_PI"

cdef enum:
    MISH_IS_IDENTITY = 20

# sqrt(1/2), and the two numbers of gelu's tanh form: sqrt(2 / pi) and the cubic term
cdef inline floating root_half(floating like) noexcept nogil:
    return <floating>0.70710678118654752440

cdef inline floating tanh_scale(floating like) noexcept nogil:
    return <floating>0.79788456080286535588

cdef inline floating tanh_cubic(floating like) noexcept nogil:
    return <floating>0.044715


# ---- arithmetic

cdef inline real neg(real x) noexcept nogil:
    return <real>-x

cdef inline real absolute_value(real x) noexcept nogil:
    if real is float or real is double:
        return absolute(x)
    else:
        return <real>-x if x < 0 else x

cdef inline real sign(real x) noexcept nogil:
    return <real>((x > 0) - (x < 0))

cdef inline real square(real x) noexcept nogil:
    return <real>(x * x)

cdef inline floating reciprocal(floating x) noexcept nogil:
    return 1 / x

cdef inline floating square_root(floating x) noexcept nogil:
    return sqrt(x)

cdef inline floating rsqrt(floating x) noexcept nogil:
    return 1 / sqrt(x)

# Whole numbers stay as they are.
cdef inline real rounded_down(real x) noexcept nogil:
    if real is float or real is double:
        return floor(x)
    else:
        return x

cdef inline real rounded_up(real x) noexcept nogil:
    if real is float or real is double:
        return ceil(x)
    else:
        return x

cdef inline real rounded(real x) noexcept nogil:
    if real is float or real is double:
        return round(x)
    else:
        return x

cdef inline real truncated(real x) noexcept nogil:
    if real is float or real is double:
        return trunc(x)
    else:
        return x

cdef inline floating frac(floating x) noexcept nogil:
    return x - trunc(x)


# ---- tests

cdef inline uint8_t isnan(floating x) noexcept nogil:
    return x != x

cdef inline uint8_t isinf(floating x) noexcept nogil:
    return absolute(x) == INFINITY

cdef inline uint8_t isfinite(floating x) noexcept nogil:
    return absolute(x) < INFINITY

cdef inline uint8_t logical_not(real x) noexcept nogil:
    return x == 0

cdef inline integral bitwise_not(integral x) noexcept nogil:
    return <integral>~x


# ---- activations

cdef inline real relu(real x) noexcept nogil:
    return 0 if x <= 0 else x

cdef inline floating hardsigmoid(floating x) noexcept nogil:
    cdef floating shifted = x + 3
    shifted = 0 if shifted < 0 else shifted
    return (6 if shifted > 6 else shifted) / 6

cdef inline floating hardswish(floating x) noexcept nogil:
    return (-3 if x < -3 else x) * hardsigmoid(x)

# 0.5 x (1 + erf(x / sqrt 2)). Below -30 it is 0; the limit keeps -inf * 0 away.
cdef inline floating gelu(floating x) noexcept nogil:
    cdef floating half = <floating>0.5 * (-30 if x < -30 else x)
    cdef floating tail = erfc_size(x * root_half(x))
    return half * (tail if x < 0 else 2 - tail)

cdef inline floating gelu_tanh(floating x) noexcept nogil:
    cdef floating half = <floating>0.5 * (-30 if x < -30 else x)
    return half + half * tanh(tanh_scale(x) * (x + tanh_cubic(x) * x * x * x))

# x tanh(softplus(x)) = x n / (n + 2) with n = e (e + 2), e = exp(x)
cdef inline floating mish(floating x) noexcept nogil:
    cdef floating e = exp(<floating>MISH_IS_IDENTITY if x > MISH_IS_IDENTITY else x)
    cdef floating n = e * (e + 2)
    cdef floating value = (-200 if x < -200 else x) * n / (n + 2)
    return x if x > MISH_IS_IDENTITY else value

cdef inline floating log_sigmoid(floating x) noexcept nogil:
    return (0 if x > 0 else x) - log1p_decay(x)

cdef inline floating logit(floating x) noexcept nogil:
    return log(x / (1 - x))

# sin(pi x) / (pi x); x modulo 2 first, which is exact, so that the sine stays in its quick range.
cdef inline floating sinc(floating x) noexcept nogil:
    cdef double wide = x
    cdef double turn = wide - 2 * round(wide * 0.5)
    cdef double value = sin_fast_double(PI * turn) / (PI * wide)
    return 1 if x == 0 else <floating>value
