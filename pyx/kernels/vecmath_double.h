/* Elementary functions of doubles, about 1 ulp. The rarer ones are calls into libm. */
#ifndef CYTORCH_VECMATH_DOUBLE_H
#define CYTORCH_VECMATH_DOUBLE_H
#include "vecmath_base.h"

#define LN2_HIGH 0x1.62e42fefa0000p-1 /* few bits: times an exponent it is exact */
#define LN2_LOW 0x1.cf79abc9e3b3ap-40

/* ---- exponentials ---------------------------------------------------------------------------- */

/* expm1(r) for x = n log 2 + r; `rounded` carries n in its low bits. */
VECTOR double exp_reduced_double(double x, double *rounded) {
  *rounded = multiply_add_double(x, LOG2E, ROUNDER_DOUBLE);
  double n = *rounded - ROUNDER_DOUBLE;
  double r = multiply_add_double(-n, LN2_HIGH, x);
  r = multiply_add_double(-n, LN2_LOW, r);
  return multiply_add_double(POLYNOMIAL_DOUBLE(r, EXP) * r, r, r);
}

VECTOR int64_t whole_of_double(double rounded) {
  return (int64_t)(bits_of_double(rounded) - bits_of_double(ROUNDER_DOUBLE));
}

/* value * 2^n in two steps: right for overflow and denormal results. */
VECTOR double scale_double(double value, int64_t n) {
  int64_t half = (int32_t)n >> 1; /* AVX2 has no arithmetic shift of 64 bits */
  return value * power_of_two_double(half) * power_of_two_double(n - half);
}

VECTOR double exp_double(double x) {
  double rounded;
  x = at_least_double(at_most_double(x, 710.0), -746.0);
  double value = exp_reduced_double(x, &rounded) + 1.0;
  return scale_double(value, whole_of_double(rounded));
}

/* exp where |x| <= 707: no clamping, one scaling. */
VECTOR double exp_fast_double(double x) {
  double rounded, value = exp_reduced_double(x, &rounded) + 1.0;
  return double_of_bits(bits_of_double(value) + (bits_of_double(rounded) << 52));
}
VECTOR int exp_is_rare_double(double x) { return !(__builtin_fabs(x) <= 707.0); }

VECTOR double exp2_double(double x) {
  x = at_least_double(at_most_double(x, 1025.0), -1076.0);
  double rounded = x + ROUNDER_DOUBLE, r = x - (rounded - ROUNDER_DOUBLE);
  double value = multiply_add_double(POLYNOMIAL_DOUBLE(r, EXP2), r, 1.0);
  return scale_double(value, whole_of_double(rounded));
}

VECTOR double expm1_double(double x) {
  double rounded, clamped = at_least_double(at_most_double(x, 710.0), -38.0);
  double value = exp_reduced_double(clamped, &rounded);
  /* 2^n expm1(r) + (2^n - 1), halved so that n = 1024 does not overflow early */
  double half = power_of_two_double(whole_of_double(rounded) - 1);
  double result = 2.0 * multiply_add_double(half, value, half - 0.5);
  return __builtin_copysign(result, x);
}

/* ---- logarithms ------------------------------------------------------------------------------ */

/* x = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2); x positive and normal. */
VECTOR double split_double(double x, double *k) {
  const uint64_t root_half = 0x3fe6a09e667f3bcdULL, one = 0x3ff0000000000000ULL;
  uint64_t bits = bits_of_double(x) + (one - root_half);
  /* AVX2 cannot convert 64-bit integers: put the exponent into the bits of 2^52 */
  *k = double_of_bits((bits >> 52) | 0x4330000000000000ULL) - 0x1p52 - 1023.0;
  return double_of_bits((bits & 0xfffffffffffffULL) + root_half) - 1.0;
}

/* log(1 + f) + k log 2 + `low` */
VECTOR double log_sum_double(double f, double k, double low) {
  double s = f / (2.0 + f), half_square = 0.5 * f * f;
  double rest = s * s * POLYNOMIAL_DOUBLE(s * s, LOG);
  low = multiply_add_double(k, LN2_LOW, low);
  double tail = multiply_add_double(s, half_square + rest, low);
  return multiply_add_double(k, LN2_HIGH, f - (half_square - tail));
}

/* The values of a logarithm at the ends of its range. */
VECTOR double log_ends_double(double result, double x, double zero) {
  result = x == zero ? -__builtin_inf() : result;
  result = x < zero ? __builtin_nan("") : result;
  return x < __builtin_inf() ? result : x + x;
}

VECTOR double split_any_double(double x, double *k) {
  int denormal = x < 0x1p-1022;
  double f = split_double(denormal ? x * 0x1p54 : x, k);
  *k -= denormal ? 54.0 : 0.0;
  return f;
}

VECTOR double log_double(double x) {
  double k, f = split_any_double(x, &k);
  return log_ends_double(log_sum_double(f, k, 0.0), x, 0.0);
}

VECTOR double log2_double(double x) {
  double k, f = split_any_double(x, &k), y = log_sum_double(f, 0.0, 0.0);
  double low = multiply_add_double(y, 0x1.777d0ffda0d24p-56, k); /* LOG2E's missing bits */
  return log_ends_double(multiply_add_double(y, LOG2E, low), x, 0.0);
}

VECTOR double log10_double(double x) {
  double k, f = split_any_double(x, &k), y = log_sum_double(f, 0.0, 0.0);
  double low = multiply_add_double(k, 0x1.e7fbcc47c4acdp-40, y * 0x1.bcb7b1526e50ep-2);
  return log_ends_double(multiply_add_double(k, 0x1.34413509f0000p-2, low), x, 0.0);
}

