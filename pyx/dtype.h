/* The dtypes, in promotion order inside each category. Mirrored by cytorch._C.dtype. */
#ifndef CYTORCH_DTYPE_H
#define CYTORCH_DTYPE_H
#include <stdint.h>

enum {
  DTYPE_BOOL,
  DTYPE_UINT8,
  DTYPE_INT8,
  DTYPE_INT16,
  DTYPE_INT32,
  DTYPE_INT64,
  DTYPE_FLOAT16,
  DTYPE_BFLOAT16,
  DTYPE_FLOAT32,
  DTYPE_FLOAT64,
  DTYPE_COMPLEX64,
  DTYPE_COMPLEX128,
  DTYPE_COUNT
};

static const uint8_t dtype_itemsize[DTYPE_COUNT] = {1, 1, 1, 2, 4, 8, 2, 2, 4, 8, 8, 16};

static inline int dtype_is_floating(int dtype) {
  return dtype >= DTYPE_FLOAT16 && dtype <= DTYPE_FLOAT64;
}
static inline int dtype_is_complex(int dtype) { return dtype >= DTYPE_COMPLEX64; }
static inline int dtype_is_integral(int dtype) { /* bool is not counted */
  return dtype >= DTYPE_UINT8 && dtype <= DTYPE_INT64;
}
#endif
