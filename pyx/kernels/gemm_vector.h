/* Packing and matrix-vector products for REAL (see gemm_micro.h). */

/* Transposes LANES x LANES: interleaving halves log2(LANES) times moves lane i of row j to
 * lane j of row i. */
ALWAYS_INLINE void NAMED(transpose)(NAMED(vector) rows[LANES]) {
  const NAMED(lanes) low = {LOW_LANES}, high = {HIGH_LANES};
  NAMED(vector) next[LANES];
#pragma GCC unroll 4
  for (int span = 1; span < LANES; span *= 2) {
#pragma GCC unroll 8
    for (int i = 0; i < LANES / 2; i++) {
      next[2 * i] = __builtin_shuffle(rows[i], rows[i + LANES / 2], low);
      next[2 * i + 1] = __builtin_shuffle(rows[i], rows[i + LANES / 2], high);
    }
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++) rows[i] = next[i];
  }
}

/* panel[step][lane] = source[lane * lane_stride + step * step_stride]; lanes from `width` up to
 * panel_step get zeros (or copies, which are as harmless: their results are never stored). */
static void
NAMED(pack_panel)(int width, int64_t depth, const REAL *source, int64_t lane_stride,
                  int64_t step_stride, REAL *panel, int panel_step) {
  int64_t step = 0;
  if (lane_stride == 1) {
    if (width == 2 * LANES && panel_step == 2 * LANES) {
      for (; step < depth; step++, source += step_stride, panel += panel_step) {
        NAMED(store)(panel, NAMED(load)(source));
        NAMED(store)(panel + LANES, NAMED(load)(source + LANES));
      }
    } else if (width == TILE_ROWS) {
      for (; step < depth; step++, source += step_stride, panel += panel_step)
        memcpy(panel, source, TILE_ROWS * sizeof(REAL));
    }
  } else if (step_stride == 1) {
    for (; step + LANES <= depth; step += LANES, source += LANES, panel += LANES * panel_step)
      for (int first = 0; first < panel_step; first += LANES) {
        NAMED(vector) rows[LANES];
        for (int i = 0; i < LANES; i++) {
          const int lane = first + i < width ? first + i : width - 1;
          rows[i] = NAMED(load)(source + lane * lane_stride);
        }
        NAMED(transpose)(rows);
        for (int i = 0; i < LANES; i++) NAMED(store)(panel + i * panel_step + first, rows[i]);
      }
  }
  for (; step < depth; step++, source += step_stride, panel += panel_step) {
    for (int lane = 0; lane < width; lane++) panel[lane] = source[lane * lane_stride];
    for (int lane = width; lane < panel_step; lane++) panel[lane] = 0;
  }
}

#define WIDE 8 /* vectors that are summed side by side, to hide the latency of one sum */

/* out[j] = sum over p of x[p * x_stride] * matrix[p * row + j]. */
static void
NAMED(vector_times_rows)(int64_t columns, int64_t depth, const REAL *x, int64_t x_stride,
                         const REAL *matrix, int64_t row, REAL *out) {
  int64_t j = 0;
  for (; j + WIDE * LANES <= columns; j += WIDE * LANES) {
    NAMED(vector) sum[WIDE];
    for (int i = 0; i < WIDE; i++) sum[i] = (NAMED(vector)){0};
    const REAL *line = matrix + j;
    for (int64_t p = 0; p < depth; p++, line += row) {
      const NAMED(vector) factor = NAMED(broadcast)(x[p * x_stride]);
#pragma GCC unroll 8
      for (int i = 0; i < WIDE; i++)
        sum[i] = MULTIPLY_ADD(factor, NAMED(load)(line + i * LANES), sum[i]);
    }
    for (int i = 0; i < WIDE; i++) NAMED(store)(out + j + i * LANES, sum[i]);
  }
  for (; j + LANES <= columns; j += LANES) {
    NAMED(vector) sum = {0};
    for (int64_t p = 0; p < depth; p++)
      sum = MULTIPLY_ADD(NAMED(broadcast)(x[p * x_stride]), NAMED(load)(matrix + p * row + j), sum);
    NAMED(store)(out + j, sum);
  }
  for (; j < columns; j++) {
    REAL sum = 0;
    for (int64_t p = 0; p < depth; p++) sum += x[p * x_stride] * matrix[p * row + j];
    out[j] = sum;
  }
}

/* Sum of x[p] * y[p] over four running sums. */
static REAL NAMED(dot)(int64_t depth, const REAL *x, const REAL *y) {
  NAMED(vector) sum[4] = {{0}};
  int64_t p = 0;
  for (; p + 4 * LANES <= depth; p += 4 * LANES)
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
      sum[i] = MULTIPLY_ADD(NAMED(load)(x + p + i * LANES), NAMED(load)(y + p + i * LANES), sum[i]);
  for (; p + LANES <= depth; p += LANES)
    sum[0] = MULTIPLY_ADD(NAMED(load)(x + p), NAMED(load)(y + p), sum[0]);
  REAL total = NAMED(sum_lanes)((sum[0] + sum[1]) + (sum[2] + sum[3]));
  for (; p < depth; p++) total += x[p] * y[p];
  return total;
}

/* out[j] = sum over p of x[p] * matrix[j * row + p]: four rows share the loads of x. */
static void
NAMED(rows_times_vector)(int64_t rows, int64_t depth, const REAL *x, const REAL *matrix,
                         int64_t row, REAL *out) {
  int64_t j = 0;
  for (; j + 4 <= rows; j += 4) {
    const REAL *line = matrix + j * row;
    NAMED(vector) sum[4][2] = {{{0}}};
    int64_t p = 0;
    for (; p + 2 * LANES <= depth; p += 2 * LANES) {
      const NAMED(vector) x0 = NAMED(load)(x + p), x1 = NAMED(load)(x + p + LANES);
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) {
        sum[i][0] = MULTIPLY_ADD(x0, NAMED(load)(line + i * row + p), sum[i][0]);
        sum[i][1] = MULTIPLY_ADD(x1, NAMED(load)(line + i * row + p + LANES), sum[i][1]);
      }
    }
    for (int i = 0; i < 4; i++) {
      REAL total = NAMED(sum_lanes)(sum[i][0] + sum[i][1]);
      for (int64_t q = p; q < depth; q++) total += x[q] * line[i * row + q];
      out[j + i] = total;
    }
  }
  for (; j < rows; j++) out[j] = NAMED(dot)(depth, x, matrix + j * row);
}
#undef WIDE
