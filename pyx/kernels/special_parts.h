/* Parts of floating numbers and replacements of special ones, in double. */
#ifndef CYTORCH_SPECIAL_PARTS_H
#define CYTORCH_SPECIAL_PARTS_H
#include <math.h>

static inline double frexp_mantissa_double(double x) {
  int exponent;
  return frexp(x, &exponent);
}
static inline double frexp_exponent_double(double x) {
  int exponent = 0;
  if (isfinite(x)) frexp(x, &exponent);
  return exponent;
}
static inline double replace_nonfinite_double(double x, double nan, double above, double below) {
  double value = x == INFINITY ? above : (x == -INFINITY ? below : x);
  return x != x ? nan : value;
}
#endif
