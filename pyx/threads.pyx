"""The thread pool: `set_num_threads`, `get_num_threads` and, for kernels, `parallel_for`."""
import os

cdef extern from "threads.h":
    int pool_init() nogil
    void pool_parallel_for(int64_t n, int64_t grain, RangeFunction function,
                           void* context) noexcept nogil
    int pool_threads() noexcept nogil
    void pool_set_threads(int count) noexcept nogil


cdef void parallel_for(int64_t n, int64_t grain, RangeFunction function,
                       void* context) noexcept nogil:
    pool_parallel_for(n, grain, function, context)


cdef int thread_count() noexcept nogil:
    return pool_threads()


def get_num_threads():
    """How many threads a kernel may use, the calling one included.

    >>> import cytorch
    >>> cytorch.get_num_threads() >= 1
    True
    """
    return pool_threads()


def set_num_threads(count):
    """Let kernels use `count` threads (int, 1 or more; at most 256 are made).

    Results do not depend on it. Raises TypeError for something else than an int and ValueError
    for a count below 1.
    """
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(f"set_num_threads: expected an int, got {type(count).__name__}")
    if count < 1:
        raise ValueError(f"set_num_threads: expected a positive number of threads, got {count}")
    pool_set_threads(min(count, 1 << 20))


def _initialise():
    if pool_init() != 0:
        raise MemoryError("cannot register the thread pool's fork handler")
    wanted = os.environ.get("CYTORCH_NUM_THREADS") or os.environ.get("OMP_NUM_THREADS") or ""
    if wanted.isdigit() and int(wanted) > 0:
        pool_set_threads(min(int(wanted), pool_threads()))


_initialise()
