"""Reading and writing by index: index_select, take, index_put, index_add and the like."""
from __future__ import annotations

from typing import Any

from .dtypes import dtype_named
from .index_primitives import long_index, same_dtype, wrapped
from .spec import INTEGRAL, argument_error, call, index_error, op, ops, shape_error

op("index_select(Tensor input, int dim, Tensor index) -> Tensor",
   body=lambda input, dim, index: ops._index_select(
       input, dim, long_index(index, "index_select", ("int32", "int64"))),
   forms="function method out",
   samples=lambda s: [call(s.tensor(4, 3), 0, s.ints(5, high=4)), call(s.tensor(2, 3), -1, s.ints(
       2, high=3, dtype="int32")), call(s.tensor(), 0, s.ints(1, high=1)),
       call(s.tensor(2, 0), 0, s.ints(3, high=2)), call(s.tensor(2, 3), 0, s.ints(0))],
   ref=lambda input, dim, index: __import__("numpy").take(input, index, dim)
   if input.ndim else input,
   errors=lambda s: [(call(s.tensor(3), 0, s.values([3])), "IndexOutOfRange", "index 3"),
                     (call(s.tensor(3), 0, s.values([[0]])), "IndexOutOfRange", "vector"),
                     (call(s.tensor(3), 0, s.tensor(1)), "DTypeError", "float")],
   doc="""The rows of dimension `dim` that `index` names, in its order.

index: int32 or int64, one-dimensional. Raises IndexOutOfRange for an index outside of [0, size).

>>> cytorch.tensor([1, 2, 3]).index_select(0, cytorch.tensor([2, 0]))
tensor([3, 1])
""")


op("gather(Tensor input, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor",
   body=lambda input, dim, index, sparse_grad: ops._gather(
       input, dim, long_index(index, "gather", INTEGRAL)),
   forms="function method out", extra={"exact_out": True},
   samples=lambda s: [call(s.tensor(4, 3), 0, s.ints(2, 3, high=4)),
                      call(s.tensor(4, 3), -1, s.ints(3, 5, high=3)),
                      call(s.tensor(2, 3, 4), 1, s.ints(2, 6, 3, high=3)),
                      call(s.tensor(), 0, s.ints(high=1)),
                      call(s.tensor(3), 0, s.ints(0, dtype="int32"))],
   errors=lambda s: [(call(s.tensor(3), 0, s.values([3])), "IndexOutOfRange", "index 3"),
                     (call(s.tensor(3), 0, s.values([-1])), "IndexOutOfRange", "index -1"),
                     (call(s.tensor(2, 3), 0, s.ints(1, 4, high=1)), "ShapeError", r"\(1, 4\)"),
                     (call(s.tensor(3), 0, s.tensor(2)), "DTypeError", "float")],
   doc="""out[i][j] = input[index[i][j]][j] for dim 0, and so on for other dimensions.

index: integers, of as many dimensions, in the others no larger than `input`. Raises
IndexOutOfRange for an index outside of [0, size).

>>> cytorch.tensor([[1, 2], [3, 4]]).gather(1, cytorch.tensor([[1], [0]]))
tensor([[2],
        [3]])
""")


# ---- advanced indexing

def _expanded(input: Any, indices: Any) -> list[Any]:
    """One int64 index or None for each dimension: masks become the positions of their trues."""
    found: list[Any] = []
    for index in indices:
        if index is None:
            found.append(None)
        elif str(index.dtype) in ("torch.bool", "torch.uint8"):
            place = len(found)
            if tuple(index.shape) != tuple(input.shape[place:place + index.dim()]):
                raise index_error(f"The shape of the mask {list(index.shape)} at index {place} "
                                  f"does not match the shape of the indexed tensor "
                                  f"{list(input.shape)} at index {place}")
            found.extend(ops.nonzero(index).unbind(1))
        elif index.dtype.is_floating_point or index.dtype.is_complex:
            raise index_error("tensors used as indices must be long, int, byte or bool tensors, "
                              f"got {index.dtype}")
        else:
            found.append(index.to(dtype_named("int64")))
    if len(found) > input.dim():
        raise index_error(f"too many indices for tensor of dimension {input.dim()} (got "
                          f"{len(found)})")
    return found


