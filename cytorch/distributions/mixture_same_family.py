"""Mixtures of distributions of one family."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch import Tensor

from . import constraints
from .categorical import Categorical
from .distribution import Distribution


class MixtureSameFamily(Distribution):
    """The component i of a Categorical, then a draw of member i of a batch of distributions.

    The last batch dimension of `component_distribution` counts the components.

    >>> import cytorch
    >>> from cytorch.distributions import Normal
    >>> components = Normal(cytorch.tensor([-1.0, 1.0]), 0.5)
    >>> MixtureSameFamily(Categorical(cytorch.ones(2)), components).mean
    tensor(0.)
    """

    arg_constraints: Any = {}

    def __init__(self, mixture_distribution: Categorical, component_distribution: Distribution,
                 validate_args: bool | None = None) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError("The Mixture distribution needs to be an instance of "
                             "torch.distributions.Categorical")
        if not isinstance(component_distribution, Distribution):
            raise ValueError("The Component distribution need to be an instance of "
                             "torch.distributions.Distribution")
        batch = component_distribution.batch_shape[:-1]
        for have, want in zip(reversed(mixture_distribution.batch_shape), reversed(batch)):
            if 1 not in (have, want) and have != want:
                raise ValueError(
                    f"`mixture_distribution.batch_shape` ({mixture_distribution.batch_shape}) is "
                    f"not compatible with `component_distribution.batch_shape[:-1]`({batch})")
        count, parts = mixture_distribution._num_events, component_distribution.batch_shape[-1]
        if count != parts:
            raise ValueError(f"`mixture_distribution component` ({count}) does not equal "
                             f"`component_distribution.batch_shape[-1]` ({parts})")
        self._mixture_distribution = mixture_distribution
        self._component_distribution = component_distribution
        self._num_component = count
        super().__init__(batch, component_distribution.event_shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._get_checked_instance(MixtureSameFamily, _instance)
        batch = cytorch.Size(batch_shape)
        new._component_distribution = self._component_distribution.expand(
            batch + (self._num_component,))
        new._mixture_distribution = self._mixture_distribution.expand(batch)
        new._num_component = self._num_component
        Distribution.__init__(new, batch, self.event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    @constraints.dependent_property
    def support(self) -> Any:
        return self._component_distribution.support

    @property
    def mixture_distribution(self) -> Categorical:
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Distribution:
        return self._component_distribution

    def _padded(self, weights: Tensor) -> Tensor:
        """Weights with a dimension of one for each of the event."""
        return weights.reshape(*weights.shape, *[1] * len(self.event_shape))

    def _average(self, values: Tensor) -> Tensor:
        dim = -1 - len(self.event_shape)
        return (self._padded(self.mixture_distribution.probs) * values).sum(dim=dim)

    @property
    def mean(self) -> Tensor:
        return self._average(self.component_distribution.mean)

    @property
    def variance(self) -> Tensor:
        dim = -1 - len(self.event_shape)
        means = self.component_distribution.mean
        between = self._average((means - self.mean.unsqueeze(dim)).square())
        return self._average(self.component_distribution.variance) + between

    def cdf(self, value: Tensor) -> Tensor:
        parts = self.component_distribution.cdf(self._for_each(value))
        return (parts * self.mixture_distribution.probs).sum(dim=-1)

    def _for_each(self, value: Tensor) -> Tensor:
        return value.unsqueeze(-1 - len(self.event_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        parts = self.component_distribution.log_prob(self._for_each(value))
        weights = self.mixture_distribution.logits.log_softmax(dim=-1)
        return (parts + weights).logsumexp(dim=-1)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with cytorch.no_grad():
            dim = len(sample_shape) + len(self.batch_shape)
            drawn = self.component_distribution.sample(sample_shape)
            mixture = self.mixture_distribution.expand(self.batch_shape)
            chosen = self._padded(mixture.sample(sample_shape).unsqueeze(-1))
            chosen = chosen.expand(*drawn.shape[:dim], 1, *self.event_shape)
            return drawn.gather(dim, chosen).squeeze(dim)

    def __repr__(self) -> str:
        return (f"MixtureSameFamily(\n  {self.mixture_distribution!r},\n  "
                f"{self.component_distribution!r})")
