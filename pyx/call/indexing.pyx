"""x[...] and x[...] = value: integers, slices, None, Ellipsis, masks, index tensors, and mixes.

Basic indexing makes one view. Without a history its geometry is computed in one go; with one, it is
the chain of `select`, `slice` and `unsqueeze` that the derivatives know. Index tensors and masks go
to the table ops `_index` and `_index_put_`.
"""
from libc.stdint cimport int64_t

from cpython.bool cimport PyBool_Check
from cpython.long cimport PyLong_CheckExact

from cytorch._C.autograd.inplace cimport make_view
from cytorch._C.dtype_ids cimport (
    DTYPE_BOOL, DTYPE_UINT8, dtype_is_complex, dtype_is_floating, dtype_is_integral)
from cytorch._C.state cimport mode
from cytorch._C.tensor cimport (
    Tensor, VIEW_NO_GRAD, alias_geometry, describe, is_tensor, requires_grad, shape_tuple, slots)

from cytorch.errors import ArgumentError, IndexOutOfRange

cdef extern from "Python.h":
    int PySlice_Unpack(object slice, Py_ssize_t* start, Py_ssize_t* stop,
                       Py_ssize_t* step) except -1
    Py_ssize_t PySlice_AdjustIndices(Py_ssize_t length, Py_ssize_t* start, Py_ssize_t* stop,
                                     Py_ssize_t step) noexcept

cdef object ops = None, tensor = None, override_handler = None


def set_helpers(namespace, make_tensor, handler):
    """The installed op table, `cytorch.tensor`, and the __torch_function__ protocol."""
    global ops, tensor, override_handler
    ops, tensor, override_handler = namespace, make_tensor, handler


cdef int64_t check_position(Tensor self, int64_t index, int axis) except -1:
    cdef int64_t size = self.sizes[axis]
    if index < -size or index >= size:
        raise IndexOutOfRange(f"index {index} is out of bounds for dimension {axis} with size "
                              f"{size} (shape {shape_tuple(self)})")
    return index + size if index < 0 else index


cdef bint is_basic(object item):
    return (PyLong_CheckExact(item) or type(item) is slice or item is None or item is Ellipsis or
            (not PyBool_Check(item) and not isinstance(item, (Tensor, list, tuple)) and
             not hasattr(item, "__array__") and hasattr(item, "__index__")))


cdef object too_many(Tensor self, int count):
    return IndexOutOfRange(f"too many indices for tensor of dimension {self.rank}: got {count} "
                           f"(shape {shape_tuple(self)})")


cdef tuple expand_ellipsis(Tensor self, tuple items):
    """Replace an Ellipsis by the full slices that it stands for."""
    cdef int consumed = 0, at = -1, i
    for i, item in enumerate(items):
        if isinstance(item, Tensor) and (<Tensor>item).rank == 0 and \
                dtype_is_integral((<Tensor>item).kind):
            items = items[:i] + (int(item),) + items[i + 1:]
        if item is Ellipsis:
            if at >= 0:
                raise IndexOutOfRange("an index can only have a single ellipsis ('...')")
            at = i
        elif item is not None and not PyBool_Check(item):
            consumed += (<Tensor>item).rank if isinstance(item, Tensor) and \
                (<Tensor>item).kind in (DTYPE_BOOL, DTYPE_UINT8) else 1
    if consumed > self.rank:
        raise too_many(self, consumed)
    if at < 0:
        return items
    return items[:at] + (slice(None),) * (self.rank - consumed) + items[at + 1:]


cdef Tensor basic_view(Tensor self, tuple items):
    """The view of a basic index, geometry at once, no record."""
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int64_t offset = 0, start, stop, step
    cdef Py_ssize_t first, last, increment
    cdef int axis = 0, ndim = 0
    cdef Tensor view
    for item in items:
        if item is None:
            sizes[ndim] = 1
            strides[ndim] = 0
            ndim += 1
            continue
        if axis >= self.rank:
            raise too_many(self, axis + 1)
        if type(item) is slice:
            PySlice_Unpack(item, &first, &last, &increment)
            if increment <= 0:
                raise ArgumentError(f"slice step must be positive, got {item.step}")
            PySlice_AdjustIndices(self.sizes[axis], &first, &last, increment)
            start, stop, step = first, last, increment
            sizes[ndim] = 0 if stop <= start else (stop - start + step - 1) // step
            strides[ndim] = self.strides[axis] * step
            if sizes[ndim]:
                offset += start * self.strides[axis]
            ndim += 1
        else:
            offset += check_position(self, item, axis) * self.strides[axis]
        axis += 1
    while axis < self.rank:
        sizes[ndim] = self.sizes[axis]
        strides[ndim] = self.strides[axis]
        ndim += 1
        axis += 1
    view = alias_geometry(self, ndim, sizes, strides, offset)
    if not mode().inference:
        make_view(view, self, VIEW_NO_GRAD if mode().grad_disabled else 0)
    return view


cdef object recorded_view(Tensor self, tuple items):
    """The same through table ops, each recorded."""
    cdef int axis = 0
    result = self
    for item in items:
        if item is None:
            result = ops.unsqueeze(result, axis)
            axis += 1
        elif axis >= (<Tensor>result).rank:
            raise too_many(self, len(items))
        elif type(item) is slice:
            if item.start is not None or item.stop is not None or item.step is not None:
                result = ops._slice(result, axis, item.start, item.stop, item.step)
            axis += 1
        else:
            check_position(result, item, axis)
            result = ops.select(result, axis, int(item))
    return result if result is not self else ops._alias(self)


