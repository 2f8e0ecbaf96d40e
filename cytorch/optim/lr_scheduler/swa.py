"""SWALR: towards the constant learning rate of weight averaging."""
from __future__ import annotations

import math
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler, check_optimizer, one_for_each


def _share(strategy: str, t: float) -> float:
    """How much of the way from the old learning rate to swa_lr is done; t in [0, 1]."""
    return (1 - math.cos(math.pi * t)) / 2 if strategy == "cos" else t


class SWALR(LRScheduler):
    """Anneals lr to `swa_lr` within `anneal_epochs` steps, by a cosine or linearly.

    swa_lr : float, or one for each group. Source: Izmailov et al., "Averaging Weights Leads to
    Wider Optima and Better Generalization" (2018).

    Raises ValueError for another `anneal_strategy` than "cos" and "linear", and for a number of
    epochs below 0.

    >>> from cytorch.optim import SGD
    >>> optimizer = SGD([cytorch.ones(1, requires_grad=True)], lr=0.5)
    >>> scheduler = SWALR(optimizer, swa_lr=0.1, anneal_epochs=2, anneal_strategy="linear")
    >>> for _ in range(2):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> round(scheduler.get_last_lr()[0], 6)
    0.1
    """

    def __init__(self, optimizer: Optimizer, swa_lr: Any, anneal_epochs: int = 10,
                 anneal_strategy: str = "cos", last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        rates = one_for_each("swa_lr", optimizer, swa_lr)
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError("anneal_strategy must be one of 'cos' or 'linear', instead got "
                             f"{anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError("anneal_epochs must be equal or greater than 0, got "
                             f"{anneal_epochs}")
        for rate, group in zip(rates, optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = (_share(self._anneal_strategy,
                              max(0.0, min(1.0, s / max(1, self.anneal_epochs))))
                       for s in (step - 1, step))
        rates = []
        for group in self.optimizer.param_groups:
            rate, target = group["lr"], group["swa_lr"]
            # the learning rate that annealing began with
            start = target if before == 1 else (rate - before * target) / (1 - before)
            rates.append(target * now + start * (1 - now))
        return rates
