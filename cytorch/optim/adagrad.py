"""Adagrad."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.ops.spec import ops

from .fused import (
    FusedOptimizer,
    check_learning_rate,
    check_not_negative,
    run_fused,
    step_count,
)


class Adagrad(FusedOptimizer):
    """p -= lr / (1 + (t - 1) lr_decay) * g / (sqrt(s) + eps), s the sum of g^2 so far.

    s begins at `initial_accumulator_value`; g is the gradient plus weight_decay * p. `foreach`
    and `fused` have no effect: a step always is one compiled pass.

    """

    def __init__(self, params: Any, lr: float | Tensor = 1e-2, lr_decay: float = 0,
                 weight_decay: float = 0, initial_accumulator_value: float = 0,
                 eps: float = 1e-10, foreach: bool | None = None, *, maximize: bool = False,
                 differentiable: bool = False, fused: bool | None = None) -> None:
        check_learning_rate(lr)
        check_not_negative("lr_decay value", lr_decay)
        check_not_negative("weight_decay value", weight_decay)
        check_not_negative("initial_accumulator_value value", initial_accumulator_value)
        check_not_negative("epsilon value", eps)
        super().__init__(params, {
            "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "fused": fused})

    def _update(self, group: dict[str, Any], parameters: list[Tensor],
                gradients: list[Tensor]) -> None:
        def new(parameter: Tensor) -> dict[str, Tensor]:
            begin = group["initial_accumulator_value"]
            return {"step": step_count(),
                    "sum": cytorch.full_like(parameter, begin, requires_grad=False)}

        sums, steps = self._states(parameters, new, "sum", "step")
        run_fused(ops._adagrad_step_, (parameters, gradients, sums, steps), float(group["lr"]),
                  float(group["lr_decay"]), float(group["weight_decay"]), float(group["eps"]),
                  group["maximize"])
