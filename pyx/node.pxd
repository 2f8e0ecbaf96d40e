"""The type Node: one recorded op."""
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t

from cpython.object cimport PyObject

cdef enum:
    INLINE_EDGES = 3
    INLINE_SAVED = 3

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

cdef void release_saved(Node self) noexcept

# What the engine provides.
ctypedef struct NodeSlots:
    object (*hook)(Node self, object hook, bint before)

cdef NodeSlots node_slots
