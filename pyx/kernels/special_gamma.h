/* Hurwitz's zeta function and the incomplete gamma functions in double. */
#ifndef CYTORCH_SPECIAL_GAMMA_H
#define CYTORCH_SPECIAL_GAMMA_H
#include "special_series.h"

#define EPSILON 2.220446049250313e-16
#define TWO_PI 6.28318530717958647693

/* ---- zeta ------------------------------------------------------------------------------------ */

/* The sum of (k + q)^-x over k >= 0, q > 0 or x a whole number: terms one by one up to 9, then
 * Euler and Maclaurin. */
static double zeta_sum(double x, double q) {
  /* (2 k)! / B_2k */
  static const double divisors[] = {
      12.0,           -720.0,         30240.0,         -1209600.0,         47900160.0,
      -1892437580.3183791606367583212735, 74724249600.0,
      -2950130727918.1642244954382084600, 116467828143500.6724891814535920,
      -4597978722407472.6105457273596737891, 181521054019435467.73425331153534235,
      -7166165256175667011.3346447367083352};
  double sum = pow(q, -x), term = 0;
  for (int k = 0; k < 9 || q <= 9; k++) {
    q += 1;
    term = pow(q, -x);
    sum += term;
    if (fabs(term) < EPSILON * fabs(sum)) return sum;
  }
  sum += term * q / (x - 1) - 0.5 * term;
  double rising = x;
  term /= q;
  for (int k = 0; k < 12; k++) {
    double change = rising * term / divisors[k];
    sum += change;
    if (fabs(change) < EPSILON * fabs(sum)) break;
    rising *= (x + 2 * k + 1) * (x + 2 * k + 2);
    term /= q * q;
  }
  return sum;
}

static double zeta_double(double x, double q) {
  const double MANY = 64;
  if (x == 1) return INFINITY;
  if (!(x > 1)) return NAN;
  if (q <= 0) {
    if (q == floor(q)) return INFINITY;
    if (x != floor(x)) return NAN;
    if (q < -MANY) {
      /* The terms below 0 are those of two sums from above, turned round. */
      double steps = ceil(-q), rest = q + steps, sign = fmod(x, 2) == 0 ? 1 : -1;
      double below = zeta_sum(x, 1 - rest) - zeta_sum(x, 1 - rest + steps);
      return zeta_sum(x, rest) + sign * below;
    }
  }
  return zeta_sum(x, q);
}

/* ---- incomplete gamma ------------------------------------------------------------------------ */

/* log(1 + x) - x without cancellation, x > -1 */
static double log1p_minus(double x) {
  if (fabs(x) > 0.5) return log1p(x) - x;
  /* log(1 + x) = 2 artanh(s), s = x / (2 + x); x = 2 s / (1 - s) */
  double s = x / (2 + x), square = s * s, power = 2 * s * square, sum = 0, term;
  int k = 3;
  do {
    term = power / k;
    sum += term;
    power *= square;
    k += 2;
  } while (fabs(term) > EPSILON * fabs(sum) && k < 60);
  return sum - s * x;
}

/* log(gamma(a + 1)) - (a log(a) - a + log(2 pi a) / 2), a >= 10 */
static inline double stirling_rest(double a) {
  double t = 1 / a, u = t * t;
  return t * (1.0 / 12 - u * (1.0 / 360 - u * (1.0 / 1260 - u * (1.0 / 1680 - u / 1188))));
}

/* gamma(a + 1), 0 <= a < 10 */
static inline double small_gamma(double a) {
  double whole = floor(a), product = 1;
  for (double k = 0; k < whole; k++) product *= a - k;
  return product * CHEBYSHEV(2 * (a - whole) - 1, GAMMA);
}

/* x^a exp(-x) / gamma(a + 1) */
static double gamma_density(double a, double x) {
  if (a < 10) {
    double rest = small_gamma(a);
    if (x > 200) return exp(a * log(x) - x) / rest;
    return pow(x, a) * exp(-x) / rest;
  }
  double mu = (x - a) / a;
  if (isinf(mu)) return 0;
  return exp(a * log1p_minus(mu) - stirling_rest(a)) / sqrt(TWO_PI * a);
}

