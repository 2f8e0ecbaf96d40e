"""What singular values tell: rank, condition number, pseudo-inverse."""
from __future__ import annotations

import math
from typing import Any

from .dtypes import dtype_named
from .matrices import (
    INEXACT,
    adjoint,
    check_inexact,
    check_matrix,
    check_square,
    matrix_errors,
    matrix_samples,
    real_dtype,
)
from .spec import argument_error, call, host, op, ops


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
   samples=lambda s: [*matrix_samples(s), call(s.symmetric(3), hermitian=True),
                      call(s.tensor(3, 4), atol=1.0), call(s.tensor(2, 3, 4), rtol=0.5)],
   errors=matrix_errors, doc=_RANK_DOC)
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
   errors=lambda s: [*matrix_errors(s), (call(s.tensor(2, 3), 1), "ShapeError", "square"),
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
   samples=lambda s: [*matrix_samples(s), call(s.tensor(3, 4), rtol=1e-3),
                      call(s.tensor(3, 4), atol=1e-3)], errors=matrix_errors,
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
   errors=matrix_errors,
   doc="""The older form of `linalg.pinv`.

    >>> import cytorch
    >>> cytorch.pinverse(cytorch.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """)
