"""Devices: where the memory of a tensor lies and who runs its kernels."""
from libc.stdint cimport uint8_t

from cytorch._C.kernels.kernel_call cimport Kernel, KernelCall
from cytorch._C.state cimport Storage

cdef enum:
    DEVICE_CPU = 0
    DEVICE_META = 1
    DEVICE_MIRROR = 2
    DEVICE_CUDA = 3
    DEVICE_KINDS = 4

# What a device must offer. `open` and `close` bracket every access to its memory by a kernel or
# a copy; on the CPU they are NULL.
ctypedef struct DeviceFunctions:
    Storage* (*allocate)(size_t nbytes) noexcept
    void (*open)(Storage* storage) noexcept
    void (*close)(Storage* storage) noexcept

cdef class Device:
    cdef readonly str type
    cdef readonly object index
    cdef readonly int id

cdef DeviceFunctions* device_functions(int device) noexcept
cdef Device device_of(int device)
cdef int device_id(object device, str op_name) except -1
