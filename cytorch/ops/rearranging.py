"""Reversal, rotation, repetition, triangles and differences."""
from __future__ import annotations

from typing import Any

from .dtypes import dtype_named
from .index_primitives import wrapped
from .spec import ANY, argument_error, call, index_error, op, ops, shape_error, structured

op("_flip(Tensor input, int dim) -> Tensor", kernel=structured(ANY, "flip"),
   shape=lambda input: input, grad={"input": lambda g, dim: ops._flip(g, dim)},
   samples=lambda s: [call(s.tensor(2, 3), 0), call(s.tensor(2, 3), 1)],
   doc="One dimension in reverse order.")


def _flip(input: Any, dims: Any) -> Any:
    dims = [wrapped("flip", dim, input.dim()) for dim in dims]
    if len(set(dims)) != len(dims):
        raise argument_error(f"flip: dim appears multiple times in the list of dims {dims}")
    result = input
    for dim in dims:
        result = ops._flip(result, dim)
    return result if dims else input.clone()


op("flip(Tensor input, int[] dims) -> Tensor", body=_flip, forms="function method",
   samples=lambda s: [call(s.tensor(2, 3), (0,)), call(s.tensor(2, 3, 2), (0, -1)),
                      call(s.tensor(2), ()), call(s.tensor(0, 2), (1,)), call(s.tensor(), (0,))],
   ref=lambda input, dims: __import__("numpy").flip(input, dims) if input.ndim else input,
   errors=lambda s: [(call(s.tensor(2, 2), (0, 0)), "ArgumentError", "multiple times"),
                     (call(s.tensor(2), (1,)), "IndexOutOfRange", "got 1")],
   doc="""A copy with these dimensions in reverse order.

>>> cytorch.tensor([1, 2, 3]).flip(0)
tensor([3, 2, 1])
""")
for _name, _dim, _least in (("fliplr", 1, 2), ("flipud", 0, 1)):
    def _flip_one(input: Any, name: str = _name, dim: int = _dim, least: int = _least) -> Any:
        if input.dim() < least:
            raise shape_error(f"{name}: Input must be >= {least}-d, got {tuple(input.shape)}")
        return ops._flip(input, dim)

    op(f"{_name}(Tensor input) -> Tensor", body=lambda input, flip=_flip_one: flip(input),
       forms="function method", samples=lambda s: [call(s.tensor(2, 3))], ref=f"numpy.{_name}",
       errors=lambda s: [(call(s.tensor()), "ShapeError", "must be")],
       doc=f"""A copy with dimension {_dim} in reverse order.

>>> cytorch.tensor([[1, 2], [3, 4]]).{_name}().tolist()
{'[[2, 1], [4, 3]]' if _dim else '[[3, 4], [1, 2]]'}
""")


def _rot90(input: Any, k: int, dims: Any) -> Any:
    if len(dims) != 2 or wrapped("rot90", dims[0], input.dim()) == wrapped(
            "rot90", dims[1], input.dim()):
        raise argument_error(f"rot90: expected two different rotation dims, got {list(dims)} for "
                             f"shape {tuple(input.shape)}")
    if input.dim() < 2:
        raise shape_error(f"rot90: expected total dims >= 2, got {tuple(input.shape)}")
    first, second = dims
    if k % 4 == 1:
        return _flip(input, (second,)).transpose(first, second)
    if k % 4 == 2:
        return _flip(input, (first, second))
    if k % 4 == 3:
        return _flip(input, (first,)).transpose(first, second)
    return input.clone()


op("rot90(Tensor input, int k=1, int[] dims=[0, 1]) -> Tensor", body=_rot90,
   forms="function method", ref=lambda input, k=1, dims=(0, 1): __import__("numpy").rot90(
       input, k, dims),
   samples=lambda s: [call(s.tensor(2, 3), k) for k in (0, 1, 2, 3, -1)] + [call(s.tensor(
       2, 3, 2), 1, (1, 2))],
   errors=lambda s: [(call(s.tensor(2, 2), 1, (0, 0)), "ArgumentError", "different")],
   doc="""A plane rotated k times by 90 degrees, from the first of `dims` towards the second.

>>> cytorch.tensor([[1, 2], [3, 4]]).rot90()
tensor([[2, 4],
        [1, 3]])
""")


