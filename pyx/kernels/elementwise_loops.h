/* Inner loops of elementwise kernels: macros, since Cython cannot say `#pragma GCC ivdep`.
 *
 * The pointers carry the types: UNARY_LOOP((float *)out, (float *)x, strides, n, body) calls
 * body(float). An output may be one of the inputs (in-place), never a shifted part of one; that is
 * what ivdep tells the compiler.
 *
 * Light bodies have loops for each layout. Bodies that take long (TILE_..., CHECKED_...) have one
 * vector loop over tiles: what is not contiguous is gathered into a tile on the stack first. */
#ifndef CYTORCH_ELEMENTWISE_LOOPS_H
#define CYTORCH_ELEMENTWISE_LOOPS_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EACH_ELEMENT(i, n) _Pragma("GCC ivdep") for (ptrdiff_t i = 0; i < (n); i++)
#define ITEM(pointer) ((ptrdiff_t)sizeof(*(pointer)))
#define AT(pointer, i, stride) \
  (*(__typeof__(&*(pointer)))((char *)(pointer) + (i) * (stride)))

/* ---- light bodies ---------------------------------------------------------------------------- */

#define UNARY_LOOP(out, x, strides, n, body)                                                    \
  do {                                                                                          \
    __typeof__(&*(out)) o_ = (out);                                                             \
    __typeof__(&*(x)) x_ = (x);                                                                 \
    const ptrdiff_t so_ = (strides)[0], sx_ = (strides)[1], n_ = (n);                           \
    if ((so_ == ITEM(o_)) & (sx_ == ITEM(x_))) {                                                \
      EACH_ELEMENT(i_, n_) o_[i_] = body(x_[i_]);                                               \
    } else {                                                                                    \
      for (ptrdiff_t i_ = 0; i_ < n_; i_++) AT(o_, i_, so_) = body(AT(x_, i_, sx_));            \
    }                                                                                           \
  } while (0)

#define FILL_LOOP(out, value, n)                                                                \
  do {                                                                                          \
    __typeof__(&*(out)) o_ = (out);                                                             \
    const __typeof__(*(out)) value_ = (value);                                                  \
    EACH_ELEMENT(i_, n) o_[i_] = value_;                                                        \
  } while (0)

#define BINARY_LOOP(out, x, y, strides, n, body)                                                \
  do {                                                                                          \
    __typeof__(&*(out)) o_ = (out);                                                             \
    __typeof__(&*(x)) x_ = (x);                                                                 \
    __typeof__(&*(y)) y_ = (y);                                                                 \
    const ptrdiff_t so_ = (strides)[0], sx_ = (strides)[1], sy_ = (strides)[2], n_ = (n);       \
    const int packed_ = so_ == ITEM(o_);                                                        \
    if (packed_ & (sx_ == ITEM(x_)) & (sy_ == ITEM(y_))) {                                      \
      EACH_ELEMENT(i_, n_) o_[i_] = body(x_[i_], y_[i_]);                                       \
    } else if (packed_ & (sx_ == ITEM(x_)) & (sy_ == 0) & (n_ > 0)) {                           \
      const __typeof__(*y_ + 0) number_ = *y_;                                                  \
      EACH_ELEMENT(i_, n_) o_[i_] = body(x_[i_], number_);                                      \
    } else if (packed_ & (sx_ == 0) & (sy_ == ITEM(y_)) & (n_ > 0)) {                           \
      const __typeof__(*x_ + 0) number_ = *x_;                                                  \
      EACH_ELEMENT(i_, n_) o_[i_] = body(number_, y_[i_]);                                      \
    } else {                                                                                    \
      for (ptrdiff_t i_ = 0; i_ < n_; i_++)                                                     \
        AT(o_, i_, so_) = body(AT(x_, i_, sx_), AT(y_, i_, sy_));                               \
    }                                                                                           \
  } while (0)

/* ---- tiles ----------------------------------------------------------------------------------- */

#define TILE 512
/* The number of elements of a tile's vector loop: whole vectors, so that no scalar rest is made. */
#define WHOLE_VECTORS(count) (((count) + 15) & ~(ptrdiff_t)15)

#define COPY_STRIDED(type)                                                                      \
  for (ptrdiff_t i = 0; i < count; i++)                                                         \
    *(type *)(target + i * target_stride) = *(const type *)(source + i * source_stride)

