"""Sparse tensors from positions and values, and from dense tensors."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch.errors import DTypeError, IndexOutOfRange, ShapeError

from .tensor import SparseTensor, made


def _as_index(indices: Any, device: Any) -> Any:
    index = indices if isinstance(indices, cytorch.Tensor) else cytorch.tensor(indices)
    if index.dim() != 2:
        raise ShapeError("sparse_coo_tensor: indices must be sparse_dim x nnz, but got shape "
                         f"{tuple(index.shape)}")
    return index.detach().to(device=device, dtype=cytorch.int64)


def _inferred(index: Any, content: Any) -> tuple[int, ...]:
    """The smallest size that holds the positions."""
    if index.shape[1] == 0 and index.shape[0]:
        raise ShapeError("sparse_coo_tensor: cannot infer the size without positions; give size=")
    return (*(int(row.max()) + 1 for row in index.unbind(0)), *content.shape[1:])


def _check(index: Any, content: Any, size: tuple[int, ...]) -> None:
    if content.dim() == 0 or content.shape[0] != index.shape[1]:
        found = content.shape[0] if content.dim() else 0
        raise ShapeError("sparse_coo_tensor: indices and values must have same nnz, but got nnz "
                         f"from indices: {index.shape[1]}, nnz from values: {found}")
    sparse_dim, dense_dim = index.shape[0], content.dim() - 1
    if len(size) != sparse_dim + dense_dim:
        raise ShapeError("sparse_coo_tensor: 'len(size) == sparse_dim + dense_dim' is not "
                         f"satisfied: len(size) = {len(size)}, sparse_dim = {sparse_dim}, "
                         f"dense_dim = {dense_dim}")
    if size[sparse_dim:] != tuple(content.shape[1:]):
        raise ShapeError(f"sparse_coo_tensor: values of shape {tuple(content.shape)} do not fit "
                         f"into size {size} with {sparse_dim} sparse dimensions")
    if index.is_meta or not index.shape[1]:
        return
    for dim, row in enumerate(index.unbind(0)):
        lowest, highest = int(row.min()), int(row.max())
        if lowest < 0:
            raise IndexOutOfRange(f"sparse_coo_tensor: found negative index {lowest} for dim {dim}")
        if highest >= size[dim]:
            raise IndexOutOfRange("sparse_coo_tensor: size is inconsistent with indices: for dim "
                                  f"{dim}, size is {size[dim]} but found index {highest}")


def sparse_coo_tensor(indices: Any, values: Any = None, size: Any = None, *, dtype: Any = None,
                      device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
                      check_invariants: bool | None = None,
                      is_coalesced: bool | None = None) -> SparseTensor:
    """A sparse tensor: `values[k]` at the position `indices[:, k]`, zero elsewhere.

    indices: (sparse_dim, nnz). values: (nnz, ...). size: inferred from the largest positions when
    not given. One argument alone is a size: a tensor of zeros. Positions that are listed twice add
    up. Gradients flow to `values`; with requires_grad the result is a leaf of its own. Raises
    IndexError for a position outside of the size, always.

    >>> s = cytorch.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3))
    >>> s
    tensor(indices=tensor([[0, 1],
                           [2, 0]]),
           values=tensor([3., 4.]),
           size=(2, 3), nnz=2, layout=torch.sparse_coo)
    >>> s @ cytorch.ones(3)
    tensor([3., 4.])
    """
    if values is None:
        wanted = tuple(indices) if size is None else tuple(size)
        empty = cytorch.empty((len(wanted), 0), dtype=cytorch.int64, device=device)
        return made(empty, cytorch.zeros(0, dtype=dtype, device=device,
                                         requires_grad=requires_grad), wanted, True)
    content = values if isinstance(values, cytorch.Tensor) else cytorch.tensor(values)
    content = content.to(device=device, dtype=dtype)
    if content.dim() == 0 and not isinstance(values, cytorch.Tensor):
        content = content.reshape(1)
    index = _as_index(indices, content.device)
    wanted = _inferred(index, content) if size is None else tuple(int(n) for n in size)
    _check(index, content, wanted)
    if requires_grad:
        content = content.detach().requires_grad_()
    elif content.requires_grad:
        content = content.view_as(content)  # the result is no leaf, even where the values are one
    return made(index, content, wanted, bool(is_coalesced))


def to_sparse(dense: Any, sparse_dim: int | None = None, *, layout: Any = None,
              blocksize: Any = None, dense_dim: int | None = None) -> SparseTensor:
    """The elements that are not zero, of a dense tensor.

    sparse_dim: how many of the first dimensions get positions; all by default.

    >>> cytorch.eye(2).to_sparse().values()
    tensor([1., 1.])
    """
    if layout not in (None, cytorch.sparse_coo) or blocksize is not None:
        raise DTypeError(f"to_sparse: only the layout torch.sparse_coo exists, got {layout}")
    count = dense.dim() if sparse_dim is None else sparse_dim
    if dense_dim is not None:
        count = dense.dim() - dense_dim
    if not 0 < count <= dense.dim():
        raise IndexOutOfRange(f"to_sparse: expected 0 < sparse_dim <= {dense.dim()}, got {count}")
    mask = dense != 0
    if count < dense.dim():
        mask = mask.flatten(count).any(-1)
    index = mask.nonzero().t().contiguous()
    return made(index, dense[tuple(index.unbind(0))], dense.shape, True)


def sparse_mask(dense: Any, mask: Any) -> SparseTensor:
    """The elements of a dense tensor at the positions of a sparse one.

    >>> s = cytorch.sparse_coo_tensor([[0, 1], [1, 0]], [1.0, 1.0], (2, 2)).coalesce()
    >>> cytorch.tensor([[1.0, 2.0], [3.0, 4.0]]).sparse_mask(s).values()
    tensor([2., 3.])
    """
    if not isinstance(mask, SparseTensor):
        raise DTypeError(f"sparse_mask: expected a sparse mask, got {type(mask).__name__}")
    if dense.shape != mask.shape:
        raise ShapeError(f"sparse_mask: operands have incompatible sizes; self has size "
                         f"{tuple(dense.shape)} but mask has size {tuple(mask.shape)}")
    merged = mask.coalesce()
    return made(merged._index, dense[tuple(merged._index.unbind(0))], dense.shape, True)


class _LegacyType(type):
    """`sparse.FloatTensor(indices, values, size)` and its like."""

    dtype_name: str

    def __call__(cls, *arguments: Any) -> SparseTensor:
        dtype = getattr(cytorch, cls.dtype_name)
        sizes = arguments[0] if len(arguments) == 1 and not isinstance(arguments[0], int) else \
            arguments
        if all(isinstance(n, int) for n in sizes):
            return sparse_coo_tensor(tuple(sizes) or (0,), dtype=dtype)
        return sparse_coo_tensor(*arguments)

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, SparseTensor) and str(value.dtype).endswith(cls.dtype_name)


def _legacy(name: str, dtype_name: str) -> Any:
    return _LegacyType(name, (), {
        "dtype_name": dtype_name,
        "__doc__": f"`sparse.{name}(indices, values, size)`: see `sparse_coo_tensor`."})


FloatTensor = _legacy("FloatTensor", "float32")
DoubleTensor = _legacy("DoubleTensor", "float64")
HalfTensor = _legacy("HalfTensor", "float16")
BFloat16Tensor = _legacy("BFloat16Tensor", "bfloat16")
LongTensor = _legacy("LongTensor", "int64")
IntTensor = _legacy("IntTensor", "int32")
ShortTensor = _legacy("ShortTensor", "int16")
CharTensor = _legacy("CharTensor", "int8")
ByteTensor = _legacy("ByteTensor", "uint8")
