"""Scalar bodies of elementwise kernels with three or four operands."""
from cytorch._C.kernels.vecmath cimport absolute, expm1, log1p_decay
from cytorch._C.types cimport floating, real


cdef inline real where(real condition, real x, real y) noexcept nogil:
    return x if condition != 0 else y

# Like PyTorch: min(max(x, low), high), a NaN anywhere gives NaN.
cdef inline real clamp(real x, real low, real high) noexcept nogil:
    cdef real raised = x if (x > low) | (x != x) else low
    return raised if (raised < high) | (raised != raised) else high

cdef inline floating lerp(floating start, floating end, floating weight) noexcept nogil:
    cdef floating step = end - start
    return start + weight * step if absolute(weight) < 0.5 else end - step * (1 - weight)

cdef inline real threshold(real x, real limit, real value) noexcept nogil:
    return value if x <= limit else x

cdef inline floating softplus(floating x, floating beta, floating limit) noexcept nogil:
    cdef floating scaled = x * beta
    cdef floating value = ((0 if scaled < 0 else scaled) + log1p_decay(scaled)) / beta
    return x if scaled > limit else value

cdef inline real addcmul(real x, real y, real z, real value) noexcept nogil:
    return <real>(x + value * y * z)

cdef inline floating addcdiv(floating x, floating y, floating z, floating value) noexcept nogil:
    return x + value * y / z

cdef inline floating elu(floating x, floating negative_scale, floating scale,
                         floating input_scale) noexcept nogil:
    cdef floating below = expm1(x * input_scale) * negative_scale
    return x * scale if x > 0 else below