static void copy_strided(char *target, ptrdiff_t target_stride, const char *source,
                         ptrdiff_t source_stride, ptrdiff_t count, ptrdiff_t item) {
  if (target_stride == item && source_stride == item)
    memcpy(target, source, (size_t)(count * item));
  else if (item == 8)
    COPY_STRIDED(uint64_t);
  else if (item == 4)
    COPY_STRIDED(uint32_t);
  else if (item == 2)
    COPY_STRIDED(uint16_t);
  else
    COPY_STRIDED(uint8_t);
}

/* `count` elements as an array that may be read up to the next whole vector. What lies behind them
 * repeats the last one: values that the kernel meets anyway. */
static const char *tile_input(char *buffer, const char *source, ptrdiff_t stride, ptrdiff_t start,
                              ptrdiff_t count, ptrdiff_t item) {
  const ptrdiff_t padded = WHOLE_VECTORS(count);
  source += start * stride;
  if (stride == item && count == padded) return source;
  if (stride == 0 && start > 0) return buffer; /* filled by the first tile */
  copy_strided(buffer, item, source, stride, count, item);
  copy_strided(buffer + count * item, item, buffer + (count - 1) * item, 0, padded - count, item);
  return buffer;
}

static char *tile_output(char *buffer, char *target, ptrdiff_t stride, ptrdiff_t start,
                         ptrdiff_t count, ptrdiff_t item) {
  return stride == item && count == WHOLE_VECTORS(count) ? target + start * stride : buffer;
}

static void store_tile(char *target, ptrdiff_t stride, ptrdiff_t start, ptrdiff_t count,
                       const char *tile, ptrdiff_t item) {
  target += start * stride;
  if (tile != target) copy_strided(target, stride, tile, item, count, item);
}

#define EACH_TILE(start, count, n)                                                              \
  for (ptrdiff_t start = 0, count; count = (n) - start < TILE ? (n) - start : TILE, start < (n); \
       start += TILE)

