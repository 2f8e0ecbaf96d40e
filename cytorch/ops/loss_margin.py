"""Margin and ranking losses, distances and CTC, composed from other ops."""
from __future__ import annotations

import math
from typing import Any

from .dtypes import refuse_complex
from .loss import reduced, reduction_of
from .spec import F, argument_error, call, index_error, op, ops, shape_error

_REDUCTION = "bool? size_average=None, bool? reduce=None, str reduction='mean'"


# ------------------------------------------------------------------------------- distances
def _pairwise_distance(x1: Any, x2: Any, p: float, eps: float, keepdim: bool) -> Any:
    return ops.norm(x1 - x2 + eps, p, -1, keepdim)


op("nn.functional.pairwise_distance(Tensor x1, Tensor x2, float p=2.0, float eps=1e-06, "
   "bool keepdim=False) -> Tensor", body=_pairwise_distance, forms="function",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(3, 4)), call(s.tensor(4), s.tensor(3, 4)),
                      call(s.tensor(3, 4), s.tensor(3, 4), p=1.0, keepdim=True),
                      call(s.tensor(2, 3), s.tensor(2, 3), p=math.inf)],
   doc="||x1 - x2 + eps||_p over the last dimension. Shapes: (*, D) and (*, D) to (*).\n\n"
       ">>> nn.functional.pairwise_distance(tensor([[3., 4.]]), tensor([[0., 0.]]))\n"
       "tensor([5.0000])")


def _cosine_similarity(x1: Any, x2: Any, dim: int, eps: float) -> Any:
    refuse_complex("cosine_similarity", x1, x2)
    x1, x2 = ops.broadcast_tensors([x1, x2])
    norm1 = ops.norm(x1, 2, dim, True).clamp(min=eps)
    norm2 = ops.norm(x2, 2, dim, True).clamp(min=eps)
    return (x1 / norm1 * (x2 / norm2)).sum(dim)


op("nn.functional.cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor",
   body=_cosine_similarity, forms="function",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(3, 4)),
                      call(s.tensor(2, 3, 4), s.tensor(3, 1), dim=-1),
                      call(s.tensor(5), s.tensor(5), dim=0, eps=1e-6)],
   doc="x1 . x2 / (max(|x1|, eps) max(|x2|, eps)) along dim, after broadcasting.\n\n"
       ">>> nn.functional.cosine_similarity(tensor([[1., 0.]]), tensor([[2., 0.]]))\n"
       "tensor([1.])")


# ------------------------------------------------------------------------- pairs of inputs
def _margin_ranking_loss(input1: Any, input2: Any, target: Any, margin: float, size_average: Any,
                         reduce: Any, reduction: str) -> Any:
    if input1.dim() != input2.dim() or input1.dim() != target.dim():
        raise shape_error("margin_ranking_loss : All input tensors should have same dimension but "
                          f"got sizes: input1: {tuple(input1.shape)}, input2: "
                          f"{tuple(input2.shape)}, target: {tuple(target.shape)}")
    loss = (margin - target * (input1 - input2)).clamp(min=0)
    return reduced(loss, reduction_of(size_average, reduce, reduction))


op("nn.functional.margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, "
   f"float margin=0.0, {_REDUCTION}) -> Tensor", body=_margin_ranking_loss, forms="function",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(3, 4), s.tensor(3, 4), margin=0.5,
                           reduction=reduction) for reduction in ("mean", "sum", "none")],
   errors=lambda s: [(call(s.tensor(3), s.tensor(3), s.tensor(3, 1)), "ShapeError", "dimension")],
   doc="Mean of max(0, margin - target (input1 - input2)), target 1 or -1.\n\n"
       ">>> nn.functional.margin_ranking_loss(tensor([1.]), tensor([3.]), tensor([1.]))\n"
       "tensor(2.)")


def _hinge_embedding_loss(input: Any, target: Any, margin: float, size_average: Any, reduce: Any,
                          reduction: str) -> Any:
    far = ops.where(target == 1, 0.0, (margin - input).clamp(min=0))
    near = ops.where(target == -1, 0.0, input)
    return reduced(far + near, reduction_of(size_average, reduce, reduction))


