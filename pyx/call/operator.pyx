"""Operator: an entry of the op table, compiled.

It holds what a call needs, ready to use: parameter types, defaults, the handler of its kind, the
kernel of every dtype, the derivative. How an argument list is bound to it stands in binder.pyx.
"""
cimport cython

from cytorch._C.autograd.record cimport register_op_name
from cytorch._C.dtype_ids cimport DTYPE_COUNT
from cytorch._C.registry cimport find_kernel

import sys
from collections import namedtuple

cdef dict TYPES = {
    "Tensor": TYPE_TENSOR, "Tensor?": TYPE_TENSOR_OPTIONAL, "Tensor[]": TYPE_TENSOR_LIST,
    "Tensor?[]": TYPE_TENSOR_LIST,
    "Tensor|Scalar": TYPE_TENSOR_OR_SCALAR, "Scalar": TYPE_SCALAR, "Scalar?": TYPE_SCALAR_OPTIONAL,
    "int": TYPE_INT, "int?": TYPE_INT_OPTIONAL, "int[]": TYPE_INTS, "int[]?": TYPE_INTS_OPTIONAL,
    "float": TYPE_FLOAT, "float?": TYPE_FLOAT_OPTIONAL, "bool": TYPE_BOOL,
    "bool?": TYPE_BOOL_OPTIONAL, "str": TYPE_STR, "str?": TYPE_STR_OPTIONAL,
    "DType?": TYPE_DTYPE_OPTIONAL, "DType": TYPE_DTYPE_OPTIONAL, "Device?": TYPE_DEVICE_OPTIONAL,
    "Generator?": TYPE_ANY, "any": TYPE_ANY,
}
cdef dict handlers = {}          # name -> address of a Handler
cdef dict PROMOTIONS = {"default": PROMOTE_DEFAULT, "float": PROMOTE_FLOAT, "none": PROMOTE_NONE}
cdef dict RESULTS = {"same": RESULT_SAME, "bool": RESULT_BOOL, "int64": RESULT_INT64,
                     "real": RESULT_REAL, "complex": RESULT_COMPLEX}
DTYPE_NAMES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16",
               "float32", "float64", "complex64", "complex128")
VALUE_CHECKS = {**dict.fromkeys(("floor_divide", "remainder", "fmod", "div_trunc"), CHECK_DIVISOR),
                "pow": CHECK_EXPONENT, "sub": CHECK_BOOL, "rsub": CHECK_BOOL}
COMPILED_RULES = {"matmul": RULE_PRODUCT, "mm": RULE_PRODUCT, "linear": RULE_LINEAR}
# Reductions that have no value for zero elements.
NEED_ELEMENTS = frozenset({"amax", "amin", "max", "min", "argmax", "argmin", "aminmax",
                           "median", "nanmedian", "mode"})
LIGHT_GRAIN, HEAVY_GRAIN = 32768, 8192


cdef void register_handler(str name, Handler handler):
    handlers[name] = <size_t>handler


def has_handler(str name):
    """Whether a compiled handler of this name exists."""
    return name in handlers


