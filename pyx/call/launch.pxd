"""The device seam: running a loop or a kernel on the memory of tensors."""
from libc.stdint cimport int64_t

from cpython.object cimport PyObject

from cytorch._C.iterator cimport Iteration
from cytorch._C.kernels.kernel_call cimport Kernel, KernelCall
from cytorch._C.tensor cimport Tensor

cdef int run_loop(Iteration* iteration, PyObject** tensors, int count, int64_t grain) except -1
cdef int run_kernel(Kernel kernel, KernelCall* call, PyObject** tensors, int count,
                    str op_name) except -1
cdef void open_memory(Tensor tensor) noexcept
cdef void close_memory(Tensor tensor) noexcept
cdef object index_error(str op_name, KernelCall* call)