cdef object basic_index(Tensor self, tuple items):
    if is_tensor(self) and (mode().grad_disabled or not requires_grad(self)):
        return basic_view(self, items)
    return recorded_view(self, items)


cdef object to_index(object item, Tensor self):
    """A list, array or boolean as an index tensor."""
    if isinstance(item, Tensor):
        if dtype_is_floating((<Tensor>item).kind) or dtype_is_complex((<Tensor>item).kind):
            raise IndexOutOfRange("tensors used as indices must be long, int, byte or bool "
                                  f"tensors, got {describe(<Tensor>item)}")
        return item
    made = tensor(item, device=self.device)
    if made.numel() == 0 and not (<Tensor>made).kind == DTYPE_BOOL:
        made = made.long()
    return to_index(made, self)


cdef tuple split_index(Tensor self, tuple items):
    """Apply the basic parts; returns (view, index tensor or None per dimension of the view)."""
    cdef list basic = [], advanced = []
    for item in items:
        if PyBool_Check(item):
            basic.append(None)
            advanced.append(to_index([item], self))
        elif is_basic(item):
            basic.append(item)
            if item is None or type(item) is slice:
                advanced.append(None)
        else:
            index = to_index(item, self)
            if (<Tensor>index).kind in (DTYPE_BOOL, DTYPE_UINT8):
                positions = mask_positions(self, <Tensor>index, basic)
                if (<Tensor>index).rank == 0:
                    basic.append(None)
                else:
                    basic.extend([slice(None)] * len(positions))
                advanced.extend(positions)
            else:
                basic.append(slice(None))
                advanced.append(index)
    view = basic_index(self, tuple(basic)) if any(
        not (type(item) is slice and item == slice(None)) for item in basic) else self
    return view, advanced


cdef list mask_positions(Tensor self, Tensor mask, list before):
    """A mask over k dimensions as k index tensors."""
    cdef int i, axis = 0
    for item in before:
        if item is not None:
            axis += 1
    for i in range(mask.rank):
        if mask.sizes[i] != self.sizes[axis + i]:
            raise IndexOutOfRange(
                f"The shape of the mask {list(shape_tuple(mask))} at index {i} does not match the "
                f"shape of the indexed tensor {list(shape_tuple(self))} at index {axis + i}")
    if mask.rank == 0:
        return [ops.nonzero(mask.reshape(1)).select(1, 0)]
    return list(ops.nonzero(mask).unbind(1))


cdef bint is_index_sequence(object index):
    """Whether a list means a tuple of indices, as in old NumPy: only if it holds such things."""
    return any(isinstance(item, (slice, Tensor)) or item is None or item is Ellipsis
               for item in index)


cdef tuple as_items(Tensor self, object index):
    if type(index) is tuple:
        return expand_ellipsis(self, <tuple>index)
    if isinstance(index, tuple):
        return expand_ellipsis(self, tuple(index))
    if type(index) is list and is_index_sequence(index):
        return expand_ellipsis(self, tuple(index))
    return expand_ellipsis(self, (index,))


cdef bint all_basic(tuple items):
    for item in items:
        if not is_basic(item):
            return False
    return True


cdef object overridden(Tensor self, str name, tuple arguments):
    """A subclass with its own __torch_function__ decides itself."""
    if is_tensor(self) or mode().functions_disabled:
        return NotImplemented
    return override_handler(getattr(Tensor, name), (self, *arguments), {})


cdef object getitem(Tensor self, object index):
    cdef tuple items
    if type(index) is not tuple and is_basic(index) and is_tensor(self):
        items = (index,) if index is not Ellipsis else ()
        if not items:
            return basic_index(self, expand_ellipsis(self, (Ellipsis,)))
        return basic_index(self, items)
    answer = overridden(self, "__getitem__", (index,))
    if answer is not NotImplemented:
        return answer
    items = as_items(self, index)
    if all_basic(items):
        return basic_index(self, items)
    view, indices = split_index(self, items)
    return ops._index(view, indices)


cdef int setitem(Tensor self, object index, object value) except -1:
    cdef tuple items
    cdef Tensor target
    if overridden(self, "__setitem__", (index, value)) is not NotImplemented:
        return 0
    items = as_items(self, index)
    if all_basic(items):
        target = basic_index(self, items)
        store(target, value)
        return 0
    view, indices = split_index(self, items)
    if not isinstance(value, Tensor):
        value = tensor(value, dtype=self.dtype, device=self.device)
    ops._index_put_(view, indices, value)
    return 0


cdef int store(Tensor target, object value) except -1:
    if not isinstance(value, Tensor):
        if isinstance(value, (int, float, complex)):
            ops.fill_(target, value)
            return 0
        value = tensor(value, dtype=target.dtype, device=target.device)
    while (<Tensor>value).rank > target.rank and (<Tensor>value).sizes[0] == 1:
        value = value.squeeze(0)
    ops.copy_(target, value)
    return 0


slots.getitem = getitem
slots.setitem = setitem
