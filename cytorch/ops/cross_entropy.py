"""Cross-entropy and negative log-likelihood."""
from __future__ import annotations

from typing import Any

from .dtypes import refuse_complex
from .loss import reduction_of
from .spec import FLOATING, argument_error, call, index_error, op, ops, shape_error, structured

_REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}
_FORMER = "bool? size_average=None"


def _number_of(name: str, reduction: str) -> int:
    if reduction not in _REDUCTIONS:
        raise argument_error(f"{name}: {reduction!r} is not a valid value for reduction: "
                             "use 'mean', 'sum' or 'none'")
    return _REDUCTIONS[reduction]


# ---- primitives
def _forward_shape(input: Any, target: Any, reduction: int) -> Any:
    dtype = input.dtype
    loss = tuple(target.shape) if reduction == 0 else ()
    return (loss, dtype), (tuple(target.shape), dtype), ((), dtype)


def _second_derivative(g: Any, grad: Any, input: Any, target: Any, weight: Any, log_sum: Any,
                       total_weight: Any, reduction: int, ignore_index: int,
                       label_smoothing: float) -> Any:
    """Of grad * (total * p - t): p = softmax(input), t the weighted target, total its sum."""
    classes = input.shape[1]
    counted = target != ignore_index
    safe = ops.where(counted, target, 0).unsqueeze(1)
    chosen = 1.0 if weight is None else weight.index_select(0, safe.reshape(-1)).view(safe.shape)
    chosen = chosen * (1 - label_smoothing)
    smooth = label_smoothing / classes
    weights = input.new_ones((classes,)) if weight is None else weight
    p = ops._softmax(input, 1)
    by_class = g * weights.view((classes,) + (1,) * (input.ndim - 2))
    target_part = chosen * g.gather(1, safe) + smooth * by_class.sum(1, True)
    total = chosen + smooth * weights.sum()
    expected = (p * g).sum(1, True)
    of_grad = (total * expected - target_part).squeeze(1) * counted
    if reduction != 0:
        of_grad = of_grad.sum()
    rows = grad * counted
    if reduction == 1:
        of_grad, rows = of_grad / total_weight, rows / total_weight
    return of_grad, rows.unsqueeze(1) * total * p * (g - expected), None, None, None, None


def _pair(s: Any, *shape: int) -> tuple[Any, Any]:
    return s.tensor(*shape), s.ints(shape[0], *shape[2:], high=shape[1])


def _private_samples(s: Any) -> list[Any]:
    return [call(*_pair(s, 4, 5), None, 1, -100, 0.0), call(*_pair(s, 4, 5), None, 0, 2, 0.1),
            call(*_pair(s, 2, 3, 4), None, 2, -100, 0.2)]


def _backward_samples(s: Any) -> list[Any]:
    calls = []
    for sample in _private_samples(s):
        input, target, weight, reduction, ignored, smoothing = sample.args
        g = s.tensor(*target.shape) if reduction == 0 else s.tensor()
        log_sum = input.logsumexp(1)
        calls.append(call(g, input, target, weight, log_sum, s.tensor(low=1.0, high=3.0),
                          reduction, ignored, smoothing))
    return calls


op("_cross_entropy(Tensor input, Tensor target, Tensor? weight, int reduction, int ignore_index, "
   "float label_smoothing) -> (Tensor out, Tensor log_sum, Tensor total_weight)",
   kernel=structured(FLOATING), shape=_forward_shape, nondiff=("log_sum", "total_weight"),
   grad=lambda g_out, input, target, weight, log_sum, total_weight, reduction, ignore_index,
   label_smoothing: (ops._cross_entropy_backward(
       g_out, input, target, weight, log_sum, total_weight, reduction, ignore_index,
       label_smoothing), None, None),
   forms="function", samples=_private_samples,
   doc="Loss, log(sum(exp(input))) of every row, and the sum of the targets' weights.")