def _roll(input: Any, shifts: Any, dims: Any) -> Any:
    if not shifts:
        raise argument_error("roll: `shifts` required")
    if not dims and len(shifts) == 1:
        return _roll(input.reshape(-1), shifts, (0,)).reshape(input.shape)
    if len(shifts) != len(dims):
        raise argument_error(f"roll: shifts and dimensions must align. shifts: {list(shifts)}, "
                             f"dims: {list(dims)}")
    if input.dim() == 0:
        raise index_error(f"roll: Dimension specified as {dims[0]} but tensor has no dimensions")
    result = input
    for shift, dim in zip(shifts, dims):
        dim = wrapped("roll", dim, input.dim())
        size = input.shape[dim] if input.dim() else 1
        shift = shift % size if size else 0
        if shift:
            result = ops.cat([result.narrow(dim, size - shift, shift),
                              result.narrow(dim, 0, size - shift)], dim)
    return input.clone() if result is input else result


op("roll(Tensor input, int[] shifts, int[] dims=[]) -> Tensor", body=_roll,
   forms="function method",
   samples=lambda s: [call(s.tensor(2, 3), 1), call(s.tensor(2, 3), -1, 1), call(s.tensor(
       2, 3), (1, 4), (0, 1)), call(s.tensor(0, 3), 1, 0)],
   ref=lambda input, shifts, dims=None: __import__("numpy").roll(input, shifts, dims),
   errors=lambda s: [(call(s.tensor(2, 2), (1, 1), (0,)), "ArgumentError", r"\[1, 1\]")],
   doc="""Entries moved along dimensions; what leaves at one end comes in at the other.

>>> cytorch.tensor([1, 2, 3]).roll(1)
tensor([3, 1, 2])
""")


# ---- repetition

def _repeat(input: Any, repeats: Any) -> Any:
    if len(repeats) < input.dim():
        raise shape_error("repeat: Number of dimensions of repeat dims can not be smaller than "
                          f"number of dimensions of tensor: {list(repeats)} and "
                          f"{tuple(input.shape)}")
    if any(count < 0 for count in repeats):
        raise argument_error(f"repeat: Trying to create tensor with negative dimension: "
                             f"{list(repeats)}")
    shape = [1] * (len(repeats) - input.dim()) + list(input.shape)
    paired: list[int] = []
    for size in shape:
        paired += [1, size]
    wide: list[int] = []
    for count, size in zip(repeats, shape):
        wide += [count, size]
    result = [count * size for count, size in zip(repeats, shape)]
    return input.reshape(paired).expand(wide).clone().reshape(result)


op("repeat(Tensor input, int[] repeats) -> Tensor", body=_repeat, forms="method",
   samples=lambda s: [call(s.tensor(2, 3), (2, 1)), call(s.tensor(3), (2, 2)),
                      call(s.tensor(2), (0,)), call(s.tensor(), (2,))],
   errors=lambda s: [(call(s.tensor(2, 3), (2,)), "ShapeError", r"\(2, 3\)"),
                     (call(s.tensor(2), (-1,)), "ArgumentError", "-1")],
   doc="""A copy repeated so many times along each dimension; new ones come first.

>>> cytorch.tensor([1, 2]).repeat(2, 1)
tensor([[1, 2],
        [1, 2]])
""")


def _tile(input: Any, dims: Any) -> Any:
    return _repeat(input, (1,) * (input.dim() - len(dims)) + tuple(dims))


op("tile(Tensor input, int[] dims) -> Tensor", body=_tile, forms="function method",
   samples=lambda s: [call(s.tensor(2, 3), (2,)), call(s.tensor(3), (2, 2)), call(s.tensor(
       2, 2), ())],
   ref="numpy.tile",
   doc="""A copy repeated so many times along the last dimensions.

>>> cytorch.tensor([1, 2]).tile(2)
tensor([1, 2, 1, 2])
""")


def _repeat_each(input: Any, repeats: int, dim: int | None, output_size: int | None) -> Any:
    if repeats < 0:
        raise argument_error(f"repeat_interleave: Repeats must be non-negative, got {repeats}")
    if dim is None:
        input, dim = input.reshape(-1), 0
    dim = wrapped("repeat_interleave", dim, input.dim())
    input = input.reshape(1) if input.dim() == 0 else input
    shape = list(input.shape)
    wide = shape[:dim + 1] + [repeats] + shape[dim + 1:]
    shape[dim] *= repeats
    return input.unsqueeze(dim + 1).expand(wide).clone().reshape(shape)


