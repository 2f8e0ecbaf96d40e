"""Scalar bodies of elementwise kernels with two operands.

Integer division never traps: by zero gives 0 (the call layer has raised before), and the most
negative number by -1 wraps around.
"""
from libc.stdint cimport uint8_t

from cytorch._C.kernels.unary_bodies cimport root_half, tanh_cubic, tanh_scale
from cytorch._C.kernels.vecmath cimport (absolute, erfc_size, exp, floor_divide, fmod, log,
                                         log1p_decay, pow, remainder, sigmoid, tanh, trunc,
                                         with_sign_of)
from cytorch._C.types cimport floating, integral, real

cdef extern from "<math.h>" nogil:
    const float INFINITY
    const double M_2_SQRTPI
    const double M_SQRT1_2
    const double M_LN2
    const double M_LOG2E


# ---- arithmetic

cdef inline real add(real x, real y) noexcept nogil:
    return <real>(x + y)

cdef inline real sub(real x, real y) noexcept nogil:
    return <real>(x - y)

cdef inline real rsub(real x, real y) noexcept nogil:
    return <real>(y - x)

cdef inline real mul(real x, real y) noexcept nogil:
    return <real>(x * y)

cdef inline floating div(floating x, floating y) noexcept nogil:
    return x / y

cdef inline floating rdiv(floating x, floating y) noexcept nogil:
    return y / x

# Truncated quotient of integers that cannot trap.
cdef inline integral quotient(integral x, integral y) noexcept nogil:
    cdef integral divisor = 1 if (y == 0) | (y == <integral>-1) else y
    cdef integral result = <integral>(x / divisor)
    if integral is uint8_t:
        return 0 if y == 0 else (x == 255 if y == 255 else result)
    else:
        return 0 if y == 0 else (<integral>-x if y == -1 else result)

cdef inline real div_trunc(real x, real y) noexcept nogil:
    if real is float or real is double:
        return trunc(x / y)
    else:
        return quotient(x, y)

cdef inline real floor_quotient(real x, real y) noexcept nogil:
    cdef real whole, rest
    if real is float or real is double:
        return floor_divide(x, y)
    else:
        whole = quotient(x, y)
        rest = <real>(x - whole * y)
        return <real>(whole - ((rest != 0) & ((rest < 0) ^ (y < 0)) & (y != 0)))

cdef inline real python_remainder(real x, real y) noexcept nogil:
    cdef real rest
    if real is float or real is double:
        return remainder(x, y)
    else:
        rest = <real>(x - quotient(x, y) * y)
        return <real>(rest + y) if (rest != 0) & ((rest < 0) ^ (y < 0)) else rest

cdef inline real c_remainder(real x, real y) noexcept nogil:
    if real is float or real is double:
        return fmod(x, y)
    else:
        return <real>(x - quotient(x, y) * y)

# By squaring, modulo 2^bits; a negative exponent leaves only 1 and -1.
cdef inline integral integer_power(integral x, integral y) noexcept nogil:
    cdef integral result = 1, factor = x
    if y < 0:
        return 1 if x == 1 else (<integral>(1 - 2 * (y & 1)) if x == <integral>-1 else 0)
    while y:
        if y & 1:
            result = <integral>(result * factor)
        factor = <integral>(factor * factor)
        y >>= 1
    return result

cdef inline real power(real x, real y) noexcept nogil:
    if real is float or real is double:
        return pow(x, y)
    else:
        return integer_power(x, y)

# maximum and minimum pass a NaN on, fmax and fmin ignore it.
cdef inline real maximum(real x, real y) noexcept nogil:
    return x if (x > y) | (x != x) else y

cdef inline real minimum(real x, real y) noexcept nogil:
    return x if (x < y) | (x != x) else y

cdef inline real fmax(real x, real y) noexcept nogil:
    return x if (x > y) | (y != y) else y

cdef inline real fmin(real x, real y) noexcept nogil:
    return x if (x < y) | (y != y) else y

cdef inline floating copysign(floating x, floating y) noexcept nogil:
    return with_sign_of(x, y)

cdef inline real heaviside(real x, real y) noexcept nogil:
    return y if x == 0 else (x if x != x else <real>(x > 0))

cdef inline integral gcd(integral x, integral y) noexcept nogil:
    cdef integral rest
    while y:
        rest = <integral>(x - quotient(x, y) * y)
        x = y
        y = rest
    return <integral>-x if x < 0 else x

cdef inline integral lcm(integral x, integral y) noexcept nogil:
    cdef integral product = <integral>(quotient(x, gcd(x, y)) * y)
    return <integral>-product if product < 0 else product


