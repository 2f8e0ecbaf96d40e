"""Determinants and their logarithms, from an LU factorisation of our own."""
from __future__ import annotations

import math
from typing import Any

from .linalg_solve import adjoint_solve
from .matrices import (
    INEXACT,
    check_inexact,
    check_square,
    eye_like,
    real_dtype,
    square_errors,
    square_samples,
)
from .spec import call, op, ops, structured


def _is_singular(LU: Any) -> bool:
    """Whether dividing by the pivots of some matrix would leave no digits."""
    sizes = LU.diagonal(0, -2, -1).abs()
    if LU.device.type == "meta" or sizes.numel() == 0:
        return False
    limit = sizes.amax(-1) * (LU.shape[-1] * (1e-15 if LU.element_size() >= 8 else 1e-6))
    return bool((sizes.amin(-1) <= limit).any())


def _cofactors(A: Any) -> Any:
    """conj(det(U) det(Vh)) U adj(S) Vh, from the SVD: right for singular matrices too."""
    U, S, Vh = ops.linalg.svd(A)
    n = S.shape[-1]
    others = ops.where(ops.eye(n, device=A.device) > 0, 1, S.unsqueeze(-2)).prod(-1)
    factor = (ops.linalg.det(U) * ops.linalg.det(Vh)).conj()
    return factor.unsqueeze(-1).unsqueeze(-1) * ((U * others.unsqueeze(-2)) @ Vh)


def _det_grad(g_result: Any, A: Any, result: Any, LU: Any, pivots: Any) -> tuple[Any]:
    """The gradient of a determinant: its cofactors, det(A) A^-H for an invertible matrix."""
    if _is_singular(LU):
        return (g_result.unsqueeze(-1).unsqueeze(-1) * _cofactors(A),)
    scaled = (g_result * result.conj()).unsqueeze(-1).unsqueeze(-1) * eye_like(A)
    return (adjoint_solve(A, LU, pivots, scaled),)


op("_det(Tensor A) -> (Tensor result, Tensor LU, Tensor pivots)", kernel=structured(INEXACT),
   grad=_det_grad, nondiff=("LU",),
   shape=lambda A: ((A.shape[:-2], A.dtype), A, (A.shape[:-1], "int32")),
   samples=lambda s: [call(s.tensor(3, 3)), call(s.tensor(2, 40, 40))])


def _det(name: str, A: Any) -> Any:
    check_square(name, A)
    check_inexact(name, A)
    return ops._det(A)[0]


def _det_samples(s: Any) -> list[Any]:
    return [call(s.definite(3)), call(s.tensor(2, 4, 4)), call(s.definite(0)),
            call(s.definite(0, 3)), call(s.tensor(1, 1))]


op("linalg.det(Tensor A) -> Tensor", body=lambda A: _det("linalg.det", A), forms="function out",
   samples=_det_samples, errors=square_errors, ref="numpy.linalg.det",
   doc="""Determinant of square matrices (.., n, n): shape (..). 1 for n = 0.

    >>> import cytorch
    >>> cytorch.linalg.det(cytorch.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor(8.)
    """)
op("det(Tensor input) -> Tensor", body=lambda input: _det("det", input),
   forms="function method", samples=_det_samples, errors=square_errors, ref="numpy.linalg.det",
   doc="""The same as `linalg.det`.""")


def _slogdet_grad(g_sign: Any, g_logabsdet: Any, A: Any, sign: Any, LU: Any,
                  pivots: Any) -> tuple[Any]:
    """d log|det| = Re tr(A^-1 dA); a complex sign turns by its imaginary part."""
    weight = 0 if g_logabsdet is None else g_logabsdet
    if sign.dtype.is_complex and g_sign is not None:
        weight = weight - 1j * (g_sign.conj() * sign).imag
    if isinstance(weight, int):
        return (None,)
    scaled = weight.unsqueeze(-1).unsqueeze(-1) * eye_like(A)
    return (adjoint_solve(A, LU, pivots, scaled),)


op("_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet, Tensor LU, Tensor pivots)",
   kernel=structured(INEXACT), grad=_slogdet_grad, nondiff=("LU",),
   shape=lambda A: ((A.shape[:-2], A.dtype), (A.shape[:-2], real_dtype(A.dtype)), A,
                    (A.shape[:-1], "int32")),
   samples=lambda s: [call(s.tensor(3, 3)), call(s.tensor(2, 40, 40))])


def _slogdet(name: str, A: Any) -> Any:
    check_square(name, A)
    check_inexact(name, A)
    return ops._slogdet(A)[:2]


op("linalg.slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)",
   body=lambda A: tuple(_slogdet("linalg.slogdet", A)), forms="function out",
   samples=square_samples, errors=square_errors, ref="numpy.linalg.slogdet",
   doc="""Sign and logarithm of the absolute value of the determinant: det = sign exp(logabsdet).

    >>> import cytorch
    >>> cytorch.linalg.slogdet(cytorch.tensor([[2.0, 0.0], [0.0, -0.5]])).sign
    tensor(-1.)
    """)
op("slogdet(Tensor input) -> (Tensor sign, Tensor logabsdet)",
   body=lambda input: tuple(_slogdet("slogdet", input)), forms="function method out",
   samples=square_samples, errors=square_errors, ref="numpy.linalg.slogdet",
   doc="""The same as `linalg.slogdet`.""")


def _logdet(input: Any) -> Any:
    sign, size = _slogdet("logdet", input)
    if input.dtype.is_complex:
        return sign.log() + size
    return ops.where(sign == -1, math.nan, size)


op("logdet(Tensor input) -> Tensor", body=_logdet, forms="function method",
   samples=square_samples, errors=square_errors,
   doc="""Logarithm of the determinant: NaN where it is negative, -inf where it is 0.

    >>> import cytorch
    >>> cytorch.logdet(cytorch.eye(2))
    tensor(0.)
    """)
