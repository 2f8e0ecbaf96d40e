"""LU factorisations, with a kernel of our own: A = P L U."""
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
    expand_batches,
    eye_like,
)
from .spec import argument_error, call, dtype_error, op, ops, shape_error, structured


def _factor_shape(A: Any) -> Any:
    most = min(A.shape[-2:])
    return A, ((*A.shape[:-2], most), "int32"), (A.shape[:-2], "int32")


def _factor_grad(g_LU: Any, LU: Any, pivots: Any) -> tuple[Any]:
    """With Phi = L1^-1 dA1 U1^-1: dL1 = L1 tril(Phi, -1) and dU1 = triu(Phi) U1."""
    k = min(LU.shape[-2:])
    rows = LU.shape[-2]
    order = _order(pivots, rows)
    lower, upper = LU[..., :, :k], LU[..., :k, :]
    L1 = lower[..., :k, :].tril(-1) + eye_like(lower)
    L2, U1, U2 = lower[..., k:, :], upper[..., :, :k].triu(), upper[..., :, k:]
    g_lower, g_upper = g_LU[..., :, :k], g_LU[..., :k, :]
    g_L1, g_L2 = g_lower[..., :k, :].tril(-1), g_lower[..., k:, :]
    g_U1, g_U2 = g_upper[..., :, :k].triu(), g_upper[..., :, k:]
    inner = ((adjoint(L1) @ g_L1 - g_U2 @ adjoint(U2)).tril(-1)
             + (g_U1 @ adjoint(U1) - adjoint(L2) @ g_L2).triu())
    left = ops.cat([inner, g_L2], -2)
    left = ops._solve_triangular(U1.conj(), left.mT, True, False).mT
    top = ops.cat([left[..., :k, :], g_U2], -1)
    top = ops._solve_triangular(adjoint(L1), top, True, True)
    return (_rows(ops.cat([top, left[..., k:, :]], -2) if rows > k else top, order.argsort(-1)),)


op("_lu_factor(Tensor A) -> (Tensor LU, Tensor pivots, Tensor info)",
   kernel=structured(INEXACT), shape=_factor_shape, grad=_factor_grad,
   samples=lambda s: [call(s.tensor(3, 3)), call(s.tensor(2, 3, 5)), call(s.tensor(5, 3)),
                      call(s.tensor(0, 3)), call(s.tensor(0, 2, 2)), call(s.tensor(40, 50))],
   doc="""LU (.., m, n): L below its unit diagonal, U above. pivots count from 1.""")

op("_pivot_permutation(Tensor pivots, int n) -> Tensor", kernel=structured(("int32",)),
   shape=lambda pivots, n: ((*pivots.shape[:-1], n), "int64"),
   samples=lambda s: [call(s.ints(2, 3, low=1, high=4, dtype="int32"), 4)],
   doc="""The order of n rows after exchanging row i with row pivots[i] - 1, for i = 0, 1, ...""")


def _order(pivots: Any, rows: int) -> Any:
    return ops._pivot_permutation(pivots, rows)


def _rows(matrix: Any, order: Any) -> Any:
    """The rows of each matrix in the order that its batch element has."""
    return matrix.gather(-2, order.unsqueeze(-1).expand(matrix.shape))


def _checked(name: str, A: Any, pivot: bool) -> Any:
    check_matrix(name, A)
    check_inexact(name, A)
    if not pivot:
        raise argument_error(f"{name}: LU without pivoting is not implemented on the CPU")
    return ops._lu_factor(A)


_SINGULAR = ("U[{0},{0}] is zero and using it on lu_solve would result in a division by zero. If "
             "you still want to perform the factorization, consider calling linalg.lu(A, pivot) "
             "or linalg.lu_factor_ex(A, pivot)")


def _factor_ex(A: Any, pivot: bool, check_errors: bool) -> Any:
    factors, pivots, info = _checked("linalg.lu_factor_ex", A, pivot)
    if check_errors:
        check_info("linalg.lu_factor_ex", info, _SINGULAR)
    return factors, pivots, info


def _factor(A: Any, pivot: bool) -> Any:
    factors, pivots, info = _checked("linalg.lu_factor", A, pivot)
    check_info("linalg.lu_factor", info, _SINGULAR)
    return factors, pivots


def _factor_samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 3)), call(s.tensor(2, 3, 5)), call(s.tensor(5, 3)),
            call(s.tensor(0, 0)), call(s.tensor(0, 2, 2))]


