/* Error function, gamma function, pow, remainders. What is called `_float` mostly computes in
 * double, where no step needs extra care. */
#ifndef CYTORCH_VECMATH_SPECIAL_H
#define CYTORCH_VECMATH_SPECIAL_H
#include "vecmath_double.h"
#include "vecmath_float.h"

/* ---- error function -------------------------------------------------------------------------- */

VECTOR float erf_float(float x) {
  float size = __builtin_fabsf(x), inner = POLYNOMIAL_FLOAT(x * x, ERF) * x;
  float exponent = POLYNOMIAL_FLOAT(at_most_float(size, 4.0f), LOG_ERFC);
  float outer = __builtin_copysignf(1.0f - exp_fast_float(exponent), x);
  return size >= 1.0f ? outer : inner; /* NaN takes the polynomial */
}

/* erfc(|x|) with an error relative to 1, not to itself: what gelu needs. */
VECTOR float erfc_size_float(float x) {
  float size = at_most_float(__builtin_fabsf(x), 4.0f);
  return __builtin_fabsf(x) > 4.0f ? 0.0f : exp_fast_float(POLYNOMIAL_FLOAT(size, GELU));
}
static inline double erfc_size_double(double x) { return erfc(fabs(x)); }

/* |x| <= 10.5 is enough for the smallest float */
VECTOR float erfc_float(float x) {
  double size = at_most_double(__builtin_fabs((double)x), 10.5);
  double scaled = POLYNOMIAL_DOUBLE((size - 4.0) / (size + 4.0), SCALED_ERFC);
  double tail = exp_fast_double(-size * size) * scaled;
  return (float)(x < 0.0f ? 2.0 - tail : tail);
}

/* log of a positive normal number, to 43 bits */
VECTOR double log_short_double(double x) {
  double k, f = split_double(x, &k), s = f / (2.0 + f), square = s * s;
  double rest = POLYNOMIAL_DOUBLE(square, LOG_SHORT) * square;
  return multiply_add_double(k, 0x1.62e42fefa39efp-1, multiply_add_double(rest, s, 2.0 * s));
}

/* erfinv(x) / x as a function of w = -log(1 - x^2), to 26 bits for w <= 16.8 */
VECTOR double erfinv_ratio_double(double w) {
  double tail = POLYNOMIAL_DOUBLE(__builtin_sqrt(w), ERFINV_TAIL);
  return w < 5.0 ? POLYNOMIAL_DOUBLE(w, ERFINV_MIDDLE) : tail;
}

VECTOR float erfinv_float(float x) {
  double size = __builtin_fabs((double)x);
  double ratio = erfinv_ratio_double(-log_short_double((1.0 - size) * (1.0 + size)));
  double result = (size < 1.0 ? ratio : __builtin_inf()) * (double)x;
  return (float)(size > 1.0 ? __builtin_nan("") : result);
}

/* The float's value as a first guess, then Halley's method. */
static inline double erfinv_double(double x) {
  double size = fabs(x), rest = 1.0 - size;
  if (!(size < 1.0)) return size == 1.0 ? x * INFINITY : x * NAN;
  double w = -log(rest * (1.0 + size));
  double y = w < 16.8 ? erfinv_ratio_double(w) * size : sqrt(w - 0.5 * log(PI * w));
  for (int step = 0; step < 3; step++) {
    double error = size < 0.5 ? erf(y) - size : rest - erfc(y); /* erfc keeps its digits near 1 */
    double change = error / (0x1.20dd750429b6dp+0 * exp(-y * y));
    y -= change / (1.0 + y * change);
  }
  return copysign(y, x);
}

/* ---- gamma function -------------------------------------------------------------------------- */

/* For |r| <= 1/2: beyond pi / 4 the polynomials lose digits, but a float has enough of them. */
VECTOR double sin_pi_double(double r) { return sin_reduced_double(PI * r); }
VECTOR double cos_pi_double(double r) { return cos_reduced_double(PI * r); }

/* Stirling's series 8 steps above a = |x|: gamma(a + 8) = a (a + 1) ... (a + 7) gamma(a), and
 * gamma(-a) = -pi / (a sin(pi a) gamma(a)). */
VECTOR float lgamma_float(float x) {
  double size = __builtin_fabs((double)x), r = size - round_double(size);
  int near = size < 8.0, negative = x < 0.0f;
  double low = near ? size : 1.0, product = low, z = near ? size + 8.0 : size;
#pragma GCC unroll 16
  for (int k = 1; k < 8; k++) product *= low + (double)k;
  product = near ? product : 1.0;
  double t = 1.0 / z, u = t * t;
  const double series[] = {1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188};
  double stirling = (z - 0.5) * (log_short_double(z) - 1.0) + (0.91893853320467274178 - 0.5);
  stirling += horner_double(u, series, 4) * t;
  double reflected = product * PI / (size * __builtin_fabs(sin_pi_double(r)));
  double rest = log_double(negative ? reflected : product);
  double result = negative ? rest - stirling : stirling - rest;
  return (float)(size == __builtin_inf() ? size : result);
}
/* lgamma() itself writes the global `signgam`, which threads would race for. */
static inline double lgamma_double(double x) {
  int sign;
  return lgamma_r(x, &sign);
}

