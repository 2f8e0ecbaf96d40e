"""Cython view of geometry.h."""
from libc.stdint cimport int64_t

cdef extern from "geometry.h" nogil:
    enum:
        MAX_DIMS
    int64_t checked_numel(int ndim, const int64_t* sizes, int64_t itemsize) noexcept
    void contiguous_strides(int ndim, const int64_t* sizes, int64_t* strides) noexcept
    bint is_contiguous(int ndim, const int64_t* sizes, const int64_t* strides) noexcept
    bint same_sizes(int ndim_a, const int64_t* a, int ndim_b, const int64_t* b) noexcept
    int broadcast_into(int ndim, int64_t* sizes, int ndim_b, const int64_t* b) noexcept
    bint extent(int ndim, const int64_t* sizes, const int64_t* strides, int64_t* low,
                int64_t* high) noexcept
    bint has_internal_overlap(int ndim, const int64_t* sizes, const int64_t* strides) noexcept
