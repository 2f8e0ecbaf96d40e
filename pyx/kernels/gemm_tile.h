/* One tile of a matrix product, for REAL with LANES lanes a vector (see gemm_micro.h). */
typedef REAL NAMED(vector) __attribute__((vector_size(VECTOR_BYTES)));
typedef LANE_INDEX NAMED(lanes) __attribute__((vector_size(VECTOR_BYTES)));
typedef REAL NAMED(unaligned) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(REAL))));

ALWAYS_INLINE NAMED(vector) NAMED(load)(const REAL *address) {
  return *(const NAMED(unaligned) *)address;
}

ALWAYS_INLINE void NAMED(store)(REAL *address, NAMED(vector) value) {
  *(NAMED(unaligned) *)address = value;
}

/* value - 0 is value for every value; value + 0 would turn -0 into 0. */
ALWAYS_INLINE NAMED(vector) NAMED(broadcast)(REAL value) {
  return value - (NAMED(vector)){0};
}

ALWAYS_INLINE REAL NAMED(sum_lanes)(NAMED(vector) value) {
  REAL sum = 0;
  for (int lane = 0; lane < LANES; lane++) sum += value[lane];
  return sum;
}

/* left and right are the destinations of the two vectors of every row; they may lie anywhere.
 * With constant `rows` and `vectors` all loops over them unroll and `sum` stays in registers. */
ALWAYS_INLINE void NAMED(tile_body)(const int rows, const int vectors, int64_t depth,
                                    const REAL *a, int64_t a_row, int64_t a_step, const REAL *b,
                                    int64_t b_step, REAL *left, REAL *right, int64_t c_row,
                                    const REAL *bias, int accumulate) {
  NAMED(vector) sum[TILE_ROWS][2];
#pragma GCC unroll 14
  for (int i = 0; i < rows; i++) sum[i][0] = sum[i][1] = (NAMED(vector)){0};
  for (int64_t p = 0; p < depth; p++) {
    const NAMED(vector) b0 = NAMED(load)(b);
    const NAMED(vector) b1 = vectors > 1 ? NAMED(load)(b + LANES) : b0;
#pragma GCC unroll 14
    for (int i = 0; i < rows; i++) {
      const NAMED(vector) factor = NAMED(broadcast)(a[i * a_row]);
      sum[i][0] = MULTIPLY_ADD(factor, b0, sum[i][0]);
      if (vectors > 1) sum[i][1] = MULTIPLY_ADD(factor, b1, sum[i][1]);
    }
    a += a_step;
    b += b_step;
  }
  if (!accumulate && bias == NULL) {
#pragma GCC unroll 14
    for (int i = 0; i < rows; i++) {
      NAMED(store)(left + i * c_row, sum[i][0]);
      if (vectors > 1) NAMED(store)(right + i * c_row, sum[i][1]);
    }
    return;
  }
  NAMED(vector) bias0 = {0}, bias1 = {0};
  if (bias != NULL) {
    bias0 = NAMED(load)(bias);
    if (vectors > 1) bias1 = NAMED(load)(bias + LANES);
  }
#pragma GCC unroll 14
  for (int i = 0; i < rows; i++) {
    NAMED(vector) value0 = sum[i][0], value1 = sum[i][1];
    if (accumulate) {
      value0 += NAMED(load)(left + i * c_row);
      if (vectors > 1) value1 += NAMED(load)(right + i * c_row);
    }
    value0 += bias0;
    value1 += bias1;
    NAMED(store)(left + i * c_row, value0);
    if (vectors > 1) NAMED(store)(right + i * c_row, value1);
  }
}

#define TILE_CASE(count)                                                                        \
  case count:                                                                                   \
    NAMED(tile_body)(count, vectors, depth, a, a_row, a_step, b, b_step, left, right, c_row,    \
                     bias, accumulate);                                                            \
    return;
#if TILE_ROWS > 6
#define TILE_CASES_ABOVE_6                                                                      \
  TILE_CASE(7) TILE_CASE(8) TILE_CASE(9) TILE_CASE(10)                                          \
  TILE_CASE(11) TILE_CASE(12) TILE_CASE(13) TILE_CASE(14)
#else
#define TILE_CASES_ABOVE_6
#endif

ALWAYS_INLINE void NAMED(tile_rows)(int rows, const int vectors, int64_t depth, const REAL *a,
                                    int64_t a_row, int64_t a_step, const REAL *b, int64_t b_step,
                                    REAL *left, REAL *right, int64_t c_row, const REAL *bias,
                                    int accumulate) {
  switch (rows) {
    TILE_CASE(1) TILE_CASE(2) TILE_CASE(3) TILE_CASE(4) TILE_CASE(5) TILE_CASE(6)
    TILE_CASES_ABOVE_6
  }
}