op("linalg.lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> "
   "(Tensor LU, Tensor pivots, Tensor info)", body=_factor_ex, forms="function out",
   samples=_factor_samples,
   errors=lambda s: [(call(s.tensor(3)), "ShapeError", "at least 2 dim"),
                     (call(s.tensor(2, 2), pivot=False), "ArgumentError", "without pivoting")],
   doc="""Compact LU factorisation: `info` is 0, or i where U[i,i] (from 1) is zero.

    >>> import cytorch
    >>> cytorch.linalg.lu_factor_ex(cytorch.zeros(2, 2)).info
    tensor(1, dtype=torch.int32)
    """)

op("linalg.lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)",
   body=_factor, forms="function out", samples=_factor_samples,
   errors=lambda s: [(call(s.values([[1.0, 2.0], [2.0, 4.0]])), "LinAlgError",
                      r"U\[2,2\] is zero")],
   doc="""Compact LU factorisation of A (.., m, n) with row exchanges, for `linalg.lu_solve`.

    LU holds U and, below the diagonal, L (whose diagonal is ones); pivots (.., min(m, n)), int32,
    the row from 1 that each row was exchanged with. Raises LinAlgError for a zero pivot.

    >>> import cytorch
    >>> cytorch.linalg.lu_factor(cytorch.tensor([[1.0, 2.0], [2.0, 2.0]])).LU
    tensor([[2.0000, 2.0000],
            [0.5000, 1.0000]])
    """)


def _permutation_matrix(order: Any, dtype: Any) -> Any:
    """P with (P M)[order[i]] = M[i]."""
    rows = ops.arange(order.shape[-1], device=order.device)
    return (order.unsqueeze(-2) == rows.unsqueeze(-1)).to(dtype)


def _triangles(LU: Any) -> tuple[Any, Any]:
    k = min(LU.shape[-2:])
    lower = LU[..., :, :k]
    return lower.tril(-1) + eye_like(LU, lower.shape[-2], k), LU[..., :k, :].triu()


def _lu(A: Any, pivot: bool) -> Any:
    factors, pivots, _ = _checked("linalg.lu", A, pivot)
    lower, upper = _triangles(factors)
    return _permutation_matrix(_order(pivots, A.shape[-2]), A.dtype), lower, upper


op("linalg.lu(Tensor A, *, bool pivot=True) -> (Tensor P, Tensor L, Tensor U)", body=_lu,
   forms="function out", samples=_factor_samples,
   errors=lambda s: [(call(s.tensor(3)), "ShapeError", "at least 2 dim"),
                     (call(s.tensor(2, 2), pivot=False), "ArgumentError", "without pivoting")],
   doc="""A = P L U: a permutation, a lower triangle with ones on the diagonal, an upper triangle.

    >>> import cytorch
    >>> cytorch.linalg.lu(cytorch.tensor([[1.0, 2.0], [2.0, 2.0]])).P
    tensor([[0., 1.],
            [1., 0.]])
    """)


def _lu_unpack(LU_data: Any, LU_pivots: Any, unpack_data: bool, unpack_pivots: bool) -> Any:
    check_matrix("lu_unpack", LU_data, "LU_data")
    if unpack_pivots and LU_pivots.dtype.name != "int32":
        raise dtype_error("lu_unpack: LU_pivots is expected to be a contiguous tensor of "
                          f"torch.int32 dtype, got {LU_pivots.dtype}")
    nothing = ops._empty((0,), LU_data.dtype, LU_data.device)
    lower, upper = _triangles(LU_data) if unpack_data else (nothing, nothing)
    order = _order(LU_pivots, LU_data.shape[-2]) if unpack_pivots else None
    return (nothing if order is None else _permutation_matrix(order, LU_data.dtype), lower, upper)


op("lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True)"
   " -> (Tensor P, Tensor L, Tensor U)", body=_lu_unpack, forms="function out",
   samples=lambda s: [call(s.tensor(3, 3), s.ints(3, low=3, high=4, dtype="int32")),
                      call(s.tensor(2, 4, 3), s.ints(2, 3, low=3, high=5, dtype="int32")),
                      call(s.tensor(3, 4), s.ints(3, low=3, high=4, dtype="int32"), True, False)],
   errors=lambda s: [(call(s.tensor(3, 3), s.ints(3)), "DTypeError", "int32"),
                     (call(s.tensor(2, 2), s.ints(2, low=7, high=8, dtype="int32")),
                      "IndexOutOfRange", "index 7")],
   doc="""P, L and U from what `linalg.lu_factor` gives; empty tensors for what is not asked for.

    >>> import cytorch
    >>> LU, pivots = cytorch.linalg.lu_factor(cytorch.tensor([[4.0, 2.0], [2.0, 2.0]]))
    >>> cytorch.lu_unpack(LU, pivots).U
    tensor([[4., 2.],
            [0., 1.]])
    """)


