"""Continuous Bernoulli distribution."""
from __future__ import annotations

import math
from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.nn import functional as F

from . import constraints
from .exp_family import ExponentialFamily
from .utils import (
    broadcast_all,
    clamp_probs,
    lazy_property,
    logits_to_probs,
    probs_or_logits,
    probs_to_logits,
)


class ContinuousBernoulli(ExponentialFamily):
    """C(p) p^x (1 - p)^(1 - x) for x in [0, 1].

    Between `lims` a Taylor series stands for formulas that divide by 1 - 2 p. Source:
    Loaiza-Ganem and Cunningham, "The continuous Bernoulli: fixing a pervasive error in
    variational autoencoders" (2019).
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True
    _mean_carrier_measure = 0
    _parameter_dims = {"probs": 0, "logits": 0}

    def __init__(self, probs: Any = None, logits: Any = None,
                 lims: tuple[float, float] = (0.499, 0.501),
                 validate_args: bool | None = None) -> None:
        probs_or_logits("ContinuousBernoulli", probs, logits)
        if logits is None:
            given, = broadcast_all(probs)
            if validate_args and not bool(self.arg_constraints["probs"].check(given).all()):
                raise ValueError(f"The parameter probs has invalid values:\n{given}")
            self.probs = clamp_probs(given)
        else:
            self.logits, = broadcast_all(logits)
        self._lims = lims
        super().__init__((self.probs if logits is None else self.logits).shape,
                         validate_args=validate_args)

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self) -> Tensor:
        return clamp_probs(logits_to_probs(self.logits, is_binary=True))

    def _stable(self) -> tuple[Tensor, Tensor]:
        """Where probs are away from 1/2, and probs that are so everywhere."""
        stable = (self.probs <= self._lims[0]) | (self.probs > self._lims[1])
        return stable, cytorch.where(stable, self.probs, self._lims[0])

    def _log_constant(self) -> Tensor:
        stable, p = self._stable()
        exact = ((-p).log1p() - p.log()).abs().log() - (1 - 2 * p).abs().log()
        x = (self.probs - 0.5).square()
        return cytorch.where(stable, exact, math.log(2) + (4 / 3 + 104 / 45 * x) * x)

    @property
    def mean(self) -> Tensor:
        stable, p = self._stable()
        exact = p / (2 * p - 1) + 1 / ((-p).log1p() - p.log())
        x = self.probs - 0.5
        return cytorch.where(stable, exact, 0.5 + (1 / 3 + 16 / 45 * x.square()) * x)

    @property
    def variance(self) -> Tensor:
        stable, p = self._stable()
        exact = p * (p - 1) / (1 - 2 * p).square() + ((-p).log1p() - p.log()).pow(-2)
        x = (self.probs - 0.5).square()
        return cytorch.where(stable, exact, 1 / 12 - (1 / 15 - 128 / 945 * x) * x)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.icdf(cytorch.rand(self._extended_shape(sample_shape),
                                      dtype=self.probs.dtype, device=self.probs.device))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return self._log_constant() - F.binary_cross_entropy_with_logits(logits, value,
                                                                         reduction="none")

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        stable, p = self._stable()
        exact = (p.pow(value) * (1 - p).pow(1 - value) + p - 1) / (2 * p - 1)
        inside = cytorch.where(stable, exact, value)
        return inside.masked_fill(value <= 0, 0).masked_fill(value >= 1, 1)

    def icdf(self, value: Tensor) -> Tensor:
        stable, p = self._stable()
        exact = ((-p + value * (2 * p - 1)).log1p() - (-p).log1p()) / (p.log() - (-p).log1p())
        return cytorch.where(stable, exact, value)

    def entropy(self) -> Tensor:
        log_rest = (-self.probs).log1p()
        return self.mean * (log_rest - self.probs.log()) - self._log_constant() - log_rest

    @property
    def _natural_params(self) -> tuple[Tensor]:
        return (self.logits,)

    def _log_normalizer(self, x: Tensor) -> Tensor:  # type: ignore[override]
        stable = (x <= self._lims[0] - 0.5) | (x > self._lims[1] - 0.5)
        y = cytorch.where(stable, x, self._lims[0] - 0.5)
        exact = y.expm1().abs().log() - y.abs().log()
        return cytorch.where(stable, exact, 0.5 * x + x.pow(2) / 24 - x.pow(4) / 2880)