# ---- comparison and logic

cdef inline uint8_t eq(real x, real y) noexcept nogil:
    return x == y

cdef inline uint8_t ne(real x, real y) noexcept nogil:
    return x != y

cdef inline uint8_t lt(real x, real y) noexcept nogil:
    return x < y

cdef inline uint8_t le(real x, real y) noexcept nogil:
    return x <= y

cdef inline uint8_t gt(real x, real y) noexcept nogil:
    return x > y

cdef inline uint8_t ge(real x, real y) noexcept nogil:
    return x >= y

cdef inline uint8_t logical_and(real x, real y) noexcept nogil:
    return (x != 0) & (y != 0)

cdef inline uint8_t logical_or(real x, real y) noexcept nogil:
    return (x != 0) | (y != 0)

cdef inline uint8_t logical_xor(real x, real y) noexcept nogil:
    return (x != 0) ^ (y != 0)

cdef inline integral bitwise_and(integral x, integral y) noexcept nogil:
    return x & y

cdef inline integral bitwise_or(integral x, integral y) noexcept nogil:
    return x | y

cdef inline integral bitwise_xor(integral x, integral y) noexcept nogil:
    return x ^ y

# A shift by the width or more, or by less than nothing, shifts everything out.
cdef inline integral bitwise_left_shift(integral x, integral y) noexcept nogil:
    cdef int bits = 8 * sizeof(integral)
    cdef bint inside = (y >= 0) & (y < bits)
    return <integral>(x << (y if inside else 0)) if inside else 0

cdef inline integral bitwise_right_shift(integral x, integral y) noexcept nogil:
    cdef int last = 8 * sizeof(integral) - 1
    cdef bint inside = (y >= 0) & (y <= last)
    if integral is uint8_t:
        return <integral>(x >> (y if inside else 0)) if inside else 0
    else:
        return <integral>(x >> (y if inside else last))


# ---- logarithms of sums

cdef inline floating logaddexp(floating x, floating y) noexcept nogil:
    cdef floating larger = maximum(x, y)
    return larger if absolute(larger) == INFINITY else larger + log1p_decay(x - y)

cdef inline floating logaddexp2(floating x, floating y) noexcept nogil:
    cdef floating larger = maximum(x, y)
    cdef floating rest = log1p_decay((x - y) * <floating>M_LN2) * <floating>M_LOG2E
    return larger if absolute(larger) == INFINITY else larger + rest

cdef inline floating xlogy(floating x, floating y) noexcept nogil:
    return y if y != y else (0 if x == 0 else x * log(y))


# ---- activations with one number, and backward passes

cdef inline real leaky_relu(real x, real slope) noexcept nogil:
    return x if x > 0 else <real>(x * slope)

cdef inline real hardshrink(real x, real limit) noexcept nogil:
    return 0 if (x >= -limit) & (x <= limit) else x

cdef inline real softshrink(real x, real limit) noexcept nogil:
    cdef real above = <real>(x - limit), below = <real>(x + limit)
    return above if x > limit else (below if x < -limit else <real>(x * 0))

# The output of relu says where it let the gradient through.
cdef inline real relu_backward(real g, real out) noexcept nogil:
    return 0 if out <= 0 else g

cdef inline floating sigmoid_backward(floating g, floating out) noexcept nogil:
    return g * ((1 - out) * out)

cdef inline floating tanh_backward(floating g, floating out) noexcept nogil:
    return g * (1 - out * out)

cdef inline floating silu_backward(floating g, floating x) noexcept nogil:
    cdef floating s = sigmoid(x)
    return g * (s * (1 + x * (1 - s)))

# Phi(x) + x phi(x)
cdef inline floating gelu_backward(floating g, floating x) noexcept nogil:
    cdef floating tail = erfc_size(x * root_half(x))
    cdef floating cumulative = <floating>0.5 * (tail if x < 0 else 2 - tail)
    cdef floating density = exp(<floating>-0.5 * x * x)
    return g * (cumulative + x * density * <floating>(0.5 * M_2_SQRTPI * M_SQRT1_2))

cdef inline floating gelu_tanh_backward(floating g, floating x) noexcept nogil:
    cdef floating cubic = tanh_cubic(x)
    cdef floating t = tanh(tanh_scale(x) * (x + cubic * x * x * x))
    cdef floating slope = tanh_scale(x) * (1 + 3 * cubic * x * x)
    return g * <floating>0.5 * ((1 + t) + x * (1 - t * t) * slope)
