"""The largest singular value of a weight, by power iteration."""
from __future__ import annotations

import cytorch
from cytorch import Tensor
from cytorch.nn import functional as F


class PowerIteration:
    """Estimates u, v and sigma = u^T W v; the vectors get better with every step of training."""

    def __init__(self, ndim: int, n_power_iterations: int, dim: int, eps: float,
                 left_first: bool = True) -> None:
        if not -ndim <= dim < ndim:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{ndim}, "
                             f"{ndim - 1}] but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError("Expected n_power_iterations to be positive, but got "
                             f"n_power_iterations={n_power_iterations}")
        self.dim = dim % ndim
        self.eps = eps
        self.left_first = left_first

    def as_matrix(self, weight: Tensor) -> Tensor:
        """One row for each index of `dim`."""
        return weight.movedim(self.dim, 0).flatten(1)

    def start(self, weight: Tensor, steps: int = 15) -> tuple[Tensor, Tensor]:
        """Random vectors, improved by some steps."""
        matrix = self.as_matrix(weight.detach())
        u = F.normalize(matrix.new_empty(matrix.shape[0]).normal_(), dim=0, eps=self.eps)
        v = F.normalize(matrix.new_empty(matrix.shape[1]).normal_(), dim=0, eps=self.eps)
        self.improve(matrix, u, v, steps)
        return u, v

    @cytorch.no_grad()
    def improve(self, matrix: Tensor, u: Tensor, v: Tensor, steps: int) -> None:
        """Steps of power iteration, in place."""
        pair = ((matrix, u, v), (matrix.t(), v, u))
        for _ in range(steps):
            for way, result, other in pair if self.left_first else pair[::-1]:
                result.copy_(F.normalize(way.mv(other), dim=0, eps=self.eps))

    def largest(self, weight: Tensor, u: Tensor, v: Tensor, steps: int) -> Tensor:
        """sigma, differentiable with respect to the weight."""
        matrix = self.as_matrix(weight)
        self.improve(matrix, u, v, steps)
        # Copies: the next step changes the vectors that this graph needs.
        return u.clone().dot(matrix.mv(v.clone()))
