"""The backward walk."""
from libc.stdint cimport uint8_t, uint64_t

from cytorch._C.node cimport Node
from cytorch._C.tensor cimport Tensor

# Ops that the engine needs; `cytorch._C.call` fills them at import.
ctypedef struct EngineFunctions:
    Tensor (*add)(Tensor a, Tensor b)
    int (*add_in_place)(Tensor a, Tensor b) except -1
    Tensor (*sum_to)(Tensor a, tuple shape)
    Tensor (*cast)(Tensor a, int kind_and_place)   # dtype | device << 4
    Tensor (*clone)(Tensor a)
    Tensor (*ones_like)(Tensor a)
    Tensor (*zeros)(tuple shape, object dtype, object device)

cdef EngineFunctions engine_functions

cdef list run_backward(list roots, list gradients, list inputs, bint retain_graph,
                       bint create_graph, bint accumulate, bint allow_unused)
cdef object run_node(Node node, list gradients, tuple wanted)
cdef Tensor fit(Node node, int index, Tensor gradient)
# Functions to call at the end of a pass, by its number.
cdef dict callbacks

cdef uint64_t running_pass() noexcept
cdef void set_special_node(int kind, object function)
