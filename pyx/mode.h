/* What changes how every op behaves, per thread. */
#ifndef CYTORCH_MODE_H
#define CYTORCH_MODE_H
#include <stdint.h>

typedef struct Mode {
  uint8_t grad_disabled;
  uint8_t inference;
  uint8_t anomaly;
  uint8_t functions_disabled; /* __torch_function__: 1 not of subclasses, 2 nor of modes */
  uint32_t function_modes;    /* how many torch-function modes are active */
  uint32_t saved_hooks;       /* how many pairs of saved-tensor hooks are active */
  uint8_t autocast;           /* inputs of some ops change their dtype */
  uint8_t autocast_dtype;
} Mode;
#endif
