"""Wishart distribution."""
from __future__ import annotations

import math
import warnings
from typing import Any

import cytorch
from cytorch import Tensor

from . import constraints
from .chi2 import Chi2
from .exp_family import ExponentialFamily
from .multivariate_normal import half_log_det, precision_to_scale_tril
from .utils import lazy_property, standard_normal


class Wishart(ExponentialFamily):
    """The sum of x x^T over df normal vectors x (n) with a covariance: matrices (n, n).

    One of covariance, precision or the root L of the covariance is given; df > n - 1. Sampling by
    Bartlett's decomposition.
    """

    support = constraints.positive_definite
    has_rsample = True
    _mean_carrier_measure = 0
    _parameter_dims = {"df": 0, "covariance_matrix": 2, "precision_matrix": 2, "scale_tril": 2,
                       "_unbroadcasted_scale_tril": 2}

    def __init__(self, df: Any, covariance_matrix: Tensor | None = None,
                 precision_matrix: Tensor | None = None, scale_tril: Tensor | None = None,
                 validate_args: bool | None = None) -> None:
        given = {name: value for name, value in (
            ("covariance_matrix", covariance_matrix), ("precision_matrix", precision_matrix),
            ("scale_tril", scale_tril)) if value is not None}
        if len(given) != 1:
            raise AssertionError("Exactly one of covariance_matrix or precision_matrix or "
                                 "scale_tril may be specified.")
        (name, matrix), = given.items()
        if matrix.dim() < 2:
            raise ValueError(f"{name} must be at least two-dimensional, with optional leading "
                             "batch dimensions")
        df = cytorch.as_tensor(df, dtype=matrix.dtype)
        batch, n = cytorch.broadcast_shapes(matrix.shape[:-2], df.shape), matrix.shape[-1]
        self.df = df.expand(batch)
        if bool((self.df <= n - 1).any()):
            raise ValueError(f"Value of df={df} expected to be greater than ndim - 1 = {n - 1}.")
        if bool((self.df < n).any()):
            warnings.warn("Low df values detected. Singular samples are highly likely to occur "
                          "for ndim - 1 < df < ndim.", stacklevel=2)
        setattr(self, name, matrix.expand(*batch, -1, -1))
        super().__init__(batch, matrix.shape[-2:], validate_args=validate_args)
        self._unbroadcasted_scale_tril = {
            "scale_tril": lambda: matrix,
            "covariance_matrix": lambda: cytorch.linalg.cholesky(matrix),
            "precision_matrix": lambda: precision_to_scale_tril(matrix)}[name]()

    @property
    def arg_constraints(self) -> Any:  # type: ignore[override]
        return {"covariance_matrix": constraints.positive_definite,
                "precision_matrix": constraints.positive_definite,
                "scale_tril": constraints.lower_cholesky,
                "df": constraints.greater_than(self.event_shape[-1] - 1)}

    @lazy_property
    def scale_tril(self) -> Tensor:
        return self._unbroadcasted_scale_tril.expand(self._batch_shape + self._event_shape)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        return self.scale_tril @ self.scale_tril.mT

    @lazy_property
    def precision_matrix(self) -> Tensor:
        return cytorch.cholesky_inverse(self.scale_tril)

    @property
    def mean(self) -> Tensor:
        return self.df[..., None, None] * self.covariance_matrix

    @property
    def mode(self) -> Tensor:
        factor = self.df - self.event_shape[-1] - 1
        factor = factor.masked_fill(factor <= 0, math.nan)
        return factor[..., None, None] * self.covariance_matrix

    @property
    def variance(self) -> Tensor:
        covariance = self.covariance_matrix
        diagonal = covariance.diagonal(dim1=-2, dim2=-1)
        products = diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2)
        return self.df[..., None, None] * (covariance.square() + products)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        numbers = cytorch.arange(shape[-1], dtype=self.df.dtype, device=self.df.device)
        squares = Chi2(self.df.unsqueeze(-1) - numbers, validate_args=False).rsample(sample_shape)
        diagonal = squares.clamp(min=cytorch.finfo(squares.dtype).eps).sqrt()
        bartlett = standard_normal(shape, self.df).tril(-1) + diagonal.diag_embed()
        factor = self._unbroadcasted_scale_tril @ bartlett
        return factor @ factor.mT

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        n, factor = self.event_shape[-1], self._unbroadcasted_scale_tril
        trace = cytorch.cholesky_solve(value, factor).diagonal(dim1=-2, dim2=-1).sum(-1)
        return (-self.df * (0.5 * n * math.log(2) + half_log_det(factor))
                - cytorch.special.multigammaln(self.df / 2, n)
                + (self.df - n - 1) / 2 * cytorch.linalg.slogdet(value).logabsdet - trace / 2)

    def _digamma_sum(self) -> Tensor:
        """The derivative of the logarithm of the multivariate gamma function at df / 2."""
        n = self.event_shape[-1]
        numbers = cytorch.arange(n, dtype=self.df.dtype, device=self.df.device)
        return (0.5 * (self.df.unsqueeze(-1) - numbers)).digamma().sum(-1)

    def entropy(self) -> Tensor:
        n = self.event_shape[-1]
        return ((n + 1) * (0.5 * n * math.log(2) + half_log_det(self._unbroadcasted_scale_tril))
                + cytorch.special.multigammaln(self.df / 2, n)
                - 0.5 * (self.df - n - 1) * self._digamma_sum() + 0.5 * self.df * n)
