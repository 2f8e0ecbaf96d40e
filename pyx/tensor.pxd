"""The types Tensor and Node, and the slots through which they reach the rest of the core."""
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from cpython.object cimport PyObject, Py_TYPE

from cytorch._C.state cimport Storage

cdef enum:
    INLINE_DIMS = 5
    INLINE_EDGES = 3
    INLINE_SAVED = 3

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

ctypedef struct Edge:
    PyObject* target             # owned: a Node, or a leaf Tensor
    uint32_t output
    bint leaf

ctypedef struct SavedValue:
    PyObject* value              # owned: a tensor without history, or any other argument
    PyObject* creator            # owned Node of a saved input, NULL otherwise
    uint32_t version
    uint16_t creator_output
    uint8_t role                 # SAVED_OTHER, SAVED_INPUT, SAVED_OUTPUT, SAVED_LEAF

cdef enum:
    SAVED_OTHER
    SAVED_INPUT
    SAVED_OUTPUT
    SAVED_LEAF
    SAVED_HOOKED

# Node.kind
cdef enum:
    NODE_OP
    NODE_PYTHON
    NODE_COPY_SLICES
    NODE_ACCUMULATE
    NODE_IDENTITY

cdef class Node:
    cdef uint64_t sequence
    cdef object op               # Operator, Function class, or name
    cdef uint8_t kind
    cdef bint released
    cdef uint64_t owner          # number of the backward pass whose gradient it holds
    cdef int n_edges
    cdef int n_saved
    cdef int n_outputs
    cdef Edge* edges
    cdef Edge inline_edges[3]
    cdef SavedValue* saved
    cdef SavedValue inline_saved[3]
    cdef PyObject* incoming      # owned gradient while a backward pass runs, one output
    cdef PyObject** incomings    # the same for several outputs
    cdef object shapes           # None or tuple: shape of each input that must be summed to
    cdef object output_info      # None or list of (shape, dtype, device) per output
    cdef object payload          # what `kind` needs: context, geometry, ...
    cdef object extra            # None or dict: hooks, metadata
    cdef uint8_t input_kinds[8]  # dtype | device << 4 of the first inputs
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
    object (*node_hook)(Node self, object hook, bint before)

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
cdef void release_saved(Node self) noexcept
cdef void set_operator_slot(int slot, object operator)

cdef inline bint is_tensor(object value):
    """Exactly Tensor or Parameter: no subclass protocol needed."""
    cdef PyObject* kind = <PyObject*>Py_TYPE(value)
    return kind is <PyObject*>Tensor or kind is parameter_type

cdef inline bint requires_grad(Tensor self) noexcept:
    return (self.creator is not None or (self.flags & REQUIRES_GRAD) != 0 or
            (self.base is not None and not (self.flags & VIEW_NO_GRAD)
             and self.base.creator is not None))

cdef inline bint is_contiguous_tensor(Tensor self) noexcept:
    return (self.flags & CONTIGUOUS) != 0
