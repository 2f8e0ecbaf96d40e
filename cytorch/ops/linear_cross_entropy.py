"""Cross-entropy of a linear layer's scores."""
from __future__ import annotations

from typing import Any

from .spec import F, argument_error, call, op, shape_error

_NAME = "linear_cross_entropy"


def _check(input: Any, weight: Any, bias: Any) -> None:
    shapes = f"input {tuple(input.shape)} and linear_weight {tuple(weight.shape)}"
    if input.ndim not in (1, 2) or weight.ndim < 2:
        raise shape_error(f"{_NAME}: expected input of 1 or 2 dimensions and linear_weight of at "
                          f"least 2, got {shapes}")
    if input.shape[-1] != weight.shape[-1]:
        raise shape_error(f"{_NAME}: expected equal last dimensions (in_features), got {shapes}: "
                          f"{input.shape[-1]} != {weight.shape[-1]}")
    if bias is not None and bias.shape != weight.shape[:-1]:
        raise shape_error(f"{_NAME}: expected linear_bias of shape {tuple(weight.shape[:-1])}, got "
                          f"{tuple(bias.shape)}")
    if weight.ndim > 2 and input.ndim == 1:
        raise shape_error(f"{_NAME}: a linear_weight of more than 2 dimensions requires batched "
                          f"input, got {shapes}")


def _linear_cross_entropy(input: Any, linear_weight: Any, target: Any, linear_bias: Any,
                          weight: Any, reduction: str, ignore_index: int | None,
                          label_smoothing: float, options: Any) -> Any:
    _check(input, linear_weight, linear_bias)
    outputs = tuple(linear_weight.shape[:-1])
    shape = (*input.shape[:-1], *outputs)
    if ignore_index is not None and tuple(target.shape) == shape:
        raise argument_error(f"{_NAME}: ignore_index cannot be specified when target contains "
                             f"probabilities, got {ignore_index}")
    flat = linear_weight.reshape(-1, linear_weight.shape[-1])
    bias = None if linear_bias is None else linear_bias.reshape(-1)
    return F.cross_entropy(F.linear(input, flat, bias).view(shape), target, weight,
                           ignore_index=-100 if ignore_index is None else ignore_index,
                           reduction=reduction, label_smoothing=label_smoothing)


op(f"nn.functional.{_NAME}(Tensor input, Tensor linear_weight, Tensor target, *, "
   "Tensor? linear_bias=None, Tensor? weight=None, str reduction='mean', int? ignore_index=None, "
   "float label_smoothing=0.0, any options=None) -> Tensor", body=_linear_cross_entropy,
   forms="function",
   samples=lambda s: [
       call(s.tensor(4, 3), s.tensor(5, 3), s.ints(4, high=5)),
       call(s.tensor(4, 3), s.tensor(5, 3), s.ints(4, high=5), linear_bias=s.tensor(5),
            reduction="sum", label_smoothing=0.1),
       call(s.tensor(3), s.tensor(5, 3), s.ints(high=5), reduction="none"),
       call(s.tensor(4, 3), s.tensor(5, 2, 3), s.ints(4, 2, high=5), linear_bias=s.tensor(5, 2)),
       call(s.tensor(4, 3), s.tensor(5, 3), s.tensor(4, 5, low=0.0, high=1.0))],
   errors=lambda s: [
       (call(s.tensor(4, 3), s.tensor(5, 2), s.ints(4, high=5)), "ShapeError", "3 != 2"),
       (call(s.tensor(4, 3), s.tensor(5, 3), s.ints(4, high=5), linear_bias=s.tensor(4)),
        "ShapeError", r"\(4,\)")],
   doc="""cross_entropy(linear(input, linear_weight, linear_bias), target).

input (in) or (N, in); linear_weight (C, in) or (C, d1, ..., in), bias without the last dimension;
target and the other arguments as in cross_entropy. `options` about chunks changes no result and is
taken without effect.

>>> weight = cytorch.zeros(2, 3)
>>> cytorch.nn.functional.linear_cross_entropy(cytorch.ones(1, 3), weight, cytorch.tensor([1]))
tensor(0.6931)
""")
