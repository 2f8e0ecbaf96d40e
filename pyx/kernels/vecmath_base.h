/* What vecmath_float.h and vecmath_double.h are made of.
 *
 * Every function is free of branches and of library calls, so that the compiler turns a loop over
 * it into vector code: `&` and `|` instead of `&&` and `||`, selects instead of ifs. Needs
 * -O3 -fno-math-errno -fno-trapping-math; -ffast-math would break rounding and NaN handling. */
#ifndef CYTORCH_VECMATH_BASE_H
#define CYTORCH_VECMATH_BASE_H
#include <math.h>
#include <stdint.h>
#include "vecmath_coefficients.h"

#define VECTOR static inline __attribute__((always_inline))

/* a * b + c, rounded once where the processor can. */
#ifdef __FMA__
VECTOR float multiply_add_float(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
VECTOR double multiply_add_double(double a, double b, double c) { return __builtin_fma(a, b, c); }
#else
VECTOR float multiply_add_float(float a, float b, float c) { return a * b + c; }
VECTOR double multiply_add_double(double a, double b, double c) { return a * b + c; }
#endif

VECTOR float float_of_bits(uint32_t bits) {
  float value;
  __builtin_memcpy(&value, &bits, 4);
  return value;
}
VECTOR uint32_t bits_of_float(float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, 4);
  return bits;
}
VECTOR double double_of_bits(uint64_t bits) {
  double value;
  __builtin_memcpy(&value, &bits, 8);
  return value;
}
VECTOR uint64_t bits_of_double(double value) {
  uint64_t bits;
  __builtin_memcpy(&bits, &value, 8);
  return bits;
}

/* Without the unroll pragma a loop over fma silently keeps the caller's loop scalar. */
VECTOR float horner_float(float x, const float *coefficients, int degree) {
  float sum = coefficients[degree];
#pragma GCC unroll 16
  for (int k = degree - 1; k >= 0; k--) sum = multiply_add_float(sum, x, coefficients[k]);
  return sum;
}
VECTOR double horner_double(double x, const double *coefficients, int degree) {
  double sum = coefficients[degree];
#pragma GCC unroll 16
  for (int k = degree - 1; k >= 0; k--) sum = multiply_add_double(sum, x, coefficients[k]);
  return sum;
}
#define POLYNOMIAL_FLOAT(x, name) \
  horner_float(x, name##_float, sizeof(name##_float) / sizeof(float) - 1)
#define POLYNOMIAL_DOUBLE(x, name) \
  horner_double(x, name##_double, sizeof(name##_double) / sizeof(double) - 1)

/* Adding 1.5 * 2^23 (2^52) rounds to an integer, to even in ties, and leaves it in the low bits. */
#define ROUNDER_FLOAT 0x1.8p23f
#define ROUNDER_DOUBLE 0x1.8p52
#define LOG2E 0x1.71547652b82fep+0
#define PI 0x1.921fb54442d18p+1

/* 2^n for -127 < n < 128, and -1023 < n < 1024. */
VECTOR float power_of_two_float(int32_t n) { return float_of_bits((uint32_t)(n + 127) << 23); }
VECTOR double power_of_two_double(int64_t n) {
  return double_of_bits((uint64_t)(n + 1023) << 52);
}

/* min and max that let a NaN in `x` through. */
VECTOR float at_most_float(float x, float limit) { return limit < x ? limit : x; }
VECTOR float at_least_float(float x, float limit) { return limit > x ? limit : x; }
VECTOR double at_most_double(double x, double limit) { return limit < x ? limit : x; }
VECTOR double at_least_double(double x, double limit) { return limit > x ? limit : x; }

/* Rounding to whole numbers. SSE2 has no instruction for it: there the rounder does it, up to the
 * size from which every number is whole. */
#ifdef __SSE4_1__
VECTOR float round_float(float x) { return __builtin_rintf(x); }
VECTOR float floor_float(float x) { return __builtin_floorf(x); }
VECTOR float ceil_float(float x) { return __builtin_ceilf(x); }
VECTOR float trunc_float(float x) { return __builtin_truncf(x); }
VECTOR double round_double(double x) { return __builtin_rint(x); }
VECTOR double floor_double(double x) { return __builtin_floor(x); }
VECTOR double ceil_double(double x) { return __builtin_ceil(x); }
VECTOR double trunc_double(double x) { return __builtin_trunc(x); }
#else
#define ROUNDING_WITHOUT_SSE4(type, suffix, limit)                                              \
  VECTOR type round_##type(type x) {                                                            \
    type size = __builtin_fabs##suffix(x), whole = (size + limit) - limit;                      \
    return __builtin_copysign##suffix(size < limit ? whole : size, x);                          \
  }                                                                                             \
  VECTOR type floor_##type(type x) {                                                            \
    type whole = round_##type(x);                                                               \
    return __builtin_copysign##suffix(whole > x ? whole - 1 : whole, x);                        \
  }                                                                                             \
  VECTOR type ceil_##type(type x) {                                                             \
    type whole = round_##type(x);                                                               \
    return __builtin_copysign##suffix(whole < x ? whole + 1 : whole, x);                        \
  }                                                                                             \
  VECTOR type trunc_##type(type x) {                                                            \
    type whole = floor_##type(__builtin_fabs##suffix(x));                                       \
    return __builtin_copysign##suffix(whole, x);                                                \
  }
ROUNDING_WITHOUT_SSE4(float, f, 0x1p23f)
ROUNDING_WITHOUT_SSE4(double, , 0x1p52)
#endif
#endif
