"""One call of an op: bind, look for overrides, run the handler of its kind, write `out=`."""
from cpython.object cimport PyObject

from cytorch._C.autograd.record cimport names_input
from cytorch._C.call.autocast cimport cast_inputs
from cytorch._C.call.binder cimport bind, binding_error, release_binding
from cytorch._C.call.operands cimport check_overlap
from cytorch._C.call.operator cimport MAX_PARAMS, Binding, Operator, register_handler
from cytorch._C.geometry cimport has_internal_overlap
from cytorch._C.state cimport mode
from cytorch._C.tensor cimport (
    Tensor, describe, requires_grad, set_operator_slot, shape_tuple, slots)

from cytorch._C.dtype import can_cast
from cytorch.errors import AutogradError, CytorchError, DTypeError, OverlapError, ShapeError

# Ops that read operands after they began to write, in PyTorch: their out= is no operand.
NO_ALIAS = frozenset({"cat", "concat", "concatenate", "stack", "gather", "scatter", "scatter_add",
                      "index_add", "index_copy", "index_select", "masked_select", "take"})

cdef extern from "call/op_function.h":
    object (*op_dispatch)(PyObject*, PyObject**, Py_ssize_t, PyObject*)
    object make_op_function(object target, object name, object qualified_name, object doc,
                            object module, int method)

cdef object override_handler = None


def set_override_handler(handler):
    """handler(function, args, kwargs) runs the __torch_function__ protocol."""
    global override_handler
    override_handler = handler


cdef object array_converter = None


def set_array_converter(converter):
    """converter(array) is the tensor that stands for a NumPy array beside an operator."""
    global array_converter
    array_converter = converter


cdef object call_operator(Operator self, PyObject** arguments, Py_ssize_t count,
                          PyObject* names):
    """Call the first entry of this name that the arguments fit."""
    cdef Binding binding
    cdef Operator candidate = self
    while candidate is not None:
        if bind(candidate, arguments, count, names, &binding):
            return run_bound(candidate, &binding, arguments, count, names)
        candidate = candidate.following
    raise binding_error(self, arguments, count, names)


cdef object run_bound(Operator self, Binding* binding, PyObject** arguments, Py_ssize_t count,
                      PyObject* names):
    cdef object result
    if binding.overridden or mode().function_modes:
        if overrides_count(binding.overridden):
            result = call_override(self, arguments, count, names)
            if result is not NotImplemented:
                release_binding(binding)
                return result
    if mode().autocast:
        cast_inputs(self, binding)
    if binding.kept == NULL and binding.out == NULL:
        return self.handler(self, binding.values)
    try:
        if binding.out != NULL:
            return run_out(self, binding.values, <object>binding.out)
        return self.handler(self, binding.values)
    finally:
        release_binding(binding)


cdef bint overrides_count(bint overridden) noexcept:
    """Whether subclasses (level 0) or modes (levels 0 and 1) have a say now."""
    cdef int level = mode().functions_disabled
    return (overridden and level == 0) or (mode().function_modes != 0 and level < 2)


cdef object call_override(Operator self, PyObject** arguments, Py_ssize_t count, PyObject* names):
    """Offer the call to __torch_function__ of the arguments' types, subclasses first."""
    cdef Py_ssize_t k
    given = [<object>arguments[k] for k in range(count)]
    keywords = {}
    if names != NULL:
        for k, name in enumerate(<tuple>names):
            keywords[name] = <object>arguments[count + k]
    return override_handler(self.function, tuple(given), keywords)


cdef object run_out(Operator self, PyObject** values, object out):
    """Compute, then give `out` the shape and the values of the result."""
    cdef int i
    for i in range(self.n_params):
        if isinstance(<object>values[i], Tensor) and requires_grad(<Tensor>values[i]) \
                and not mode().grad_disabled:
            raise AutogradError(f"{self.name}(): functions with out=... arguments don't support "
                                "automatic differentiation, but one of the arguments requires grad")
    targets = out if isinstance(out, (tuple, list)) else (out,)
    for target in targets:
        if isinstance(target, Tensor):
            check_out_memory(self, <Tensor>target, values)
    result = self.handler(self, values)
    results = result if isinstance(result, tuple) else (result,)
    if len(targets) != len(results):
        raise TypeError(f"{self.name}(): out= takes {len(results)} tensors, got {len(targets)}")
    for target, value in zip(targets, results):
        if not isinstance(target, Tensor):
            raise TypeError(f"{self.name}(): out= takes tensors, got {type(target).__name__}")
        check_out_dtype(self, <Tensor>target, <Tensor>value)
    for target, value in zip(targets, results):
        if shape_tuple(<Tensor>target) != shape_tuple(<Tensor>value):
            target.resize_(shape_tuple(<Tensor>value))
        target.copy_(value)
    return self.result_type(*targets) if self.n_outputs > 1 else out


cdef int check_out_memory(Operator self, Tensor target, PyObject** values) except -1:
    """Raise when elements of `target` share memory with each other or with operands."""
    cdef int i
    if has_internal_overlap(target.rank, target.sizes, target.strides):
        raise OverlapError(f"{self.name}(): unsupported operation: more than one element of the "
                           f"written-to tensor ({describe(target)}) refers to a single memory "
                           "location. Please clone() the tensor before performing the operation.")
    for i in range(self.n_params):
        value = <object>values[i]
        for item in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(item, Tensor):
                if self.name in NO_ALIAS and (<Tensor>item).block == target.block and \
                        (<Tensor>item).start == target.start and target.block != NULL:
                    raise OverlapError(
                        f"{self.name}(): unsupported operation: the input tensor and the "
                        "written-to tensor refer to a single memory location. Please clone() the "
                        "tensor before performing the operation.")
                check_overlap(target, <Tensor>item, self.name)
    return 0


