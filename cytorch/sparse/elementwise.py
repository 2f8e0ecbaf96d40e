"""Ops on one sparse tensor, sums and products of two, conversions, joining."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch.errors import ArgumentError, AutogradError, ShapeError

from .tensor import (
    SparseTensor,
    flat_positions,
    implement_with_op,
    implements,
    made,
    unsupported,
    with_values,
)

# Linear: positions that are listed twice need not be added up first.
implement_with_op("neg negative clone detach float double half bfloat16 type_as",
                  lambda op, input, *args, **kwargs: with_values(
                      input, op(input._content, *args, **kwargs)))
# Those of zero are zero.
implement_with_op("abs absolute sqrt square sin tan tanh asin asinh atan atanh sinh expm1 log1p "
                  "relu sign sgn ceil floor trunc round erf deg2rad rad2deg",
                  lambda op, input, *args, **kwargs: _of_elements(op, input, args, kwargs))
# Two sizes of zero and more are the same for the dense and the sparse part.
implement_with_op("norm", lambda op, input, *args, **kwargs: _norm(op, input, args, kwargs))


def _of_elements(op: Any, input: SparseTensor, args: Any, kwargs: Any) -> SparseTensor:
    merged = input.coalesce()
    return with_values(merged, op(merged._content, *args, **kwargs))


def _norm(op: Any, input: SparseTensor, args: Any, kwargs: Any) -> Any:
    if len(args) > 1 or kwargs.get("dim") is not None:
        raise unsupported("norm over dimensions")
    return op(input.coalesce()._content, *args, **kwargs)


@implements("pow")
def _pow(input: Any, exponent: Any) -> SparseTensor:
    if not isinstance(input, SparseTensor) or not isinstance(exponent, (int, float)):
        raise unsupported("pow with a tensor")
    if exponent <= 0:
        raise unsupported(f"pow with the exponent {exponent}, which leaves no zeros,")
    merged = input.coalesce()
    return with_values(merged, merged._content ** exponent)


@implements("to", "cpu", "cuda")
def _to(input: Any, *args: Any, **kwargs: Any) -> Any:
    if not isinstance(input, SparseTensor):
        raise unsupported("to")
    given = tuple(a._content if isinstance(a, SparseTensor) else a for a in args)
    content = input._content.to(*given, **kwargs)
    return input if content is input._content else made(
        input._index.to(content.device), content, input.shape, input._merged)


@implements("requires_grad_")
def _requires_grad(input: SparseTensor, requires_grad: bool = True) -> SparseTensor:
    input._content.requires_grad_(requires_grad)
    return input


@implements("is_contiguous")
def _is_contiguous(input: SparseTensor, **_: Any) -> bool:
    return False


@implements("zeros_like")
def _zeros_like(input: SparseTensor, **options: Any) -> SparseTensor:
    content = cytorch.zeros_like(input._content[:0], **options)
    return made(input._index[:, :0], content, input.shape, True)


def _is_number(value: Any) -> bool:
    return not isinstance(value, cytorch.Tensor) or (
        not isinstance(value, SparseTensor) and value.dim() == 0)


@implements("mul", "multiply")
def _mul(input: Any, other: Any) -> SparseTensor:
    if not isinstance(input, SparseTensor):
        input, other = other, input
    if _is_number(other):
        return with_values(input, input._content * other)
    if other.shape != input.shape:
        raise ShapeError(f"mul: a sparse tensor of shape {tuple(input.shape)} can be multiplied "
                         "with a number or a tensor of the same shape, not of shape "
                         f"{tuple(other.shape)}")
    if isinstance(other, SparseTensor):
        return _product(input.coalesce(), other.coalesce())
    return with_values(input, input._content * other[tuple(input._index.unbind(0))])


def _product(first: SparseTensor, second: SparseTensor) -> SparseTensor:
    """Elementwise product of coalesced tensors: the positions that both have."""
    if first.sparse_dim() != second.sparse_dim():
        raise unsupported("mul of tensors with different sparse dimensions")
    wanted, there = flat_positions(first), flat_positions(second)
    if not len(there):
        return _zeros_like(first)
    place = cytorch.searchsorted(there, wanted).clamp(max=len(there) - 1)
    common = (there[place] == wanted).nonzero().squeeze(1)
    return made(first._index[:, common], first._content[common] * second._content[place[common]],
                first.shape, True)


@implements("div", "true_divide", "divide")
def _div(input: Any, other: Any, *, rounding_mode: Any = None) -> SparseTensor:
    if not isinstance(input, SparseTensor):
        raise unsupported("div by a sparse tensor")
    if not _is_number(other):
        raise ArgumentError("Sparse division requires a scalar or zero-dim dense tensor divisor "
                            f"(got shape {list(other.shape)} for divisor)")
    if rounding_mode is not None:
        input = input.coalesce()
    return with_values(input, cytorch.div(input._content, other, rounding_mode=rounding_mode))


@implements("add")
def _add(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    if not isinstance(other, SparseTensor):
        raise AutogradError("add(sparse, dense) is not supported. Use add(dense, sparse) instead.")
    if not isinstance(input, cytorch.Tensor):
        raise unsupported("add of a number")
    scaled = other if alpha == 1 else with_values(other, other._content * alpha)
    if not isinstance(input, SparseTensor):
        return input + scaled.to_dense()
    if input.shape != other.shape or input.sparse_dim() != other.sparse_dim():
        raise ShapeError("add: expected sparse tensors of the same size, got "
                         f"{tuple(input.shape)} and {tuple(other.shape)}")
    dtype = cytorch.promote_types(input.dtype, other.dtype)
    return made(cytorch.cat([input._index, scaled._index], 1),
                cytorch.cat([input._content.to(dtype), scaled._content.to(dtype)]),
                input.shape, False).coalesce()


@implements("sub", "subtract")
def _sub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    return _add(input, other, alpha=-alpha)


@implements("t", "transpose", "swapaxes", "swapdims", "permute")
def _permute(input: SparseTensor, *dims: Any) -> SparseTensor:
    order = list(range(input.dim()))
    if len(dims) == 1:
        order = [d % input.dim() for d in dims[0]]
    elif not dims:
        if input.dim() > 2:
            raise ShapeError(f"t() expects a tensor with <= 2 sparse dimensions, got "
                             f"{input.dim()}")
        order.reverse()
    elif len(dims) == 2:
        first, second = dims
        order[first], order[second] = order[second], order[first]
    else:
        order = [d % input.dim() for d in dims]
    if input.dense_dim():
        raise unsupported("permuting the dense dimensions")
    return made(cytorch.stack([input._index[d] for d in order]), input._content,
                [input.shape[d] for d in order], False)


@implements("cat", "concat", "concatenate")
def _cat(tensors: Any, dim: int = 0) -> SparseTensor:
    first = tensors[0]
    if not all(isinstance(t, SparseTensor) for t in tensors):
        raise unsupported("cat of sparse and dense tensors")
    dim %= first.dim()
    if dim >= first.sparse_dim():
        raise unsupported("cat along a dense dimension")
    size, indices = list(first.shape), []
    size[dim] = 0
    for t in tensors:
        expected = [n for d, n in enumerate(first.shape) if d != dim]
        if t.sparse_dim() != first.sparse_dim() or \
                [n for d, n in enumerate(t.shape) if d != dim] != expected:
            raise ShapeError(f"cat: sizes of sparse tensors must match except in dimension {dim}, "
                             f"got {tuple(first.shape)} and {tuple(t.shape)}")
        shift = cytorch.zeros(t.sparse_dim(), 1, dtype=cytorch.int64, device=t._index.device)
        shift[dim] = size[dim]
        indices.append(t._index + shift)
        size[dim] += t.shape[dim]
    return made(cytorch.cat(indices, 1), cytorch.cat([t._content for t in tensors]), size, False)


@implements("select", "__getitem__")
def _select(input: SparseTensor, *where: Any) -> Any:
    dim, index = (0, where[0]) if len(where) == 1 else where
    if isinstance(index, tuple) and index and dim == 0:
        first = _select(input, index[0])
        return first[index[1:]] if len(index) > 1 else first
    if isinstance(index, bool) or not isinstance(index, int) or dim >= input.sparse_dim():
        raise unsupported("indexing with anything but an int")
    size = input.shape[dim]
    if not -size <= index < size:
        raise IndexError(f"select(): index {index} out of range for tensor of size "
                         f"{tuple(input.shape)} at dimension {dim}")
    there = (input._index[dim] == index % size).nonzero().squeeze(1)
    others = [d for d in range(input.dim()) if d != dim]
    content = input._content[there]
    if input.sparse_dim() == 1:
        return content.sum(0)
    rows = cytorch.stack([input._index[d, there] for d in others if d < input.sparse_dim()])
    return made(rows, content, [input.shape[d] for d in others], input._merged)
