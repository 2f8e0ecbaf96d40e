/* The two shapes that a kernel can have. Both are free of Python objects and of state.
 *
 * Loop:   one strided inner loop over n elements, strides in bytes, operand 0 is the output.
 * Kernel: everything else. It gets its operands, its integer and float arguments in the order
 *         of the op's signature, and the services of the host in one struct. */
#ifndef CYTORCH_KERNEL_CALL_H
#define CYTORCH_KERNEL_CALL_H
#include <stddef.h>
#include <stdint.h>
#include "../dtype.h"

typedef void (*Loop)(char **data, const ptrdiff_t *strides, ptrdiff_t n);

typedef struct Operand {
  char *data;             /* first element */
  const int64_t *sizes;
  const int64_t *strides; /* in elements */
  int64_t numel;
  int32_t ndim;
  int32_t dtype;          /* -1: an optional tensor that was not given */
} Operand;

/* Work on [begin, end); called from several threads at once. */
typedef void (*RangeFunction)(void *context, int64_t begin, int64_t end);

enum { KERNEL_OK = 0, KERNEL_OUT_OF_MEMORY = 1, KERNEL_BAD_INDEX = 2 };

typedef struct KernelCall {
  Operand *outputs;
  Operand *inputs;
  int32_t n_outputs, n_inputs;
  const int64_t *ints;
  const double *floats;
  /* Splits [0, n) into ranges of at least `grain`; results never depend on the split. */
  void (*parallel_for)(int64_t n, int64_t grain, RangeFunction function, void *context);
  void *(*allocate)(size_t bytes); /* scratch memory, 64-byte aligned; NULL when there is none */
  void (*release)(void *memory);
  int64_t bad_position, bad_value, bad_size; /* set before returning KERNEL_BAD_INDEX */
} KernelCall;

typedef int (*Kernel)(KernelCall *call);
#endif
