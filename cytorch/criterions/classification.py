"""Losses of classification and of probabilities."""
from __future__ import annotations

from cytorch import Tensor
from cytorch.nn import functional as F

from .base import _Loss, _WeightedLoss


class NLLLoss(_WeightedLoss):
    """Negative log likelihood: -weight[t] * input[n, t]; the mean is weighted by weight[t].

    Input: logarithms of probabilities (N, C) or (N, C, d1, ...); target: classes (N) or
    (N, d1, ...). Targets equal to `ignore_index` do not count.

    >>> NLLLoss()(cytorch.tensor([[-1., -2.]]), cytorch.tensor([1]))
    tensor(2.)
    """

    def __init__(self, weight: Tensor | None = None, size_average: bool | None = None,
                 ignore_index: int = -100, reduce: bool | None = None,
                 reduction: str = "mean") -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(input, target, weight=self.weight, ignore_index=self.ignore_index,
                          reduction=self.reduction)


class NLLLoss2d(NLLLoss):
    """The old name of NLLLoss for images."""


class CrossEntropyLoss(_WeightedLoss):
    """log_softmax and NLLLoss in one.

    Input: unnormalised scores (N, C), (N, C, d1, ...) or (C); target: classes (N), (N, d1, ...)
    or (), or probabilities of the input's shape. `label_smoothing` in [0, 1] mixes the target
    with the uniform distribution; targets equal to `ignore_index` do not count.

    >>> CrossEntropyLoss()(cytorch.tensor([[0., 0.]]), cytorch.tensor([1]))
    tensor(0.6931)
    """

    def __init__(self, weight: Tensor | None = None, size_average: bool | None = None,
                 ignore_index: int = -100, reduce: bool | None = None, reduction: str = "mean",
                 label_smoothing: float = 0.0) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(input, target, weight=self.weight, ignore_index=self.ignore_index,
                               reduction=self.reduction, label_smoothing=self.label_smoothing)


class BCELoss(_WeightedLoss):
    """Binary cross-entropy -(t log x + (1 - t) log(1 - x)) of probabilities x.

    Shapes: input (*), target (*). Logarithms below -100 count as -100.

    >>> BCELoss()(cytorch.tensor([0.5]), cytorch.tensor([1.]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, weight=self.weight,
                                      reduction=self.reduction)


class BCEWithLogitsLoss(_Loss):
    """Binary cross-entropy of sigmoid(input), stable for large inputs.

    `pos_weight` weighs the positive part of each class, `weight` each element.

    >>> BCEWithLogitsLoss()(cytorch.tensor([0.]), cytorch.tensor([1.]))
    tensor(0.6931)
    """

    def __init__(self, weight: Tensor | None = None, size_average: bool | None = None,
                 reduce: bool | None = None, reduction: str = "mean",
                 pos_weight: Tensor | None = None) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(input, target, self.weight,
                                                  pos_weight=self.pos_weight,
                                                  reduction=self.reduction)


class KLDivLoss(_Loss):
    """Kullback-Leibler divergence target (log(target) - input), input being log-probabilities.

    With `log_target` the target is logarithms too. Reduction "batchmean" divides the sum by the
    batch size, which is the mathematical definition; "mean" divides by all elements.

    >>> KLDivLoss(reduction="sum")(cytorch.tensor([0.]), cytorch.tensor([1.]))
    tensor(0.)
    """

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None,
                 reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class SoftMarginLoss(_Loss):
    """log(1 + exp(-target * input)), target 1 or -1; shapes (*) and (*)."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """sum over classes j != t of max(0, margin - x_t + x_j)^p / C; shapes (N, C) and (N)."""

    def __init__(self, p: int = 1, margin: float = 1.0, weight: Tensor | None = None,
                 size_average: bool | None = None, reduce: bool | None = None,
                 reduction: str = "mean") -> None:
        super().__init__(weight, size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError(f"only p == 1 and p == 2 supported, got {p}")
        if weight is not None and weight.dim() != 1:
            raise ValueError("MultiMarginLoss: expected weight to be None or 1D tensor, got "
                             f"{weight.dim()}D instead")
        self.p = p
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multi_margin_loss(input, target, p=self.p, margin=self.margin,
                                   weight=self.weight, reduction=self.reduction)


class MultiLabelMarginLoss(_Loss):
    """sum over labels t and other classes j of max(0, 1 - (x_t - x_j)) / C.

    Target (N, C): the labels of a row end at its first -1.
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """Mean over classes of the binary cross-entropy of sigmoid(input); shapes (N, C), (N, C)."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_soft_margin_loss(input, target, weight=self.weight,
                                             reduction=self.reduction)
