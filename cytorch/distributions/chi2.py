"""Chi-squared distribution."""
from __future__ import annotations

from typing import Any

from cytorch import Tensor

from . import constraints
from .gamma import Gamma


class Chi2(Gamma):
    """The sum of the squares of df normal numbers: Gamma(df / 2, 1 / 2)."""

    arg_constraints = {"df": constraints.positive}

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    @property
    def df(self) -> Tensor:
        return self.concentration * 2
