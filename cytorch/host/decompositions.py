"""Factorisations by LAPACK, through numpy.linalg: all take batches of matrices."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from cytorch.errors import LinAlgError


def _failing(function: Callable[[Any], Any], matrices: Any) -> tuple[int, bool]:
    """The first matrix for which the function fails, and whether its numbers are finite."""
    flat = matrices.reshape(-1, *matrices.shape[-2:])
    for index, matrix in enumerate(flat):
        try:
            function(matrix)
        except numpy.linalg.LinAlgError:
            return index, bool(numpy.isfinite(matrix).all())
    return 0, True


def converging(name: str, function: Callable[[Any], Any], matrices: Any) -> Any:
    """function(matrices); where it does not converge, an error that names op and batch element."""
    try:
        return function(matrices)
    except numpy.linalg.LinAlgError:
        index, finite = _failing(function, matrices)
        where = f"(Batch element {index}): " if matrices.ndim > 2 else ""
        why = ("the matrix is ill-conditioned or has too many repeated values" if finite else
               "the input matrix contained non-finite values")
        raise LinAlgError(f"{name}: {where}The algorithm failed to converge because "
                          f"{why}.") from None


def eigh(matrices: Any, triangle: str) -> Any:
    return converging("linalg.eigh", lambda a: numpy.linalg.eigh(a, triangle.upper()), matrices)


def eigvalsh(matrices: Any, triangle: str) -> Any:
    return converging("linalg.eigvalsh",
                      lambda a: numpy.linalg.eigvalsh(a, triangle.upper()), matrices)


def _complex_like(matrices: Any) -> Any:
    return numpy.result_type(matrices.dtype, numpy.complex64)


def eig(matrices: Any) -> Any:
    values, vectors = converging("linalg.eig", numpy.linalg.eig, matrices)
    kind = _complex_like(matrices)
    return values.astype(kind), vectors.astype(kind)


def eigvals(matrices: Any) -> Any:
    values = converging("linalg.eigvals", numpy.linalg.eigvals, matrices)
    return values.astype(_complex_like(matrices))


def svd(matrices: Any, full_matrices: bool) -> Any:
    return converging("linalg.svd", lambda a: numpy.linalg.svd(a, full_matrices), matrices)


def svdvals(matrices: Any) -> Any:
    return converging("linalg.svdvals", lambda a: numpy.linalg.svd(a, compute_uv=False), matrices)
