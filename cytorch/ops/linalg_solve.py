"""Linear systems, inverses and determinants, all from one LU factorisation of our own."""
from __future__ import annotations

import math
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
    square_errors,
    square_samples,
)
from .spec import call, op, ops, shape_error, structured

_SINGULAR = "The solver failed because the input matrix is singular."
_NO_INVERSE = ("The diagonal element {} is zero, the inversion could not be completed because the "
               "input matrix is singular.")


def adjoint_solve(A: Any, LU: Any, pivots: Any, B: Any) -> Any:
    """X with A^H X = B: from the LU at hand, or from A where X must be differentiable again."""
    from cytorch import is_grad_enabled

    if is_grad_enabled():
        return ops.linalg.solve(adjoint(A), B)
    return ops.linalg.lu_solve(LU, pivots, B, adjoint=True)


def _solve_grad(g_result: Any, A: Any, result: Any, LU: Any, pivots: Any,
                needs: tuple[bool, ...]) -> tuple[Any, Any]:
    g_b = adjoint_solve(A, LU, pivots, g_result)
    return (-(g_b @ adjoint(result)) if needs[0] else None), g_b


op("_solve_ex(Tensor A, Tensor B) -> (Tensor result, Tensor LU, Tensor pivots, Tensor info)",
   kernel=structured(INEXACT), grad=_solve_grad, nondiff=("LU",),
   shape=lambda A, B: (B, A, (A.shape[:-1], "int32"), (A.shape[:-2], "int32")),
   samples=lambda s: [call(s.definite(3), s.tensor(3, 2)),
                      call(s.definite(2, 40), s.tensor(2, 40, 3))],
   doc="""X with A X = B, for batches of one shape: (.., n, n) and (.., n, k).""")


def _solve(name: str, A: Any, B: Any, left: bool) -> Any:
    """(X, info). B is a batch of vectors where its shape says so."""
    check_square(name, A)
    check_inexact(name, A)
    check_same_dtype(name, A, B)
    vectors = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    if not vectors:
        check_matrix(name, B, "B")
    matrix = B.unsqueeze(-1) if vectors else B
    if vectors or left:
        inner, at = matrix.shape[-2], "AX = B"
    else:
        inner, at = matrix.shape[-1], "XA = B"
    if A.shape[-1] != inner:
        raise shape_error(f"{name}: Incompatible shapes of A and B for the equation {at}: "
                          f"{tuple(A.shape)} and {tuple(B.shape)}, {A.shape[-1]} != {inner}")
    batch = A.shape[:-2]
    if vectors and not left:
        raise shape_error(f"{name}: Vector broadcasting of the left hand side is not supported for "
                          "left=False")
    if not left:
        A, matrix = A.mT, matrix.mT
    A, matrix = expand_batches(name, A, matrix)
    result, _, _, info = ops._solve_ex(A, matrix)
    if tuple(info.shape) != tuple(batch):  # one info for each of the matrices that were given
        info = info.reshape(-1)[:math.prod(batch)].reshape(batch)
    if vectors:
        return result.squeeze(-1), info
    return (result if left else result.mT), info


def _checked_solve(name: str, A: Any, B: Any, left: bool) -> Any:
    result, info = _solve(name, A, B, left)
    check_info(name, info, _SINGULAR)
    return result


def _solve_ex(A: Any, B: Any, left: bool, check_errors: bool) -> Any:
    result, info = _solve("linalg.solve_ex", A, B, left)
    if check_errors:
        check_info("linalg.solve_ex", info, _SINGULAR)
    return result, info


def _solve_samples(s: Any) -> list[Any]:
    return [call(s.definite(3), s.tensor(3, 2)), call(s.definite(3), s.tensor(3)),
            call(s.definite(2, 3), s.tensor(2, 3)), call(s.definite(2, 3), s.tensor(3, 4)),
            call(s.definite(3), s.tensor(2, 4, 3), left=False),
            call(s.definite(0), s.tensor(0, 2)), call(s.definite(0, 2), s.tensor(2, 1))]


def _solve_errors(s: Any) -> list[Any]:
    return [(call(s.tensor(2, 3), s.tensor(2)), "ShapeError", "square.*2 by 3"),
            (call(s.tensor(3, 3), s.tensor(2, 2)), "ShapeError", r"\(3, 3\) and \(2, 2\), 3 != 2")]


op("linalg.solve(Tensor A, Tensor B, *, bool left=True) -> Tensor",
   body=lambda A, B, left: _checked_solve("linalg.solve", A, B, left), forms="function out",
   samples=_solve_samples,
   errors=lambda s: [*_solve_errors(s), (call(s.values([[0.0, 1.0], [0.0, 2.0]]), s.tensor(2)),
                                         "LinAlgError", "linalg.solve: .*singular")],
   doc="""X with A X = B, or X A = B for left=False, for square matrices A (.., n, n).

    B is (.., n, k), or a batch of vectors: (n), or A's shape without its last dimension. Batch
    dimensions broadcast. Raises LinAlgError, naming the batch element, for a singular matrix.

    >>> import cytorch
    >>> A = cytorch.tensor([[2.0, 1.0], [1.0, 1.0]])
    >>> cytorch.linalg.solve(A, cytorch.tensor([3.0, 2.0]))
    tensor([1., 1.])
    """)

