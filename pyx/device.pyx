"""Devices: where the memory of a tensor lies and who runs its kernels.

`cpu` is the host. `meta` has no memory: every rule runs, no kernel does. `mirror` is for tests:
host memory that only kernels can touch. `cuda` is filled by `cytorch.gpu` when it is first asked
for.
"""
from cytorch._C.state cimport Storage, storage_new

cdef extern from "mirror.h":
    Storage* mirror_allocate(size_t nbytes) noexcept
    void mirror_open(Storage* storage) noexcept
    void mirror_close(Storage* storage) noexcept

cdef DeviceFunctions functions[DEVICE_KINDS]
functions[DEVICE_CPU].allocate = storage_new
functions[DEVICE_CPU].open = NULL
functions[DEVICE_CPU].close = NULL
functions[DEVICE_META] = functions[DEVICE_CPU]
functions[DEVICE_MIRROR].allocate = mirror_allocate
functions[DEVICE_MIRROR].open = mirror_open
functions[DEVICE_MIRROR].close = mirror_close
functions[DEVICE_CUDA] = functions[DEVICE_CPU]

cdef tuple KINDS = ("cpu", "meta", "mirror", "cuda")


cdef object enter_context = None, leave_context = None


def set_context_hooks(enter, leave):
    """What `with device:` calls; the module of the default device hands it over."""
    global enter_context, leave_context
    enter_context, leave_context = enter, leave


cdef class Device:
    """A device: `device("cpu")`, `device("meta")`.

    Raises RuntimeError for a name that is not a device.

    >>> import cytorch
    >>> cytorch.device("cpu")
    device(type='cpu')
    """

    def __cinit__(self, type, index=None):
        if isinstance(type, Device):
            self.type = (<Device>type).type
            self.index = (<Device>type).index
            self.id = (<Device>type).id
            return
        if isinstance(type, int) and not isinstance(type, bool) and index is None:
            type, index = "cuda", type
        if not isinstance(type, str):
            raise TypeError(f"device: expected a string or a device, got {type!r}")
        name, colon, number = type.partition(":")
        if colon:
            if not number.isdigit() or index is not None:
                raise RuntimeError(f"device: invalid device string {type!r}")
            index = int(number)
        if name not in KINDS:
            raise RuntimeError(f"device: {type!r} is not a device; expected one of cpu, cuda, meta")
        self.type = name
        self.index = index
        self.id = KINDS.index(name)

    def __repr__(self):
        if self.index is None:
            return f"device(type='{self.type}')"
        return f"device(type='{self.type}', index={self.index})"

    def __str__(self):
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other):
        if not isinstance(other, Device):
            return NotImplemented
        return self.type == other.type and self.index == other.index

    def __hash__(self):
        return hash((self.type, self.index))

    def __reduce__(self):
        return Device, (str(self),)

    def __enter__(self):
        """Make tensors on this device inside of the block, unless they name another."""
        return enter_context(self)

    def __exit__(self, *exc_info):
        leave_context()


cdef list plain = [Device(name) for name in KINDS[:3]] + [Device("cuda", 0)]


cdef DeviceFunctions* device_functions(int device) noexcept:
    return &functions[device]


cdef Device device_of(int device):
    return <Device>plain[device]


cdef int device_id(object device, str op_name) except -1:
    if device is None:
        return DEVICE_CPU
    cdef Device found = device if type(device) is Device else Device(device)
    if found.id == DEVICE_CUDA:
        raise RuntimeError(f"{op_name}: cytorch was asked for device {str(found)!r}, but this "
                           "version has no GPU support yet")
    return found.id
