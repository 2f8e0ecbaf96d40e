"""Singular values and vectors.

Singular vectors are determined up to a factor only (a sign, or a complex number of modulus 1, the
same for both sides); a loss must not depend on it, and for complex numbers the derivative checks.
"""
from __future__ import annotations

from typing import Any

from .matrices import (
    GAUGE,
    INEXACT,
    adjoint,
    check_inexact,
    check_matrix,
    diagonal_mask,
    matrix_errors,
    matrix_samples,
    real_dtype,
)
from .spec import argument_error, call, host, op, ops


def _check_gauge(left: Any, right: Any) -> None:
    """The phases of U and V must cancel: the diagonals of both skew parts add up to 0."""
    total = (left + right).detach().diagonal(0, -2, -1)
    if not total.dtype.is_complex or total.device.type == "meta":
        return
    size = ops.view_as_real(total)[..., 1].abs()
    if not bool((size <= 1e-2 + 1e-2 * total.abs()).all()):
        raise argument_error(
            "svd_backward: The singular vectors in the complex case are specified up to "
            "multiplication by e^{i phi}. The specified loss function depends on this phase term, "
            "making it ill-defined.")


def _skew(matrix: Any) -> Any:
    return matrix - adjoint(matrix)


def _vectors_gradient(g_U: Any, g_S: Any, g_Vh: Any, U: Any, S: Any, Vh: Any) -> Any:
    """The gradient between U and Vh, (k, k), of a loss of the singular vectors."""
    squares = (S.unsqueeze(-2) - S.unsqueeze(-1)) * (S.unsqueeze(-2) + S.unsqueeze(-1))
    squares = ops.where(diagonal_mask(squares), 1, squares)
    left = _skew(adjoint(U) @ g_U) if g_U is not None else None
    right = _skew(Vh @ adjoint(g_Vh)) if g_Vh is not None else None
    inner: Any = 0
    if left is not None:
        inner = inner + (left / squares) * S.unsqueeze(-2)
    if right is not None:
        inner = inner + S.unsqueeze(-1) * (right / squares)
    if g_S is not None:
        inner = inner + ops.where(diagonal_mask(inner), g_S.unsqueeze(-1), 0)
    if U.dtype.is_complex:
        zero = ops.zeros_like(inner)
        _check_gauge(zero if left is None else left, zero if right is None else right)
        if left is not None and right is not None:
            inner = inner + ops.where(diagonal_mask(inner), left / (2 * S).unsqueeze(-1), 0)
    return inner


def _svd_grad(g_U: Any, g_S: Any, g_Vh: Any, U: Any, S: Any, Vh: Any) -> tuple[Any]:
    k = S.shape[-1]
    U, Vh = U[..., :, :k], Vh[..., :k, :]
    if g_U is None and g_Vh is None:
        return ((U * g_S.unsqueeze(-2)) @ Vh,)
    # The vectors that full_matrices adds are arbitrary: they carry no gradient.
    g_U = None if g_U is None else g_U[..., :, :k]
    g_Vh = None if g_Vh is None else g_Vh[..., :k, :]
    inner = _vectors_gradient(g_U, g_S, g_Vh, U, S, Vh)
    rows, columns = U.shape[-2], Vh.shape[-1]
    if rows > k and g_U is not None:
        scaled = g_U / S.unsqueeze(-2)
        return ((U @ inner + scaled - U @ (adjoint(U) @ scaled)) @ Vh,)
    if columns > k and g_Vh is not None:
        scaled = g_Vh / S.unsqueeze(-1)
        return (U @ (inner @ Vh + scaled - (scaled @ adjoint(Vh)) @ Vh),)
    return (U @ inner @ Vh,)


def _svd_shape(A: Any, full_matrices: bool) -> Any:
    check_matrix("linalg.svd", A)
    rows, columns = A.shape[-2:]
    k, batch = min(rows, columns), tuple(A.shape[:-2])
    return (((*batch, rows, rows if full_matrices else k), A.dtype),
            ((*batch, k), real_dtype(A.dtype)),
            ((*batch, columns if full_matrices else k, columns), A.dtype))


