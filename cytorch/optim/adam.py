"""Adam."""
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


class Adam(FusedOptimizer):
    """p -= lr * m' / (sqrt(v') + eps), m' and v' the bias-corrected averages of g and g^2.

    m = beta1 m + (1 - beta1) g, m' = m / (1 - beta1^t), and so for v. g is the gradient (negated
    with `maximize`) plus weight_decay * p; `decoupled_weight_decay` shrinks p by
    lr * weight_decay instead (AdamW). `amsgrad` uses the largest v so far. `foreach`, `fused`
    and `capturable` have no effect: a step always is one compiled pass.

    >>> weight = cytorch.ones(2, requires_grad=True)
    >>> optimizer = Adam([weight], lr=0.1)
    >>> (weight * 2).sum().backward()
    >>> optimizer.step()
    >>> weight
    tensor([0.9000, 0.9000], requires_grad=True)
    """

    def __init__(self, params: Any, lr: float | Tensor = 1e-3, betas: Any = (0.9, 0.999),
                 eps: float = 1e-8, weight_decay: float = 0, amsgrad: bool = False, *,
                 foreach: bool | None = None, maximize: bool = False, capturable: bool = False,
                 differentiable: bool = False, fused: bool | None = None,
                 decoupled_weight_decay: bool = False) -> None:
        if isinstance(lr, Tensor) and foreach and not capturable:
            raise ValueError("lr as a Tensor is not supported for capturable=False and "
                             "foreach=True")
        check_learning_rate(lr)
        check_not_negative("epsilon value", eps)
        check_betas(betas)
        check_not_negative("weight_decay value", weight_decay)
        if isinstance(betas[0], Tensor) != isinstance(betas[1], Tensor):
            raise ValueError("betas must be either both floats or both Tensors")
        if isinstance(betas[0], Tensor) and foreach and not capturable:
            raise ValueError("betas as Tensors are not supported for capturable=False and "
                             "foreach=True")
        super().__init__(params, {
            "lr": lr, "betas": (float(betas[0]), float(betas[1])), "eps": eps,
            "weight_decay": weight_decay, "amsgrad": amsgrad, "maximize": maximize,
            "foreach": foreach, "capturable": capturable, "differentiable": differentiable,
            "fused": fused, "decoupled_weight_decay": decoupled_weight_decay})

    def _update(self, group: dict[str, Any], parameters: list[Tensor],
                gradients: list[Tensor]) -> None:
        amsgrad = group["amsgrad"]

        def new(parameter: Tensor) -> dict[str, Tensor]:
            state = {"step": step_count(), "exp_avg": zeros_for(parameter),
                     "exp_avg_sq": zeros_for(parameter)}
            if amsgrad:
                state["max_exp_avg_sq"] = zeros_for(parameter)
            return state

        names = ("exp_avg", "exp_avg_sq", "step") + ("max_exp_avg_sq",) * amsgrad
        averages, squares, steps, *largest = self._states(parameters, new, *names)
        beta1, beta2 = group["betas"]
        run_fused(ops._adam_step_, (parameters, gradients, averages, squares,
                                    largest[0] if amsgrad else [], steps),
                  float(group["lr"]), float(beta1), float(beta2), float(group["weight_decay"]),
                  group["eps"], group["decoupled_weight_decay"], group["maximize"])
