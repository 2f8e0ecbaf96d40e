/* Two uniform 32-bit words to two standard normal floats.
 *
 * Plain multiplications and additions only: no fused ones and no table, so every build gives the
 * same bits. The polynomials are those of Cephes (Moshier) for log, sin and cos. */
#ifndef CYTORCH_BOX_MULLER_H
#define CYTORCH_BOX_MULLER_H
#include <math.h>
#include <stdint.h>
#include <string.h>

static inline float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline uint32_t bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/* sqrt(-2 log(u)) for u = (word + 1/2) / 2**32, up to rounding. */
static inline float normal_radius(uint32_t word) {
  float u = ((float)(int32_t)(word >> 1) + 0.5f) * 0x1p-31f;
  uint32_t bits = bits_of_float(u) + (0x3f800000u - 0x3f3504f3u);
  float exponent = (float)((int32_t)(bits >> 23) - 127);
  float f = float_of_bits((bits & 0x7fffffu) + 0x3f3504f3u) - 1.0f;
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  float square = f * f;
  float log_u = exponent * 0.693147181f + (f + (p * f * square - 0.5f * square));
  float t = -2.0f * log_u;
  return __builtin_sqrtf(t > 0.0f ? t : 0.0f);
}

/* cos and sin of 2 pi word / 2**32, reduced exactly in integers to [-pi/4, pi/4]. */
static inline void normal_angle(uint32_t word, float *cosine, float *sine) {
  uint32_t quadrant = (word + 0x20000000u) >> 30;
  float x = (float)(int32_t)(word - (quadrant << 30)) * 1.46291807926716e-9f;
  float z = x * x;
  float s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * x + x;
  float c = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) *
                z * z - 0.5f * z + 1.0f;
  float a = quadrant & 1u ? s : c, b = quadrant & 1u ? c : s;
  *cosine = float_of_bits(bits_of_float(a) ^ (((quadrant + 1u) & 2u) << 30));
  *sine = float_of_bits(bits_of_float(b) ^ ((quadrant & 2u) << 30));
}

/* One group of 64 words to 64 normals. */
static inline void normal_group_float(const uint32_t *words, double mean, double std,
                                      float *out) {
  for (int k = 0; k < 32; k++) {
    float cosine, sine, radius = normal_radius(words[k]) * (float)std;
    normal_angle(words[k + 32], &cosine, &sine);
    out[k] = radius * cosine + (float)mean;
    out[k + 32] = radius * sine + (float)mean;
  }
}

/* One group of 64 words to 32 normals. */
static inline void normal_group_double(const uint32_t *words, double mean, double std,
                                       double *out) {
  for (int k = 0; k < 16; k++) {
    uint64_t a = (uint64_t)words[k] << 32 | words[k + 32];
    uint64_t b = (uint64_t)words[k + 16] << 32 | words[k + 48];
    double u = ((double)(a >> 11) + 0.5) * 0x1p-53;
    double angle = (double)(b >> 11) * (6.283185307179586476925 * 0x1p-53);
    double radius = sqrt(-2.0 * log(u)) * std;
    out[k] = radius * cos(angle) + mean;
    out[k + 16] = radius * sin(angle) + mean;
  }
}

#endif
