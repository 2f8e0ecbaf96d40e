/* Complex numbers: their C types, the bodies of complex_bodies.h in both precisions, and the loops
 * over three and four operands. `complex64_add(x, y)`, `complex128_add(x, y)` and so on. */
#ifndef CYTORCH_COMPLEX_MATH_H
#define CYTORCH_COMPLEX_MATH_H
#include <complex.h>
#include <math.h>
#include <stdint.h>
#undef I /* too short a name for a header */
#include "elementwise_loops.h"

typedef float _Complex complex64;
typedef double _Complex complex128;

#define REAL(x) (__real__(x))
#define IMAG(x) (__imag__(x))
#define PAIR(real, imag) __builtin_complex((PART)(real), (PART)(imag))

#define COMPLEX complex64
#define PART float
#define BODY(name) complex64_##name
#define LIBM(name) name##f
#include "complex_bodies.h"
#undef COMPLEX
#undef PART
#undef BODY
#undef LIBM

#define COMPLEX complex128
#define PART double
#define BODY(name) complex128_##name
#define LIBM(name) name
#include "complex_bodies.h"
#undef COMPLEX
#undef PART
#undef BODY
#undef LIBM

#define TERNARY_LOOP(out, x, y, z, strides, n, body)                                            \
  for (ptrdiff_t i_ = 0; i_ < (n); i_++)                                                        \
  AT(out, i_, (strides)[0]) = body(AT(x, i_, (strides)[1]), AT(y, i_, (strides)[2]),            \
                                   AT(z, i_, (strides)[3]))

#define QUATERNARY_LOOP(out, x, y, z, w, strides, n, body)                                      \
  for (ptrdiff_t i_ = 0; i_ < (n); i_++)                                                        \
  AT(out, i_, (strides)[0]) = body(AT(x, i_, (strides)[1]), AT(y, i_, (strides)[2]),            \
                                   AT(z, i_, (strides)[3]), AT(w, i_, (strides)[4]))
#endif
