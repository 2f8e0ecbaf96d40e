"""Views."""
from cpython.object cimport PyObject

from cytorch._C.call.operator cimport Operator
from cytorch._C.tensor cimport Tensor

cdef object finish_view(Operator self, PyObject** values, Tensor source, Tensor view)
cdef tuple stride_tuple(Tensor self)
