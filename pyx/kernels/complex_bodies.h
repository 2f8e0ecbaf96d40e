/* Bodies of complex elementwise kernels in one precision; complex_math.h includes this for each.
 *
 * PART is the type of the two parts, BODY(name) the name of a function, LIBM(name) one of libm,
 * ATAN2 the quickest function of that name.
 * Products are written out: C's `*` would look for infinities behind every NaN. */

static inline COMPLEX BODY(complex)(PART real, PART imag) { return PAIR(real, imag); }
static inline COMPLEX BODY(neg)(COMPLEX x) { return PAIR(-REAL(x), -IMAG(x)); }
static inline COMPLEX BODY(conj_physical)(COMPLEX x) { return PAIR(REAL(x), -IMAG(x)); }
static inline COMPLEX BODY(add)(COMPLEX x, COMPLEX y) {
  return PAIR(REAL(x) + REAL(y), IMAG(x) + IMAG(y));
}
static inline COMPLEX BODY(sub)(COMPLEX x, COMPLEX y) {
  return PAIR(REAL(x) - REAL(y), IMAG(x) - IMAG(y));
}
static inline COMPLEX BODY(rsub)(COMPLEX x, COMPLEX y) { return BODY(sub)(y, x); }
static inline COMPLEX BODY(mul)(COMPLEX x, COMPLEX y) {
  return PAIR(REAL(x) * REAL(y) - IMAG(x) * IMAG(y), REAL(x) * IMAG(y) + IMAG(x) * REAL(y));
}
static inline COMPLEX BODY(times)(COMPLEX x, PART factor) {
  return PAIR(REAL(x) * factor, IMAG(x) * factor);
}
static inline COMPLEX BODY(square)(COMPLEX x) { return BODY(mul)(x, x); }
static inline COMPLEX BODY(cube)(COMPLEX x) { return BODY(mul)(x, BODY(mul)(x, x)); }

/* Smith's division, without branches: the ratio of the divisor's parts is at most 1, so nothing
 * overflows in between. A zero divisor gives infinities and NaN as its parts alone would. */
static inline COMPLEX BODY(div)(COMPLEX x, COMPLEX y) {
  const PART a = REAL(x), b = IMAG(x), c = REAL(y), d = IMAG(y);
  const int swap = LIBM(fabs)(c) < LIBM(fabs)(d);
  const PART large = swap ? d : c, small = swap ? c : d;
  const PART first = swap ? b : a, second = swap ? a : b;
  const PART ratio = large == 0 ? 0 : small / large, scale = 1 / (large + small * ratio);
  const PART other = (second - first * ratio) * scale;
  const PART zero = LIBM(fabs)(large);
  const PART real = large == 0 ? a / zero : (first + second * ratio) * scale;
  const PART imag = large == 0 ? b / zero : swap ? -other : other;
  return PAIR(real, imag);
}
static inline COMPLEX BODY(rdiv)(COMPLEX x, COMPLEX y) { return BODY(div)(y, x); }
static inline COMPLEX BODY(reciprocal)(COMPLEX x) { return BODY(div)(PAIR(1, 0), x); }
static inline COMPLEX BODY(reciprocal_square)(COMPLEX x) {
  return BODY(reciprocal)(BODY(square)(x));
}
static inline COMPLEX BODY(one)(COMPLEX x) { return PAIR(1, 0); }

/* ---- comparison and logic -------------------------------------------------------------------- */

static inline uint8_t BODY(eq)(COMPLEX x, COMPLEX y) {
  return (REAL(x) == REAL(y)) & (IMAG(x) == IMAG(y));
}
static inline uint8_t BODY(ne)(COMPLEX x, COMPLEX y) { return !BODY(eq)(x, y); }
static inline int BODY(is_true)(COMPLEX x) { return (REAL(x) != 0) | (IMAG(x) != 0); }
static inline uint8_t BODY(logical_not)(COMPLEX x) { return !BODY(is_true)(x); }
static inline uint8_t BODY(logical_and)(COMPLEX x, COMPLEX y) {
  return BODY(is_true)(x) & BODY(is_true)(y);
}
static inline uint8_t BODY(logical_or)(COMPLEX x, COMPLEX y) {
  return BODY(is_true)(x) | BODY(is_true)(y);
}
static inline uint8_t BODY(logical_xor)(COMPLEX x, COMPLEX y) {
  return BODY(is_true)(x) ^ BODY(is_true)(y);
}
static inline uint8_t BODY(isnan)(COMPLEX x) {
  return (REAL(x) != REAL(x)) | (IMAG(x) != IMAG(x));
}
static inline uint8_t BODY(isinf)(COMPLEX x) {
  return (LIBM(fabs)(REAL(x)) == INFINITY) | (LIBM(fabs)(IMAG(x)) == INFINITY);
}
static inline uint8_t BODY(isfinite)(COMPLEX x) {
  return (LIBM(fabs)(REAL(x)) < INFINITY) & (LIBM(fabs)(IMAG(x)) < INFINITY);
}

