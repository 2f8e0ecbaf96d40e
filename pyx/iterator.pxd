"""Walks N strided operands with one inner loop."""
from libc.stdint cimport int64_t, uint8_t

from cytorch._C.kernels.kernel_call cimport Loop
from cytorch._C.tensor cimport Tensor

cdef enum:
    MAX_OPERANDS = 8

ctypedef struct Iteration:
    int ndim
    int operands
    bint any_cast
    int64_t numel
    int64_t sizes[64]
    Py_ssize_t strides[8][64]     # bytes; 0 along broadcast dimensions
    char* data[8]
    Loop casts[8]                 # NULL: the operand already has the loop's dtype
    Py_ssize_t itemsize[8]        # of the operand as the loop sees it
    Loop loop

cdef void begin_iteration(Iteration* self, Loop loop, int ndim, const int64_t* sizes) noexcept nogil
cdef void add_operand(Iteration* self, char* data, int ndim, const int64_t* sizes,
                      const int64_t* strides, int itemsize) noexcept nogil
cdef void add_scalar(Iteration* self, char* data, int itemsize) noexcept nogil
cdef void set_cast(Iteration* self, int operand, Loop cast, int loop_itemsize) noexcept nogil
cdef int run_iteration(Iteration* self, int64_t grain) except -1
