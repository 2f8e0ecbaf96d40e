/* Complex numbers: their C types, the bodies of complex_bodies.h in both precisions, and the loops
 * over three and four operands. `complex64_add(x, y)`, `complex128_add(x, y)` and so on. */
#ifndef CYTORCH_COMPLEX_MATH_H
#define CYTORCH_COMPLEX_MATH_H
#include <complex.h>
#include <math.h>
#include <stdint.h>
#undef I /* too short a name for a header */
#include "elementwise_loops.h"
#include "vecmath.h"

typedef float _Complex complex64;
typedef double _Complex complex128;

#define REAL(x) (__real__(x))
#define IMAG(x) (__imag__(x))
#define PAIR(real, imag) __builtin_complex((PART)(real), (PART)(imag))

#define COMPLEX complex64
#define PART float
#define BODY(name) complex64_##name
#define LIBM(name) name##f
#define ATAN2 atan2_float
#include "complex_bodies.h"
#undef ATAN2
#undef COMPLEX
#undef PART
#undef BODY
#undef LIBM

#define COMPLEX complex128
#define PART double
#define BODY(name) complex128_##name
#define LIBM(name) name
#define ATAN2 atan2_double
#include "complex_bodies.h"
#undef ATAN2
#undef COMPLEX
#undef PART
#undef BODY
#undef LIBM

/* Contiguous operands, of which the last may be one number; or any others. */
#define TERNARY_LOOP(out, x, y, z, strides, n, body)                                            \
  do {                                                                                          \
    __typeof__(&*(out)) o_ = (out);                                                             \
    __typeof__(&*(x)) x_ = (x), y_ = (y), z_ = (z);                                             \
    const ptrdiff_t *const s_ = (strides), n_ = (n), packed_ = ITEM(x_);                        \
    const int same_ = (s_[0] == packed_) & (s_[1] == packed_) & (s_[2] == packed_) & (n_ > 0);  \
    if (same_ & (s_[3] == packed_)) {                                                           \
      EACH_ELEMENT(i_, n_) o_[i_] = body(x_[i_], y_[i_], z_[i_]);                               \
    } else if (same_ & (s_[3] == 0)) {                                                          \
      const __typeof__(*z_ + 0) number_ = *z_;                                                  \
      EACH_ELEMENT(i_, n_) o_[i_] = body(x_[i_], y_[i_], number_);                              \
    } else {                                                                                    \
      for (ptrdiff_t i_ = 0; i_ < n_; i_++)                                                     \
        AT(o_, i_, s_[0]) = body(AT(x_, i_, s_[1]), AT(y_, i_, s_[2]), AT(z_, i_, s_[3]));      \
    }                                                                                           \
  } while (0)

#define QUATERNARY_LOOP(out, x, y, z, w, strides, n, body)                                      \
  do {                                                                                          \
    __typeof__(&*(out)) o_ = (out);                                                             \
    __typeof__(&*(x)) x_ = (x), y_ = (y), z_ = (z), w_ = (w);                                   \
    const ptrdiff_t *const s_ = (strides), n_ = (n), packed_ = ITEM(x_);                        \
    if ((s_[0] == packed_) & (s_[1] == packed_) & (s_[2] == packed_) & (s_[3] == packed_) &     \
        (s_[4] == 0) & (n_ > 0)) {                                                              \
      const __typeof__(*w_ + 0) number_ = *w_;                                                  \
      EACH_ELEMENT(i_, n_) o_[i_] = body(x_[i_], y_[i_], z_[i_], number_);                      \
    } else {                                                                                    \
      for (ptrdiff_t i_ = 0; i_ < n_; i_++)                                                     \
        AT(o_, i_, s_[0]) = body(AT(x_, i_, s_[1]), AT(y_, i_, s_[2]), AT(z_, i_, s_[3]),       \
                                 AT(w_, i_, s_[4]));                                            \
    }                                                                                           \
  } while (0)
#endif
