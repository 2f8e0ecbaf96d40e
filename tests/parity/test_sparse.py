"""Sparse COO tensors against PyTorch: the same programs in both libraries, on random matrices."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import cytorch
from support.layouts import to_numpy
from support.parity import array_of

# PyTorch warns that it does not check positions, and about another layout that it uses inside.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
RANDOM = np.random.default_rng(3)
# Uncoalesced: some positions are listed twice.
INDICES = np.array([[0, 3, 1, 1, 3, 0, 2], [2, 0, 4, 2, 0, 1, 2]])
VALUES = RANDOM.standard_normal(7)
OTHER = np.array([[0, 3, 1, 2], [2, 3, 4, 0]])
DENSE = RANDOM.standard_normal((5, 3))
SQUARE = RANDOM.standard_normal((4, 5))


class Given:
    """The same leaves in one of the libraries."""

    def __init__(self, library: Any) -> None:
        self.library = library

        def leaf(array: Any) -> Any:
            return library.tensor(array.tolist(), dtype=library.float64, requires_grad=True)

        self.values, self.dense, self.square = leaf(VALUES), leaf(DENSE), leaf(SQUARE)
        self.more = leaf(VALUES[:4] + 1)
        self.sparse = library.sparse_coo_tensor(
            library.tensor(INDICES.tolist()), self.values, (4, 5))
        self.second = library.sparse_coo_tensor(library.tensor(OTHER.tolist()), self.more, (4, 5))


def flat(library: Any, result: Any) -> list[Any]:
    if isinstance(result, (tuple, list)):
        return [array for item in result for array in flat(library, item)]
    if not isinstance(result, library.Tensor):
        return [np.asarray(result)]
    dense = result.to_dense().detach()
    return [to_numpy(dense) if library is cytorch else array_of(dense)]


def parts(sparse: Any) -> Any:
    return sparse.indices(), sparse.values(), sparse.shape, sparse._nnz()


PROGRAMS: dict[str, Callable[[Any, Given], Any]] = {
    "to_dense": lambda lib, g: g.sparse.to_dense(),
    "coalesce": lambda lib, g: g.sparse.coalesce().values() * 2,
    "sparse.mm": lambda lib, g: lib.sparse.mm(g.sparse, g.dense),
    "torch.mm": lambda lib, g: lib.mm(g.sparse, g.dense),
    "spmm": lambda lib, g: lib.spmm(g.sparse, g.dense),
    "operator": lambda lib, g: g.sparse @ g.dense,
    "matmul with a vector": lambda lib, g: lib.matmul(g.sparse, g.dense[:, 0]),
    "mv": lambda lib, g: g.sparse.mv(g.dense[:, 1]),
    "transposed": lambda lib, g: g.sparse.t() @ g.square,
    "transpose": lambda lib, g: g.sparse.transpose(0, 1) @ g.square,
    "dense by sparse": lambda lib, g: g.dense.t() @ g.sparse.t(),
    "sparse by sparse": lambda lib, g: lib.sparse.mm(g.sparse, g.second.t()).to_dense(),
    "addmm": lambda lib, g: lib.sparse.addmm(g.dense[:4], g.sparse, g.dense, beta=2.0, alpha=0.5),
    "chain": lambda lib, g: (g.sparse.t() @ (g.sparse @ g.dense).relu()).exp(),
    "sum of two": lambda lib, g: (g.sparse + g.second).to_dense(),
    "difference": lambda lib, g: lib.sub(g.sparse, g.second, alpha=3).to_dense(),
    "dense plus sparse": lambda lib, g: lib.add(g.square, g.sparse, alpha=2),
    "times a number": lambda lib, g: ((2 * g.sparse) / 4).to_dense(),
    "negative": lambda lib, g: (-g.sparse).to_dense(),
    "times dense": lambda lib, g: (g.sparse.coalesce() * g.square).to_dense(),
    "sparse times sparse": lambda lib, g: (
        g.sparse.coalesce() * g.second.coalesce()).to_dense(),
    "abs": lambda lib, g: g.sparse.abs().to_dense(),
    "sum": lambda lib, g: lib.sparse.sum(g.sparse),
    "sum over rows": lambda lib, g: lib.sparse.sum(g.sparse, 0).to_dense(),
    "sum over columns": lambda lib, g: lib.sparse.sum(g.sparse, dim=(1,)).to_dense(),
    "softmax": lambda lib, g: lib.sparse.softmax(g.sparse, 1).to_dense(),
    "log_softmax": lambda lib, g: lib.sparse.log_softmax(g.sparse, 0).to_dense(),
    "double to float": lambda lib, g: g.sparse.float().to_dense(),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_values_and_gradients(name: str) -> None:
    results = []
    for library in (cytorch, torch):
        given = Given(library)
        out = PROGRAMS[name](library, given)
        leaves = [given.values, given.dense, given.square, given.more]
        weight = (out.detach() * 0 + 1).cumsum(0) if out.dim() else out.detach() * 0 + 2
        grads = library.autograd.grad((out * weight).sum(), leaves, allow_unused=True,
                                      materialize_grads=True)
        results.append(flat(library, [out, *grads]))
    tolerance = 1e-6 if "float" in name else 1e-10
    for got, want in zip(*results, strict=True):
        assert got.shape == want.shape
        np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("program", [
    lambda lib, g: (g.sparse._nnz(), g.sparse.is_coalesced(), g.sparse.size(), g.sparse.dim(),
                    g.sparse.is_sparse, g.square.is_sparse, g.sparse.numel(), len(g.sparse)),
    lambda lib, g: (g.sparse._indices(), g.sparse._values(), g.sparse.coalesce().indices()),
    lambda lib, g: (str(g.sparse.dtype), str(g.sparse.device), g.sparse.type(),
                    g.sparse.shape, g.sparse.sparse_dim(), g.sparse.dense_dim()),
    lambda lib, g: parts(g.square.detach().clamp(min=0).to_sparse()),
    lambda lib, g: parts(g.square.detach().sparse_mask(g.second.detach().coalesce()).coalesce()),
    lambda lib, g: parts(lib.sparse_coo_tensor((2, 3))),
    lambda lib, g: lib.cat([g.sparse.detach(), g.second.detach()], 1),
    lambda lib, g: (g.sparse.detach()[3], g.sparse.detach()[-1, 0]),
    lambda lib, g: lib.sparse_coo_tensor([[0, 2]], [[1.0, 2.0], [3.0, 4.0]]),
    lambda lib, g: lib.sparse.FloatTensor(
        lib.LongTensor(INDICES.tolist()), lib.FloatTensor(VALUES.tolist()), lib.Size([4, 5])),
    lambda lib, g: (g.sparse.requires_grad, g.sparse.is_leaf, g.sparse.detach().requires_grad),
], ids=str)
def test_facts(program: Any) -> None:
    results = [flat(library, program(library, Given(library))) for library in (cytorch, torch)]
    for got, want in zip(*results, strict=True):
        np.testing.assert_array_equal(got, want)


def test_gradient_of_a_sparse_leaf() -> None:
    results = []
    for library in (cytorch, torch):
        given = Given(library)
        leaf = library.sparse_coo_tensor(given.sparse._indices(), given.values.detach(), (4, 5),
                                         requires_grad=True)
        library.sparse.mm(leaf, given.dense).sum().backward()
        assert leaf.is_leaf
        results.append(flat(library, [leaf.grad, given.dense.grad]))
    for got, want in zip(*results, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-10)


@pytest.mark.parametrize("requires_grad", [False, True])
def test_text(requires_grad: bool) -> None:
    texts = [repr(library.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [1.5, 2.0, 3.0], (2, 3),
                                            requires_grad=requires_grad))
             for library in (cytorch, torch)]
    assert texts[0] == texts[1]


def edge_product(library: Any) -> Any:
    """The autograd Function by which graph attention networks multiply with a sparse matrix."""
    class Product(library.autograd.Function):
        @staticmethod
        def forward(ctx: Any, indices: Any, values: Any, shape: Any, b: Any) -> Any:
            a = library.sparse_coo_tensor(indices, values, shape)
            ctx.save_for_backward(a, b)
            ctx.columns = shape[1]
            return library.matmul(a, b)

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            a, b = ctx.saved_tensors
            edges = a._indices()[0, :] * ctx.columns + a._indices()[1, :]
            return None, grad.matmul(b.t()).reshape(-1)[edges], None, a.t().matmul(grad)

    return Product


def test_attention_over_edges() -> None:
    results = []
    for library in (cytorch, torch):
        given = Given(library)
        indices = library.tensor(INDICES.tolist())
        out = edge_product(library).apply(indices, given.values, library.Size([4, 5]), given.dense)
        out.cos().sum().backward()
        results.append(flat(library, [out, given.values.grad, given.dense.grad]))
    for got, want in zip(*results, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-10)


@pytest.mark.parametrize("program", [
    lambda lib, g: g.sparse.indices(),
    lambda lib, g: g.sparse.values(),
    lambda lib, g: g.sparse + g.square,
    lambda lib, g: g.sparse / g.sparse,
    lambda lib, g: g.sparse @ g.square,
    lambda lib, g: g.sparse @ g.dense.float(),
    lambda lib, g: g.sparse.exp(),
    lambda lib, g: g.sparse.view(5, 4),
    lambda lib, g: g.sparse.detach().numpy(),
    lambda lib, g: lib.sparse.softmax(g.sparse, 2),
    lambda lib, g: g.sparse == g.sparse,
    lambda lib, g: lib.sparse_coo_tensor([[0, 1]], [1.0], (2,)),
    lambda lib, g: lib.sparse_coo_tensor([[0]], [1.0], (2, 2)),
], ids=str)
def test_errors(program: Any) -> None:
    with pytest.raises((RuntimeError, TypeError, IndexError)) as theirs:
        program(torch, Given(torch))
    with pytest.raises(type(theirs.value)):
        program(cytorch, Given(cytorch))
