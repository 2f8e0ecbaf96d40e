/* Elementary functions of floats, within 2.5 ulp, special values as in C99.
 *
 * `<name>_fast_float` is right wherever `<name>_is_rare_float` is 0, and quicker; loops take it for
 * blocks without rare values. Some functions compute in double: then no step needs extra care. */
#ifndef CYTORCH_VECMATH_FLOAT_H
#define CYTORCH_VECMATH_FLOAT_H
#include "vecmath_double.h"

#define LN2_HIGH_FLOAT 0x1.62e400p-1f /* few bits: times an exponent it is exact */
#define LN2_LOW_FLOAT 0x1.7f7d1cp-20f
#define HALF_PI_FLOAT 0x1.921fb6p+0f
#define HALF_PI_LOW_FLOAT -0x1.777a5cp-25f

/* ---- exponentials ---------------------------------------------------------------------------- */

/* expm1(r) for x = n log 2 + r; `rounded` carries n in its low bits. */
VECTOR float exp_reduced_float(float x, float *rounded) {
  *rounded = multiply_add_float(x, (float)LOG2E, ROUNDER_FLOAT);
  float n = *rounded - ROUNDER_FLOAT;
  float r = multiply_add_float(-n, LN2_HIGH_FLOAT, x);
  r = multiply_add_float(-n, LN2_LOW_FLOAT, r);
  return multiply_add_float(POLYNOMIAL_FLOAT(r, EXP) * r, r, r);
}

VECTOR int32_t whole_of_float(float rounded) {
  return (int32_t)(bits_of_float(rounded) - bits_of_float(ROUNDER_FLOAT));
}

/* value * 2^n in two steps: right for overflow and denormal results. */
VECTOR float scale_float(float value, int32_t n) {
  int32_t half = n >> 1;
  return value * power_of_two_float(half) * power_of_two_float(n - half);
}

VECTOR float exp_float(float x) {
  float rounded;
  x = at_least_float(at_most_float(x, 89.0f), -104.5f);
  float value = exp_reduced_float(x, &rounded) + 1.0f;
  return scale_float(value, whole_of_float(rounded));
}

/* exp where |x| <= 87: no clamping, one scaling. */
VECTOR float exp_fast_float(float x) {
  float rounded, value = exp_reduced_float(x, &rounded) + 1.0f;
  return float_of_bits(bits_of_float(value) + (bits_of_float(rounded) << 23));
}
VECTOR int exp_is_rare_float(float x) { return !(__builtin_fabsf(x) <= 87.0f); }

VECTOR float exp2_reduced_float(float x, float *rounded) {
  *rounded = x + ROUNDER_FLOAT;
  float r = x - (*rounded - ROUNDER_FLOAT);
  return multiply_add_float(POLYNOMIAL_FLOAT(r, EXP2), r, 1.0f);
}
VECTOR float exp2_float(float x) {
  float rounded;
  x = at_least_float(at_most_float(x, 129.0f), -151.0f);
  float value = exp2_reduced_float(x, &rounded);
  return scale_float(value, whole_of_float(rounded));
}
VECTOR float exp2_fast_float(float x) {
  float rounded, value = exp2_reduced_float(x, &rounded);
  return float_of_bits(bits_of_float(value) + (bits_of_float(rounded) << 23));
}
VECTOR int exp2_is_rare_float(float x) { return !(__builtin_fabsf(x) <= 125.0f); }

VECTOR float expm1_float(float x) {
  float rounded, clamped = at_least_float(at_most_float(x, 89.0f), -18.0f);
  float value = exp_reduced_float(clamped, &rounded);
  /* 2^n expm1(r) + (2^n - 1), halved so that n = 128 does not overflow early */
  float half = power_of_two_float(whole_of_float(rounded) - 1);
  float result = 2.0f * multiply_add_float(half, value, half - 0.5f);
  return __builtin_copysignf(result, x);
}

/* ---- logarithms ------------------------------------------------------------------------------ */

/* x = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2); x positive and normal. */
VECTOR float split_float(float x, float *k) {
  const uint32_t root_half = 0x3f3504f3u, one = 0x3f800000u;
  uint32_t bits = bits_of_float(x) + (one - root_half);
  *k = (float)((int32_t)(bits >> 23) - 127);
  return float_of_bits((bits & 0x7fffffu) + root_half) - 1.0f;
}