op("_cross_entropy_backward(Tensor grad, Tensor input, Tensor target, Tensor? weight, "
   "Tensor log_sum, Tensor total_weight, int reduction, int ignore_index, float label_smoothing)"
   " -> Tensor", kernel=structured(FLOATING), shape=lambda input: input,
   grad=_second_derivative, forms="function", samples=_backward_samples,
   extra={"derivative_tested_by": "nn.functional.cross_entropy"},
   doc="Gradient of _cross_entropy with respect to input.")


# ---- cross_entropy
def _check_class_target(name: str, input: Any, target: Any) -> None:
    if input.ndim == 0 or (input.shape[1 if input.ndim > 1 else 0] == 0 and target.numel()):
        raise shape_error(f"{name}: input must have a class axis that is not empty, got shape "
                          f"{tuple(input.shape)}")
    wanted = (input.shape[0], *input.shape[2:]) if input.ndim > 1 else ()
    if tuple(target.shape) != tuple(wanted):
        raise shape_error(f"{name}: a target of class indices must have shape {tuple(wanted)} for "
                          f"input of shape {tuple(input.shape)}, got {tuple(target.shape)}")


def _check_weight(name: str, input: Any, weight: Any) -> None:
    classes = input.shape[1 if input.ndim > 1 else 0]
    if weight is not None and tuple(weight.shape) != (classes,):
        raise shape_error(f"{name}: weight must have one element for each of the {classes} "
                          f"classes, got shape {tuple(weight.shape)}")


