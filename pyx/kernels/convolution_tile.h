/* Inner loops of convolution for REAL. A "run" is up to LANES output pixels that are neighbours in
 * one line of the prepared source; offsets[k] leads from a pixel to element k of its window. */

/* line[i] = source[first + i * step] where that index lies in [0, size), else zero. */
static void NAMED(copy_line)(REAL *line, int64_t count, const REAL *source, int64_t size,
                             int64_t first, int64_t step) {
  int64_t begin = first < 0 ? (-first + step - 1) / step : 0;
  int64_t end = first < size ? (size - first + step - 1) / step : 0;
  if (begin > count) begin = count;
  if (end > count) end = count;
  if (end < begin) end = begin;
  for (int64_t i = 0; i < begin; i++) line[i] = 0;
  source += first;
  if (step == 1)
    memcpy(line + begin, source + begin, (size_t)(end - begin) * sizeof(REAL));
  else if (step == 2)
    for (int64_t i = begin; i < end; i++) line[i] = source[2 * i];
  else
    for (int64_t i = begin; i < end; i++) line[i] = source[i * step];
  for (int64_t i = end; i < count; i++) line[i] = 0;
}

/* panel[k] = the windows' elements k, `count` runs of `length` side by side. */
ALWAYS_INLINE void NAMED(gather_equal)(const int count, const int length, int64_t depth,
                                       const int64_t *offsets, const REAL *const *sources,
                                       REAL *panel) {
  for (int64_t k = 0; k < depth; k++, panel += count * length)
#pragma GCC unroll 8
    for (int run = 0; run < count; run++)
      memcpy(panel + run * length, sources[run] + offsets[k], (size_t)length * sizeof(REAL));
}

/* Any runs. Whole vectors are copied: what a run writes too much, the next run or step rewrites,
 * so panel and source need LANES elements of slack. With `exact` only the run itself is read. */
static void NAMED(gather_panel)(int64_t depth, const int64_t *offsets, int count,
                                const REAL *const *sources, const int *starts, const int *lengths,
                                int exact, REAL *panel) {
  int equal = count * lengths[0] == 2 * LANES;
  for (int run = 1; run < count; run++) equal &= lengths[run] == lengths[0];
  if (equal && count == 2) {
    NAMED(gather_equal)(2, LANES, depth, offsets, sources, panel);
  } else if (equal && count == 4) {
    NAMED(gather_equal)(4, LANES / 2, depth, offsets, sources, panel);
  } else if (equal && count == 8 && LANES >= 4) {
    NAMED(gather_equal)(8, LANES / 4, depth, offsets, sources, panel);
  } else if (exact) {
    for (int64_t k = 0; k < depth; k++, panel += 2 * LANES)
      for (int run = 0; run < count; run++)
        memcpy(panel + starts[run], sources[run] + offsets[k],
               (size_t)lengths[run] * sizeof(REAL));
  } else {
    for (int64_t k = 0; k < depth; k++, panel += 2 * LANES)
      for (int run = 0; run < count; run++)
        NAMED(store)(panel + starts[run], NAMED(load)(sources[run] + offsets[k]));
  }
}

/* One output channel: out[run][lane] = initial + sum over k of weights[k * step] * window. Runs
 * are whole vectors; SUM_RUNS of them keep the multipliers busy. */
static void NAMED(window_sum)(int64_t depth, const int64_t *offsets, const REAL *weights,
                              int64_t step, const REAL *const *sources, REAL initial, REAL *out) {
  NAMED(vector) sum[SUM_RUNS];
  const REAL *source[SUM_RUNS];
  for (int run = 0; run < SUM_RUNS; run++) {
    sum[run] = NAMED(broadcast)(initial);
    source[run] = sources[run];
  }
  for (int64_t k = 0; k < depth; k++) {
    const NAMED(vector) weight = NAMED(broadcast)(weights[k * step]);
    const int64_t offset = offsets[k];
#pragma GCC unroll 8
    for (int run = 0; run < SUM_RUNS; run++)
      sum[run] = MULTIPLY_ADD(weight, NAMED(load)(source[run] + offset), sum[run]);
  }
  for (int run = 0; run < SUM_RUNS; run++) NAMED(store)(out + run * LANES, sum[run]);
}

/* The lines of output pixels that a weight gradient sums over. */
#ifndef CYTORCH_WINDOW_LINES
#define CYTORCH_WINDOW_LINES
typedef struct WindowLines {
  int64_t images, image_stride;     /* strides in the prepared source */
  int64_t depths, depth_stride;
  int64_t heights, height_stride;
  int64_t columns;                  /* pixels of a line */
} WindowLines;
#endif

