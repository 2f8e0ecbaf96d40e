"""Structured ops."""
from cpython.object cimport PyObject

from cytorch._C.call.operator cimport Operator
from cytorch._C.kernels.kernel_call cimport Operand
from cytorch._C.tensor cimport Tensor

cdef int wrap_dim(Operator self, PyObject** values, list kept) except -1
cdef list output_specs(Operator self, PyObject** values)
cdef Tensor allocate(tuple shape, int dtype, int device)
cdef bint must_record(Operator self, PyObject** values)
cdef object finish(Operator self, PyObject** values, list outputs, bint recording)
cdef void set_operand(Operand* operand, object value) noexcept
cdef int kernel_dtype(Operator self, int dtype) except -1
