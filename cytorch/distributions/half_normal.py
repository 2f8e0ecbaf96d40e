"""Half-normal distribution."""
from __future__ import annotations

import math
from typing import Any

from cytorch import Tensor

from .half import HalfDistribution
from .normal import Normal


class HalfNormal(HalfDistribution):
    """|x| for x ~ Normal(0, scale)."""

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(0, scale, validate_args=False), validate_args)

    @property
    def mean(self) -> Tensor:
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def variance(self) -> Tensor:
        return self.scale.square() * (1 - 2 / math.pi)
