/* Elements that C has no type for: float16, bfloat16 and pairs for complex numbers.
 *
 * float16 and bfloat16 to float and back: one number, and contiguous arrays with F16C or AVX-512.
 * Both round to nearest even; NaN stays NaN. */
#ifndef CYTORCH_HALF_H
#define CYTORCH_HALF_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__F16C__)
#include <immintrin.h>
#endif

typedef uint16_t float16;
typedef uint16_t bfloat16;
typedef struct { float real, imaginary; } complex_float;
typedef struct { double real, imaginary; } complex_double;

static inline complex_float complex_of_floats(float real, float imaginary) {
  return (complex_float){real, imaginary};
}
static inline complex_double complex_of_doubles(double real, double imaginary) {
  return (complex_double){real, imaginary};
}

static inline float float_from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}
static inline uint32_t bits_from_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

static inline float float_of_bfloat16(uint16_t x) { return float_from_bits((uint32_t)x << 16); }
static inline uint16_t bfloat16_of_float(float value) {
  uint32_t bits = bits_from_float(value);
  uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  return (uint16_t)(value == value ? rounded : 0x7fc0);
}

/* The exponent moves by multiplication, which treats denormals rightly. */
static inline float float_of_float16(uint16_t x) {
  uint32_t sign = (uint32_t)(x & 0x8000) << 16, rest = x & 0x7fff;
  float size = float_from_bits(rest << 13) * 0x1p112f;
  uint32_t special = (rest << 13) | 0x7f800000u; /* infinity and NaN */
  return float_from_bits((rest >= 0x7c00 ? special : bits_from_float(size)) | sign);
}
static inline uint16_t float16_of_float(float value) {
  uint32_t bits = bits_from_float(value), sign = (bits >> 16) & 0x8000, size = bits & 0x7fffffff;
  uint32_t normal = (size - 0x38000000u + 0xfff + ((size >> 13) & 1)) >> 13;
  /* adding 1/2 leaves a denormal's digits, rounded, at the end of the mantissa */
  uint32_t denormal = bits_from_float(float_from_bits(size) + 0.5f) - 0x3f000000u;
  uint32_t result = size < 0x38800000u ? denormal : normal;
  result = size >= 0x477ff000u ? 0x7c00 : result;
  return (uint16_t)(sign | (size > 0x7f800000u ? 0x7e00 : result));
}

static void floats_of_float16(float *out, const uint16_t *x, ptrdiff_t n) {
  ptrdiff_t i = 0;
#if defined(__AVX512F__)
  for (; i + 16 <= n; i += 16)
    _mm512_storeu_ps(out + i, _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(x + i))));
#endif
#if defined(__F16C__)
  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps(out + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(x + i))));
#endif
  for (; i < n; i++) out[i] = float_of_float16(x[i]);
}

static void float16_of_floats(uint16_t *out, const float *x, ptrdiff_t n) {
  ptrdiff_t i = 0;
#if defined(__AVX512F__)
  for (; i + 16 <= n; i += 16)
    _mm256_storeu_si256((__m256i *)(out + i), _mm512_cvtps_ph(_mm512_loadu_ps(x + i), 0));
#endif
#if defined(__F16C__)
  for (; i + 8 <= n; i += 8)
    _mm_storeu_si128((__m128i *)(out + i), _mm256_cvtps_ph(_mm256_loadu_ps(x + i), 0));
#endif
  for (; i < n; i++) out[i] = float16_of_float(x[i]);
}
#endif
