/* Bessel functions and the Airy function in double. Infinite arguments give what PyTorch gives:
 * NaN where its formulas meet infinity times 0. */
#ifndef CYTORCH_SPECIAL_BESSEL_H
#define CYTORCH_SPECIAL_BESSEL_H
#include "special_series.h"

#define QUARTER_PI 0.78539816339744830962
#define INVERSE_ROOT_PI 0.56418958354775628695

/* ---- J and Y: the C library has them --------------------------------------------------------- */

static inline double bessel_j0_double(double x) { return isinf(x) ? NAN : j0(x); }
static inline double bessel_j1_double(double x) { return isinf(x) ? NAN : j1(x); }
static inline double bessel_y0_double(double x) {
  return x > 0 && x < INFINITY ? y0(x) : (x == 0 ? -INFINITY : NAN);
}
static inline double bessel_y1_double(double x) {
  return x > 0 && x < INFINITY ? y1(x) : (x == 0 ? -INFINITY : NAN);
}
static inline double spherical_bessel_j0_double(double x) {
  if (isinf(x)) return 0;
  return x == 0 ? 1 : sin(x) / x;
}

/* ---- I and K --------------------------------------------------------------------------------- */

static inline double i0e_double(double x) {
  double size = fabs(x);
  if (size <= 8) return CHEBYSHEV(size * 0.25 - 1, I0_NEAR);
  return CHEBYSHEV(16 / size - 1, I0_FAR) / sqrt(size);
}
static inline double i1e_double(double x) {
  double size = fabs(x);
  if (size <= 8) return CHEBYSHEV(size * 0.25 - 1, I1_NEAR) * x;
  return copysign(CHEBYSHEV(16 / size - 1, I1_FAR) / sqrt(size), x);
}
static inline double i0_double(double x) { return exp(fabs(x)) * i0e_double(x); }
static inline double i1_double(double x) { return exp(fabs(x)) * i1e_double(x); }

/* exp(x) K0(x), exp(x) K1(x) where x > 2 */
static inline double k0_far(double x) { return CHEBYSHEV(4 / x - 1, K0_FAR) / sqrt(x); }
static inline double k1_far(double x) { return CHEBYSHEV(4 / x - 1, K1_FAR) / sqrt(x); }
static inline double k0_near(double x) {
  return CHEBYSHEV(0.5 * x * x - 1, K0_NEAR) - log(0.5 * x) * i0_double(x);
}
static inline double k1_near(double x) {
  return CHEBYSHEV(0.5 * x * x - 1, K1_NEAR) / x + log(0.5 * x) * i1_double(x);
}
#define MODIFIED_BESSEL_K(n)                                                                    \
  static inline double modified_bessel_k##n##_double(double x) {                                \
    if (!(x > 0)) return x == 0 ? INFINITY : NAN;                                               \
    return x <= 2 ? k##n##_near(x) : exp(-x) * k##n##_far(x);                                   \
  }                                                                                             \
  static inline double scaled_modified_bessel_k##n##_double(double x) {                         \
    if (!(x > 0)) return x == 0 ? INFINITY : NAN;                                               \
    return x <= 2 ? exp(x) * k##n##_near(x) : k##n##_far(x);                                    \
  }
MODIFIED_BESSEL_K(0)
MODIFIED_BESSEL_K(1)

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
