"""Process state, owned by this one module: allocator, mode word, counters."""
from libc.stdint cimport int64_t, intptr_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef extern from "storage.h" nogil:
    ctypedef struct Storage:
        intptr_t references
        char* data
        size_t nbytes
        uint32_t bin
        uint32_t version
        uint8_t device
        uint8_t flags
        uint16_t last_op
        Storage* next
        void (*deleter)(Storage*) noexcept
        void* context
    enum:
        STORAGE_READONLY
        STORAGE_SHARED
        STORAGE_EXPORTED

cdef extern from "mode.h" nogil:
    ctypedef struct Mode:
        uint8_t grad_disabled
        uint8_t inference
        uint8_t anomaly
        uint8_t functions_disabled
        uint32_t function_modes
        uint32_t saved_hooks
        uint8_t autocast
        uint8_t autocast_dtype

# One word per thread: tested once per call.
cdef Mode* mode() noexcept nogil

cdef Storage* storage_new(size_t nbytes) noexcept
cdef void storage_free(Storage* storage) noexcept
cdef uint64_t next_sequence() noexcept
cdef bint allocation_must_fail() noexcept nogil

cdef inline void storage_incref(Storage* storage) noexcept:
    storage.references += 1

cdef inline void storage_decref(Storage* storage) noexcept:
    storage.references -= 1
    if storage.references == 0:
        storage_free(storage)
