"""copy_, clone, contiguous, conversion, filling, resizing; item; what the engine needs."""
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t
from libc.string cimport memset

from cpython.object cimport PyObject

from cytorch._C.autograd.engine cimport engine_functions
from cytorch._C.autograd.inplace cimport check_inplace, rebase
from cytorch._C.autograd.record cimport bump_version, creator_of, record
from cytorch._C.call.elementwise cimport cast_tensor, copy_into, fill_scalar
from cytorch._C.call.operands cimport check_overlap, check_writable
from cytorch._C.call.launch cimport close_memory, open_memory
from cytorch._C.call.operator cimport Operator, register_handler
from cytorch._C.call.structured cimport allocate, must_record
from cytorch._C.device cimport DEVICE_CPU, DEVICE_META, device_id, device_of
from cytorch._C.dtype cimport default_dtype, dtype_id, dtype_of
from cytorch._C.dtype_ids cimport (
    DTYPE_BFLOAT16, DTYPE_BOOL, DTYPE_COMPLEX64, DTYPE_FLOAT16, DTYPE_FLOAT32, DTYPE_FLOAT64,
    DTYPE_INT8, DTYPE_INT16, DTYPE_INT32, DTYPE_INT64, DTYPE_UINT8, dtype_itemsize)
from cytorch._C.geometry cimport (
    broadcast_into, checked_numel, has_internal_overlap, same_sizes)
from cytorch._C.state cimport STORAGE_EXPORTED, mode, storage_decref, storage_incref
from cytorch._C.tensor cimport (
    CONTIGUOUS, Tensor, UNVERSIONED, alias, alias_geometry, describe, new_like, new_tensor,
    requires_grad, set_geometry, shape_tuple, slots)

from cytorch.errors import (
    AutogradError, DeviceError, OverlapError, ResizeError, ShapeError)


cdef object copy_(Operator self, PyObject** values):
    """copy_(input, src): broadcast, cast and move the elements of src into input."""
    cdef Tensor target = <Tensor>values[0], source = <Tensor>values[1], old, moved
    cdef int64_t sizes[64]
    cdef int i
    cdef bint recording
    cdef PyObject* inputs[8]
    cdef PyObject* outputs[1]
    for i in range(target.rank):
        sizes[i] = target.sizes[i]
    i = broadcast_into(target.rank, sizes, source.rank, source.sizes)
    if i < 0 or not same_sizes(i, sizes, target.rank, target.sizes):
        raise ShapeError(f"{self.name}(): The expanded size of the tensor must match the existing "
                         f"size: shape {shape_tuple(source)} does not broadcast to "
                         f"{shape_tuple(target)}")
    check_writable(target, self.name)
    if has_internal_overlap(target.rank, target.sizes, target.strides):
        raise OverlapError(f"{self.name}(): unsupported operation: more than one element of the "
                           "written-to tensor refers to a single memory location. Please clone() "
                           "the tensor before performing the operation.")
    check_overlap(target, source, self.name)
    recording = must_record(self, values)
    check_inplace(target, self.name, recording)
    if recording:
        old = alias(target)
        old.creator = creator_of(target)
        old.creator_output = target.creator_output
    moved = source
    if source.block != NULL and source.block == target.block and source.start != target.start:
        moved = cast_tensor(source, source.kind)
    copy_into(target, moved)
    bump_version(target, self.op_id)
    if recording:
        inputs[0] = <PyObject*>old
        for i in range(1, self.n_params):
            inputs[i] = values[i]
        outputs[0] = <PyObject*>target
        rebase(target, record(self.derivative, inputs, outputs, 1))
    return target


