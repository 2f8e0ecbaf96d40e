"""Singular values and vectors, and what is made of them: rank, condition number, pseudo-inverse.

Singular vectors are determined up to a factor only (a sign, or a complex number of modulus 1, the
same for both sides); a loss must not depend on it, and for complex numbers the derivative checks.
"""
from __future__ import annotations

import math
from typing import Any

from .dtypes import dtype_named
from .matrices import (
    GAUGE,
    INEXACT,
    adjoint,
    check_inexact,
    check_matrix,
    check_square,
    diagonal_mask,
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


def _matrices(s: Any) -> list[Any]:
    return [call(s.tensor(3, 4)), call(s.tensor(2, 4, 3)), call(s.tensor(3, 3)),
            call(s.tensor(0, 3)), call(s.tensor(0, 2, 2)), call(s.tensor(2, 3, 0))]


def _matrix_errors(s: Any) -> list[Any]:
    return [(call(s.tensor(3)), "ShapeError", "at least 2 dim"),
            (call(s.ints(2, 2)), "DTypeError", "int64")]


op("linalg.svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> "
   "(Tensor U, Tensor S, Tensor Vh)", body=_svd, forms="function out", extra=GAUGE,
   samples=lambda s: [*_matrices(s), call(s.tensor(2, 4, 3), False)], errors=_matrix_errors,
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
   samples=_matrices, errors=_matrix_errors,
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
   samples=lambda s: [*_matrices(s), call(s.tensor(3, 4), False),
                      call(s.tensor(3, 4), compute_uv=False)], errors=_matrix_errors,
   doc="""The older form of `linalg.svd`, with V instead of V^H: input = U diag(S) V^H.

    >>> import cytorch
    >>> cytorch.svd(cytorch.tensor([[3.0, 0.0], [0.0, 4.0]])).S
    tensor([4., 3.])
    """)


# ---- rank, condition number
def _tolerances(A: Any, atol: Any, rtol: Any) -> tuple[Any, Any]:
    """PyTorch's rule: rtol is max(m, n) eps, unless it or a positive atol is given."""
    real = dtype_named(real_dtype(A.dtype))
    eps = 2.0 ** -23 if real.itemsize == 4 else 2.0 ** -52
    usual = eps * max(A.shape[-2:])

    def tensor(value: Any) -> Any:
        if hasattr(value, "dtype"):
            return value.to(real)
        return ops._full((), value, real, A.device)

    if rtol is None:
        if atol is None:
            return tensor(0.0), tensor(usual)
        atol = tensor(atol)
        return atol, ops.where(atol > 0, 0.0, usual).to(real)
    return tensor(0.0 if atol is None else atol), tensor(rtol)


def _matrix_rank(A: Any, atol: Any, rtol: Any, hermitian: bool) -> Any:
    from cytorch import no_grad

    name = "linalg.matrix_rank"
    check_matrix(name, A)
    check_inexact(name, A)
    if hermitian:
        check_square(name, A)
    atol, rtol = _tolerances(A, atol, rtol)
    with no_grad():
        sizes = ops.linalg.eigvalsh(A).abs() if hermitian else ops._svdvals(A)
        if sizes.shape[-1] == 0:
            return ops.zeros(A.shape[:-2], dtype=dtype_named("int64"), device=A.device)
        limit = ops.maximum(atol, rtol * sizes.amax(-1))
        return (sizes > limit.unsqueeze(-1)).sum(-1)


_RANK_DOC = """Numerical rank: how many singular values exceed max(atol, rtol * the largest one).

    rtol is max(m, n) eps unless it or a positive atol is given. With `hermitian` the absolute
    values of eigenvalues count, and only the lower triangle is read.

    >>> import cytorch
    >>> cytorch.linalg.matrix_rank(cytorch.ones(3, 3))
    tensor(1)
    """

op("linalg.matrix_rank(Tensor A, *, any atol=None, any rtol=None, bool hermitian=False) -> Tensor",
   body=_matrix_rank, forms="function out",
   samples=lambda s: [*_matrices(s), call(s.symmetric(3), hermitian=True),
                      call(s.tensor(3, 4), atol=1.0), call(s.tensor(2, 3, 4), rtol=0.5)],
   errors=_matrix_errors, doc=_RANK_DOC)
op("linalg.matrix_rank(Tensor A, any tol=None, bool hermitian=False) -> Tensor",
   body=lambda A, tol, hermitian: _matrix_rank(A, tol, None if tol is None else 0.0, hermitian),
   forms="function out", samples=lambda s: [call(s.tensor(3, 4), 1.0)])


def _cond(A: Any, p: Any) -> Any:
    name = "linalg.cond"
    check_matrix(name, A)
    check_inexact(name, A)
    if p in (None, 2, -2):
        sizes = ops._svdvals(A)
        if sizes.shape[-1] == 0:
            return ops.zeros(A.shape[:-2], dtype=sizes.dtype, device=A.device)
        largest, smallest = sizes[..., 0], sizes[..., -1]
        return smallest / largest if p == -2 else largest / smallest
    if p not in ("fro", "nuc", 1, -1, math.inf, -math.inf):
        raise argument_error(f"{name}: norm type {p!r} is not supported: use 'fro', 'nuc', 1, -1, "
                             "2, -2, inf or -inf")
    check_square(name, A)
    if A.shape[-1] == 0:
        return ops.zeros(A.shape[:-2], dtype=dtype_named(real_dtype(A.dtype)), device=A.device)
    if p == "nuc":
        sizes = ops._svdvals(A)
        return sizes.sum(-1) * (1 / sizes).sum(-1)
    inverse, info = ops.linalg.inv_ex(A)
    result = ops.linalg.matrix_norm(A, p) * ops.linalg.matrix_norm(inverse, p)
    return ops.where(info == 0, result, math.inf)


op("linalg.cond(Tensor A, any p=None) -> Tensor", body=_cond, forms="function out",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.definite(2, 3), 1), call(s.definite(3), "fro"),
                      call(s.definite(3), -math.inf), call(s.tensor(3, 4), -2),
                      call(s.definite(3), "nuc"), call(s.tensor(0, 0))],
   errors=lambda s: [*_matrix_errors(s), (call(s.tensor(2, 3), 1), "ShapeError", "square"),
                     (call(s.tensor(2, 2), 3), "ArgumentError", "3")],
   doc="""Condition number: norm(A) norm(A^-1), for p None or 2 the ratio of singular values.

    >>> import cytorch
    >>> cytorch.linalg.cond(cytorch.tensor([[1.0, 0.0], [0.0, 4.0]]))
    tensor(4.)
    """)