op("linalg.solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> "
   "(Tensor result, Tensor info)", body=_solve_ex, forms="function out", samples=_solve_samples,
   errors=_solve_errors,
   doc="""`linalg.solve` without an error: `info` is 0, or the number (from 1) of a zero pivot.

    >>> import cytorch
    >>> cytorch.linalg.solve_ex(cytorch.zeros(1, 1), cytorch.ones(1)).info
    tensor(1, dtype=torch.int32)
    """)


def _inverse(name: str, A: Any) -> Any:
    check_square(name, A)
    check_inexact(name, A)
    result, _, _, info = ops._solve_ex(A, eye_like(A).expand(A.shape))
    return result, info


def _checked_inverse(name: str, A: Any) -> Any:
    result, info = _inverse(name, A)
    check_info(name, info, _NO_INVERSE)
    return result


def _inv_ex(A: Any, check_errors: bool) -> Any:
    result, info = _inverse("linalg.inv_ex", A)
    if check_errors:
        check_info("linalg.inv_ex", info, _NO_INVERSE)
    return result, info


op("linalg.inv(Tensor A) -> Tensor", body=lambda A: _checked_inverse("linalg.inv", A),
   forms="function out", samples=square_samples, ref="numpy.linalg.inv",
   errors=lambda s: [*square_errors(s), (call(s.values([[1.0, 1.0], [1.0, 1.0]])), "LinAlgError",
                                          "diagonal element 2 is zero")],
   doc="""Inverse of square matrices (.., n, n). Prefer `linalg.solve` to a product with it.

    >>> import cytorch
    >>> cytorch.linalg.inv(cytorch.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """)

op("linalg.inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)",
   body=_inv_ex, forms="function out", samples=square_samples, errors=square_errors,
   doc="""`linalg.inv` without an error: `info` is 0, or the number (from 1) of a zero pivot.

    >>> import cytorch
    >>> cytorch.linalg.inv_ex(cytorch.zeros(1, 1)).info
    tensor(1, dtype=torch.int32)
    """)

op("inverse(Tensor input) -> Tensor", body=lambda input: _checked_inverse("inverse", input),
   forms="function method out", samples=square_samples, ref="numpy.linalg.inv",
   errors=square_errors, doc="""The same as `linalg.inv`.""")


# ---- tensors as matrices
def _tensorinv(A: Any, ind: int) -> Any:
    if ind <= 0:
        raise shape_error(f"linalg.tensorinv: Expected a strictly positive integer for ind, got "
                          f"{ind}")
    rows, columns = tuple(A.shape[:ind]), tuple(A.shape[ind:])
    if math.prod(rows) != math.prod(columns):
        raise shape_error("linalg.tensorinv: Expected self to satisfy the requirement "
                          "prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
                          f"{math.prod(columns)} != {math.prod(rows)} for shape {tuple(A.shape)}")
    inverse, info = _inverse("linalg.tensorinv", A.reshape(math.prod(rows), math.prod(columns)))
    check_info("linalg.tensorinv", info, _NO_INVERSE)
    return inverse.reshape(columns + rows)


op("linalg.tensorinv(Tensor A, int ind=2) -> Tensor", body=_tensorinv, forms="function out",
   samples=lambda s: [call(s.definite(6).reshape(2, 3, 3, 2)), call(s.definite(4), 1),
                      call(s.definite(6).reshape(6, 2, 3), 1)],
   errors=lambda s: [(call(s.tensor(2, 3), 1), "ShapeError", "3 != 2"),
                     (call(s.tensor(2, 2), 0), "ShapeError", "strictly positive")],
   doc="""The tensor whose `tensordot` with A over A's last dimensions is the identity.

    The first `ind` dimensions of A count as rows, the others as columns, of equal products.

    >>> import cytorch
    >>> cytorch.linalg.tensorinv(cytorch.eye(4).reshape(2, 2, 4), 2).shape
    torch.Size([4, 2, 2])
    """)


def _tensorsolve(A: Any, B: Any, dims: Any) -> Any:
    if dims is not None:
        A = A.movedim(tuple(dims), tuple(range(A.ndim - len(dims), A.ndim)))
    unknown = tuple(A.shape[B.ndim:])
    if math.prod(unknown) != B.numel():
        raise shape_error("linalg.tensorsolve: Expected self to satisfy the requirement "
                          "prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got "
                          f"{math.prod(unknown)} != {B.numel()} for shapes {tuple(A.shape)} and "
                          f"{tuple(B.shape)}")
    matrix = A.reshape(B.numel(), B.numel())
    return _checked_solve("linalg.tensorsolve", matrix, B.flatten(), True).reshape(unknown)


op("linalg.tensorsolve(Tensor A, Tensor B, int[]? dims=None) -> Tensor", body=_tensorsolve,
   forms="function out",
   samples=lambda s: [call(s.definite(6).reshape(2, 3, 6), s.tensor(2, 3)),
                      call(s.definite(6).reshape(2, 6, 3), s.tensor(2, 3), (1,))],
   errors=lambda s: [(call(s.tensor(2, 3), s.tensor(2)), "ShapeError", "3 != 2")],
   doc="""X with tensordot(A, X, X.ndim) = B. The dimensions `dims` of A are moved to its end first.

    >>> import cytorch
    >>> cytorch.linalg.tensorsolve(cytorch.eye(4).reshape(2, 2, 4), cytorch.ones(2, 2))
    tensor([1., 1., 1., 1.])
    """)
