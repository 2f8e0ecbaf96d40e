"""Elementary functions of float and double (vecmath.h), and one fused name for each pair.

`exp_fast_...` and the like hold where `exp_is_rare_...` is 0.
"""
from cytorch._C.types cimport floating

cdef extern from "kernels/vecmath.h" nogil:
    float exp_float(float x)
    double exp_double(double x)
    double sin_fast_double(double x)
    float exp2_float(float x)
    double exp2_double(double x)
    float expm1_float(float x)
    double expm1_double(double x)
    float log_float(float x)
    double log_double(double x)
    float log2_float(float x)
    double log2_double(double x)
    float log10_float(float x)
    double log10_double(double x)
    float log1p_float(float x)
    double log1p_double(double x)
    float sin_float(float x)
    double sin_double(double x)
    float cos_float(float x)
    double cos_double(double x)
    float tan_float(float x)
    double tan_double(double x)
    float asin_float(float x)
    double asin_double(double x)
    float acos_float(float x)
    double acos_double(double x)
    float atan_float(float x)
    double atan_double(double x)
    float sinh_float(float x)
    double sinh_double(double x)
    float cosh_float(float x)
    double cosh_double(double x)
    float tanh_float(float x)
    double tanh_double(double x)
    float asinh_float(float x)
    double asinh_double(double x)
    float acosh_float(float x)
    double acosh_double(double x)
    float atanh_float(float x)
    double atanh_double(double x)
    float erf_float(float x)
    double erf_double(double x)
    float erfc_float(float x)
    double erfc_double(double x)
    float erfinv_float(float x)
    double erfinv_double(double x)
    float lgamma_float(float x)
    double lgamma_double(double x)
    float digamma_float(float x)
    double digamma_double(double x)
    float sigmoid_float(float x)
    double sigmoid_double(double x)
    float silu_float(float x)
    double silu_double(double x)
    float log1p_decay_float(float x)
    double log1p_decay_double(double x)
    float floor_float(float x)
    double floor_double(double x)
    float ceil_float(float x)
    double ceil_double(double x)
    float trunc_float(float x)
    double trunc_double(double x)
    float round_float(float x)
    double round_double(double x)
    float atan2_float(float x, float y)
    double atan2_double(double x, double y)
    float hypot_float(float x, float y)
    double hypot_double(double x, double y)
    float pow_float(float x, float y)
    double pow_double(double x, double y)
    float erfc_size_float(float x)
    double erfc_size_double(double x)
    float nextafter_float(float x, float y)
    double nextafter_double(double x, double y)
    float polygamma_float(float x, float n)
    double polygamma_double(double x, double n)
    float fmod_float(float x, float y)
    double fmod_double(double x, double y)
    float remainder_float(float x, float y)
    double remainder_double(double x, double y)
    float floor_divide_float(float x, float y)
    double floor_divide_double(double x, double y)


cdef extern from "<math.h>" nogil:
    float sqrt_float "sqrtf"(float x)
    double sqrt_double "sqrt"(double x)
    float absolute_float "__builtin_fabsf"(float x)
    double absolute_double "__builtin_fabs"(double x)
    float with_sign_of_float "__builtin_copysignf"(float x, float sign)
    double with_sign_of_double "__builtin_copysign"(double x, double sign)


cdef inline floating exp(floating x) noexcept nogil:
    return exp_float(x) if floating is float else exp_double(x)

cdef inline floating exp2(floating x) noexcept nogil:
    return exp2_float(x) if floating is float else exp2_double(x)

cdef inline floating expm1(floating x) noexcept nogil:
    return expm1_float(x) if floating is float else expm1_double(x)

cdef inline floating log(floating x) noexcept nogil:
    return log_float(x) if floating is float else log_double(x)

cdef inline floating log2(floating x) noexcept nogil:
    return log2_float(x) if floating is float else log2_double(x)

cdef inline floating log10(floating x) noexcept nogil:
    return log10_float(x) if floating is float else log10_double(x)

cdef inline floating log1p(floating x) noexcept nogil:
    return log1p_float(x) if floating is float else log1p_double(x)

cdef inline floating sin(floating x) noexcept nogil:
    return sin_float(x) if floating is float else sin_double(x)

cdef inline floating cos(floating x) noexcept nogil:
    return cos_float(x) if floating is float else cos_double(x)