def _brought_together(input: Any, indices: Any) -> tuple[list[int], list[Any], int]:
    """(order, indices of one shape, first): permuted so, the indexed dimensions are neighbours.

    Where they are not, they come to the front, as NumPy has it; otherwise order is empty.
    """
    found = _expanded(input, indices)
    dims = [dim for dim, index in enumerate(found) if index is not None]
    chosen = [found[dim] for dim in dims]
    if not dims:
        raise argument_error("index: expected at least one index tensor")
    if any(index.shape != chosen[0].shape for index in chosen):
        try:
            chosen = list(ops.broadcast_tensors(chosen))
        except (RuntimeError, ValueError):
            shapes = ", ".join(str(list(index.shape)) for index in chosen)
            raise index_error("shape mismatch: indexing tensors could not be broadcast together "
                              f"with shapes {shapes}") from None
    if dims[-1] - dims[0] == len(dims) - 1:
        return [], chosen, dims[0]
    return dims + [dim for dim in range(input.dim()) if dim not in dims], chosen, 0


def _index(input: Any, indices: Any) -> Any:
    order, chosen, first = _brought_together(input, indices)
    return ops._index_dims(input.permute(order) if order else input, chosen, first)


op("_index(Tensor input, Tensor?[] indices) -> Tensor", body=_index,
   samples=lambda s: [call(s.tensor(3, 4), [s.ints(5, low=-3, high=3)]),
                      call(s.tensor(3, 4, 2), [s.ints(5, 1, high=3), None, s.ints(2, high=2)]),
                      call(s.tensor(3, 4), [None, s.ints(2, 2, high=4)])],
   doc="x[indices], with an index tensor or None for each of the leading dimensions.")


def _fitted(view: Any, indices: list[Any], first: int, values: Any) -> Any:
    """`values` in the shape of view[indices]."""
    same_dtype("index_put", view, values)
    shape = (*view.shape[:first], *indices[0].shape, *view.shape[first + len(indices):])
    while values.dim() > len(shape) and values.shape[0] == 1:
        values = values.squeeze(0)
    if tuple(values.shape) != shape:
        try:
            values = values.expand(shape)
        except (RuntimeError, ValueError):
            raise shape_error(f"shape mismatch: value tensor of shape {list(values.shape)} cannot "
                              f"be broadcast to indexing result of shape {list(shape)}") from None
    return values


def _index_put(input: Any, indices: Any, values: Any, accumulate: bool) -> Any:
    order, chosen, first = _brought_together(input, indices)
    view = input.permute(order) if order else input
    values = _fitted(view, chosen, first, values)
    if not accumulate:
        result = ops._index_put_set(view, chosen, values, first)
    elif str(input.dtype) == "torch.bool":
        result = ops._index_put_sum(view.long(), chosen, values.long(), first) != 0
    else:
        result = ops._index_put_sum(view, chosen, values, first)
    if not order:
        return result
    return result.permute([order.index(dim) for dim in range(len(order))])


def _shares_memory(a: Any, b: Any) -> bool:
    start, size = a.data_ptr(), a.numel() * a.dtype.itemsize
    return bool(b.data_ptr() < start + size and start < b.data_ptr() + b.numel()
                * b.dtype.itemsize)


def _index_put_(input: Any, indices: Any, values: Any, accumulate: bool) -> Any:
    """Straight into the memory where nothing is recorded and the layout allows it."""
    from cytorch import is_grad_enabled

    recording = is_grad_enabled() and (input.requires_grad or values.requires_grad)
    direct = "_index_increase_" if accumulate else "_index_set_"
    plain = str(input.dtype) not in ("torch.bool", "torch.float16", "torch.bfloat16")
    if recording or not input.is_contiguous() or (accumulate and not plain) or \
            input.device.type == "meta":
        return input.copy_(_index_put(input, indices, values, accumulate))
    order, chosen, first = _brought_together(input, indices)
    if order:
        return input.copy_(_index_put(input, indices, values, accumulate))
    values = _fitted(input, chosen, first, values)
    if _shares_memory(input, values):
        values = values.clone()
    getattr(ops, direct)(input, chosen, values, first)
    return input


def _put_samples(s: Any) -> list[Any]:
    return [call(s.tensor(4, 3), (s.values([2, -4]),), s.tensor(2, 3)),
            call(s.tensor(4, 3), (s.ints(5, high=4), s.ints(5, high=3)), s.tensor(5), True),
            call(s.tensor(4, 3, 2), (s.values([0, 2]), None, s.values([1, 0])), s.tensor(2, 3))]


