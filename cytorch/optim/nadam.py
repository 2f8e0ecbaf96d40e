"""NAdam: Adam with Nesterov momentum."""
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


class NAdam(FusedOptimizer):
    """p -= lr ((1 - mu) / (1 - P) g + mu' / (1 - P mu') m) / (sqrt(v') + eps).

    mu = beta1 (1 - 0.5 * 0.96^(t momentum_decay)), mu' the one of the next step, P the product
    of all mu so far; m and v as in Adam, v' = v / (1 - beta2^t). `decoupled_weight_decay` as in
    AdamW. `foreach` and `capturable` have no effect.

    """

    def __init__(self, params: Any, lr: float | Tensor = 2e-3, betas: Any = (0.9, 0.999),
                 eps: float = 1e-8, weight_decay: float = 0, momentum_decay: float = 4e-3,
                 decoupled_weight_decay: bool = False, *, foreach: bool | None = None,
                 maximize: bool = False, capturable: bool = False,
                 differentiable: bool = False) -> None:
        check_learning_rate(lr)
        check_not_negative("epsilon value", eps)
        check_betas(betas)
        check_not_negative("weight_decay value", weight_decay)
        check_not_negative("momentum_decay value", momentum_decay)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
            "momentum_decay": momentum_decay, "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize, "foreach": foreach, "capturable": capturable,
            "differentiable": differentiable})

    def _update(self, group: dict[str, Any], parameters: list[Tensor],
                gradients: list[Tensor]) -> None:
        def new(parameter: Tensor) -> dict[str, Tensor]:
            return {"step": step_count(), "mu_product": step_count().fill_(1.0),
                    "exp_avg": zeros_for(parameter), "exp_avg_sq": zeros_for(parameter)}

        averages, squares, steps, products = self._states(
            parameters, new, "exp_avg", "exp_avg_sq", "step", "mu_product")
        beta1, beta2 = group["betas"]
        run_fused(ops._nadam_step_, (parameters, gradients, averages, squares, steps, products),
                  float(group["lr"]), float(beta1), float(beta2), float(group["weight_decay"]),
                  float(group["momentum_decay"]), float(group["eps"]),
                  group["decoupled_weight_decay"], group["maximize"])
