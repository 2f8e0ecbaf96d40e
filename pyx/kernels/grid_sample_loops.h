/* Inner loops of sampling for REAL: n positions, each the weighted sum of `taps` elements of a
 * plane. Tap k of all positions is stored together; index -1 is outside of the plane. */

/* Positions that lie between the outer elements' centres or edges after mirroring there; slope, the
 * derivative, becomes 1 or -1. */
static void NAMED(reflect_places)(REAL *restrict place, REAL *restrict slope, int64_t size,
                                  int align_corners, int64_t n) {
  const REAL low = align_corners ? 0 : (REAL)-0.5;
  const REAL span = (REAL)(align_corners ? size - 1 : size), twice = 2 * span;
  for (int64_t i = 0; i < n; i++) {
    REAL away = place[i] < low ? low - place[i] : place[i] - low;
    REAL extra = span > 0 ? away - twice * FLOOR(away / twice) : 0;
    slope[i] = (place[i] < low) == (extra > span) ? 1 : -1;
    place[i] = (extra < twice - extra ? extra : twice - extra) + low;
  }
}

/* Positions clipped to the plane, NaN to 0; at the border the derivative is 0. */
static void NAMED(clip_places)(REAL *restrict place, REAL *restrict slope, int64_t size,
                               int64_t n) {
  const REAL last = (REAL)(size - 1);
  for (int64_t i = 0; i < n; i++) {
    REAL above = place[i] > 0 ? place[i] : 0;
    slope[i] = place[i] > 0 && place[i] < last ? slope[i] : 0;
    place[i] = above < last ? above : last;
  }
}

static void NAMED(pad_places)(REAL *restrict place, REAL *restrict slope, int64_t size,
                              int padding, int align_corners, int64_t n) {
  for (int64_t i = 0; i < n; i++) slope[i] = 1;
  if (padding == 2) NAMED(reflect_places)(place, slope, size, align_corners, n);
  if (padding) NAMED(clip_places)(place, slope, size, n);
}

/* Whole positions as indices, -1 outside of the plane. */
static void NAMED(place_index)(int32_t *restrict index, const REAL *restrict place, int64_t size,
                               int64_t n) {
  const REAL end = (REAL)size;
  for (int64_t i = 0; i < n; i++)
    index[i] = place[i] >= 0 && place[i] < end ? (int32_t)place[i] : -1;
}

/* Weights of the four neighbours at distances 1 + t, t, 1 - t, 2 - t, and their derivatives. */
static void NAMED(cubic_weights)(REAL weight[][SAMPLES], REAL slope[][SAMPLES],
                                 const REAL *restrict t, REAL factor, int64_t n) {
  const REAL a = (REAL)-0.75;
  for (int64_t i = 0; i < n; i++) {
    REAL x = t[i] + 1, y = t[i], z = 1 - t[i], w = 2 - t[i];
    weight[0][i] = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
    slope[0][i] = factor * ((3 * a * x - 10 * a) * x + 8 * a);
    weight[1][i] = ((a + 2) * y - (a + 3)) * y * y + 1;
    slope[1][i] = factor * (3 * (a + 2) * y - 2 * (a + 3)) * y;
    weight[2][i] = ((a + 2) * z - (a + 3)) * z * z + 1;
    slope[2][i] = -factor * (3 * (a + 2) * z - 2 * (a + 3)) * z;
    weight[3][i] = ((a * w - 5 * a) * w + 8 * a) * w - 4 * a;
    slope[3][i] = -factor * ((3 * a * w - 10 * a) * w + 8 * a);
  }
}

/* The taps of one axis: index, weight and derivative by the grid, of which `grid` has one number
 * for every `step`. mode: 0 linear, 1 nearest, 2 cubic. */
