"""SparseTensor: positions and values of the elements that are not zero (the COO layout).

It is a Tensor by type, shape and dtype, and its own memory holds nothing: every op that meets one
is looked up among those of this package, and is an error where it is not there. All of them are
made of ops on the dense `indices` and `values`, so gradients flow to the values as everywhere.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cytorch
from cytorch._C.tensor import with_type
from cytorch.errors import AutogradError, DTypeError, UnsupportedLayout
from cytorch.overrides import DisableTorchFunctionSubclass

_HANDLERS: dict[str, Any] = {}
# What the shape and the dtype answer.
_QUESTIONS = frozenset({"size", "dim", "ndimension", "numel", "nelement", "element_size",
                        "is_floating_point", "is_complex", "is_signed"})


def implements(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: the function is what these ops do with sparse tensors."""
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        _HANDLERS.update(dict.fromkeys(names, function))
        return function

    return decorate


def implement_with_op(names: str, function: Callable[..., Any]) -> None:
    """function(op, *args) is what each of these ops does; `op` is the one that was called."""
    _HANDLERS.update(dict.fromkeys(names.split(), _PassOp(function)))


class _PassOp:
    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function


def unsupported(name: str) -> UnsupportedLayout:
    # Dunders and the table's own names of reflected operators read better without underscores.
    shown = name.strip("_") if name.startswith("_") else name
    return UnsupportedLayout(f"{shown}: not implemented for sparse tensors (layout "
                             "torch.sparse_coo); convert them with to_dense()")


def _refusing(name: str) -> Any:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise unsupported(name)

    return refuse