static inline int BODY(equals)(COMPLEX x, double number) {
  return (REAL(x) == number) & (IMAG(x) == 0);
}

/* ---- size and angle -------------------------------------------------------------------------- */

/* The quotient of the parts is at most 1, so its square does not overflow. Infinity beats NaN. */
static inline PART BODY(abs)(COMPLEX x) {
  const PART a = LIBM(fabs)(REAL(x)), b = LIBM(fabs)(IMAG(x));
  const PART large = a > b ? a : b, small = a > b ? b : a;
  const PART ratio = a + b == 0 ? 0 : small / large;
  const PART size = large * LIBM(sqrt)(1 + ratio * ratio);
  return (a == INFINITY) | (b == INFINITY) ? INFINITY : size;
}
static inline PART BODY(angle)(COMPLEX x) { return ATAN2(IMAG(x), REAL(x)); }
static inline COMPLEX BODY(sign)(COMPLEX x) {
  const PART size = BODY(abs)(x);
  return PAIR(size == 0 ? 0 : REAL(x) / size, size == 0 ? 0 : IMAG(x) / size);
}

/* ---- exponentials and logarithms ------------------------------------------------------------- */

static inline COMPLEX BODY(exp)(COMPLEX x) { return LIBM(cexp)(x); }
static inline COMPLEX BODY(exp2)(COMPLEX x) { return BODY(exp)(BODY(times)(x, (PART)M_LN2)); }
static inline COMPLEX BODY(expm1)(COMPLEX x) {
  const PART half_sine = LIBM(sin)(IMAG(x) / 2);
  return PAIR(LIBM(expm1)(REAL(x)) * LIBM(cos)(IMAG(x)) - 2 * half_sine * half_sine,
              LIBM(exp)(REAL(x)) * LIBM(sin)(IMAG(x)));
}
static inline COMPLEX BODY(log)(COMPLEX x) { return LIBM(clog)(x); }
static inline COMPLEX BODY(log2)(COMPLEX x) { return BODY(times)(BODY(log)(x), (PART)M_LOG2E); }
static inline COMPLEX BODY(log10)(COMPLEX x) { return BODY(times)(BODY(log)(x), (PART)M_LOG10E); }
/* Near zero the size of 1 + x is 1 plus less than half, which log1p takes without loss. */
static inline COMPLEX BODY(log1p)(COMPLEX x) {
  const PART a = REAL(x), b = IMAG(x), angle = LIBM(atan2)(b, a + 1);
  const PART excess = a * (2 + a) + b * b;
  if (!(BODY(abs)(x) < (PART)0.5)) return PAIR(LIBM(log)(LIBM(hypot)(a + 1, b)), angle);
  return PAIR(excess == 0 ? a : LIBM(log1p)(excess) / 2, angle);
}
static inline COMPLEX BODY(sqrt)(COMPLEX x) { return LIBM(csqrt)(x); }
static inline COMPLEX BODY(rsqrt)(COMPLEX x) { return BODY(reciprocal)(BODY(sqrt)(x)); }
static inline COMPLEX BODY(pow)(COMPLEX x, COMPLEX y) { return LIBM(cpow)(x, y); }
static inline COMPLEX BODY(logaddexp)(COMPLEX x, COMPLEX y) {
  const COMPLEX large = REAL(x) < REAL(y) ? y : x, small = REAL(x) < REAL(y) ? x : y;
  if (BODY(isnan)(x) | BODY(isnan)(y)) return PAIR(NAN, NAN);
  if (REAL(small) == REAL(large) && isinf(REAL(small))) {
    if (REAL(small) < 0) return small; /* exp gives 0, whatever the angle */
    return BODY(log)(BODY(add)(BODY(exp)(small), BODY(exp)(large)));
  }
  return BODY(add)(large, BODY(log1p)(BODY(exp)(BODY(sub)(small, large))));
}
static inline COMPLEX BODY(sigmoid)(COMPLEX x) {
  const COMPLEX power = BODY(exp)(BODY(neg)(x));
  return BODY(reciprocal)(PAIR(1 + REAL(power), IMAG(power)));
}
static inline COMPLEX BODY(silu)(COMPLEX x) { return BODY(mul)(x, BODY(sigmoid)(x)); }
static inline COMPLEX BODY(sigmoid_backward)(COMPLEX grad, COMPLEX out) {
  return BODY(mul)(BODY(mul)(grad, PAIR(1 - REAL(out), -IMAG(out))), out);
}
static inline COMPLEX BODY(silu_backward)(COMPLEX grad, COMPLEX x) {
  const COMPLEX share = BODY(sigmoid)(x);
  const COMPLEX slope = BODY(mul)(x, PAIR(1 - REAL(share), -IMAG(share)));
  return BODY(mul)(grad, BODY(mul)(share, PAIR(1 + REAL(slope), IMAG(slope))));
}

