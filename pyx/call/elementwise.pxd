"""Elementwise ops, copies and casts."""
from libc.stdint cimport int64_t

from cpython.object cimport PyObject

from cytorch._C.call.operator cimport Operator
from cytorch._C.tensor cimport Tensor

cdef object elementwise(Operator self, PyObject** values)
cdef int copy_into(Tensor target, Tensor source) except -1
cdef Tensor cast_tensor(Tensor source, int dtype)
cdef Tensor contiguous(Tensor source)
cdef int number_dtype(object value) except -1
cdef int fill_scalar(char* target, int dtype, object value) except -1
cdef int check_overlap(Tensor target, Tensor source, str op_name) except -1
cdef int check_writable(Tensor target, str op_name) except -1
cdef int common_device(str op_name, PyObject** values, int count) except -1