op("nn.functional.hinge_embedding_loss(Tensor input, Tensor target, float margin=1.0, "
   f"{_REDUCTION}) -> Tensor", body=_hinge_embedding_loss, forms="function",
   samples=lambda s: [call(s.tensor(3, 4), _signs(s, 3, 4), margin=0.7, reduction=reduction)
                      for reduction in ("mean", "sum", "none")],
   doc="Mean of x where the target is 1, and of max(0, margin - x) where it is -1.\n\n"
       ">>> nn.functional.hinge_embedding_loss(tensor([2., 0.]), tensor([1., -1.]))\n"
       "tensor(1.5000)")


def _signs(s: Any, *shape: int) -> Any:
    return s.ints(*shape, low=0, high=2) * 2 - 1


def _cosine_embedding_loss(input1: Any, input2: Any, target: Any, margin: float,
                           size_average: Any, reduce: Any, reduction: str) -> Any:
    wanted = target.dim() + 1
    if target.dim() > 1 or input1.dim() != wanted or input2.dim() != wanted:
        raise shape_error("cosine_embedding_loss: expected inputs (N, D) with target (N), or "
                          f"(D) with a 0-dim target, got {tuple(input1.shape)}, "
                          f"{tuple(input2.shape)} and {tuple(target.shape)}")
    square1 = (input1 * input1).sum(-1) + 1e-12
    square2 = (input2 * input2).sum(-1) + 1e-12
    cosine = (input1 * input2).sum(-1) / (square1 * square2).sqrt()
    loss = (ops.where(target == 1, 1 - cosine, 0.0)
            + ops.where(target == -1, (cosine - margin).clamp(min=0), 0.0))
    return reduced(loss, reduction_of(size_average, reduce, reduction))


op("nn.functional.cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, "
   f"float margin=0.0, {_REDUCTION}) -> Tensor", body=_cosine_embedding_loss, forms="function",
   samples=lambda s: [call(s.tensor(5, 4), s.tensor(5, 4), _signs(s, 5), margin=-0.5,
                           reduction=reduction) for reduction in ("mean", "sum", "none")],
   doc="Mean of 1 - cos where the target is 1, and of max(0, cos - margin) where it is -1.\n\n"
       ">>> x = tensor([[1., 0.]])\n"
       ">>> nn.functional.cosine_embedding_loss(x, x, tensor([-1.]), margin=0.5)\n"
       "tensor(0.5000)")


def _triplet_margin_loss(anchor: Any, positive: Any, negative: Any, margin: float, p: float,
                         eps: float, swap: bool, size_average: Any, reduce: Any,
                         reduction: str) -> Any:
    _check_margin("triplet_margin_loss", margin)
    if not anchor.dim() == positive.dim() == negative.dim():
        raise shape_error("triplet_margin_loss: the inputs should have the same number of "
                          f"dimensions, got shapes {tuple(anchor.shape)}, "
                          f"{tuple(positive.shape)} and {tuple(negative.shape)}")
    near = F.pairwise_distance(anchor, positive, p, eps)
    far = F.pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = ops.minimum(far, F.pairwise_distance(positive, negative, p, eps))
    loss = (margin + near - far).clamp(min=0)
    return reduced(loss, reduction_of(size_average, reduce, reduction))


def _check_margin(name: str, margin: float) -> None:
    if margin <= 0:
        raise argument_error(f"{name}: margin must be greater than 0, got {margin}")


op("nn.functional.triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, "
   f"float margin=1.0, float p=2.0, float eps=1e-06, bool swap=False, {_REDUCTION}) -> Tensor",
   body=_triplet_margin_loss, forms="function",
   samples=lambda s: [call(s.tensor(5, 4), s.tensor(5, 4), s.tensor(5, 4), swap=swap,
                           reduction=reduction)
                      for swap in (True, False) for reduction in ("mean", "sum", "none")],
   errors=lambda s: [(call(s.tensor(2, 3), s.tensor(2, 3), s.tensor(2, 3), margin=0.0),
                      "ArgumentError", "margin")],
   doc="Mean of max(0, margin + d(anchor, positive) - d(anchor, negative)), d the "
       "pairwise_distance; swap takes d(positive, negative) if that is smaller.\n\n"
       ">>> a, b = tensor([[0., 0.]]), tensor([[3., 4.]])\n"
       ">>> nn.functional.triplet_margin_loss(a, b, b)\ntensor(1.)")