/* log(1 + f) without its first term, f. */
VECTOR float log_tail_float(float f) {
  float square = f * f;
  return multiply_add_float(-0.5f, square, POLYNOMIAL_FLOAT(f, LOG) * (square * f));
}

/* log(1 + f) + k log 2 */
VECTOR float log_sum_float(float f, float k) {
  float square = f * f;
  float low = multiply_add_float(k, LN2_LOW_FLOAT, POLYNOMIAL_FLOAT(f, LOG) * (square * f));
  return multiply_add_float(k, LN2_HIGH_FLOAT, f + multiply_add_float(-0.5f, square, low));
}

/* The values of a logarithm at the ends of its range. */
VECTOR float log_ends_float(float result, float x, float zero) {
  result = x == zero ? -__builtin_inff() : result;
  result = x < zero ? __builtin_nanf("") : result;
  return x < __builtin_inff() ? result : x + x;
}

VECTOR float split_any_float(float x, float *k) {
  int denormal = x < 0x1p-126f;
  float f = split_float(denormal ? x * 0x1p24f : x, k);
  *k -= denormal ? 24.0f : 0.0f;
  return f;
}

VECTOR float log_float(float x) {
  float k, f = split_any_float(x, &k);
  return log_ends_float(log_sum_float(f, k), x, 0.0f);
}
VECTOR float log_fast_float(float x) {
  float k, f = split_float(x, &k);
  return log_sum_float(f, k);
}
/* Everything but the positive normal numbers. */
VECTOR int log_is_rare_float(float x) { return !((x >= 0x1p-126f) & (x < __builtin_inff())); }

VECTOR float log2_fast_float(float x) {
  float k, f = split_float(x, &k), y = f + log_tail_float(f);
  return multiply_add_float(y, (float)LOG2E, k);
}
VECTOR float log2_float(float x) {
  float k, f = split_any_float(x, &k), y = f + log_tail_float(f);
  return log_ends_float(multiply_add_float(y, (float)LOG2E, k), x, 0.0f);
}
VECTOR int log2_is_rare_float(float x) { return log_is_rare_float(x); }

VECTOR float log10_sum_float(float f, float k) {
  float y = f + log_tail_float(f);
  float low = multiply_add_float(k, 0x1.3509f8p-18f, y * 0x1.bcb7b2p-2f);
  return multiply_add_float(k, 0x1.34400p-2f, low);
}
VECTOR float log10_fast_float(float x) {
  float k, f = split_float(x, &k);
  return log10_sum_float(f, k);
}
VECTOR float log10_float(float x) {
  float k, f = split_any_float(x, &k);
  return log_ends_float(log10_sum_float(f, k), x, 0.0f);
}
VECTOR int log10_is_rare_float(float x) { return log_is_rare_float(x); }

VECTOR float log1p_float(float x) {
  float k, u = 1.0f + x;
  split_float(u, &k);
  /* (1 + x) 2^-k - 1 without the rounding of 1 + x; a quarter first, since 2^-128 is denormal */
  float scale = power_of_two_float(2 - (int32_t)k);
  float f = multiply_add_float(0.25f * x, scale, 0.25f * scale - 1.0f);
  float result = log_ends_float(log_sum_float(f, k), x, -1.0f);
  return __builtin_fabsf(x) < 0x1p-25f ? x : result;
}

/* ---- trigonometric --------------------------------------------------------------------------- */

