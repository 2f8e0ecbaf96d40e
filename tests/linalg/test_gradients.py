"""Derivatives of decompositions, whose factors are determined up to signs or phases.

Each function here is one of the input alone and does not depend on them; where only one triangle is
read, the input is made symmetric first.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import cytorch
from cytorch import linalg
from support import gradients


def symmetric(matrix: Any) -> Any:
    return matrix + matrix.mH


def definite(matrix: Any) -> Any:
    return matrix @ matrix.mH + cytorch.eye(matrix.shape[-2], dtype=matrix.dtype)


def projections(vectors: Any, weights: Any) -> Any:
    """sum of w_i v_i v_i^H: no sign, no phase."""
    return (vectors * weights.unsqueeze(-2)) @ vectors.mH


def eigh(matrix: Any) -> list[Any]:
    values, vectors = linalg.eigh(symmetric(matrix))
    return [values, projections(vectors, values.sin())]


def eig(matrix: Any) -> list[Any]:
    values, vectors = linalg.eig(matrix)
    size = (vectors * values.exp().unsqueeze(-2)) @ vectors.mH
    return [values.sum(-1), (values * values).sum(-1), size.sum((-2, -1))]


def svd(matrix: Any) -> list[Any]:
    U, S, Vh = linalg.svd(matrix, full_matrices=False)
    return [S, projections(U, S.sin()), projections(Vh.mH, S.cos()), (U * S.unsqueeze(-2)) @ Vh]


def old_svd(matrix: Any) -> list[Any]:
    U, S, V = cytorch.svd(matrix)
    return [(U * S.exp().unsqueeze(-2)) @ V.mH]


def qr(matrix: Any) -> list[Any]:
    Q, R = linalg.qr(matrix)
    k = min(R.shape[-2:])
    diagonal = R.diagonal(0, -2, -1)
    phase = (diagonal / diagonal.abs())[..., :k]
    return [Q * phase.unsqueeze(-2), R * phase.conj().unsqueeze(-1)]


def lstsq(matrix: Any) -> list[Any]:
    return [linalg.lstsq(matrix, matrix.exp()[..., :2]).solution]


FUNCTIONS: dict[str, tuple[Callable[[Any], list[Any]], list[tuple[int, ...]]]] = {
    "eigh": (eigh, [(3, 3), (2, 4, 4)]),
    "eigvalsh": (lambda a: [linalg.eigvalsh(symmetric(a))], [(3, 3), (2, 4, 4)]),
    "eigvals": (lambda a: [linalg.eigvals(a).exp().sum(-1)], [(3, 3), (2, 4, 4)]),
    "eig": (eig, [(3, 3), (2, 4, 4)]),
    "svd": (svd, [(3, 3), (4, 3), (2, 3, 4)]),
    "svd, old": (old_svd, [(4, 3)]),
    "svdvals": (lambda a: [linalg.svdvals(a)], [(3, 3), (2, 3, 4)]),
    "qr": (qr, [(3, 3), (4, 3), (2, 3, 5)]),
    "cholesky": (lambda a: [linalg.cholesky(definite(a))], [(3, 3), (2, 2, 2)]),
    "cholesky, upper": (lambda a: [linalg.cholesky(definite(a), upper=True)], [(3, 3)]),
    "lu_factor": (lambda a: [linalg.lu_factor(a).LU], [(3, 3), (2, 3, 5), (5, 3)]),
    "pinv": (lambda a: [linalg.pinv(a)], [(3, 4), (2, 4, 3)]),
    "pinv, rank 2": (lambda a: [linalg.pinv(a[:, :2] @ a[:, :2].mH)], [(4, 4)]),
    "pinv, hermitian": (lambda a: [linalg.pinv(symmetric(a), hermitian=True)], [(3, 3)]),
    "lstsq": (lstsq, [(4, 3), (2, 3, 4)]),
    "det, singular": (lambda a: [linalg.det(a[:, :2] @ a[:2])], [(3, 3)]),
    "householder_product": (lambda a: [linalg.householder_product(a, a[0] * a[0].conj())],
                            [(4, 3)]),
    "matrix_exp": (lambda a: [linalg.matrix_exp(a * 3)], [(3, 3), (2, 2, 2)]),
    "norm nuc": (lambda a: [linalg.matrix_norm(a, "nuc")], [(3, 4)]),
    "norm 2": (lambda a: [linalg.norm(a, 2), linalg.norm(a, -2)], [(3, 4)]),
    "cond": (lambda a: [linalg.cond(a), linalg.cond(a, "fro"), linalg.cond(a, "nuc")], [(3, 3)]),
    "slogdet": (lambda a: list(linalg.slogdet(a)), [(3, 3), (2, 2, 2)]),
}


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_first_and_second(name: str, dtype: str) -> None:
    function, shapes = FUNCTIONS[name]
    for shape in shapes:
        values = np.random.default_rng(1).standard_normal(shape)
        if dtype == "complex128":
            values = values + 1j * np.random.default_rng(2).standard_normal(shape)
        point = cytorch.from_numpy(values)
        gradients.check(lambda x: function(x[0]), [point], name)
        gradients.check_twice(lambda x: function(x[0]), [point], name)


@pytest.mark.parametrize("hermitian", [False, True])
def test_ldl_solve(hermitian: bool) -> None:
    values = np.random.default_rng(1).standard_normal((4, 4))
    matrix = symmetric(cytorch.from_numpy(values))
    factors = linalg.ldl_factor(matrix, hermitian=hermitian)
    right = cytorch.from_numpy(np.random.default_rng(2).standard_normal((4, 2)))
    gradients.check(lambda x: [linalg.ldl_solve(*factors, x[0], hermitian=hermitian)], [right],
                    "ldl_solve")


def test_a_loss_that_depends_on_the_phase_is_refused() -> None:
    parts = np.random.default_rng(1).standard_normal((2, 3, 3))
    matrix = cytorch.from_numpy(parts[0] + 1j * parts[1]).requires_grad_()
    for loss in (linalg.svd(matrix).U.sum(), linalg.eigh(symmetric(matrix)).eigenvectors.sum(),
                 linalg.eig(matrix).eigenvectors.sum()):
        with pytest.raises(RuntimeError, match="ill-defined"):
            loss.abs().backward()


def test_qr_without_derivative() -> None:
    matrix = cytorch.randn(4, 3).requires_grad_()
    with pytest.raises(RuntimeError, match="mode='complete' and nrows > ncols"):
        linalg.qr(matrix, "complete").Q.sum().backward()


def test_determinant_of_a_singular_matrix_has_a_gradient() -> None:
    """Exactly 0, where A^-1 does not exist and the cofactors do."""
    matrix = cytorch.tensor([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]],
                            dtype=cytorch.float64, requires_grad=True)
    (grad,) = cytorch.autograd.grad(linalg.det(matrix), matrix)
    expected = cytorch.tensor([[4.0, 4.0, -4.0], [-2.0, -2.0, 2.0], [0.0, 0.0, 0.0]])
    cytorch.testing.assert_close(grad, expected.double(), rtol=1e-9, atol=1e-9)
