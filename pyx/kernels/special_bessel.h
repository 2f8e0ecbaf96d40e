/* Bessel functions and the Airy function in double. Infinite arguments give what PyTorch gives:
 * NaN where its formulas meet infinity times 0. */
#ifndef CYTORCH_SPECIAL_BESSEL_H
#define CYTORCH_SPECIAL_BESSEL_H
#include "special_series.h"

#define TWO_OVER_PI 0.63661977236758134308
#define QUARTER_PI 0.78539816339744830962
#define INVERSE_ROOT_PI 0.56418958354775628695

/* ---- J and Y --------------------------------------------------------------------------------- */

/* Up to 8 by series, which make vector code; further out the C library has them. */
#define BESSEL_WAVE(name, value_outside)                                                        \
  VECTOR int bessel_##name##_is_rare(double x) { return !(x <= 8 && x >= -8); }                 \
  static double bessel_##name##_double(double x) {                                              \
    if (!(fabs(x) < INFINITY)) return NAN;                                                      \
    return bessel_##name##_is_rare(x) ? value_outside : bessel_##name##_fast(x);                \
  }
VECTOR double square_argument(double x) { return x * x * (1.0 / 32) - 1; }
VECTOR double bessel_j0_fast(double x) { return CHEBYSHEV(square_argument(x), J0_NEAR); }
VECTOR double bessel_j1_fast(double x) { return CHEBYSHEV(square_argument(x), J1_NEAR) * x; }
VECTOR double bessel_y0_fast(double x) {
  double wave = TWO_OVER_PI * log_double(0.5 * x) * bessel_j0_fast(x);
  double value = CHEBYSHEV(square_argument(x), Y0_NEAR) + wave;
  return x > 0 ? value : (x == 0 ? -INFINITY : NAN);
}
VECTOR double bessel_y1_fast(double x) {
  double wave = TWO_OVER_PI * log_double(0.5 * x) * bessel_j1_fast(x);
  double value = CHEBYSHEV(square_argument(x), Y1_NEAR) / x + wave;
  return x > 0 ? value : (x == 0 ? -INFINITY : NAN);
}
BESSEL_WAVE(j0, j0(x))
BESSEL_WAVE(j1, j1(x))
BESSEL_WAVE(y0, x > 0 ? y0(x) : NAN)
BESSEL_WAVE(y1, x > 0 ? y1(x) : NAN)

VECTOR double spherical_bessel_j0_fast(double x) { return x == 0 ? 1 : sin_fast_double(x) / x; }
VECTOR int spherical_bessel_j0_is_rare(double x) { return sin_is_rare_double(x); }
static inline double spherical_bessel_j0_double(double x) {
  return isinf(x) ? 0 : (x == 0 ? 1 : sin(x) / x);
}

/* ---- I and K: free of branches, so that the loops become vector code ------------------------- */

VECTOR double i0e_double(double x) {
  double size = fabs(x), near = CHEBYSHEV(size * 0.25 - 1, I0_NEAR);
  double far = CHEBYSHEV(16 / size - 1, I0_FAR) / sqrt(size);
  return size <= 8 ? near : far;
}
VECTOR double i1e_double(double x) {
  double size = fabs(x), near = CHEBYSHEV(size * 0.25 - 1, I1_NEAR) * x;
  double far = copysign(CHEBYSHEV(16 / size - 1, I1_FAR) / sqrt(size), x);
  return size <= 8 ? near : far;
}
VECTOR double i0_double(double x) { return exp_double(fabs(x)) * i0e_double(x); }
VECTOR double i1_double(double x) { return exp_double(fabs(x)) * i1e_double(x); }

/* exp(x) K(x): from a logarithm and I up to 2, from one series above */
VECTOR double scaled_modified_bessel_k0_double(double x) {
  double scale = exp_double(x), t = 0.5 * x * x - 1;
  double i0_near = CHEBYSHEV(x * 0.25 - 1, I0_NEAR) * scale;
  double near = scale * (CHEBYSHEV(t, K0_NEAR) - log_double(0.5 * x) * i0_near);
  double value = x <= 2 ? near : CHEBYSHEV(4 / x - 1, K0_FAR) / sqrt(x);
  return x > 0 ? value : (x == 0 ? INFINITY : NAN);
}
VECTOR double scaled_modified_bessel_k1_double(double x) {
  double scale = exp_double(x), t = 0.5 * x * x - 1;
  double i1_near = CHEBYSHEV(x * 0.25 - 1, I1_NEAR) * x * scale;
  double near = scale * (CHEBYSHEV(t, K1_NEAR) / x + log_double(0.5 * x) * i1_near);
  double value = x <= 2 ? near : CHEBYSHEV(4 / x - 1, K1_FAR) / sqrt(x);
  return x > 0 ? value : (x == 0 ? INFINITY : NAN);
}
VECTOR double modified_bessel_k0_double(double x) {
  return x == 0 ? INFINITY : exp_double(-x) * scaled_modified_bessel_k0_double(x);
}
VECTOR double modified_bessel_k1_double(double x) {
  return x == 0 ? INFINITY : exp_double(-x) * scaled_modified_bessel_k1_double(x);
}

/* ---- Airy ------------------------------------------------------------------------------------ */

static inline double airy_ai_double(double x) {
  if (!(fabs(x) < INFINITY)) return NAN;
  if (x >= -5 && x <= 2) return CHEBYSHEV((2 * x + 3) / 7, AIRY_MIDDLE);
  double size = fabs(x), zeta = size * sqrt(size) * (2.0 / 3);
  double scale = INVERSE_ROOT_PI / sqrt(sqrt(size));
  if (x > 0) return 0.5 * scale * exp(-zeta) * CHEBYSHEV(3 / zeta - 1, AIRY_DECAY);
  double t = 100 / (zeta * zeta) - 1, phase = zeta + QUARTER_PI;
  double sine = CHEBYSHEV(t, AIRY_SINE) / zeta;
  return scale * (sin(phase) * CHEBYSHEV(t, AIRY_COSINE) + cos(phase) * sine);
}
#endif