def _triplet_margin_with_distance_loss(anchor: Any, positive: Any, negative: Any,
                                       distance_function: Any, margin: float, swap: bool,
                                       reduction: str) -> Any:
    _check_margin("triplet_margin_with_distance_loss", margin)
    distance = F.pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = ops.minimum(far, distance(positive, negative))
    return reduced((margin + near - far).clamp(min=0), reduction)


op("nn.functional.triplet_margin_with_distance_loss(Tensor anchor, Tensor positive, "
   "Tensor negative, *, any distance_function=None, float margin=1.0, bool swap=False, "
   "str reduction='mean') -> Tensor",
   body=_triplet_margin_with_distance_loss, forms="function",
   samples=lambda s: [call(s.tensor(5, 4), s.tensor(5, 4), s.tensor(5, 4), swap=True)],
   doc="triplet_margin_loss with a distance of your own: a function of two tensors.\n\n"
       ">>> a, b = tensor([[0., 0.]]), tensor([[3., 4.]])\n"
       ">>> nn.functional.triplet_margin_with_distance_loss(a, b, b)\ntensor(1.)")


# --------------------------------------------------------------------------------- classes
def _soft_margin_loss(input: Any, target: Any, size_average: Any, reduce: Any,
                      reduction: str) -> Any:
    scores = target * input
    loss = (-scores).exp().log1p() if scores.dtype.is_complex else -F.logsigmoid(scores)
    return reduced(loss, reduction_of(size_average, reduce, reduction))


op(f"nn.functional.soft_margin_loss(Tensor input, Tensor target, {_REDUCTION}) -> Tensor",
   body=_soft_margin_loss, forms="function",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(3, 4), reduction=reduction)
                      for reduction in ("mean", "sum", "none")],
   doc="Mean of log(1 + exp(-target x)), target 1 or -1.\n\n"
       ">>> nn.functional.soft_margin_loss(tensor([0.]), tensor([1.]))\ntensor(0.6931)")


def _check_classes(name: str, input: Any, target: Any) -> None:
    """(N, C) with (N), or (C) with one class; every class must exist."""
    if input.dim() not in (1, 2) or target.numel() != (input.shape[0] if input.dim() == 2 else 1):
        raise shape_error(f"{name}: inconsistent target size, expected (N, C) and (N) or (C) and "
                          f"(), got {tuple(input.shape)} and {tuple(target.shape)}")
    if target.device.type == "meta" or target.numel() == 0:
        return
    low, high, classes = target.min().item(), target.max().item(), input.shape[-1]
    if low < 0 or high >= classes:
        bad = low if low < 0 else high
        raise index_error(f"{name}: target {bad} is out of range for {classes} classes")


def _multi_margin_loss(input: Any, target: Any, p: int, margin: float, weight: Any,
                       size_average: Any, reduce: Any, reduction: str) -> Any:
    how = reduction_of(size_average, reduce, reduction)
    if p not in (1, 2):
        raise argument_error(f"multi_margin_loss: only p == 1 and p == 2 supported, got {p}")
    if input.dim() == 0:
        input = input.reshape(1)
    classes = input.shape[-1]
    if weight is not None and tuple(weight.shape) != (classes,):
        raise shape_error(f"multi_margin_loss: weight must have shape ({classes},), got "
                          f"{tuple(weight.shape)}")
    _check_classes("multi_margin_loss", input, target)
    scores = input.reshape(-1, classes)
    wanted = target.reshape(-1, 1)
    own = scores.gather(1, wanted)
    loss = (margin - own + scores).clamp(min=0)
    if p == 2:
        loss = loss * loss
    if weight is not None:
        loss = loss * weight[wanted]
    others = ops.arange(classes, device=input.device) != wanted
    loss = ops.where(others, loss, 0.0).sum(1) / classes
    if input.dim() == 1:
        loss = loss.reshape(())
    return reduced(loss, how)