op("index_put(Tensor input, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor",
   body=_index_put, forms="function method", samples=_put_samples,
   errors=lambda s: [(call(s.tensor(3), (s.values([3]),), s.tensor()), "IndexOutOfRange",
                      "index 3"),
                     (call(s.tensor(3), (s.values([0]),), s.tensor(2)), "ShapeError", "mismatch"),
                     (call(s.tensor(3), (s.values([0]),), s.ints(1)), "DTypeError", "int64")],
   doc="""A copy with `values` written, or added with `accumulate`, where the indices point.

indices: for each leading dimension an integer tensor, a mask or None for "all"; they broadcast.
Of equal places the last value wins. Raises IndexOutOfRange for an index outside of [-size, size).

>>> cytorch.zeros(3).index_put((cytorch.tensor([0, 0]),), cytorch.ones(2), accumulate=True)
tensor([2., 0., 0.])
""")
for _name, _forms in (("index_put_", "function method"), ("_index_put_", "function")):
    op(f"{_name}(Tensor input, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor",
       body=_index_put_, forms=_forms, samples=_put_samples,
       doc="""Write or add `values` in place where the indices point: x[indices] = values.

>>> cytorch.zeros(3).index_put_((cytorch.tensor([1]),), cytorch.tensor(5.0))
tensor([0., 5., 0.])
""")


# ---- flat positions

def _take(input: Any, index: Any) -> Any:
    return ops._index_dims(input.reshape(-1), [long_index(index, "take")], 0)


op("take(Tensor input, Tensor index) -> Tensor", body=_take, forms="function method out",
   samples=lambda s: [call(s.tensor(3, 4), s.ints(2, 3, low=-12, high=12)),
                      call(s.tensor(), s.ints(2, high=1)), call(s.tensor(3), s.ints(high=3))],
   ref="numpy.take",
   errors=lambda s: [(call(s.tensor(2, 2), s.values([4])), "IndexOutOfRange", "index 4")],
   doc="""The elements of `input`, read as one row, at the positions `index` (int64).

>>> cytorch.tensor([[1, 2], [3, 4]]).take(cytorch.tensor([3, 0]))
tensor([4, 1])
""")


def _put(input: Any, index: Any, source: Any, accumulate: bool) -> Any:
    index = long_index(index, "put_")
    if index.numel() != source.numel():
        raise shape_error(f"put_: expected source and index to have the same number of elements, "
                          f"got {tuple(source.shape)} and {tuple(index.shape)}")
    flat = _index_put(input.reshape(-1), [index.reshape(-1)], source.reshape(-1), accumulate)
    return flat.reshape(input.shape)


op("put(Tensor input, Tensor index, Tensor source, bool accumulate=False) -> Tensor", body=_put,
   forms="function method inplace",
   samples=lambda s: [call(s.tensor(3, 4), s.values([3, -1]), s.tensor(2)),
                      call(s.tensor(3, 4), s.ints(5, high=12), s.tensor(5), True)],
   errors=lambda s: [(call(s.tensor(3), s.values([0]), s.tensor(2)), "ShapeError", "same number")],
   doc="""A copy with `source` written, or added, at positions of `input` read as one row.

>>> cytorch.zeros(2, 2).put(cytorch.tensor([3]), cytorch.tensor([7.0]))
tensor([[0., 0.],
        [0., 7.]])
""")


def _take_along_dim(input: Any, indices: Any, dim: int | None) -> Any:
    indices = long_index(indices, "take_along_dim")
    if dim is None:
        return input.reshape(-1).gather(0, indices.reshape(-1))
    if input.dim() != indices.dim():
        raise shape_error("take_along_dim(): input and indices should have the same number of "
                          f"dimensions, got {tuple(input.shape)} and {tuple(indices.shape)}")
    dim = dim % input.dim() if -input.dim() <= dim < input.dim() else dim
    sizes = [a if b == 1 else b for a, b in zip(input.shape, indices.shape)]
    wide = [input.shape[d] if d == dim else n for d, n in enumerate(sizes)]
    long = [indices.shape[d] if d == dim else n for d, n in enumerate(sizes)]
    return input.expand(wide).gather(dim, indices.expand(long))


op("take_along_dim(Tensor input, Tensor indices, int? dim=None) -> Tensor", body=_take_along_dim,
   forms="function method out",
   samples=lambda s: [call(s.tensor(3, 4), s.ints(3, 2, high=4), 1),
                      call(s.tensor(3, 4), s.ints(1, 4, high=3), -2),
                      call(s.tensor(3, 4), s.ints(5, high=12))],
   ref=lambda input, indices, dim=None: __import__("numpy").take_along_axis(
       input if dim is not None else input.ravel(), indices, 0 if dim is None else dim),
   doc="""`gather` whose other dimensions broadcast; without `dim`, of `input` read as one row.

>>> x = cytorch.tensor([[3, 1], [2, 4]])
>>> x.take_along_dim(x.argmax(1, keepdim=True), 1)
tensor([[3],
        [4]])
""")


