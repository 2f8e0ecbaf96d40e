"""Private ops that read and write by index: one kernel each, every one the other's derivative."""
from __future__ import annotations

from typing import Any

from .dtypes import dtype_named
from .spec import (
    ANY,
    COMPLEX,
    REAL,
    REAL_AND_COMPLEX,
    call,
    dtype_error,
    index_error,
    op,
    ops,
    shape_error,
    structured,
)

NUMBERS = REAL + ("float16", "bfloat16")
ADDABLE = NUMBERS + COMPLEX


def long_index(index: Any, name: str, dtypes: tuple[str, ...] = ("int64",)) -> Any:
    """The index as int64; DTypeError for a dtype that the op does not take."""
    if str(index.dtype).removeprefix("torch.") not in dtypes:
        raise dtype_error(f"{name}(): expected an index of dtype {' or '.join(dtypes)}, got "
                          f"{index.dtype}")
    return index.to(dtype_named("int64"))


def wrapped(name: str, dim: int, ndim: int) -> int:
    """A dimension in 0..ndim-1; a 0-dim tensor counts as one-dimensional."""
    ndim = max(ndim, 1)
    if not -ndim <= dim < ndim:
        raise index_error(f"{name}(): Dimension out of range (expected to be in range of [{-ndim}, "
                          f"{ndim - 1}], but got {dim})")
    return dim % ndim


def same_dtype(name: str, first: Any, second: Any) -> None:
    if first.dtype != second.dtype:
        raise dtype_error(f"{name}(): expected tensors of the same dtype, got {first.dtype} and "
                          f"{second.dtype}")


def _row_index(name: str, input: Any, dim: int, index: Any, source: Any = None) -> None:
    """A 1-dim index, and a source that has a row for each of its elements."""
    if index.dim() > 1:
        raise index_error(f"{name}(): index is supposed to be a vector, got shape "
                          f"{tuple(index.shape)}")
    if source is None:
        return
    wanted = list(input.shape)
    if wanted:
        wanted[dim] = index.numel()
    shape = list(source.shape) if source.dim() or not wanted else [1]
    if (wanted or [1]) != (shape or [1]):
        raise shape_error(f"{name}(): source of shape {tuple(source.shape)} does not fit: index "
                          f"of {index.numel()} along dim {dim} of {tuple(input.shape)} needs "
                          f"{tuple(wanted)}")


# ---- rows of one dimension

def _index_select_shape(input: Any, dim: int, index: Any) -> Any:
    _row_index("index_select", input, dim, index)
    long_index(index, "index_select", ("int32", "int64"))
    size = list(input.shape)
    if size:
        size[dim] = index.numel()
    elif index.numel() != 1:
        raise index_error("index_select(): a 0-dim input takes one index, got "
                          f"{index.numel()}")
    return tuple(size), input.dtype


op("_index_select(Tensor input, int dim, Tensor index) -> Tensor",
   kernel=structured(ANY, "index_select"), shape=_index_select_shape,
   grad={"input": lambda g, input_shape, dim, index: ops._index_sum(
       g, dim, index, input_shape[dim] if input_shape else 1, -1)},
   samples=lambda s: [call(s.tensor(4, 3), 0, s.ints(5, high=4)),
                      call(s.tensor(2, 3, 2), -2, s.ints(4, high=3))],
   doc="Rows of a dimension chosen by an int64 index.")


def _index_sum_shape(source: Any, dim: int, size: int) -> Any:
    shape = list(source.shape)
    if shape:
        shape[dim] = size
    return tuple(shape), source.dtype


def _index_sum_grad(g: Any, dim: int, index: Any, skip: int) -> Any:
    rows = ops._index_select(g, dim, index)
    if skip < 0:
        return rows
    chosen = (index == skip).reshape((-1,) + (1,) * (g.dim() - 1 - dim))
    return ops._where(chosen, 0, rows)


op("_index_sum(Tensor source, int dim, Tensor index, int size, int skip) -> Tensor",
   kernel=structured(ADDABLE, "index_sum"), shape=_index_sum_shape,
   grad={"source": _index_sum_grad},
   samples=lambda s: [call(s.tensor(5, 3), 0, s.ints(5, high=4), 4, -1),
                      call(s.tensor(2, 5), 1, s.ints(5, high=3), 3, 1)],
   doc="Rows of the source summed by index into `size` rows of zeros; index `skip` is left out.")


def _index_add_shape(input: Any, dim: int, index: Any, source: Any) -> Any:
    _row_index("index_add", input, dim, index, source)
    same_dtype("index_add", input, source)
    return input


