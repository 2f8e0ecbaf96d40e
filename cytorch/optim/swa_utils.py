"""Averages of a model's weights over the steps of training."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from itertools import chain
from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.nn import Module
from cytorch.nn.batchnorm import _BatchNorm

from .lr_scheduler.swa import SWALR

__all__ = ["SWALR", "AveragedModel", "get_ema_avg_fn", "get_ema_multi_avg_fn", "get_swa_avg_fn",
           "get_swa_multi_avg_fn", "update_bn"]


def _check_decay(decay: float) -> None:
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] "
                         "range.")


def get_ema_avg_fn(decay: float = 0.999) -> Callable[..., Tensor]:
    """A function (average, current, count) -> decay * average + (1 - decay) * current.

    Raises ValueError for a decay outside of [0, 1].
    """
    _check_decay(decay)

    @cytorch.no_grad()
    def ema_update(average: Tensor, current: Tensor, count: Any) -> Tensor:
        return decay * average + (1 - decay) * current

    return ema_update


def get_swa_avg_fn() -> Callable[..., Tensor]:
    """A function (average, current, count) -> average + (current - average) / (count + 1)."""

    @cytorch.no_grad()
    def swa_update(average: Tensor, current: Tensor, count: Any) -> Tensor:
        return average + (current - average) / (count + 1)

    return swa_update


def _in_place(update: Callable[..., Tensor]) -> Callable[..., None]:
    """The same for lists of tensors, written into the averages."""

    @cytorch.no_grad()
    def update_lists(averages: Any, currents: Any, count: Any) -> None:
        for average, current in zip(averages, currents, strict=True):
            average.copy_(update(average, current, count))

    return update_lists


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable[..., None]:
    """`get_ema_avg_fn` for lists of tensors; the averages are changed in place."""
    return _in_place(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> Callable[..., None]:
    """`get_swa_avg_fn` for lists of tensors; the averages are changed in place."""
    return _in_place(get_swa_avg_fn())


class AveragedModel(Module):
    """A copy of a model whose parameters are averages over the calls of `update_parameters`.

    Parameters
    ----------
    model : copied, and called by `forward`
    device : where the averages live; None: where the model is
    avg_fn : (average, current, number averaged) -> new average; the equal-weight mean by default
    multi_avg_fn : (averages, currents, number averaged), lists, changing the averages
    use_buffers : average the buffers too, instead of copying them

    Source: Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization"
    (2018).

    >>> import cytorch
    >>> model = cytorch.nn.Linear(2, 1)
    >>> average = AveragedModel(model)
    >>> average.update_parameters(model)
    >>> int(average.n_averaged)
    1
    """

    n_averaged: Tensor

    def __init__(self, model: Module, device: Any = None,
                 avg_fn: Callable[..., Tensor] | None = None,
                 multi_avg_fn: Callable[..., None] | None = None,
                 use_buffers: bool = False) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", cytorch.tensor(0, dtype=cytorch.long, device=device))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def _tensors(self, module: Module) -> Iterator[Tensor]:
        return chain(module.parameters(), module.buffers() if self.use_buffers else ())

    def update_parameters(self, model: Module) -> None:
        """Take the weights of `model` into the average; the first ones are copied."""
        averages = [tensor.detach() for tensor in self._tensors(self.module)]
        currents = [current.detach().to(average.device) for average, current in
                    zip(averages, self._tensors(model), strict=True)]
        if self.n_averaged == 0:
            for average, current in zip(averages, currents, strict=True):
                average.copy_(current)
        elif averages:
            update = self.multi_avg_fn or _in_place(self.avg_fn or get_swa_avg_fn())
            update(averages, currents, self.n_averaged)
        if not self.use_buffers:
            for kept, current in zip(self.module.buffers(), model.buffers(), strict=True):
                kept.detach().copy_(current.detach().to(kept.device))
        self.n_averaged += 1


@cytorch.no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running statistics of all batch norms anew in one pass over `loader`.

    Parameters
    ----------
    loader : batches: tensors, or lists and tuples whose first member is the model's input
    model : called in training mode with every input; its mode comes back
    device : where inputs are moved first
    """
    layers = [module for module in model.modules() if isinstance(module, _BatchNorm)]
    if not layers:
        return
    momenta = [layer.momentum for layer in layers]
    was_training = model.training
    model.train()
    try:
        for layer in layers:
            layer.reset_running_stats()
            # None: the plain average over all batches
            layer.momentum = None
        for batch in loader:
            inputs = batch[0] if isinstance(batch, (list, tuple)) else batch
            model(inputs if device is None else inputs.to(device))
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
        model.train(was_training)
