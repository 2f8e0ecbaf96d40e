/* Orthogonal polynomials in double. The degree is cut to a whole number; a negative one (and NaN)
 * gives 0, as in PyTorch. */
#ifndef CYTORCH_SPECIAL_POLYNOMIALS_H
#define CYTORCH_SPECIAL_POLYNOMIALS_H
#include <math.h>

#define LARGEST_DEGREE 0x1p63
/* From this degree on, cosines are quicker than the recursion of Chebyshev's polynomials. */
#define MANY_STEPS 8

static inline int has_degree(double *n) {
  *n = trunc(*n);
  return *n >= 0 && *n < LARGEST_DEGREE;
}
static inline double sign_of_power(double n) { return fmod(n, 2) == 0 ? 1 : -1; }

/* P_0 = 1, P_1 = first, P_{k+1} = next; NaN ends it. */
#define RECURSION(name, first, next)                                                            \
  static double name##_recursion(double x, double n) {                                          \
    double before = 1, value = (first);                                                         \
    for (double k = 1; k < n && value == value; k++) {                                          \
      double after = (next);                                                                    \
      before = value;                                                                           \
      value = after;                                                                            \
    }                                                                                           \
    return n < 1 ? 1 : value;                                                                   \
  }
RECURSION(chebyshev_t, x, 2 * x * value - before)
RECURSION(chebyshev_u, 2 * x, 2 * x * value - before)
RECURSION(chebyshev_v, 2 * x - 1, 2 * x * value - before)
RECURSION(chebyshev_w, 2 * x + 1, 2 * x * value - before)
RECURSION(hermite_h, 2 * x, 2 * x * value - 2 * k * before)
RECURSION(hermite_he, x, x * value - k * before)
RECURSION(laguerre_l, 1 - x, ((2 * k + 1 - x) * value - k * before) / (k + 1))
RECURSION(legendre_p, x, ((2 * k + 1) * x * value - k * before) / (k + 1))

#define BY_RECURSION(name, at_known_point)                                                      \
  static inline double name##_double(double x, double n) {                                      \
    if (!has_degree(&n)) return 0;                                                              \
    at_known_point;                                                                             \
    return name##_recursion(x, n);                                                              \
  }
BY_RECURSION(hermite_h, )
BY_RECURSION(hermite_he, )
BY_RECURSION(laguerre_l, if (x == 0) return 1)
BY_RECURSION(legendre_p, if (fabs(x) == 1) return x > 0 ? 1 : sign_of_power(n))

/* x = cos(angle) inside of (-1, 1); exact values at the ends */
#define CHEBYSHEV_POLYNOMIAL(kind, at_one, at_minus_one, waves)                                 \
  static inline double chebyshev_##kind##_double(double x, double n) {                          \
    if (!has_degree(&n)) return 0;                                                              \
    if (x == 1) return (at_one);                                                                \
    if (x == -1) return sign_of_power(n) * (at_minus_one);                                      \
    if (n <= MANY_STEPS || !(fabs(x) < 1)) return chebyshev_##kind##_recursion(x, n);           \
    double angle = acos(x);                                                                     \
    return (waves);                                                                             \
  }                                                                                             \
  static inline double shifted_chebyshev_##kind##_double(double x, double n) {                  \
    return chebyshev_##kind##_double(2 * x - 1, n);                                             \
  }
CHEBYSHEV_POLYNOMIAL(t, 1, 1, cos(n * angle))
CHEBYSHEV_POLYNOMIAL(u, n + 1, n + 1, sin((n + 1) * angle) / sin(angle))
CHEBYSHEV_POLYNOMIAL(v, 1, 2 * n + 1, cos((n + 0.5) * angle) / cos(0.5 * angle))
CHEBYSHEV_POLYNOMIAL(w, 2 * n + 1, 1, sin((n + 0.5) * angle) / sin(0.5 * angle))
#endif
