"""Generalized Pareto distribution."""
from __future__ import annotations

import math
from typing import Any

import cytorch
from cytorch import Tensor

from . import constraints
from .distribution import Distribution
from .utils import broadcast_all, uniform


class GeneralizedPareto(Distribution):
    """(1 + c z)^(-1 / c - 1) / scale with z = (x - loc) / scale and c = concentration.

    For c = 0 it is exp(-z) / scale.
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive,
                       "concentration": constraints.real}
    has_rsample = True
    _parameter_dims = {"loc": 0, "scale": 0, "concentration": 0}

    def __init__(self, loc: Any, scale: Any, concentration: Any,
                 validate_args: bool | None = None) -> None:
        self.loc, self.scale, self.concentration = broadcast_all(loc, scale, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        upper = cytorch.where(self.concentration < 0, self.loc - self.scale / self.concentration,
                              math.inf)
        return constraints.interval(self.loc, upper)

    def _zero_or_safe(self) -> tuple[Tensor, Tensor]:
        """Where the concentration is zero, and one that can be divided by."""
        zero = cytorch.isclose(self.concentration, cytorch.zeros_like(self.concentration))
        return zero, self.concentration.masked_fill(zero, 1.0)

    @property
    def mean(self) -> Tensor:
        mean = self.loc + self.scale / (1 - self.concentration)
        return mean.masked_fill(self.concentration >= 1, math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        c = self.concentration
        variance = self.scale.square() / ((1 - c).square() * (1 - 2 * c))
        return variance.masked_fill(c >= 0.5, math.nan)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.icdf(uniform(self._extended_shape(sample_shape), self.loc))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        z = (value - self.loc) / self.scale
        zero, c = self._zero_or_safe()
        power = 1 / c + 1
        distance = cytorch.where(power == 0, power, power * (c * z).log1p())
        return -self.scale.log() - cytorch.where(zero, z, distance)

    def log_survival_function(self, value: Tensor) -> Tensor:
        """log(1 - cdf(value))."""
        if self._validate_args:
            self._validate_sample(value)
        z = (value - self.loc) / self.scale
        zero, c = self._zero_or_safe()
        return cytorch.where(zero, -z, -(c * z).log1p() / c)

    def log_cdf(self, value: Tensor) -> Tensor:
        return (-self.log_survival_function(value).exp()).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        return self.log_cdf(value).exp()

    def icdf(self, value: Tensor) -> Tensor:
        zero, c = self._zero_or_safe()
        log_rest = (-value).log1p()
        return self.loc + self.scale * cytorch.where(zero, -log_rest,
                                                     (-c * log_rest).expm1() / c)

    def entropy(self) -> Tensor:
        return self.scale.log() + self.concentration + 1
