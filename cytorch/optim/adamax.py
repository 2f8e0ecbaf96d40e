"""Adamax: Adam with the infinity norm."""
from __future__ import annotations

from typing import Any

from cytorch import Tensor
from cytorch.ops.spec import ops

from .fused import (
    FusedOptimizer,
    check_betas,
    check_learning_rate,
    check_not_negative,
    run_fused,
    step_count,
    zeros_for,
)


class Adamax(FusedOptimizer):
    """p -= lr / (1 - beta1^t) * m / u with u = max(beta2 u, |g| + eps).

    m is the average of g with decay beta1; g is the gradient plus weight_decay * p. `foreach`
    and `capturable` have no effect.

    """

    def __init__(self, params: Any, lr: float | Tensor = 2e-3, betas: Any = (0.9, 0.999),
                 eps: float = 1e-8, weight_decay: float = 0, foreach: bool | None = None, *,
                 maximize: bool = False, differentiable: bool = False,
                 capturable: bool = False) -> None:
        check_learning_rate(lr)
        check_not_negative("epsilon value", eps)
        check_betas(betas)
        check_not_negative("weight_decay value", weight_decay)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
            "foreach": foreach, "maximize": maximize, "differentiable": differentiable,
            "capturable": capturable})

    def _update(self, group: dict[str, Any], parameters: list[Tensor],
                gradients: list[Tensor]) -> None:
        def new(parameter: Tensor) -> dict[str, Tensor]:
            return {"step": step_count(), "exp_avg": zeros_for(parameter),
                    "exp_inf": zeros_for(parameter)}

        averages, largest, steps = self._states(parameters, new, "exp_avg", "exp_inf", "step")
        beta1, beta2 = group["betas"]
        run_fused(ops._adamax_step_, (parameters, gradients, averages, largest, steps),
                  float(group["lr"]), float(beta1), float(beta2), float(group["weight_decay"]),
                  float(group["eps"]), group["maximize"])