op("nn.functional.multi_margin_loss(Tensor input, Tensor target, int p=1, float margin=1.0, "
   f"Tensor? weight=None, {_REDUCTION}) -> Tensor", body=_multi_margin_loss, forms="function",
   samples=lambda s: [call(s.tensor(4, 3), s.ints(4, high=3), p=p, reduction=reduction)
                      for p in (1, 2) for reduction in ("mean", "sum", "none")]
   + [call(s.tensor(3), s.ints(high=3), weight=s.tensor(3, low=0.5, high=1.0))],
   errors=lambda s: [(call(s.tensor(2, 3), s.ints(2, low=5, high=6)), "IndexOutOfRange", "5")],
   doc="Mean of the sum over classes j != t of max(0, margin - x_t + x_j)^p / C.\n\n"
       ">>> nn.functional.multi_margin_loss(tensor([[0.1, 0.2, 0.4]]), tensor([2]))\n"
       "tensor(0.5000)")


def _multilabel_margin_loss(input: Any, target: Any, size_average: Any, reduce: Any,
                            reduction: str) -> Any:
    if input.dim() not in (1, 2) or input.shape != target.shape:
        raise shape_error("multilabel_margin_loss: expected input and target of one shape, (C) or "
                          f"(N, C), got {tuple(input.shape)} and {tuple(target.shape)}")
    classes = input.shape[-1]
    if target.device.type != "meta" and target.numel() and (
            target.min().item() < -1 or target.max().item() >= classes):
        raise index_error(f"multilabel_margin_loss: target out of range for {classes} classes")
    scores, labels = input.reshape(-1, classes), target.reshape(-1, classes)
    # labels count up to the first -1
    given = (labels >= 0).to(input.dtype).cumprod(1)
    wanted = labels.clamp(min=0)
    is_label = ops.zeros_like(scores).scatter_add(1, wanted, given) > 0
    own = scores.gather(1, wanted).unsqueeze(2)
    loss = (1 - own + scores.unsqueeze(1)).clamp(min=0)
    counts = given.unsqueeze(2) * is_label.logical_not().unsqueeze(1).to(input.dtype)
    loss = (loss * counts).sum((1, 2)) / classes
    if input.dim() == 1:
        loss = loss.reshape(())
    return reduced(loss, reduction_of(size_average, reduce, reduction))


op(f"nn.functional.multilabel_margin_loss(Tensor input, Tensor target, {_REDUCTION}) -> Tensor",
   body=_multilabel_margin_loss, forms="function",
   samples=lambda s: [call(s.tensor(2, 4), s.ints(2, 4, low=-1, high=4), reduction=reduction)
                      for reduction in ("mean", "sum", "none")]
   + [call(s.tensor(4), s.ints(4, low=-1, high=4))],
   doc="Mean over samples of the sum over labels t and other classes j of "
       "max(0, 1 - (x_t - x_j)) / C. The labels of a row end at the first -1.\n\n"
       ">>> nn.functional.multilabel_margin_loss(tensor([[0.1, 0.2, 0.4, 0.8]]), "
       "tensor([[3, 0, -1, 1]]))\ntensor(0.8500)")


def _multilabel_soft_margin_loss(input: Any, target: Any, weight: Any, size_average: Any,
                                 reduce: Any, reduction: str) -> Any:
    loss = -(target * F.logsigmoid(input) + (1 - target) * F.logsigmoid(-input))
    if weight is not None:
        loss = loss * weight
    return reduced(loss.mean(-1), reduction_of(size_average, reduce, reduction))


op("nn.functional.multilabel_soft_margin_loss(Tensor input, Tensor target, Tensor? weight=None, "
   f"{_REDUCTION}) -> Tensor", body=_multilabel_soft_margin_loss, forms="function",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(3, 4, low=0.0, high=1.0), reduction=reduction)
                      for reduction in ("mean", "sum", "none")]
   + [call(s.tensor(3, 4), s.tensor(3, 4, low=0.0, high=1.0), s.tensor(4))],
   doc="Mean of -(t log sigmoid(x) + (1 - t) log sigmoid(-x)) over classes and samples.\n\n"
       ">>> nn.functional.multilabel_soft_margin_loss(tensor([[0.]]), tensor([[1.]]))\n"
       "tensor(0.6931)")