/* digamma(x + 6) = digamma(x) + 1/x + ... + 1/(x + 5), the sum as derivative / product */
VECTOR double digamma_positive_double(double x, int shifts) {
  int near = x < (double)shifts;
  double low = near ? x : 1.0, product = low, derivative = 1.0, z = near ? x + shifts : x;
#pragma GCC unroll 16
  for (int k = 1; k < shifts; k++) {
    derivative = derivative * (low + k) + product;
    product *= low + k;
  }
  double t = 1.0 / z, u = t * t;
  const double series[] = {1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                           1.0 / 132, -691.0 / 32760, 1.0 / 12};
  double result = log_double(z) - 0.5 * t - horner_double(u, series, 6) * u;
  return result - (near ? derivative / product : 0.0);
}
/* The reflection psi(-a) = psi(a) + 1 / a + pi / tan(pi a); r is a without its whole part. */
VECTOR double digamma_ends_double(double x, double r, double positive, double tangent) {
  double reflected = r == 0.0 ? __builtin_nan("") : positive - 1.0 / x + PI / tangent;
  double result = x < 0.0 ? reflected : positive;
  return x == 0.0 ? __builtin_copysign(__builtin_inf(), -x) : result;
}
VECTOR float digamma_float(float x) {
  double size = __builtin_fabs((double)x), r = size - round_double(size);
  double tangent = sin_pi_double(r) / cos_pi_double(r);
  return (float)digamma_ends_double(x, r, digamma_positive_double(size, 6), tangent);
}
static inline double digamma_double(double x) {
  double size = fabs(x), r = size - round_double(size);
  if (size < 1e-300) return -1.0 / x;
  return digamma_ends_double(x, r, digamma_positive_double(size, 10), tan(PI * r));
}

static inline double inverse_power(double x, int n) {
  double power = 1.0;
  for (int k = 0; k < n; k++) power /= x;
  return power;
}

/* The n-th derivative of digamma, n >= 1: (-1)^(n + 1) n! times the sum of 1 / (x + k)^(n + 1),
 * its end by Euler and Maclaurin. */
static inline double polygamma_double(double x, double n) {
  const double factors[] = {1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600, 1.0 / 47900160,
                            -691.0 / 1307674368000.0};
  double s = n + 1.0, sum = 0.0, inf = INFINITY;
  if (!(x > -1e6) | !(n >= 1.0) | !(n < 1e3)) return NAN;
  if ((x <= 0.0) & (floor(x) == x)) return inf;
  if (x == inf) return 0.0;
  for (; x < 12.0 + n; x += 1.0) sum += inverse_power(x, (int)s);
  double power = inverse_power(x, (int)s), term = s * power / x;
  sum += power * (x / (s - 1.0) + 0.5);
  for (int k = 0; k < 6; k++) {
    sum += factors[k] * term;
    term *= (s + 2 * k + 1) * (s + 2 * k + 2) / (x * x);
  }
  return (fmod(n, 2.0) == 0.0 ? -1.0 : 1.0) * tgamma(s) * sum;
}
static inline float polygamma_float(float x, float n) { return (float)polygamma_double(x, n); }

/* ---- powers ---------------------------------------------------------------------------------- */

/* 2^(y log2|x|) in double, then the special cases of C99's pow. */
VECTOR float pow_float(float base, float exponent) {
  double x = __builtin_fabs((double)base), y = (double)exponent, inf = __builtin_inf();
  double logarithm = x == 0.0 ? -inf : log_short_double(x);
  logarithm = x < inf ? logarithm : x;
  double power = at_most_double(at_least_double(logarithm * LOG2E * y, -200.0), 200.0);
  double rounded = power + ROUNDER_DOUBLE, r = power - (rounded - ROUNDER_DOUBLE);
  double value = multiply_add_double(POLYNOMIAL_DOUBLE(r, EXP2_SHORT), r, 1.0);
  value = double_of_bits(bits_of_double(value) + (bits_of_double(rounded) << 52));
  int whole = round_double(y) == y, even = round_double(0.5 * y) == 0.5 * y;
  int negative = (bits_of_float(base) >> 31) & (base == base);
  value = negative & whole & (even ^ 1) ? -value : value;
  value = negative & (whole ^ 1) & (x > 0.0) & (x < inf) ? __builtin_nan("") : value;
  value = (base == -1.0f) & (__builtin_fabs(y) == inf) ? 1.0 : value;
  return (float)((base == 1.0f) | (y == 0.0) ? 1.0 : value);
}