/* x - n pi / 2 for |x| <= TRIG_LIMIT_FLOAT; `n` is a whole number. */
#define TRIG_LIMIT_FLOAT 3e4f
VECTOR double reduce_in_double(float x, int32_t *n) {
  double rounded = (double)x * (2.0 / PI) + ROUNDER_DOUBLE, whole = rounded - ROUNDER_DOUBLE;
  *n = (int32_t)whole;
  return ((double)x - whole * 0x1.921fb54400000p+0) - whole * 0x1.0b4611a626331p-34;
}
VECTOR float reduce_float(float x, int32_t *n) {
#ifdef __FMA__
  float rounded = multiply_add_float(x, (float)(2.0 / PI), ROUNDER_FLOAT);
  float whole = rounded - ROUNDER_FLOAT;
  *n = whole_of_float(rounded);
  float r = multiply_add_float(-whole, HALF_PI_FLOAT, x);
  r = multiply_add_float(-whole, HALF_PI_LOW_FLOAT, r);
  return multiply_add_float(-whole, -0x1.ee59dap-50f, r);
#else
  return (float)reduce_in_double(x, n); /* the products above are exact with a fused add alone */
#endif
}
VECTOR float quarter_float(float x, int32_t turn) {
  int32_t quarter;
  float r = reduce_float(x, &quarter), square = r * r;
  quarter += turn;
  float sine = multiply_add_float(POLYNOMIAL_FLOAT(square, SIN) * square, r, r);
  float cosine = multiply_add_float(POLYNOMIAL_FLOAT(square, COS) * square, square,
                                    multiply_add_float(-0.5f, square, 1.0f));
  float value = (quarter & 1) ? cosine : sine;
  return float_of_bits(bits_of_float(value) ^ ((uint32_t)(quarter & 2) << 30));
}
VECTOR float sin_fast_float(float x) { return quarter_float(x, 0); }
VECTOR float cos_fast_float(float x) { return quarter_float(x, 1); }
VECTOR float tan_fast_float(float x) {
  int32_t quarter;
  double r = reduce_in_double(x, &quarter), square = r * r;
  double sine = multiply_add_double(POLYNOMIAL_DOUBLE(square, SIN_SHORT) * square, r, r);
  double cosine = multiply_add_double(POLYNOMIAL_DOUBLE(square, COS_SHORT) * square, square,
                                      1.0 - 0.5 * square);
  float s = (float)sine, c = (float)cosine;
  return (quarter & 1) ? -c / s : s / c;
}
VECTOR int sin_is_rare_float(float x) { return !(__builtin_fabsf(x) <= TRIG_LIMIT_FLOAT); }
VECTOR int cos_is_rare_float(float x) { return sin_is_rare_float(x); }
VECTOR int tan_is_rare_float(float x) { return sin_is_rare_float(x); }
static inline float sin_float(float x) { return sinf(x); }
static inline float cos_float(float x) { return cosf(x); }
static inline float tan_float(float x) { return tanf(x); }

/* asin(s) without its first term, for u = s^2 <= 1/4. */
VECTOR float asin_tail_float(float s, float u) { return POLYNOMIAL_FLOAT(u, ASIN) * u * s; }

VECTOR float asin_float(float x) {
  float size = __builtin_fabsf(x), small_square = x * x;
  float small = x + asin_tail_float(x, small_square);
  /* asin(x) = pi / 2 - 2 asin(sqrt((1 - x) / 2)) */
  float square = 0.5f * (1.0f - size), root = __builtin_sqrtf(square);
  float rest = asin_tail_float(root, square) - 0.5f * HALF_PI_LOW_FLOAT;
  float big = 2.0f * ((0.5f * HALF_PI_FLOAT - root) - rest);
  return size > 0.5f ? __builtin_copysignf(big, x) : small;
}
VECTOR float acos_float(float x) {
  float size = __builtin_fabsf(x);
  float small = HALF_PI_FLOAT - (x - (HALF_PI_LOW_FLOAT - asin_tail_float(x, x * x)));
  float square = 0.5f * (1.0f - size), root = __builtin_sqrtf(square);
  float twice = 2.0f * (root + asin_tail_float(root, square));
  float big = x < 0.0f ? 2.0f * HALF_PI_FLOAT - (twice - 2.0f * HALF_PI_LOW_FLOAT) : twice;
  return size > 0.5f ? big : small;
}

/* atan(q) for 0 <= q <= 1 */
VECTOR float atan_unit_float(float q) {
  float square = q * q;
  return multiply_add_float(POLYNOMIAL_FLOAT(square, ATAN) * square, q, q);
}
VECTOR float atan_float(float x) {
  float size = __builtin_fabsf(x);
  float angle = atan_unit_float(size > 1.0f ? 1.0f / size : size);
  float result = size > 1.0f ? HALF_PI_FLOAT - (angle - HALF_PI_LOW_FLOAT) : angle;
  return __builtin_copysignf(result, x);
}
VECTOR float atan2_float(float y, float x) {
  float a = __builtin_fabsf(y), b = __builtin_fabsf(x);
  int steep = a > b, both_zero = (a == 0.0f) & (b == 0.0f);
  float low = steep ? b : a, high = steep ? a : b;
  float q = low / high;
  q = (low == __builtin_inff()) ? 1.0f : q; /* both are infinite */
  q = both_zero ? 0.0f : q;
  float angle = atan_unit_float(q);
  angle = steep ? HALF_PI_FLOAT - (angle - HALF_PI_LOW_FLOAT) : angle;
  float left = 2.0f * HALF_PI_FLOAT - (angle - 2.0f * HALF_PI_LOW_FLOAT);
  angle = (bits_of_float(x) >> 31) ? left : angle;
  angle = (x != x) | (y != y) ? x + y : angle;
  return __builtin_copysignf(angle, y);
}

