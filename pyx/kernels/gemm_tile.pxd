"""gemm_micro.h for fused types: one name for the float and the double function."""
from libc.stdint cimport int64_t

from cytorch._C.types cimport floating

cdef extern from "kernels/gemm_micro.h" nogil:
    enum:
        TILE_ROWS
        PANEL_ROWS
        VECTOR_BYTES
    void tile_float(int packed, int rows, int columns, int64_t depth, const float* a,
                    int64_t a_row, int64_t a_step, const float* b, int64_t b_step, float* c,
                    int64_t c_row, const float* bias, bint accumulate) noexcept
    void tile_double(int packed, int rows, int columns, int64_t depth, const double* a,
                     int64_t a_row, int64_t a_step, const double* b, int64_t b_step, double* c,
                     int64_t c_row, const double* bias, bint accumulate) noexcept
    void packed_tile_2_float(int rows, int64_t depth, const float* a, const float* b,
                             int64_t b_step, float* left, float* right, int64_t c_row,
                             const float* bias, bint accumulate) noexcept
    void packed_tile_2_double(int rows, int64_t depth, const double* a, const double* b,
                              int64_t b_step, double* left, double* right, int64_t c_row,
                              const double* bias, bint accumulate) noexcept
    void pack_panel_float(int width, int64_t depth, const float* source, int64_t lane_stride,
                          int64_t step_stride, float* panel, int panel_step) noexcept
    void pack_panel_double(int width, int64_t depth, const double* source, int64_t lane_stride,
                           int64_t step_stride, double* panel, int panel_step) noexcept
    void vector_times_rows_float(int64_t columns, int64_t depth, const float* x,
                                 int64_t x_stride, const float* matrix, int64_t row,
                                 float* out) noexcept
    void vector_times_rows_double(int64_t columns, int64_t depth, const double* x,
                                  int64_t x_stride, const double* matrix, int64_t row,
                                  double* out) noexcept
    void rows_times_vector_float(int64_t rows, int64_t depth, const float* x,
                                 const float* matrix, int64_t row, float* out) noexcept
    void rows_times_vector_double(int64_t rows, int64_t depth, const double* x,
                                  const double* matrix, int64_t row, double* out) noexcept


cdef inline int lanes(floating* kind) noexcept nogil:
    """Elements in one vector."""
    return VECTOR_BYTES // <int>sizeof(kind[0])


cdef inline void tile(bint packed, int rows, int columns, int64_t depth, const floating* a,
                      int64_t a_row, int64_t a_step, const floating* b, int64_t b_step,
                      floating* c, int64_t c_row, const floating* bias,
                      bint accumulate) noexcept nogil:
    if floating is float:
        tile_float(packed, rows, columns, depth, a, a_row, a_step, b, b_step, c, c_row, bias,
                   accumulate)
    else:
        tile_double(packed, rows, columns, depth, a, a_row, a_step, b, b_step, c, c_row, bias,
                    accumulate)


cdef inline void split_tile(int rows, int64_t depth, const floating* a, const floating* b,
                            int64_t b_step, floating* left, floating* right, int64_t c_row,
                            bint accumulate) noexcept nogil:
    """A packed tile whose two vectors of every row go to different places."""
    if floating is float:
        packed_tile_2_float(rows, depth, a, b, b_step, left, right, c_row, NULL, accumulate)
    else:
        packed_tile_2_double(rows, depth, a, b, b_step, left, right, c_row, NULL, accumulate)


cdef inline void pack_panel(int width, int64_t depth, const floating* source, int64_t lane_stride,
                            int64_t step_stride, floating* panel, int panel_step) noexcept nogil:
    if floating is float:
        pack_panel_float(width, depth, source, lane_stride, step_stride, panel, panel_step)
    else:
        pack_panel_double(width, depth, source, lane_stride, step_stride, panel, panel_step)


cdef inline void vector_times_rows(int64_t columns, int64_t depth, const floating* x,
                                   int64_t x_stride, const floating* matrix, int64_t row,
                                   floating* out) noexcept nogil:
    if floating is float:
        vector_times_rows_float(columns, depth, x, x_stride, matrix, row, out)
    else:
        vector_times_rows_double(columns, depth, x, x_stride, matrix, row, out)


cdef inline void rows_times_vector(int64_t rows, int64_t depth, const floating* x,
                                   const floating* matrix, int64_t row,
                                   floating* out) noexcept nogil:
    if floating is float:
        rows_times_vector_float(rows, depth, x, matrix, row, out)
    else:
        rows_times_vector_double(rows, depth, x, matrix, row, out)


cdef inline int64_t tile_height(int64_t rows_left) noexcept nogil:
    """Rows of the next tile. Equal tiles: 15 rows as 8 + 7 run faster than as 14 + 1."""
    cdef int64_t tiles = (rows_left + TILE_ROWS - 1) // TILE_ROWS
    return (rows_left + tiles - 1) // tiles


cdef inline floating* aligned(char* memory, floating* kind) noexcept nogil:
    """The first address in memory that whole vectors may start at; costs up to 63 bytes."""
    return <floating*><char*>((<size_t>memory + 63) & ~<size_t>63)
