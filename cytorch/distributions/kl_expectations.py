"""KL divergences between families: -entropy(p) - E_p[log q(x)].

What log q needs of x are a few expectations (x, x^2, log x ...), which each family p gives where it
can; so a formula stands here once for each q, and not once for each pair.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import cytorch
from cytorch import Tensor

from .bernoulli import Bernoulli
from .beta import Beta
from .binomial import Binomial
from .continuous_bernoulli import ContinuousBernoulli
from .exponential import Exponential
from .gamma import Gamma
from .gumbel import Gumbel
from .kl import register_kl
from .laplace import Laplace
from .normal import Normal
from .pareto import Pareto
from .poisson import Poisson
from .uniform import Uniform
from .utils import euler_constant

_Formula = Callable[[Any, Any], Tensor]
_p: Any
_q: Any


def _infinite(p: Any, q: Any) -> Tensor:
    """p has values that q never takes."""
    return cytorch.full(cytorch.broadcast_shapes(p.batch_shape, q.batch_shape), math.inf)


_UNBOUNDED = (Normal, Laplace, Gumbel)
for _p in (*_UNBOUNDED, Exponential, Gamma):
    for _q in (Beta, ContinuousBernoulli, Pareto, Uniform):
        register_kl(_p, _q)(_infinite)
for _p in _UNBOUNDED:
    for _q in (Exponential, Gamma):
        register_kl(_p, _q)(_infinite)
for _q in (Beta, ContinuousBernoulli, Uniform):
    register_kl(Pareto, _q)(_infinite)
for _p, _q in ((Beta, Pareto), (ContinuousBernoulli, Pareto), (Poisson, Bernoulli),
               (Poisson, Binomial)):
    register_kl(_p, _q)(_infinite)


# ---- expectations of log x, log(1 - x) and exp(-x / s)

def _uniform_log(low: Tensor, high: Tensor) -> Tensor:
    """E[log x] of the uniform distribution."""
    return (high.xlogy(high) - low.xlogy(low)) / (high - low) - 1


_LOG: dict[type, Callable[[Any], Tensor]] = {
    Beta: lambda p: p.concentration1.digamma() - (p.concentration1 + p.concentration0).digamma(),
    Exponential: lambda p: -euler_constant - p.rate.log(),
    Gamma: lambda p: p.concentration.digamma() - p.rate.log(),
    Pareto: lambda p: p.scale.log() + p.alpha.reciprocal(),
    Uniform: lambda p: _uniform_log(p.low, p.high),
}
_DECAY: dict[type, Callable[[Any, Tensor], Tensor]] = {
    Exponential: lambda p, s: p.rate / (p.rate + s.reciprocal()),
    Gamma: lambda p, s: (1 + (s * p.rate).reciprocal()).pow(-p.concentration),
    Normal: lambda p, s: (-p.loc / s + 0.5 * (p.scale / s).square()).exp(),
    Uniform: lambda p, s: s * ((-p.low / s).exp() - (-p.high / s).exp()) / (p.high - p.low),
}


def _of_family(table: dict[type, Any], p: Any) -> Any:
    """The entry of the nearest ancestor of p's type."""
    return next(table[kind] for kind in type(p).__mro__ if kind in table)


# ---- log q, in expectation

def _log_normal_density(p: Any, q: Normal) -> Tensor:
    spread = p.variance + (p.mean - q.loc).square()
    return -spread / (2 * q.variance) - q.scale.log() - 0.5 * math.log(2 * math.pi)


def _log_exponential_density(p: Any, q: Exponential) -> Tensor:
    return q.rate.log() - q.rate * p.mean


def _log_gamma_density(p: Any, q: Gamma) -> Tensor:
    a = q.concentration
    return (a * q.rate.log() + (a - 1) * _of_family(_LOG, p)(p) - q.rate * p.mean - a.lgamma())


def _log_gumbel_density(p: Any, q: Gumbel) -> Tensor:
    decay = _of_family(_DECAY, p)(p, q.scale) * (q.loc / q.scale).exp()
    return -(p.mean - q.loc) / q.scale - decay - q.scale.log()


