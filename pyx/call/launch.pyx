"""The device seam: running a loop or a kernel on the memory of tensors.

The CPU needs nothing around a kernel. Another device's memory is opened before and closed after;
on `meta` nothing runs.
"""
from libc.stdint cimport int64_t
from libc.stdlib cimport free

from cpython.exc cimport PyErr_CheckSignals
from cpython.object cimport PyObject

from cytorch._C.device cimport DEVICE_CPU, DEVICE_META, device_functions
from cytorch._C.iterator cimport run_iteration
from cytorch._C.kernels.kernel_call cimport KERNEL_OK, KERNEL_OUT_OF_MEMORY
from cytorch._C.state cimport allocation_must_fail
from cytorch._C.threads cimport parallel_for

from cytorch.errors import IndexOutOfRange

cdef extern from "stdlib.h" nogil:
    int posix_memalign(void** memory, size_t alignment, size_t size) noexcept


cdef void open_memory(Tensor tensor) noexcept:
    if tensor.place != DEVICE_CPU and tensor.block != NULL and \
            device_functions(tensor.place).open != NULL:
        device_functions(tensor.place).open(tensor.block)


cdef void close_memory(Tensor tensor) noexcept:
    if tensor.place != DEVICE_CPU and tensor.block != NULL and \
            device_functions(tensor.place).close != NULL:
        device_functions(tensor.place).close(tensor.block)


cdef int run_loop(Iteration* iteration, PyObject** tensors, int count, int64_t grain) except -1:
    """Run an elementwise walk over these tensors (entries may be NULL)."""
    cdef int i
    cdef bint elsewhere = False
    for i in range(count):
        if tensors[i] != NULL and (<Tensor>tensors[i]).place != DEVICE_CPU:
            if (<Tensor>tensors[i]).place == DEVICE_META:
                return 0
            elsewhere = True
    if not elsewhere:
        return run_iteration(iteration, grain)
    for i in range(count):
        if tensors[i] != NULL:
            open_memory(<Tensor>tensors[i])
    try:
        run_iteration(iteration, grain)
    finally:
        for i in range(count):
            if tensors[i] != NULL:
                close_memory(<Tensor>tensors[i])
    return 0


cdef void* allocate_scratch(size_t nbytes) noexcept nogil:
    cdef void* memory = NULL
    if allocation_must_fail():
        return NULL
    if posix_memalign(&memory, 64, nbytes if nbytes else 64) != 0:
        return NULL
    return memory


cdef void release_scratch(void* memory) noexcept nogil:
    free(memory)


cdef object index_error(str op_name, KernelCall* call):
    return IndexOutOfRange(f"{op_name}(): index {call.bad_value} at position {call.bad_position} "
                           f"is out of range for a dimension of size {call.bad_size}")


cdef int run_kernel(Kernel kernel, KernelCall* call, PyObject** tensors, int count,
                    str op_name) except -1:
    """Run a structured kernel; raises IndexError or MemoryError for what it reports."""
    cdef int i, status
    cdef int64_t elements = 0
    call.parallel_for = parallel_for
    call.allocate = allocate_scratch
    call.release = release_scratch
    for i in range(count):
        if tensors[i] != NULL:
            if (<Tensor>tensors[i]).place == DEVICE_META:
                return 0
            elements += (<Tensor>tensors[i]).count
    for i in range(count):
        if tensors[i] != NULL:
            open_memory(<Tensor>tensors[i])
    if elements < 8192:
        status = kernel(call)
    else:
        with nogil:
            status = kernel(call)
    for i in range(count):
        if tensors[i] != NULL:
            close_memory(<Tensor>tensors[i])
    if status == KERNEL_OK:
        if elements >= 8192:
            PyErr_CheckSignals()
        return 0
    if status == KERNEL_OUT_OF_MEMORY:
        raise MemoryError(f"{op_name}(): cannot allocate scratch memory")
    raise index_error(op_name, call)
