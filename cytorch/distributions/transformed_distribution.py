"""TransformedDistribution: y = f(x) for x of another distribution."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch import Tensor

from . import constraints
from .distribution import Distribution
from .independent import Independent
from .transforms import ComposeTransform, Transform
from .utils import _sum_rightmost


class TransformedDistribution(Distribution):
    """log p(y) = log p(x) - log |dy/dx| with y = f(x), f one transform or a list of them."""

    arg_constraints: Any = {}
    base_dist: Any

    def __init__(self, base_distribution: Distribution, transforms: Any,
                 validate_args: bool | None = None) -> None:
        self.transforms = [transforms] if isinstance(transforms, Transform) else list(transforms)
        for member in self.transforms:
            if not isinstance(member, Transform):
                raise ValueError("transforms must be a Transform or a list of Transforms, got "
                                 f"{type(member).__name__}")
        transform = ComposeTransform(self.transforms)
        shape = base_distribution.batch_shape + base_distribution.event_shape
        if len(shape) < transform.domain.event_dim:
            raise ValueError("base_distribution needs to have shape with size at least "
                             f"{transform.domain.event_dim}, but got {shape}.")
        forward = transform.forward_shape(shape)
        expanded = transform.inverse_shape(forward)
        base_events = len(base_distribution.event_shape)
        if shape != expanded:
            batch = expanded[:len(expanded) - base_events]
            base_distribution = base_distribution.expand(batch)
        missing = transform.domain.event_dim - base_events
        if missing > 0:
            base_distribution = Independent(base_distribution, missing)
        self.base_dist = base_distribution
        change = transform.codomain.event_dim - transform.domain.event_dim
        events = max(transform.codomain.event_dim, base_events + change)
        cut = len(forward) - events
        super().__init__(forward[:cut], forward[cut:], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._get_checked_instance(TransformedDistribution, _instance)
        new.transforms = self.transforms
        shape = cytorch.Size(batch_shape) + self.event_shape
        for member in reversed(self.transforms):
            shape = member.inverse_shape(shape)
        base_batch = shape[:len(shape) - len(self.base_dist.event_shape)]
        new.base_dist = self.base_dist.expand(base_batch)
        Distribution.__init__(new, batch_shape, self.event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        return self.base_dist.has_rsample

    @constraints.dependent_property(is_discrete=False)
    def support(self) -> Any:
        if not self.transforms:
            return self.base_dist.support
        support = self.transforms[-1].codomain
        missing = len(self.event_shape) - support.event_dim
        return constraints.independent(support, missing) if missing > 0 else support

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with cytorch.no_grad():
            return self._forward(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self._forward(self.base_dist.rsample(sample_shape))

    def _forward(self, x: Tensor) -> Tensor:
        for member in self.transforms:
            x = member(x)
        return x

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        result: Any = 0.0
        events, y = len(self.event_shape), value
        for member in reversed(self.transforms):
            x = member.inv(y)
            events += member.domain.event_dim - member.codomain.event_dim
            result = result - _sum_rightmost(member.log_abs_det_jacobian(x, y),
                                             events - member.domain.event_dim)
            y = x
        base = _sum_rightmost(self.base_dist.log_prob(y),
                              events - len(self.base_dist.event_shape))
        return result + base

    def _monotone(self, value: Tensor) -> Tensor:
        """A probability, turned around where the transforms together decrease."""
        sign = 1
        for member in self.transforms:
            sign = sign * member.sign
        return value if isinstance(sign, int) and sign == 1 else sign * (value - 0.5) + 0.5

    def cdf(self, value: Tensor) -> Tensor:
        for member in reversed(self.transforms):
            value = member.inv(value)
        return self._monotone(self.base_dist.cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        return self._forward(self.base_dist.icdf(self._monotone(value)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"
