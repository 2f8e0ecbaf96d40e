"""What the optimizers share whose step is one compiled pass over all parameters."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.errors import IndexOutOfRange, ShapeError

from .optimizer import Optimizer

# The call layer takes this many tensors in one call.
MOST_TENSORS = 1000
_DTYPES = (cytorch.float32, cytorch.float64)


class FusedOptimizer(Optimizer):
    """`step` as PyTorch's; a subclass writes `_update` for one group."""

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update all parameters once.

        `closure` computes the loss again, with gradients, and returns it; so does `step` then.
        """
        loss = None
        if closure is not None:
            with cytorch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            parameters, gradients = [], []
            for parameter in group["params"]:
                gradient = parameter.grad
                if gradient is not None:
                    parameters.append(parameter)
                    gradients.append(gradient)
            if parameters:
                self._update(group, parameters, gradients)
        return loss

    def _update(self, group: dict[str, Any], parameters: list[Tensor],
                gradients: list[Tensor]) -> None:
        raise NotImplementedError

    def _states(self, parameters: list[Tensor], new: Callable[[Tensor], dict[str, Tensor]],
                *names: str) -> list[list[Tensor]]:
        """The states of the parameters, one list for each name; `new` makes a missing one."""
        lists: list[list[Tensor]] = [[] for _ in names]
        for parameter in parameters:
            state = self.state[parameter]
            if not state:
                state.update(new(parameter))
            for values, name in zip(lists, names, strict=True):
                values.append(state[name])
        return lists

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for values in self.state.values():
            # PyTorch before 1.12 saved the number of steps as an int
            if isinstance(values, dict) and "step" in values and not isinstance(
                    values["step"], Tensor):
                values["step"] = cytorch.tensor(float(values["step"]))


def step_count() -> Tensor:
    """A new count of steps: a 0-dim tensor, as in PyTorch's state_dict."""
    double = cytorch.get_default_dtype() is cytorch.float64
    return cytorch.tensor(0.0, dtype=cytorch.float64 if double else cytorch.float32)


def zeros_for(parameter: Tensor) -> Tensor:
    """A state tensor of zeros for a parameter."""
    return cytorch.zeros_like(parameter, requires_grad=False)


def check_learning_rate(lr: Any) -> None:
    """Raise ValueError for a negative learning rate or a tensor of several."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError(f"Tensor lr must be 1-element, got shape {tuple(lr.shape)}")
    check_not_negative("learning rate", lr)


def check_not_negative(name: str, value: Any) -> None:
    """Raise ValueError unless value >= 0 (so for NaN too)."""
    if not value >= 0.0:
        raise ValueError(f"Invalid {name}: {value}")


def check_betas(betas: Any) -> None:
    """Raise ValueError unless both decay rates lie in [0, 1)."""
    for position in range(2):
        if not 0.0 <= betas[position] < 1.0:
            raise ValueError(f"Invalid beta parameter at index {position}: {betas[position]}")


def run_fused(op: Callable[..., Any], lists: tuple[list[Any], ...], *settings: Any) -> None:
    """Call a fused step on parameters, gradients and states: lists[0], lists[1] and the others.

    Splits the lists where dtypes differ or where they are too long for one call. 16-bit
    parameters are updated in float32, complex ones as pairs of real numbers.
    """
    parameters = lists[0]
    dtype = parameters[0].dtype
    kinds = {p.dtype for p in parameters}
    at_most = MOST_TENSORS // len(lists)
    if len(kinds) == 1 and dtype in _DTYPES and len(parameters) <= at_most:
        _call(op, lists, settings)
        return
    for kind in kinds:
        chosen = [i for i, p in enumerate(parameters) if p.dtype is kind]
        for start in range(0, len(chosen), at_most):
            part = [[values[i] for i in chosen[start:start + at_most]] if values else []
                    for values in lists]
            if kind in _DTYPES:
                _call(op, part, settings)
            elif kind.is_complex:
                _call(op, [[as_real(t) for t in values] for values in part], settings)
            else:
                _call_in_float32(op, part, settings, kind)


def as_real(tensor: Tensor) -> Tensor:
    """Complex numbers as pairs of real ones, in the same memory."""
    return cytorch.view_as_real(tensor.detach()) if tensor.is_complex() else tensor


def _call(op: Callable[..., Any], lists: Any, settings: Any) -> None:
    try:
        op(*lists, *settings)
    except IndexOutOfRange:
        _explain(lists)
        raise


def _call_in_float32(op: Callable[..., Any], lists: Any, settings: Any, kind: Any) -> None:
    wide = [[t.float() if t.dtype is kind else t for t in values] for values in lists]
    _call(op, wide, settings)
    with cytorch.no_grad():
        for position, values in enumerate(lists):
            if position != 1:
                for narrow, result in zip(values, wide[position], strict=True):
                    if narrow is not result:
                        narrow.copy_(result)


def _explain(lists: Any) -> None:
    """Raise an error that names the tensor that does not fit its parameter."""
    for values in lists[1:]:
        for position, value in enumerate(values):
            parameter = lists[0][position]
            is_count = value.numel() == 1 and value.dim() == 0
            if not is_count and (value.shape != parameter.shape
                                 or value.dtype is not parameter.dtype):
                raise ShapeError(
                    f"optimizer step: parameter {position} is {tuple(parameter.shape)} "
                    f"{parameter.dtype}, but its gradient or state is {tuple(value.shape)} "
                    f"{value.dtype}: was the parameter changed, or another model's state loaded?")
