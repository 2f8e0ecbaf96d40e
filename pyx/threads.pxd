"""The thread pool."""
from libc.stdint cimport int64_t

from cytorch._C.kernels.kernel_call cimport RangeFunction

cdef void parallel_for(int64_t n, int64_t grain, RangeFunction function,
                       void* context) noexcept nogil
cdef int thread_count() noexcept nogil