VECTOR double log1p_double(double x) {
  double k, u = 1.0 + x;
  split_double(u, &k);
  /* (1 + x) 2^-k - 1 without the rounding of 1 + x; a quarter first, since 2^-1024 is denormal */
  double scale = double_of_bits(bits_of_double(ROUNDER_DOUBLE + (2.0 + 1023.0 - k)) << 52);
  double f = multiply_add_double(0.25 * x, scale, 0.25 * scale - 1.0);
  double result = log_ends_double(log_sum_double(f, k, 0.0), x, -1.0);
  return __builtin_fabs(x) < 0x1p-54 ? x : result;
}

/* ---- trigonometric --------------------------------------------------------------------------- */

/* x - n pi / 2, |result| <= pi / 4. Right for |x| <= TRIG_LIMIT_DOUBLE: the parts of pi / 2 have 33
 * bits, so that n times a part is exact. */
#define TRIG_LIMIT_DOUBLE 1e5
VECTOR double reduce_double(double x, double *rounded) {
  *rounded = multiply_add_double(x, 2.0 / PI, ROUNDER_DOUBLE);
  double n = *rounded - ROUNDER_DOUBLE;
  double r = multiply_add_double(-n, 0x1.921fb54400000p+0, x);
  r = multiply_add_double(-n, 0x1.0b4611a600000p-34, r);
  return multiply_add_double(-n, 0x1.3198a2e037073p-69, r);
}
VECTOR double sin_reduced_double(double r) {
  return multiply_add_double(POLYNOMIAL_DOUBLE(r * r, SIN) * (r * r), r, r);
}
VECTOR double cos_reduced_double(double r) {
  double square = r * r, rest = POLYNOMIAL_DOUBLE(square, COS) * square;
  double half = 0.5 * square, whole = 1.0 - half;
  return whole + multiply_add_double(rest, square, (1.0 - whole) - half);
}
VECTOR double quarter_double(double x, uint64_t turn) {
  double rounded, r = reduce_double(x, &rounded);
  uint64_t quarter = bits_of_double(rounded) + turn;
  double value = (quarter & 1) ? cos_reduced_double(r) : sin_reduced_double(r);
  return double_of_bits(bits_of_double(value) ^ ((quarter & 2) << 62));
}
VECTOR double sin_fast_double(double x) { return quarter_double(x, 0); }
VECTOR double cos_fast_double(double x) { return quarter_double(x, 1); }
VECTOR int sin_is_rare_double(double x) { return !(__builtin_fabs(x) <= TRIG_LIMIT_DOUBLE); }
VECTOR int cos_is_rare_double(double x) { return sin_is_rare_double(x); }
static inline double sin_double(double x) { return sin(x); }
static inline double cos_double(double x) { return cos(x); }
static inline double tan_double(double x) { return tan(x); }
static inline double asin_double(double x) { return asin(x); }
static inline double acos_double(double x) { return acos(x); }
static inline double atan_double(double x) { return atan(x); }
static inline double atan2_double(double y, double x) { return atan2(y, x); }

/* ---- hyperbolic ------------------------------------------------------------------------------ */

static inline double sinh_double(double x) { return sinh(x); }
static inline double cosh_double(double x) { return cosh(x); }
static inline double asinh_double(double x) { return asinh(x); }
static inline double acosh_double(double x) { return acosh(x); }
static inline double atanh_double(double x) { return atanh(x); }

VECTOR double tanh_double(double x) {
  double size = __builtin_fabs(x), square = x * x;
  double small = multiply_add_double(POLYNOMIAL_DOUBLE(square, TANH) * square, x, x);
  double e = exp_fast_double(2.0 * at_most_double(size, 22.0));
  double big = __builtin_copysign(1.0 - 2.0 / (e + 1.0), x);
  return size >= 0.6 ? big : small; /* NaN takes the polynomial */
}

/* ---- logistic and its relatives -------------------------------------------------------------- */

/* exp(-|x|) before its last scaling, so that tiny results are rounded once. */
VECTOR double decay_double(double x, double *first, double *second) {
  double rounded, a = at_least_double(-__builtin_fabs(x), -780.0);
  double value = exp_reduced_double(a, &rounded) + 1.0;
  int64_t n = whole_of_double(rounded), half = (int32_t)n >> 1;
  *first = power_of_two_double(half);
  *second = power_of_two_double(n - half);
  return value * *first;
}
VECTOR double sigmoid_double(double x) {
  double first, second, e = decay_double(x, &first, &second), whole = 1.0 + e * second;
  return x < 0.0 ? e / whole * second : 1.0 / whole;
}
VECTOR double silu_double(double x) {
  double first, second, e = decay_double(x, &first, &second), whole = 1.0 + e * second;
  double negative = at_least_double(x, -1000.0) * e / whole * second;
  return x < 0.0 ? negative : x / whole;
}
/* log(1 + exp(-|x|)) */
VECTOR double log1p_decay_double(double x) {
  return log1p_double(exp_double(-__builtin_fabs(x)));
}

/* ---- error function and powers: libm --------------------------------------------------------- */

static inline double erf_double(double x) { return erf(x); }
static inline double erfc_double(double x) { return erfc(x); }
static inline double pow_double(double x, double y) { return pow(x, y); }
static inline double hypot_double(double x, double y) { return hypot(x, y); }
#endif