op("_index_add(Tensor input, int dim, Tensor index, Tensor source, Scalar alpha) -> Tensor",
   kernel=structured(ADDABLE, "index_add"), shape=_index_add_shape,
   grad={"input": lambda g: g,
         "source": lambda g, dim, index, source_shape, alpha: ops._index_select(
             g, dim, index).reshape(source_shape) * alpha},
   samples=lambda s: [call(s.tensor(4, 3), 0, s.ints(5, high=4), s.tensor(5, 3),
                           1 if s.dtype.startswith("complex") else 2)],
   doc="Adds alpha times the rows of the source at the index; alpha is 1 for complex dtypes.")


def _index_copy_shape(input: Any, dim: int, index: Any, source: Any) -> Any:
    _row_index("index_copy", input, dim, index, source)
    same_dtype("index_copy", input, source)
    return input


def _zeros_at(g: Any, dim: int, index: Any) -> Any:
    shape = list(g.shape)
    if shape:
        shape[dim] = index.numel()
    return ops._index_copy(g, dim, index, g.new_zeros(shape))


op("_index_copy(Tensor input, int dim, Tensor index, Tensor source) -> Tensor",
   kernel=structured(ANY, "index_copy"), shape=_index_copy_shape,
   grad={"input": lambda g, dim, index: _zeros_at(g, dim, index),
         "source": lambda g, dim, index, source_shape: ops._index_select(
             g, dim, index).reshape(source_shape)},
   samples=lambda s: [call(s.tensor(4, 3), 0, s.values([2, 0]), s.tensor(2, 3))],
   doc="Rows of the source written at the index; of equal indices the last one wins.")


# ---- several indexed dimensions

def _index_dims_shape(input: Any, indices: Any, first: int) -> Any:
    return (tuple(input.shape[:first]) + tuple(indices[0].shape)
            + tuple(input.shape[first + len(indices):])), input.dtype


op("_index_dims(Tensor input, Tensor[] indices, int first) -> Tensor",
   kernel=structured(ANY, "index"), shape=_index_dims_shape,
   grad=lambda g, input_shape, indices, first: (
       ops._index_sum_dims(g, indices, first, input_shape), [None] * len(indices)),
   samples=lambda s: [call(s.tensor(3, 4, 2), [s.ints(5, low=-3, high=3), s.ints(5, high=4)], 0),
                      call(s.tensor(2, 3), [s.ints(2, 2, high=3)], 1)],
   doc="Index tensors of one shape for dimensions first, first + 1, ...")
op("_index_sum_dims(Tensor values, Tensor[] indices, int first, int[] size) -> Tensor",
   kernel=structured(ADDABLE, "index_sum_dims"),
   shape=lambda values, size: (tuple(size), values.dtype),
   grad=lambda g, indices, first: (ops._index_dims(g, indices, first), [None] * len(indices)),
   samples=lambda s: [call(s.tensor(5, 2), [s.ints(5, high=3), s.ints(5, high=4)], 0, (3, 4, 2))],
   doc="Zeros plus the values at the places that the indices name.")
op("_index_put_set(Tensor input, Tensor[] indices, Tensor values, int first) -> Tensor",
   kernel=structured(ANY, "index_put"), shape=lambda input: input,
   grad=lambda g, indices, values_shape, first: (
       ops._index_put_set(g, indices, g.new_zeros(values_shape), first), [None] * len(indices),
       ops._index_dims(g, indices, first)),
   samples=lambda s: [call(s.tensor(4, 2), [s.values([2, -4])], s.tensor(2, 2), 0)],
   doc="Values written at the places that the indices name; the last one wins.")
op("_index_put_sum(Tensor input, Tensor[] indices, Tensor values, int first) -> Tensor",
   kernel=structured(ADDABLE, "index_put_add"), shape=lambda input: input,
   grad=lambda g, indices, first: (g, [None] * len(indices), ops._index_dims(g, indices, first)),
   samples=lambda s: [call(s.tensor(4, 2), [s.ints(5, high=4)], s.tensor(5, 2), 0)],
   doc="Values added at the places that the indices name.")
for _name, _kernel, _dtypes in (("_index_set_", "index_put", ANY),
                                ("_index_increase_", "index_put_add", REAL_AND_COMPLEX)):
    op(f"{_name}(Tensor input, Tensor[] indices, Tensor values, int first) -> ()",
       kernel=structured(_dtypes, _kernel), extra={"mutates": ("input",)},
       samples=lambda s: [call(s.tensor(4, 2), [s.values([2, 0])], s.tensor(2, 2), 0)],
       doc="The same in place, on a contiguous input and without a record.")


# ---- an index for each element of one dimension