cdef object fill_(Operator self, PyObject** values):
    """fill_(input, value): one Python number everywhere."""
    cdef Tensor target = <Tensor>values[0], old, scalar
    cdef bint recording = must_record(self, values)
    cdef PyObject* inputs[8]
    cdef PyObject* outputs[1]
    check_writable(target, self.name)
    if has_internal_overlap(target.rank, target.sizes, target.strides):
        raise OverlapError(f"{self.name}(): unsupported operation: more than one element of the "
                           "written-to tensor refers to a single memory location. Please clone() "
                           "the tensor before performing the operation.")
    check_inplace(target, self.name, recording)
    scalar = new_tensor(0, NULL, target.kind, DEVICE_CPU)
    fill_scalar(scalar.start, target.kind, <object>values[1])
    if recording:
        old = alias(target)
        old.creator = creator_of(target)
        old.creator_output = target.creator_output
    fill_from(target, scalar)
    bump_version(target, self.op_id)
    if recording:
        inputs[0] = <PyObject*>old
        inputs[1] = values[1]
        outputs[0] = <PyObject*>target
        rebase(target, record(self.derivative, inputs, outputs, 1))
    return target


cdef int fill_from(Tensor target, Tensor scalar) except -1:
    """Fast for a zero in contiguous memory of the CPU."""
    cdef int i
    cdef bint zero = True
    if target.flags & CONTIGUOUS and target.place == DEVICE_CPU:
        for i in range(dtype_itemsize[target.kind]):
            zero = zero and scalar.start[i] == 0
        if zero:
            memset(target.start, 0, target.count * dtype_itemsize[target.kind])
            return 0
    return copy_into(target, scalar)


cdef Tensor zero_filled(Tensor target):
    if target.place == DEVICE_CPU:
        memset(target.start, 0, target.count * dtype_itemsize[target.kind])
    elif target.place != DEVICE_META:
        open_memory(target)
        memset(target.start, 0, target.count * dtype_itemsize[target.kind])
        close_memory(target)
    return target


cdef object empty(Operator self, PyObject** values):
    """empty(size, dtype, device)."""
    cdef tuple shape = <tuple>values[0]
    cdef int dtype = default_dtype()
    for size in shape:
        if size < 0:
            raise ShapeError(f"{self.name}(): Trying to create tensor with negative dimension "
                             f"{size}: {list(shape)}")
    if <object>values[1] is not None:
        dtype = dtype_id(<object>values[1], self.name)
    return allocate(shape, dtype, device_id(<object>values[2], self.name))


cdef object full(Operator self, PyObject** values):
    """full(size, value, dtype, device): new, so the fill is not counted as a change."""
    cdef PyObject* options[3]
    cdef Tensor result, scalar
    options[0] = values[0]
    options[1] = values[2]
    options[2] = values[3]
    result = empty(self, options)
    scalar = new_tensor(0, NULL, result.kind, DEVICE_CPU)
    fill_scalar(scalar.start, result.kind, <object>values[1])
    fill_from(result, scalar)
    return result


cdef object recorded_copy(Operator self, PyObject** values, Tensor result):
    cdef PyObject* outputs[1]
    if must_record(self, values):
        outputs[0] = <PyObject*>result
        record(self.derivative, values, outputs, 1)
    return result


cdef object clone(Operator self, PyObject** values):
    """A contiguous copy."""
    cdef Tensor source = <Tensor>values[0]
    return recorded_copy(self, values, cast_tensor(source, source.kind))


cdef object contiguous_(Operator self, PyObject** values):
    """The tensor itself when it is contiguous, else a copy."""
    cdef Tensor source = <Tensor>values[0]
    if source.flags & CONTIGUOUS:
        return source
    return clone(self, values)


cdef object to(Operator self, PyObject** values):
    """_to(input, dtype, device, copy): the tensor itself when nothing changes."""
    cdef Tensor source = <Tensor>values[0]
    cdef int dtype = source.kind, device = source.place
    if <object>values[1] is not None:
        dtype = dtype_id(<object>values[1], self.name)
    if <object>values[2] is not None:
        device = device_id(<object>values[2], self.name)
    if dtype == source.kind and device == source.place and <object>values[3] is not True:
        return source
    if source.place == DEVICE_META and device != DEVICE_META:
        raise DeviceError(f"{self.name}(): Cannot copy out of meta tensor; no data! "
                          f"({describe(source)})")
    return recorded_copy(self, values, move(source, dtype, device))


cdef object to_named(Operator self, PyObject** values):
    """_to_named(input, name of a dtype)."""
    cdef Tensor source = <Tensor>values[0]
    cdef int dtype = dtype_id(<object>values[1], self.name)
    if dtype == source.kind:
        return source
    return recorded_copy(self, values, move(source, dtype, source.place))


