"""RMSprop."""
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


class RMSprop(FusedOptimizer):
    """p -= lr * g / (sqrt(v) + eps) with v = alpha v + (1 - alpha) g^2.

    `centered` subtracts the square of the average gradient from v; with `momentum` the step is
    lr * b, b = momentum b + g / (sqrt(v) + eps). g is the gradient plus weight_decay * p.

    >>> weight = cytorch.ones(2, requires_grad=True)
    >>> optimizer = RMSprop([weight], lr=0.1)
    >>> (weight * 2).sum().backward()
    >>> optimizer.step()
    >>> weight
    tensor([0., 0.], requires_grad=True)
    """

    def __init__(self, params: Any, lr: float | Tensor = 1e-2, alpha: float = 0.99,
                 eps: float = 1e-8, weight_decay: float = 0, momentum: float = 0,
                 centered: bool = False, capturable: bool = False, foreach: bool | None = None,
                 maximize: bool = False, differentiable: bool = False) -> None:
        check_learning_rate(lr)
        check_not_negative("epsilon value", eps)
        check_not_negative("momentum value", momentum)
        check_not_negative("weight_decay value", weight_decay)
        check_not_negative("alpha value", alpha)
        super().__init__(params, {
            "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
            "weight_decay": weight_decay, "capturable": capturable, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable})

    def _update(self, group: dict[str, Any], parameters: list[Tensor],
                gradients: list[Tensor]) -> None:
        centered, momentum = group["centered"], float(group["momentum"])

        def new(parameter: Tensor) -> dict[str, Tensor]:
            state = {"step": step_count(), "square_avg": zeros_for(parameter)}
            if momentum > 0:
                state["momentum_buffer"] = zeros_for(parameter)
            if centered:
                state["grad_avg"] = zeros_for(parameter)
            return state

        squares, steps = self._states(parameters, new, "square_avg", "step")
        averages = [self.state[p]["grad_avg"] for p in parameters] if centered else []
        buffers = [self.state[p]["momentum_buffer"] for p in parameters] if momentum > 0 else []
        run_fused(ops._rmsprop_step_, (parameters, gradients, squares, averages, buffers, steps),
                  float(group["lr"]), float(group["alpha"]), float(group["eps"]),
                  float(group["weight_decay"]), momentum, group["maximize"])
