"""Operator: an entry of the op table, compiled."""
from libc.stdint cimport int64_t, uint8_t, uint16_t

from cpython.object cimport PyObject

from cytorch._C.autograd.record cimport Derivative
from cytorch._C.kernels.kernel_call cimport Kernel, Loop
from cytorch._C.tensor cimport Tensor

cdef enum:
    MAX_PARAMS = 24

# Parameter types.
cdef enum ParamType:
    TYPE_TENSOR
    TYPE_TENSOR_OPTIONAL
    TYPE_TENSOR_LIST
    TYPE_TENSOR_OR_SCALAR
    TYPE_SCALAR
    TYPE_SCALAR_OPTIONAL
    TYPE_INT
    TYPE_INT_OPTIONAL
    TYPE_INTS
    TYPE_INTS_OPTIONAL
    TYPE_FLOAT
    TYPE_FLOAT_OPTIONAL
    TYPE_BOOL
    TYPE_BOOL_OPTIONAL
    TYPE_STR
    TYPE_STR_OPTIONAL
    TYPE_DTYPE_OPTIONAL
    TYPE_DEVICE_OPTIONAL
    TYPE_ANY

cdef enum Promotion:
    PROMOTE_DEFAULT
    PROMOTE_FLOAT
    PROMOTE_NONE

cdef enum ResultRule:
    RESULT_SAME
    RESULT_BOOL
    RESULT_INT64
    RESULT_REAL     # of a complex dtype the one of its parts
    RESULT_COMPLEX  # of a real dtype the complex one with such parts

# What elementwise ops refuse: integers divided by 0, integers to negative powers, bool operands.
cdef enum ValueCheck:
    CHECK_NONE
    CHECK_DIVISOR
    CHECK_EXPONENT
    CHECK_BOOL

# Shape rules in C, for the calls in which a Python rule would cost more than the kernel.
cdef enum CompiledRule:
    RULE_NONE
    RULE_PRODUCT
    RULE_LINEAR

ctypedef struct Binding:
    PyObject* values[24]         # borrowed; NULL never occurs
    PyObject* kept               # owned list of converted arguments, or NULL
    PyObject* out                # borrowed, or NULL
    bint overridden              # some argument has its own __torch_function__

cdef class Operator
ctypedef object (*Handler)(Operator self, PyObject** values)

cdef class Operator:
    cdef readonly str name
    cdef readonly object entry
    cdef readonly Operator following   # the next entry of the same name
    cdef Operator functional           # of an in-place operator: the form that makes a new tensor
    cdef public object function        # the OpFunction, for __torch_function__
    cdef int n_params
    cdef int n_positional
    cdef bint inplace
    cdef bint accepts_out
    cdef int value_check               # a CHECK_...: operands that the op refuses
    cdef tuple keywords
    cdef tuple defaults
    cdef uint8_t types[24]
    cdef uint8_t optional[24]
    cdef Handler handler
    cdef Derivative derivative
    cdef Loop loops[12]
    cdef Kernel kernels[12]
    cdef uint8_t promote
    cdef uint8_t result
    cdef uint16_t op_id
    cdef int64_t grain
    cdef int n_outputs
    cdef object body
    cdef object shape_rule             # Python callable
    cdef tuple shape_names             # which arguments it names
    cdef object result_type            # named tuple for several outputs
    cdef bint contiguous
    cdef int key_param
    cdef int dim_param
    cdef int axes_param                # reductions: where dim, keepdim and dtype stand, or -1
    cdef int keepdim_param
    cdef int dtype_param
    cdef tuple other_params            # reductions: the arguments that go to the kernel
    cdef bint needs_elements           # reductions without an identity
    cdef bint spreads_tensors          # f(a, b, c) means f([a, b, c])
    cdef uint8_t compiled_rule
    cdef int max_rank                  # of the first input; 0: any
    cdef tuple mutates                 # positions of arguments that the kernel writes

cdef void register_handler(str name, Handler handler)
