"""Dtypes as Python objects, and promotion."""
from libc.stdint cimport uint8_t

cdef class DType:
    cdef readonly str name
    cdef readonly int id
    cdef readonly int itemsize
    cdef readonly bint is_floating_point
    cdef readonly bint is_complex
    cdef readonly bint is_signed

cdef DType dtype_of(int dtype)
cdef int dtype_id(object dtype, str op_name) except -1
cdef int promote(int a, int b) noexcept
cdef int default_dtype() noexcept