# ---- rows written

def _index_add(input: Any, dim: int, index: Any, source: Any, alpha: Any) -> Any:
    index = long_index(index, "index_add", ("int32", "int64"))
    if str(input.dtype) == "torch.bool":
        return ops._index_add(input.long(), dim, index, source.long(), alpha) != 0
    if source.dtype.is_complex and alpha != 1:
        source, alpha = source * alpha, 1
    return ops._index_add(input, dim, index, source, alpha)


def _row_samples(s: Any) -> list[Any]:
    return [call(s.tensor(4, 3), 0, s.values([2, 0]), s.tensor(2, 3)),
            call(s.tensor(2, 3), -1, s.values([1]), s.tensor(2, 1)),
            call(s.tensor(2, 3), 0, s.ints(0), s.tensor(0, 3))]


def _row_errors(s: Any) -> list[Any]:
    return [(call(s.tensor(3), 0, s.values([3]), s.tensor(1)), "IndexOutOfRange", "index 3"),
            (call(s.tensor(3), 0, s.values([0]), s.tensor(2)), "ShapeError", "does not fit"),
            (call(s.tensor(3), 0, s.values([0]), s.ints(1)), "DTypeError", "int64")]


op("index_add(Tensor input, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor",
   body=_index_add, forms="function method inplace out",
   samples=lambda s: [*_row_samples(s), call(s.tensor(3, 2), 0, s.ints(5, high=3), s.tensor(5, 2),
                                             alpha=2)],
   errors=_row_errors,
   doc="""A copy with alpha times the rows of `source` added to the rows that `index` names.

The sum is made in the order of the index, whatever the number of threads.

>>> cytorch.zeros(3).index_add(0, cytorch.tensor([1, 1]), cytorch.ones(2))
tensor([0., 2., 0.])
""")
op("index_copy(Tensor input, int dim, Tensor index, Tensor source) -> Tensor",
   body=lambda input, dim, index, source: ops._index_copy(
       input, dim, long_index(index, "index_copy"), source),
   forms="function method inplace out", samples=_row_samples, errors=_row_errors,
   doc="""A copy with the rows of `source` in place of the rows that `index` names.

>>> cytorch.zeros(3).index_copy(0, cytorch.tensor([2]), cytorch.ones(1))
tensor([0., 0., 1.])
""")


def _index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    index = long_index(index, "index_fill")
    if hasattr(value, "dim"):
        if value.dim():
            raise shape_error("index_fill_ only supports a 0-dimensional value tensor, but got "
                              f"tensor of shape {tuple(value.shape)}")
        value = value.to(input.dtype)
    dim = wrapped("index_fill", dim, input.dim())
    size = input.shape[dim] if input.dim() else 1
    chosen = ops.zeros((size,), dtype=dtype_named("bool"), device=input.device)
    chosen = ops._index_put_set(chosen, [index.reshape(-1)], chosen.new_ones((index.numel(),)), 0)
    chosen = chosen.reshape((size,) + (1,) * (input.dim() - 1 - dim) if input.dim() else ())
    return ops.masked_fill(input, chosen, value)


op("index_fill(Tensor input, int dim, Tensor index, Tensor value) -> Tensor", body=_index_fill,
   forms="function method inplace",
   samples=lambda s: [call(s.tensor(4, 3), 0, s.values([2, 0]), s.tensor())],
   doc="A copy with a 0-dim tensor's value in the rows that `index` names.")
op("index_fill(Tensor input, int dim, Tensor index, Scalar value) -> Tensor", body=_index_fill,
   forms="function method inplace",
   samples=lambda s: [call(s.tensor(4, 3), 0, s.values([2, -4]), 5),
                      call(s.tensor(2, 3), 1, s.ints(0), 1)],
   errors=lambda s: [(call(s.tensor(3), 0, s.values([3]), 1), "IndexOutOfRange", "index 3")],
   doc="""A copy with one number in the rows that `index` (int64, may be negative) names.

>>> cytorch.zeros(3).index_fill(0, cytorch.tensor([-1]), 7)
tensor([0., 0., 7.])
""")
