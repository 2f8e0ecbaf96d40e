"""QR factorisations (LAPACK), and products with the reflectors that they are made of.

A product of Householder reflectors H1 H2 .. Hk with Hi = I - tau_i v_i v_i^H is I - V T V^H, where
T^-1 = diag(1 / tau) + striu(V^H V) (Joffrin and others, 2006): matrix products and one triangular
system, which also differentiate.
"""
from __future__ import annotations

from typing import Any

from .matrices import (
    GAUGE,
    INEXACT,
    adjoint,
    check_inexact,
    check_matrix,
    check_same_dtype,
    diagonal_mask,
    eye_like,
    matrix_errors,
)
from .spec import argument_error, call, host, op, ops, shape_error


def _square_gradient(g_Q: Any, g_R: Any, Q: Any, R: Any) -> Any:
    """[gQ + Q sym(triu(gR R^H - Q^H gQ))] R^-H, for m >= n."""
    inner = (g_R @ adjoint(R) - adjoint(Q) @ g_Q).triu()
    inner = ops.where(diagonal_mask(inner), inner * 0.5, inner)
    gradient = g_Q + Q @ (inner + adjoint(inner))
    return ops._solve_triangular(R.conj(), gradient.mT, True, False).mT


def _qr_grad(g_Q: Any, g_R: Any, Q: Any, R: Any, mode: str) -> tuple[Any]:
    rows, columns = Q.shape[-2], R.shape[-1]
    if mode == "complete" and rows > columns:
        raise argument_error("linalg_qr_backward: The QR decomposition is not differentiable when "
                             f"mode='complete' and nrows > ncols: Q {tuple(Q.shape)}, R "
                             f"{tuple(R.shape)}")
    g_Q = ops.zeros_like(Q) if g_Q is None else g_Q
    g_R = ops.zeros_like(R) if g_R is None else g_R
    if rows >= columns:
        return (_square_gradient(g_Q, g_R, Q, R),)
    # The columns behind the square part are Q R2, and R2 is Q^H times them.
    R1, R2, g_R2 = R[..., :rows], R[..., rows:], g_R[..., rows:]
    left = _square_gradient(g_Q + Q @ (R2 @ adjoint(g_R2)), g_R[..., :rows], Q, R1)
    return (ops.cat([left, Q @ g_R2], -1),)


def _qr_shape(A: Any, mode: str) -> Any:
    rows, columns = A.shape[-2:]
    k, batch = min(rows, columns), tuple(A.shape[:-2])
    inner = rows if mode == "complete" else k
    return ((*batch, rows, inner), A.dtype), ((*batch, inner, columns), A.dtype)


op("_qr(Tensor A, str mode) -> (Tensor Q, Tensor R)", kernel=host(INEXACT, "decompositions.qr"),
   shape=_qr_shape, grad=_qr_grad, extra=GAUGE,
   samples=lambda s: [call(s.tensor(4, 3), "reduced"), call(s.tensor(2, 3, 4), "complete")])


def _qr(name: str, A: Any, mode: str) -> Any:
    check_matrix(name, A)
    check_inexact(name, A)
    if mode not in ("reduced", "complete", "r"):
        raise argument_error(f"{name}: received unrecognized mode {mode!r} but expected one of "
                             "'reduced' (default), 'r', or 'complete'")
    if mode == "r":
        return ops._empty((0,), A.dtype, A.device), ops._qr(A, "reduced")[1]
    return ops._qr(A, mode)


def _samples(s: Any) -> list[Any]:
    return [call(s.tensor(4, 3)), call(s.tensor(2, 3, 4)), call(s.tensor(3, 3)),
            call(s.tensor(0, 3)), call(s.tensor(0, 2, 2)), call(s.tensor(3, 0))]