/* The input operand number `k` as an array `name`, and the output `o_`. */
#define TILE_INPUT(name, operand, k)                                                            \
  const __typeof__(*(operand)) *name = (const void *)tile_input(                                \
      (char *)name##buffer, (const char *)(operand), s_[k], start_, count_, ITEM(operand))
#define TILE_BUFFER(name, operand) \
  __attribute__((aligned(64))) __typeof__(*(operand) + 0) name##buffer[TILE]
#define TILE_OUTPUT(out)                                                                        \
  __typeof__(&*(out)) o_ = (void *)tile_output((char *)o_buffer, (char *)(out), s_[0], start_,  \
                                               count_, ITEM(out));                              \
  const ptrdiff_t padded_ = WHOLE_VECTORS(count_)
#define STORE_TILE(out) store_tile((char *)(out), s_[0], start_, count_, (char *)o_, ITEM(out))

#define TILE_UNARY_LOOP(out, x, strides, n, body)                                               \
  do {                                                                                          \
    const ptrdiff_t *const s_ = (strides);                                                      \
    TILE_BUFFER(o_, out);                                                                       \
    TILE_BUFFER(x_, x);                                                                         \
    EACH_TILE(start_, count_, n) {                                                              \
      TILE_INPUT(x_, x, 1);                                                                     \
      TILE_OUTPUT(out);                                                                         \
      EACH_ELEMENT(i_, padded_) o_[i_] = body(x_[i_]);                                          \
      STORE_TILE(out);                                                                          \
    }                                                                                           \
  } while (0)

#define TILE_BINARY_LOOP(out, x, y, strides, n, body)                                           \
  do {                                                                                          \
    const ptrdiff_t *const s_ = (strides);                                                      \
    TILE_BUFFER(o_, out);                                                                       \
    TILE_BUFFER(x_, x);                                                                         \
    TILE_BUFFER(y_, y);                                                                         \
    EACH_TILE(start_, count_, n) {                                                              \
      TILE_INPUT(x_, x, 1);                                                                     \
      TILE_INPUT(y_, y, 2);                                                                     \
      TILE_OUTPUT(out);                                                                         \
      EACH_ELEMENT(i_, padded_) o_[i_] = body(x_[i_], y_[i_]);                                  \
      STORE_TILE(out);                                                                          \
    }                                                                                           \
  } while (0)

#define TILE_TERNARY_LOOP(out, x, y, z, strides, n, body)                                       \
  do {                                                                                          \
    const ptrdiff_t *const s_ = (strides);                                                      \
    TILE_BUFFER(o_, out);                                                                       \
    TILE_BUFFER(x_, x);                                                                         \
    TILE_BUFFER(y_, y);                                                                         \
    TILE_BUFFER(z_, z);                                                                         \
    EACH_TILE(start_, count_, n) {                                                              \
      TILE_INPUT(x_, x, 1);                                                                     \
      TILE_INPUT(y_, y, 2);                                                                     \
      TILE_INPUT(z_, z, 3);                                                                     \
      TILE_OUTPUT(out);                                                                         \
      EACH_ELEMENT(i_, padded_) o_[i_] = body(x_[i_], y_[i_], z_[i_]);                          \
      STORE_TILE(out);                                                                          \
    }                                                                                           \
  } while (0)

#define TILE_QUATERNARY_LOOP(out, x, y, z, w, strides, n, body)                                 \
  do {                                                                                          \
    const ptrdiff_t *const s_ = (strides);                                                      \
    TILE_BUFFER(o_, out);                                                                       \
    TILE_BUFFER(x_, x);                                                                         \
    TILE_BUFFER(y_, y);                                                                         \
    TILE_BUFFER(z_, z);                                                                         \
    TILE_BUFFER(w_, w);                                                                         \
    EACH_TILE(start_, count_, n) {                                                              \
      TILE_INPUT(x_, x, 1);                                                                     \
      TILE_INPUT(y_, y, 2);                                                                     \
      TILE_INPUT(z_, z, 3);                                                                     \
      TILE_INPUT(w_, w, 4);                                                                     \
      TILE_OUTPUT(out);                                                                         \
      EACH_ELEMENT(i_, padded_) o_[i_] = body(x_[i_], y_[i_], z_[i_], w_[i_]);                  \
      STORE_TILE(out);                                                                          \
    }                                                                                           \
  } while (0)

/* ---- tiles with rare values ------------------------------------------------------------------ */

/* `fast` for the whole tile, then `body` again where `is_rare`. A tile with rare values is made in
 * the buffer: its input must survive the first pass. */
#define CHECKED_UNARY_LOOP(out, x, strides, n, fast, is_rare, body)                             \
  do {                                                                                          \
    const ptrdiff_t *const s_ = (strides);                                                      \
    TILE_BUFFER(o_, out);                                                                       \
    TILE_BUFFER(x_, x);                                                                         \
    EACH_TILE(start_, count_, n) {                                                              \
      TILE_INPUT(x_, x, 1);                                                                     \
      TILE_OUTPUT(out);                                                                         \
      int rare_ = 0;                                                                            \
      EACH_ELEMENT(i_, padded_) rare_ |= is_rare(x_[i_]);                                       \
      o_ = rare_ ? o_buffer : o_;                                                               \
      EACH_ELEMENT(i_, padded_) o_[i_] = fast(x_[i_]);                                          \
      if (rare_)                                                                                \
        for (ptrdiff_t i_ = 0; i_ < count_; i_++)                                               \
          if (is_rare(x_[i_])) o_[i_] = body(x_[i_]);                                           \
      STORE_TILE(out);                                                                          \
    }                                                                                           \
  } while (0)

#define CHECKED_BINARY_LOOP(out, x, y, strides, n, fast, is_rare, body)                         \
  do {                                                                                          \
    const ptrdiff_t *const s_ = (strides);                                                      \
    TILE_BUFFER(o_, out);                                                                       \
    TILE_BUFFER(x_, x);                                                                         \
    TILE_BUFFER(y_, y);                                                                         \
    EACH_TILE(start_, count_, n) {                                                              \
      TILE_INPUT(x_, x, 1);                                                                     \
      TILE_INPUT(y_, y, 2);                                                                     \
      TILE_OUTPUT(out);                                                                         \
      int rare_ = 0;                                                                            \
      EACH_ELEMENT(i_, padded_) rare_ |= is_rare(x_[i_], y_[i_]);                               \
      o_ = rare_ ? o_buffer : o_;                                                               \
      EACH_ELEMENT(i_, padded_) o_[i_] = fast(x_[i_], y_[i_]);                                  \
      if (rare_)                                                                                \
        for (ptrdiff_t i_ = 0; i_ < count_; i_++)                                               \
          if (is_rare(x_[i_], y_[i_])) o_[i_] = body(x_[i_], y_[i_]);                           \
      STORE_TILE(out);                                                                          \
    }                                                                                           \
  } while (0)
#endif