/* The left factor lies in a packed panel of PANEL_ROWS a step. */
static __attribute__((noinline)) void
NAMED(packed_tile_2)(int rows, int64_t depth, const REAL *a, const REAL *b, int64_t b_step,
                     REAL *left, REAL *right, int64_t c_row, const REAL *bias, int accumulate) {
  NAMED(tile_rows)(rows, 2, depth, a, 1, PANEL_ROWS, b, b_step, left, right, c_row,
                        bias, accumulate);
}

static __attribute__((noinline)) void
NAMED(packed_tile_1)(int rows, int64_t depth, const REAL *a, const REAL *b, int64_t b_step,
                     REAL *left, int64_t c_row, const REAL *bias, int accumulate) {
  NAMED(tile_rows)(rows, 1, depth, a, 1, PANEL_ROWS, b, b_step, left, left, c_row,
                        bias, accumulate);
}

/* The left factor is read where it lies. */
static __attribute__((noinline)) void
NAMED(strided_tile_2)(int rows, int64_t depth, const REAL *a, int64_t a_row, int64_t a_step,
                      const REAL *b, int64_t b_step, REAL *left, REAL *right, int64_t c_row,
                      const REAL *bias, int accumulate) {
  NAMED(tile_rows)(rows, 2, depth, a, a_row, a_step, b, b_step, left, right, c_row,
                        bias, accumulate);
}

static __attribute__((noinline)) void
NAMED(strided_tile_1)(int rows, int64_t depth, const REAL *a, int64_t a_row, int64_t a_step,
                      const REAL *b, int64_t b_step, REAL *left, int64_t c_row, const REAL *bias,
                      int accumulate) {
  NAMED(tile_rows)(rows, 1, depth, a, a_row, a_step, b, b_step, left, left, c_row,
                        bias, accumulate);
}
#undef TILE_CASE
#undef TILE_CASES_ABOVE_6

/* A tile of any size up to TILE_ROWS x 2 vectors. `packed` says that a_row is 1 and a_step is
 * PANEL_ROWS. b must be readable for whole vectors; only `columns` of c and bias are touched. */
static inline void NAMED(tile)(int packed, int rows, int columns, int64_t depth, const REAL *a,
                               int64_t a_row, int64_t a_step, const REAL *b, int64_t b_step,
                               REAL *c, int64_t c_row, const REAL *bias, int accumulate) {
  if (columns == 2 * LANES) {
    if (packed)
      NAMED(packed_tile_2)(rows, depth, a, b, b_step, c, c + LANES, c_row, bias, accumulate);
    else
      NAMED(strided_tile_2)(rows, depth, a, a_row, a_step, b, b_step, c, c + LANES, c_row, bias,
                            accumulate);
    return;
  }
  if (columns == LANES) {
    if (packed)
      NAMED(packed_tile_1)(rows, depth, a, b, b_step, c, c_row, bias, accumulate);
    else
      NAMED(strided_tile_1)(rows, depth, a, a_row, a_step, b, b_step, c, c_row, bias, accumulate);
    return;
  }
  /* Odd widths: whole vectors into a buffer, then the columns that exist. */
  REAL whole[TILE_ROWS * 2 * LANES] __attribute__((aligned(64)));
  REAL whole_bias[2 * LANES] __attribute__((aligned(64))) = {0};
  for (int j = 0; bias != NULL && j < columns; j++) whole_bias[j] = bias[j];
  for (int i = 0; accumulate && i < rows; i++)
    for (int j = 0; j < columns; j++) whole[i * 2 * LANES + j] = c[i * c_row + j];
  const REAL *used_bias = bias == NULL ? NULL : whole_bias;
  const int two = columns > LANES;
  if (packed && two)
    NAMED(packed_tile_2)(rows, depth, a, b, b_step, whole, whole + LANES, 2 * LANES, used_bias,
                         accumulate);
  else if (packed)
    NAMED(packed_tile_1)(rows, depth, a, b, b_step, whole, 2 * LANES, used_bias, accumulate);
  else if (two)
    NAMED(strided_tile_2)(rows, depth, a, a_row, a_step, b, b_step, whole, whole + LANES,
                          2 * LANES, used_bias, accumulate);
  else
    NAMED(strided_tile_1)(rows, depth, a, a_row, a_step, b, b_step, whole, 2 * LANES, used_bias,
                          accumulate);
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) c[i * c_row + j] = whole[i * 2 * LANES + j];
}