op("linalg.qr(Tensor A, str mode='reduced') -> (Tensor Q, Tensor R)",
   body=lambda A, mode: _qr("linalg.qr", A, mode), forms="function out", extra=GAUGE,
   samples=lambda s: [*_samples(s), call(s.tensor(3, 4), "complete"),
                      call(s.tensor(4, 3), "r")],
   errors=lambda s: [*matrix_errors(s), (call(s.tensor(2, 2), "full"), "ArgumentError", "'full'")],
   doc="""A = Q R with orthonormal columns in Q and an upper triangle R.

    A is (.., m, n), k = min(m, n). 'reduced': Q (.., m, k), R (.., k, n); 'complete': Q (.., m, m),
    R (.., m, n); 'r': R alone and an empty Q. Derivatives need independent first k columns, and
    m <= n for 'complete'.

    >>> import cytorch
    >>> cytorch.linalg.qr(cytorch.eye(2) * -2).R.abs()
    tensor([[2., 0.],
            [0., 2.]])
    """)
op("qr(Tensor input, bool some=True) -> (Tensor Q, Tensor R)",
   body=lambda input, some: _qr("qr", input, "reduced" if some else "complete"),
   forms="function method out", samples=_samples, errors=matrix_errors, extra=GAUGE,
   doc="""The older form of `linalg.qr`: 'reduced' for `some`, else 'complete'.

    >>> import cytorch
    >>> cytorch.qr(cytorch.eye(2) * -2).R.abs()
    tensor([[2., 0.],
            [0., 2.]])
    """)

op("_geqrf(Tensor input) -> (Tensor a, Tensor tau)", kernel=host(INEXACT, "decompositions.geqrf"),
   shape=lambda input: (input, ((*input.shape[:-2], min(input.shape[-2:])), input.dtype)),
   nondiff=("a", "tau"), samples=lambda s: [call(s.tensor(4, 3))])


def _geqrf(input: Any) -> Any:
    check_matrix("geqrf", input, "input")
    check_inexact("geqrf", input)
    return ops._geqrf(input)


op("geqrf(Tensor input) -> (Tensor a, Tensor tau)", body=_geqrf, forms="function method out",
   samples=_samples, errors=matrix_errors,
   doc="""The reflectors of a QR factorisation: R above, the vectors below the diagonal of `a`.

    `linalg.householder_product(a, tau)` is Q. No derivative: use `linalg.qr`.

    >>> import cytorch
    >>> cytorch.geqrf(cytorch.ones(3, 2)).tau.shape
    torch.Size([2])
    """)


# ---- products of reflectors
def _reflectors(A: Any, tau: Any) -> tuple[Any, Any]:
    """V (.., m, k), ones on its diagonal and zeros above, and T."""
    k = tau.shape[-1]
    V = A[..., :k].tril(-1) + eye_like(A, A.shape[-2], k)
    weights = ops.diag_embed(tau)
    crossed = tau.unsqueeze(-1) * (adjoint(V) @ V).triu(1)
    return V, ops._solve_triangular(crossed, weights, True, True)


def _check_reflectors(name: str, A: Any, tau: Any) -> None:
    check_matrix(name, A, "input")
    check_inexact(name, A)
    check_same_dtype(name, A, tau)
    if A.shape[-2] < A.shape[-1]:
        raise shape_error(f"{name}: input.shape[-2] must be greater than or equal to "
                          f"input.shape[-1], got shape {tuple(A.shape)}")
    if tau.ndim < 1 or tau.shape[-1] > A.shape[-1]:
        raise shape_error(f"{name}: input.shape[-1] must be greater than or equal to "
                          f"tau.shape[-1], got shapes {tuple(A.shape)} and {tuple(tau.shape)}")
    if tuple(tau.shape[:-1]) != tuple(A.shape[:-2]):
        raise shape_error(f"{name}: Expected batch dimensions of tau to be equal to "
                          f"input.shape[:-2], but got {tuple(tau.shape)} and {tuple(A.shape)}")


