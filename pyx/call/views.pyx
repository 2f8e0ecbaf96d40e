"""Views: new geometries over the same memory.

Every handler checks its arguments, makes the alias and, with the derivative of the table entry,
records it. Strides are in elements.
"""
from libc.stdint cimport int64_t

from cpython.object cimport PyObject

from cytorch._C.autograd.inplace cimport check_inplace, make_view
from cytorch._C.autograd.record cimport (
    any_requires_grad, bump_version, record, set_creator)
from cytorch._C.call.operator cimport Operator, register_handler
from cytorch._C.dtype_ids cimport dtype_itemsize
from cytorch._C.geometry cimport MAX_DIMS, checked_numel, extent
from cytorch._C.state cimport mode
from cytorch._C.tensor cimport (
    Tensor, VIEW_MULTI_OUTPUT, VIEW_NO_GRAD, alias, alias_geometry, requires_grad,
    set_geometry, shape_tuple)

from cytorch.errors import ArgumentError, IndexOutOfRange, ShapeError


cdef object finish_view(Operator self, PyObject** values, Tensor source, Tensor view):
    """Tie the view to its base and record it."""
    cdef PyObject* outputs[1]
    if mode().inference:
        return view
    make_view(view, source, VIEW_NO_GRAD if mode().grad_disabled else 0)
    if not mode().grad_disabled and self.derivative is not None and \
            any_requires_grad(self.derivative, values):
        outputs[0] = <PyObject*>view
        record(self.derivative, values, outputs, 1)
    return view


cdef int64_t wrap(Operator self, object value, int64_t ndim) except -1:
    """A dimension in 0..ndim-1; a 0-dim tensor counts as one-dimensional."""
    cdef int64_t dim = value
    if ndim < 1:
        ndim = 1
    if dim < -ndim or dim >= ndim:
        raise IndexOutOfRange(f"{self.name}(): Dimension out of range (expected to be in range of "
                              f"[{-ndim}, {ndim - 1}], but got {dim})")
    return dim + ndim if dim < 0 else dim


cdef tuple stride_tuple(Tensor self):
    cdef int i
    return tuple([self.strides[i] for i in range(self.rank)])


cdef object transpose(Operator self, PyObject** values):
    cdef Tensor source = <Tensor>values[0]
    cdef int64_t a = wrap(self, <object>values[1], source.rank)
    cdef int64_t b = wrap(self, <object>values[2], source.rank)
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int i
    for i in range(source.rank):
        sizes[i] = source.sizes[i]
        strides[i] = source.strides[i]
    if source.rank:
        sizes[a], sizes[b] = sizes[b], sizes[a]
        strides[a], strides[b] = strides[b], strides[a]
    return finish_view(self, values, source,
                       alias_geometry(source, source.rank, sizes, strides, 0))


cdef object permute(Operator self, PyObject** values):
    cdef Tensor source = <Tensor>values[0]
    cdef tuple dims = <tuple>values[1]
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int64_t dim
    cdef int i
    seen = set()
    if len(dims) != source.rank:
        raise ShapeError(f"{self.name}(): number of dimensions in the tensor input does not match "
                         f"the length of the desired ordering: {source.rank} != {len(dims)} "
                         f"(shape {shape_tuple(source)}, dims {dims})")
    for i in range(source.rank):
        dim = wrap(self, dims[i], source.rank)
        if dim in seen:
            raise ArgumentError(f"{self.name}(): duplicate dims are not allowed: {dims}")
        seen.add(dim)
        sizes[i] = source.sizes[dim]
        strides[i] = source.strides[dim]
    return finish_view(self, values, source,
                       alias_geometry(source, source.rank, sizes, strides, 0))


