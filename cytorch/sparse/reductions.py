"""Sums and softmax over a sparse tensor."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch.errors import IndexOutOfRange

from .tensor import SparseTensor, implements, made, unsupported, with_values


def _wrapped(name: str, input: SparseTensor, dim: int) -> int:
    if not -input.dim() <= dim < input.dim():
        raise IndexOutOfRange(f"{name}: Dimension out of range (expected to be in range of "
                              f"[{-input.dim()}, {input.dim() - 1}], but got {dim})")
    return dim % input.dim()


@implements("sum")
def sum(input: Any, dim: Any = None, dtype: Any = None, keepdim: bool = False) -> Any:
    """Sum of all elements, or over the dimensions `dim`.

    A dense tensor where no sparse dimension is left, else a sparse one.

    >>> s = cytorch.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3))
    >>> cytorch.sparse.sum(s), cytorch.sparse.sum(s, 0).to_dense()
    (tensor(7.), tensor([4., 0., 3.]))
    """
    if keepdim:
        raise unsupported("sum with keepdim")
    content = input._content if dtype is None else input._content.to(dtype)
    if dim is None:
        return content.sum()
    gone = {_wrapped("sum", input, d) for d in (dim if isinstance(dim, (tuple, list)) else (dim,))}
    split = input.sparse_dim()
    dense = [d - split + 1 for d in gone if d >= split]
    if dense:
        content = content.sum(dense)
    kept = [d for d in range(split) if d not in gone]
    if not kept:
        return content.sum(0)
    index = cytorch.stack([input._index[d] for d in kept])
    size = [n for d, n in enumerate(input.shape) if d not in gone]
    return made(index, content, size, False).coalesce()


def _groups(input: SparseTensor, dim: int) -> tuple[Any, int]:
    """Which elements differ in `dim` only: a number for each, and how many numbers there are."""
    flat = cytorch.zeros(input._nnz(), dtype=cytorch.int64, device=input._index.device)
    for d in range(input.sparse_dim()):
        if d != dim:
            flat = flat * input.shape[d] + input._index[d]
    found, group = cytorch.unique(flat, return_inverse=True)
    return group, found.shape[0]


def _softmax(name: str, input: SparseTensor, dim: int, dtype: Any) -> tuple[Any, Any, Any]:
    """The coalesced tensor, its values less the largest of their group, and log of the sums."""
    converted: Any = input if dtype is None else input.to(dtype)
    merged = converted.coalesce()
    dim = _wrapped(name, merged, dim)
    if merged.dense_dim() or dim >= merged.sparse_dim():
        raise unsupported(f"{name} with dense dimensions")
    group, count = _groups(merged, dim)
    content = merged._content
    highest = content.detach().new_zeros(count).scatter_reduce(
        0, group, content.detach(), "amax", include_self=False)
    shifted = content - highest[group]
    sums = content.new_zeros(count).index_add(0, group, shifted.exp())
    return merged, shifted, sums.log()[group]


@implements("softmax")
def softmax(input: Any, dim: int, *, dtype: Any = None) -> SparseTensor:
    """Softmax along `dim` over the elements that are there; the others count as -inf.

    >>> s = cytorch.sparse_coo_tensor([[0, 0], [0, 1]], [1.0, 1.0], (1, 3))
    >>> cytorch.sparse.softmax(s, 1).to_dense()
    tensor([[0.5000, 0.5000, 0.0000]])
    """
    merged, shifted, log_sums = _softmax("softmax", input, dim, dtype)
    return with_values(merged, (shifted - log_sums).exp())


@implements("log_softmax")
def log_softmax(input: Any, dim: int, *, dtype: Any = None) -> SparseTensor:
    """Logarithm of `softmax`, for the elements that are there.

    >>> s = cytorch.sparse_coo_tensor([[0, 0], [0, 1]], [1.0, 1.0], (1, 3))
    >>> cytorch.sparse.log_softmax(s, 1).values()
    tensor([-0.6931, -0.6931])
    """
    merged, shifted, log_sums = _softmax("log_softmax", input, dim, dtype)
    return with_values(merged, shifted - log_sums)
