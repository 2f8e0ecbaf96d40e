/* Inner loops of resampling, for float and double. */
#ifndef CYTORCH_INTERPOLATE_LINES_H
#define CYTORCH_INTERPOLATE_LINES_H
#include <stdint.h>
#include <string.h>

#define REAL float
#define NAMED(name) name##_float
#include "interpolate_loops.h"
#undef REAL
#undef NAMED
#define REAL double
#define NAMED(name) name##_double
#include "interpolate_loops.h"
#undef REAL
#undef NAMED
#endif