VECTOR float hypot_float(float x, float y) {
  double a = __builtin_fabs((double)x), b = __builtin_fabs((double)y), inf = __builtin_inf();
  double result = __builtin_sqrt(a * a + b * b);
  return (float)((a == inf) | (b == inf) ? inf : result);
}

/* The next number after x in the direction of y. */
#define NEXT_AFTER(type, bits_type)                                                             \
  VECTOR type nextafter_##type(type x, type y) {                                                \
    bits_type bits = bits_of_##type(x), sign = bits & ~(~(bits_type)0 >> 1);                    \
    bits_type inward = (x < y) ^ (sign == 0);                                                   \
    bits = bits + 1 - 2 * inward;                                                               \
    bits = x == 0 ? 1 | (bits_of_##type(y) & ~(~(bits_type)0 >> 1)) : bits;                     \
    type next = type##_of_bits(bits);                                                           \
    return x == y ? y : ((x != x) | (y != y) ? x + y : next);                                   \
  }
NEXT_AFTER(float, uint32_t)
NEXT_AFTER(double, uint64_t)

/* ---- remainders ------------------------------------------------------------------------------ */

/* a - trunc(a / b) b where the quotient is small: exact with a fused add, or in double. */
#ifdef __FMA__
#define FAST_FMOD(type, suffix)                                                                 \
  VECTOR type fmod_fast_##type(type a, type b) {                                                \
    type size = __builtin_fabs##suffix(a), step = __builtin_fabs##suffix(b);                    \
    type rest = multiply_add_##type(-trunc_##type(size / step), step, size);                    \
    return __builtin_copysign##suffix(rest < 0 ? rest + step : rest, a);                        \
  }
FAST_FMOD(float, f)
FAST_FMOD(double, )
#else
VECTOR float fmod_fast_float(float a, float b) {
  double size = __builtin_fabs((double)a), step = __builtin_fabs((double)b);
  return __builtin_copysignf((float)(size - trunc_double(size / step) * step), a);
}
static inline double fmod_fast_double(double a, double b) { return fmod(a, b); }
#endif
static inline float fmod_float(float a, float b) { return fmodf(a, b); }
static inline double fmod_double(double a, double b) { return fmod(a, b); }

#define REMAINDERS(type, suffix, limit)                                                         \
  VECTOR int fmod_is_rare_##type(type a, type b) {                                              \
    return !((__builtin_fabs##suffix(a / b) < limit) &                                          \
             (__builtin_fabs##suffix(b) < __builtin_inf##suffix()));                            \
  }                                                                                             \
  /* Python's remainder: has the sign of the divisor */                                         \
  VECTOR type with_divisor_sign_##type(type rest, type b) {                                     \
    return (rest != 0) & ((rest < 0) ^ (b < 0)) ? rest + b : rest;                              \
  }                                                                                             \
  VECTOR type remainder_fast_##type(type a, type b) {                                           \
    return with_divisor_sign_##type(fmod_fast_##type(a, b), b);                                 \
  }                                                                                             \
  VECTOR int remainder_is_rare_##type(type a, type b) { return fmod_is_rare_##type(a, b); }     \
  static inline type remainder_##type(type a, type b) {                                         \
    return with_divisor_sign_##type(fmod##suffix(a, b), b);                                     \
  }                                                                                             \
  /* Python's floor division, as PyTorch rounds it */                                           \
  VECTOR type quotient_##type(type a, type b, type rest) {                                      \
    type quotient = (a - rest) / b;                                                             \
    quotient -= (rest != 0) & ((rest < 0) ^ (b < 0)) ? (type)1 : (type)0;                       \
    type whole = floor_##type(quotient);                                                        \
    whole += quotient - whole > (type)0.5 ? (type)1 : (type)0;                                  \
    return quotient == 0 ? __builtin_copysign##suffix((type)0, a / b) : whole;                  \
  }                                                                                             \
  VECTOR type floor_divide_fast_##type(type a, type b) {                                        \
    return quotient_##type(a, b, fmod_fast_##type(a, b));                                       \
  }                                                                                             \
  VECTOR int floor_divide_is_rare_##type(type a, type b) { return fmod_is_rare_##type(a, b); }  \
  static inline type floor_divide_##type(type a, type b) {                                      \
    return b == 0 ? a / b : quotient_##type(a, b, fmod##suffix(a, b));                          \
  }
REMAINDERS(float, f, 0x1p22f)
REMAINDERS(double, , 0x1p50)
#endif
