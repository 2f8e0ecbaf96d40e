"""Eigenvalues and eigenvectors. LAPACK computes them; the derivatives are those of Giles (2008).

Eigenvectors are determined up to a factor only (a sign, or a complex number of modulus 1); a loss
must not depend on it, and for complex numbers the derivative checks that.
"""
from __future__ import annotations

from typing import Any

from .matrices import (
    GAUGE,
    INEXACT,
    adjoint,
    check_square,
    complex_dtype,
    diagonal_mask,
    real_dtype,
    square_errors,
)
from .spec import argument_error, call, host, op, ops


def _check_gauge(name: str, diagonal: Any) -> None:
    """V^H gV has a real diagonal when the loss does not depend on the phase of the vectors."""
    if not diagonal.dtype.is_complex or diagonal.device.type == "meta":
        return
    size = ops.view_as_real(diagonal.detach())[..., 1].abs()
    if not bool((size <= 1e-2 + 1e-2 * diagonal.detach().abs()).all()):
        raise argument_error(
            f"{name}: The eigenvectors in the complex case are specified up to multiplication by "
            "e^{i phi}. The specified loss function depends on this quantity, so it is "
            "ill-defined.")


def _differences(values: Any) -> Any:
    """values[j] - values[i], with ones on the diagonal."""
    difference = values.unsqueeze(-2) - values.unsqueeze(-1)
    return ops.where(diagonal_mask(difference), 1, difference)


def _with_diagonal(matrix: Any, diagonal: Any) -> Any:
    """The matrices with another diagonal; zeros for None."""
    column = 0 if diagonal is None else diagonal.unsqueeze(-1).to(matrix.dtype)
    return ops.where(diagonal_mask(matrix), column, matrix)


def _eigh_grad(g_eigenvalues: Any, g_eigenvectors: Any, eigenvalues: Any,
               eigenvectors: Any) -> tuple[Any]:
    right = adjoint(eigenvectors)
    if g_eigenvectors is None:
        return (eigenvectors @ (g_eigenvalues.unsqueeze(-1) * right),)
    inner = right @ g_eigenvectors
    _check_gauge("linalg.eigh", inner.diagonal(0, -2, -1))
    return (eigenvectors @ _with_diagonal(inner / _differences(eigenvalues), g_eigenvalues)
            @ right,)


def _eig_grad(g_eigenvalues: Any, g_eigenvectors: Any, eigenvalues: Any,
              eigenvectors: Any) -> tuple[Any]:
    right = adjoint(eigenvectors)
    if g_eigenvectors is None:
        return (ops.linalg.solve(right, g_eigenvalues.unsqueeze(-1) * right),)
    inner = right @ g_eigenvectors
    diagonal = inner.diagonal(0, -2, -1)
    _check_gauge("linalg.eig", diagonal)
    # Vectors have length 1: the part of gV along V is taken off.
    inner = inner - (right @ eigenvectors) * diagonal.real.unsqueeze(-2)
    inner = _with_diagonal(inner / _differences(eigenvalues.conj()), g_eigenvalues)
    return (ops.linalg.solve(right, inner @ right),)


def _check_triangle(name: str, A: Any, UPLO: str) -> None:
    check_square(name, A)
    if UPLO.upper() not in ("L", "U"):
        raise argument_error(f"{name}: Expected UPLO argument to be 'L' or 'U', but got {UPLO!r}")


def _eigh_shape(A: Any, UPLO: str) -> Any:
    _check_triangle("linalg.eigh", A, UPLO)
    return (A.shape[:-1], real_dtype(A.dtype)), A


def _eigvalsh_shape(A: Any, UPLO: str) -> Any:
    _check_triangle("linalg.eigvalsh", A, UPLO)
    return A.shape[:-1], real_dtype(A.dtype)


def _eig_shape(A: Any) -> Any:
    check_square("linalg.eig", A)
    return (A.shape[:-1], complex_dtype(A.dtype)), (A.shape, complex_dtype(A.dtype))


def _eigvals_shape(A: Any) -> Any:
    check_square("linalg.eigvals", A)
    return A.shape[:-1], complex_dtype(A.dtype)


op("linalg.eigh(Tensor A, str UPLO='L') -> (Tensor eigenvalues, Tensor eigenvectors)",
   kernel=host(INEXACT, "decompositions.eigh"), shape=_eigh_shape, grad=_eigh_grad,
   forms="function out", extra=GAUGE,
   samples=lambda s: [call(s.symmetric(3)), call(s.symmetric(2, 4), "U"), call(s.symmetric(0)),
                      call(s.symmetric(0, 3))],
   errors=lambda s: [*square_errors(s), (call(s.tensor(2, 2), "X"), "ArgumentError", "'X'")],
   doc="""Eigenvalues (ascending) and eigenvectors of symmetric or Hermitian matrices.

    A (.., n, n) = V diag(L) V^H; only the triangle that UPLO names ('L' or 'U') is read. Vectors
    are the columns of V, each determined up to a sign (a phase when complex), so that a loss must
    not depend on it. Derivatives need distinct eigenvalues.

    >>> import cytorch
    >>> cytorch.linalg.eigh(cytorch.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    tensor([1., 2.])
    """)


def _eigvalsh_grad(g: Any, A: Any, UPLO: str) -> tuple[Any]:
    vectors = ops.linalg.eigh(A, UPLO)[1]
    return (vectors @ (g.unsqueeze(-1) * adjoint(vectors)),)


op("linalg.eigvalsh(Tensor A, str UPLO='L') -> Tensor",
   kernel=host(INEXACT, "decompositions.eigvalsh"), shape=_eigvalsh_shape, grad=_eigvalsh_grad,
   forms="function out", extra=GAUGE,
   samples=lambda s: [call(s.symmetric(3)), call(s.symmetric(2, 4), "U"), call(s.symmetric(0))],
   errors=square_errors, ref=lambda A, UPLO="L": __import__("numpy").linalg.eigvalsh(A, UPLO),
   doc="""Eigenvalues, ascending, of symmetric or Hermitian matrices: see `linalg.eigh`.

    >>> import cytorch
    >>> cytorch.linalg.eigvalsh(cytorch.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor([1., 2.])
    """)

op("linalg.eig(Tensor A) -> (Tensor eigenvalues, Tensor eigenvectors)",
   kernel=host(INEXACT, "decompositions.eig"), shape=_eig_shape, grad=_eig_grad,
   forms="function out", extra=GAUGE,
   samples=lambda s: [call(s.tensor(3, 3)), call(s.tensor(2, 4, 4)), call(s.tensor(0, 0))],
   errors=square_errors,
   doc="""Eigenvalues and eigenvectors of square matrices, complex: A V = V diag(L).

    The order is LAPACK's; the columns of V have length 1. Raises LinAlgError for inf and NaN.

    >>> import cytorch
    >>> cytorch.linalg.eig(cytorch.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues.dtype
    torch.complex64
    """)

op("linalg.eigvals(Tensor A) -> Tensor", kernel=host(INEXACT, "decompositions.eigvals"),
   shape=_eigvals_shape, forms="function out",
   grad=lambda g, A: _eig_grad(g, None, *ops.linalg.eig(A)),
   samples=lambda s: [call(s.tensor(3, 3)), call(s.tensor(2, 4, 4)), call(s.tensor(0, 0))],
   errors=square_errors,
   doc="""Eigenvalues of square matrices, complex, in LAPACK's order: see `linalg.eig`.

    >>> import cytorch
    >>> cytorch.linalg.eigvals(cytorch.eye(2)).dtype
    torch.complex64
    """)