/* ---- trigonometric and hyperbolic functions -------------------------------------------------- */

static inline COMPLEX BODY(sin)(COMPLEX x) { return LIBM(csin)(x); }
static inline COMPLEX BODY(cos)(COMPLEX x) { return LIBM(ccos)(x); }
static inline COMPLEX BODY(tan)(COMPLEX x) { return LIBM(ctan)(x); }
static inline COMPLEX BODY(asin)(COMPLEX x) { return LIBM(casin)(x); }
static inline COMPLEX BODY(acos)(COMPLEX x) { return LIBM(cacos)(x); }
static inline COMPLEX BODY(atan)(COMPLEX x) { return LIBM(catan)(x); }
static inline COMPLEX BODY(sinh)(COMPLEX x) { return LIBM(csinh)(x); }
static inline COMPLEX BODY(cosh)(COMPLEX x) { return LIBM(ccosh)(x); }
static inline COMPLEX BODY(tanh)(COMPLEX x) { return LIBM(ctanh)(x); }
static inline COMPLEX BODY(asinh)(COMPLEX x) { return LIBM(casinh)(x); }
static inline COMPLEX BODY(acosh)(COMPLEX x) { return LIBM(cacosh)(x); }
static inline COMPLEX BODY(atanh)(COMPLEX x) { return LIBM(catanh)(x); }
static inline COMPLEX BODY(sinc)(COMPLEX x) {
  const COMPLEX angle = BODY(times)(x, (PART)M_PI);
  return BODY(is_true)(x) ? BODY(div)(BODY(sin)(angle), angle) : PAIR(1, 0);
}
static inline COMPLEX BODY(tanh_backward)(COMPLEX grad, COMPLEX out) {
  const COMPLEX square = BODY(square)(out);
  return BODY(mul)(grad, PAIR(1 - REAL(square), -IMAG(square)));
}

/* ---- three and four operands ----------------------------------------------------------------- */

static inline COMPLEX BODY(where)(COMPLEX condition, COMPLEX x, COMPLEX y) {
  const int taken = BODY(is_true)(condition);
  return PAIR(taken ? REAL(x) : REAL(y), taken ? IMAG(x) : IMAG(y));
}
static inline COMPLEX BODY(addcmul)(COMPLEX x, COMPLEX y, COMPLEX z, COMPLEX value) {
  return BODY(add)(x, BODY(mul)(BODY(mul)(value, y), z));
}
static inline COMPLEX BODY(addcdiv)(COMPLEX x, COMPLEX y, COMPLEX z, COMPLEX value) {
  return BODY(add)(x, BODY(div)(BODY(mul)(value, y), z));
}
/* Counted from the nearer end, so that a weight of 1 gives `end`. */
static inline COMPLEX BODY(lerp)(COMPLEX x, COMPLEX end, COMPLEX weight) {
  const COMPLEX way = BODY(sub)(end, x);
  const int near = REAL(weight) * REAL(weight) + IMAG(weight) * IMAG(weight) < (PART)0.25;
  const COMPLEX share = PAIR(near ? REAL(weight) : REAL(weight) - 1, IMAG(weight));
  const COMPLEX from = PAIR(near ? REAL(x) : REAL(end), near ? IMAG(x) : IMAG(end));
  return BODY(add)(from, BODY(mul)(share, way));
}