op("_svd(Tensor A, bool full_matrices) -> (Tensor U, Tensor S, Tensor Vh)",
   kernel=host(INEXACT, "decompositions.svd"), shape=_svd_shape, grad=_svd_grad, extra=GAUGE,
   samples=lambda s: [call(s.tensor(3, 4), False), call(s.tensor(4, 3), True)])


def _svd(A: Any, full_matrices: bool, driver: Any) -> Any:
    check_matrix("linalg.svd", A)
    check_inexact("linalg.svd", A)
    if driver is not None:
        raise argument_error("linalg.svd: keyword argument `driver=` is only supported on CUDA "
                             f"inputs, got {driver!r}")
    return ops._svd(A, full_matrices)


op("linalg.svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> "
   "(Tensor U, Tensor S, Tensor Vh)", body=_svd, forms="function out", extra=GAUGE,
   samples=lambda s: [*matrix_samples(s), call(s.tensor(2, 4, 3), False)], errors=matrix_errors,
   doc="""Singular value decomposition A = U diag(S) Vh of matrices (.., m, n).

    S (.., k), k = min(m, n), descends; U is (.., m, m) and Vh (.., n, n), or (.., m, k) and
    (.., k, n) for full_matrices=False. A loss must not depend on the signs (phases) of the singular
    vectors, nor on those that full_matrices adds. Raises LinAlgError where it does not converge.

    >>> import cytorch
    >>> cytorch.linalg.svd(cytorch.tensor([[3.0, 0.0], [0.0, 4.0]])).S
    tensor([4., 3.])
    """)


def _svdvals_shape(A: Any) -> Any:
    check_matrix("linalg.svdvals", A)
    return (*A.shape[:-2], min(A.shape[-2:])), real_dtype(A.dtype)


def _svdvals_grad(g: Any, A: Any) -> tuple[Any]:
    U, _, Vh = ops._svd(A, False)
    return ((U * g.unsqueeze(-2)) @ Vh,)


op("_svdvals(Tensor A) -> Tensor", kernel=host(INEXACT, "decompositions.svdvals"),
   shape=_svdvals_shape, grad=_svdvals_grad, samples=lambda s: [call(s.tensor(3, 4))])


def _svdvals(A: Any, driver: Any) -> Any:
    check_matrix("linalg.svdvals", A)
    check_inexact("linalg.svdvals", A)
    return ops._svdvals(A)


op("linalg.svdvals(Tensor A, *, str? driver=None) -> Tensor", body=_svdvals, forms="function out",
   samples=matrix_samples, errors=matrix_errors,
   doc="""Singular values, descending, of matrices (.., m, n): shape (.., min(m, n)).

    >>> import cytorch
    >>> cytorch.linalg.svdvals(cytorch.tensor([[3.0, 0.0], [0.0, 4.0]]))
    tensor([4., 3.])
    """)


def _old_svd(input: Any, some: bool, compute_uv: bool) -> Any:
    check_matrix("svd", input, "input")
    check_inexact("svd", input)
    if compute_uv:
        U, S, Vh = ops._svd(input, not some)
        return U, S, adjoint(Vh)
    batch, (rows, columns) = tuple(input.shape[:-2]), input.shape[-2:]
    return (ops.zeros((*batch, rows, rows), dtype=input.dtype, device=input.device),
            ops._svdvals(input),
            ops.zeros((*batch, columns, columns), dtype=input.dtype, device=input.device))


op("svd(Tensor input, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)",
   body=_old_svd, forms="function method out", extra=GAUGE,
   samples=lambda s: [*matrix_samples(s), call(s.tensor(3, 4), False),
                      call(s.tensor(3, 4), compute_uv=False)], errors=matrix_errors,
   doc="""The older form of `linalg.svd`, with V instead of V^H: input = U diag(S) V^H.

    >>> import cytorch
    >>> cytorch.svd(cytorch.tensor([[3.0, 0.0], [0.0, 4.0]])).S
    tensor([4., 3.])
    """)
