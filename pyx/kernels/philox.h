/* Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
 *
 * A group is 16 consecutive counters, which give 64 words. Word w of counter b lies at
 * words[16 * w + b] in every build, so a stream depends neither on the instruction set nor on
 * the number of threads. Compilers turn the 32x32->64 bit product into slow shuffles when they
 * vectorise it themselves; hence the intrinsics, with one word per 64-bit lane. */
#ifndef CYTORCH_PHILOX_H
#define CYTORCH_PHILOX_H
#include <stdint.h>

#define PHILOX_GROUP 64
#define PHILOX_COUNTERS 16

static const uint32_t PHILOX_MULTIPLIER[2] = {0xD2511F53u, 0xCD9E8D57u};
static const uint32_t PHILOX_WEYL[2] = {0x9E3779B9u, 0xBB67AE85u};

#if defined(__AVX512F__)
#include <immintrin.h>
typedef __m512i philox_lanes;
#define PHILOX_LANES 8
#define philox_splat(x) _mm512_set1_epi64((long long)(x))
#define philox_multiply(a, b) _mm512_mul_epu32(a, b)
#define philox_high(a) _mm512_srli_epi64(a, 32)
#define philox_xor3(a, b, c) _mm512_ternarylogic_epi64(a, b, c, 0x96)
#define philox_counters(first)                                                                \
  _mm512_add_epi64(philox_splat(first), _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0))
#define philox_store(to, a) _mm256_storeu_si256((__m256i *)(to), _mm512_cvtepi64_epi32(a))
#elif defined(__AVX2__)
#include <immintrin.h>
typedef __m256i philox_lanes;
#define PHILOX_LANES 4
#define philox_splat(x) _mm256_set1_epi64x((long long)(x))
#define philox_multiply(a, b) _mm256_mul_epu32(a, b)
#define philox_high(a) _mm256_srli_epi64(a, 32)
#define philox_xor3(a, b, c) _mm256_xor_si256(_mm256_xor_si256(a, b), c)
#define philox_counters(first)                                                                \
  _mm256_add_epi64(philox_splat(first), _mm256_set_epi64x(3, 2, 1, 0))
static inline void philox_store(uint32_t *to, __m256i a) {
  __m256i low = _mm256_permutevar8x32_epi32(a, _mm256_set_epi32(6, 4, 2, 0, 6, 4, 2, 0));
  _mm_storeu_si128((__m128i *)to, _mm256_castsi256_si128(low));
}
#elif defined(__SSE2__)
#include <emmintrin.h>
typedef __m128i philox_lanes;
#define PHILOX_LANES 2
#define philox_splat(x) _mm_set1_epi64x((long long)(x))
#define philox_multiply(a, b) _mm_mul_epu32(a, b)
#define philox_high(a) _mm_srli_epi64(a, 32)
#define philox_xor3(a, b, c) _mm_xor_si128(_mm_xor_si128(a, b), c)
#define philox_counters(first) _mm_add_epi64(philox_splat(first), _mm_set_epi64x(1, 0))
#define philox_store(to, a)                                                                   \
  _mm_storel_epi64((__m128i *)(to), _mm_shuffle_epi32(a, _MM_SHUFFLE(2, 0, 2, 0)))
#else
typedef uint64_t philox_lanes;
#define PHILOX_LANES 1
#define philox_splat(x) ((uint64_t)(x))
#define philox_multiply(a, b) ((uint64_t)(uint32_t)(a) * (uint32_t)(b))
#define philox_high(a) ((a) >> 32)
#define philox_xor3(a, b, c) ((a) ^ (b) ^ (c))
#define philox_counters(first) ((uint64_t)(first))
#define philox_store(to, a) (*(to) = (uint32_t)(a))
#endif

/* Only the low half of a 64-bit lane is a word; the high half may hold anything. */
static inline void philox_group(uint64_t seed, uint64_t group, uint32_t *words) {
  const philox_lanes first = philox_splat(PHILOX_MULTIPLIER[0]);
  const philox_lanes second = philox_splat(PHILOX_MULTIPLIER[1]);
  for (int b = 0; b < PHILOX_COUNTERS; b += PHILOX_LANES) {
    philox_lanes c0 = philox_counters(group * PHILOX_COUNTERS + (uint64_t)b);
    philox_lanes c1 = philox_high(c0), c2 = philox_splat(0), c3 = philox_splat(0);
    uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
      philox_lanes product0 = philox_multiply(c0, first);
      philox_lanes product1 = philox_multiply(c2, second);
      c0 = philox_xor3(philox_high(product1), c1, philox_splat(key0));
      c2 = philox_xor3(philox_high(product0), c3, philox_splat(key1));
      c1 = product1;
      c3 = product0;
      key0 += PHILOX_WEYL[0];
      key1 += PHILOX_WEYL[1];
    }
    philox_store(words + b, c0);
    philox_store(words + b + 16, c1);
    philox_store(words + b + 32, c2);
    philox_store(words + b + 48, c3);
  }
}

#endif
