"""nn.functional: embedding, embedding_bag and one_hot."""
from __future__ import annotations

from typing import Any

from .dtypes import refuse_complex
from .index_primitives import long_index
from .spec import ANY, argument_error, call, dtype_error, op, ops, shape_error, structured


def _embedding_shape(weight: Any, indices: Any) -> Any:
    return tuple(indices.shape) + tuple(weight.shape[1:]), weight.dtype


op("_embedding(Tensor weight, int dim, Tensor indices, int padding_idx, bool by_count) -> Tensor",
   kernel=structured(ANY, "index_select"), shape=_embedding_shape,
   grad={"weight": lambda g, weight_shape, indices, padding_idx, by_count:
         ops._embedding_backward(g, indices, weight_shape[0], padding_idx, by_count)},
   samples=lambda s: [call(s.tensor(4, 3), 0, s.ints(2, 5, high=4), -1, False),
                      call(s.tensor(4, 3), 0, s.ints(2, 5, high=4), 1, True)],
   extra={"not_the_derivative": (1,)},
   doc="Rows of the weight; `dim` is 0. The other arguments are for the gradient.")


def _embedding_backward(g: Any, indices: Any, rows: int, padding_idx: int, by_count: bool) -> Any:
    flat = indices.reshape(-1)
    g = g.reshape(flat.shape[0], g.shape[-1])
    if by_count:
        g = g / ops.bincount(flat, None, rows)[flat].unsqueeze(1).to(g.dtype)
    return ops._index_sum(g, 0, flat, rows, padding_idx)


op("_embedding_backward(Tensor g, Tensor indices, int rows, int padding_idx, bool by_count) "
   "-> Tensor", body=_embedding_backward, extra={"data_dependent": True},
   samples=lambda s: [call(s.tensor(5, 3), s.ints(5, high=4), 4, -1, False),
                      call(s.tensor(2, 2, 3), s.ints(2, 2, high=4), 4, 1, True)],
   doc="Gradient of the weight of an embedding.")


def _padding(weight: Any, padding_idx: int | None, name: str) -> int:
    """As a row number; -1 for none."""
    if padding_idx is None:
        return -1
    rows = weight.shape[0]
    if not -rows <= padding_idx < rows:
        raise argument_error(f"{name}(): padding_idx must be within [-{rows}, {rows}), got "
                             f"{padding_idx}")
    return padding_idx % rows


def _renormalise(weight: Any, indices: Any, max_norm: float, norm_type: float) -> None:
    """Scale the rows that are looked up down to max_norm, in place and unrecorded."""
    from cytorch import no_grad

    with no_grad():
        rows = ops.unique(indices.reshape(-1))
        chosen = weight.index_select(0, rows)
        norms = ops.linalg.vector_norm(chosen, norm_type, 1, True)
        scale = ops.where(norms > max_norm, max_norm / (norms + 1e-7), 1.0)
        weight.index_copy_(0, rows, chosen * scale)


def _embedding(input: Any, weight: Any, padding_idx: int | None, max_norm: float | None,
               norm_type: float, scale_grad_by_freq: bool, sparse: bool) -> Any:
    if weight.dim() != 2:
        raise shape_error(f"embedding(): 'weight' must be 2-D, got {tuple(weight.shape)}")
    indices = long_index(input, "embedding", ("int32", "int64"))
    padding = _padding(weight, padding_idx, "embedding")
    if max_norm is not None:
        _renormalise(weight, indices, max_norm, norm_type)
    return ops._embedding(weight, 0, indices, padding, scale_grad_by_freq)