def _log_continuous_bernoulli(p: Any, q: ContinuousBernoulli) -> Tensor:
    return p.mean * q.logits + (-q.probs).log1p() + q._log_constant()


def _crossing(log_density: _Formula) -> _Formula:
    return lambda p, q: -p.entropy() - log_density(p, q)


def _masked(formula: _Formula, outside: Callable[[Any, Any], Tensor]) -> _Formula:
    """`formula`, infinite where p has values outside of the support of q."""
    return lambda p, q: formula(p, q).masked_fill(outside(p, q), math.inf)


_to_normal = _crossing(_log_normal_density)
_to_exponential = _crossing(_log_exponential_density)
_to_gamma = _crossing(_log_gamma_density)
for _p in (Beta, ContinuousBernoulli, Exponential, Gamma, Gumbel, Laplace, Uniform):
    register_kl(_p, Normal)(_to_normal)
register_kl(Pareto, Normal)(_masked(_to_normal, lambda p, q: p.alpha <= 2))
for _p in (Beta, ContinuousBernoulli, Gamma):
    register_kl(_p, Exponential)(_to_exponential)
register_kl(Pareto, Exponential)(_masked(_to_exponential, lambda p, q: p.alpha <= 1))
register_kl(Uniform, Exponential)(_masked(_to_exponential, lambda p, q: p.low < 0))
for _p in (Beta, Exponential):
    register_kl(_p, Gamma)(_to_gamma)
register_kl(Pareto, Gamma)(_masked(_to_gamma, lambda p, q: p.alpha <= 1))
register_kl(Uniform, Gamma)(_masked(_to_gamma, lambda p, q: p.low < 0))
for _p in (Exponential, Gamma, Normal, Uniform):
    register_kl(_p, Gumbel)(_crossing(_log_gumbel_density))
register_kl(Beta, ContinuousBernoulli)(_crossing(_log_continuous_bernoulli))
register_kl(Uniform, ContinuousBernoulli)(_masked(
    _crossing(_log_continuous_bernoulli),
    lambda p, q: (p.high > q.support.upper_bound) | (p.low < q.support.lower_bound)))


@register_kl(Beta, Uniform)
@register_kl(ContinuousBernoulli, Uniform)
def _to_uniform(p: Any, q: Uniform) -> Tensor:
    result = -p.entropy() + (q.high - q.low).log()
    return result.masked_fill((q.low > 0) | (q.high < 1), math.inf)


@register_kl(Uniform, Beta)
def _uniform_beta(p: Uniform, q: Beta) -> Tensor:
    a, b = q.concentration1, q.concentration0
    log_beta = a.lgamma() + b.lgamma() - (a + b).lgamma()
    density = ((a - 1) * _uniform_log(p.low, p.high)
               + (b - 1) * _uniform_log(1 - p.high, 1 - p.low) - log_beta)
    outside = (p.high > 1) | (p.low < 0)
    return (-p.entropy() - density).masked_fill(outside, math.inf)


@register_kl(Uniform, Pareto)
def _uniform_pareto(p: Uniform, q: Pareto) -> Tensor:
    density = (q.alpha * q.scale.pow(q.alpha)).log() - (q.alpha + 1) * _uniform_log(p.low, p.high)
    return (-p.entropy() - density).masked_fill(p.low < q.scale, math.inf)


@register_kl(Normal, Laplace)
def _normal_laplace(p: Normal, q: Laplace) -> Tensor:
    distance = p.loc - q.loc
    z = distance / p.scale
    mean_distance = (p.scale * math.sqrt(2 / math.pi) * (-0.5 * z.square()).exp()
                     + distance * (math.sqrt(0.5) * z).erf())
    return -p.entropy() + (2 * q.scale).log() + mean_distance / q.scale


@register_kl(Bernoulli, Poisson)
def _bernoulli_poisson(p: Bernoulli, q: Poisson) -> Tensor:
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)
