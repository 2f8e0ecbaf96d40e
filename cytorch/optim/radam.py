"""RAdam: Adam with a rectified step size."""
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


class RAdam(FusedOptimizer):
    """Adam whose step size is rectified for the variance of v, and momentum alone at first.

    With rho_t = rho - 2 t beta2^t / (1 - beta2^t), rho = 2 / (1 - beta2) - 1: where rho_t > 5,
    p -= lr r m' / (sqrt(v') + eps), else p -= lr m'. `decoupled_weight_decay` as in AdamW.
    `foreach` and `capturable` have no effect.

    """

    def __init__(self, params: Any, lr: float | Tensor = 1e-3, betas: Any = (0.9, 0.999),
                 eps: float = 1e-8, weight_decay: float = 0,
                 decoupled_weight_decay: bool = False, *, foreach: bool | None = None,
                 maximize: bool = False, capturable: bool = False,
                 differentiable: bool = False) -> None:
        check_learning_rate(lr)
        check_not_negative("epsilon value", eps)
        check_betas(betas)
        check_not_negative("weight_decay value", weight_decay)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
            "maximize": maximize, "foreach": foreach, "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay, "differentiable": differentiable})

    def _update(self, group: dict[str, Any], parameters: list[Tensor],
                gradients: list[Tensor]) -> None:
        def new(parameter: Tensor) -> dict[str, Tensor]:
            return {"step": step_count(), "exp_avg": zeros_for(parameter),
                    "exp_avg_sq": zeros_for(parameter)}

        averages, squares, steps = self._states(parameters, new, "exp_avg", "exp_avg_sq", "step")
        beta1, beta2 = group["betas"]
        run_fused(ops._radam_step_, (parameters, gradients, averages, squares, steps),
                  float(group["lr"]), float(beta1), float(beta2), float(group["weight_decay"]),
                  float(group["eps"]), group["decoupled_weight_decay"], group["maximize"])
