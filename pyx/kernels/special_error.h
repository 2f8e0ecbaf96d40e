/* The error function's relatives in double: scaled, of the normal distribution, entropies. */
#ifndef CYTORCH_SPECIAL_ERROR_H
#define CYTORCH_SPECIAL_ERROR_H
#include "special_series.h"

#define ROOT_HALF 0.70710678118654752440

/* exp(x^2) erfc(x) for x >= 0 */
VECTOR double scaled_erfc(double x) {
  return CHEBYSHEV(1 - 8 / (x + 4), SCALED_ERFC_SERIES) / (1 + 2 * x);
}
/* infinite below -26.7 */
VECTOR double erfcx_double(double x) {
  double value = scaled_erfc(fabs(x));
  return x < 0 ? 2 * exp_double(x * x) - value : value;
}

VECTOR double ndtr_double(double x) {
  double tail = 0.5 * scaled_erfc(fabs(x) * ROOT_HALF) * exp_double(-0.5 * x * x);
  return x < 0 ? tail : 1 - tail;
}
VECTOR double log_ndtr_double(double x) {
  double scaled = 0.5 * scaled_erfc(fabs(x) * ROOT_HALF), square = -0.5 * x * x;
  double tail = scaled * exp_double(square), above = x < 0 ? 1 - tail : tail;
  return x < -1 ? log_double(scaled) + square : log1p_double(-above);
}

/* ratio of two polynomials, highest power first */
static inline double rational(double x, const double *above, const double *below, int degree) {
  double top = above[0], bottom = below[0];
  for (int k = 1; k <= degree; k++) {
    top = top * x + above[k];
    bottom = bottom * x + below[k];
  }
  return top / bottom;
}

/* The inverse of ndtr by M. J. Wichura's algorithm AS 241 (PPND16). */
static inline double ndtri_double(double p) {
  static const double middle[2][8] = {
      {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
       13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608},
      {5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
       5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0}};
  static const double side[2][8] = {
      {7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
       1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055,
       4.6303378461565452959, 1.42343711074968357734},
      {1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
       0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494,
       2.05319162663775882187, 1.0}};
  static const double tail[2][8] = {
      {2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
       0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358,
       5.4637849111641143699, 6.6579046435011037772},
      {2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
       7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531,
       0.59983220655588793769, 1.0}};
  if (!(p > 0 && p < 1)) return p == 0 ? -INFINITY : (p == 1 ? INFINITY : NAN);
  double q = p - 0.5;
  if (fabs(q) <= 0.425) return q * rational(0.180625 - q * q, middle[0], middle[1], 7);
  double r = sqrt(-log(q < 0 ? p : 1 - p));
  double size = r <= 5 ? rational(r - 1.6, side[0], side[1], 7)
                       : rational(r - 5, tail[0], tail[1], 7);
  return q < 0 ? -size : size;
}

/* -x log(x), 0 for 0, -inf for less */
VECTOR double entr_double(double x) {
  double value = -x * log_double(x);
  return x < 0 ? -INFINITY : (x == 0 ? 0 : value);
}

/* x log(1 + y), 0 for x = 0 unless y is NaN */
VECTOR double xlog1py_double(double x, double y) {
  double value = x * log1p_double(y);
  return (x == 0) & (y == y) ? 0 : value;
}
#endif
