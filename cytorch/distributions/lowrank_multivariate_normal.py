"""Multivariate normal distribution whose covariance is of low rank plus a diagonal."""
from __future__ import annotations

import math
from typing import Any

import cytorch
from cytorch import Tensor

from . import constraints
from .distribution import Distribution
from .multivariate_normal import batch_mahalanobis, half_log_det
from .utils import lazy_property, standard_normal


class LowRankMultivariateNormal(Distribution):
    """Normal vectors (n) with covariance W W^T + diag(D), W = cov_factor (n, k), D = cov_diag (n).

    Only matrices k x k are factorised: the capacitance I + W^T D^-1 W stands for the covariance
    (Woodbury's identity and the matrix determinant lemma).
    """

    arg_constraints = {"loc": constraints.real_vector,
                       "cov_factor": constraints.independent(constraints.real, 2),
                       "cov_diag": constraints.independent(constraints.positive, 1)}
    support = constraints.real_vector
    has_rsample = True
    _parameter_dims = {"loc": 1, "cov_factor": 2, "cov_diag": 1, "_capacitance_tril": 2}

    def __init__(self, loc: Tensor, cov_factor: Tensor, cov_diag: Tensor,
                 validate_args: bool | None = None) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        event = loc.shape[-1:]
        if cov_factor.dim() < 2 or cov_factor.shape[-2:-1] != event:
            raise ValueError("cov_factor must be a batch of matrices with shape "
                             f"{event[0]} x m, got {tuple(cov_factor.shape)}")
        if cov_diag.shape[-1:] != event:
            raise ValueError("cov_diag must be a batch of vectors with shape "
                             f"{tuple(event)}, got {tuple(cov_diag.shape)}")
        batch = cytorch.broadcast_shapes(loc.shape[:-1], cov_factor.shape[:-2],
                                         cov_diag.shape[:-1])
        self.loc, self.cov_diag = loc.expand(*batch, -1), cov_diag.expand(*batch, -1)
        self.cov_factor = cov_factor.expand(*batch, -1, -1)
        scaled = self.cov_factor.mT / self.cov_diag.unsqueeze(-2)
        identity = cytorch.eye(cov_factor.shape[-1], dtype=loc.dtype, device=loc.device)
        self._capacitance_tril = cytorch.linalg.cholesky(identity + scaled @ self.cov_factor)
        super().__init__(batch, event, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @lazy_property
    def variance(self) -> Tensor:  # type: ignore[override]
        return self.cov_factor.square().sum(-1) + self.cov_diag

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        return self.cov_factor @ self.cov_factor.mT + self.cov_diag.diag_embed()

    @lazy_property
    def scale_tril(self) -> Tensor:
        return cytorch.linalg.cholesky(self.covariance_matrix)

    @lazy_property
    def precision_matrix(self) -> Tensor:
        scaled = self.cov_factor.mT / self.cov_diag.unsqueeze(-2)
        solved = cytorch.linalg.solve_triangular(self._capacitance_tril, scaled, upper=False)
        return self.cov_diag.reciprocal().diag_embed() - solved.mT @ solved

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        low = standard_normal((*shape[:-1], self.cov_factor.shape[-1]), self.loc)
        own = standard_normal(shape, self.loc)
        return (self.loc + (self.cov_factor @ low.unsqueeze(-1)).squeeze(-1)
                + self.cov_diag.sqrt() * own)

    def _log_det(self) -> Tensor:
        return 2 * half_log_det(self._capacitance_tril) + self.cov_diag.log().sum(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        difference = value - self.loc
        scaled = self.cov_factor.mT / self.cov_diag.unsqueeze(-2)
        projected = (scaled @ difference.unsqueeze(-1)).squeeze(-1)
        distance = (difference.square() / self.cov_diag).sum(-1) - batch_mahalanobis(
            self._capacitance_tril, projected)
        constant = self._event_shape[0] * math.log(2 * math.pi)
        return -0.5 * (constant + self._log_det() + distance)

    def entropy(self) -> Tensor:
        constant = self._event_shape[0] * (1 + math.log(2 * math.pi))
        return (0.5 * (constant + self._log_det())).expand(self._batch_shape)