/* out[i][lane] (+)= sum over pixels of window i's element * gradient[pixel][lane], two vectors. */
ALWAYS_INLINE void NAMED(window_tile_body)(const int rows, const WindowLines *lines,
                                           const REAL *const *windows, const REAL *gradient,
                                           REAL *out, int64_t out_row, int accumulate) {
  NAMED(vector) sum[WINDOW_ROWS][2];
  const REAL *window[WINDOW_ROWS];
#pragma GCC unroll 12
  for (int i = 0; i < rows; i++) {
    sum[i][0] = sum[i][1] = (NAMED(vector)){0};
    window[i] = windows[i];
  }
  for (int64_t image = 0; image < lines->images; image++)
    for (int64_t depth = 0; depth < lines->depths; depth++)
      for (int64_t height = 0; height < lines->heights; height++) {
        const int64_t at = image * lines->image_stride + depth * lines->depth_stride +
                           height * lines->height_stride;
        for (int64_t j = at; j < at + lines->columns; j++, gradient += 2 * LANES) {
          const NAMED(vector) g0 = NAMED(load)(gradient), g1 = NAMED(load)(gradient + LANES);
#pragma GCC unroll 12
          for (int i = 0; i < rows; i++) {
            const NAMED(vector) value = NAMED(broadcast)(window[i][j]);
            sum[i][0] = MULTIPLY_ADD(value, g0, sum[i][0]);
            sum[i][1] = MULTIPLY_ADD(value, g1, sum[i][1]);
          }
        }
      }
#pragma GCC unroll 12
  for (int i = 0; i < rows; i++) {
    if (accumulate) {
      sum[i][0] += NAMED(load)(out + i * out_row);
      sum[i][1] += NAMED(load)(out + i * out_row + LANES);
    }
    NAMED(store)(out + i * out_row, sum[i][0]);
    NAMED(store)(out + i * out_row + LANES, sum[i][1]);
  }
}

#define WINDOW_CASE(count)                                                                     \
  case count:                                                                                  \
    NAMED(window_tile_body)(count, lines, windows, gradient, out, out_row, accumulate);        \
    return;
static void NAMED(window_tile)(int rows, const WindowLines *lines, const REAL *const *windows,
                               const REAL *gradient, REAL *out, int64_t out_row,
                               int accumulate) {
  switch (rows) {
    WINDOW_CASE(1) WINDOW_CASE(2) WINDOW_CASE(3) WINDOW_CASE(4) WINDOW_CASE(5) WINDOW_CASE(6)
#if TILE_ROWS > 6
    WINDOW_CASE(7) WINDOW_CASE(8) WINDOW_CASE(9) WINDOW_CASE(10) WINDOW_CASE(11) WINDOW_CASE(12)
#endif
  }
}
#undef WINDOW_CASE

/* out[i] (+)= sum over pixels of window i's element * gradient[pixel], for one output channel. */
ALWAYS_INLINE void NAMED(window_dots_body)(const int rows, const WindowLines *lines,
                                           const REAL *const *windows, const REAL *gradient,
                                           int64_t gradient_image, REAL *out, int accumulate) {
  NAMED(vector) sum[WINDOW_ROWS];
  REAL tail[WINDOW_ROWS] = {0};
#pragma GCC unroll 12
  for (int i = 0; i < rows; i++) sum[i] = (NAMED(vector)){0};
  for (int64_t image = 0; image < lines->images; image++) {
    const REAL *g = gradient + image * gradient_image;
    for (int64_t depth = 0; depth < lines->depths; depth++)
      for (int64_t height = 0; height < lines->heights; height++, g += lines->columns) {
        const int64_t at = image * lines->image_stride + depth * lines->depth_stride +
                           height * lines->height_stride;
        int64_t j = 0;
        for (; j + LANES <= lines->columns; j += LANES) {
          const NAMED(vector) value = NAMED(load)(g + j);
#pragma GCC unroll 12
          for (int i = 0; i < rows; i++)
            sum[i] = MULTIPLY_ADD(value, NAMED(load)(windows[i] + at + j), sum[i]);
        }
        for (; j < lines->columns; j++)
          for (int i = 0; i < rows; i++) tail[i] += g[j] * windows[i][at + j];
      }
  }
  for (int i = 0; i < rows; i++) {
    const REAL total = NAMED(sum_lanes)(sum[i]) + tail[i];
    out[i] = accumulate ? out[i] + total : total;
  }
}

#define DOTS_CASE(count)                                                                       \
  case count:                                                                                  \
    NAMED(window_dots_body)(count, lines, windows, gradient, gradient_image, out, accumulate); \
    return;
static void NAMED(window_dots)(int rows, const WindowLines *lines, const REAL *const *windows,
                               const REAL *gradient, int64_t gradient_image, REAL *out,
                               int accumulate) {
  switch (rows) {
    DOTS_CASE(1) DOTS_CASE(2) DOTS_CASE(3) DOTS_CASE(4) DOTS_CASE(5) DOTS_CASE(6)
#if TILE_ROWS > 6
    DOTS_CASE(7) DOTS_CASE(8) DOTS_CASE(9) DOTS_CASE(10) DOTS_CASE(11) DOTS_CASE(12)
#endif
  }
}
#undef DOTS_CASE
