"""Matrix products with a sparse operand."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch.errors import DTypeError, ShapeError

from .tensor import SparseTensor, implements, made, unsupported


def _check(name: str, left: Any, right: Any) -> None:
    for operand in (left, right):
        if isinstance(operand, SparseTensor) and (operand.dim() != 2 or operand.dense_dim()):
            raise unsupported(f"{name} of a sparse tensor that is not a matrix of numbers")
    if left.dim() != 2 or right.dim() not in (1, 2):
        raise ShapeError(f"{name}: expected matrices, got shapes {tuple(left.shape)} and "
                         f"{tuple(right.shape)}")
    if left.shape[1] != right.shape[0]:
        raise ShapeError(f"{name}: shapes cannot be multiplied "
                         f"({'x'.join(map(str, left.shape))} and "
                         f"{'x'.join(map(str, right.shape))})")
    if left.dtype != right.dtype:
        raise DTypeError(f"{name}: expected both operands to have the same dtype, got "
                         f"{left.dtype} and {right.dtype}")


def _sparse_by_dense(left: SparseTensor, right: Any) -> Any:
    rows, columns = left._index.unbind(0)
    taken = right.index_select(0, columns)
    weights = left._content if right.dim() == 1 else left._content.unsqueeze(1)
    result = taken.new_zeros((left.shape[0], *right.shape[1:]))
    return result.index_add(0, rows, weights * taken)


def _sparse_by_sparse(left: SparseTensor, right: SparseTensor) -> SparseTensor:
    """Every element (i, j) of the left meets the row j of the right."""
    left, right = left.coalesce(), right.coalesce()
    rows, inner = left._index.unbind(0)
    start = cytorch.searchsorted(right._index[0].contiguous(),
                                 cytorch.arange(right.shape[0] + 1, device=rows.device))
    length = start[1:] - start[:-1]
    met = length[inner]
    pair = cytorch.repeat_interleave(cytorch.arange(len(inner), device=rows.device), met)
    # Within the run of one left element the right ones follow each other.
    first = met.cumsum(0) - met
    place = start[inner][pair] + cytorch.arange(len(pair), device=rows.device) - first[pair]
    index = cytorch.stack([rows[pair], right._index[1][place]])
    return made(index, left._content[pair] * right._content[place],
                (left.shape[0], right.shape[1]), False).coalesce()


@implements("mm", "matmul", "mv", "spmm", "smm")
def mm(sparse: Any, dense: Any, reduce: str | None = None) -> Any:
    """The product of a sparse matrix with a dense matrix or vector, or with a sparse matrix.

    Sparse with dense, in either order, gives a dense tensor; sparse with sparse a sparse one.
    Gradients flow to the values of the sparse and to the dense operand. Raises TypeError for
    different dtypes.

    >>> s = cytorch.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3))
    >>> cytorch.sparse.mm(s, cytorch.ones(3, 1))
    tensor([[3.],
            [4.]])
    """
    if reduce is not None:
        raise unsupported(f"mm with reduce={reduce!r}")
    if not isinstance(sparse, SparseTensor) and not isinstance(dense, SparseTensor):
        return cytorch.mm(sparse, dense)
    if not isinstance(sparse, SparseTensor) and sparse.dim() == 1:
        return mm(dense.t(), sparse)
    _check("mm", sparse, dense)
    if not isinstance(sparse, SparseTensor):
        return _sparse_by_dense(dense.t(), sparse.t()).t()
    if isinstance(dense, SparseTensor):
        return _sparse_by_sparse(sparse, dense)
    return _sparse_by_dense(sparse, dense)


@implements("_rmatmul")
def _reflected(sparse: SparseTensor, dense: Any) -> Any:
    return mm(dense, sparse)


@implements("addmm", "sspaddmm")
def addmm(mat: Any, mat1: Any, mat2: Any, *, beta: Any = 1.0, alpha: Any = 1.0) -> Any:
    """beta mat + alpha mat1 mat2, where mat1 is sparse and the others are dense.

    >>> s = cytorch.sparse_coo_tensor([[0], [1]], [2.0], (2, 2))
    >>> cytorch.sparse.addmm(cytorch.ones(2, 2), s, cytorch.ones(2, 2))
    tensor([[3., 3.],
            [1., 1.]])
    """
    if isinstance(mat, SparseTensor):
        raise unsupported("addmm to a sparse matrix")
    product = mm(mat1, mat2)
    if isinstance(product, SparseTensor):
        product = product.to_dense()
    return mat * beta + product * alpha
