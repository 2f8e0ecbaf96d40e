/* A block of a transposing copy: eight by eight words of 4 bytes through vector registers, other
 * widths one by one. */
#ifndef CYTORCH_COPY_TRANSPOSED_H
#define CYTORCH_COPY_TRANSPOSED_H
#include <stddef.h>
#include <stdint.h>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

enum { TRANSPOSE_BLOCK = 32 };

typedef struct { uint64_t low, high; } word_of_16;

/* target[i * target_row + j] = source[j * source_row + i] */
#define COPY_TRANSPOSED_BLOCK(name, type)                                                       \
  static void name(char *target_bytes, const char *source_bytes, ptrdiff_t rows,                \
                   ptrdiff_t columns, ptrdiff_t target_row, ptrdiff_t source_row) {             \
    type *target = (type *)target_bytes;                                                        \
    const type *source = (const type *)source_bytes;                                            \
    for (ptrdiff_t i = 0; i < rows; i++)                                                        \
      for (ptrdiff_t j = 0; j < columns; j++)                                                   \
        target[i * target_row + j] = source[j * source_row + i];                                \
  }
COPY_TRANSPOSED_BLOCK(transpose_block_1, uint8_t)
COPY_TRANSPOSED_BLOCK(transpose_block_2, uint16_t)
COPY_TRANSPOSED_BLOCK(transpose_words_4, uint32_t)
COPY_TRANSPOSED_BLOCK(transpose_block_8, uint64_t)
COPY_TRANSPOSED_BLOCK(transpose_block_16, word_of_16)

#if defined(__AVX2__)
static inline void transpose_8x8(float *target, const float *source, ptrdiff_t target_row,
                                 ptrdiff_t source_row) {
  __m256 a[8], b[8];
#pragma GCC unroll 8
  for (int k = 0; k < 8; k++) a[k] = _mm256_loadu_ps(source + k * source_row);
#pragma GCC unroll 4
  for (int k = 0; k < 4; k++) { /* pairs of rows */
    b[2 * k] = _mm256_unpacklo_ps(a[2 * k], a[2 * k + 1]);
    b[2 * k + 1] = _mm256_unpackhi_ps(a[2 * k], a[2 * k + 1]);
  }
#pragma GCC unroll 2
  for (int k = 0; k < 2; k++) { /* groups of four rows */
    a[4 * k] = _mm256_shuffle_ps(b[4 * k], b[4 * k + 2], 0x44);
    a[4 * k + 1] = _mm256_shuffle_ps(b[4 * k], b[4 * k + 2], 0xee);
    a[4 * k + 2] = _mm256_shuffle_ps(b[4 * k + 1], b[4 * k + 3], 0x44);
    a[4 * k + 3] = _mm256_shuffle_ps(b[4 * k + 1], b[4 * k + 3], 0xee);
  }
#pragma GCC unroll 4
  for (int k = 0; k < 4; k++) {
    _mm256_storeu_ps(target + k * target_row, _mm256_permute2f128_ps(a[k], a[k + 4], 0x20));
    _mm256_storeu_ps(target + (k + 4) * target_row, _mm256_permute2f128_ps(a[k], a[k + 4], 0x31));
  }
}
#endif

static void transpose_block_4(char *target, const char *source, ptrdiff_t rows, ptrdiff_t columns,
                              ptrdiff_t target_row, ptrdiff_t source_row) {
#if defined(__AVX2__)
  const ptrdiff_t whole_rows = rows & ~(ptrdiff_t)7, whole_columns = columns & ~(ptrdiff_t)7;
  for (ptrdiff_t i = 0; i < whole_rows; i += 8)
    for (ptrdiff_t j = 0; j < whole_columns; j += 8)
      transpose_8x8((float *)target + i * target_row + j,
                    (const float *)source + j * source_row + i, target_row, source_row);
  transpose_words_4(target + 4 * whole_rows * target_row, source + 4 * whole_rows,
                    rows - whole_rows, columns, target_row, source_row);
  transpose_words_4(target + 4 * whole_columns, source + 4 * whole_columns * source_row, whole_rows,
                    columns - whole_columns, target_row, source_row);
#else
  transpose_words_4(target, source, rows, columns, target_row, source_row);
#endif
}
#endif
