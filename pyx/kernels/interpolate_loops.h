/* Inner loops of resampling for REAL. Along a line, output i has taps k; tap k of all outputs is
 * stored together: source[k * n + i], weight[k * n + i]. */

/* out[i] = line[source[i]] */
static void NAMED(take_one)(REAL *restrict out, const REAL *restrict line,
                            const int32_t *restrict source, int64_t n) {
  for (int64_t i = 0; i < n; i++) out[i] = line[source[i]];
}

static void NAMED(take_two)(REAL *restrict out, const REAL *restrict line,
                            const int32_t *restrict source, const REAL *restrict weight,
                            int64_t n) {
  for (int64_t i = 0; i < n; i++)
    out[i] = weight[i] * line[source[i]] + weight[n + i] * line[source[n + i]];
}

static void NAMED(take_four)(REAL *restrict out, const REAL *restrict line,
                             const int32_t *restrict source, const REAL *restrict weight,
                             int64_t n) {
  for (int64_t i = 0; i < n; i++)
    out[i] = (weight[i] * line[source[i]] + weight[n + i] * line[source[n + i]]) +
             (weight[2 * n + i] * line[source[2 * n + i]] +
              weight[3 * n + i] * line[source[3 * n + i]]);
}

/* Any number of taps. Taps of weight zero only fill up: what they point at does not count. */
static void NAMED(take_some)(REAL *restrict out, const REAL *restrict line,
                             const int32_t *restrict source, const REAL *restrict weight,
                             int64_t n, int64_t taps) {
  int64_t k = 0;
  if (taps == 1)
    for (int64_t i = 0; i < n; i++) {
      REAL a = line[source[i]];
      out[i] = weight[i] * (weight[i] != 0 ? a : 0);
    }
  for (; k + 2 <= taps; k += 2, source += 2 * n, weight += 2 * n)
    for (int64_t i = 0; i < n; i++) {
      REAL a = line[source[i]], b = line[source[n + i]], before = k ? out[i] : 0;
      out[i] = before + weight[i] * (weight[i] != 0 ? a : 0) +
               weight[n + i] * (weight[n + i] != 0 ? b : 0);
    }
  if (k && k < taps)
    for (int64_t i = 0; i < n; i++) {
      REAL a = line[source[i]];
      out[i] += weight[i] * (weight[i] != 0 ? a : 0);
    }
}

/* Long windows of neighbours: output i is the dot product of `taps` weights of its own. */
static void NAMED(take_windows)(REAL *restrict out, const REAL *restrict line,
                                const int32_t *restrict first, const int32_t *restrict count,
                                const REAL *restrict weight, int64_t n, int64_t taps) {
  for (int64_t i = 0; i < n; i++, weight += taps) {
    const REAL *x = line + first[i];
    REAL lanes[16] = {0}, sum = 0;
    int64_t k = 0;
    for (; k + 16 <= count[i]; k += 16)
#pragma GCC unroll 16
      for (int j = 0; j < 16; j++) lanes[j] += weight[k + j] * x[k + j];
    for (; k < count[i]; k++) sum += weight[k] * x[k];
    for (int width = 8; width; width /= 2)
      for (int j = 0; j < width; j++) lanes[j] += lanes[j + width];
    out[i] = lanes[0] + sum;
  }
}

/* out = the weighted sum of `count` lines. */
static void NAMED(blend_lines)(REAL *restrict out, const REAL *const *lines,
                               const REAL *restrict weight, int64_t count, int64_t n) {
  int64_t k;
  if (count == 1 && weight[0] == 1) {
    memcpy(out, lines[0], (size_t)n * sizeof(REAL));
    return;
  }
  if (count == 2) {
    const REAL *a = lines[0], *b = lines[1], v = weight[0], w = weight[1];
    for (int64_t i = 0; i < n; i++) out[i] = v * a[i] + w * b[i];
    return;
  }
  for (k = 0; k + 4 <= count; k += 4) {
    const REAL *a = lines[k], *b = lines[k + 1], *c = lines[k + 2], *d = lines[k + 3];
    const REAL p = weight[k], q = weight[k + 1], r = weight[k + 2], s = weight[k + 3];
    if (k == 0)
      for (int64_t i = 0; i < n; i++) out[i] = (p * a[i] + q * b[i]) + (r * c[i] + s * d[i]);
    else
      for (int64_t i = 0; i < n; i++) out[i] += (p * a[i] + q * b[i]) + (r * c[i] + s * d[i]);
  }
  if (k == 0) memset(out, 0, (size_t)n * sizeof(REAL));
  for (; k < count; k++) {
    const REAL *a = lines[k], v = weight[k];
    for (int64_t i = 0; i < n; i++) out[i] += v * a[i];
  }
}
