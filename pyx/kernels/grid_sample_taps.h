/* Inner loops of grid_sample, for float and double. */
#ifndef CYTORCH_GRID_SAMPLE_TAPS_H
#define CYTORCH_GRID_SAMPLE_TAPS_H
#include <stdint.h>
#include <string.h>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

enum { SAMPLES = 64 }; /* positions that are worked on together */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* gather: the elements at LANES indices, 0 where an index is negative. */
#if defined(__AVX512DQ__)
enum { LANES_float = 16, LANES_double = 8 };
typedef __m512 vector_float;
typedef __m512d vector_double;
ALWAYS_INLINE vector_float gather_float(const float *plane, const int32_t *index) {
  const __m512i at = _mm512_loadu_si512(index);
  return _mm512_mask_i32gather_ps(_mm512_setzero_ps(), (__mmask16)~_mm512_movepi32_mask(at), at,
                                  plane, 4);
}
ALWAYS_INLINE vector_double gather_double(const double *plane, const int32_t *index) {
  const __m256i at = _mm256_loadu_si256((const __m256i *)index);
  return _mm512_mask_i32gather_pd(_mm512_setzero_pd(), (__mmask8)~_mm256_movepi32_mask(at), at,
                                  plane, 8);
}
#elif defined(__AVX2__)
enum { LANES_float = 8, LANES_double = 4 };
typedef __m256 vector_float;
typedef __m256d vector_double;
ALWAYS_INLINE vector_float gather_float(const float *plane, const int32_t *index) {
  const __m256i at = _mm256_loadu_si256((const __m256i *)index);
  const __m256i inside = _mm256_cmpgt_epi32(at, _mm256_set1_epi32(-1));
  return _mm256_mask_i32gather_ps(_mm256_setzero_ps(), plane, at, _mm256_castsi256_ps(inside), 4);
}
ALWAYS_INLINE vector_double gather_double(const double *plane, const int32_t *index) {
  const __m128i at = _mm_loadu_si128((const __m128i *)index);
  const __m256i inside = _mm256_cvtepi32_epi64(_mm_cmpgt_epi32(at, _mm_set1_epi32(-1)));
  return _mm256_mask_i32gather_pd(_mm256_setzero_pd(), plane, at, _mm256_castsi256_pd(inside), 8);
}
#else
enum { LANES_float = 1, LANES_double = 1 };
typedef float vector_float;
typedef double vector_double;
ALWAYS_INLINE float gather_float(const float *plane, const int32_t *index) {
  return *index < 0 ? 0 : plane[*index];
}
ALWAYS_INLINE double gather_double(const double *plane, const int32_t *index) {
  return *index < 0 ? 0 : plane[*index];
}
#endif

#define REAL float
#define NAMED(name) name##_float
#define FLOOR(x) __builtin_floorf(x)
#define ROUND(x) __builtin_rintf(x)
#include "grid_sample_loops.h"
#undef REAL
#undef NAMED
#undef FLOOR
#undef ROUND
#define REAL double
#define NAMED(name) name##_double
#define FLOOR(x) __builtin_floor(x)
#define ROUND(x) __builtin_rint(x)
#include "grid_sample_loops.h"
#undef REAL
#undef NAMED
#undef FLOOR
#undef ROUND
#undef ALWAYS_INLINE
#endif