def _lines(name: str, input: Any, dim: int, index: Any, source: Any = None) -> None:
    long_index(index, name)
    if index.numel() == 0:
        return
    rank = max(input.dim(), 1)
    fits = max(index.dim(), 1) == rank and all(
        d == dim or index.shape[d] <= input.shape[d] for d in range(input.dim())
        if index.dim())
    if not fits:
        raise shape_error(f"{name}(): expected index {tuple(index.shape)} to be no larger than "
                          f"{tuple(input.shape)} apart from dimension {dim}")
    if source is not None:
        same_dtype(name, input, source)


def _gather_shape(input: Any, dim: int, index: Any) -> Any:
    _lines("gather", input, dim, index)
    return tuple(index.shape), input.dtype


op("_gather(Tensor input, int dim, Tensor index) -> Tensor",
   kernel=structured(ANY, "gather"), shape=_gather_shape,
   grad={"input": lambda g, input_shape, dim, index: ops._scatter_add(
       g.new_zeros(input_shape), dim, index, g)},
   samples=lambda s: [call(s.tensor(4, 3), 0, s.ints(2, 3, high=4)),
                      call(s.tensor(2, 3, 4), 1, s.ints(2, 6, 3, high=3))],
   doc="Elements along a dimension, with an int64 index for each element of the result.")


def _scatter_shape(input: Any, dim: int, index: Any, src: Any) -> Any:
    _lines("scatter", input, dim, index, src)
    return input


def _source_grad(g: Any, dim: int, index: Any) -> Any:
    return ops._gather(g, dim, index)


op("_scatter(Tensor input, int dim, Tensor index, Tensor src) -> Tensor",
   kernel=structured(ANY, "scatter"), shape=_scatter_shape,
   grad={"input": lambda g, dim, index: ops._scatter(g, dim, index, g.new_zeros(index.shape)),
         "src": _source_grad},
   samples=lambda s: [call(s.tensor(4, 3), 0, s.values([[0, 1, 2], [3, 0, 1]]), s.tensor(2, 3))],
   doc="Elements of src, which has the shape of the index, written at the index.")
op("_scatter_add(Tensor input, int dim, Tensor index, Tensor src) -> Tensor",
   kernel=structured(("bool",) + ADDABLE, "scatter_add"), shape=_scatter_shape,
   grad={"input": lambda g: g, "src": _source_grad},
   samples=lambda s: [call(s.tensor(4, 3), 0, s.ints(2, 3, high=4), s.tensor(2, 3))],
   doc="Elements of src, which has the shape of the index, added at the index.")


def _scatter_prod_grad(g: Any, input: Any, dim: int, index: Any, src: Any, out: Any) -> Any:
    """Products are divided by a factor; where factors are zero, the product without them is."""
    safe = ops._where(input == 0, 1, input)
    for_input = g * (ops._scatter_prod(safe, dim, index, src) / safe).conj()
    zero = src == 0
    zeros_here = ops._scatter_add(ops.zeros_like(input), dim, index, zero.to(input.dtype))
    alone = zero & (ops._gather(zeros_here, dim, index) == 1)
    without = ops._scatter_prod(input, dim, index, ops._where(alone, 1, src))
    plain = ops._gather(g * out.conj(), dim, index) / ops._where(zero, 1, src).conj()
    alone_grad = ops._gather(g * without.conj(), dim, index)
    return for_input, None, ops._where(alone, alone_grad, plain)


op("_scatter_prod(Tensor input, int dim, Tensor index, Tensor src) -> Tensor",
   kernel=structured(ADDABLE, "scatter_prod"), shape=_scatter_shape, grad=_scatter_prod_grad,
   samples=lambda s: [call(s.tensor(4, 3, low=0.5), 0, s.ints(2, 3, high=4),
                           s.tensor(2, 3, low=0.5))],
   doc="Elements at the index multiplied by those of src.")


def _scatter_extreme_grad(g: Any, input: Any, dim: int, index: Any, src: Any, out: Any) -> Any:
    """Elements that equal the result share its gradient evenly."""
    kept = (input == out).to(g.dtype)
    taken = (src == ops._gather(out, dim, index)).to(g.dtype)
    share = g / ops._scatter_add(kept, dim, index, taken)
    return share * kept, None, ops._gather(share, dim, index) * taken


for _name in ("scatter_amax", "scatter_amin"):
    op(f"_{_name}(Tensor input, int dim, Tensor index, Tensor src) -> Tensor",
       kernel=structured(NUMBERS, _name), shape=_scatter_shape, grad=_scatter_extreme_grad,
       samples=lambda s: [call(s.tensor(4, 3), 0, s.ints(2, 3, high=4), s.tensor(2, 3))],
       doc=f"The {_name[-3:]}imum of the elements at the index and those of src.")
