/* Inner loops of convolution for float and double; see convolution_tile.h. */
#ifndef CYTORCH_CONVOLUTION_MICRO_H
#define CYTORCH_CONVOLUTION_MICRO_H
#include "gemm_micro.h"

/* Rows of a weight-gradient tile: each needs a pointer of its own, so fewer than TILE_ROWS. */
#define WINDOW_ROWS (TILE_ROWS > 12 ? 12 : TILE_ROWS)
#define SUM_RUNS 8

#include "simd_float.h"
#include "convolution_tile.h"
#include "simd_end.h"

#include "simd_double.h"
#include "convolution_tile.h"
#include "simd_end.h"
#endif