cdef object expand(Operator self, PyObject** values):
    cdef Tensor source = <Tensor>values[0]
    cdef tuple shape = <tuple>values[1]
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int64_t wanted
    cdef int i, j, ndim = len(shape)
    if ndim < source.rank or ndim > MAX_DIMS:
        raise ShapeError(f"{self.name}(): the number of sizes provided ({ndim}) must be greater or "
                         f"equal to the number of dimensions in the tensor ({source.rank}): "
                         f"{shape_tuple(source)} to {shape}")
    for i in range(ndim):
        wanted = shape[i]
        j = i - (ndim - source.rank)
        if j < 0:
            if wanted < 0:
                raise ShapeError(f"{self.name}(): the size {wanted} is not allowed in a leading, "
                                 f"non-existing dimension {i}")
            sizes[i] = wanted
            strides[i] = 0
        elif wanted == -1 or wanted == source.sizes[j]:
            sizes[i] = source.sizes[j]
            strides[i] = source.strides[j]
        elif source.sizes[j] == 1 and wanted >= 0:
            sizes[i] = wanted
            strides[i] = 0
        else:
            raise ShapeError(f"{self.name}(): the expanded size of the tensor ({wanted}) must "
                             f"match the existing size ({source.sizes[j]}) at non-singleton "
                             f"dimension {i}. Target sizes: {shape}. Tensor sizes: "
                             f"{shape_tuple(source)}")
    if checked_numel(ndim, sizes, dtype_itemsize[source.kind]) < 0:
        raise ShapeError(f"{self.name}(): shape {shape} overflows 64-bit sizes")
    return finish_view(self, values, source, alias_geometry(source, ndim, sizes, strides, 0))


cdef Tensor sliced(Tensor source, int64_t dim, int64_t start, int64_t length, int64_t step):
    cdef Tensor result = alias_geometry(source, source.rank, source.sizes, source.strides,
                                        start * source.strides[dim] if length else 0)
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int i
    for i in range(source.rank):
        sizes[i] = source.sizes[i]
        strides[i] = source.strides[i]
    sizes[dim] = length
    strides[dim] *= step
    set_geometry(result, source.rank, sizes, strides)
    return result


cdef object narrow(Operator self, PyObject** values):
    cdef Tensor source = <Tensor>values[0]
    cdef int64_t dim, start, length, size
    if source.rank == 0:
        raise ShapeError(f"{self.name}(): cannot be applied to a 0-dim tensor")
    dim = wrap(self, <object>values[1], source.rank)
    start = <object>values[2]
    length = <object>values[3]
    size = source.sizes[dim]
    if length < 0:
        raise ShapeError(f"{self.name}(): length must be non-negative, got {length}")
    if start < -size or start > size:
        raise IndexOutOfRange(f"{self.name}(): start out of range (expected to be in range of "
                              f"[{-size}, {size}], but got {start})")
    if start < 0:
        start += size
    if length > size - start:
        raise ShapeError(f"{self.name}(): start ({start}) + length ({length}) exceeds dimension "
                         f"size ({size})")
    return finish_view(self, values, source, sliced(source, dim, start, length, 1))