def _repeat_index(repeats: Any, output_size: int | None) -> Any:
    """Position i as often as repeats[i] says."""
    if repeats.dim() > 1:
        raise shape_error("repeat_interleave: Repeats must be 0-dim or 1-dim tensor, got shape "
                          f"{tuple(repeats.shape)}")
    if str(repeats.dtype) not in ("torch.int64", "torch.int32"):
        raise argument_error(f"repeat_interleave: repeats has to be Long or Int tensor, got "
                             f"{repeats.dtype}")
    if repeats.numel() and int(repeats.amin().item()) < 0:
        raise argument_error("repeat_interleave: Repeats can not be negative, got "
                             f"{int(repeats.amin().item())}")
    ends = repeats.reshape(-1).long().cumsum(0)
    total = int(ends.select(0, -1).item()) if ends.shape[0] else 0
    if output_size is not None and output_size != total:
        raise argument_error(f"repeat_interleave: allocated size does not match required size: "
                             f"{output_size} and {total}")
    return ops.searchsorted(ends, ops.arange(total, device=repeats.device), right=True)


def _repeat_interleave(input: Any, repeats: Any, dim: int | None, output_size: int | None) -> Any:
    if dim is None:
        input, dim = input.reshape(-1), 0
    dim = wrapped("repeat_interleave", dim, input.dim())
    input = input.reshape(1) if input.dim() == 0 else input
    if repeats.numel() == 1 and repeats.dim() < 2:
        repeats = repeats.reshape(1).expand((input.shape[dim],))
    if repeats.dim() == 1 and repeats.shape[0] != input.shape[dim]:
        raise shape_error(f"repeat_interleave: repeats must have the same size as input along dim, "
                          f"but got repeats.size(0) = {repeats.shape[0]} and input.size({dim}) = "
                          f"{input.shape[dim]}")
    return input.index_select(dim, _repeat_index(repeats, output_size))


op("repeat_interleave(Tensor input, int repeats, int? dim=None, *, int? output_size=None) "
   "-> Tensor", body=_repeat_each, forms="function method",
   samples=lambda s: [call(s.tensor(2, 3), 2), call(s.tensor(2, 3), 3, 1), call(s.tensor(2), 0),
                      call(s.tensor(), 2)],
   errors=lambda s: [(call(s.tensor(2), -1), "ArgumentError", "-1")],
   doc="""Each entry of a dimension (or of all elements in one row) repeated so many times.

>>> cytorch.tensor([1, 2]).repeat_interleave(2)
tensor([1, 1, 2, 2])
""")
op("repeat_interleave(Tensor input, Tensor repeats, int? dim=None, *, int? output_size=None) "
   "-> Tensor", body=_repeat_interleave, forms="function method", extra={"data_dependent": True},
   samples=lambda s: [call(s.tensor(2, 3), s.values([2, 0, 1]), 1),
                      call(s.tensor(3), s.values([2]))],
   errors=lambda s: [(call(s.tensor(2), s.values([1, 2, 3])), "ShapeError", "= 3"),
                     (call(s.tensor(2), s.values([1, -2])), "ArgumentError", "-2")],
   doc="Each entry repeated as often as `repeats` says for it.")
op("repeat_interleave(Tensor repeats, *, int? output_size=None) -> Tensor", body=_repeat_index,
   forms="function", extra={"data_dependent": True},
   samples=lambda s: [call(s.values([2, 0, 1]))],
   doc="Position i as often as repeats[i] says.")


# ---- triangles

def _matrix(name: str) -> Any:
    def shape(input: Any) -> Any:
        if input.dim() < 2:
            raise shape_error(f"{name}: input tensor must have at least 2 dimensions, got "
                              f"{tuple(input.shape)}")
        return input
    return shape


for _name, _which in (("tril", "below"), ("triu", "above")):
    op(f"{_name}(Tensor input, int diagonal=0) -> Tensor", kernel=structured(ANY),
       shape=_matrix(_name), forms="function method inplace out", ref=f"numpy.{_name}",
       grad={"input": (lambda g, diagonal: ops.tril(g, diagonal)) if _name == "tril"
             else (lambda g, diagonal: ops.triu(g, diagonal))},
       samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3, 4), 1),
                          call(s.tensor(2, 3, 3), -1), call(s.tensor(0, 3))],
       errors=lambda s: [(call(s.tensor(3)), "ShapeError", r"\(3,\)")],
       doc=f"""Matrices with zeros except on and {_which} a diagonal.

>>> cytorch.ones(2, 2).{_name}()
tensor([[1., {'0' if _name == 'tril' else '1'}.],
        [{'1' if _name == 'tril' else '0'}., 1.]])
""")


