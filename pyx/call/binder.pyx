"""Arguments of a call to the parameters of an Operator.

Binding checks types and fills in defaults. It makes no object in the usual case: the values stay
borrowed from the caller. Spellings that PyTorch accepts besides (`axis` for `dim`, sizes as
separate arguments, 0-dim tensors and NumPy numbers for Python numbers) are dealt with here, once.
"""
from cpython.bool cimport PyBool_Check
from cpython.float cimport PyFloat_CheckExact
from cpython.list cimport PyList_Append
from cpython.long cimport PyLong_Check, PyLong_CheckExact
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE

from cytorch._C.call.operator cimport (
    Binding, Operator, TYPE_BOOL, TYPE_BOOL_OPTIONAL, TYPE_DEVICE_OPTIONAL, TYPE_DTYPE_OPTIONAL,
    TYPE_FLOAT,
    TYPE_FLOAT_OPTIONAL, TYPE_INT, TYPE_INTS, TYPE_INTS_OPTIONAL, TYPE_INT_OPTIONAL, TYPE_SCALAR,
    TYPE_SCALAR_OPTIONAL, TYPE_STR, TYPE_STR_OPTIONAL, TYPE_TENSOR, TYPE_TENSOR_LIST,
    TYPE_TENSOR_OPTIONAL, TYPE_TENSOR_OR_SCALAR)
from cytorch._C.device cimport Device
from cytorch._C.dtype cimport DType
from cytorch._C.dtype_ids cimport dtype_is_complex, dtype_is_floating
from cytorch._C.tensor cimport Tensor, is_tensor, slots

cdef dict ALIASES = {"axis": "dim", "axes": "dim", "keepdims": "keepdim", "self": "input",
                     "x": "input", "x1": "input", "x2": "other", "a": "input"}


cdef int keep(Binding* binding, object value) except -1:
    """Keep a converted argument alive until the call is over."""
    if binding.kept == NULL:
        kept = []
        Py_INCREF(kept)
        binding.kept = <PyObject*>kept
    PyList_Append(<list>binding.kept, value)
    return 0


cdef void release_binding(Binding* binding) noexcept:
    Py_XDECREF(binding.kept)
    binding.kept = NULL


cdef bint is_integer_like(object value):
    """NumPy integers, 0-dim integer tensors and whatever else can be an index."""
    if isinstance(value, Tensor):
        return (<Tensor>value).count == 1 and not dtype_is_floating((<Tensor>value).kind) and \
            not dtype_is_complex((<Tensor>value).kind)
    return hasattr(type(value), "__index__")


cdef bint is_number_like(object value):
    if isinstance(value, Tensor):
        return (<Tensor>value).rank == 0
    return hasattr(type(value), "__float__") and getattr(value, "ndim", 0) == 0 and \
        not isinstance(value, str)


cdef object to_number(object value):
    """A Python number of the same kind."""
    if isinstance(value, Tensor):
        return slots.item(<Tensor>value)
    item = getattr(value, "item", None)
    return float(value) if item is None else item()


cdef int replace(Binding* binding, int position, object value) except -1:
    keep(binding, value)
    binding.values[position] = <PyObject*>value
    return 1


cdef inline int take_tensor(Binding* binding, object value) noexcept:
    """1 for a tensor; notes a type with its own __torch_function__."""
    if is_tensor(value):
        return 1
    if isinstance(value, Tensor):
        binding.overridden = True
        return 1
    if PyFloat_CheckExact(value) or PyLong_CheckExact(value) or value is None:
        return 0
    if hasattr(type(value), "__torch_function__"):
        binding.overridden = True
        return 1
    return 0


cdef int take_ints(Binding* binding, int position, object value) except -1:
    if PyLong_CheckExact(value):
        return replace(binding, position, (value,))
    if type(value) is tuple or type(value) is list or isinstance(value, (tuple, list)):
        for item in value:
            if not PyLong_CheckExact(item):
                if PyBool_Check(item) or not is_integer_like(item):
                    return 0
                return replace(binding, position, tuple([int(i) for i in value]))
        if type(value) is not tuple:
            return replace(binding, position, tuple(value))
        return 1
    if not PyBool_Check(value) and is_integer_like(value):
        return replace(binding, position, (int(value),))
    return 0


cdef int take_list(Binding* binding, int position, object value) except -1:
    cdef bint plain = type(value) is tuple or type(value) is list
    if not plain:
        if isinstance(value, Tensor) or not hasattr(value, "__iter__") or isinstance(value, str):
            if hasattr(type(value), "__torch_function__") and not isinstance(value, Tensor):
                binding.overridden = True
                return 1
            return 0
        value = tuple(value)
        replace(binding, position, value)
    for item in value:
        if item is not None and not take_tensor(binding, item):
            return 0
    return 1


