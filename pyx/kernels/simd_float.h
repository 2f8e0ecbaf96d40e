/* REAL = float: its vectors and multiply-add. Included before a file that is written for REAL;
 * simd_end.h takes the names back. */
#define REAL float
#define LANE_INDEX int32_t
#define NAMED(name) name##_float
#if VECTOR_BYTES == 64
#define LANES 16
#define LOW_LANES LOW_16
#define HIGH_LANES HIGH_16
#define MULTIPLY_ADD(x, y, sum) _mm512_fmadd_ps(x, y, sum)
#elif VECTOR_BYTES == 32
#define LANES 8
#define LOW_LANES LOW_8
#define HIGH_LANES HIGH_8
#define MULTIPLY_ADD(x, y, sum) _mm256_fmadd_ps(x, y, sum)
#else
#define LANES 4
#define LOW_LANES LOW_4
#define HIGH_LANES HIGH_4
#define MULTIPLY_ADD(x, y, sum) ((x) * (y) + (sum))
#endif