def _householder_product(name: str, A: Any, tau: Any) -> Any:
    _check_reflectors(name, A, tau)
    V, T = _reflectors(A, tau)
    identity = eye_like(A, *A.shape[-2:])
    return identity - V @ (T @ adjoint(V[..., :A.shape[-1], :]))


def _product_samples(s: Any) -> list[Any]:
    return [call(s.tensor(4, 3), s.tensor(3)), call(s.tensor(2, 4, 4), s.tensor(2, 2)),
            call(s.tensor(3, 0), s.tensor(0)), call(s.tensor(0, 3, 2), s.tensor(0, 2))]


def _product_errors(s: Any) -> list[Any]:
    return [(call(s.tensor(2, 3), s.tensor(2)), "ShapeError", r"greater.*\(2, 3\)"),
            (call(s.tensor(3, 2), s.tensor(3)), "ShapeError", r"tau.*\(3, 2\) and \(3,\)")]


op("linalg.householder_product(Tensor input, Tensor tau) -> Tensor",
   body=lambda input, tau: _householder_product("linalg.householder_product", input, tau),
   forms="function out", samples=_product_samples, errors=_product_errors,
   doc="""The first n columns of H1 H2 .. Hk, with Hi = I - tau_i v_i v_i^H.

    input (.., m, n), m >= n >= k, holds v_i below its diagonal (above it v_i is 0, on it 1), as
    `geqrf` gives it; tau (.., k).

    >>> import cytorch
    >>> cytorch.linalg.householder_product(cytorch.zeros(2, 1), cytorch.tensor([2.0]))
    tensor([[-1.],
            [ 0.]])
    """)
op("orgqr(Tensor input, Tensor input2) -> Tensor",
   body=lambda input, input2: _householder_product("orgqr", input, input2),
   forms="function method out", samples=_product_samples, errors=_product_errors,
   doc="""The same as `linalg.householder_product`.""")


def _ormqr(input: Any, input2: Any, input3: Any, left: bool, transpose: bool) -> Any:
    name, side = "ormqr", -2 if left else -1
    check_matrix(name, input, "input")
    check_matrix(name, input3, "other")
    check_inexact(name, input)
    check_same_dtype(name, input, input2)
    check_same_dtype(name, input, input3)
    if input2.ndim < 1 or input2.shape[-1] > input3.shape[side]:
        raise shape_error(f"{name}: other.shape[{side}] must be greater than or equal to "
                          f"tau.shape[-1], got shapes {tuple(input3.shape)} and "
                          f"{tuple(input2.shape)}")
    if input3.shape[side] != input.shape[-2]:
        raise shape_error(f"{name}: other.shape[{side}] must be equal to input.shape[-2], got "
                          f"shapes {tuple(input3.shape)} and {tuple(input.shape)}")
    V, T = _reflectors(input, input2)
    T = adjoint(T) if transpose else T
    if left:
        return input3 - V @ (T @ (adjoint(V) @ input3))
    return input3 - ((input3 @ V) @ T) @ adjoint(V)


op("ormqr(Tensor input, Tensor input2, Tensor input3, bool left=True, bool transpose=False)"
   " -> Tensor", body=_ormqr, forms="function method out",
   samples=lambda s: [call(s.tensor(4, 3), s.tensor(3), s.tensor(4, 2)),
                      call(s.tensor(2, 4, 3), s.tensor(2, 3), s.tensor(2, 5, 4), False, True)],
   errors=lambda s: [(call(s.tensor(4, 3), s.tensor(3), s.tensor(2, 2)), "ShapeError", "ormqr")],
   doc="""Q C, or C Q for left=False (Q^H for `transpose`), with the Q of `geqrf`, never formed.

    input (.., m, k) and tau (.., k) are the reflectors; Q is m by m.

    >>> import cytorch
    >>> cytorch.ormqr(cytorch.zeros(2, 1), cytorch.tensor([2.0]), cytorch.ones(2, 1))
    tensor([[-1.],
            [ 1.]])
    """)