static void NAMED(axis_taps)(int32_t index[][SAMPLES], REAL weight[][SAMPLES],
                             REAL slope[][SAMPLES], const REAL *restrict grid, int64_t step,
                             int64_t size, int mode, int padding, int align_corners, int64_t n) {
  const REAL factor = (REAL)(align_corners ? size - 1 : size) / 2;
  const REAL low = align_corners ? 0 : (REAL)-0.5;
  REAL place[SAMPLES], base[SAMPLES], sign[SAMPLES];
  if (step == 2)
    for (int64_t i = 0; i < n; i++) place[i] = (grid[2 * i] + 1) * factor + low;
  else
    for (int64_t i = 0; i < n; i++) place[i] = (grid[3 * i] + 1) * factor + low;
  if (mode != 2) NAMED(pad_places)(place, sign, size, padding, align_corners, n);
  if (mode == 1) {
    for (int64_t i = 0; i < n; i++) place[i] = ROUND(place[i]);
    for (int64_t i = 0; i < n; i++) weight[0][i] = 1;
    NAMED(place_index)(index[0], place, size, n);
    return;
  }
  for (int64_t i = 0; i < n; i++) base[i] = FLOOR(place[i]);
  if (mode == 0) {
    for (int64_t i = 0; i < n; i++) {
      weight[0][i] = base[i] + 1 - place[i];
      weight[1][i] = place[i] - base[i];
      slope[0][i] = -sign[i] * factor;
      slope[1][i] = sign[i] * factor;
    }
    NAMED(place_index)(index[0], base, size, n);
    for (int64_t i = 0; i < n; i++) base[i] += 1;
    NAMED(place_index)(index[1], base, size, n);
    return;
  }
  for (int64_t i = 0; i < n; i++) place[i] -= base[i];
  NAMED(cubic_weights)(weight, slope, place, factor, n);
  for (int k = 0; k < 4; k++) {
    for (int64_t i = 0; i < n; i++) place[i] = base[i] + (REAL)(k - 1);
    NAMED(pad_places)(place, sign, size, padding, align_corners, n);
    NAMED(place_index)(index[k], place, size, n);
  }
}

ALWAYS_INLINE NAMED(vector) NAMED(load_lanes)(const REAL *source) {
  NAMED(vector) lanes;
  memcpy(&lanes, source, sizeof lanes);
  return lanes;
}

/* The weighted sum of LANES positions from `i` on. */
ALWAYS_INLINE NAMED(vector) NAMED(sum_taps)(const REAL *plane, const int32_t *index,
                                            const REAL *weight, int64_t taps) {
  NAMED(vector) sum = NAMED(load_lanes)(weight) * NAMED(gather)(plane, index);
  for (int64_t k = 1; k < taps; k++)
    sum += NAMED(load_lanes)(weight + k * SAMPLES) * NAMED(gather)(plane, index + k * SAMPLES);
  return sum;
}

/* out[i] = sum over k of weight[k][i] * plane[index[k][i]]. The block's last lanes, beyond n, have
 * index -1. */
static void NAMED(sample_taps)(REAL *restrict out, const REAL *restrict plane,
                               const int32_t *restrict index, const REAL *restrict weight,
                               int64_t taps, int64_t n) {
  for (int64_t i = 0; i < n; i += NAMED(LANES)) {
    NAMED(vector) sum = taps == 4 ? NAMED(sum_taps)(plane, index + i, weight + i, 4)
                                  : NAMED(sum_taps)(plane, index + i, weight + i, taps);
    int64_t rest = n - i < NAMED(LANES) ? n - i : NAMED(LANES);
    if (rest == NAMED(LANES))
      memcpy(out + i, &sum, sizeof sum);
    else
      memcpy(out + i, &sum, (size_t)rest * sizeof(REAL));
  }
}

/* sum[i] += grad[i] * what sample_taps gives with these weights */
static void NAMED(add_slopes)(REAL *restrict sum, const REAL *restrict grad,
                              const REAL *restrict plane, const int32_t *restrict index,
                              const REAL *restrict slope, int64_t taps, int64_t n) {
  REAL values[SAMPLES];
  NAMED(sample_taps)(values, plane, index, slope, taps, n);
  for (int64_t i = 0; i < n; i++) sum[i] += grad[i] * values[i];
}

/* plane[index[k][i]] += weight[k][i] * grad[i] */
static void NAMED(scatter_taps)(REAL *restrict plane, const REAL *restrict grad,
                                const int32_t *restrict index, const REAL *restrict weight,
                                int64_t taps, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    for (int64_t k = 0; k < taps; k++)
      if (index[k * SAMPLES + i] >= 0)
        plane[index[k * SAMPLES + i]] += weight[k * SAMPLES + i] * grad[i];
}
