"""Arguments of a call to the parameters of an Operator."""
from cpython.object cimport PyObject

from cytorch._C.call.operator cimport Binding, Operator

# 1: bound. 0: does not fit; nothing raised. -1: an exception is set.
cdef int bind(Operator self, PyObject** arguments, Py_ssize_t count, PyObject* names,
              Binding* binding) except -1
cdef int keep(Binding* binding, object value) except -1
cdef void release_binding(Binding* binding) noexcept
cdef object binding_error(Operator self, PyObject** arguments, Py_ssize_t count, PyObject* names)