/* P(a, x) where x is not much larger than a */
static double lower_series(double a, double x) {
  double sum = 1, term = 1;
  for (int k = 1; k < 5000; k++) {
    term *= x / (a + k);
    sum += term;
    if (term < EPSILON * sum) break;
  }
  return sum * gamma_density(a, x);
}

/* Q(a, x) by its continued fraction, x larger than a and than 1. A quotient is taken after every
 * few steps only, since a division costs as much as they do. */
static double upper_fraction(double a, double x) {
  const int STEPS = 8;
  double b = x + 1 - a, above = 1, below = b, above_before = 0, below_before = 1;
  double value = 0, last = -1, density = gamma_density(a, x);
  if (density == 0) return 0; /* and the steps below would overflow */
  for (int k = 1; k < 5000 && fabs(value - last) > EPSILON * value;) {
    for (int stop = k + STEPS; k < stop; k++) {
      double factor = k * (a - k), next;
      b += 2;
      next = b * above + factor * above_before;
      above_before = above;
      above = next;
      next = b * below + factor * below_before;
      below_before = below;
      below = next;
    }
    double scale = 1 / below;
    last = value;
    value = above *= scale;
    above_before *= scale;
    below_before *= scale;
    below = 1;
  }
  return value * a * density;
}

/* log(gamma(1 + a)) for small a; what 1 + a rounds off counts by the slope. */
static inline double lgamma_of_one_plus(double a) {
  int sign;
  double argument = 1 + a, lost = a - (argument - 1);
  return lgamma_r(argument, &sign) + lost * (-0.57721566490153286061 + 1.6 * (argument - 1));
}

/* Q(a, x) for small x: 1 - P loses its digits where a is small */
static double upper_series(double a, double x) {
  double sum = 0, term = 1;
  for (int k = 1; k < 2000; k++) {
    term *= -x / k;
    double change = term / (a + k);
    sum += change;
    if (fabs(change) < EPSILON * fabs(sum)) break;
  }
  double rest = a * log(x) - lgamma_of_one_plus(a);
  return -expm1(rest) - exp(rest) * a * sum;
}

/* Temme's expansion for large a and x near to a: P for direction -1, Q for 1. */
static double temme(double a, double x, double direction) {
  double mu = (x - a) / a, square = -2 * log1p_minus(mu);
  double eta = copysign(sqrt(square), mu), sum = 0, scale = 1;
  for (int k = 0; k < TEMME_ORDERS; k++) {
    double row = 0;
    for (int n = TEMME_TERMS - 1; n >= 0; n--) row = row * eta + TEMME[k][n];
    sum += row * scale;
    scale /= a;
  }
  double rest = exp(-0.5 * a * square) / sqrt(TWO_PI * a) * sum;
  return 0.5 * erfc(direction * eta * sqrt(0.5 * a)) + direction * rest;
}

/* 1 when the limits decide the value, which is then `lower` (or 1 - lower). */
static inline int gamma_limit(double a, double x, double *lower) {
  int known = 1;
  if (!(x >= 0 && a >= 0) || (a == 0 && x == 0) || (isinf(a) && isinf(x)))
    *lower = NAN;
  else if (x == 0 || isinf(a))
    *lower = 0;
  else if (a == 0 || isinf(x))
    *lower = 1;
  else
    known = 0;
  return known;
}

#define TEMME_FROM 1000
static inline int near_large(double a, double x) {
  return a > TEMME_FROM && fabs(x - a) < 0.3 * a;
}

static double igamma_double(double a, double x) {
  double value;
  if (gamma_limit(a, x, &value)) return value;
  if (near_large(a, x)) return temme(a, x, -1);
  /* Further out P is next to 1, and the series long. */
  return x > 30 && x > 1.1 * a + 10 ? 1 - upper_fraction(a, x) : lower_series(a, x);
}

static double igammac_double(double a, double x) {
  double value;
  if (gamma_limit(a, x, &value)) return 1 - value;
  if (near_large(a, x)) return temme(a, x, 1);
  if (x > 1.1) return x < a ? 1 - lower_series(a, x) : upper_fraction(a, x);
  /* Where P is larger than about 1/2, Q comes from a series of its own. */
  double edge = x <= 0.5 ? -0.4 / log(x) : x / 1.1;
  return edge < a ? 1 - lower_series(a, x) : upper_series(a, x);
}
#endif
