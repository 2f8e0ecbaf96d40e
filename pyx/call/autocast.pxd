"""Autocast."""
from cytorch._C.call.operator cimport Binding, Operator

cdef int cast_inputs(Operator self, Binding* binding) except -1
