"""Connectionist temporal classification loss."""
from __future__ import annotations

import math
from typing import Any

from .spec import FLOATING, argument_error, call, dtype_error, op, ops, shape_error, structured

_REDUCTIONS = ("none", "mean", "sum")


# ---- primitives
def _gradient(g_loss: Any, log_probs: Any, targets: Any, offsets: Any, input_lengths: Any,
              target_lengths: Any, states: int, blank: int, zero_infinity: bool, loss: Any,
              log_alpha: Any) -> Any:
    return ops._ctc_loss_backward(g_loss, log_probs, targets, offsets, input_lengths,
                                  target_lengths, loss, log_alpha, states, blank, zero_infinity)


def _no_second_derivative(g: Any) -> Any:
    raise NotImplementedError("ctc_loss: the derivative of its gradient is not implemented")


def _private_sample(s: Any) -> list[Any]:
    return [s.tensor(4, 2, 3, low=-3.0, high=-0.1), s.values([1, 2, 2, 1]), s.values([0, 2]),
            s.values([4, 3]), s.values([2, 1])]


op("_ctc_loss(Tensor log_probs, Tensor targets, Tensor offsets, Tensor input_lengths, "
   "Tensor target_lengths, int states, int blank, bool zero_infinity) "
   "-> (Tensor loss, Tensor log_alpha)", kernel=structured(FLOATING), nondiff=("log_alpha",),
   shape=lambda log_probs, states: (
       ((log_probs.shape[1],), log_probs.dtype),
       ((log_probs.shape[1], log_probs.shape[0], states), log_probs.dtype)),
   grad={"log_probs": _gradient},
   extra={"derivative_tested_by": "PyTorch, whose gradient is that of log_softmax's input"},
   samples=lambda s: [call(*_private_sample(s), 5, 0, False)],
   doc="The loss of each sample, and the log-probabilities of its partial paths.")
op("_ctc_loss_backward(Tensor grad, Tensor log_probs, Tensor targets, Tensor offsets, "
   "Tensor input_lengths, Tensor target_lengths, Tensor loss, Tensor log_alpha, int states, "
   "int blank, bool zero_infinity) -> Tensor", kernel=structured(FLOATING),
   shape=lambda log_probs: log_probs,
   grad={"grad": _no_second_derivative, "log_probs": _no_second_derivative},
   # Every check of single ops differentiates; tests/parity/test_ctc_loss.py tests this one.
   extra={"needs": "a derivative, which it refuses"},
   samples=lambda s: [call(s.tensor(2), *_private_sample(s), s.tensor(2),
                           s.tensor(2, 4, 5, low=-3.0, high=-1.0), 5, 0, False)],
   doc="Gradient of log_probs.")


# ---- the public function
def _lengths(name: str, lengths: Any, count: int, most: int) -> list[int]:
    values = lengths.tolist() if hasattr(lengths, "tolist") else list(lengths)
    values = [values] if isinstance(values, int) else values
    if len(values) != count:
        raise shape_error(f"ctc_loss: {name} must have one value for each of the {count} samples, "
                          f"got {len(values)}")
    for value in values:
        if not 0 <= value <= most:
            raise argument_error(f"ctc_loss: Expected {name} to have values from 0 to {most}, but "
                                 f"got {value}")
    return [int(value) for value in values]


def _check(log_probs: Any, targets: Any, blank: int, reduction: str) -> None:
    if log_probs.ndim not in (2, 3):
        raise shape_error("ctc_loss: log_probs must be (T, N, C) or (T, C), got shape "
                          f"{tuple(log_probs.shape)}")
    if not log_probs.is_floating_point():
        raise dtype_error(f"ctc_loss: log_probs must be floating-point, got {log_probs.dtype}")
    if targets.is_floating_point() or targets.dtype.is_complex or "bool" in str(targets.dtype):
        raise dtype_error(f"ctc_loss: targets must be integers, got {targets.dtype}")
    if not 0 <= blank < log_probs.shape[-1]:
        raise argument_error(f"ctc_loss: blank must be in label range [0, {log_probs.shape[-1]}), "
                             f"got {blank}")
    if reduction not in _REDUCTIONS:
        raise argument_error(f"{reduction!r} is not a valid value for reduction")


