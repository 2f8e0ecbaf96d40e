"""Adadelta."""
from __future__ import annotations

from typing import Any

from cytorch import Tensor
from cytorch.ops.spec import ops

from .fused import (
    FusedOptimizer,
    check_learning_rate,
    check_not_negative,
    run_fused,
    step_count,
    zeros_for,
)


class Adadelta(FusedOptimizer):
    """p -= lr * d with d = sqrt(u + eps) / sqrt(v + eps) * g.

    u and v are the averages of d^2 and g^2 with decay `rho`; g is the gradient plus
    weight_decay * p. `foreach` and `capturable` have no effect.

    """

    def __init__(self, params: Any, lr: float | Tensor = 1.0, rho: float = 0.9, eps: float = 1e-6,
                 weight_decay: float = 0, foreach: bool | None = None, *,
                 capturable: bool = False, maximize: bool = False,
                 differentiable: bool = False) -> None:
        check_learning_rate(lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        check_not_negative("epsilon value", eps)
        check_not_negative("weight_decay value", weight_decay)
        super().__init__(params, {
            "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "capturable": capturable, "foreach": foreach, "differentiable": differentiable})

    def _update(self, group: dict[str, Any], parameters: list[Tensor],
                gradients: list[Tensor]) -> None:
        def new(parameter: Tensor) -> dict[str, Tensor]:
            return {"step": step_count(), "square_avg": zeros_for(parameter),
                    "acc_delta": zeros_for(parameter)}

        squares, changes, steps = self._states(parameters, new, "square_avg", "acc_delta", "step")
        run_fused(ops._adadelta_step_, (parameters, gradients, squares, changes, steps),
                  float(group["lr"]), float(group["rho"]), float(group["eps"]),
                  float(group["weight_decay"]), group["maximize"])
