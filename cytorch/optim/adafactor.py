"""Adafactor: second moments kept as one row and one column."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.errors import DTypeError

from .fused import FusedOptimizer, check_learning_rate, check_not_negative, step_count


class Adafactor(FusedOptimizer):
    """p -= alpha u / max(1, rms(u) / d) with u = g / sqrt(v) and v of rank one.

    For parameters of two and more dimensions v is the product of the averages of g^2 over rows
    and over columns, so that the state grows with the sum of the sides and not with their
    product. The averages have decay 1 - t^beta2_decay; alpha = max(eps[1], rms(p)) min(lr,
    1 / sqrt(t)). weight_decay is decoupled. eps[0] None is the epsilon of the dtype. `foreach`
    has no effect. Source: Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear
    Memory Cost" (2018).

    >>> import cytorch
    >>> weight = cytorch.ones(4, 3, requires_grad=True)
    >>> optimizer = cytorch.optim.Adafactor([weight])
    >>> weight.sum().backward()
    >>> optimizer.step()
    >>> optimizer.state[weight]["row_var"].shape
    torch.Size([4, 1])
    """

    def __init__(self, params: Any, lr: float | Tensor = 1e-2, beta2_decay: float = -0.8,
                 eps: tuple[float | None, float] = (None, 1e-3), d: float = 1.0,
                 weight_decay: float = 0.0, *, foreach: bool | None = None,
                 maximize: bool = False) -> None:
        check_learning_rate(lr)
        if not beta2_decay <= 0.0:
            raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
        if eps[0] is not None:
            check_not_negative("epsilon1", eps[0])
        check_not_negative("epsilon2", eps[1])
        if not d >= 1.0:
            raise ValueError(f"Clipping threshold d should be >= 1 but is: {d}")
        check_not_negative("weight_decay value", weight_decay)
        super().__init__(params, {
            "lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d,
            "weight_decay": weight_decay, "foreach": foreach, "maximize": maximize})

    def _update(self, group: dict[str, Any], parameters: list[Tensor],
                gradients: list[Tensor]) -> None:
        with cytorch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                if parameter.is_complex():
                    raise DTypeError("Adafactor does not support complex parameters, got "
                                     f"{parameter.dtype}")
                state = self.state[parameter]
                if not state:
                    state.update(_new_state(gradient))
                _step(group, state, parameter, -gradient if group["maximize"] else gradient)


def _new_state(gradient: Tensor) -> dict[str, Tensor]:
    if gradient.dim() < 2:
        return {"step": step_count(), "variance": cytorch.zeros_like(gradient)}
    *batch, rows, columns = gradient.shape
    return {"step": step_count(), "row_var": gradient.new_zeros(*batch, rows, 1),
            "col_var": gradient.new_zeros(*batch, 1, columns)}


def _root_mean_square(tensor: Tensor) -> float:
    return float(tensor.norm(2).item()) / max(1, tensor.numel()) ** 0.5


def _second_moment(state: dict[str, Tensor], gradient: Tensor, weight: float,
                   eps: float) -> Tensor:
    """The moving average of g^2, or its approximation of rank one."""
    squares = gradient * gradient
    if gradient.dim() < 2:
        return state["variance"].lerp_(squares, weight).clone()
    rows = state["row_var"].lerp_(squares.mean(-1, keepdim=True), weight)
    columns = state["col_var"].lerp_(squares.mean(-2, keepdim=True), weight)
    return (rows @ columns).div_(rows.mean(-2, keepdim=True).clamp_(min=eps))


def _step(group: dict[str, Any], state: dict[str, Tensor], parameter: Tensor,
          gradient: Tensor) -> None:
    lr, (eps1, eps2) = float(group["lr"]), group["eps"]
    if eps1 is None:
        eps1 = cytorch.finfo(parameter.dtype).eps
    step = state["step"].add_(1).item()
    alpha = max(eps2, _root_mean_square(parameter)) * min(lr, step ** -0.5)
    if group["weight_decay"]:
        parameter.mul_(1 - lr * group["weight_decay"])
    moment = _second_moment(state, gradient, step ** group["beta2_decay"], eps1)
    # the square root follows, so the bound is squared
    update = moment.clamp_(min=eps1 * eps1).rsqrt_().mul_(gradient)
    parameter.add_(update, alpha=-alpha / max(1.0, _root_mean_square(update) / group["d"]))