cdef class Operator:
    """An entry of the op table, compiled."""

    def __init__(self, entry, str name, bint inplace=False, bint accepts_out=False):
        params = entry.params
        self.entry = entry
        self.name = name
        self.inplace = inplace
        self.accepts_out = accepts_out
        self.n_params = len(params)
        if self.n_params > MAX_PARAMS:
            raise ValueError(f"{name}: more than {MAX_PARAMS} parameters")
        self.keywords = tuple([sys.intern(p.name) for p in params])
        self.defaults = tuple([p.default for p in params])
        self.n_positional = sum(1 for p in params if not p.kwonly)
        self.n_outputs = len(entry.outputs)
        self.dim_param = self.key_param = -1
        for position, param in enumerate(params):
            if param.type not in TYPES:
                raise ValueError(f"{name}: unknown parameter type {param.type!r}")
            self.types[position] = TYPES[param.type]
            self.optional[position] = not param.required
            if param.name == "dim" and param.type == "int":
                self.dim_param = position
        self.axes_param = self.position("dim")
        self.keepdim_param = self.position("keepdim")
        self.dtype_param = self.position("dtype")
        self.other_params = tuple([i for i in range(1, self.n_params) if i not in (
            self.axes_param, self.keepdim_param, self.dtype_param)])
        self.needs_elements = entry.short_name.lstrip("_") in NEED_ELEMENTS
        self.promote = PROMOTIONS[entry.promote]
        self.result = RESULTS[entry.result]
        self.op_id = register_op_name(name + "()")
        self.body = entry.body
        self.contiguous = entry.kernel is not None and entry.kernel.contiguous
        self.value_check = VALUE_CHECKS.get(entry.kernel_name, CHECK_NONE)
        self.spreads_tensors = entry.extra.get("spreads_tensors", False)
        self.mutates = tuple([self.keywords.index(n) for n in entry.extra.get("mutates", ())])
        if callable(entry.shape):
            self.shape_rule = entry.shape
            names = entry.shape.__code__.co_varnames[:entry.shape.__code__.co_argcount]
            self.shape_names = tuple([self.keywords.index(n) for n in names])
        if entry.kernel is not None and entry.kernel.kind == "structured":
            self.compiled_rule = COMPILED_RULES.get(name, RULE_NONE)
            self.max_rank = 2 if name == "mm" else 0
        if self.n_outputs > 1:
            self.result_type = result_type(entry)
        self.choose_handler(entry)

    def position(self, str keyword):
        return self.keywords.index(keyword) if keyword in self.keywords else -1

    def choose_handler(self, entry):
        kind = "body" if entry.kernel is None else entry.kernel.kind
        if kind == "compiled":
            kind = entry.kernel_name
        if kind not in handlers:
            raise ValueError(f"{self.name}: there is no compiled handler {kind!r}")
        self.handler = <Handler><size_t>handlers[kind]
        if entry.kernel is None:
            return
        names = entry.kernel.dtypes
        self.grain = HEAVY_GRAIN if entry.promote == "float" and kind == "elementwise" \
            else LIGHT_GRAIN
        for dtype in range(DTYPE_COUNT):
            if DTYPE_NAMES[dtype] in names:
                self.loops[dtype] = <Loop>find_kernel(entry.kernel_name, dtype)
                self.kernels[dtype] = <Kernel>self.loops[dtype]
        if entry.kernel.key:
            self.key_param = self.keywords.index(entry.kernel.key)
        else:
            for position in range(self.n_params):
                if entry.params[position].type.startswith("Tensor"):
                    self.key_param = position
                    break

    def set_derivative(self, Derivative derivative):
        self.derivative = derivative

    def set_functional(self, Operator functional):
        """For an in-place form that is not elementwise: the op to compute and copy from."""
        self.functional = functional
        self.handler = <Handler><size_t>handlers["compute_and_copy"]

    def set_inplace_view(self, Operator functional):
        """For `transpose_` and the like: the view whose geometry the tensor takes over."""
        self.functional = functional
        self.handler = <Handler><size_t>handlers["inplace_view"]

    def set_following(self, Operator following):
        self.following = following

    def missing_kernels(self):
        """Dtypes that the entry declares and no kernel is registered for."""
        if self.entry.kernel is None or self.entry.kernel.kind in ("compiled", "host"):
            return []
        return [name for name in self.entry.kernel.dtypes
                if self.loops[<int>DTYPE_NAMES.index(name)] == NULL]

    def __repr__(self):
        return f"<Operator {self.entry.signature}>"


cdef dict result_types = {}


@cython.binding(True)   # to be a method of the named tuples
def show_results(results):
    """As PyTorch prints them: one result a line."""
    fields = ",\n".join(f"{field}={value!r}" for field, value in zip(results._fields, results))
    return f"torch.return_types.{type(results).__name__}(\n{fields})"


def result_type(entry):
    """The named tuple that an op with several outputs returns: `linalg.svd` gives `linalg_svd`."""
    prefix = "linalg_" if entry.name.startswith("linalg.") else ""
    key = (prefix + entry.short_name.lstrip("_"), entry.outputs)
    if key not in result_types:
        made = namedtuple(key[0], key[1], module="cytorch.return_types")
        made.__qualname__ = key[0]
        made.__repr__ = show_results
        result_types[key] = made
    return result_types[key]