def _ctc(log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: int,
         reduction: str, zero_infinity: bool) -> Any:
    _check(log_probs, targets, blank, reduction)
    batched = log_probs.ndim == 3
    if not batched:
        log_probs = log_probs.unsqueeze(1)
        targets = targets.unsqueeze(0) if targets.ndim == 1 else targets
    time, count = log_probs.shape[:2]
    inputs = _lengths("input_lengths", input_lengths, count, time)
    if targets.ndim == 2:
        if targets.shape[0] != count:
            raise shape_error(f"ctc_loss: targets {tuple(targets.shape)} must have {count} rows")
        sizes = _lengths("target_lengths", target_lengths, count, targets.shape[1])
        offsets = [row * targets.shape[1] for row in range(count)]
    elif targets.ndim == 1:
        sizes = _lengths("target_lengths", target_lengths, count, targets.shape[0])
        offsets = [sum(sizes[:row]) for row in range(count)]
        if sum(sizes) != targets.shape[0]:
            raise shape_error("ctc_loss: target_lengths must add up to the length of targets "
                              f"{targets.shape[0]}, got {sizes}")
    else:
        raise shape_error(f"ctc_loss: targets must be 1-D or 2-D, got {tuple(targets.shape)}")
    from cytorch import tensor

    def integers(values: list[int]) -> Any:
        return tensor(values, dtype=ops.full((), 0).dtype, device=log_probs.device)

    states = 2 * max(sizes, default=0) + 1
    loss, _ = ops._ctc_loss(log_probs, targets.long().reshape(-1), integers(offsets),
                            integers(inputs), integers(sizes), states, blank, zero_infinity)
    if zero_infinity:
        loss = ops.where(loss == math.inf, 0, loss)
    if reduction == "sum":
        return loss.sum()
    if reduction == "mean":
        return (loss / integers(sizes).clamp(min=1).to(loss.dtype)).mean()
    return loss if batched else loss.squeeze(0)


def _samples(s: Any) -> list[Any]:
    def log_probs(*shape: int) -> Any:
        return s.tensor(*shape, low=-3.0, high=-0.1)

    return [call(log_probs(5, 2, 4), s.ints(2, 3, low=1, high=4), s.values([5, 4]),
                 s.values([2, 1])),
            call(log_probs(5, 2, 4), s.ints(3, low=1, high=4), (5, 5), (1, 2), reduction="none"),
            call(log_probs(4, 3), s.ints(2, low=0, high=2), s.values(4), s.values(2), blank=2,
                 reduction="sum"),
            call(log_probs(2, 1, 3), s.values([[1, 1]]), s.values([2]), s.values([2]),
                 zero_infinity=True)]


op("nn.functional.ctc_loss(Tensor log_probs, Tensor targets, any input_lengths, "
   "any target_lengths, int blank=0, str reduction='mean', bool zero_infinity=False) -> Tensor",
   body=_ctc, forms="function", samples=_samples,
   extra={"data_dependent": True, "derivative_tested_by": "PyTorch"},
   errors=lambda s: [
       (call(s.tensor(5, 2, 4), s.ints(2, 3), (5, 6), (1, 1)), "ArgumentError", "got 6"),
       (call(s.tensor(5, 2, 4), s.ints(2, 3), (5, 5), (1,)), "ShapeError", "2 samples"),
       (call(s.tensor(5, 2, 4), s.values([[1, 4], [1, 1]]), (5, 5), (2, 2)), "IndexOutOfRange",
        "4"),
       (call(s.tensor(5, 2, 4), s.ints(2, 3), (5, 5), (1, 1), blank=4), "ArgumentError",
        "got 4")],
   doc="""-log of the probability of a target sequence, summed over its alignments with the input.

log_probs (T, N, C) or (T, C): logarithms of probabilities, as log_softmax gives them. targets
(N, S), or all of them in one row; input_lengths and target_lengths: (N) each. `blank` is the class
of no label. mean: each loss is divided by its target's length first. zero_infinity: an input that
is too short for its target counts 0. The gradient is the one of log_softmax's input, as PyTorch's.

>>> probs = cytorch.zeros(2, 1, 2).log_softmax(2)
>>> cytorch.nn.functional.ctc_loss(probs, cytorch.tensor([[1]]), (2,), (1,))
tensor(0.2877)
""")
op("ctc_loss(Tensor log_probs, Tensor targets, any input_lengths, any target_lengths, "
   "int blank=0, int reduction=1, bool zero_infinity=False) -> Tensor",
   body=lambda log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity:
       _ctc(log_probs, targets, input_lengths, target_lengths, blank,
            _REDUCTIONS[reduction] if 0 <= reduction < 3 else str(reduction), zero_infinity),
   forms="function", extra={"data_dependent": True, "derivative_tested_by": "PyTorch"},
   samples=lambda s: [call(s.tensor(5, 2, 4, low=-3.0, high=-0.1), s.ints(2, 3, low=1, high=4),
                           s.values([5, 4]), s.values([2, 1]), 0, number)
                      for number in range(3)],
   doc="""nn.functional.ctc_loss with a number for the reduction: 0 none, 1 mean, 2 sum.

>>> probs = cytorch.zeros(2, 1, 2).log_softmax(2)
>>> cytorch.ctc_loss(probs, cytorch.tensor([[1]]), (2,), (1,))
tensor(0.2877)
""")
