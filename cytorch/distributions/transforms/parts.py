"""Transforms of parts of a tensor, and of batch dimensions taken as one event."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cytorch
from cytorch import Tensor

from .. import constraints
from ..utils import _sum_rightmost
from .base import Transform


class IndependentTransform(Transform):
    """A transform whose last batch dimensions belong to one event."""

    def __init__(self, base_transform: Transform, reinterpreted_batch_ndims: int,
                 cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.base_transform = base_transform
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims
        self.bijective = base_transform.bijective
        self.sign = base_transform.sign

    @property
    def domain(self) -> Any:  # type: ignore[override]
        return constraints.independent(self.base_transform.domain, self.reinterpreted_batch_ndims)

    @property
    def codomain(self) -> Any:  # type: ignore[override]
        return constraints.independent(self.base_transform.codomain,
                                       self.reinterpreted_batch_ndims)

    def _call(self, x: Tensor) -> Tensor:
        if x.dim() < self.domain.event_dim:
            raise ValueError("Too few dimensions on input")
        return self.base_transform(x)

    def _inverse(self, y: Tensor) -> Tensor:
        if y.dim() < self.codomain.event_dim:
            raise ValueError("Too few dimensions on input")
        return self.base_transform.inv(y)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return _sum_rightmost(self.base_transform.log_abs_det_jacobian(x, y),
                              self.reinterpreted_batch_ndims)

    def forward_shape(self, shape: Any) -> Any:
        return self.base_transform.forward_shape(shape)

    def inverse_shape(self, shape: Any) -> Any:
        return self.base_transform.inverse_shape(shape)

    def __repr__(self) -> str:
        return f"IndependentTransform({self.base_transform!r}, {self.reinterpreted_batch_ndims})"


class _Members(Transform):
    """Several transforms along one dimension."""

    def __init__(self, tseq: Sequence[Transform], dim: int, cache_size: int) -> None:
        super().__init__(cache_size)
        if not all(isinstance(member, Transform) for member in tseq):
            raise AssertionError("All elements of tseq must be Transform instances")
        self.transforms = [member.with_cache(cache_size) for member in tseq] if cache_size \
            else list(tseq)
        self.dim = dim

    @property
    def bijective(self) -> bool:  # type: ignore[override]
        return all(member.bijective for member in self.transforms)


class CatTransform(_Members):
    """Consecutive parts of lengths `lengths` along `dim`, each with a transform of its own."""

    def __init__(self, tseq: Sequence[Transform], dim: int = 0,
                 lengths: Sequence[int] | None = None, cache_size: int = 0) -> None:
        super().__init__(tseq, dim, cache_size)
        self.lengths = [1] * len(self.transforms) if lengths is None else list(lengths)

    @property
    def event_dim(self) -> int:
        return max(member.event_dim for member in self.transforms)

    @property
    def length(self) -> int:
        return sum(self.lengths)

    @property
    def domain(self) -> Any:  # type: ignore[override]
        return constraints.cat([m.domain for m in self.transforms], self.dim, self.lengths)

    @property
    def codomain(self) -> Any:  # type: ignore[override]
        return constraints.cat([m.codomain for m in self.transforms], self.dim, self.lengths)

    def _call(self, x: Tensor) -> Tensor:
        return cytorch.cat([member(part) for member, part in zip(
            self.transforms, x.split(self.lengths, self.dim), strict=True)], self.dim)

    def _inverse(self, y: Tensor) -> Tensor:
        return cytorch.cat([member.inv(part) for member, part in zip(
            self.transforms, y.split(self.lengths, self.dim), strict=True)], self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        terms = [_sum_rightmost(member.log_abs_det_jacobian(before, after),
                                self.event_dim - member.event_dim)
                 for member, before, after in zip(
                     self.transforms, x.split(self.lengths, self.dim),
                     y.split(self.lengths, self.dim), strict=True)]
        # the joined dimension may belong to the event
        dim = (self.dim if self.dim < 0 else self.dim - x.dim()) + self.event_dim
        return cytorch.cat(terms, dim) if dim < 0 else sum(terms)  # type: ignore[return-value]


class StackTransform(_Members):
    """One transform for each index along `dim`."""

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(tseq, dim, cache_size)

    @property
    def domain(self) -> Any:  # type: ignore[override]
        return constraints.stack([member.domain for member in self.transforms], self.dim)

    @property
    def codomain(self) -> Any:  # type: ignore[override]
        return constraints.stack([member.codomain for member in self.transforms], self.dim)

    def _call(self, x: Tensor) -> Tensor:
        return cytorch.stack([member(part) for member, part in zip(
            self.transforms, x.unbind(self.dim), strict=True)], self.dim)

    def _inverse(self, y: Tensor) -> Tensor:
        return cytorch.stack([member.inv(part) for member, part in zip(
            self.transforms, y.unbind(self.dim), strict=True)], self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return cytorch.stack([member.log_abs_det_jacobian(before, after)
                              for member, before, after in zip(
                                  self.transforms, x.unbind(self.dim), y.unbind(self.dim),
                                  strict=True)], self.dim)