# ---- pseudo-inverse
def pinv_gradient(g: Any, A: Any, out: Any) -> Any:
    """Golub and Pereyra (1973), ordered so that the products are small."""
    out_h, g_h = adjoint(out), adjoint(g)
    if A.shape[-2] <= A.shape[-1]:
        K = g_h @ out
        K_out = K @ out_h
        gradient = (K_out - adjoint(out @ K) - (A @ out) @ K_out
                    + (out_h @ out) @ (g_h - K @ A))
    else:
        K = out @ g_h
        out_K = out_h @ K
        gradient = (out_K - adjoint(K @ out) + ((g_h - A @ K) @ out) @ out_h
                    - (out_K @ out) @ A)
    return gradient


def _pinv_shape(A: Any) -> Any:
    return (*A.shape[:-2], A.shape[-1], A.shape[-2]), A.dtype


op("_pinv(Tensor A, Tensor atol, Tensor rtol, bool hermitian) -> Tensor out",
   kernel=host(INEXACT, "decompositions.pinv"), shape=_pinv_shape, grad={"A": pinv_gradient},
   samples=lambda s: [call(s.tensor(3, 4), s.values(0.0), s.values(1e-6), False)],
   extra={"derivative_tested_by": "linalg.pinv"})


def _pinv(name: str, A: Any, atol: Any, rtol: Any, hermitian: bool) -> Any:
    check_matrix(name, A)
    check_inexact(name, A)
    if hermitian:
        check_square(name, A)
    atol, rtol = _tolerances(A, atol, rtol)
    return ops._pinv(A, atol.detach(), rtol.detach(), hermitian)


op("linalg.pinv(Tensor A, *, any atol=None, any rtol=None, bool hermitian=False) -> Tensor",
   body=lambda A, atol, rtol, hermitian: _pinv("linalg.pinv", A, atol, rtol, hermitian),
   forms="function out",
   samples=lambda s: [*_matrices(s), call(s.tensor(3, 4), rtol=1e-3),
                      call(s.tensor(3, 4), atol=1e-3)], errors=_matrix_errors,
   doc="""Moore-Penrose pseudo-inverse of matrices (.., m, n): shape (.., n, m).

    Singular values up to max(atol, rtol * the largest) count as zero (see `linalg.matrix_rank`).
    With `hermitian` the eigenvalues are used, and only the lower triangle is read.

    >>> import cytorch
    >>> cytorch.linalg.pinv(cytorch.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """)
op("linalg.pinv(Tensor A, any rcond, bool hermitian=False) -> Tensor",
   body=lambda A, rcond, hermitian: _pinv("linalg.pinv", A, 0.0, rcond, hermitian),
   forms="function out", samples=lambda s: [call(s.tensor(3, 4), 1e-3)])
op("pinverse(Tensor input, any rcond=1e-15) -> Tensor",
   body=lambda input, rcond: _pinv("pinverse", input, 0.0, rcond, False),
   forms="function method", samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(4, 3), 1e-3)],
   errors=_matrix_errors,
   doc="""The older form of `linalg.pinv`.

    >>> import cytorch
    >>> cytorch.pinverse(cytorch.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """)
