"""Multivariate normal distribution."""
from __future__ import annotations

import math
from typing import Any

import cytorch
from cytorch import Tensor

from . import constraints
from .distribution import Distribution
from .utils import lazy_property, standard_normal


def precision_to_scale_tril(precision: Tensor) -> Tensor:
    """The lower triangle L with L L^T the inverse of a precision matrix.

    From the Cholesky factor of the matrix with both axes reversed, whose inverse is L reversed.
    """
    factor = cytorch.linalg.cholesky(precision.flip((-2, -1)))
    upper = factor.flip((-2, -1)).mT
    identity = cytorch.eye(precision.shape[-1], dtype=precision.dtype, device=precision.device)
    return cytorch.linalg.solve_triangular(upper, identity, upper=False)


def batch_mahalanobis(scale_tril: Tensor, difference: Tensor) -> Tensor:
    """difference^T (L L^T)^-1 difference for each member of the batch."""
    batch = cytorch.broadcast_shapes(scale_tril.shape[:-2], difference.shape[:-1])
    n = difference.shape[-1]
    solved = cytorch.linalg.solve_triangular(
        scale_tril.expand(*batch, n, n), difference.expand(*batch, n).unsqueeze(-1), upper=False)
    return solved.squeeze(-1).square().sum(-1)


def half_log_det(scale_tril: Tensor) -> Tensor:
    """log det L, half of the logarithm of the covariance's determinant."""
    return scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)


class MultivariateNormal(Distribution):
    """Normal vectors (n) with mean `loc` and one of covariance, precision or its root L (n, n).

    >>> import cytorch
    >>> normal = MultivariateNormal(cytorch.zeros(2), cytorch.eye(2))
    >>> normal.log_prob(cytorch.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints = {
        "loc": constraints.real_vector, "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky}
    support = constraints.real_vector
    has_rsample = True
    _parameter_dims = {"loc": 1, "covariance_matrix": 2, "precision_matrix": 2, "scale_tril": 2,
                       "_unbroadcasted_scale_tril": 2}

    def __init__(self, loc: Tensor, covariance_matrix: Tensor | None = None,
                 precision_matrix: Tensor | None = None, scale_tril: Tensor | None = None,
                 validate_args: bool | None = None) -> None:
        given = {name: value for name, value in (
            ("covariance_matrix", covariance_matrix), ("precision_matrix", precision_matrix),
            ("scale_tril", scale_tril)) if value is not None}
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        if len(given) != 1:
            raise ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril "
                             "may be specified.")
        (name, matrix), = given.items()
        if matrix.dim() < 2:
            raise ValueError(f"{name} must be at least two-dimensional, with optional leading "
                             "batch dimensions")
        batch = cytorch.broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        setattr(self, name, matrix.expand(*batch, -1, -1))
        self.loc = loc.expand(*batch, -1)
        super().__init__(batch, self.loc.shape[-1:], validate_args=validate_args)
        self._unbroadcasted_scale_tril = {
            "scale_tril": lambda: matrix,
            "covariance_matrix": lambda: cytorch.linalg.cholesky(matrix),
            "precision_matrix": lambda: precision_to_scale_tril(matrix)}[name]()

    def _square(self, matrix: Tensor) -> Tensor:
        return matrix.expand(self._batch_shape + self._event_shape + self._event_shape)

    @lazy_property
    def scale_tril(self) -> Tensor:
        return self._square(self._unbroadcasted_scale_tril)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        factor = self._unbroadcasted_scale_tril
        return self._square(factor @ factor.mT)

    @lazy_property
    def precision_matrix(self) -> Tensor:
        return self._square(cytorch.cholesky_inverse(self._unbroadcasted_scale_tril))

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        squares = self._unbroadcasted_scale_tril.square().sum(-1)
        return squares.expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        noise = standard_normal(self._extended_shape(sample_shape), self.loc)
        return self.loc + (self._unbroadcasted_scale_tril @ noise.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        factor = self._unbroadcasted_scale_tril
        distance = batch_mahalanobis(factor, value - self.loc)
        constant = self._event_shape[0] * math.log(2 * math.pi)
        return -0.5 * (constant + distance) - half_log_det(factor)

    def entropy(self) -> Tensor:
        constant = 0.5 * self._event_shape[0] * (1 + math.log(2 * math.pi))
        return (constant + half_log_det(self._unbroadcasted_scale_tril)).expand(self._batch_shape)
