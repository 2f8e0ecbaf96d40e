"""Cholesky factors of positive definite matrices, and systems solved with them."""
from __future__ import annotations

from typing import Any

from .matrices import (
    INEXACT,
    adjoint,
    check_inexact,
    check_info,
    check_matrix,
    check_same_dtype,
    check_square,
    diagonal_mask,
    expand_batches,
    eye_like,
    square_errors,
)
from .spec import call, host, op, ops, shape_error

_NOT_DEFINITE = ("The factorization could not be completed because the input is not "
                 "positive-definite (the leading minor of order {} is not positive-definite).")


def _cholesky_grad(g_L: Any, L: Any) -> tuple[Any]:
    """Murray (2016): L^-H P L^-1, P the mean of tril(L^H gL), its diagonal halved, and P^H."""
    inner = (adjoint(L) @ g_L).tril()
    inner = ops.where(diagonal_mask(inner), inner * 0.5, inner)
    inner = (inner + adjoint(inner)) * 0.5
    left = ops._solve_triangular(adjoint(L), inner, True, False)
    return (ops._solve_triangular(L.mT, left.mT, True, False).mT,)


op("_cholesky_ex(Tensor A) -> (Tensor L, Tensor info)",
   kernel=host(INEXACT, "decompositions.cholesky_ex"), grad=_cholesky_grad,
   shape=lambda A: (A, (A.shape[:-2], "int32")), extra={"derivative_tested_by": "tests/linalg"},
   samples=lambda s: [call(s.definite(3)), call(s.definite(2, 4))])


def _factor(name: str, A: Any, upper: bool) -> Any:
    check_square(name, A)
    check_inexact(name, A)
    L, info = ops._cholesky_ex(adjoint(A) if upper else A)
    return (adjoint(L) if upper else L), info


def _cholesky(name: str, A: Any, upper: bool) -> Any:
    factor, info = _factor(name, A, upper)
    check_info(name, info, _NOT_DEFINITE)
    return factor


def _cholesky_ex(A: Any, upper: bool, check_errors: bool) -> Any:
    factor, info = _factor("linalg.cholesky_ex", A, upper)
    if check_errors:
        check_info("linalg.cholesky_ex", info, _NOT_DEFINITE)
    return factor, info


def _samples(s: Any) -> list[Any]:
    return [call(s.definite(3)), call(s.definite(2, 4), upper=True), call(s.definite(0)),
            call(s.definite(0, 3))]


def _definite_errors(s: Any) -> list[Any]:
    mixed = s.values([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, -1.0]]])
    return [*square_errors(s),
            (call(mixed), "LinAlgError", r"\(Batch element 1\).*minor of order 2")]


# Only one triangle of A is read, so differences along single elements say nothing.
_SYMMETRIC = {"derivative_tested_by": "tests/linalg"}

op("linalg.cholesky(Tensor A, *, bool upper=False) -> Tensor",
   body=lambda A, upper: _cholesky("linalg.cholesky", A, upper), forms="function out",
   samples=_samples, errors=_definite_errors, extra=_SYMMETRIC,
   doc="""L with A = L L^H (or U with A = U^H U for `upper`) of positive definite matrices.

    Only the lower (upper) triangle of A (.., n, n) is read. Raises LinAlgError, naming the batch
    element and the leading minor, for a matrix that is not positive definite.

    >>> import cytorch
    >>> cytorch.linalg.cholesky(cytorch.tensor([[4.0, 2.0], [2.0, 2.0]]))
    tensor([[2., 0.],
            [1., 1.]])
    """)
op("linalg.cholesky_ex(Tensor A, *, bool upper=False, bool check_errors=False) -> "
   "(Tensor L, Tensor info)", body=_cholesky_ex, forms="function out", samples=_samples,
   errors=square_errors, extra=_SYMMETRIC,
   doc="""`linalg.cholesky` without an error: `info` is 0, or the order of the first bad minor.

    >>> import cytorch
    >>> cytorch.linalg.cholesky_ex(-cytorch.eye(2)).info
    tensor(1, dtype=torch.int32)
    """)
op("cholesky(Tensor input, bool upper=False) -> Tensor",
   body=lambda input, upper: _cholesky("cholesky", input, upper), forms="function method out",
   samples=_samples, errors=_definite_errors, extra=_SYMMETRIC,
   doc="""The same as `linalg.cholesky`.""")


# PyTorch's derivatives take the other triangle for zero; ours do not see it.
_TRIANGLE = {"parity": False}


def _cholesky_solve(name: str, B: Any, L: Any, upper: bool) -> Any:
    check_matrix(name, B, "input")
    check_square(name, L, "input2")
    check_same_dtype(name, B, L)
    if B.shape[-2] != L.shape[-1]:
        raise shape_error(f"{name}: Incompatible matrix sizes: each A matrix is {L.shape[-1]} by "
                          f"{L.shape[-1]} but each b matrix is {B.shape[-2]} by {B.shape[-1]}: "
                          f"shapes {tuple(L.shape)} and {tuple(B.shape)}")
    L, B = expand_batches(name, L, B)
    lower, higher = (adjoint(L), L) if upper else (L, adjoint(L))
    return ops._solve_triangular(higher, ops._solve_triangular(lower, B, False, False), True,
                                 False)


op("cholesky_solve(Tensor B, Tensor L, bool upper=False) -> Tensor",
   body=lambda B, L, upper: _cholesky_solve("cholesky_solve", B, L, upper),
   forms="function method out",
   samples=lambda s: [call(s.tensor(3, 2), s.definite(3)),
                      call(s.tensor(2, 3, 1), s.definite(3), True)],
   extra=_TRIANGLE,
   errors=lambda s: [(call(s.tensor(2, 1), s.tensor(3, 3)), "ShapeError", "Incompatible"),
                     (call(s.tensor(2), s.tensor(2, 2)), "ShapeError", "at least 2")],
   doc="""X with A X = B, where A = L L^H (U^H U for `upper`) is given by its Cholesky factor.

    >>> import cytorch
    >>> cytorch.cholesky_solve(cytorch.ones(1, 1), cytorch.full((1, 1), 2.0))
    tensor([[0.2500]])
    """)


def _cholesky_inverse(L: Any, upper: bool) -> Any:
    check_square("cholesky_inverse", L, "L")
    check_inexact("cholesky_inverse", L)
    return _cholesky_solve("cholesky_inverse", eye_like(L), L, upper)


op("cholesky_inverse(Tensor L, bool upper=False) -> Tensor", body=_cholesky_inverse,
   forms="function method out",
   samples=lambda s: [call(s.definite(3)), call(s.definite(2, 3), True), call(s.definite(0))],
   errors=square_errors, extra=_TRIANGLE,
   doc="""The inverse of A = L L^H (U^H U for `upper`), which is given by its Cholesky factor.

    >>> import cytorch
    >>> cytorch.cholesky_inverse(cytorch.full((1, 1), 2.0))
    tensor([[0.2500]])
    """)
