"""convolution_micro.h for fused types: one name for the float and the double function."""
from libc.stdint cimport int64_t

from cytorch._C.types cimport floating

cdef extern from "kernels/convolution_micro.h" nogil:
    enum:
        WINDOW_ROWS
        SUM_RUNS
    ctypedef struct WindowLines:
        int64_t images
        int64_t image_stride
        int64_t depths
        int64_t depth_stride
        int64_t heights
        int64_t height_stride
        int64_t columns
    void copy_line_float(float* line, int64_t count, const float* source, int64_t size,
                         int64_t first, int64_t step) noexcept
    void copy_line_double(double* line, int64_t count, const double* source, int64_t size,
                          int64_t first, int64_t step) noexcept
    void gather_panel_float(int64_t depth, const int64_t* offsets, int count,
                            const float** sources, const int* starts, const int* lengths,
                            int exact, float* panel) noexcept
    void gather_panel_double(int64_t depth, const int64_t* offsets, int count,
                             const double** sources, const int* starts, const int* lengths,
                             int exact, double* panel) noexcept
    void window_sum_float(int64_t depth, const int64_t* offsets, const float* weights,
                          int64_t step, const float** sources, float initial,
                          float* out) noexcept
    void window_sum_double(int64_t depth, const int64_t* offsets, const double* weights,
                           int64_t step, const double** sources, double initial,
                           double* out) noexcept
    void window_tile_float(int rows, const WindowLines* lines, const float** windows,
                           const float* gradient, float* out, int64_t out_row,
                           int accumulate) noexcept
    void window_tile_double(int rows, const WindowLines* lines, const double** windows,
                            const double* gradient, double* out, int64_t out_row,
                            int accumulate) noexcept
    void window_dots_float(int rows, const WindowLines* lines, const float** windows,
                           const float* gradient, int64_t gradient_image, float* out,
                           int accumulate) noexcept
    void window_dots_double(int rows, const WindowLines* lines, const double** windows,
                            const double* gradient, int64_t gradient_image, double* out,
                            int accumulate) noexcept


cdef inline void copy_line(floating* line, int64_t count, const floating* source, int64_t size,
                           int64_t first, int64_t step) noexcept nogil:
    if floating is float:
        copy_line_float(line, count, source, size, first, step)
    else:
        copy_line_double(line, count, source, size, first, step)


cdef inline void gather_panel(int64_t depth, const int64_t* offsets, int count,
                              const floating** sources, const int* starts, const int* lengths,
                              bint exact, floating* panel) noexcept nogil:
    if floating is float:
        gather_panel_float(depth, offsets, count, sources, starts, lengths, exact, panel)
    else:
        gather_panel_double(depth, offsets, count, sources, starts, lengths, exact, panel)


cdef inline void window_sum(int64_t depth, const int64_t* offsets, const floating* weights,
                            int64_t step, const floating** sources, floating initial,
                            floating* out) noexcept nogil:
    if floating is float:
        window_sum_float(depth, offsets, weights, step, sources, initial, out)
    else:
        window_sum_double(depth, offsets, weights, step, sources, initial, out)


cdef inline void window_tile(int rows, const WindowLines* lines, const floating** windows,
                             const floating* gradient, floating* out, int64_t out_row,
                             bint accumulate) noexcept nogil:
    if floating is float:
        window_tile_float(rows, lines, windows, gradient, out, out_row, accumulate)
    else:
        window_tile_double(rows, lines, windows, gradient, out, out_row, accumulate)


cdef inline void window_dots(int rows, const WindowLines* lines, const floating** windows,
                             const floating* gradient, int64_t gradient_image, floating* out,
                             bint accumulate) noexcept nogil:
    if floating is float:
        window_dots_float(rows, lines, windows, gradient, gradient_image, out, accumulate)
    else:
        window_dots_double(rows, lines, windows, gradient, gradient_image, out, accumulate)