cdef Tensor move(Tensor source, int dtype, int device):
    cdef Tensor result = new_tensor(source.rank, source.sizes, dtype, device)
    copy_into(result, source)
    return result


cdef object resize_(Operator self, PyObject** values):
    """resize_(input, size): another shape; new memory only when the old is too small."""
    cdef Tensor target = <Tensor>values[0]
    cdef tuple shape = <tuple>values[1]
    cdef int64_t sizes[64]
    cdef int64_t needed
    cdef int i
    cdef Tensor larger
    if requires_grad(target):
        raise AutogradError("cannot resize variables that require grad")
    for i, size in enumerate(shape):
        if size < 0:
            raise ShapeError(f"{self.name}(): negative size in {shape}")
        sizes[i] = size
    needed = checked_numel(len(shape), sizes, dtype_itemsize[target.kind])
    if needed < 0:
        raise ShapeError(f"{self.name}(): shape {shape} overflows 64-bit sizes")
    needed *= dtype_itemsize[target.kind]
    if target.block != NULL and needed > <int64_t>target.block.nbytes - \
            (target.start - target.block.data):
        if target.block.flags & STORAGE_EXPORTED or target.block.deleter != NULL:
            raise ResizeError(f"{self.name}(): Trying to resize storage that is not resizable: its "
                              "memory is shared with NumPy or another library")
        larger = new_tensor(len(shape), sizes, target.kind, target.place)
        if target.count and target.flags & CONTIGUOUS:
            copy_into(alias_geometry(larger, target.rank, target.sizes, target.strides, 0), target)
        swap_storage(target, larger)
    set_geometry(target, len(shape), sizes, NULL)
    bump_version(target, self.op_id)
    return target


cdef void swap_storage(Tensor target, Tensor other) noexcept:
    """Let `target` use the memory of `other`."""
    if other.block != NULL:
        storage_incref(other.block)
    if target.block != NULL:
        storage_decref(target.block)
    target.block = other.block
    target.start = other.start
    target.kind = other.kind
    target.place = other.place


cdef object set_(Operator self, PyObject** values):
    """set_(input, source): the memory and geometry of another tensor."""
    cdef Tensor target = <Tensor>values[0], source = <Tensor>values[1]
    take_over(target, source)
    bump_version(target, self.op_id)
    return target


cdef int take_over(Tensor target, Tensor source) except -1:
    cdef Tensor held = alias(source)
    swap_storage(target, held)
    set_geometry(target, held.rank, held.sizes, held.strides)
    return 0


cdef object get_data(Tensor self):
    cdef Tensor result = alias(self)
    result.flags |= UNVERSIONED
    return result


cdef int set_data(Tensor self, object value) except -1:
    if not isinstance(value, Tensor):
        raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
    self.gradient = self.gradient if self.gradient is None or \
        shape_tuple(self.gradient) == shape_tuple(<Tensor>value) else None
    take_over(self, <Tensor>value)
    return 0


cdef object read_element(Tensor self, char* at):
    """One element as a Python number."""
    cdef int kind = self.kind
    if kind == DTYPE_FLOAT32:
        return <double>(<float*>at)[0]
    if kind == DTYPE_FLOAT64:
        return (<double*>at)[0]
    if kind == DTYPE_INT64:
        return (<int64_t*>at)[0]
    if kind == DTYPE_BOOL:
        return (<uint8_t*>at)[0] != 0
    if kind == DTYPE_INT32:
        return (<int32_t*>at)[0]
    if kind == DTYPE_INT16:
        return (<int16_t*>at)[0]
    if kind == DTYPE_INT8:
        return (<int8_t*>at)[0]
    if kind == DTYPE_UINT8:
        return (<uint8_t*>at)[0]
    if kind == DTYPE_COMPLEX64:
        return complex((<float*>at)[0], (<float*>at)[1])
    return complex((<double*>at)[0], (<double*>at)[1])


cdef Tensor on_host(Tensor self):
    """On the CPU, 16-bit floats widened."""
    cdef int kind = DTYPE_FLOAT32 if self.kind in (DTYPE_FLOAT16, DTYPE_BFLOAT16) else self.kind
    if self.place == DEVICE_META:
        raise DeviceError("Tensor.item() cannot be called on meta tensors")
    if self.place == DEVICE_CPU and kind == self.kind:
        return self
    return move(self, kind, DEVICE_CPU)


