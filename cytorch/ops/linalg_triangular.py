"""Triangular systems, with a kernel of our own."""
from __future__ import annotations

from typing import Any

from .matrices import (
    INEXACT,
    adjoint,
    check_matrix,
    check_same_dtype,
    check_square,
    expand_batches,
)
from .spec import call, op, ops, shape_error, structured


def _gradients(g: Any, A: Any, out: Any, upper: bool, unitriangular: bool,
               needs: tuple[bool, ...]) -> tuple[Any, Any]:
    """gB solves A^H gB = g; gA = -gB X^H, in the triangle that was read."""
    g_b = ops._solve_triangular(adjoint(A), g, not upper, unitriangular)
    if not needs[0]:
        return None, g_b
    product = -(g_b @ adjoint(out))
    skipped = 1 if unitriangular else 0
    return (product.triu(skipped) if upper else product.tril(-skipped)), g_b


op("_solve_triangular(Tensor A, Tensor B, bool upper, bool unitriangular) -> Tensor out",
   kernel=structured(INEXACT, contiguous=False), shape=lambda A, B: B, grad=_gradients,
   samples=lambda s: [call(s.definite(3), s.tensor(3, 2), True, False),
                      call(s.definite(2, 40), s.tensor(2, 40, 3), False, True)],
   doc="""X with triangle(A) X = B, for batches of one shape: (.., n, n) and (.., n, k).""")


def _solve(name: str, A: Any, B: Any, upper: bool, left: bool, unitriangular: bool) -> Any:
    check_square(name, A)
    check_matrix(name, B, "B")
    check_same_dtype(name, A, B)
    side = -2 if left else -1
    if A.shape[-1] != B.shape[side]:
        raise shape_error(f"{name}: Incompatible shapes of A and B for the equation "
                          f"{'AX = B' if left else 'XA = B'}: {tuple(A.shape)} and "
                          f"{tuple(B.shape)}, {A.shape[-1]} != {B.shape[side]}")
    A, B = expand_batches(name, A, B)
    if left:
        return ops._solve_triangular(A, B, upper, unitriangular)
    return ops._solve_triangular(A.mT, B.mT, not upper, unitriangular).mT


def _solve_samples(s: Any) -> list[Any]:
    return [call(s.definite(3), s.tensor(3, 2), upper=True),
            call(s.definite(2, 3), s.tensor(3, 2), upper=False, unitriangular=True),
            call(s.definite(3), s.tensor(2, 4, 3), upper=True, left=False),
            call(s.definite(40), s.tensor(40, 20), upper=False),
            call(s.definite(40), s.tensor(40, 20), upper=True),
            call(s.definite(0), s.tensor(0, 2), upper=True),
            call(s.definite(0, 2), s.tensor(2, 0), upper=True)]


op("linalg.solve_triangular(Tensor A, Tensor B, *, bool upper, bool left=True, "
   "bool unitriangular=False) -> Tensor",
   body=lambda A, B, upper, left, unitriangular: _solve(
       "linalg.solve_triangular", A, B, upper, left, unitriangular),
   forms="function out", samples=_solve_samples,
   errors=lambda s: [
       (call(s.tensor(2, 3), s.tensor(3, 2), upper=True), "ShapeError", "square.*2 by 3"),
       (call(s.tensor(3, 3), s.tensor(2, 2), upper=True), "ShapeError", r"\(2, 2\), 3 != 2"),
       (call(s.tensor(3, 3), s.tensor(3), upper=True), "ShapeError", "B must have")],
   doc="""X with A X = B (`left`) or X A = B, for triangular matrices A (.., n, n).

    Only the triangle that `upper` names is read; with `unitriangular` its diagonal counts as ones.
    Batch dimensions broadcast. A zero on the diagonal gives inf or NaN.

    >>> import cytorch
    >>> A = cytorch.tensor([[2.0, 0.0], [1.0, 1.0]])
    >>> cytorch.linalg.solve_triangular(A, cytorch.tensor([[2.0], [3.0]]), upper=False)
    tensor([[1.],
            [2.]])
    """)


def _triangular_solve(input: Any, A: Any, upper: bool, transpose: bool,
                      unitriangular: bool) -> Any:
    check_square("triangular_solve", A)
    solution = _solve("triangular_solve", A.mT if transpose else A, input, upper != transpose,
                      True, unitriangular)
    # PyTorch hands the (expanded, copied) coefficients back as well.
    return solution, ops.clone(A.expand(tuple(solution.shape[:-2]) + tuple(A.shape[-2:])))


op("triangular_solve(Tensor input, Tensor A, bool upper=True, bool transpose=False, "
   "bool unitriangular=False) -> (Tensor solution, Tensor cloned_coefficient)",
   body=_triangular_solve, forms="function method out",
   samples=lambda s: [call(s.tensor(3, 2), s.definite(3)),
                      call(s.tensor(3, 2), s.definite(2, 3), False, True, True)],
   errors=lambda s: [(call(s.tensor(3, 2), s.tensor(2, 3)), "ShapeError", "square")],
   doc="""The older form of `linalg.solve_triangular`: solution and a copy of the coefficients.

    >>> import cytorch
    >>> cytorch.triangular_solve(cytorch.ones(1, 1), cytorch.full((1, 1), 2.0)).solution
    tensor([[0.5000]])
    """)