cdef int check_out_dtype(Operator self, Tensor target, Tensor value) except -1:
    if self.entry.extra.get("exact_out") and value.kind != target.kind:
        raise DTypeError(f"{self.name}(): Expected out tensor to have dtype {value.dtype.name}, "
                         f"but got {target.dtype.name} instead")
    if not can_cast(value.dtype, target.dtype):
        raise DTypeError(f"{self.name}(): result type {value.dtype.name} can't be cast to the "
                         f"desired output type {target.dtype.name}")
    if target.place != value.place:
        raise AutogradError(f"{self.name}(): Expected out tensor to have device {value.device}, "
                            f"but got {target.device} instead")
    return 0


cdef object dispatch(PyObject* target, PyObject** arguments, Py_ssize_t count, PyObject* names):
    return call_operator(<Operator>target, arguments, count, names)


op_dispatch = dispatch


cdef object call1(object operator, object a):
    cdef PyObject* arguments[1]
    arguments[0] = <PyObject*>a
    return call_operator(<Operator>operator, arguments, 1, NULL)


cdef object call2(object operator, object a, object b):
    cdef PyObject* arguments[2]
    arguments[0] = <PyObject*>a
    arguments[1] = <PyObject*>b
    return call_operator(<Operator>operator, arguments, 2, NULL)


cdef object slot_unary(PyObject* operator, object operand):
    cdef PyObject* arguments[1]
    arguments[0] = <PyObject*>operand
    return call_operator(<Operator>operator, arguments, 1, NULL)


cdef object slot_binary(PyObject* operator, object left, object right):
    """An operator between a tensor and anything: NotImplemented where no entry takes it."""
    cdef Binding binding
    cdef PyObject* arguments[2]
    cdef Operator candidate = <Operator>operator
    arguments[0] = <PyObject*>left
    arguments[1] = <PyObject*>right
    while candidate is not None:
        if bind(candidate, arguments, 2, NULL, &binding):
            return run_bound(candidate, &binding, arguments, 2, NULL)
        candidate = candidate.following
    if not isinstance(left, Tensor) and hasattr(type(left), "__array_interface__"):
        return slot_binary(operator, array_converter(left), right)
    if not isinstance(right, Tensor) and hasattr(type(right), "__array_interface__"):
        return slot_binary(operator, left, array_converter(right))
    return NotImplemented


slots.unary = slot_unary
slots.binary = slot_binary


cdef int name_op(Operator self, object error) except -1:
    """Let the text of an error name the op that was called, not a part that it is composed of."""
    text = str(error)
    if self.entry.private or self.name in text:
        return 0
    if text.startswith("_"):
        text = text.partition("(): ")[2] or text
    error.args = (f"{self.name}(): {text}", *error.args[1:])
    return 0


cdef object run_body(Operator self, PyObject** values):
    """A composed op: its Python body, with all arguments by position."""
    cdef int i
    try:
        result = self.body(*[<object>values[i] for i in range(self.n_params)])
    except CytorchError as error:
        name_op(self, error)
        raise
    if self.n_outputs > 1 and isinstance(result, tuple):
        return self.result_type(*result)
    return result


cdef bint needs_copy(Operator functional, PyObject** values) noexcept:
    """Whether overwriting the first argument of `functional` could spoil its backward pass."""
    cdef int i
    if functional.derivative is not None and not names_input(functional.derivative, 0):
        return False
    for i in range(functional.n_params):
        if isinstance(<object>values[i], Tensor) and requires_grad(<Tensor>values[i]):
            return True
    return False


cdef object compute_and_copy(Operator self, PyObject** values):
    """The in-place form of an op that is not elementwise: compute, check, copy.

    Where the steps may save their input for backward, they get a copy of it.
    """
    cdef Tensor target = <Tensor>values[0]
    cdef Tensor source = target
    cdef PyObject* inputs[MAX_PARAMS]
    cdef int i
    for i in range(self.n_params):
        inputs[i] = values[i]
    if not mode().grad_disabled and needs_copy(self.functional, values):
        source = target.clone()
        inputs[0] = <PyObject*>source
    result = self.functional.handler(self.functional, inputs)
    if not isinstance(result, Tensor):
        raise TypeError(f"{self.name}() has no in-place form")
    if shape_tuple(<Tensor>result) != shape_tuple(target):
        raise ShapeError(f"{self.name}(): the result has shape {shape_tuple(<Tensor>result)}, "
                         f"which does not fit into {describe(target)}")
    check_out_dtype(self, target, <Tensor>result)
    target.copy_(result)
    return target


register_handler("body", run_body)
register_handler("compute_and_copy", compute_and_copy)


def make_function(Operator operator, str name, str qualified_name, doc, str module, bint method):
    """The callable of an operator, for a module or for a class."""
    function = make_op_function(operator, name, qualified_name, doc, module, method)
    operator.function = function
    return function


def set_operator(int slot, Operator operator):
    """Let an operator slot of Tensor call `operator`."""
    set_operator_slot(slot, operator)


def disable_functions_(int level):
    """Switch __torch_function__ off, for subclasses (1) or also for modes (2), or on (0).

    Returns the earlier level.
    """
    before = mode().functions_disabled
    mode().functions_disabled = level
    return before


def disabled_functions_level():
    """What `disable_functions_` was last given on this thread."""
    return mode().functions_disabled


def count_function_modes_(int change):
    """One more or one less torch-function mode is active."""
    mode().function_modes += change
