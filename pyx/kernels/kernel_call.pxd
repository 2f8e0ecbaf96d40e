"""Cython view of kernel_call.h."""
from libc.stdint cimport int32_t, int64_t

cdef extern from "kernels/kernel_call.h" nogil:
    ctypedef void (*Loop)(char** data, const Py_ssize_t* strides, Py_ssize_t n) noexcept nogil
    ctypedef void (*RangeFunction)(void* context, int64_t begin, int64_t end) noexcept nogil

    ctypedef struct Operand:
        char* data
        const int64_t* sizes
        const int64_t* strides
        int64_t numel
        int32_t ndim
        int32_t dtype

    enum:
        KERNEL_OK
        KERNEL_OUT_OF_MEMORY
        KERNEL_BAD_INDEX

    ctypedef struct KernelCall:
        Operand* outputs
        Operand* inputs
        int32_t n_outputs
        int32_t n_inputs
        const int64_t* ints
        const double* floats
        void (*parallel_for)(int64_t n, int64_t grain, RangeFunction function,
                             void* context) noexcept nogil
        void* (*allocate)(size_t bytes) noexcept nogil
        void (*release)(void* memory) noexcept nogil
        int64_t bad_position
        int64_t bad_value
        int64_t bad_size

    ctypedef int (*Kernel)(KernelCall* call) noexcept nogil
