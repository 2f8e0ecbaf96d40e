"""The base classes of losses. The one helper for reductions is in cytorch/ops/loss.py."""
from __future__ import annotations

from typing import Any

from cytorch import Tensor
from cytorch.nn.module import Module
from cytorch.ops.loss import spelled_reduction


class _Loss(Module):
    """A loss: `reduction` is "mean", "sum" or "none"."""

    reduction: str

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None,
                 reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = spelled_reduction(size_average, reduce, reduction)


class _WeightedLoss(_Loss):
    """A loss with a weight for each class or element, which moves with the module."""

    weight: Any

    def __init__(self, weight: Tensor | None = None, size_average: bool | None = None,
                 reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
