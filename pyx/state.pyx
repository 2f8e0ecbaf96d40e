"""Process state, owned by this one module: allocator, mode word, counters.

A `static` in a header that two modules include would exist twice, so the headers that hold state
are included here alone and the rest of the core comes through the cdef functions.
"""
from libc.stdint cimport int64_t, uint64_t

cdef extern from "allocator.h":
    Storage* allocate_block(size_t nbytes) noexcept
    void free_block(Storage* storage) noexcept
    void empty_bins() noexcept
    bint countdown_hits_zero "allocation_must_fail"() noexcept nogil
    size_t cached_bytes, cache_limit, live_bytes, live_blocks
    int64_t fail_countdown

cdef extern from *:
    """
    static _Thread_local Mode thread_mode;
    static Mode *current_mode(void) { return &thread_mode; }
    """
    Mode* current_mode() noexcept nogil

cdef uint64_t sequence = 0


cdef Mode* mode() noexcept nogil:
    return current_mode()


cdef Storage* storage_new(size_t nbytes) noexcept:
    return allocate_block(nbytes)


cdef void storage_free(Storage* storage) noexcept:
    if storage.deleter != NULL:
        storage.deleter(storage)
    else:
        free_block(storage)


cdef bint allocation_must_fail() noexcept nogil:
    return fail_countdown >= 0 and countdown_hits_zero()


cdef uint64_t next_sequence() noexcept:
    global sequence
    sequence += 1
    return sequence


def empty_cache():
    """Return the cached blocks of host memory to the operating system."""
    empty_bins()


def memory_stats():
    """Bytes held by tensors, bytes waiting in the cache, and number of live blocks."""
    return {"allocated_bytes": live_bytes, "cached_bytes": cached_bytes,
            "allocated_blocks": live_blocks}


def set_cache_limit(size_t nbytes):
    """Let the cache keep at most `nbytes` bytes."""
    global cache_limit
    cache_limit = nbytes
    empty_bins()


def fail_allocation(int64_t nth):
    """Make the nth allocation from now fail (0: the next one, -1: none); for tests."""
    global fail_countdown
    fail_countdown = nth
