"""Elementwise ops, copies and casts."""
from libc.stdint cimport int64_t

from cpython.object cimport PyObject

from cytorch._C.call.operator cimport Operator
from cytorch._C.tensor cimport Tensor

cdef object elementwise(Operator self, PyObject** values)
cdef int copy_into(Tensor target, Tensor source) except -1
cdef Tensor cast_tensor(Tensor source, int dtype)
cdef Tensor contiguous(Tensor source)
cdef int fill_scalar(char* target, int dtype, object value) except -1