op("nn.functional.embedding(Tensor input, Tensor weight, int? padding_idx=None, "
   "float? max_norm=None, float norm_type=2.0, bool scale_grad_by_freq=False, "
   "bool sparse=False) -> Tensor", body=_embedding, forms="function",
   samples=lambda s: [call(s.ints(2, 3, high=5), s.tensor(5, 4)),
                      call(s.ints(6, high=5), s.tensor(5, 4), -2),
                      call(s.ints(6, high=5), s.tensor(5, 4), scale_grad_by_freq=True),
                      call(s.ints(high=5), s.tensor(5, 4)), call(s.ints(0, 2), s.tensor(5, 4))],
   extra={"not_the_derivative": (1, 2)},
   errors=lambda s: [(call(s.values([5]), s.tensor(5, 4)), "IndexOutOfRange", "index 5"),
                     (call(s.values([-1]), s.tensor(5, 4)), "IndexOutOfRange", "index -1"),
                     (call(s.values([0]), s.tensor(5)), "ShapeError", "2-D"),
                     (call(s.values([0]), s.tensor(5, 4), 5), "ArgumentError", "got 5"),
                     (call(s.tensor(2), s.tensor(5, 4)), "DTypeError", "float")],
   doc="""Rows of `weight` (rows, features) for every index in `input`: (*input.shape, features).

padding_idx: a row that gets no gradient. max_norm: longer rows (by norm_type) are scaled down in
place first. scale_grad_by_freq: gradients are divided by how often the index occurs. Raises
IndexOutOfRange for an index outside of [0, rows).

>>> weight = cytorch.tensor([[1.0, 2.0], [3.0, 4.0]])
>>> cytorch.nn.functional.embedding(cytorch.tensor([1]), weight)
tensor([[3., 4.]])
""")


def _bags(input: Any, offsets: Any, last: bool) -> tuple[Any, Any, int]:
    """Flat indices, the bag of each, the number of bags."""
    if input.dim() == 2:
        if offsets is not None:
            raise argument_error("embedding_bag: if input is 2D, then offsets has to be None, as "
                                 "input is treated as a mini-batch of fixed length sequences")
        bags, length = input.shape
        numbers = ops.arange(bags, device=input.device).unsqueeze(1).expand(bags, length)
        return input.reshape(-1), numbers.reshape(-1), bags
    if input.dim() != 1:
        raise shape_error(f"embedding_bag: input has to be 1D or 2D, got {tuple(input.shape)}")
    if offsets is None or offsets.dim() != 1:
        raise shape_error("embedding_bag: offsets has to be a 1D tensor, got "
                          f"{None if offsets is None else tuple(offsets.shape)}")
    offsets = long_index(offsets, "embedding_bag", ("int32", "int64"))
    if last:
        offsets = offsets.narrow(0, 0, offsets.shape[0] - 1)
    positions = ops.arange(input.shape[0], device=input.device)
    bag = ops.searchsorted(offsets, positions, right=True) - 1
    return input, bag, offsets.shape[0]


def _check_bag(weight: Any, mode: str, per_sample_weights: Any, input: Any) -> None:
    if mode not in ("sum", "mean", "max"):
        raise argument_error(f"embedding_bag: mode has to be one of sum, mean or max, got {mode!r}")
    if weight.dim() != 2:
        raise shape_error(f"embedding_bag: 'weight' must be 2-D, got {tuple(weight.shape)}")
    if per_sample_weights is None:
        return
    if mode != "sum":
        raise argument_error("embedding_bag: per_sample_weights was not None, which is only "
                             f"supported for mode='sum' (got mode={mode!r})")
    if per_sample_weights.shape != input.shape:
        raise shape_error(f"embedding_bag: per_sample_weights {tuple(per_sample_weights.shape)} "
                          f"must have the same shape as input {tuple(input.shape)}")


def _embedding_bag(input: Any, weight: Any, offsets: Any, max_norm: float | None,
                   norm_type: float, scale_grad_by_freq: bool, mode: str, sparse: bool,
                   per_sample_weights: Any, include_last_offset: bool,
                   padding_idx: int | None) -> Any:
    _check_bag(weight, mode, per_sample_weights, input)
    refuse_complex("embedding_bag", weight)
    padding = _padding(weight, padding_idx, "embedding_bag")
    indices, bag, bags = _bags(long_index(input, "embedding_bag", ("int32", "int64")), offsets,
                               include_last_offset)
    if max_norm is not None:
        _renormalise(weight, indices, max_norm, norm_type)
    if padding >= 0:
        kept = ops.nonzero(indices != padding).reshape(-1)
        indices, bag = indices.index_select(0, kept), bag.index_select(0, kept)
    rows = ops._embedding(weight, 0, indices, padding, scale_grad_by_freq)
    if per_sample_weights is not None:
        scale = per_sample_weights.reshape(-1)
        scale = scale.index_select(0, kept) if padding >= 0 else scale
        rows = rows * scale.unsqueeze(1)
    if mode == "max":
        wide = bag.unsqueeze(1).expand(rows.shape)
        start = rows.new_zeros((bags, weight.shape[1]))
        return start.scatter_reduce(0, wide, rows, "amax", include_self=False)
    total = ops._index_sum(rows, 0, bag, bags, -1)
    if mode == "sum":
        return total
    count = ops._index_sum(rows.new_ones((bag.shape[0],)), 0, bag, bags, -1).clamp(min=1)
    return total / count.unsqueeze(1)


