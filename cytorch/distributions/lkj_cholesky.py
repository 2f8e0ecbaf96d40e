"""LKJ distribution of Cholesky factors of correlation matrices."""
from __future__ import annotations

import math
from typing import Any

import cytorch
from cytorch import Tensor

from . import constraints
from .beta import Beta
from .distribution import Distribution
from .utils import broadcast_all, standard_normal


class LKJCholesky(Distribution):
    """Factors L (dim, dim) with density of L L^T proportional to det^(concentration - 1).

    Sampling by the onion method. Source: Lewandowski, Kurowicka and Joe, "Generating random
    correlation matrices based on vines and extended onion method" (2009).
    """

    arg_constraints = {"concentration": constraints.positive}
    support = constraints.corr_cholesky

    def __init__(self, dim: int, concentration: Any = 1.0,
                 validate_args: bool | None = None) -> None:
        if dim < 2:
            raise ValueError("Expected dim to be an integer greater than or equal to 2. Found "
                             f"dim={dim}.")
        self.dim = dim
        self.concentration, = broadcast_all(concentration)
        # row i of the factor has i free numbers; the square of their length is Beta
        offset = cytorch.arange(dim - 1, dtype=self.concentration.dtype)
        offset = cytorch.cat([offset.new_zeros(1), offset])
        marginal = self.concentration + 0.5 * (dim - 2)
        self._beta = Beta(offset + 0.5, marginal.unsqueeze(-1) - 0.5 * offset)
        super().__init__(self.concentration.shape, (dim, dim), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._get_checked_instance(LKJCholesky, _instance)
        batch = cytorch.Size(batch_shape)
        new.dim = self.dim
        new.concentration = self.concentration.expand(batch)
        new._beta = self._beta.expand(batch + (self.dim,))
        Distribution.__init__(new, batch, self.event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with cytorch.no_grad():
            squares = self._beta.sample(sample_shape).unsqueeze(-1)
            directions = standard_normal(self._extended_shape(sample_shape), squares).tril(-1)
            lengths = directions.norm(dim=-1, keepdim=True)
            # the first row has no direction
            directions = (directions / lengths).masked_fill(lengths == 0, 0)
            rows = squares.sqrt() * directions
            rest = (1 - rows.square().sum(-1)).clamp(min=cytorch.finfo(rows.dtype).tiny)
            return rows + rest.sqrt().diag_embed()

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        diagonal = value.diagonal(dim1=-1, dim2=-2)[..., 1:]
        rows = cytorch.arange(2, self.dim + 1, dtype=self.concentration.dtype)
        order = 2 * (self.concentration - 1).unsqueeze(-1) + self.dim - rows
        n = self.dim - 1
        alpha = self.concentration + 0.5 * n
        constant = (0.5 * n * math.log(math.pi) + cytorch.special.multigammaln(alpha - 0.5, n)
                    - alpha.lgamma() * n)
        return (order * diagonal.log()).sum(-1) - constant
