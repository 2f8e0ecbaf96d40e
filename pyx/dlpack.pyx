"""DLPack: lending tensors to other libraries and borrowing theirs, without a copy.

A capsule named "dltensor" (or "dltensor_versioned") owns its structure until a consumer renames it.
"""
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free

from cpython.pycapsule cimport (
    PyCapsule_GetPointer, PyCapsule_IsValid, PyCapsule_New, PyCapsule_SetName)
from cpython.ref cimport Py_DECREF, Py_INCREF

from cytorch._C.device cimport DEVICE_CPU
from cytorch._C.dtype_ids cimport (
    DTYPE_BFLOAT16, DTYPE_BOOL, DTYPE_COMPLEX64, DTYPE_COMPLEX128, DTYPE_COUNT, DTYPE_FLOAT16,
    DTYPE_FLOAT32, DTYPE_FLOAT64, DTYPE_UINT8, dtype_itemsize)
from cytorch._C.geometry cimport MAX_DIMS
from cytorch._C.state cimport STORAGE_EXPORTED, STORAGE_READONLY, Storage
from cytorch._C.tensor cimport Tensor, requires_grad, wrap_storage

from cytorch.errors import DTypeError, DeviceError, ShapeError

cdef extern from "dlpack.h":
    ctypedef struct DLDevice:
        int device_type
        int device_id
    ctypedef struct DLDataType:
        uint8_t code
        uint8_t bits
        int lanes
    ctypedef struct DLTensor:
        void* data
        DLDevice device
        int ndim
        DLDataType dtype
        int64_t* shape
        int64_t* strides
        uint64_t byte_offset
    ctypedef struct DLManagedTensor:
        DLTensor dl_tensor
        void* manager_ctx
        void (*deleter)(DLManagedTensor*) noexcept
    ctypedef struct DLManagedTensorVersioned:
        unsigned int major
        unsigned int minor
        void* manager_ctx
        void (*deleter)(DLManagedTensorVersioned*) noexcept
        uint64_t flags
        DLTensor dl_tensor
    enum:
        DL_READ_ONLY
        DL_IS_COPIED
        DL_CPU
        DL_CUDA_HOST
        DL_INT
        DL_UINT
        DL_FLOAT
        DL_BFLOAT
        DL_COMPLEX
        DL_BOOL

cdef const char* PLAIN = "dltensor"
cdef const char* VERSIONED = "dltensor_versioned"
cdef const char* USED_PLAIN = "used_dltensor"
cdef const char* USED_VERSIONED = "used_dltensor_versioned"


cdef DLDataType dl_type(int dtype) noexcept:
    cdef DLDataType described
    described.lanes = 1
    described.bits = dtype_itemsize[dtype] * 8
    if dtype == DTYPE_BOOL:
        described.code = DL_BOOL
    elif dtype == DTYPE_UINT8:
        described.code = DL_UINT
    elif dtype == DTYPE_BFLOAT16:
        described.code = DL_BFLOAT
    elif dtype == DTYPE_COMPLEX64 or dtype == DTYPE_COMPLEX128:
        described.code = DL_COMPLEX
    elif dtype == DTYPE_FLOAT16 or dtype == DTYPE_FLOAT32 or dtype == DTYPE_FLOAT64:
        described.code = DL_FLOAT
    else:
        described.code = DL_INT
    return described


cdef int fill(DLTensor* target, Tensor source) except -1:
    """Describe `source`; shape and strides go into one block of memory."""
    cdef int i
    target.shape = <int64_t*>calloc(2 * source.rank + 1, sizeof(int64_t))
    if target.shape == NULL:
        raise MemoryError()
    target.strides = target.shape + source.rank
    for i in range(source.rank):
        target.shape[i] = source.sizes[i]
        target.strides[i] = source.strides[i]
    target.data = source.start
    target.device.device_type = DL_CPU
    target.ndim = source.rank
    target.dtype = dl_type(source.kind)
    return 0


# Consumers may give a structure back from any thread.
cdef void delete_plain(DLManagedTensor* managed) noexcept with gil:
    free(managed.dl_tensor.shape)
    Py_DECREF(<object>managed.manager_ctx)
    free(managed)


cdef void delete_versioned(DLManagedTensorVersioned* managed) noexcept with gil:
    free(managed.dl_tensor.shape)
    Py_DECREF(<object>managed.manager_ctx)
    free(managed)


cdef void drop_capsule(object capsule) noexcept:
    """Destructor of capsules: nobody took what is inside."""
    cdef DLManagedTensor* plain
    cdef DLManagedTensorVersioned* versioned
    if PyCapsule_IsValid(capsule, PLAIN):
        plain = <DLManagedTensor*>PyCapsule_GetPointer(capsule, PLAIN)
        plain.deleter(plain)
    elif PyCapsule_IsValid(capsule, VERSIONED):
        versioned = <DLManagedTensorVersioned*>PyCapsule_GetPointer(capsule, VERSIONED)
        versioned.deleter(versioned)


cdef int check_lendable(Tensor self, bint versioned) except -1:
    if requires_grad(self):
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    if self.place != DEVICE_CPU:
        raise BufferError(f"__dlpack__: only host memory can be exported, this tensor is on "
                          f"{self.device}")
    if self.block.flags & STORAGE_READONLY and not versioned:
        raise BufferError("__dlpack__: a read-only tensor needs a consumer that knows DLPack 1.0 "
                          "(max_version=(1, 0))")
    return 0


