"""Autocast: while it is on, some ops get their inputs in 16 bits and some in float32.

Which ops do is data of cytorch.amp; the mode is a word per thread. Casts are recorded as any other
op, so gradients arrive in the dtype of the parameter.
"""
from cpython.object cimport PyObject

from cytorch._C.call.binder cimport keep
from cytorch._C.call.operator cimport Binding, Operator
from cytorch._C.dtype cimport dtype_id, dtype_of
from cytorch._C.dtype_ids cimport (
    DTYPE_BFLOAT16, DTYPE_FLOAT16, DTYPE_FLOAT32)
from cytorch._C.state cimport mode
from cytorch._C.tensor cimport Tensor, is_tensor

cdef set lower_precision = set()
cdef set single_precision = set()


cdef bint may_change(Tensor tensor):
    """Half, bfloat16 and float32; float64 was asked for on purpose."""
    return tensor.kind in (DTYPE_FLOAT16, DTYPE_BFLOAT16, DTYPE_FLOAT32)


cdef object converted(object value, int dtype):
    """`value` with its tensors in `dtype`; the same object where nothing changes."""
    cdef list members
    if isinstance(value, Tensor):
        if (<Tensor>value).kind == dtype or not may_change(<Tensor>value):
            return value
        return value.to(dtype_of(dtype))
    if isinstance(value, (list, tuple)) and len(value) and is_tensor(value[0]):
        members = [converted(member, dtype) for member in value]
        return members if any(a is not b for a, b in zip(members, value)) else value
    return value


cdef int cast_inputs(Operator self, Binding* binding) except -1:
    """Replace the inputs of an op that autocast knows by copies of the dtype it runs in."""
    cdef int i, dtype
    if self.name in lower_precision:
        dtype = mode().autocast_dtype
    elif self.name in single_precision:
        dtype = DTYPE_FLOAT32
    else:
        return 0
    for i in range(self.n_params):
        value = <object>binding.values[i]
        other = converted(value, dtype)
        if other is not value:
            keep(binding, other)
            binding.values[i] = <PyObject*>other
    return 0


def set_autocast_ops(lower, single):
    """The names of the ops that run in the lower precision, and of those that run in float32."""
    lower_precision.clear()
    lower_precision.update(lower)
    single_precision.clear()
    single_precision.update(single)


def set_autocast_mode(bint enabled, dtype):
    """Switch autocast of this thread; returns what it was: (enabled, dtype or None)."""
    before = autocast_mode()
    mode().autocast = enabled
    mode().autocast_dtype = dtype_id(dtype, "autocast")
    return before


def autocast_mode():
    """(enabled, dtype) of this thread."""
    return bool(mode().autocast), dtype_of(mode().autocast_dtype)
