"""Kernels by name and dtype: filled by the family modules, read when ops are installed."""

cdef int register_kernel(str name, int dtype, void* function) except -1
cdef void* find_kernel(str name, int dtype) noexcept
