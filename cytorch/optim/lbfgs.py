"""L-BFGS with an optional line search for the strong Wolfe conditions."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cytorch
from cytorch import Tensor

from .fused import as_real, check_learning_rate
from .optimizer import Optimizer


class LBFGS(Optimizer):
    """Limited-memory BFGS: the step direction comes from the last `history_size` gradients.

    `step` needs a closure that computes the loss and the gradients again; it does up to
    `max_iter` iterations and `max_eval` evaluations (default 1.25 * max_iter). It stops when no
    gradient element exceeds `tolerance_grad`, or when loss or parameters change by less than
    `tolerance_change`. `line_search_fn` is None (a fixed step of lr) or "strong_wolfe".
    All parameters are one group.

    >>> x = cytorch.zeros(1, requires_grad=True)
    >>> optimizer = LBFGS([x], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = ((x - 3) ** 2).sum()
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure)
    tensor(9., grad_fn=<SumBackward0>)
    >>> x
    tensor([3.], requires_grad=True)
    """

    def __init__(self, params: Any, lr: float | Tensor = 1, max_iter: int = 20,
                 max_eval: int | None = None, tolerance_grad: float = 1e-7,
                 tolerance_change: float = 1e-9, history_size: int = 100,
                 line_search_fn: str | None = None) -> None:
        check_learning_rate(lr)
        if max_eval is None:
            max_eval = max_iter * 5 // 4
        super().__init__(params, {
            "lr": lr, "max_iter": max_iter, "max_eval": max_eval,
            "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change,
            "history_size": history_size, "line_search_fn": line_search_fn})
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    @property
    def _params(self) -> list[Tensor]:
        return self.param_groups[0]["params"]

    def _flat_gradient(self) -> Tensor:
        gradients = [cytorch.zeros_like(p) if p.grad is None else p.grad for p in self._params]
        return cytorch.cat([as_real(g).reshape(-1) for g in gradients])

    def _move(self, distance: float, direction: Tensor) -> None:
        """Add distance * direction to the parameters."""
        start = 0
        for parameter in map(as_real, self._params):
            end = start + parameter.numel()
            parameter.add_(direction[start:end].view_as(parameter), alpha=float(distance))
            start = end

    @cytorch.no_grad()
    def step(self, closure: Callable[[], Any]) -> Any:  # type: ignore[override]
        """Do up to `max_iter` iterations; returns the loss before the first."""
        evaluate = cytorch.enable_grad()(closure)
        group = self.param_groups[0]
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss = evaluate()
        loss = float(first_loss)
        evaluations = 1
        state["func_evals"] += 1
        gradient = self._flat_gradient()
        if _largest(gradient) <= group["tolerance_grad"]:
            return first_loss
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            direction = _direction(state, gradient, group["history_size"])
            previous_loss = loss
            state["prev_flat_grad"] = gradient.clone()
            state["prev_loss"] = loss
            lr = float(group["lr"])
            step_size = lr
            if state["n_iter"] == 1:
                step_size = min(1.0, 1.0 / gradient.abs().sum().item()) * lr
            state["d"], state["t"] = direction, step_size
            slope = gradient.dot(direction).item()
            if slope > -group["tolerance_change"]:
                break
            is_last = iteration == group["max_iter"]
            loss, gradient, step_size, used = self._advance(
                evaluate, direction, step_size, loss, gradient, slope,
                group["max_eval"] - evaluations, is_last)
            state["t"] = step_size
            evaluations += used
            state["func_evals"] += used
            if (is_last or evaluations >= group["max_eval"]
                    or _largest(gradient) <= group["tolerance_grad"]
                    or _largest(direction) * abs(step_size) <= group["tolerance_change"]
                    or abs(loss - previous_loss) < group["tolerance_change"]):
                break
        return first_loss

    def _advance(self, evaluate: Callable[[], Any], direction: Tensor, step_size: float,
                 loss: float, gradient: Tensor, slope: float, most_evaluations: int,
                 is_last: bool) -> tuple[float, Tensor, float, int]:
        """Move along the direction: new loss, gradient, step size and number of evaluations."""
        search = self.param_groups[0]["line_search_fn"]
        if search is None:
            self._move(step_size, direction)
            if is_last:
                return loss, gradient, step_size, 0  # nobody asks for the loss there
            return float(evaluate()), self._flat_gradient(), step_size, 1
        if search != "strong_wolfe":
            raise RuntimeError(f"only 'strong_wolfe' is supported, got {search!r}")
        from .line_search import strong_wolfe

        start = [parameter.clone() for parameter in self._params]

        def at(distance: float) -> tuple[float, Tensor]:
            self._move(distance, direction)
            value, slope_there = float(evaluate()), self._flat_gradient()
            for parameter, values in zip(self._params, start, strict=True):
                parameter.copy_(values)
            return value, slope_there

        loss, gradient, step_size, used = strong_wolfe(at, step_size, direction, loss, gradient,
                                                       slope, most_evaluations)
        self._move(step_size, direction)
        return loss, gradient, step_size, used


def _largest(values: Tensor) -> float:
    return values.abs().max().item()


def _direction(state: dict[str, Any], gradient: Tensor, history_size: int) -> Tensor:
    """Minus the approximate inverse Hessian times the gradient: the two-loop recursion."""
    if state["n_iter"] == 1:
        state["old_dirs"], state["old_stps"], state["ro"] = [], [], []
        state["H_diag"] = 1.0
        return gradient.neg()
    changes, steps, inverses = state["old_dirs"], state["old_stps"], state["ro"]
    change = gradient - state["prev_flat_grad"]
    step = state["d"] * state["t"]
    curvature = change.dot(step).item()
    if curvature > 1e-10:
        if len(changes) == history_size:
            for history in (changes, steps, inverses):
                history.pop(0)
        changes.append(change)
        steps.append(step)
        inverses.append(1.0 / curvature)
        state["H_diag"] = curvature / change.dot(change).item()
    result = gradient.neg()
    shares = []
    for change, step, inverse in zip(reversed(changes), reversed(steps), reversed(inverses),
                                     strict=True):
        share = step.dot(result).item() * inverse
        result.add_(change, alpha=-share)
        shares.append(share)
    state["al"] = shares[::-1]
    result.mul_(state["H_diag"])
    for change, step, inverse, share in zip(changes, steps, inverses, reversed(shares),
                                            strict=True):
        result.add_(step, alpha=share - change.dot(result).item() * inverse)
    return result
