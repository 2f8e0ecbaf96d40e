"""Negative binomial distribution."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.nn import functional as F

from . import constraints
from .distribution import Distribution
from .gamma import Gamma
from .utils import broadcast_all, lazy_property, logits_to_probs, probs_or_logits, probs_to_logits


class NegativeBinomial(Distribution):
    """Successes of probability `probs` before `total_count` failures happened."""

    arg_constraints = {"total_count": constraints.greater_than_eq(0),
                       "probs": constraints.half_open_interval(0.0, 1.0),
                       "logits": constraints.real}
    support = constraints.nonnegative_integer
    _parameter_dims = {"total_count": 0, "probs": 0, "logits": 0}

    def __init__(self, total_count: Any, probs: Any = None, logits: Any = None,
                 validate_args: bool | None = None) -> None:
        probs_or_logits("NegativeBinomial", probs, logits)
        if logits is None:
            self.probs, self.total_count = broadcast_all(probs, total_count)
        else:
            self.logits, self.total_count = broadcast_all(logits, total_count)
        super().__init__(self.total_count.shape, validate_args=validate_args)

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits, is_binary=True)

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.logits.exp()

    @property
    def mode(self) -> Tensor:
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0)

    @property
    def variance(self) -> Tensor:
        return self.mean / (-self.logits).sigmoid()

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with cytorch.no_grad():
            rate = Gamma(self.total_count, (-self.logits).exp(),
                         validate_args=False).sample(sample_shape)
            return cytorch.poisson(rate)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        count = self.total_count.to(self.logits.dtype)
        unnormalised = count * F.logsigmoid(-self.logits) + value * F.logsigmoid(self.logits)
        constant = (1 + value).lgamma() + count.lgamma() - (count + value).lgamma()
        return unnormalised - constant.masked_fill(count + value == 0, 0)