def _lu_solve(name: str, LU: Any, pivots: Any, B: Any, left: bool, transposed: bool) -> Any:
    check_square(name, LU, "LU")
    check_matrix(name, B, "B")
    check_same_dtype(name, LU, B)
    if pivots.dtype.name != "int32":
        raise dtype_error(f"{name}: pivots should be a Tensor of scalar type torch.int32, got "
                          f"{pivots.dtype}")
    if tuple(pivots.shape) != tuple(LU.shape[:-1]):
        raise shape_error(f"{name}: Number of pivots per batch should be same as the dimension of "
                          f"the matrix: LU {tuple(LU.shape)}, pivots {tuple(pivots.shape)}")
    if not left:
        return _lu_solve(name, LU, pivots, adjoint(B), True, not transposed).mH
    if LU.shape[-1] != B.shape[-2]:
        raise shape_error(f"{name}: Incompatible shapes of A and B for the equation AX = B: "
                          f"{tuple(LU.shape)} and {tuple(B.shape)}")
    order = _order(pivots, LU.shape[-1])
    LU, B = expand_batches(name, LU, B)
    order = order.expand(LU.shape[:-1])
    if transposed:
        factors = adjoint(LU)
        X = ops._solve_triangular(factors, B, False, False)
        return _rows(ops._solve_triangular(factors, X, True, True), order.argsort(-1))
    X = ops._solve_triangular(LU, _rows(B, order), False, True)
    return ops._solve_triangular(LU, X, True, False)


op("linalg.lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False)"
   " -> Tensor",
   body=lambda LU, pivots, B, left, adjoint: _lu_solve(
       "linalg.lu_solve", LU, pivots, B, left, adjoint), forms="function out",
   samples=lambda s: [
       call(s.definite(3), s.ints(3, low=3, high=4, dtype="int32"), s.tensor(3, 2)),
       call(s.definite(2, 3), s.ints(2, 3, low=3, high=4, dtype="int32"), s.tensor(2, 3),
            left=False),
       call(s.definite(3), s.ints(3, low=3, high=4, dtype="int32"), s.tensor(3, 2),
            adjoint=True)],
   errors=lambda s: [(call(s.tensor(2, 2), s.ints(2), s.tensor(2, 1)), "DTypeError", "int32"),
                     (call(s.tensor(2, 2), s.ints(3, dtype="int32"), s.tensor(2, 1)),
                      "ShapeError", "Number of pivots")],
   doc="""X with A X = B (A^H X = B for `adjoint`, X A = B for left=False) from the LU of A.

    >>> import cytorch
    >>> LU, pivots = cytorch.linalg.lu_factor(cytorch.tensor([[4.0, 2.0], [2.0, 2.0]]))
    >>> cytorch.linalg.lu_solve(LU, pivots, cytorch.tensor([[6.0], [4.0]]))
    tensor([[1.],
            [1.]])
    """)

op("lu_solve(Tensor input, Tensor LU_data, Tensor LU_pivots) -> Tensor",
   body=lambda input, LU_data, LU_pivots: _lu_solve(
       "lu_solve", LU_data, LU_pivots, input, True, False), forms="function method out",
   samples=lambda s: [call(s.tensor(3, 2), s.definite(3),
                           s.ints(3, low=3, high=4, dtype="int32"))],
   doc="""The older form of `linalg.lu_solve`: the right-hand side comes first.

    >>> import cytorch
    >>> LU, pivots = cytorch.linalg.lu_factor(cytorch.eye(1) * 2)
    >>> cytorch.lu_solve(cytorch.ones(1, 1), LU, pivots)
    tensor([[0.5000]])
    """)


def _old_lu(A: Any, pivot: bool, get_infos: bool) -> Any:
    factors, pivots, info = _checked("lu", A, pivot)
    if get_infos:
        return factors, pivots, info
    check_info("lu", info, _SINGULAR)
    return factors, pivots


op("lu(Tensor A, bool pivot=True, bool get_infos=False) -> any",
   body=lambda A, pivot, get_infos: _old_lu(A, pivot, get_infos),
   forms="function method out", samples=_factor_samples,
   errors=lambda s: [(call(s.tensor(3)), "ShapeError", "at least 2")],
   doc="""The older form of `linalg.lu_factor`: (LU, pivots), with get_infos also `info`.

    >>> import cytorch
    >>> cytorch.lu(cytorch.eye(2))[1].dtype == cytorch.int32
    True
    """)