class SparseTensor(cytorch.Tensor):
    """A tensor in coordinate layout; see `cytorch.sparse_coo_tensor`.

    indices: (sparse_dim, nnz) int64. values: (nnz, ...) with the sizes of the dense dimensions. An
    element that is listed twice counts as the sum; `coalesce` sorts and adds them up.
    """

    _index: Any
    _content: Any
    _merged: bool

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.__name__
        kwargs = kwargs or {}
        if name in _QUESTIONS:
            with DisableTorchFunctionSubclass():
                return func(*args, **kwargs)
        handler = _HANDLERS.get(name)
        if handler is None or "out" in kwargs:
            raise unsupported(name)
        if isinstance(handler, _PassOp):
            return handler.function(func, *args, **kwargs)
        return handler(*args, **kwargs)

    def _indices(self) -> Any:
        """The positions as they are, (sparse_dim, nnz)."""
        return self._index

    def _values(self) -> Any:
        """The values as they are, without history."""
        return self._content.detach()

    def _nnz(self) -> int:
        """How many values there are."""
        return int(self._index.shape[1])

    def indices(self) -> Any:
        """The positions of a coalesced tensor; raises RuntimeError for another one."""
        return self._coalesced_part("indices", self._index)

    def values(self) -> Any:
        """The values of a coalesced tensor; raises RuntimeError for another one."""
        return self._coalesced_part("values", self._content)

    def _coalesced_part(self, name: str, part: Any) -> Any:
        if not self._merged:
            raise AutogradError(f"Cannot get {name} on an uncoalesced tensor, please call "
                                ".coalesce() first")
        return part

    def is_coalesced(self) -> bool:
        """Whether the positions are known to be sorted and different."""
        return self._merged

    def coalesce(self) -> Any:
        """The same tensor with sorted positions, each of them once."""
        if self._merged:
            return self
        places, inverse = cytorch.unique(flat_positions(self), return_inverse=True)
        summed = self._content.new_zeros((places.shape[0], *self._content.shape[1:]))
        return made(unravelled(places, self.shape[:self.sparse_dim()]),
                    summed.index_add(0, inverse, self._content), self.shape, True)

    def sparse_dim(self) -> int:
        """How many dimensions the positions have."""
        return int(self._index.shape[0])

    def dense_dim(self) -> int:
        """How many dimensions each value has."""
        return int(self._content.dim() - 1)

    def to_dense(self, dtype: Any = None, *, masked_grad: bool | None = None) -> Any:
        """The tensor with all its zeros."""
        content = self._content if dtype is None else self._content.to(dtype)
        count = 1
        for size in self.shape[:self.sparse_dim()]:
            count *= size
        flat = content.new_zeros((count, *content.shape[1:]))
        return flat.index_add(0, flat_positions(self), content).reshape(self.shape)

    def to_sparse(self, sparse_dim: int | None = None) -> Any:
        """The tensor itself."""
        return self

    device = property(lambda self: self._content.device)
    layout = property(lambda self: cytorch.sparse_coo)
    is_sparse = property(lambda self: True)
    is_meta = property(lambda self: self._content.is_meta)
    is_cpu = property(lambda self: self._content.is_cpu)
    is_cuda = property(lambda self: self._content.is_cuda)
    is_leaf = property(lambda self: self._content.is_leaf)
    grad_fn = property(lambda self: self._content.grad_fn)
    T = property(lambda self: self.permute(tuple(range(self.ndim))[::-1]))
    data = property(lambda self: with_values(self, self._content.detach()))

    @property
    def requires_grad(self) -> Any:
        return self._content.requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self._content.requires_grad_(value)

    @property
    def grad(self) -> Any:
        """The gradient of a leaf: sparse, at the positions of this tensor."""
        grad = self._content.grad
        if grad is None or self._merged:
            return None if grad is None else with_values(self, grad)
        # Every listing of a position got the whole gradient of that element.
        total = with_values(self, grad).coalesce()
        listings = with_values(self, cytorch.ones_like(grad)).coalesce()
        return with_values(total, total._content / listings._content)

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None:
            raise unsupported("assigning grad")
        self._content.grad = None

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """The name of the type, or the tensor as another dtype."""
        if dtype is None:
            return self._content.type().replace("torch.", "torch.sparse.")
        return with_values(self, self._content.type(dtype))

    def __repr__(self, **_: Any) -> str:
        from .printing import sparse_str

        return sparse_str(self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return made, (self._index, self._content.detach(), tuple(self.shape), self._merged)

    def __deepcopy__(self, memo: Any) -> Any:
        copy = self._content.detach().clone().requires_grad_(self.requires_grad)
        return made(self._index.clone(), copy, self.shape, self._merged)

    def numpy(self, *, force: bool = False) -> Any:
        """Always an error: NumPy has no sparse arrays."""
        raise DTypeError("can't convert Sparse layout tensor to numpy. Use Tensor.to_dense() "
                         "first.")

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return self.numpy()

    __str__ = __repr__
    __format__ = object.__format__
    for _name in ("backward", "register_hook", "retain_grad", "detach_",
                  "register_post_accumulate_grad_hook", "where", "__dlpack__", "__bool__",
                  "__float__", "__int__", "__index__", "__complex__", "__iter__", "__contains__"):
        locals()[_name] = _refusing(_name)
    for _name in ("real", "imag", "H", "mT", "mH"):
        locals()[_name] = property(_refusing(_name))
    del _name


def made(index: Any, content: Any, size: Any, merged: bool) -> SparseTensor:
    """The sparse tensor of checked parts."""
    shell = cytorch.empty(tuple(size), dtype=content.dtype, device="meta")
    result = with_type(shell, SparseTensor, False)
    result._index, result._content = index, content
    result._merged = merged or index.shape[1] < 2
    return result


def with_values(like: SparseTensor, content: Any) -> SparseTensor:
    """Other values at the same positions."""
    return made(like._index, content, like.shape, like._merged)


def flat_positions(tensor: SparseTensor) -> Any:
    """The positions counted through the sparse dimensions in row-major order."""
    flat = cytorch.zeros(tensor._nnz(), dtype=cytorch.int64, device=tensor._index.device)
    for row, size in zip(tensor._index.unbind(0), tensor.shape):
        flat = flat * size + row
    return flat


def unravelled(places: Any, sizes: Any) -> Any:
    """Positions from their counts."""
    rows = []
    for size in reversed(tuple(sizes)):
        rows.append(places % max(size, 1))
        places = places // max(size, 1)
    return cytorch.stack(rows[::-1]) if rows else places.new_empty((0, places.shape[0]))
