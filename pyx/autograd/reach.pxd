"""Which nodes lead to the inputs of `grad`."""

cdef set nodes_leading_to(list roots, dict captures)
