"""Host ops: a Python function on NumPy arrays does the work.

The arguments reach the function as NumPy arrays over the tensors' own memory (copies for tensors
of another device); what it returns becomes the outputs, without a copy on the CPU.
"""
from cpython.object cimport PyObject

from cytorch._C.call.elementwise cimport copy_into
from cytorch._C.call.operands cimport common_device
from cytorch._C.call.operator cimport Operator, register_handler
from cytorch._C.call.structured cimport allocate, finish, must_record, output_specs, wrap_dim
from cytorch._C.device cimport DEVICE_CPU, DEVICE_META
from cytorch._C.dtype cimport dtype_of
from cytorch._C.tensor cimport Tensor, alias, new_tensor, shape_tuple

from cytorch._C.from_data import share_array
from cytorch.errors import DTypeError

cdef object find_function = None


def set_function_finder(finder):
    """finder(name) imports the function of a host op: `module.function` of `cytorch.host`."""
    global find_function
    find_function = finder


cdef object as_array(object asarray, object value):
    """A tensor's elements as an array; lists of tensors as lists, everything else as it is."""
    cdef Tensor tensor
    if isinstance(value, (list, tuple)):
        return [as_array(asarray, item) for item in value]
    if not isinstance(value, Tensor):
        return value
    tensor = <Tensor>value
    if tensor.place == DEVICE_CPU:
        return asarray(alias(tensor))
    fetched = new_tensor(tensor.rank, tensor.sizes, tensor.kind, DEVICE_CPU)
    copy_into(fetched, tensor)
    return asarray(fetched)


cdef Tensor as_output(Operator self, object array, tuple spec, int device):
    """The tensor over an array that the function made, or a copy of it on another device."""
    shape, kind = spec
    cdef Tensor made = share_array(array, dtype_of(kind))
    cdef Tensor sent
    if shape_tuple(made) != shape:
        raise ValueError(f"{self.name}(): the shape rule says {shape}, the function gave an array "
                         f"of shape {shape_tuple(made)}")
    if device == DEVICE_CPU:
        return made
    sent = allocate(shape, kind, device)
    copy_into(sent, made)
    return sent


cdef int check_dtypes(Operator self, PyObject** values) except -1:
    """The key tensor's dtype is one that the entry names."""
    if self.key_param < 0:
        return 0
    value = <object>values[self.key_param]
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    if isinstance(value, Tensor) and value.dtype.name not in self.entry.kernel.dtypes:
        raise DTypeError(f"{self.entry.name}(): not implemented for {value.dtype!r}")
    return 0


cdef int device_of(Operator self, PyObject** values) except -1:
    cdef PyObject* tensors[1024]
    cdef int i, count = 0
    for i in range(self.n_params):
        value = <object>values[i]
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(item, Tensor) and count < 1024:
                tensors[count] = <PyObject*>item
                count += 1
    return common_device(self.name, tensors, count)


cdef object host(Operator self, PyObject** values):
    """Handler of host ops: check, shape rule, the function, recording."""
    cdef list outputs, kept = []
    cdef int i, device
    cdef bint recording
    wrap_dim(self, values, kept)
    check_dtypes(self, values)
    specs = output_specs(self, values)
    device = device_of(self, values)
    recording = must_record(self, values)
    if device == DEVICE_META:
        return finish(self, values, [allocate(shape, kind, device) for shape, kind in specs],
                      recording)
    if self.body is None:
        self.body = find_function(self.entry.kernel.name)
    import numpy
    results = self.body(*[as_array(numpy.asarray, <object>values[i])
                          for i in range(self.n_params)])
    if self.n_outputs == 1:
        results = (results,)
    outputs = [as_output(self, array, spec, device) for array, spec in zip(results, specs)]
    return finish(self, values, outputs, recording)


register_handler("host", host)
