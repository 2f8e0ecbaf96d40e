/* Register tiles, panel packing and matrix-vector loops for float and double.
 *
 * A tile is TILE_ROWS x (2 vectors) of the result, held in registers while `depth` products are
 * summed. The sizes fill the register file of each instruction set: 28 accumulators of 32
 * registers on AVX-512, 12 of 16 on AVX2 and SSE2. The code is written once, in gemm_tile.h. */
#ifndef CYTORCH_GEMM_MICRO_H
#define CYTORCH_GEMM_MICRO_H
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#define VECTOR_BYTES 64
#define TILE_ROWS 14
#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#define VECTOR_BYTES 32
#define TILE_ROWS 6
#else
#define VECTOR_BYTES 16
#define TILE_ROWS 6
#endif

/* Rounded up to whole vectors of either type, so that packing never writes past a step. */
#define PANEL_ROWS (TILE_ROWS > 8 ? 16 : 8)

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Lanes of "first half of both" and "second half of both", interleaved. */
#define LOW_2 0, 2
#define HIGH_2 1, 3
#define LOW_4 0, 4, 1, 5
#define HIGH_4 2, 6, 3, 7
#define LOW_8 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH_8 4, 12, 5, 13, 6, 14, 7, 15
#define LOW_16 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH_16 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31

#include "simd_float.h"
#include "gemm_tile.h"
#include "gemm_vector.h"
#include "simd_end.h"

#include "simd_double.h"
#include "gemm_tile.h"
#include "gemm_vector.h"
#include "simd_end.h"
#endif
