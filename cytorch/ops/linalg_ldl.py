"""LDL factorisations of symmetric and Hermitian matrices, with a kernel of our own."""
from __future__ import annotations

from typing import Any

from .matrices import (
    INEXACT,
    check_inexact,
    check_info,
    check_matrix,
    check_same_dtype,
    check_square,
    expand_batches,
    square_errors,
)
from .spec import call, dtype_error, op, ops, shape_error, structured

_SINGULAR = ("D[{0},{0}] is exactly zero. The factorization has been completed, but the matrix D "
             "is singular: ldl_solve would divide by zero.")

op("_ldl_factor(Tensor A, bool hermitian) -> (Tensor LD, Tensor pivots, Tensor info)",
   kernel=structured(INEXACT), nondiff=("LD", "pivots", "info"),
   shape=lambda A: (A, (A.shape[:-1], "int32"), (A.shape[:-2], "int32")),
   samples=lambda s: [call(s.symmetric(5), False), call(s.symmetric(2, 12), True)],
   doc="""The factors as LAPACK's sytrf (hetrf) leaves them in the lower triangle.""")


def _factor(name: str, A: Any, hermitian: bool) -> Any:
    check_square(name, A)
    check_inexact(name, A)
    return ops._ldl_factor(A, hermitian)


def _ldl_factor(A: Any, hermitian: bool) -> Any:
    LD, pivots, info = _factor("linalg.ldl_factor", A, hermitian)
    check_info("linalg.ldl_factor", info, _SINGULAR)
    return LD, pivots


def _ldl_factor_ex(A: Any, hermitian: bool, check_errors: bool) -> Any:
    LD, pivots, info = _factor("linalg.ldl_factor_ex", A, hermitian)
    if check_errors:
        check_info("linalg.ldl_factor_ex", info, _SINGULAR)
    return LD, pivots, info


def _samples(s: Any) -> list[Any]:
    return [call(s.symmetric(4)), call(s.symmetric(2, 5), hermitian=True), call(s.symmetric(0)),
            call(s.symmetric(0, 2)), call(s.values([[0.0, 1.0], [1.0, 0.0]]))]


op("linalg.ldl_factor_ex(Tensor A, *, bool hermitian=False, bool check_errors=False) -> "
   "(Tensor LD, Tensor pivots, Tensor info)", body=_ldl_factor_ex, forms="function out",
   samples=_samples, errors=square_errors,
   doc="""`linalg.ldl_factor` without an error: `info` is 0, or i where D[i,i] (from 1) is zero.

    >>> import cytorch
    >>> cytorch.linalg.ldl_factor_ex(cytorch.zeros(1, 1)).info
    tensor(1, dtype=torch.int32)
    """)
op("linalg.ldl_factor(Tensor A, *, bool hermitian=False) -> (Tensor LD, Tensor pivots)",
   body=_ldl_factor, forms="function out", samples=_samples,
   errors=lambda s: [*square_errors(s), (call(s.values([[0.0]])), "LinAlgError", r"D\[1,1\]")],
   doc="""Compact A = L D L^T (L D L^H for `hermitian`) of symmetric matrices, for `ldl_solve`.

    D has blocks of 1 and 2 on its diagonal; a block of 2 has two equal negative pivots. Only the
    lower triangle of A (.., n, n) is read. No derivative.

    >>> import cytorch
    >>> cytorch.linalg.ldl_factor(cytorch.tensor([[4.0, 2.0], [2.0, 2.0]])).LD
    tensor([[4.0000, 0.0000],
            [0.5000, 1.0000]])
    """)


def _solve_grad(g: Any, LD: Any, pivots: Any, hermitian: bool) -> tuple[None, None, Any]:
    """A^H is A, or its conjugate when A is symmetric."""
    if hermitian:
        return None, None, ops._ldl_solve(LD, pivots, g, True)
    return None, None, ops._ldl_solve(LD, pivots, g.conj(), False).conj()


op("_ldl_solve(Tensor LD, Tensor pivots, Tensor B, bool hermitian) -> Tensor",
   kernel=structured(INEXACT), shape=lambda B: B, grad=_solve_grad,
   samples=lambda s: [call(s.definite(3), s.values([1, 2, 3]).to(s.library.int32),
                           s.tensor(3, 2), False)],
   extra={"derivative_tested_by": "linalg.ldl_solve"})


def _ldl_solve(LD: Any, pivots: Any, B: Any, hermitian: bool) -> Any:
    name = "linalg.ldl_solve"
    check_square(name, LD, "LD")
    check_inexact(name, LD)
    check_matrix(name, B, "B")
    check_same_dtype(name, LD, B)
    if pivots.dtype.name != "int32":
        raise dtype_error(f"{name}: Expected pivots to be torch.int32, got {pivots.dtype}")
    if tuple(pivots.shape) != tuple(LD.shape[:-1]):
        raise shape_error(f"{name}: Expected LD.shape[:-1] and pivots.shape to be the same, got "
                          f"{tuple(LD.shape[:-1])} and {tuple(pivots.shape)}")
    if LD.shape[-1] != B.shape[-2]:
        raise shape_error(f"{name}: Incompatible matrix sizes: LD {tuple(LD.shape)} and B "
                          f"{tuple(B.shape)}")
    LD, B = expand_batches(name, LD, B)
    return ops._ldl_solve(LD.detach(), pivots.expand(LD.shape[:-1]), B, hermitian)


def _solve_samples(s: Any) -> list[Any]:
    pivots = s.values([1, 2, 3]).to(s.library.int32)
    return [call(s.definite(3), pivots, s.tensor(3, 2)),
            call(s.definite(3), pivots, s.tensor(2, 3, 1), hermitian=True),
            call(s.definite(0), s.ints(0, dtype="int32"), s.tensor(0, 2))]


op("linalg.ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False) -> Tensor",
   body=_ldl_solve, forms="function out", samples=_solve_samples,
   extra={"parity": False, "derivative_tested_by": "tests/linalg"}, errors=lambda s: [
       (call(s.tensor(2, 2), s.ints(2, low=5, high=6, dtype="int32"), s.tensor(2, 1)),
        "IndexOutOfRange", "5 at position 0"),
       (call(s.tensor(2, 2), s.ints(2), s.tensor(2, 1)), "DTypeError", "int32"),
       (call(s.tensor(2, 2), s.ints(3, dtype="int32"), s.tensor(2, 1)), "ShapeError", "same")],
   doc="""X with A X = B from what `linalg.ldl_factor` gives. Differentiable in B alone.

    >>> import cytorch
    >>> LD, pivots = cytorch.linalg.ldl_factor(cytorch.tensor([[4.0, 2.0], [2.0, 2.0]]))
    >>> cytorch.linalg.ldl_solve(LD, pivots, cytorch.tensor([[6.0], [4.0]]))
    tensor([[1.],
            [1.]])
    """)
