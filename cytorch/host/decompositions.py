"""Factorisations by LAPACK, through numpy.linalg: all take batches of matrices."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from cytorch.errors import LinAlgError

from .blas_threads import on_few_threads


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


@on_few_threads
def eigh(matrices: Any, triangle: str) -> Any:
    part: Any = triangle.upper()
    return converging("linalg.eigh", lambda a: numpy.linalg.eigh(a, part), matrices)


@on_few_threads
def eigvalsh(matrices: Any, triangle: str) -> Any:
    part: Any = triangle.upper()
    return converging("linalg.eigvalsh", lambda a: numpy.linalg.eigvalsh(a, part), matrices)


def _complex_like(matrices: Any) -> Any:
    return numpy.result_type(matrices.dtype, numpy.complex64)


@on_few_threads
def eig(matrices: Any) -> Any:
    values, vectors = converging("linalg.eig", numpy.linalg.eig, matrices)
    kind = _complex_like(matrices)
    return values.astype(kind), vectors.astype(kind)


@on_few_threads
def eigvals(matrices: Any) -> Any:
    values = converging("linalg.eigvals", numpy.linalg.eigvals, matrices)
    return values.astype(_complex_like(matrices))


@on_few_threads
def svd(matrices: Any, full_matrices: bool) -> Any:
    return converging("linalg.svd", lambda a: numpy.linalg.svd(a, full_matrices), matrices)


@on_few_threads
def svdvals(matrices: Any) -> Any:
    return converging("linalg.svdvals", lambda a: numpy.linalg.svd(a, compute_uv=False), matrices)


def _inverses(sizes: Any, atol: Any, rtol: Any) -> Any:
    """1 / sizes, and 0 for those that count as zero."""
    magnitudes = abs(sizes)
    limit = numpy.maximum(atol, rtol * magnitudes.max(-1))[..., None]
    kept = magnitudes > limit
    return numpy.where(kept, 1 / numpy.where(kept, sizes, 1), 0).astype(sizes.dtype)


@on_few_threads
def pinv(matrices: Any, atol: Any, rtol: Any, hermitian: bool) -> Any:
    if matrices.size == 0:
        return numpy.zeros_like(matrices.swapaxes(-1, -2))
    if hermitian:
        values, vectors = converging("linalg.pinv", numpy.linalg.eigh, matrices)
        left, right = vectors, vectors.swapaxes(-1, -2).conj()
    else:
        U, values, Vh = converging("linalg.pinv", lambda a: numpy.linalg.svd(a, False), matrices)
        left, right = Vh.swapaxes(-1, -2).conj(), U.swapaxes(-1, -2).conj()
    return numpy.matmul(left * _inverses(values, atol, rtol)[..., None, :], right)


@on_few_threads
def qr(matrices: Any, mode: Any) -> Any:
    return numpy.linalg.qr(matrices, mode)


@on_few_threads
def geqrf(matrices: Any) -> Any:
    reflectors, factors = numpy.linalg.qr(matrices, "raw")
    return reflectors.swapaxes(-1, -2), factors


def _leading_minor(matrix: Any) -> int:
    """The order of the first leading minor that is not positive definite."""
    low, high = 0, len(matrix)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            numpy.linalg.cholesky(matrix[:middle, :middle])
            low = middle
        except numpy.linalg.LinAlgError:
            high = middle
    return high


@on_few_threads
def cholesky_ex(matrices: Any) -> Any:
    """(L, info) of the lower triangles; L of a matrix that is not positive definite is zero."""
    info = numpy.zeros(matrices.shape[:-2], numpy.int32)
    try:
        return numpy.linalg.cholesky(matrices), info
    except numpy.linalg.LinAlgError:
        factors = numpy.zeros_like(matrices)
    for index in numpy.ndindex(info.shape):
        try:
            factors[index] = numpy.linalg.cholesky(matrices[index])
        except numpy.linalg.LinAlgError:
            info[index] = _leading_minor(matrices[index])
    return factors, info


def _by_singular_values(matrices: Any, right: Any, rcond: float) -> Any:
    """LAPACK's gelsd, which NumPy runs on one system at a time."""
    batch, (rows, columns) = matrices.shape[:-2], matrices.shape[-2:]
    solution = numpy.empty((*batch, columns, right.shape[-1]), matrices.dtype)
    rank = numpy.empty(batch, numpy.int64)
    sizes = numpy.empty((*batch, min(rows, columns)), abs(matrices[..., :0, :0]).dtype)

    def solve(index: Any) -> Any:
        return converging("linalg.lstsq",
                          lambda a: numpy.linalg.lstsq(a, right[index], rcond), matrices[index])

    for index in numpy.ndindex(batch):
        solution[index], _, rank[index], sizes[index] = solve(index)
    return solution, rank, sizes


def _by_triangles(matrices: Any, right: Any, rcond: float) -> Any:
    """Through QR, for batches whose triangles are clearly of full rank; else None."""
    rows, columns = matrices.shape[-2:]
    tall = rows >= columns
    Q, R = numpy.linalg.qr(matrices if tall else matrices.swapaxes(-1, -2).conj())
    diagonal = abs(numpy.diagonal(R, 0, -2, -1))
    # Without pivoting, the diagonal says less than singular values do: hence the factor.
    if not (diagonal.min(-1) > 10 * rcond * diagonal.max(-1)).all():
        return None
    if tall:
        return numpy.linalg.solve(R, Q.swapaxes(-1, -2).conj() @ right)
    return Q @ numpy.linalg.solve(R.swapaxes(-1, -2).conj(), right)


@on_few_threads
def lstsq(matrices: Any, right: Any, rcond: float, singular: bool) -> Any:
    """(X, rank, singular values); the latter are not computed unless `singular` asks for them."""
    least = min(matrices.shape[-2:])
    if singular or least == 0 or right.size == 0 or matrices.size == 0:
        return _by_singular_values(matrices, right, rcond)
    solution = _by_triangles(matrices, right, rcond)
    if solution is None:
        return _by_singular_values(matrices, right, rcond)
    batch = matrices.shape[:-2]
    return (solution, numpy.full(batch, least, numpy.int64),
            numpy.zeros((*batch, least), abs(matrices[..., :0, :0]).dtype))
