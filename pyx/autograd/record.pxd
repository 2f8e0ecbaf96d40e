"""Derivatives, and the recording of one op."""
from libc.stdint cimport uint8_t, uint16_t, uint32_t

from cpython.object cimport PyObject

from cytorch._C.node cimport Edge, Node, SavedValue
from cytorch._C.tensor cimport Tensor

# Where a derivative's parameter comes from.
cdef enum Source:
    SOURCE_GRADIENT
    SOURCE_INPUT
    SOURCE_OUTPUT
    SOURCE_ARGUMENT
    SOURCE_NEEDS
    SOURCE_SHAPE
    SOURCE_GEOMETRY

cdef class Derivative:
    cdef readonly str name            # as grad_fn prints it: "TanhBackward0"
    cdef readonly str op_name
    cdef int n_inputs                 # tensor parameters
    cdef int n_outputs
    cdef int n_slots
    cdef bint combined                # one function for all inputs
    cdef bint has_lists               # some input is a list of tensors
    cdef bint sums_to_shape           # undo broadcasting
    cdef list functions               # per input, or one; None: not differentiable
    cdef uint8_t positions[16]        # bound argument of each tensor parameter
    cdef uint8_t is_list[16]
    cdef uint8_t slot_source[24]
    cdef uint8_t slot_position[24]
    cdef uint32_t slots_of[16]        # bit set of slots that function i names
    cdef list arguments               # per function: tuple of (source, slot or gradient number)
    cdef tuple differentiable         # per output: may it carry a gradient

cdef bint names_input(Derivative self, int position) noexcept
cdef bint any_requires_grad(Derivative self, PyObject** bound) noexcept
cdef Node record(Derivative self, PyObject** bound, PyObject** outputs, int n_outputs)
cdef object run_derivative(Node node, list gradients, tuple wanted)
cdef object unpack_saved(Node node, int index)
cdef int set_edge(Node node, int index, Tensor source) except -1
cdef int reserve(Node node, int n_edges, int n_saved) except -1
cdef int save_value(Node node, object value, bint is_output, int output) except -1
cdef Node creator_of(Tensor self)
cdef int move_retained(Tensor self, Node node, int output) except -1
cdef void set_creator(Tensor self, Node node, int output) noexcept
cdef void bump_version(Tensor self, uint16_t op_id) noexcept
cdef int register_op_name(str name) except -1

# What the layers above provide.
ctypedef struct RecordFunctions:
    Node (*regenerate)(Tensor view)
    object (*pack_hook)(object value)
    object (*unpack_hook)(object packed)
    # Anomaly mode: what a node remembers, the search for NaN, and word of a failing node.
    object (*forward_record)(list outputs)
    int (*check_gradients)(Node node, object results) except -1
    int (*note_failure)(Node node) except -1

cdef RecordFunctions record_functions
