"""The type Tensor, and the slots through which it reaches the rest of the core."""
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from cpython.object cimport PyObject, Py_TYPE

from cytorch._C.node cimport Node
from cytorch._C.state cimport Storage

cdef enum:
    INLINE_DIMS = 5

# Tensor.flags
cdef enum:
    CONTIGUOUS = 1
    REQUIRES_GRAD = 2        # a leaf that wants a gradient
    INFERENCE = 4            # made in inference mode: no version
    UNVERSIONED = 8          # made by `.data`: in-place changes are not counted
    RETAINS_GRAD = 16
    VIEW_NO_GRAD = 32        # view made under no_grad
    VIEW_MULTI_OUTPUT = 64   # view made by an op with several outputs
    VIEW_IN_FUNCTION = 128   # view made inside a Function or returned by it
    IS_PARAMETER = 256

cdef class Tensor:
    cdef Storage* block          # NULL on the meta device
    cdef char* start
    cdef int64_t count           # number of elements
    cdef int64_t* sizes
    cdef int64_t* strides        # in elements
    cdef int64_t inline_dims[10]
    cdef uint8_t rank
    cdef uint8_t kind            # dtype id
    cdef uint8_t place           # device id
    cdef uint16_t flags
    cdef uint16_t creator_output
    cdef uint32_t view_version   # version of the storage when `creator` was set (views only)
    cdef Node creator
    cdef Tensor gradient
    cdef Tensor base             # root of a view
    cdef object extra            # None or dict: hooks and other rare fields
    cdef dict __dict__
    cdef object __weakref__

ctypedef struct Slots:
    object (*binary)(PyObject* operator, object left, object right)
    object (*unary)(PyObject* operator, object operand)
    object (*getitem)(Tensor self, object index)
    int (*setitem)(Tensor self, object index, object value) except -1
    object (*item)(Tensor self)
    object (*creator)(Tensor self)
    int (*set_requires_grad)(Tensor self, bint value) except -1
    int (*set_gradient)(Tensor self, object value) except -1
    object (*get_data)(Tensor self)
    int (*set_data)(Tensor self, object value) except -1
    int (*get_buffer)(Tensor self, void* view, int flags) except -1

cdef Slots slots
cdef object size_type
cdef PyObject* parameter_type

cdef Tensor new_tensor(int ndim, const int64_t* sizes, int dtype, int device)
cdef Tensor new_like(Tensor other, int dtype)
cdef Tensor alias(Tensor other)
cdef Tensor alias_geometry(Tensor other, int ndim, const int64_t* sizes, const int64_t* strides,
                           int64_t offset)
cdef Tensor wrap_storage(Storage* block, char* start, int ndim, const int64_t* sizes,
                         const int64_t* strides, int dtype, int device)
cdef int set_geometry(Tensor self, int ndim, const int64_t* sizes,
                      const int64_t* strides) except -1
cdef object shape_tuple(Tensor self)
cdef str describe(Tensor self)
cdef void set_operator_slot(int slot, object operator)

cdef inline bint is_tensor(object value):
    """Exactly Tensor or Parameter: no subclass protocol needed."""
    cdef PyObject* kind = <PyObject*>Py_TYPE(value)
    return kind is <PyObject*>Tensor or kind is parameter_type

cdef inline bint requires_grad(Tensor self) noexcept:
    # A view wants a gradient when its base does, as in PyTorch, even one made under no_grad.
    return (self.creator is not None or (self.flags & REQUIRES_GRAD) != 0 or
            (self.base is not None and
             (self.base.creator is not None or (self.base.flags & REQUIRES_GRAD) != 0)))

cdef inline bint is_contiguous_tensor(Tensor self) noexcept:
    return (self.flags & CONTIGUOUS) != 0
