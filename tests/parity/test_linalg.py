"""Linear algebra against PyTorch where factors are determined up to signs or one triangle is read:
products of the factors and absolute values, for real and complex numbers and larger matrices."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import cytorch
from support.layouts import to_numpy


def projections(vectors: Any, weights: Any) -> Any:
    return (vectors * weights[..., None, :]) @ vectors.mH


def svd(t: Any, a: Any) -> list[Any]:
    U, S, Vh = t.linalg.svd(a, full_matrices=False)
    return [S, U.abs(), Vh.abs(), (U * S[..., None, :]) @ Vh]


def eigh(t: Any, a: Any) -> list[Any]:
    values, vectors = t.linalg.eigh(a)
    upper = t.linalg.eigh(a, UPLO="U")
    return [values, projections(vectors, values), upper[0], vectors.abs()]


def qr(t: Any, a: Any) -> list[Any]:
    results = []
    for mode in ("reduced", "complete", "r"):
        Q, R = t.linalg.qr(a, mode)
        results += [R.abs(), Q @ R if mode != "r" else Q]
    return results


def lu(t: Any, a: Any) -> list[Any]:
    factors = t.linalg.lu_factor(a)
    return [*t.linalg.lu(a), *factors, *t.lu_unpack(*factors), *t.lu(a)]


def ldl(t: Any, a: Any) -> list[Any]:
    results = []
    for hermitian in (False, True):
        factors = t.linalg.ldl_factor(a, hermitian=hermitian)
        results += [*factors, t.linalg.ldl_solve(*factors, a[..., :2], hermitian=hermitian)]
    return results


def lstsq(t: Any, a: Any) -> list[Any]:
    results: list[Any] = []
    for driver in ("gels", "gelsy", "gelsd", "gelss"):
        results += t.linalg.lstsq(a, a[..., :2].cos(), driver=driver)
    return results


def cholesky(t: Any, a: Any) -> list[Any]:
    matrix = a @ a.mH + t.eye(a.shape[-2], dtype=a.dtype)
    lower, upper = t.linalg.cholesky(matrix), t.linalg.cholesky(matrix, upper=True)
    return [lower, upper, *t.linalg.cholesky_ex(matrix), t.cholesky_inverse(lower),
            t.cholesky_inverse(upper, True), t.cholesky_solve(a, lower),
            t.cholesky_solve(a, upper, True)]


def reflectors(t: Any, a: Any) -> list[Any]:
    factors = t.geqrf(a)
    Q = t.linalg.householder_product(*factors)
    return [*factors, Q, t.orgqr(*factors), t.ormqr(*factors, a), t.ormqr(*factors, a.mT, False),
            t.ormqr(*factors, a, True, True)]


def ranks(t: Any, a: Any) -> list[Any]:
    low = a[..., :2] @ a[..., :2].mH
    tolerance = t.tensor(0.5, dtype=t.float64)
    return [t.linalg.matrix_rank(low), t.linalg.matrix_rank(low, hermitian=True),
            t.linalg.matrix_rank(a, atol=tolerance), t.linalg.matrix_rank(a, 0.5),
            t.linalg.pinv(low), t.linalg.pinv(low, hermitian=True),
            t.linalg.pinv(a, atol=tolerance, rtol=0.1), t.linalg.pinv(a, 0.2), t.pinverse(a)]


def conditions(t: Any, a: Any) -> list[Any]:
    orders = (None, 2, -2, 1, -1, float("inf"), float("-inf"), "fro", "nuc")
    return [t.linalg.cond(a, p) for p in orders] + \
        [t.linalg.matrix_norm(a, p) for p in orders[1:]] + \
        [t.linalg.norm(a, p, (0, 1)) for p in (2, "nuc", -2)] + [t.norm(a, "nuc")]


def systems(t: Any, a: Any) -> list[Any]:
    right = a[..., :2]
    return [t.linalg.solve(a, right), t.linalg.solve(a, right[..., 0]),
            t.linalg.solve(a, right.mT, left=False), t.linalg.inv(a), t.linalg.det(a),
            *t.linalg.slogdet(a), t.logdet(a @ a.mH), t.linalg.tensorinv(a, 1),
            t.linalg.lu_solve(*t.linalg.lu_factor(a), right, adjoint=True),
            t.linalg.lu_solve(*t.linalg.lu_factor(a), right.mT, left=False),
            t.linalg.solve_triangular(a, right, upper=True),
            t.linalg.solve_triangular(a, right.mT, upper=False, left=False, unitriangular=True),
            t.linalg.matrix_power(a, -3), t.linalg.matrix_exp(a)]


def eigenvalues(t: Any, a: Any) -> list[Any]:
    values, vectors = t.linalg.eig(a)
    return [(vectors * values[..., None, :]) @ t.linalg.inv(vectors), t.linalg.eigvals(a).sum(-1),
            vectors.abs().sum((-2, -1))]


def symmetric(values: Any) -> Any:
    return values + values.swapaxes(-1, -2).conj()


SQUARE, ANY_SHAPE = [(4, 4), (3, 5, 5), (70, 70)], [(4, 4), (3, 5, 4), (2, 4, 5), (50, 70)]
CASES: dict[str, tuple[Callable[[Any, Any], list[Any]], Any, list[tuple[int, ...]]]] = {
    "svd": (svd, None, ANY_SHAPE), "eigh": (eigh, symmetric, SQUARE), "qr": (qr, None, ANY_SHAPE),
    "lu": (lu, None, ANY_SHAPE), "ldl": (ldl, symmetric, SQUARE),
    "lstsq": (lstsq, None, ANY_SHAPE), "cholesky": (cholesky, None, SQUARE),
    "reflectors": (reflectors, None, [(4, 4), (5, 3), (60, 40)]),
    "ranks": (ranks, None, [(4, 4), (5, 3)]), "conditions": (conditions, None, [(4, 4), (20, 20)]),
    "systems": (systems, None, [(4, 4), (70, 70)]), "eigenvalues": (eigenvalues, None, SQUARE),
}


@pytest.mark.filterwarnings("ignore:torch.lu is deprecated")
@pytest.mark.parametrize("dtype", ["float64", "float32", "complex128", "complex64"])
@pytest.mark.parametrize("name", CASES)
def test_same_as_pytorch(name: str, dtype: str) -> None:
    function, prepare, shapes = CASES[name]
    for shape in shapes:
        random = np.random.default_rng(5)
        values = random.standard_normal(shape)
        if "complex" in dtype:
            values = values + 1j * random.standard_normal(shape)
        values = values if prepare is None else prepare(values)
        if dtype in ("float32", "complex64") and max(shape) > 10:
            continue  # the factors of large matrices differ by more than a tolerance would say
        values = values.astype(dtype)
        expected = function(torch, torch.from_numpy(values.copy()))
        actual = function(cytorch, cytorch.from_numpy(values.copy()))
        assert len(actual) == len(expected)
        single = dtype in ("float32", "complex64")
        for position, (got, want) in enumerate(zip(actual, expected, strict=True)):
            context = f"{name} {shape}, result {position}"
            assert str(got.dtype) == str(want.dtype), context
            scale = float(want.abs().max()) if want.numel() else 1.0
            np.testing.assert_allclose(to_numpy(got), want.resolve_conj().numpy(), 1e-7,
                                       (2e-4 if single else 1e-8) * max(scale, 1.0),
                                       err_msg=context)
