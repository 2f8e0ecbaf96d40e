"""One call of an op."""
from cpython.object cimport PyObject

from cytorch._C.call.operator cimport Operator
from cytorch._C.tensor cimport Tensor

cdef object call_operator(Operator self, PyObject** arguments, Py_ssize_t count, PyObject* names)
cdef object call1(object operator, object a)
cdef object call2(object operator, object a, object b)
