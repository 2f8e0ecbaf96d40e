"""Sparse tensors: what they refuse, and how they go through the rest of the library."""
from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import cytorch
from cytorch import nn
from cytorch.errors import UnsupportedLayout


@pytest.fixture
def sparse() -> Any:
    return cytorch.sparse_coo_tensor([[0, 1, 0], [2, 0, 2]], [1.0, 2.0, 3.0], (2, 3))


@pytest.mark.parametrize("operation", [
    lambda s: s.exp(), lambda s: s.reshape(6), lambda s: s.mul_(2), lambda s: s.zero_(),
    lambda s: cytorch.nn.functional.linear(cytorch.ones(1, 3), s), lambda s: s.tolist(),
    lambda s: cytorch.ones(2, 3).copy_(s), lambda s: s > 0, lambda s: s[:, 0], lambda s: 1 - s,
    lambda s: 1 / s, lambda s: bool(s), lambda s: list(s), lambda s: s.T[None],
    lambda s: cytorch.stack([s, s]), lambda s: s.pow(0), lambda s: s.sum(0, keepdim=True),
    lambda s: s.backward(), lambda s: s.register_hook(print), lambda s: s.real,
    lambda s: cytorch.mm(s, cytorch.ones(3, 1), out=cytorch.ones(2, 1)),
])
def test_what_they_lack_says_so(sparse: Any, operation: Any) -> None:
    with pytest.raises(UnsupportedLayout, match=r"not implemented for sparse tensors .*to_dense"):
        operation(sparse)


def test_the_error_names_the_op(sparse: Any) -> None:
    with pytest.raises(NotImplementedError, match=r"^sigmoid: "):
        sparse.sigmoid()


def test_positions_are_checked() -> None:
    with pytest.raises(IndexError, match="for dim 1, size is 3 but found index 3"):
        cytorch.sparse_coo_tensor([[0], [3]], [1.0], (2, 3))
    with pytest.raises(IndexError, match="negative index -1 for dim 0"):
        cytorch.sparse_coo_tensor([[-1], [0]], [1.0], (2, 3))


def test_copies(sparse: Any) -> None:
    leaf = sparse.clone().requires_grad_()
    for other in (copy.deepcopy(leaf), pickle.loads(pickle.dumps(leaf))):
        assert (other.to_dense() == sparse.to_dense()).all()
        assert other.shape == sparse.shape
    assert copy.deepcopy(leaf).requires_grad


def test_as_a_buffer(sparse: Any) -> None:
    """The adjacency matrix of a graph network moves and casts with the module."""
    class Propagate(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("adjacency", sparse)
            self.linear = nn.Linear(4, 2)

        def forward(self, x: Any) -> Any:
            return cytorch.spmm(self.adjacency, self.linear(x))

    module = Propagate().double()
    assert module.adjacency.dtype == cytorch.float64
    module(cytorch.ones(3, 4, dtype=cytorch.float64)).sum().backward()
    assert module.linear.weight.grad.abs().sum() > 0


class Propagated(cytorch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, matrix: Any, x: Any) -> Any:
        ctx.save_for_backward(matrix)
        return matrix @ x

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        (matrix,) = ctx.saved_tensors
        return None, matrix.t() @ grad


def test_saved_by_a_function(sparse: Any) -> None:
    x = cytorch.ones(3, 1, requires_grad=True)
    Propagated.apply(sparse, x).sum().backward()
    assert x.grad.tolist() == [[2.0], [0.0], [4.0]]


def test_results_are_stored_once(sparse: Any) -> None:
    merged = sparse.coalesce()
    assert merged.coalesce() is merged
    assert merged.indices().tolist() == [[0, 1], [2, 0]]
    assert merged.values().tolist() == [4.0, 2.0]


def test_empty() -> None:
    empty = cytorch.sparse_coo_tensor((2, 3))
    assert (empty @ cytorch.ones(3, 2)).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert (empty + empty)._nnz() == 0
    assert cytorch.sparse.mm(empty, empty.t()).to_dense().abs().sum() == 0
    assert (empty * empty).to_dense().shape == (2, 3)


def test_gradcheck() -> None:
    index = cytorch.tensor([[0, 1, 1], [1, 0, 2]])
    values = cytorch.rand(3, dtype=cytorch.float64, requires_grad=True)
    dense = cytorch.rand(3, 2, dtype=cytorch.float64, requires_grad=True)

    def product(v: Any, d: Any) -> Any:
        return cytorch.sparse_coo_tensor(index, v, (2, 3)) @ d

    assert cytorch.autograd.gradcheck(product, (values, dense))
    assert cytorch.autograd.gradgradcheck(product, (values, dense))
