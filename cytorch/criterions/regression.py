"""Losses of regression: what the network gives and what it should give are numbers."""
from __future__ import annotations

from cytorch import Tensor
from cytorch.nn import functional as F

from .base import _Loss


class MSELoss(_Loss):
    """Squared error (input - target)^2.

    Shapes: input (*), target (*); the result is 0-dim, or (*) with reduction "none".

    >>> MSELoss()(cytorch.tensor([1., 2.]), cytorch.tensor([0., 0.]))
    tensor(2.5000)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(_Loss):
    """Absolute error |input - target|; shapes as MSELoss.

    >>> L1Loss()(cytorch.tensor([1., 2.]), cytorch.tensor([0., 0.]))
    tensor(1.5000)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """0.5 d^2 / beta where d = |input - target| < beta, else d - 0.5 beta; shapes as MSELoss.

    >>> SmoothL1Loss()(cytorch.tensor([1., 3.]), cytorch.tensor([0., 0.]))
    tensor(1.5000)
    """

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None,
                 reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """0.5 d^2 where d = |input - target| <= delta, else delta (d - 0.5 delta).

    >>> HuberLoss()(cytorch.tensor([1., 3.]), cytorch.tensor([0., 0.]))
    tensor(1.5000)
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class PoissonNLLLoss(_Loss):
    """Negative log likelihood of a Poisson distribution with mean exp(input).

    exp(x) - t x; without `log_input` the input is the mean itself: x - t log(x + eps). `full`
    adds Stirling's approximation of log t!.
    """

    def __init__(self, log_input: bool = True, full: bool = False,
                 size_average: bool | None = None, eps: float = 1e-8,
                 reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input = log_input
        self.full = full
        self.eps = eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        return F.poisson_nll_loss(log_input, target, log_input=self.log_input, full=self.full,
                                  eps=self.eps, reduction=self.reduction)


class GaussianNLLLoss(_Loss):
    """Negative log likelihood of normal distributions with means `input` and variances `var`.

    0.5 (log v + (x - t)^2 / v), v at least eps; `full` adds 0.5 log(2 pi).
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        return F.gaussian_nll_loss(input, target, var, full=self.full, eps=self.eps,
                                   reduction=self.reduction)
