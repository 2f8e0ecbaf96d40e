"""ASGD: averaged stochastic gradient descent."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch import Tensor

from .fused import (
    FusedOptimizer,
    check_learning_rate,
    check_not_negative,
    step_count,
    zeros_for,
)


class ASGD(FusedOptimizer):
    """p -= eta (g + lambd p), and ax, the average of p over the steps from t0 on.

    eta = lr / (1 + lambd lr t)^alpha falls with the step t; ax += mu (p - ax) with
    mu = 1 / max(1, t - t0). g is the gradient plus weight_decay * p. Source: Polyak and Juditsky,
    "Acceleration of Stochastic Approximation by Averaging" (1992). `foreach` and `capturable`
    have no effect.

    >>> import cytorch
    >>> weight = cytorch.ones(2, requires_grad=True)
    >>> optimizer = cytorch.optim.ASGD([weight], lr=0.1)
    >>> weight.sum().backward()
    >>> optimizer.step()
    >>> optimizer.state[weight]["ax"]
    tensor([0.9000, 0.9000])
    """

    def __init__(self, params: Any, lr: float | Tensor = 1e-2, lambd: float = 1e-4,
                 alpha: float = 0.75, t0: float = 1e6, weight_decay: float = 0,
                 foreach: bool | None = None, maximize: bool = False,
                 differentiable: bool = False, capturable: bool = False) -> None:
        check_learning_rate(lr)
        check_not_negative("weight_decay value", weight_decay)
        super().__init__(params, {
            "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay,
            "foreach": foreach, "maximize": maximize, "differentiable": differentiable,
            "capturable": capturable})

    def _update(self, group: dict[str, Any], parameters: list[Tensor],
                gradients: list[Tensor]) -> None:
        lr, lambd, alpha = float(group["lr"]), group["lambd"], group["alpha"]

        def new(parameter: Tensor) -> dict[str, Tensor]:
            return {"step": step_count(), "eta": step_count().fill_(lr),
                    "mu": step_count().fill_(1), "ax": zeros_for(parameter)}

        lists = self._states(parameters, new, "step", "eta", "mu", "ax")
        with cytorch.no_grad():
            for parameter, gradient, count, eta, mu, average in zip(
                    parameters, gradients, *lists, strict=True):
                rate, weight = eta.item(), mu.item()
                gradient = -gradient if group["maximize"] else gradient
                if group["weight_decay"]:
                    gradient = gradient.add(parameter, alpha=group["weight_decay"])
                parameter.mul_(1 - lambd * rate).add_(gradient, alpha=-rate)
                if weight == 1:
                    average.copy_(parameter)
                else:
                    average.add_(parameter - average, alpha=weight)
                step = count.add_(1).item()
                eta.fill_(lr / (1 + lambd * lr * step) ** alpha)
                mu.fill_(1 / max(1, step - group["t0"]))