cdef int check(Operator self, Binding* binding, int position) except -1:
    """1 when the value at `position` fits its parameter (converted if need be), else 0."""
    cdef object value = <object>binding.values[position]
    cdef int kind = self.types[position]
    if kind == TYPE_TENSOR:
        return take_tensor(binding, value)
    if kind == TYPE_TENSOR_OR_SCALAR:
        if take_tensor(binding, value):
            return 1
        if PyFloat_CheckExact(value) or PyLong_Check(value) or isinstance(value, complex):
            return 1
        if value is not None and is_number_like(value):
            return replace(binding, position, to_number(value))
        return 0
    if kind == TYPE_TENSOR_OPTIONAL:
        return 1 if value is None else take_tensor(binding, value)
    if kind == TYPE_TENSOR_LIST:
        return take_list(binding, position, value)
    if kind == TYPE_INT or kind == TYPE_INT_OPTIONAL:
        if PyLong_CheckExact(value):
            return 1
        if value is None:
            return kind == TYPE_INT_OPTIONAL
        if PyBool_Check(value) or not is_integer_like(value):
            return 0
        return replace(binding, position, int(value))
    if kind == TYPE_INTS or kind == TYPE_INTS_OPTIONAL:
        if value is None:
            return kind == TYPE_INTS_OPTIONAL
        return take_ints(binding, position, value)
    if kind == TYPE_BOOL or kind == TYPE_BOOL_OPTIONAL:
        if PyBool_Check(value):
            return 1
        if value is None:
            return kind == TYPE_BOOL_OPTIONAL
        if type(value).__name__ in ("bool_", "bool") or isinstance(value, int):
            return replace(binding, position, bool(value))
        return 0
    if kind in (TYPE_FLOAT, TYPE_FLOAT_OPTIONAL, TYPE_SCALAR, TYPE_SCALAR_OPTIONAL):
        if PyFloat_CheckExact(value) or PyLong_Check(value):
            return 1
        if value is None:
            return kind == TYPE_FLOAT_OPTIONAL or kind == TYPE_SCALAR_OPTIONAL
        if isinstance(value, complex):
            return kind == TYPE_SCALAR or kind == TYPE_SCALAR_OPTIONAL
        if is_number_like(value):
            return replace(binding, position, to_number(value))
        return 0
    if kind == TYPE_STR or kind == TYPE_STR_OPTIONAL:
        return isinstance(value, str) or (value is None and kind == TYPE_STR_OPTIONAL)
    if kind == TYPE_DEVICE_OPTIONAL:
        return value is None or isinstance(value, (str, Device))
    if kind == TYPE_DTYPE_OPTIONAL:
        return value is None or type(value) is DType or value in (float, int, bool, complex)
    return 1


cdef int keyword_position(Operator self, object name) except -2:
    """Position of the parameter that a keyword means; -1: none."""
    cdef int i
    for i in range(self.n_params):
        if <PyObject*>PyTuple_GET_ITEM(self.keywords, i) == <PyObject*>name:
            return i
    if name in self.keywords:
        return self.keywords.index(name)
    alias = ALIASES.get(name)
    if alias in self.keywords:
        return self.keywords.index(alias)
    return -1


cdef bint all_integers(PyObject** arguments, Py_ssize_t begin, Py_ssize_t end):
    cdef Py_ssize_t i
    for i in range(begin, end):
        if PyBool_Check(<object>arguments[i]) or not is_integer_like(<object>arguments[i]):
            return False
    return True


cdef int bind(Operator self, PyObject** arguments, Py_ssize_t count, PyObject* names,
              Binding* binding) except -1:
    cdef int i, position, last
    cdef Py_ssize_t k
    cdef PyObject** keyword_arguments = arguments + count
    binding.kept = NULL
    binding.out = NULL
    binding.overridden = False
    last = self.n_positional - 1
    if self.spreads_tensors and count > last and not isinstance(<object>arguments[last],
                                                                (tuple, list)):
        for i in range(last):
            binding.values[i] = arguments[i]
        replace(binding, last, tuple([<object>arguments[k] for k in range(last, count)]))
        count = self.n_positional
    elif count > self.n_positional:
        if last < 0 or (self.types[last] != TYPE_INTS and self.types[last] != TYPE_INTS_OPTIONAL) \
                or not all_integers(arguments, last, count):
            return 0
        for i in range(last):
            binding.values[i] = arguments[i]
        replace(binding, last, tuple([int(<object>arguments[k]) for k in range(last, count)]))
        count = self.n_positional
    else:
        for i in range(count):
            binding.values[i] = arguments[i]
    if count < self.n_params:
        for i in range(count, self.n_params):
            binding.values[i] = NULL
    if names != NULL:
        for k in range(PyTuple_GET_SIZE(<tuple>names)):
            name = <object>PyTuple_GET_ITEM(<tuple>names, k)
            position = keyword_position(self, name)
            if position < 0:
                if self.accepts_out and name == "out":
                    if <object>keyword_arguments[k] is not None:
                        binding.out = keyword_arguments[k]
                    continue
                release_binding(binding)
                return 0
            if binding.values[position] != NULL:
                release_binding(binding)
                return 0
            binding.values[position] = keyword_arguments[k]
    for i in range(self.n_params):
        if binding.values[i] == NULL:
            if self.optional[i]:
                binding.values[i] = <PyObject*>PyTuple_GET_ITEM(self.defaults, i)
                continue
            release_binding(binding)
            return 0
        if not check(self, binding, i):
            release_binding(binding)
            return 0
    return 1


cdef str type_text(object value):
    if isinstance(value, (tuple, list)):
        inner = sorted({type(item).__name__ for item in value})
        return f"{type(value).__name__} of {' and '.join(inner)}" if inner else \
            type(value).__name__
    return type(value).__name__


cdef object binding_error(Operator self, PyObject** arguments, Py_ssize_t count, PyObject* names):
    """What was given and which signatures there are."""
    cdef Py_ssize_t k
    given = [type_text(<object>arguments[k]) for k in range(count)]
    if names != NULL:
        for k in range(PyTuple_GET_SIZE(<tuple>names)):
            name = <object>PyTuple_GET_ITEM(<tuple>names, k)
            given.append(f"{name}={type_text(<object>arguments[count + k])}")
    lines = []
    cdef Operator candidate = self
    while candidate is not None:
        lines.append(f"    {candidate.entry.signature}")
        candidate = candidate.following
    plural = "one of:" if len(lines) > 1 else "the signature:"
    return TypeError(f"{self.name}(): invalid combination of arguments: got ({', '.join(given)}), "
                     f"but expected {plural}\n" + "\n".join(lines))