/* ---- hyperbolic ------------------------------------------------------------------------------ */

/* exp(|x|) / 2, which overflows later than exp */
VECTOR float half_exp_float(float x) {
  float rounded, a = at_most_float(__builtin_fabsf(x), 90.0f);
  float value = exp_reduced_float(a, &rounded) + 1.0f;
  return scale_float(value, whole_of_float(rounded) - 1);
}
VECTOR float sinh_float(float x) {
  float half = half_exp_float(x), square = x * x;
  float small = multiply_add_float(POLYNOMIAL_FLOAT(square, SINH) * square, x, x);
  float big = __builtin_copysignf(half - 0.25f / half, x);
  return __builtin_fabsf(x) >= 1.0f ? big : small;
}
VECTOR float cosh_float(float x) {
  float half = half_exp_float(x);
  return half + 0.25f / half;
}
VECTOR float tanh_float(float x) {
  float size = __builtin_fabsf(x), square = x * x;
  float small = multiply_add_float(POLYNOMIAL_FLOAT(square, TANH) * square, x, x);
  float e = exp_fast_float(2.0f * at_most_float(size, 10.0f));
  float big = __builtin_copysignf(1.0f - 2.0f / (e + 1.0f), x);
  return size >= 0.6324f ? big : small; /* NaN takes the polynomial */
}
VECTOR float asinh_float(float x) {
  double size = __builtin_fabs((double)x), square = size * size;
  double result = log1p_double(size + square / (1.0 + __builtin_sqrt(square + 1.0)));
  result = size < __builtin_inf() ? result : size;
  return __builtin_copysignf((float)result, x);
}
VECTOR float acosh_float(float x) {
  double t = (double)x - 1.0;
  double result = log1p_double(t + __builtin_sqrt(t * (t + 2.0)));
  return (float)(x < 1.0f ? __builtin_nan("") : result);
}
VECTOR float atanh_float(float x) {
  float size = __builtin_fabsf(x), square = x * x;
  float small = multiply_add_float(POLYNOMIAL_FLOAT(square, ATANH) * square, x, x);
  float big = 0.5f * log_float((1.0f + size) / (1.0f - size));
  return size > 0.5f ? __builtin_copysignf(big, x) : small;
}

/* ---- logistic and its relatives -------------------------------------------------------------- */

/* exp(-|x|) before its last scaling, so that tiny results are rounded once. */
VECTOR float decay_float(float x, float *second) {
  float rounded, a = at_least_float(-__builtin_fabsf(x), -120.0f);
  float value = exp_reduced_float(a, &rounded) + 1.0f;
  int32_t n = whole_of_float(rounded), half = n >> 1;
  *second = power_of_two_float(n - half);
  return value * power_of_two_float(half);
}
VECTOR float sigmoid_float(float x) {
  float second, e = decay_float(x, &second), whole = 1.0f + e * second;
  return x < 0.0f ? e / whole * second : 1.0f / whole;
}
VECTOR float sigmoid_fast_float(float x) {
  return 1.0f / (1.0f + exp_fast_float(-x));
}
VECTOR int sigmoid_is_rare_float(float x) { return exp_is_rare_float(x); }
VECTOR float silu_float(float x) {
  float second, e = decay_float(x, &second), whole = 1.0f + e * second;
  float negative = at_least_float(x, -200.0f) * e / whole * second;
  return x < 0.0f ? negative : x / whole;
}
VECTOR float silu_fast_float(float x) {
  return x / (1.0f + exp_fast_float(-x));
}
VECTOR int silu_is_rare_float(float x) { return exp_is_rare_float(x); }

/* log(1 + exp(-|x|)) */
VECTOR float log1p_decay_float(float x) {
  float e = exp_float(-__builtin_fabsf(x));
  int upper = e > 0.41421356f; /* (1 + e) / 2 - 1 = (e - 1) / 2 */
  return log_sum_float(upper ? 0.5f * (e - 1.0f) : e, upper ? 1.0f : 0.0f);
}
#endif
