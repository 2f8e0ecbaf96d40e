"""Poisson and binomial numbers. ints: seed, first group; element i takes group first + i."""
from libc.stdint cimport int64_t, uint64_t

from cytorch._C.dtype_ids cimport DTYPE_FLOAT32, DTYPE_FLOAT64
from cytorch._C.kernels.kernel_call cimport KERNEL_OK, KernelCall
from cytorch._C.registry cimport register_kernel
from cytorch._C.types cimport floating

cdef extern from "kernels/random_counts.h" nogil:
    ctypedef struct ElementStream:
        pass
    ElementStream open_element(uint64_t seed, uint64_t group)
    double poisson_number(double rate, ElementStream* stream)
    double binomial_number(double n, double p, ElementStream* stream)

cdef enum:
    GRAIN = 128    # about 20 us of work


cdef inline ElementStream stream_of(KernelCall* call, int64_t element) noexcept nogil:
    return open_element(<uint64_t>call.ints[0], <uint64_t>call.ints[1] + <uint64_t>element)


cdef void poisson_of(KernelCall* call, int64_t begin, int64_t end, floating* out) noexcept nogil:
    cdef const floating* rate = <const floating*>call.inputs[0].data
    cdef ElementStream stream
    cdef int64_t i
    for i in range(begin, end):
        stream = stream_of(call, i)
        out[i] = <floating>poisson_number(rate[i], &stream)


cdef void binomial_of(KernelCall* call, int64_t begin, int64_t end, floating* out) noexcept nogil:
    cdef const floating* count = <const floating*>call.inputs[0].data
    cdef const floating* chance = <const floating*>call.inputs[1].data
    cdef ElementStream stream
    cdef int64_t i
    for i in range(begin, end):
        stream = stream_of(call, i)
        out[i] = <floating>binomial_number(count[i], chance[i], &stream)


cdef void poisson_float_range(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef KernelCall* call = <KernelCall*>context
    poisson_of(call, begin, end, <float*>call.outputs[0].data)


cdef void poisson_double_range(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef KernelCall* call = <KernelCall*>context
    poisson_of(call, begin, end, <double*>call.outputs[0].data)


cdef void binomial_float_range(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef KernelCall* call = <KernelCall*>context
    binomial_of(call, begin, end, <float*>call.outputs[0].data)


cdef void binomial_double_range(void* context, int64_t begin, int64_t end) noexcept nogil:
    cdef KernelCall* call = <KernelCall*>context
    binomial_of(call, begin, end, <double*>call.outputs[0].data)


cdef int poisson_float(KernelCall* call) noexcept nogil:
    call.parallel_for(call.outputs[0].numel, GRAIN, poisson_float_range, call)
    return KERNEL_OK


cdef int poisson_double(KernelCall* call) noexcept nogil:
    call.parallel_for(call.outputs[0].numel, GRAIN, poisson_double_range, call)
    return KERNEL_OK


cdef int binomial_float(KernelCall* call) noexcept nogil:
    call.parallel_for(call.outputs[0].numel, GRAIN, binomial_float_range, call)
    return KERNEL_OK


cdef int binomial_double(KernelCall* call) noexcept nogil:
    call.parallel_for(call.outputs[0].numel, GRAIN, binomial_double_range, call)
    return KERNEL_OK


def register():
    register_kernel("poisson", DTYPE_FLOAT32, <void*>poisson_float)
    register_kernel("poisson", DTYPE_FLOAT64, <void*>poisson_double)
    register_kernel("binomial", DTYPE_FLOAT32, <void*>binomial_float)
    register_kernel("binomial", DTYPE_FLOAT64, <void*>binomial_double)
