"""Views of another shape or dtype over the same elements in the same order."""
from libc.stdint cimport int64_t

from cpython.object cimport PyObject

from cytorch._C.autograd.record cimport any_requires_grad, record
from cytorch._C.call.elementwise cimport cast_tensor
from cytorch._C.call.operator cimport Operator, register_handler
from cytorch._C.call.views cimport finish_view, stride_tuple
from cytorch._C.dtype cimport dtype_id, dtype_of
from cytorch._C.dtype_ids cimport (
    DTYPE_COMPLEX64, DTYPE_COMPLEX128, DTYPE_FLOAT32, DTYPE_FLOAT64, dtype_is_complex,
    dtype_itemsize)
from cytorch._C.geometry cimport MAX_DIMS, checked_numel, contiguous_strides
from cytorch._C.state cimport mode
from cytorch._C.tensor cimport (
    CONTIGUOUS, Tensor, alias, alias_geometry, describe, requires_grad, set_geometry,
    shape_tuple)

from cytorch.errors import AutogradError, DTypeError, ShapeError


cdef int infer_size(Operator self, Tensor source, tuple shape, int64_t* sizes) except -1:
    """Fill in a -1 and check the number of elements."""
    cdef int i, unknown = -1, ndim = len(shape)
    cdef int64_t known = 1, size
    if ndim > MAX_DIMS:
        raise ShapeError(f"{self.name}(): at most {MAX_DIMS} dimensions, got {ndim}")
    for i in range(ndim):
        size = shape[i]
        if size == -1:
            if unknown >= 0:
                raise ShapeError(f"{self.name}(): only one dimension can be inferred, got {shape}")
            unknown = i
        elif size < 0:
            raise ShapeError(f"{self.name}(): invalid shape dimension {size} in {shape}")
        sizes[i] = size
    if unknown >= 0:
        sizes[unknown] = 1
    known = checked_numel(ndim, sizes, 1)
    if known < 0:
        raise ShapeError(f"{self.name}(): shape {shape} overflows 64-bit sizes")
    if unknown >= 0:
        if known == 0 or source.count % known:
            if known == 0 and source.count == 0:
                raise ShapeError(f"{self.name}(): cannot reshape tensor of 0 elements into shape "
                                 f"{shape} because the unspecified dimension size -1 can be any "
                                 "value and is ambiguous")
            raise ShapeError(f"{self.name}(): shape '{list(shape)}' is invalid for input of size "
                             f"{source.count} (shape {shape_tuple(source)})")
        sizes[unknown] = source.count // known
    elif known != source.count:
        raise ShapeError(f"{self.name}(): shape '{list(shape)}' is invalid for input of size "
                         f"{source.count} (shape {shape_tuple(source)})")
    return ndim


cdef bint view_strides(Tensor source, int ndim, const int64_t* sizes, int64_t* strides) noexcept:
    """Strides with which `source` can be seen in another shape; False when there are none."""
    cdef int i, at = ndim - 1
    cdef int64_t block = 1, seen = 1, step
    if source.flags & CONTIGUOUS or source.count == 0:
        contiguous_strides(ndim, sizes, strides)
        return True
    step = source.strides[source.rank - 1]
    for i in range(source.rank - 1, -1, -1):
        block *= source.sizes[i]
        if i == 0 or (source.sizes[i - 1] != 1 and
                      source.strides[i - 1] != block * step):
            while at >= 0 and (seen < block or sizes[at] == 1):
                strides[at] = seen * step
                seen *= sizes[at]
                at -= 1
            if seen != block:
                return False
            if i > 0:
                step = source.strides[i - 1]
                block = seen = 1
    return at == -1


cdef object view(Operator self, PyObject** values):
    cdef Tensor source = <Tensor>values[0]
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int ndim = infer_size(self, source, <tuple>values[1], sizes)
    if not view_strides(source, ndim, sizes, strides):
        raise ShapeError(
            f"{self.name}(): view size {<tuple>values[1]} is not compatible with input tensor's "
            f"size {shape_tuple(source)} and stride {stride_tuple(source)} (at least one dimension "
            "spans across two contiguous subspaces). Use .reshape(...) instead.")
    return finish_view(self, values, source, alias_geometry(source, ndim, sizes, strides, 0))