def export(Tensor self not None, bint versioned, bint copied):
    """A capsule that lends the memory of `self`."""
    cdef DLManagedTensor* plain
    cdef DLManagedTensorVersioned* managed
    check_lendable(self, versioned)
    if versioned:
        managed = <DLManagedTensorVersioned*>calloc(1, sizeof(DLManagedTensorVersioned))
        if managed == NULL:
            raise MemoryError()
        fill(&managed.dl_tensor, self)
        managed.major = 1
        managed.manager_ctx = <void*>self
        managed.deleter = delete_versioned
        managed.flags = DL_IS_COPIED if copied else 0
        if self.block.flags & STORAGE_READONLY:
            managed.flags |= DL_READ_ONLY
        Py_INCREF(self)
        self.block.flags |= STORAGE_EXPORTED
        return PyCapsule_New(managed, VERSIONED, <void (*)(object) noexcept>drop_capsule)
    plain = <DLManagedTensor*>calloc(1, sizeof(DLManagedTensor))
    if plain == NULL:
        raise MemoryError()
    fill(&plain.dl_tensor, self)
    plain.manager_ctx = <void*>self
    plain.deleter = delete_plain
    Py_INCREF(self)
    self.block.flags |= STORAGE_EXPORTED
    return PyCapsule_New(plain, PLAIN, <void (*)(object) noexcept>drop_capsule)


cdef void return_plain(Storage* block) noexcept:
    cdef DLManagedTensor* managed = <DLManagedTensor*>block.context
    if managed.deleter != NULL:
        managed.deleter(managed)
    free(block)


cdef void return_versioned(Storage* block) noexcept:
    cdef DLManagedTensorVersioned* managed = <DLManagedTensorVersioned*>block.context
    if managed.deleter != NULL:
        managed.deleter(managed)
    free(block)


cdef int dtype_from(DLDataType described) except -1:
    cdef int dtype
    cdef DLDataType known
    if described.lanes == 1:
        for dtype in range(DTYPE_COUNT):
            known = dl_type(dtype)
            if known.code == described.code and known.bits == described.bits:
                return dtype
    raise DTypeError(f"from_dlpack: elements of type code {described.code}, {described.bits} bits, "
                     f"{described.lanes} lanes have no dtype here")


cdef int64_t checked_extent(const DLTensor* source) except -1:
    """Number of elements from the first to behind the last in memory."""
    cdef int i
    cdef int64_t last = 0
    if source.device.device_type != DL_CPU and source.device.device_type != DL_CUDA_HOST:
        raise DeviceError(f"from_dlpack: the memory is on a device of type "
                          f"{source.device.device_type}; only host memory can be taken over")
    if source.ndim > MAX_DIMS:
        raise ShapeError(f"from_dlpack: {source.ndim} dimensions are more than {MAX_DIMS}")
    for i in range(source.ndim):
        if source.shape[i] == 0:
            return 0
    if source.strides == NULL:
        last = 1
        for i in range(source.ndim):
            last *= source.shape[i]
        return last
    for i in range(source.ndim):
        if source.strides[i] < 0 and source.shape[i] > 1:
            raise ShapeError("from_dlpack: tensors with negative strides are not supported; make "
                             "a copy first")
        last += (source.shape[i] - 1) * source.strides[i]
    return last + 1


cdef Tensor borrow(const DLTensor* source, void* managed, void (*give_back)(Storage*) noexcept,
                   bint readonly):
    cdef int64_t count = checked_extent(source)
    cdef int dtype = dtype_from(source.dtype)
    cdef Storage* block = <Storage*>calloc(1, sizeof(Storage))
    if block == NULL:
        raise MemoryError()
    block.references = 1
    block.data = <char*>source.data + source.byte_offset
    block.nbytes = count * dtype_itemsize[dtype]
    block.context = managed
    block.deleter = give_back
    block.flags = STORAGE_READONLY if readonly else 0
    return wrap_storage(block, block.data, source.ndim, source.shape, source.strides, dtype,
                        DEVICE_CPU)


def take(capsule):
    """A tensor over the memory of a capsule, which is used up."""
    cdef DLManagedTensor* plain
    cdef DLManagedTensorVersioned* versioned
    cdef Tensor result
    if PyCapsule_IsValid(capsule, VERSIONED):
        versioned = <DLManagedTensorVersioned*>PyCapsule_GetPointer(capsule, VERSIONED)
        if versioned.major > 1:
            raise BufferError(f"from_dlpack: version {versioned.major}.{versioned.minor} is newer "
                              "than 1.x")
        result = borrow(&versioned.dl_tensor, versioned, return_versioned,
                        versioned.flags & DL_READ_ONLY)
        PyCapsule_SetName(capsule, USED_VERSIONED)
        return result
    if PyCapsule_IsValid(capsule, PLAIN):
        plain = <DLManagedTensor*>PyCapsule_GetPointer(capsule, PLAIN)
        result = borrow(&plain.dl_tensor, plain, return_plain, False)
        PyCapsule_SetName(capsule, USED_PLAIN)
        return result
    if PyCapsule_IsValid(capsule, USED_PLAIN) or PyCapsule_IsValid(capsule, USED_VERSIONED):
        raise BufferError("from_dlpack: this capsule was consumed before; a capsule can be used "
                          "only once")
    raise TypeError(f"from_dlpack: expected an object with __dlpack__ or a DLPack capsule, "
                    f"got {type(capsule).__name__}")