cdef inline floating tan(floating x) noexcept nogil:
    return tan_float(x) if floating is float else tan_double(x)

cdef inline floating asin(floating x) noexcept nogil:
    return asin_float(x) if floating is float else asin_double(x)

cdef inline floating acos(floating x) noexcept nogil:
    return acos_float(x) if floating is float else acos_double(x)

cdef inline floating atan(floating x) noexcept nogil:
    return atan_float(x) if floating is float else atan_double(x)

cdef inline floating sinh(floating x) noexcept nogil:
    return sinh_float(x) if floating is float else sinh_double(x)

cdef inline floating cosh(floating x) noexcept nogil:
    return cosh_float(x) if floating is float else cosh_double(x)

cdef inline floating tanh(floating x) noexcept nogil:
    return tanh_float(x) if floating is float else tanh_double(x)

cdef inline floating asinh(floating x) noexcept nogil:
    return asinh_float(x) if floating is float else asinh_double(x)

cdef inline floating acosh(floating x) noexcept nogil:
    return acosh_float(x) if floating is float else acosh_double(x)

cdef inline floating atanh(floating x) noexcept nogil:
    return atanh_float(x) if floating is float else atanh_double(x)

cdef inline floating erf(floating x) noexcept nogil:
    return erf_float(x) if floating is float else erf_double(x)

cdef inline floating erfc(floating x) noexcept nogil:
    return erfc_float(x) if floating is float else erfc_double(x)

cdef inline floating erfinv(floating x) noexcept nogil:
    return erfinv_float(x) if floating is float else erfinv_double(x)

cdef inline floating lgamma(floating x) noexcept nogil:
    return lgamma_float(x) if floating is float else lgamma_double(x)

cdef inline floating digamma(floating x) noexcept nogil:
    return digamma_float(x) if floating is float else digamma_double(x)

cdef inline floating sigmoid(floating x) noexcept nogil:
    return sigmoid_float(x) if floating is float else sigmoid_double(x)

cdef inline floating silu(floating x) noexcept nogil:
    return silu_float(x) if floating is float else silu_double(x)

cdef inline floating log1p_decay(floating x) noexcept nogil:
    return log1p_decay_float(x) if floating is float else log1p_decay_double(x)

cdef inline floating floor(floating x) noexcept nogil:
    return floor_float(x) if floating is float else floor_double(x)

cdef inline floating ceil(floating x) noexcept nogil:
    return ceil_float(x) if floating is float else ceil_double(x)

cdef inline floating trunc(floating x) noexcept nogil:
    return trunc_float(x) if floating is float else trunc_double(x)

cdef inline floating round(floating x) noexcept nogil:
    return round_float(x) if floating is float else round_double(x)

cdef inline floating sqrt(floating x) noexcept nogil:
    return sqrt_float(x) if floating is float else sqrt_double(x)

cdef inline floating absolute(floating x) noexcept nogil:
    return absolute_float(x) if floating is float else absolute_double(x)

cdef inline floating atan2(floating x, floating y) noexcept nogil:
    return atan2_float(x, y) if floating is float else atan2_double(x, y)

cdef inline floating hypot(floating x, floating y) noexcept nogil:
    return hypot_float(x, y) if floating is float else hypot_double(x, y)

cdef inline floating pow(floating x, floating y) noexcept nogil:
    return pow_float(x, y) if floating is float else pow_double(x, y)

cdef inline floating erfc_size(floating x) noexcept nogil:
    return erfc_size_float(x) if floating is float else erfc_size_double(x)

cdef inline floating nextafter(floating x, floating y) noexcept nogil:
    return nextafter_float(x, y) if floating is float else nextafter_double(x, y)

cdef inline floating polygamma(floating x, floating n) noexcept nogil:
    return polygamma_float(x, n) if floating is float else polygamma_double(x, n)

cdef inline floating fmod(floating x, floating y) noexcept nogil:
    return fmod_float(x, y) if floating is float else fmod_double(x, y)

cdef inline floating remainder(floating x, floating y) noexcept nogil:
    return remainder_float(x, y) if floating is float else remainder_double(x, y)

cdef inline floating floor_divide(floating x, floating y) noexcept nogil:
    return floor_divide_float(x, y) if floating is float else floor_divide_double(x, y)

cdef inline floating with_sign_of(floating x, floating y) noexcept nogil:
    return with_sign_of_float(x, y) if floating is float else with_sign_of_double(x, y)
