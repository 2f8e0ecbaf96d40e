"""Matrices without the factorisation that is asked for: what is said, and by which class."""
from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import cytorch
from cytorch import linalg

SINGULAR = cytorch.tensor([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 2.0], [2.0, 4.0]]])
NOT_A_NUMBER = cytorch.full((2, 2), math.nan)

CASES: list[tuple[Callable[[], Any], str]] = [
    (lambda: linalg.inv(SINGULAR),
     r"linalg.inv: \(Batch element 1\): The diagonal element 2 is zero, the inversion could not"),
    (lambda: linalg.inv(SINGULAR[1]), "linalg.inv: The diagonal element 2 is zero"),
    (lambda: cytorch.inverse(SINGULAR[1]), "inverse: The diagonal element 2 is zero"),
    (lambda: linalg.inv_ex(SINGULAR, check_errors=True), "inv_ex: .Batch element 1"),
    (lambda: linalg.solve(SINGULAR, cytorch.ones(2, 2)),
     r"linalg.solve: \(Batch element 1\): The solver failed because the input matrix is singular"),
    (lambda: linalg.solve_ex(SINGULAR, cytorch.ones(2, 2), check_errors=True), "solve_ex: .Batch"),
    (lambda: linalg.lu_factor(SINGULAR), r"linalg.lu_factor: \(Batch element 1\): U\[2,2\] is"),
    (lambda: linalg.cholesky(-SINGULAR),
     r"linalg.cholesky: \(Batch element 0\): .*the leading minor of order 1 is not positive"),
    (lambda: linalg.cholesky(SINGULAR - 0.1), "Batch element 1.*minor of order 2"),
    (lambda: linalg.cholesky_ex(-SINGULAR, check_errors=True), "cholesky_ex: .Batch element 0"),
    (lambda: linalg.ldl_factor(cytorch.zeros(2, 2)), r"linalg.ldl_factor: D\[1,1\] is exactly"),
    (lambda: linalg.matrix_power(SINGULAR, -1), "Batch element 1"),
    (lambda: linalg.svd(NOT_A_NUMBER), "linalg.svd: .*contained non-finite values"),
    (lambda: linalg.svdvals(NOT_A_NUMBER), "linalg.svdvals: .*non-finite"),
    (lambda: linalg.eig(NOT_A_NUMBER), "linalg.eig: .*non-finite"),
    (lambda: linalg.eigvals(NOT_A_NUMBER), "linalg.eigvals: .*non-finite"),
    (lambda: linalg.tensorinv(cytorch.zeros(2, 2), 1), "linalg.tensorinv: The diagonal element 1"),
]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_linalg_error(number: int) -> None:
    function, message = CASES[number]
    with pytest.raises(linalg.LinAlgError, match=message) as caught:
        function()
    assert isinstance(caught.value, RuntimeError)


def test_info_instead_of_an_error() -> None:
    assert linalg.inv_ex(SINGULAR).info.tolist() == [0, 2]
    assert linalg.solve_ex(SINGULAR, cytorch.ones(2, 1)).info.tolist() == [0, 2]
    assert linalg.lu_factor_ex(SINGULAR).info.tolist() == [0, 2]
    assert linalg.cholesky_ex(SINGULAR - 0.1).info.tolist() == [0, 2]
    assert linalg.ldl_factor_ex(cytorch.zeros(2, 3, 3)).info.tolist() == [1, 1]


def test_singular_matrices_that_are_no_error() -> None:
    assert linalg.det(SINGULAR).tolist() == [1.0, 0.0]
    assert linalg.slogdet(SINGULAR).logabsdet.tolist() == [0.0, -math.inf]
    assert linalg.slogdet(SINGULAR).sign.tolist() == [1.0, 0.0]
    assert cytorch.logdet(SINGULAR).tolist() == [0.0, -math.inf]
    assert linalg.cond(SINGULAR, 1).tolist() == [1.0, math.inf]
    assert linalg.matrix_rank(SINGULAR).tolist() == [2, 1]
    zero = cytorch.zeros(2, 2)
    answer = linalg.solve_triangular(zero, cytorch.ones(2, 1), upper=True)
    assert not bool(cytorch.isfinite(answer).any())


@pytest.mark.parametrize("name", ["eig", "symeig", "lstsq", "solve", "matrix_rank"])
def test_removed_names_tell_the_new_one(name: str) -> None:
    with pytest.raises(RuntimeError, match=rf"{name}: .* removed. Use linalg\."):
        getattr(cytorch, name)(cytorch.eye(2))


@pytest.mark.parametrize("dtype", [cytorch.float16, cytorch.bfloat16, cytorch.int64])
@pytest.mark.parametrize("name", ["inv", "det", "svd", "eigh", "eig", "qr", "cholesky",
                                  "lu_factor", "ldl_factor", "matrix_exp", "pinv", "svdvals"])
def test_dtypes_that_lapack_lacks(name: str, dtype: Any) -> None:
    with pytest.raises(TypeError, match=rf"linalg.{name}.*{dtype}"):
        getattr(linalg, name)(cytorch.ones(2, 2).to(dtype))


def test_distances_of_nothing() -> None:
    assert tuple(cytorch.pdist(cytorch.zeros(0, 3)).shape) == (0,)
    assert tuple(cytorch.pdist(cytorch.zeros(1, 3)).shape) == (0,)
    assert cytorch.pdist(cytorch.zeros(3, 0)).tolist() == [0.0, 0.0, 0.0]
    points = cytorch.zeros(2, 3, requires_grad=True)
    cytorch.cdist(points, cytorch.zeros(2, 3)).sum().backward()
    assert points.grad is not None
    assert points.grad.tolist() == [[0.0] * 3] * 2


def test_results_are_named_as_in_pytorch() -> None:
    found = linalg.slogdet(cytorch.eye(2))
    assert isinstance(found, cytorch.return_types.linalg_slogdet)
    assert repr(found).startswith("torch.return_types.linalg_slogdet(\nsign=tensor(1.)")
    assert pickle.loads(pickle.dumps(found)).sign == 1
    values, vectors = cytorch.empty(0), cytorch.empty(0)
    written = linalg.eigh(cytorch.eye(2), out=(values, vectors))
    assert written.eigenvalues is values
