"""Losses of regression and of probabilities, composed from other ops.

`reduction` is "mean", "sum" or "none"; `size_average` and `reduce` are its spelling of 2017.
Classification losses with a kernel (cross_entropy, nll_loss) have a file of their own, margin and
ranking losses are in loss_margin.
"""
from __future__ import annotations

import math
import warnings
from typing import Any

from .dtypes import refuse_complex
from .spec import F, argument_error, call, op, ops, shape_error

_REDUCTION = "bool? size_average=None, bool? reduce=None, str reduction='mean'"


def _checked(reduction: str) -> str:
    if reduction not in ("mean", "sum", "none"):
        raise argument_error(f"{reduction!r} is not a valid value for reduction: "
                             "use 'mean', 'sum' or 'none'")
    return reduction


def spelled_reduction(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """The reduction, from either spelling; any word, as `kl_div` knows one more."""
    if size_average is not None or reduce is not None:
        reduction = "none" if reduce is False else "sum" if size_average is False else "mean"
        warnings.warn("size_average and reduce args will be deprecated, please use "
                      f"reduction='{reduction}' instead.", stacklevel=4)
    return reduction


def reduction_of(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """The reduction, from either spelling: "mean", "sum" or "none"."""
    return _checked(spelled_reduction(size_average, reduce, reduction))


def reduced(loss: Any, reduction: str, weight: Any = None) -> Any:
    """Mean (weighted when a weight is given), sum, or the loss as it is."""
    if reduction == "mean":
        return loss.mean() if weight is None else loss.sum() / weight.sum()
    if _checked(reduction) == "sum":
        return loss.sum()
    return loss


def _warn_of_broadcast(input: Any, target: Any) -> None:
    if target.shape != input.shape:
        warnings.warn(f"Using a target size ({tuple(target.shape)}) that is different to the "
                      f"input size ({tuple(input.shape)}). This will likely lead to incorrect "
                      "results due to broadcasting. Please ensure they have the same size.",
                      stacklevel=4)


def _weighted(loss: Any, weight: Any, input: Any) -> Any:
    if weight is None:
        return loss
    if weight.shape != input.shape:
        raise shape_error("Weights and input must have the same size, got "
                          f"{tuple(weight.shape)} and {tuple(input.shape)}")
    return loss * weight


def _pairs(s: Any, **options: Any) -> list[Any]:
    """Samples of a loss of two tensors of one shape, with every reduction."""
    calls = [call(s.tensor(3, 4), s.tensor(3, 4), reduction=reduction, **options)
             for reduction in ("mean", "sum", "none")]
    return calls + [call(s.tensor(), s.tensor(), **options),
                    call(s.tensor(0, 2), s.tensor(0, 2), reduction="sum", **options)]


# ------------------------------------------------------------------------------ regression
def _mse_loss(input: Any, target: Any, size_average: Any, reduce: Any, reduction: str,
              weight: Any) -> Any:
    if weight is None:
        refuse_complex("mse_loss", input, target)
    _warn_of_broadcast(input, target)
    difference = input - target
    loss = _weighted(difference * difference, weight, input)
    return reduced(loss, reduction_of(size_average, reduce, reduction), weight)


op(f"nn.functional.mse_loss(Tensor input, Tensor target, {_REDUCTION}, Tensor? weight=None)"
   " -> Tensor", body=_mse_loss, forms="function",
   samples=lambda s: [*_pairs(s), call(s.tensor(2, 3), s.tensor(2, 3),
                                       weight=s.tensor(2, 3, low=0.5, high=2.0))],
   ref=lambda input, target, reduction="mean", weight=None: _numpy_mse(
       input, target, reduction, weight),
   doc="Squared error: mean of (input - target)^2. Shapes: (*) and (*). A weight (*) makes it a "
       "weighted mean.\n\n>>> nn.functional.mse_loss(tensor([1., 2.]), tensor([0., 0.]))\n"
       "tensor(2.5000)")


def _numpy_mse(input: Any, target: Any, reduction: str, weight: Any) -> Any:
    loss = (input - target) ** 2
    if weight is not None:
        return (loss * weight).sum() / weight.sum()
    return {"mean": loss.mean, "sum": loss.sum, "none": lambda: loss}[reduction]()


def _l1_loss(input: Any, target: Any, size_average: Any, reduce: Any, reduction: str,
             weight: Any) -> Any:
    _warn_of_broadcast(input, target)
    loss = _weighted((input - target).abs(), weight, input)
    return reduced(loss, reduction_of(size_average, reduce, reduction), weight)


op(f"nn.functional.l1_loss(Tensor input, Tensor target, {_REDUCTION}, Tensor? weight=None)"
   " -> Tensor", body=_l1_loss, forms="function",
   samples=lambda s: [*_pairs(s), call(s.tensor(2, 3), s.tensor(2, 3),
                                       weight=s.tensor(2, 3, low=0.5, high=2.0))],
   doc="Absolute error: mean of |input - target|. Shapes: (*) and (*).\n\n"
       ">>> nn.functional.l1_loss(tensor([1., 2.]), tensor([0., 0.]))\ntensor(1.5000)")


def _smooth_l1_loss(input: Any, target: Any, size_average: Any, reduce: Any, reduction: str,
                    beta: float) -> Any:
    if beta < 0:
        raise argument_error("smooth_l1_loss does not support negative values for beta, got "
                             f"{beta}")
    if beta > 0:
        refuse_complex("smooth_l1_loss", input, target)
    _warn_of_broadcast(input, target)
    distance = (input - target).abs()
    if beta > 0:
        distance = ops.where(distance < beta, distance * distance * (0.5 / beta),
                             distance - 0.5 * beta)
    return reduced(distance, reduction_of(size_average, reduce, reduction))


op(f"nn.functional.smooth_l1_loss(Tensor input, Tensor target, {_REDUCTION}, float beta=1.0)"
   " -> Tensor", body=_smooth_l1_loss, forms="function",
   samples=lambda s: _pairs(s) + _pairs(s, beta=0.5) + [call(s.tensor(3), s.tensor(3), beta=0.0)],
   doc="Mean of 0.5 d^2 / beta where d < beta, else d - 0.5 beta; d = |input - target|.\n\n"
       ">>> nn.functional.smooth_l1_loss(tensor([1., 3.]), tensor([0., 0.]))\ntensor(1.5000)")


def _huber_loss(input: Any, target: Any, reduction: str, delta: float, weight: Any) -> Any:
    if delta <= 0:
        raise argument_error(f"huber_loss: delta must be greater than 0, got {delta}")
    refuse_complex("huber_loss", input, target)
    _warn_of_broadcast(input, target)
    distance = (input - target).abs()
    loss = ops.where(distance <= delta, distance * distance * 0.5,
                     (distance - 0.5 * delta) * delta)
    return reduced(_weighted(loss, weight, input), reduction)


op("nn.functional.huber_loss(Tensor input, Tensor target, str reduction='mean', float delta=1.0, "
   "Tensor? weight=None) -> Tensor", body=_huber_loss, forms="function",
   samples=lambda s: [*_pairs(s), *_pairs(s, delta=0.5),
                      call(s.tensor(2, 3), s.tensor(2, 3), weight=s.tensor(2, 3))],
   doc="Mean of 0.5 d^2 where d <= delta, else delta (d - 0.5 delta); d = |input - target|.\n\n"
       ">>> nn.functional.huber_loss(tensor([1., 3.]), tensor([0., 0.]))\ntensor(1.5000)")


# --------------------------------------------------------------------------- probabilities
def _log_from_minus_100(probability: Any) -> Any:
    """log(p), at least -100 as in PyTorch; the inner where keeps 0/0 out of the gradient at 0."""
    is_zero = probability == 0
    logarithm = ops.where(is_zero, 1.0, probability).log()
    return ops.where(is_zero, -100.0, logarithm).clamp(min=-100.0)


def _binary_cross_entropy(input: Any, target: Any, weight: Any, size_average: Any, reduce: Any,
                          reduction: str) -> Any:
    if target.shape != input.shape:
        raise shape_error(f"binary_cross_entropy: Using a target size ({tuple(target.shape)}) that "
                          f"is different to the input size ({tuple(input.shape)}): they must be "
                          "the same")
    _check_probabilities(input)
    loss = -(target * _log_from_minus_100(input) + (1 - target) * _log_from_minus_100(1 - input))
    if weight is not None:
        loss = loss * weight
    return reduced(loss, reduction_of(size_average, reduce, reduction))


def _check_probabilities(input: Any) -> None:
    if input.device.type == "meta" or input.numel() == 0:
        return
    low, high = input.detach().min().item(), input.detach().max().item()
    if low < 0 or high > 1:
        raise argument_error("binary_cross_entropy: all elements of input should be between 0 and "
                             f"1, got values from {low} to {high}")


def _probability_pairs(s: Any) -> list[Any]:
    def probability(*shape: int) -> Any:
        return s.tensor(*shape, low=0.1, high=0.9)

    calls = [call(probability(3, 4), probability(3, 4), reduction=reduction)
             for reduction in ("mean", "sum", "none")]
    return [*calls, call(probability(), probability()),
            call(probability(2, 3), probability(2, 3), probability(3))]


op(f"nn.functional.binary_cross_entropy(Tensor input, Tensor target, Tensor? weight=None, "
   f"{_REDUCTION}) -> Tensor", body=_binary_cross_entropy, forms="function",
   samples=_probability_pairs,
   errors=lambda s: [(call(s.tensor(3, low=0.1, high=0.9), s.tensor(2)), "ShapeError", "size"),
                     (call(s.tensor(3, low=2.0, high=3.0), s.tensor(3)), "ArgumentError",
                      "between 0 and 1")],
   doc="Mean of -(t log x + (1 - t) log(1 - x)) for probabilities x; logarithms below -100 count "
       "as -100.\n\n>>> nn.functional.binary_cross_entropy(tensor([0.5]), tensor([1.]))\n"
       "tensor(0.6931)")


def _binary_cross_entropy_with_logits(input: Any, target: Any, weight: Any, size_average: Any,
                                      reduce: Any, reduction: str, pos_weight: Any) -> Any:
    if target.shape != input.shape:
        raise shape_error("binary_cross_entropy_with_logits: Target size "
                          f"({tuple(target.shape)}) must be the same as input size "
                          f"({tuple(input.shape)})")
    log_sigmoid = F.logsigmoid(input)
    if pos_weight is not None:
        log_sigmoid = log_sigmoid * ((pos_weight - 1) * target + 1)
    loss = (1 - target) * input - log_sigmoid
    if weight is not None:
        loss = loss * weight
    return reduced(loss, reduction_of(size_average, reduce, reduction))


op("nn.functional.binary_cross_entropy_with_logits(Tensor input, Tensor target, "
   f"Tensor? weight=None, {_REDUCTION}, Tensor? pos_weight=None) -> Tensor",
   body=_binary_cross_entropy_with_logits, forms="function",
   samples=lambda s: [*_probability_pairs(s), call(
       s.tensor(2, 3), s.tensor(2, 3, low=0.0, high=1.0), s.tensor(2, 1),
       pos_weight=s.tensor(3, low=0.5, high=2.0))],
   doc="Binary cross-entropy of sigmoid(input), stable for large inputs; pos_weight weighs the "
       "positive part.\n\n>>> nn.functional.binary_cross_entropy_with_logits(tensor([0.]), "
       "tensor([1.]))\ntensor(0.6931)")


def _x_log_x(x: Any) -> Any:
    return x * ops.where(x == 0, 1.0, x).log()


def _kl_div(input: Any, target: Any, size_average: Any, reduce: Any, reduction: str,
            log_target: bool) -> Any:
    refuse_complex("kl_div", input, target)
    reduction = spelled_reduction(size_average, reduce, reduction)
    if reduction == "mean" and size_average is None and reduce is None:
        warnings.warn("reduction: 'mean' divides the total loss by both the batch size and the "
                      "support size. 'batchmean' divides only by the batch size, and aligns with "
                      "the KL div math definition.", stacklevel=3)
    loss = target.exp() * (target - input) if log_target else _x_log_x(target) - target * input
    if reduction == "batchmean":
        return loss.sum() / input.shape[0] if input.dim() else loss.sum()
    return reduced(loss, reduction)


op(f"nn.functional.kl_div(Tensor input, Tensor target, {_REDUCTION}, bool log_target=False)"
   " -> Tensor", body=_kl_div, forms="function",
   samples=lambda s: [call(s.tensor(3, 4, low=-2.0, high=-0.1), s.tensor(3, 4, low=low, high=high),
                           reduction=reduction, log_target=log_target)
                      for reduction in ("batchmean", "sum", "none")
                      for log_target, low, high in ((False, 0.1, 1.0), (True, -2.0, -0.1))],
   doc="Kullback-Leibler divergence: sum of target (log(target) - input), input being "
       "logarithms of probabilities; reduction may also be 'batchmean'.\n\n"
       ">>> nn.functional.kl_div(tensor([0.]), tensor([1.]), reduction='sum')\ntensor(0.)")


def _poisson_nll_loss(input: Any, target: Any, log_input: bool, full: bool, size_average: Any,
                      eps: float, reduce: Any, reduction: str) -> Any:
    loss = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        above = ops.where(target > 1, target, 1.0)
        stirling = above * above.log() - above + 0.5 * (2 * math.pi * above).log()
        loss = loss + ops.where(target > 1, stirling, 0.0)
    return reduced(loss, reduction_of(size_average, reduce, reduction))


op("nn.functional.poisson_nll_loss(Tensor input, Tensor target, bool log_input=True, "
   "bool full=False, bool? size_average=None, float eps=1e-08, bool? reduce=None, "
   "str reduction='mean') -> Tensor", body=_poisson_nll_loss, forms="function",
   samples=lambda s: [call(s.tensor(3, 4, low=0.2, high=2.0), s.tensor(3, 4, low=0.2, high=3.0),
                           log_input=log_input, full=full, reduction=reduction)
                      for log_input in (True, False) for full in (True, False)
                      for reduction in ("mean", "sum", "none")],
   doc="Negative log likelihood of a Poisson distribution: mean of exp(x) - t x, or of "
       "x - t log(x + eps) without log_input; full adds Stirling's term.\n\n"
       ">>> nn.functional.poisson_nll_loss(tensor([0.]), tensor([2.]))\ntensor(1.)")


def _gaussian_nll_loss(input: Any, target: Any, var: Any, full: bool, eps: float,
                       reduction: str) -> Any:
    if isinstance(var, (int, float)):
        var = ops.full_like(input, float(var))
    if var.device.type != "meta" and (var.detach() < 0).any().item():
        raise argument_error("gaussian_nll_loss: var has negative entry/entries")
    if var.shape != input.shape:
        if tuple(input.shape[:-1]) == tuple(var.shape):
            var = var.unsqueeze(-1)
        elif input.dim() != var.dim() or sum(
                v for i, v in zip(input.shape, var.shape, strict=True) if i != v) != 1:
            raise shape_error(f"gaussian_nll_loss: var of shape {tuple(var.shape)} does not fit "
                              f"input of shape {tuple(input.shape)}")
    # PyTorch lets the gradient pass where it raised var to eps: so the clamp is a constant shift
    var = var + (var.detach().clamp(min=eps) - var.detach())
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduced(loss, reduction)


op("nn.functional.gaussian_nll_loss(Tensor input, Tensor target, Tensor|Scalar var, "
   "bool full=False, float eps=1e-06, str reduction='mean') -> Tensor",
   body=_gaussian_nll_loss, forms="function",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(3, 4), s.tensor(*shape, low=0.5, high=2.0),
                           full=full, reduction=reduction)
                      for shape in ((3, 4), (3, 1), (3,)) for full in (True, False)
                      for reduction in ("mean", "none")],
   doc="Negative log likelihood of normal distributions: mean of 0.5 (log v + (x - t)^2 / v), v "
       "at least eps; full adds the constant. var: (*), (*, 1), (*[:-1]) or a number.\n\n"
       ">>> nn.functional.gaussian_nll_loss(tensor([1.]), tensor([0.]), tensor([1.]))\n"
       "tensor(0.5000)")