cdef object item(Tensor self):
    cdef Tensor host
    if self.count != 1:
        raise ShapeError(f"a Tensor with {self.count} elements cannot be converted to Scalar "
                         f"(shape {shape_tuple(self)})")
    host = on_host(self)
    return read_element(host, host.start)


cdef object nested(Tensor self, int axis, char* at):
    cdef int64_t i, step
    cdef list found
    if axis == self.rank:
        return read_element(self, at)
    step = self.strides[axis] * dtype_itemsize[self.kind]
    found = []
    for i in range(self.sizes[axis]):
        found.append(nested(self, axis + 1, at + i * step))
    return found


cdef object item_(Operator self, PyObject** values):
    return item(<Tensor>values[0])


cdef object tolist(Operator self, PyObject** values):
    """Nested lists of Python numbers."""
    cdef Tensor host = on_host(<Tensor>values[0])
    return nested(host, 0, host.start)


slots.item = item
slots.get_data = get_data
slots.set_data = set_data

register_handler("copy_", copy_)
register_handler("fill_", fill_)
register_handler("empty", empty)
register_handler("full", full)
register_handler("clone", clone)
register_handler("contiguous", contiguous_)
register_handler("to", to)
register_handler("to_named", to_named)
register_handler("resize_", resize_)
register_handler("set_", set_)
register_handler("item", item_)
register_handler("tolist", tolist)


def fill_from_list(Tensor target, list values):
    """Write Python numbers, in order, into a fresh contiguous tensor of the CPU."""
    cdef int64_t i, step = dtype_itemsize[target.kind]
    cdef double* wide
    cdef float* single
    if len(values) != target.count:
        raise ShapeError(f"expected {target.count} values, got {len(values)}")
    if target.kind == DTYPE_FLOAT32:
        single = <float*>target.start
        for i in range(target.count):
            single[i] = values[i]
    elif target.kind == DTYPE_FLOAT64:
        wide = <double*>target.start
        for i in range(target.count):
            wide[i] = values[i]
    else:
        for i in range(target.count):
            fill_scalar(target.start + i * step, target.kind, values[i])
    return target


# ---- what the engine needs

cdef object add_operator = None, add_in_place_operator = None, sum_to_function = None


def set_engine_ops(add, add_, sum_to):
    """Table ops that the engine calls; `install` hands them over."""
    global add_operator, add_in_place_operator, sum_to_function
    add_operator, add_in_place_operator, sum_to_function = add, add_, sum_to


cdef Tensor engine_add(Tensor a, Tensor b):
    return add_operator(a, b)


cdef int engine_add_in_place(Tensor a, Tensor b) except -1:
    add_in_place_operator(a, b)
    return 0


cdef Tensor engine_sum_to(Tensor a, tuple shape):
    return sum_to_function(a, shape)


cdef Tensor engine_cast(Tensor a, int kind_and_place):
    cdef int dtype = kind_and_place & 15, device = kind_and_place >> 4
    if not mode().grad_disabled:
        return a.to(device_of(device), dtype_of(dtype))
    return move(a, dtype, device)


cdef Tensor engine_clone(Tensor a):
    return cast_tensor(a, a.kind) if mode().grad_disabled else a.clone()


cdef Tensor engine_ones_like(Tensor a):
    cdef Tensor result = new_like(a, a.kind), one
    one = new_tensor(0, NULL, a.kind, DEVICE_CPU)
    fill_scalar(one.start, a.kind, 1)
    copy_into(result, one)
    return result


cdef Tensor engine_zeros(tuple shape, object dtype, object device):
    return zero_filled(allocate(shape, dtype_id(dtype, "zeros"), device_id(device, "zeros")))


engine_functions.add = engine_add
engine_functions.add_in_place = engine_add_in_place
engine_functions.sum_to = engine_sum_to
engine_functions.cast = engine_cast
engine_functions.clone = engine_clone
engine_functions.ones_like = engine_ones_like
engine_functions.zeros = engine_zeros
