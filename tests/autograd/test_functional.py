"""jacobian, hessian and their products."""
from __future__ import annotations

from typing import Any

import pytest

import cytorch
from cytorch.autograd.functional import hessian, hvp, jacobian, jvp, vhp, vjp


@pytest.fixture
def x() -> Any:
    return cytorch.tensor([1.0, 2.0])


@pytest.fixture
def y() -> Any:
    return cytorch.tensor([3.0, 5.0])


VECTORIZE = pytest.mark.parametrize("vectorize", [False, True])


@VECTORIZE
def test_jacobian(x: Any, y: Any, vectorize: bool) -> None:
    assert jacobian(lambda a: a * a, x, vectorize=vectorize).tolist() == [[2.0, 0.0], [0.0, 4.0]]
    by_x, by_y = jacobian(lambda a, b: (a * b).sum(), (x, y), vectorize=vectorize)
    assert (by_x.tolist(), by_y.tolist()) == (y.tolist(), x.tolist())
    first, second = jacobian(lambda a: (a.sum(), a * 2), x, vectorize=vectorize)
    assert first.tolist() == [1.0, 1.0]
    assert second.tolist() == [[2.0, 0.0], [0.0, 2.0]]


def test_jacobian_shape_and_history(x: Any) -> None:
    matrix = cytorch.ones(3, 2, requires_grad=True)
    result = jacobian(lambda m: m.exp().sum(1), matrix, create_graph=True)
    assert result.shape == (3, 3, 2)
    assert result.requires_grad
    assert not jacobian(lambda m: m.exp().sum(1), matrix).requires_grad


@VECTORIZE
def test_hessian(x: Any, y: Any, vectorize: bool) -> None:
    assert hessian(lambda a: (a ** 3).sum(), x, vectorize=vectorize).tolist() == [
        [6.0, 0.0], [0.0, 12.0]]
    blocks = hessian(lambda a, b: (a * b).sum(), (x, y), vectorize=vectorize)
    assert [[block.tolist() for block in row] for row in blocks] == [
        [[[0.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]]],
        [[[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]]]


def test_products(x: Any, y: Any) -> None:
    output, product = vjp(lambda a: a * a, x, y)
    assert (output.tolist(), product.tolist()) == ([1.0, 4.0], [6.0, 20.0])
    assert jvp(lambda a: a * a, x, y)[1].tolist() == [6.0, 20.0]
    for function in (vhp, hvp):
        assert function(lambda a: (a ** 3).sum(), x, y)[1].tolist() == [18.0, 60.0]


def test_vector_may_be_left_out_for_one_element() -> None:
    three = cytorch.tensor(3.0)
    assert vjp(lambda a: a * a, three)[1].item() == 6.0
    assert jvp(lambda a: a * a, three)[1].item() == 6.0


def test_errors(x: Any, y: Any) -> None:
    with pytest.raises(RuntimeError, match="can only be None"):
        vjp(lambda a: a * a, x)
    with pytest.raises(RuntimeError, match=r"should be \(2,\) but got \(3,\)"):
        jvp(lambda a: a * a, x, cytorch.ones(3))
    with pytest.raises(TypeError, match="has type int"):
        jacobian(lambda a: a, 3)
    with pytest.raises(TypeError, match="output of the user-provided function"):
        jacobian(lambda a: 3, x)
    with pytest.raises(RuntimeError, match="single"):
        hessian(lambda a: a * a, x)
    with pytest.raises(RuntimeError, match="strict mode"):
        jacobian(lambda a: y * 1, x, strict=True)
    with pytest.raises(ValueError, match="forward-mode"):
        jacobian(lambda a: a, x, strategy="forward-mode")


def test_independent_outputs_give_zeros(x: Any, y: Any) -> None:
    assert jacobian(lambda a: y * 1, x).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert hvp(lambda a: (a * y).sum(), x, y)[1].tolist() == [0.0, 0.0]
