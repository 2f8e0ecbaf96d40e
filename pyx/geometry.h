/* Shapes and strides: pure functions over arrays of int64_t. Strides are in elements. */
#ifndef CYTORCH_GEOMETRY_H
#define CYTORCH_GEOMETRY_H
#include <stdint.h>
#include <string.h>

#define MAX_DIMS 64

/* Number of elements, or -1 when it (times `itemsize`) does not fit into 63 bits. */
static inline int64_t checked_numel(int ndim, const int64_t *sizes, int64_t itemsize) {
  int64_t numel = 1, bytes;
  int empty = 0;
  for (int i = 0; i < ndim; i++) {
    if (sizes[i] == 0) empty = 1;
    else if (__builtin_mul_overflow(numel, sizes[i], &numel)) return -1;
  }
  if (__builtin_mul_overflow(numel, itemsize, &bytes)) return -1;
  return empty ? 0 : numel;
}

static inline void contiguous_strides(int ndim, const int64_t *sizes, int64_t *strides) {
  int64_t step = 1;
  for (int i = ndim - 1; i >= 0; i--) {
    strides[i] = step;
    step *= sizes[i] > 1 ? sizes[i] : 1;
  }
}

static inline int is_contiguous(int ndim, const int64_t *sizes, const int64_t *strides) {
  int64_t step = 1;
  int contiguous = 1;
  for (int i = ndim - 1; i >= 0; i--) {
    if (sizes[i] == 0) return 1;
    if (sizes[i] != 1 && strides[i] != step) contiguous = 0;
    step *= sizes[i];
  }
  return contiguous;
}

static inline int same_sizes(int ndim_a, const int64_t *a, int ndim_b, const int64_t *b) {
  if (ndim_a != ndim_b) return 0;
  for (int i = 0; i < ndim_a; i++)
    if (a[i] != b[i]) return 0;
  return 1;
}

/* Broadcasts b into (ndim, sizes), aligned at the right; returns the new ndim or -1. */
static inline int broadcast_into(int ndim, int64_t *sizes, int ndim_b, const int64_t *b) {
  int result = ndim > ndim_b ? ndim : ndim_b;
  if (result > ndim) {
    memmove(sizes + (result - ndim), sizes, (size_t)ndim * sizeof *sizes);
    for (int i = 0; i < result - ndim; i++) sizes[i] = 1;
  }
  for (int i = 0; i < ndim_b; i++) {
    int64_t *size = sizes + (result - ndim_b + i);
    if (*size == b[i] || b[i] == 1) continue;
    if (*size != 1) return -1;
    *size = b[i];
  }
  return result;
}

/* First and one-past-last element offset that a geometry touches; 0 when one overflows. */
static inline int extent(int ndim, const int64_t *sizes, const int64_t *strides, int64_t *low,
                         int64_t *high) {
  int64_t lowest = 0, highest = 0, span;
  for (int i = 0; i < ndim; i++) {
    if (sizes[i] == 0) {
      *low = *high = 0;
      return 1;
    }
    if (__builtin_mul_overflow(sizes[i] - 1, strides[i], &span)) return 0;
    if (span >= 0 ? __builtin_add_overflow(highest, span, &highest)
                  : __builtin_add_overflow(lowest, span, &lowest))
      return 0;
  }
  *low = lowest;
  *high = highest + 1;
  return 1;
}

/* Whether two indices can reach the same element. Exact for geometries whose dimensions nest;
 * says "yes" for the exotic rest. */
static inline int has_internal_overlap(int ndim, const int64_t *sizes, const int64_t *strides) {
  int64_t ordered_size[MAX_DIMS], ordered_stride[MAX_DIMS];
  int count = 0;
  for (int i = 0; i < ndim; i++) {
    if (sizes[i] == 0) return 0;
    if (sizes[i] == 1) continue;
    int64_t stride = strides[i] < 0 ? -strides[i] : strides[i];
    int at = count++;
    while (at > 0 && ordered_stride[at - 1] > stride) {
      ordered_stride[at] = ordered_stride[at - 1];
      ordered_size[at] = ordered_size[at - 1];
      at--;
    }
    ordered_stride[at] = stride;
    ordered_size[at] = sizes[i];
  }
  int64_t reach = 0;
  for (int i = 0; i < count; i++) {
    if (ordered_stride[i] <= reach) return 1;
    reach += (ordered_size[i] - 1) * ordered_stride[i];
  }
  return 0;
}
#endif
