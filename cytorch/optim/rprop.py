"""Rprop: resilient backpropagation."""
from __future__ import annotations

from typing import Any

from cytorch import Tensor
from cytorch.ops.spec import ops

from .fused import (
    FusedOptimizer,
    check_learning_rate,
    run_fused,
    step_count,
    zeros_for,
)


class Rprop(FusedOptimizer):
    """p -= size * sign(g), each element with a step size of its own.

    The size begins at lr, is multiplied by etas[1] while the sign of the gradient stays and by
    etas[0] when it changes (then the element waits for one step), within `step_sizes`.
    `foreach` and `capturable` have no effect.

    """

    def __init__(self, params: Any, lr: float | Tensor = 1e-2, etas: Any = (0.5, 1.2),
                 step_sizes: Any = (1e-6, 50), *, capturable: bool = False,
                 foreach: bool | None = None, maximize: bool = False,
                 differentiable: bool = False) -> None:
        check_learning_rate(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        super().__init__(params, {
            "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable})

    def _update(self, group: dict[str, Any], parameters: list[Tensor],
                gradients: list[Tensor]) -> None:
        rate = float(group["lr"])

        def new(parameter: Tensor) -> dict[str, Tensor]:
            return {"step": step_count(), "prev": zeros_for(parameter),
                    "step_size": zeros_for(parameter).fill_(
                        complex(rate, rate) if parameter.is_complex() else rate)}

        previous, sizes, steps = self._states(parameters, new, "prev", "step_size", "step")
        (shrink, grow), (least, most) = group["etas"], group["step_sizes"]
        run_fused(ops._rprop_step_, (parameters, gradients, previous, sizes, steps),
                  float(shrink), float(grow), float(least), float(most), group["maximize"])