cdef object view_dtype(Operator self, PyObject** values):
    """The same bytes as elements of another dtype; the last dimension grows or shrinks."""
    cdef Tensor source = <Tensor>values[0], result
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int kind = dtype_id(<object>values[1], self.name), i, last = source.rank - 1
    cdef int64_t old = dtype_itemsize[source.kind], new = dtype_itemsize[kind]
    if kind == source.kind:
        return finish_view(self, values, source, alias(source))
    if requires_grad(source) and not mode().grad_disabled:
        raise AutogradError(f"{self.name}(): bytes have no gradient; use detach() or .to(dtype)")
    result = alias(source)
    result.kind = kind
    if old != new:
        for i in range(source.rank):
            sizes[i] = source.sizes[i]
            strides[i] = source.strides[i] * old // new
            last = -1 if i < last and source.strides[i] * old % new else last
        if last < 0 or source.strides[last] != 1 or sizes[last] * old % new or \
                <size_t>source.start % new:
            raise ShapeError(f"{self.name}(): elements of {old} bytes in {describe(source)} with "
                             f"strides {stride_tuple(source)} cannot be seen as ones of {new}")
        sizes[last] = sizes[last] * old // new
        strides[last] = 1
        set_geometry(result, source.rank, sizes, strides)
    return finish_view(self, values, source, result)


cdef object view_as_real(Operator self, PyObject** values):
    """Complex numbers as pairs of reals, in a new last dimension."""
    cdef Tensor source = <Tensor>values[0], result
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int i
    if not dtype_is_complex(source.kind):
        raise DTypeError(f"{self.name}(): only supported for complex tensors, got "
                         f"{dtype_of(source.kind)!r}")
    if source.rank == MAX_DIMS:
        raise ShapeError(f"{self.name}(): a tensor can have at most {MAX_DIMS} dimensions")
    for i in range(source.rank):
        sizes[i], strides[i] = source.sizes[i], 2 * source.strides[i]
    sizes[source.rank], strides[source.rank] = 2, 1
    result = alias(source)
    result.kind = DTYPE_FLOAT64 if source.kind == DTYPE_COMPLEX128 else DTYPE_FLOAT32
    set_geometry(result, source.rank + 1, sizes, strides)
    return finish_view(self, values, source, result)


cdef object view_as_complex(Operator self, PyObject** values):
    """Pairs of reals, in the last dimension, as complex numbers."""
    cdef Tensor source = <Tensor>values[0], result
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef int i, last = source.rank - 1
    if source.kind != DTYPE_FLOAT32 and source.kind != DTYPE_FLOAT64:
        raise DTypeError(f"{self.name}(): only supported for float32 and float64 tensors, got "
                         f"{dtype_of(source.kind)!r}")
    if last < 0 or source.sizes[last] != 2 or source.strides[last] != 1:
        raise ShapeError(f"{self.name}(): Tensor must have a last dimension of size 2 and of "
                         f"stride 1, got shape {shape_tuple(source)}, strides "
                         f"{stride_tuple(source)}")
    for i in range(last):
        sizes[i], strides[i] = source.sizes[i], source.strides[i] // 2
        if source.strides[i] % 2 and source.sizes[i] != 1:
            raise ShapeError(f"{self.name}(): Tensor must have a stride divisible by 2 for all but "
                             f"the last dimension, got strides {stride_tuple(source)}")
    if source.block != NULL and \
            (source.start - source.block.data) % (2 * dtype_itemsize[source.kind]):
        raise ShapeError(f"{self.name}(): Tensor must have a storage_offset divisible by 2, got "
                         f"{(source.start - source.block.data) // dtype_itemsize[source.kind]}")
    result = alias(source)
    result.kind = DTYPE_COMPLEX128 if source.kind == DTYPE_FLOAT64 else DTYPE_COMPLEX64
    set_geometry(result, last, sizes, strides)
    return finish_view(self, values, source, result)


cdef object reshape(Operator self, PyObject** values):
    """A view where the strides allow it, else a copy."""
    cdef Tensor source = <Tensor>values[0], copy
    cdef int64_t sizes[64]
    cdef int64_t strides[64]
    cdef PyObject* outputs[1]
    cdef int ndim = infer_size(self, source, <tuple>values[1], sizes)
    if view_strides(source, ndim, sizes, strides):
        return finish_view(self, values, source, alias_geometry(source, ndim, sizes, strides, 0))
    copy = cast_tensor(source, source.kind)
    set_geometry(copy, ndim, sizes, NULL)
    if self.derivative is not None and not mode().grad_disabled and \
            any_requires_grad(self.derivative, values):
        outputs[0] = <PyObject*>copy
        record(self.derivative, values, outputs, 1)
    return copy


register_handler("view", view)
register_handler("view_dtype", view_dtype)
register_handler("view_as_real", view_as_real)
register_handler("view_as_complex", view_as_complex)
register_handler("reshape", reshape)
