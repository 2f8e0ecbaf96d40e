"""ExponentialFamily: entropy by the gradient of the log normalizer."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch import Tensor

from .distribution import Distribution


class ExponentialFamily(Distribution):
    """p(x; t) = exp(<T(x), t> - F(t) + k(x)) with natural parameters t and log normalizer F.

    A subclass gives `_natural_params` and `_log_normalizer`; k is a constant for the entropy.
    """

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        raise NotImplementedError

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        raise NotImplementedError

    @property
    def _mean_carrier_measure(self) -> Any:
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """F(t) - <t, grad F(t)> - E[k(x)]."""
        parameters = [p.detach().requires_grad_() for p in self._natural_params]
        normalizer = self._log_normalizer(*parameters)
        gradients = cytorch.autograd.grad(normalizer.sum(), parameters, create_graph=True)
        result = normalizer - self._mean_carrier_measure
        for parameter, gradient in zip(parameters, gradients, strict=True):
            result = result - (parameter * gradient).reshape(*self._batch_shape, -1).sum(-1)
        return result
