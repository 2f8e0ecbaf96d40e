"""Approximations of low rank, by random projections (Halko, Martinsson and Tropp, 2009), and the
largest or smallest eigenpairs of a symmetric problem."""
from __future__ import annotations

from typing import Any

from .matrices import (
    GAUGE,
    adjoint,
    check_inexact,
    check_matrix,
    check_same_dtype,
    check_square,
)
from .spec import argument_error, call, op, ops, shape_error


def _range_of(A: Any, q: int, niter: int) -> Any:
    """Orthonormal columns that nearly span the q leading left singular vectors."""
    start = ops.randn((A.shape[-1], q), dtype=A.dtype, device=A.device)
    Q = ops.linalg.qr(A @ start)[0]
    for _ in range(niter):
        Q = ops.linalg.qr(adjoint(A) @ Q)[0]
        Q = ops.linalg.qr(A @ Q)[0]
    return Q


def _svd_lowrank(name: str, A: Any, q: int, niter: int, M: Any) -> Any:
    check_matrix(name, A)
    check_inexact(name, A)
    if not 0 <= q <= min(A.shape[-2:]):
        raise argument_error(f"{name}: q(={q}) must be non-negative integer and not greater than "
                             f"min(m, n)={min(A.shape[-2:])}")
    if niter < 0:
        raise argument_error(f"{name}: niter(={niter}) must be non-negative integer")
    A = A if M is None else A - M
    wide = A.shape[-2] < A.shape[-1]
    matrix = adjoint(A) if wide else A
    Q = _range_of(matrix, q, niter)
    U, S, Vh = ops.linalg.svd(adjoint(Q) @ matrix, False)
    U, V = Q @ U, adjoint(Vh)
    return (V, S, U) if wide else (U, S, V)


op("svd_lowrank(Tensor A, int? q=6, int? niter=2, Tensor? M=None) -> "
   "(Tensor U, Tensor S, Tensor V)",
   body=lambda A, q, niter, M: _svd_lowrank("svd_lowrank", A, 6 if q is None else q,
                                            2 if niter is None else niter, M),
   forms="function", extra={"random": True, **GAUGE},
   samples=lambda s: [call(s.tensor(5, 4), 2), call(s.tensor(2, 3, 6), 3, 1)],
   errors=lambda s: [(call(s.tensor(3, 2)), "ArgumentError", "q.=6")],
   doc="""The q largest singular values of A (less M), with vectors: A ~ U diag(S) V^H.

    niter more subspace iterations make it more exact.

    >>> import cytorch
    >>> cytorch.svd_lowrank(cytorch.ones(8, 7), 2).U.shape
    torch.Size([8, 2])
    """)


def _pca_lowrank(A: Any, q: int | None, center: bool, niter: int) -> Any:
    check_matrix("pca_lowrank", A)
    check_inexact("pca_lowrank", A)
    q = min(6, *A.shape[-2:]) if q is None else q
    M = A.mean(-2, True) if center else None
    return _svd_lowrank("pca_lowrank", A, q, niter, M)


op("pca_lowrank(Tensor A, int? q=None, bool center=True, int niter=2) -> "
   "(Tensor U, Tensor S, Tensor V)", body=_pca_lowrank, forms="function",
   extra={"random": True, **GAUGE},
   samples=lambda s: [call(s.tensor(5, 4), 2), call(s.tensor(2, 3, 6), 3, False)],
   errors=lambda s: [(call(s.tensor(3, 2), 6), "ArgumentError", "q.=6")],
   doc="""Principal components: `svd_lowrank` of the rows of A less their mean (for `center`).

    The columns of V are the directions, S^2 / (m - 1) the variances; A V[:, :k] projects.

    >>> import cytorch
    >>> cytorch.pca_lowrank(cytorch.ones(8, 7), 2).V.shape
    torch.Size([7, 2])
    """)


def _lobpcg(A: Any, k: int | None, B: Any, X: Any, n: int | None, iK: Any, niter: int | None,
            tol: float | None, largest: bool | None, method: str | None, tracker: Any,
            ortho_iparams: Any, ortho_fparams: Any, ortho_bparams: Any) -> Any:
    check_square("lobpcg", A)
    check_inexact("lobpcg", A)
    size = A.shape[-1]
    count = k if k is not None else 1 if X is None else X.shape[-1]
    if count <= 0 or size < 3 * count:
        raise argument_error("lobpcg: LPBPCG algorithm is not applicable when the number of A rows "
                             f"(={size}) is smaller than 3 x the number of requested eigenpairs "
                             f"(={count})")
    if X is not None and (X.ndim < 2 or X.shape[-2] != size):
        raise shape_error(f"lobpcg: X must have {size} rows, got shape {tuple(X.shape)}")
    if B is not None:
        check_same_dtype("lobpcg", A, B)
        factor = ops.linalg.cholesky(B)
        A = ops.linalg.solve_triangular(factor, A, upper=False)
        A = ops.linalg.solve_triangular(adjoint(factor), A, upper=True, left=False)
    values, vectors = ops.linalg.eigh(A)
    if largest is None or largest:
        values, vectors = values.flip(-1), vectors.flip(-1)
    vectors = vectors[..., :count]
    if B is not None:
        vectors = ops.linalg.solve_triangular(adjoint(factor), vectors, upper=True)
    return values[..., :count], vectors


op("lobpcg(Tensor A, int? k=None, Tensor? B=None, Tensor? X=None, int? n=None, any iK=None, "
   "int? niter=None, float? tol=None, bool? largest=None, str? method=None, any tracker=None, "
   "any ortho_iparams=None, any ortho_fparams=None, any ortho_bparams=None) -> "
   "(Tensor eigenvalues, Tensor eigenvectors)", body=_lobpcg, forms="function", extra=GAUGE,
   samples=lambda s: [call(s.symmetric(7), 2), call(s.definite(2, 6), 1, largest=False),
                      call(s.definite(6), 2, s.definite(6))],
   errors=lambda s: [(call(s.symmetric(4), 2), "ArgumentError", "3 x")],
   doc="""The k largest (smallest) eigenpairs of A x = L B x, A symmetric, B positive definite.

    Computed exactly, by `linalg.eigh`; the options of the iteration (X, n, iK, niter, tol, method,
    tracker, ortho_*) are accepted and have no influence.

    >>> import cytorch
    >>> cytorch.lobpcg(cytorch.diag(cytorch.tensor([1.0, 2.0, 3.0])), 1).eigenvalues
    tensor([3.])
    """)
