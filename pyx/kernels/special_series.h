/* Sums of Chebyshev series, for the special functions. */
#ifndef CYTORCH_SPECIAL_SERIES_H
#define CYTORCH_SPECIAL_SERIES_H
#include "special_coefficients.h"
#include "vecmath_double.h"

/* Clenshaw's recursion: c[0] T0(t) + ... + c[count - 1] T_{count-1}(t). */
VECTOR double chebyshev_sum(double t, const double *c, int count) {
  double twice = 2.0 * t, last = 0.0, before = 0.0;
#pragma GCC unroll 64
  for (int k = count - 1; k > 0; k--) {
    double next = twice * last - before + c[k];
    before = last;
    last = next;
  }
  return t * last - before + c[0];
}
#define CHEBYSHEV(t, name) chebyshev_sum(t, name, sizeof(name) / sizeof(double))
#endif
