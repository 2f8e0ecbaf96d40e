"""Half-Cauchy distribution."""
from __future__ import annotations

import math
from typing import Any

import cytorch
from cytorch import Tensor

from .cauchy import Cauchy
from .half import HalfDistribution


class HalfCauchy(HalfDistribution):
    """|x| for x ~ Cauchy(0, scale); mean and variance are infinite."""

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Cauchy(0, scale, validate_args=False), validate_args)

    @property
    def mean(self) -> Tensor:
        return cytorch.full_like(self.scale, math.inf)

    @property
    def variance(self) -> Tensor:
        return self.base_dist.variance