op("nn.functional.embedding_bag(Tensor input, Tensor weight, Tensor? offsets=None, "
   "float? max_norm=None, float norm_type=2.0, bool scale_grad_by_freq=False, str mode='mean', "
   "bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, "
   "int? padding_idx=None) -> Tensor", body=_embedding_bag, forms="function",
   extra={"data_dependent": True},
   samples=lambda s: [call(s.ints(2, 3, high=5), s.tensor(5, 4)),
                      call(s.ints(6, high=5), s.tensor(5, 4), s.values([0, 2, 2]), mode="sum"),
                      call(s.ints(6, high=5), s.tensor(5, 4), s.values([0, 4]), mode="max"),
                      call(s.ints(2, 3, high=5), s.tensor(5, 4), mode="sum",
                           per_sample_weights=s.tensor(2, 3)),
                      call(s.ints(6, high=5), s.tensor(5, 4), s.values([0, 2, 6]),
                           include_last_offset=True, padding_idx=1)],
   errors=lambda s: [(call(s.values([[5]]), s.tensor(5, 4)), "IndexOutOfRange", "index 5"),
                     (call(s.ints(2, 2, high=5), s.tensor(5, 4), mode="no"), "ArgumentError",
                      "'no'")],
   doc="""Sums, means or maxima of rows of `weight` over bags of indices, without keeping the rows.

input: (bags, length), or one row of indices with the `offsets` at which bags begin. mode: "sum",
"mean" or "max". per_sample_weights: factors of the rows (mode "sum"). Indices equal to padding_idx
count for nothing.

>>> weight = cytorch.tensor([[1.0], [2.0], [4.0]])
>>> cytorch.nn.functional.embedding_bag(cytorch.tensor([[0, 1], [1, 2]]), weight, mode="sum")
tensor([[3.],
        [6.]])
""")


def _one_hot(input: Any, num_classes: int) -> Any:
    if str(input.dtype) != "torch.int64":
        raise dtype_error(f"one_hot: is only applicable to index tensor of type LongTensor, got "
                          f"{input.dtype}")
    if input.numel() == 0 and num_classes <= 0:
        raise argument_error("one_hot: cannot infer total number of classes from an empty tensor")
    if input.numel() and input.device.type != "meta":
        smallest, largest = int(input.amin().item()), int(input.amax().item())
        if smallest < 0:
            raise argument_error(f"one_hot: class values must be non-negative, got {smallest}")
        if num_classes == -1:
            num_classes = largest + 1
        elif largest >= num_classes:
            raise argument_error(f"one_hot: class values must be smaller than num_classes "
                                 f"({num_classes}), got {largest}")
    if num_classes <= 0:
        raise argument_error(f"one_hot: num_classes should be positive, got {num_classes}")
    zeros = input.new_zeros((*input.shape, num_classes))
    return zeros.scatter(-1, input.unsqueeze(-1), 1)


op("nn.functional.one_hot(Tensor input, int num_classes=-1) -> Tensor", body=_one_hot,
   forms="function", extra={"data_dependent": True},
   samples=lambda s: [call(s.ints(2, 3, high=4)), call(s.ints(3, high=4), 6), call(s.ints(), 12),
                      call(s.ints(0), 3)],
   errors=lambda s: [(call(s.values([-1])), "ArgumentError", "got -1"),
                     (call(s.values([3]), 3), "ArgumentError", "got 3"),
                     (call(s.tensor(2)), "DTypeError", "float")],
   doc="""Zeros with a one at each class number, in a new last dimension; int64.

>>> cytorch.nn.functional.one_hot(cytorch.tensor([0, 2]))
tensor([[1, 0, 0],
        [0, 0, 1]])
""")
