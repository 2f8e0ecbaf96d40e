"""Promotion, broadcasting and checks of operands."""
from libc.stdint cimport int64_t

from cpython.object cimport PyObject

from cytorch._C.call.operator cimport Operator
from cytorch._C.tensor cimport Tensor

cdef int number_dtype(object value) except -1
cdef int common_dtype(Operator self, PyObject** values) except -1
cdef int common_device(str op_name, PyObject** values, int count) except -1
cdef int broadcast_shape(Operator self, PyObject** values, int count, int64_t* sizes) except -1
cdef int check_writable(Tensor target, str op_name) except -1
cdef int check_overlap(Tensor target, Tensor source, str op_name) except -1
cdef int check_target(Operator self, Tensor target, PyObject** values, int count) except -1