cdef object slice_(Operator self, PyObject** values):
    """_slice(input, dim, start, end, step): Python's rules, positive steps."""
    cdef Tensor source = <Tensor>values[0]
    cdef int64_t dim = wrap(self, <object>values[1], source.rank), size, start, end, step
    if source.rank == 0:
        raise IndexOutOfRange(f"{self.name}(): slice() cannot be applied to a 0-dim tensor.")
    size = source.sizes[dim]
    step = 1 if <object>values[4] is None else <object>values[4]
    if step <= 0:
        raise ArgumentError(f"{self.name}(): step must be greater than zero, got {step}")
    start, end, _ = slice(<object>values[2], <object>values[3], step).indices(size)
    return finish_view(self, values, source, sliced(
        source, dim, start, 0 if end <= start else (end - start + step - 1) // step, step))


cdef object select(Operator self, PyObject** values):
    cdef Tensor source = <Tensor>values[0]
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int64_t dim, index, size
    cdef int i, count = 0
    if source.rank == 0:
        raise IndexOutOfRange(f"{self.name}(): cannot be applied to a 0-dim tensor.")
    dim = wrap(self, <object>values[1], source.rank)
    index = <object>values[2]
    size = source.sizes[dim]
    if index < -size or index >= size:
        raise IndexOutOfRange(f"{self.name}(): index {index} out of range for tensor of size "
                              f"{list(shape_tuple(source))} at dimension {dim}")
    if index < 0:
        index += size
    for i in range(source.rank):
        if i != dim:
            sizes[count] = source.sizes[i]
            strides[count] = source.strides[i]
            count += 1
    return finish_view(self, values, source, alias_geometry(
        source, count, sizes, strides, index * source.strides[dim]))


cdef object unsqueeze(Operator self, PyObject** values):
    cdef Tensor source = <Tensor>values[0]
    cdef int64_t dim = wrap(self, <object>values[1], source.rank + 1)
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int i, j = 0
    if source.rank == MAX_DIMS:
        raise ShapeError(f"{self.name}(): a tensor can have at most {MAX_DIMS} dimensions")
    for i in range(source.rank + 1):
        if i == dim:
            sizes[i] = 1
            strides[i] = source.sizes[j] * source.strides[j] if j < source.rank else 1
            continue
        sizes[i] = source.sizes[j]
        strides[i] = source.strides[j]
        j += 1
    return finish_view(self, values, source,
                       alias_geometry(source, source.rank + 1, sizes, strides, 0))


cdef object squeeze(Operator self, PyObject** values):
    """squeeze(input) or squeeze(input, dims): drop dimensions of size 1."""
    cdef Tensor source = <Tensor>values[0]
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int i, count = 0
    wanted = None
    if self.n_params > 1:
        dims = <object>values[1]
        wanted = {wrap(self, d, source.rank)
                  for d in (dims if isinstance(dims, tuple) else (dims,))}
    for i in range(source.rank):
        if source.sizes[i] == 1 and (wanted is None or i in wanted):
            continue
        sizes[count] = source.sizes[i]
        strides[count] = source.strides[i]
        count += 1
    return finish_view(self, values, source, alias_geometry(source, count, sizes, strides, 0))


cdef object unfold(Operator self, PyObject** values):
    """unfold(input, dimension, size, step): windows along a dimension, as a new last one."""
    cdef Tensor source = <Tensor>values[0]
    cdef int64_t dim = wrap(self, <object>values[1], source.rank)
    cdef int64_t size = <object>values[2], step = <object>values[3], extent_
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int i
    extent_ = source.sizes[dim] if source.rank else 1
    if size < 0 or size > extent_:
        raise ShapeError(f"{self.name}(): maximum size for tensor at dimension {dim} is {extent_} "
                         f"but size is {size}")
    if step <= 0:
        raise ArgumentError(f"{self.name}(): step is {step} but must be > 0")
    for i in range(source.rank):
        sizes[i] = source.sizes[i]
        strides[i] = source.strides[i]
    sizes[source.rank] = size
    strides[source.rank] = source.strides[dim] if source.rank else 1
    if source.rank:
        sizes[dim] = (extent_ - size) // step + 1
        strides[dim] *= step
    return finish_view(self, values, source,
                       alias_geometry(source, source.rank + 1, sizes, strides, 0))


cdef object diagonal(Operator self, PyObject** values):
    """diagonal(input, offset, dim1, dim2): the diagonal as a new last dimension."""
    cdef Tensor source = <Tensor>values[0]
    cdef int64_t offset = <object>values[1]
    cdef int64_t a = wrap(self, <object>values[2], source.rank)
    cdef int64_t b = wrap(self, <object>values[3], source.rank)
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int64_t length, shift = 0
    cdef int i, count = 0
    if source.rank < 2 or a == b:
        raise ArgumentError(f"{self.name}(): diagonal dimensions cannot be identical: {a}, {b} "
                            f"(shape {shape_tuple(source)})")
    if offset >= 0:
        length = max(min(source.sizes[a], source.sizes[b] - offset), 0)
    else:
        length = max(min(source.sizes[a] + offset, source.sizes[b]), 0)
    if length:
        shift = offset * source.strides[b] if offset >= 0 else -offset * source.strides[a]
    for i in range(source.rank):
        if i != a and i != b:
            sizes[count], strides[count] = source.sizes[i], source.strides[i]
            count += 1
    sizes[count] = length
    strides[count] = source.strides[a] + source.strides[b]
    return finish_view(self, values, source,
                       alias_geometry(source, count + 1, sizes, strides, shift))


cdef object as_strided(Operator self, PyObject** values):
    """as_strided(input, size, stride, storage_offset): any geometry inside the storage."""
    cdef Tensor source = <Tensor>values[0]
    cdef tuple shape = <tuple>values[1], steps = <tuple>values[2]
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int64_t low, high, offset, item = dtype_itemsize[source.kind], here
    cdef int i
    if len(shape) != len(steps) or len(shape) > MAX_DIMS:
        raise ShapeError(f"{self.name}(): mismatch in length of strides and shape: {steps}, "
                         f"{shape}")
    for i in range(len(shape)):
        sizes[i] = shape[i]
        strides[i] = steps[i]
        if sizes[i] < 0 or strides[i] < 0:
            raise ShapeError(f"{self.name}(): sizes and strides must be non-negative, got {shape} "
                             f"and {steps}")
    here = 0 if source.block == NULL else (source.start - source.block.data) // item
    offset = here if <object>values[3] is None else <object>values[3]
    if not extent(len(shape), sizes, strides, &low, &high) or \
            checked_numel(len(shape), sizes, item) < 0:
        raise ShapeError(f"{self.name}(): size {shape} and stride {steps} overflow 64-bit offsets")
    if source.block != NULL and (offset < 0 or high > (<int64_t>source.block.nbytes // item)
                                 - offset) and high:
        raise ShapeError(f"{self.name}(): sizes {shape}, strides {steps} and storage offset "
                         f"{offset} require {high + offset} elements, which are out of bounds for "
                         f"storage of {source.block.nbytes // item}")
    return finish_view(self, values, source, alias_geometry(
        source, len(shape), sizes, strides, offset - here))


cdef object alias_(Operator self, PyObject** values):
    cdef Tensor source = <Tensor>values[0]
    return finish_view(self, values, source, alias(source))


cdef object multi_output_views(Operator self, PyObject** values):
    """Mark the views that one call returns together: in place they could not be told apart."""
    cdef Tensor view
    for view in <object>values[0]:
        view.flags |= VIEW_MULTI_OUTPUT
    return tuple(<object>values[0])


cdef object detach(Operator self, PyObject** values):
    """The same elements without history; shares the version counter."""
    return alias(<Tensor>values[0])


cdef object inplace_view(Operator self, PyObject** values):
    """transpose_ and the like: the tensor takes over the geometry of the view."""
    cdef Tensor target = <Tensor>values[0], seen
    check_inplace(target, self.name, requires_grad(target))
    seen = self.functional.handler(self.functional, values)
    target.start = seen.start
    set_geometry(target, seen.rank, seen.sizes, seen.strides)
    if seen.creator is not None:
        set_creator(target, seen.creator, seen.creator_output)
    bump_version(target, self.op_id)
    return target


register_handler("inplace_view", inplace_view)
register_handler("transpose", transpose)
register_handler("permute", permute)
register_handler("expand", expand)
register_handler("narrow", narrow)
register_handler("slice", slice_)
register_handler("select", select)
register_handler("unsqueeze", unsqueeze)
register_handler("squeeze", squeeze)
register_handler("unfold", unfold)
register_handler("diagonal", diagonal)
register_handler("as_strided", as_strided)
register_handler("alias", alias_)
register_handler("multi_output_views", multi_output_views)
register_handler("detach", detach)
