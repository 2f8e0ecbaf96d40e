"""Least squares, through QR or, where the rank is in doubt or asked for, singular values."""
from __future__ import annotations

from typing import Any

from .dtypes import dtype_named
from .linalg_rank import pinv_gradient
from .matrices import (
    INEXACT,
    adjoint,
    check_inexact,
    check_matrix,
    check_same_dtype,
    expand_batches,
    real_dtype,
)
from .spec import argument_error, call, host, op, ops, shape_error


def _shape(A: Any, B: Any) -> Any:
    rows, columns = A.shape[-2:]
    batch = tuple(A.shape[:-2])
    return (((*batch, columns, B.shape[-1]), A.dtype), (batch, "int64"),
            ((*batch, min(rows, columns)), real_dtype(A.dtype)))


def _grad(g_solution: Any, A: Any, B: Any, needs: tuple[bool, ...]) -> tuple[Any, Any]:
    """The solution is pinv(A) B."""
    inverse = ops.linalg.pinv(A)
    g_A = pinv_gradient(g_solution @ adjoint(B), A, inverse) if needs[0] else None
    return g_A, adjoint(inverse) @ g_solution


op("_lstsq(Tensor A, Tensor B, float rcond, bool singular) -> "
   "(Tensor solution, Tensor rank, Tensor singular_values)",
   kernel=host(INEXACT, "decompositions.lstsq"), shape=_shape, grad=_grad,
   nondiff=("singular_values",),
   samples=lambda s: [call(s.tensor(4, 3), s.tensor(4, 2), 1e-6, True),
                      call(s.tensor(2, 3, 4), s.tensor(2, 3, 1), 1e-6, False)])

_DRIVERS = ("gels", "gelsy", "gelsd", "gelss")


def _check(A: Any, B: Any, driver: Any) -> bool:
    """Whether B is a batch of vectors."""
    name = "linalg.lstsq"
    check_matrix(name, A, "input")
    check_inexact(name, A)
    check_same_dtype(name, A, B)
    if driver not in (None, *_DRIVERS):
        raise argument_error(f"{name}: parameter `driver` should be one of {_DRIVERS}, got "
                             f"{driver!r}")
    if B.ndim < 1 or B.ndim > A.ndim or B.ndim < A.ndim - 1:
        raise shape_error(f"{name}: input.dim() must be greater or equal to other.dim() and "
                          "(input.dim() - other.dim()) <= 1, got shapes "
                          f"{tuple(A.shape)} and {tuple(B.shape)}")
    vectors = B.ndim == A.ndim - 1
    rows = B.shape[-1] if vectors else B.shape[-2]
    if rows != A.shape[-2]:
        raise shape_error(f"{name}: input.size(-2) should match other.size(-{1 if vectors else 2})"
                          f", got shapes {tuple(A.shape)} and {tuple(B.shape)}")
    return vectors


def _residuals(A: Any, B: Any, solution: Any, rank: Any, driver: str) -> Any:
    """Sums of squares, where there are more rows than columns and all ranks are full."""
    rows, columns = A.shape[-2:]
    full = rows > columns and driver != "gelsy"
    if full and driver != "gels" and A.device.type != "meta":
        full = bool((rank == columns).all())
    if full:
        return (A @ solution - B).abs().square().sum(-2)
    return ops._empty((0,), dtype_named(real_dtype(A.dtype)), A.device)


def _lstsq(A: Any, B: Any, rcond: Any, driver: Any) -> Any:
    vectors = _check(A, B, driver)
    driver = driver or "gelsy"
    matrix = B.unsqueeze(-1) if vectors else B
    A, matrix = expand_batches("linalg.lstsq", A, matrix)
    if rcond is None:
        rcond = max(A.shape[-2:]) * (2.0 ** -23 if real_dtype(A.dtype) == "float32" else 2.0 ** -52)
    solution, rank, sizes = ops._lstsq(A, matrix, float(rcond), driver in ("gelsd", "gelss"))
    residuals = _residuals(A, matrix, solution, rank, driver)
    if driver == "gels":
        rank = ops._empty((0,), rank.dtype, A.device)
    if driver in ("gels", "gelsy"):
        sizes = ops._empty((0,), sizes.dtype, A.device)
    return solution.squeeze(-1) if vectors else solution, residuals, rank, sizes


op("linalg.lstsq(Tensor input, Tensor b, any rcond=None, *, str? driver=None) -> "
   "(Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)",
   body=lambda input, b, rcond, driver: _lstsq(input, b, rcond, driver), forms="function out",
   samples=lambda s: [call(s.tensor(4, 3), s.tensor(4, 2)), call(s.tensor(3, 4), s.tensor(3, 2)),
                      call(s.tensor(2, 4, 3), s.tensor(2, 4)),
                      call(s.tensor(4, 3), s.tensor(4, 2), driver="gelsd"),
                      call(s.tensor(2, 4, 3), s.tensor(2, 4, 1), driver="gels")],
   errors=lambda s: [
       (call(s.tensor(4, 3), s.tensor(3, 2)), "ShapeError", r"\(4, 3\) and \(3, 2\)"),
       (call(s.tensor(3), s.tensor(3)), "ShapeError", "at least 2 dim"),
       (call(s.tensor(3, 3), s.tensor(3, 2), driver="x"), "ArgumentError", "'x'")],
   doc="""X that makes the norm of A X - B least, the shortest of them.

    A is (.., m, n), B (.., m, k) or (.., m).

    rcond: singular values up to rcond times the largest count as zero. driver ('gelsy' if not
    given) says, as in PyTorch, which results are filled: residuals for m > n and full rank (all but
    'gelsy'), rank (all but 'gels'), singular_values ('gelsd', 'gelss'); the others are empty. A
    matrix
    of full rank is solved through QR, any other one through its singular values.

    >>> import cytorch
    >>> A = cytorch.tensor([[1.0], [1.0]])
    >>> cytorch.linalg.lstsq(A, cytorch.tensor([[1.0], [3.0]])).solution
    tensor([[2.]])
    """)
