/* Poisson and binomial numbers. Each element has a stream of its own, so that a value depends on
 * nothing but the seed and the element's number. */
#ifndef CYTORCH_RANDOM_COUNTS_H
#define CYTORCH_RANDOM_COUNTS_H
#include <math.h>
#include "philox.h"

/* From here on a rounded normal number is as good: the skewness is below 1e-4. */
#define LARGE_VARIANCE 1e9
#define GOLDEN_RATIO 0x9e3779b97f4a7c15u

typedef struct ElementStream {
  uint64_t seed, group;
  uint32_t words[64];
  int used;
} ElementStream;

static inline ElementStream open_element(uint64_t seed, uint64_t group) {
  ElementStream stream = {.seed = seed, .group = group, .used = 0};
  philox_group(seed, group, stream.words);
  return stream;
}

/* Evenly distributed over (0, 1). */
static inline double next_uniform(ElementStream *stream) {
  if (stream->used == 64) {
    stream->seed += GOLDEN_RATIO;
    philox_group(stream->seed, stream->group, stream->words);
    stream->used = 0;
  }
  uint64_t low = stream->words[stream->used], high = stream->words[stream->used + 1];
  stream->used += 2;
  return ((double)((high << 32 | low) >> 12) + 0.5) * 0x1p-52;
}

static inline double next_normal(ElementStream *stream) {
  double radius = sqrt(-2 * log(next_uniform(stream)));
  return radius * cos(6.28318530717958647693 * next_uniform(stream));
}

/* log(gamma(x + 1)) without lgamma()'s global sign */
static inline double log_factorial(double x) {
  int sign;
  return lgamma_r(x + 1, &sign);
}

/* W. Hoermann's transformed rejection (PTRS) from a mean of 10 on, products of uniforms below. */
static double poisson_number(double rate, ElementStream *stream) {
  if (!(rate > 0)) return rate == 0 ? 0 : NAN;
  if (rate == INFINITY) return INFINITY;
  if (rate > LARGE_VARIANCE) return floor(rate + sqrt(rate) * next_normal(stream) + 0.5);
  if (rate < 10) {
    double limit = exp(-rate), product = next_uniform(stream);
    int count = 0;
    for (; product > limit; count++) product *= next_uniform(stream);
    return count;
  }
  double b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b;
  double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    double u = next_uniform(stream) - 0.5, v = next_uniform(stream), edge = 0.5 - fabs(u);
    double k = floor((2 * a / edge + b) * u + rate + 0.43);
    if (edge >= 0.07 && v <= squeeze) return k;
    if (k < 0 || (edge < 0.013 && v > edge)) continue;
    double height = log(v * inverse_alpha / (a / (edge * edge) + b));
    if (height <= k * log(rate) - rate - log_factorial(k)) return k;
  }
}

/* p <= 1/2. Hoermann's BTRS from a mean of 10 on, below it the gaps between successes. */
static double binomial_small(double n, double p, ElementStream *stream) {
  double mean = n * p, deviation = sqrt(mean * (1 - p));
  if (mean < 10) {
    double gaps = log1p(-p), reached = 0, count = 0;
    for (;; count++) {
      reached += ceil(log(next_uniform(stream)) / gaps);
      if (!(reached <= n)) return count;
    }
  }
  if (mean > LARGE_VARIANCE) {
    double value = floor(mean + deviation * next_normal(stream) + 0.5);
    return value > n ? n : value;
  }
  double b = 1.15 + 2.53 * deviation, a = -0.0873 + 0.0248 * b + 0.01 * p;
  double squeeze = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * deviation;
  double odds = log(p / (1 - p)), top = floor((n + 1) * p);
  double peak = log_factorial(top) + log_factorial(n - top);
  for (;;) {
    double u = next_uniform(stream) - 0.5, v = next_uniform(stream), edge = 0.5 - fabs(u);
    double k = floor((2 * a / edge + b) * u + mean + 0.5);
    if (edge >= 0.07 && v <= squeeze) return k;
    if (k < 0 || k > n) continue;
    double height = log(v * alpha / (a / (edge * edge) + b));
    if (height <= peak - log_factorial(k) - log_factorial(n - k) + (k - top) * odds) return k;
  }
}

static double binomial_number(double n, double p, ElementStream *stream) {
  if (n != n || p != p) return NAN;
  if (!(n > 0) || p <= 0) return 0;
  if (p >= 1) return n;
  return p <= 0.5 ? binomial_small(n, p, stream) : n - binomial_small(n, 1 - p, stream);
}
#endif