def _trace(input: Any) -> Any:
    if input.dim() != 2:
        raise shape_error(f"trace: expected a matrix, but got tensor with dim {input.dim()}, shape "
                          f"{tuple(input.shape)}")
    return input.diagonal().sum()


op("trace(Tensor input) -> Tensor", body=_trace, forms="function method", ref="numpy.trace",
   samples=lambda s: [call(s.tensor(3, 3)), call(s.tensor(2, 4))],
   errors=lambda s: [(call(s.tensor(3)), "ShapeError", r"\(3,\)")],
   doc="""The sum of the diagonal of a matrix.

>>> cytorch.eye(3).trace()
tensor(3.)
""")


def _diff(input: Any, n: int, dim: int, prepend: Any, append: Any) -> Any:
    if input.dim() == 0:
        raise shape_error("diff expects input to be at least one-dimensional")
    if n < 0:
        raise argument_error(f"diff: order must be non-negative but got {n}")
    parts = [part for part in (prepend, input, append) if part is not None]
    result = ops.cat(parts, dim) if len(parts) > 1 else input
    dim = wrapped("diff", dim, input.dim())
    for _ in range(min(n, result.shape[dim])):
        size = max(result.shape[dim] - 1, 0)
        after = result.narrow(dim, min(1, result.shape[dim]), size)
        before = result.narrow(dim, 0, size)
        is_bool = result.dtype == dtype_named("bool")
        result = ops.logical_xor(after, before) if is_bool else after - before
    return result.clone() if result is input else result


op("diff(Tensor input, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor",
   body=_diff, forms="function method out",
   samples=lambda s: [call(s.tensor(5)), call(s.tensor(3, 4), 2), call(s.tensor(3, 4), 1, 0),
                      call(s.tensor(3), prepend=s.tensor(1), append=s.tensor(2))],
   errors=lambda s: [(call(s.tensor(3), -1), "ArgumentError", "-1")],
   doc="""Differences of neighbours along a dimension, n times.

>>> cytorch.tensor([1, 4, 9]).diff()
tensor([3, 5])
""")


def _block_diag(tensors: Any) -> Any:
    blocks = []
    for place, tensor in enumerate(tensors):
        if tensor.dim() > 2:
            raise shape_error(f"block_diag: Input tensors must have 2 or fewer dimensions. Input "
                              f"{place} has shape {tuple(tensor.shape)}")
        blocks.append(tensor.reshape((1,) * (2 - tensor.dim()) + tuple(tensor.shape)))
    if not blocks:
        return ops.zeros((1, 0))
    width = sum(block.shape[1] for block in blocks)
    rows, left = [], 0
    for block in blocks:
        right = width - left - block.shape[1]
        rows.append(ops.nn.functional.pad(block, (left, right)))
        left += block.shape[1]
    return ops.cat(rows, 0)


op("block_diag(Tensor[] tensors) -> Tensor", body=_block_diag, forms="function",
   extra={"spreads_tensors": True},
   samples=lambda s: [call([s.tensor(2, 3), s.tensor(1, 2)]), call([s.tensor(), s.tensor(3)])],
   errors=lambda s: [(call([s.tensor(1, 1, 1)]), "ShapeError", r"\(1, 1, 1\)")],
   doc="""Matrices along the diagonal of a matrix of zeros.

>>> cytorch.block_diag(cytorch.ones(1, 1), cytorch.ones(1, 2))
tensor([[1., 0., 0.],
        [0., 1., 1.]])
""")


def _vander(x: Any, N: int | None, increasing: bool) -> Any:
    if x.dim() != 1:
        raise shape_error(f"vander: x must be a one-dimensional tensor, got {tuple(x.shape)}")
    count = x.shape[0] if N is None else N
    powers = ops.arange(count, device=x.device)
    return x.unsqueeze(1) ** (powers if increasing else _flip(powers, (0,)))


op("vander(Tensor x, int? N=None, bool increasing=False) -> Tensor", body=_vander,
   forms="function", samples=lambda s: [call(s.tensor(3, low=0.5)), call(s.tensor(
       3, low=0.5), 2, True)],
   ref="numpy.vander", errors=lambda s: [(call(s.tensor(2, 2)), "ShapeError", r"\(2, 2\)")],
   doc="""The Vandermonde matrix: powers of each element in a row.

>>> cytorch.vander(cytorch.tensor([2, 3]), N=3)
tensor([[4, 2, 1],
        [9, 3, 1]])
""")