def _probabilities(input: Any, target: Any, weight: Any, reduction: str,
                   label_smoothing: float) -> Any:
    axis = 1 if input.ndim > 1 else 0
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / input.shape[axis]
    terms = ops._log_softmax(input, axis) * target
    if weight is not None:
        terms = terms * weight.view((-1,) + (1,) * (input.ndim - axis - 1))
    loss = -terms.sum(axis)
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    return loss.sum() / (input.numel() // input.shape[axis])


def _cross_entropy(input: Any, target: Any, weight: Any, size_average: Any, ignore_index: int,
                   reduce: Any, reduction: str, label_smoothing: float) -> Any:
    if size_average is not None or reduce is not None:
        reduction = reduction_of(size_average, reduce, reduction)
    number = _number_of("cross_entropy", reduction)
    if not 0 <= label_smoothing <= 1:
        raise argument_error("cross_entropy: label_smoothing must be between 0 and 1, got "
                             f"{label_smoothing}")
    _check_weight("cross_entropy", input, weight)
    if target.is_floating_point():
        if target.shape != input.shape:
            raise shape_error("cross_entropy: class probabilities must have the input's shape "
                              f"{tuple(input.shape)}, got {tuple(target.shape)}")
        return _probabilities(input, target, weight, reduction, label_smoothing)
    _check_class_target("cross_entropy", input, target)
    if weight is not None and weight.requires_grad:
        raise argument_error("cross_entropy: there is no derivative with respect to weight, so it "
                             "must not require grad; detach it")
    if input.ndim == 1:
        loss = ops._cross_entropy(input.unsqueeze(0), target.long().unsqueeze(0), weight, number,
                                  ignore_index, label_smoothing)[0]
        return loss.squeeze(0) if number == 0 else loss
    return ops._cross_entropy(input, target.long(), weight, number, ignore_index,
                              label_smoothing)[0]


def _loss_samples(s: Any) -> list[Any]:
    """Without weights, which have no derivative: tests/kernels has them."""
    return [call(*_pair(s, 4, 5)), call(*_pair(s, 4, 5), ignore_index=2),
            call(*_pair(s, 4, 5), reduction="sum"), call(*_pair(s, 4, 5), reduction="none")]


def _target_errors(s: Any) -> list[Any]:
    return [(call(s.tensor(2, 3), s.values([1, 3])), "IndexOutOfRange", "3.* 1 .*3"),
            (call(s.tensor(2, 3), s.values([-1, 0])), "IndexOutOfRange", "-1.* 0 .*3"),
            (call(s.tensor(2, 3), s.values([0, 1, 2])), "ShapeError", r"\(2,\).*\(3,\)"),
            (call(s.tensor(2, 3), s.values([0, 1]), s.tensor(4)), "ShapeError", r"3.*\(4,\)"),
            (call(s.tensor(2, 3), s.values([0, 1]), reduction="avg"), "ArgumentError", "avg")]


op(f"nn.functional.cross_entropy(Tensor input, Tensor target, Tensor? weight=None, {_FORMER}, "
   "int ignore_index=-100, bool? reduce=None, str reduction='mean', float label_smoothing=0.0)"
   " -> Tensor", body=_cross_entropy, forms="function",
   samples=lambda s: [*_loss_samples(s), call(*_pair(s, 2, 3, 4)),
                      call(*_pair(s, 4, 5), label_smoothing=0.1),
                      call(s.tensor(5), s.ints(high=5), reduction="none"),
                      call(s.tensor(3, 4), s.tensor(3, 4, low=0.0, high=1.0)),
                      call(s.tensor(3, 4, 2), s.tensor(3, 4, 2, low=0.0, high=1.0),
                           label_smoothing=0.2),
                      call(s.tensor(0, 3), s.ints(0, high=3), reduction="sum")],
   errors=_target_errors,
   doc="""Cross-entropy of unnormalised scores: -log(softmax(input)[target]), weighted.

input (C), (N, C) or (N, C, d1, ...); target: class indices (), (N) or (N, d1, ...), or class
probabilities of input's shape. weight (C). Rows whose target is ignore_index do not count; if none
is left the mean is NaN. With label_smoothing e, the target is (1 - e) one-hot + e / C.

>>> cytorch.nn.functional.cross_entropy(cytorch.tensor([[0.0, 0.0]]), cytorch.tensor([1]))
tensor(0.6931)
""")


# ---- nll_loss
def _report_target(target: Any, classes: int, ignore_index: int) -> Exception:
    for row, value in enumerate(target.reshape(-1).tolist()):
        if value != ignore_index and not 0 <= value < classes:
            return index_error(f"nll_loss: target {value} at row {row} is out of range for "
                               f"{classes} classes")
    return index_error("nll_loss: a target is out of range")


def _nll_loss(input: Any, target: Any, weight: Any, size_average: Any, ignore_index: int,
              reduce: Any, reduction: str) -> Any:
    reduction = reduction_of(size_average, reduce, reduction)
    _number_of("nll_loss", reduction)
    refuse_complex("nll_loss", input)
    _check_class_target("nll_loss", input, target)
    _check_weight("nll_loss", input, weight)
    if input.ndim == 1:
        loss = _nll_loss(input.unsqueeze(0), target.unsqueeze(0), weight, None, ignore_index, None,
                         reduction)
        return loss.squeeze(0) if reduction == "none" else loss
    counted = target != ignore_index
    safe = ops.where(counted, target, 0).long()
    try:
        chosen = -input.gather(1, safe.unsqueeze(1)).squeeze(1)
    except IndexError:
        raise _report_target(target, input.shape[1], ignore_index) from None
    weights = counted.to(input.dtype)
    if weight is not None:
        weights = weights * weight.index_select(0, safe.reshape(-1)).view(safe.shape)
    loss = ops.where(counted, chosen * weights, 0)
    if reduction == "none":
        return loss
    return loss.sum() / weights.sum() if reduction == "mean" else loss.sum()


op(f"nn.functional.nll_loss(Tensor input, Tensor target, Tensor? weight=None, {_FORMER}, "
   "int ignore_index=-100, bool? reduce=None, str reduction='mean') -> Tensor",
   body=_nll_loss, forms="function",
   samples=lambda s: [*_loss_samples(s), call(*_pair(s, 2, 3, 4), reduction="none"),
                      call(s.tensor(5), s.ints(high=5))],
   errors=_target_errors,
   doc="""Negative log-likelihood: mean of -input[target], weighted.

input (C), (N, C) or (N, C, d1, ...) log-probabilities; target class indices; weight (C). If every
row is ignored the mean is NaN.

>>> cytorch.nn.functional.nll_loss(cytorch.tensor([[-1.0, -2.0]]), cytorch.tensor([1]))
tensor(2.)
""")
