"""Cython view of dtype.h."""
from libc.stdint cimport uint8_t

cdef extern from "dtype.h" nogil:
    enum:
        DTYPE_BOOL
        DTYPE_UINT8
        DTYPE_INT8
        DTYPE_INT16
        DTYPE_INT32
        DTYPE_INT64
        DTYPE_FLOAT16
        DTYPE_BFLOAT16
        DTYPE_FLOAT32
        DTYPE_FLOAT64
        DTYPE_COMPLEX64
        DTYPE_COMPLEX128
        DTYPE_COUNT
    const uint8_t* dtype_itemsize
    bint dtype_is_floating(int dtype) noexcept
    bint dtype_is_complex(int dtype) noexcept
    bint dtype_is_integral(int dtype) noexcept
