"""Stochastic gradient descent."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.ops.spec import ops

from .fused import FusedOptimizer, check_learning_rate, check_not_negative, run_fused


class SGD(FusedOptimizer):
    """p -= lr * b with b = momentum * b + (1 - dampening) * g; without momentum b = g.

    g is the gradient (negated with `maximize`) plus weight_decay * p; the first b is g itself.
    With `nesterov` the step is lr * (g + momentum * b). `foreach` and `fused` have no effect: a
    step always is one compiled pass.

    >>> weight = cytorch.ones(2, requires_grad=True)
    >>> optimizer = SGD([weight], lr=0.1)
    >>> (weight * 2).sum().backward()
    >>> optimizer.step()
    >>> weight
    tensor([0.8000, 0.8000], requires_grad=True)
    """

    def __init__(self, params: Any, lr: float | Tensor = 1e-3, momentum: float = 0,
                 dampening: float = 0, weight_decay: float = 0, nesterov: bool = False, *,
                 maximize: bool = False, foreach: bool | None = None,
                 differentiable: bool = False, fused: bool | None = None) -> None:
        check_learning_rate(lr)
        check_not_negative("momentum value", momentum)
        check_not_negative("weight_decay value", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay,
            "nesterov": nesterov, "maximize": maximize, "foreach": foreach,
            "differentiable": differentiable, "fused": fused})

    def _update(self, group: dict[str, Any], parameters: list[Tensor],
                gradients: list[Tensor]) -> None:
        momentum = float(group["momentum"])
        settings = (float(group["lr"]), momentum, float(group["dampening"]),
                    float(group["weight_decay"]), group["nesterov"], group["maximize"])
        if momentum == 0:
            run_fused(ops._sgd_step_, (parameters, gradients, []), *settings, False)
            return
        old: Any = ([], [], [])
        new: Any = ([], [], [])
        for parameter, gradient in zip(parameters, gradients, strict=True):
            state = self.state[parameter]
            buffer = state.get("momentum_buffer")
            lists = old
            if buffer is None:
                lists = new
                buffer = state["momentum_buffer"] = cytorch.empty_like(parameter,
                                                                       requires_grad=False)
            for values, value in zip(lists, (parameter, gradient, buffer), strict=True):
                values.append(value)
        for lists, first in ((old, False), (new, True)):
            if lists[0]:
                run_fused(ops._sgd_step_, lists, *settings, first)
