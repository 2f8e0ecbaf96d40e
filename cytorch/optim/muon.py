"""Muon: momentum whose matrices are orthogonalized."""
from __future__ import annotations

import math
from typing import Any

import cytorch
from cytorch import Tensor

from .fused import FusedOptimizer, check_learning_rate, check_not_negative

_RATIOS = {
    "original": lambda rows, columns: math.sqrt(max(1.0, rows / columns)),
    "match_rms_adamw": lambda rows, columns: 0.2 * math.sqrt(max(rows, columns)),
}


class Muon(FusedOptimizer):
    """p -= lr r U for parameters of two dimensions, U about the nearest orthogonal matrix.

    U comes from the momentum b = lerp(b, g, 1 - momentum) (with nesterov from its next value) by
    `ns_steps` Newton-Schulz iterations X <- a X + (b A + c A^2) X, A = X X^T, in bfloat16, which
    drive all singular values towards 1. r is sqrt(max(1, rows / columns)) for
    adjust_lr_fn="original" (the default), 0.2 sqrt(max(rows, columns)) for "match_rms_adamw".
    weight_decay is decoupled. Sources: Jordan et al., "Muon: An optimizer for hidden layers in
    neural networks" (2024); Liu et al., "Muon is Scalable for LLM Training" (2025).

    Raises ValueError for a parameter that is not a matrix: biases and embeddings go to AdamW.

    >>> import cytorch
    >>> weight = cytorch.ones(4, 3, requires_grad=True)
    >>> optimizer = cytorch.optim.Muon([weight], lr=0.02)
    >>> weight.square().sum().backward()
    >>> optimizer.step()
    """

    def __init__(self, params: Any, lr: float = 1e-3, weight_decay: float = 0.1,
                 momentum: float = 0.95, nesterov: bool = True,
                 ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
                 eps: float = 1e-7, ns_steps: int = 5,
                 adjust_lr_fn: str | None = None) -> None:
        check_learning_rate(lr)
        check_not_negative("momentum", momentum)
        check_not_negative("weight decay", weight_decay)
        if adjust_lr_fn is not None and adjust_lr_fn not in _RATIOS:
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        if not ns_steps < 100:
            raise ValueError(f"Muon: ns_steps must be below 100, got {ns_steps}")
        if len(ns_coefficients) != 3:
            raise ValueError("Muon: ns_coefficients must be exactly 3 values, got "
                             f"{ns_coefficients}")
        super().__init__(params, {
            "lr": lr, "weight_decay": weight_decay, "momentum": momentum, "nesterov": nesterov,
            "ns_coefficients": ns_coefficients, "eps": eps, "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn})

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group; all of its parameters must be matrices."""
        super().add_param_group(param_group)
        for parameter in self.param_groups[-1]["params"]:
            if parameter.dim() != 2:
                del self.param_groups[-1]
                raise ValueError("Muon only supports 2D parameters whereas we found a parameter "
                                 f"with size: {tuple(parameter.shape)}")

    def _update(self, group: dict[str, Any], parameters: list[Tensor],
                gradients: list[Tensor]) -> None:
        lr, momentum = float(group["lr"]), group["momentum"]
        ratio = _RATIOS[group["adjust_lr_fn"] or "original"]
        with cytorch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                state = self.state[parameter]
                if not state:
                    state["momentum_buffer"] = cytorch.zeros_like(gradient)
                average = state["momentum_buffer"].lerp_(gradient, 1 - momentum)
                if group["nesterov"]:
                    average = gradient.lerp(average, momentum)
                update = orthogonalized(average, group["ns_coefficients"], group["ns_steps"],
                                        group["eps"])
                parameter.mul_(1 - lr * group["weight_decay"])
                parameter.add_(update, alpha=-lr * ratio(*parameter.shape))


def orthogonalized(matrix: Tensor, coefficients: tuple[float, float, float], steps: int,
                   eps: float) -> Tensor:
    """U S' V^T for matrix = U S V^T with S' about 1, in bfloat16 (Newton-Schulz)."""
    a, b, c = coefficients
    is_tall = matrix.shape[0] > matrix.shape[1]
    result = (matrix.t() if is_tall else matrix).bfloat16()
    result = result / result.norm().clamp(min=eps)
    for _ in range(steps):
        gram = result @ result.t()
        result = cytorch.addmm(result, cytorch.addmm(gram, gram, gram, beta=b, alpha=c), result,
                               beta=a)
    return result.t() if is_tall else result
