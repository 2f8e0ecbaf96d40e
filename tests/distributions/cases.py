"""One way to make each distribution, for any library with PyTorch's names."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _positive(t: Callable[..., Any]) -> Any:
    return t([0.6, 1.7, 3.2])


def _matrix(t: Callable[..., Any]) -> Any:
    return t([[2.0, 0.3, -0.2], [0.3, 1.5, 0.4], [-0.2, 0.4, 1.0]])


# name -> make(distributions, tensor): a batch of three where that is possible
CASES: dict[str, Callable[[Any, Callable[..., Any]], Any]] = {
    "Bernoulli": lambda d, t: d.Bernoulli(t([0.2, 0.5, 0.9])),
    "Bernoulli logits": lambda d, t: d.Bernoulli(logits=t([-1.0, 0.3, 40.0])),
    "Beta": lambda d, t: d.Beta(_positive(t), t([2.0, 0.7, 4.0])),
    "Binomial": lambda d, t: d.Binomial(5, t([0.2, 0.5, 0.9])),
    "Categorical": lambda d, t: d.Categorical(t([[0.2, 0.3, 0.5], [1.0, 0.0, 3.0]])),
    "Categorical logits": lambda d, t: d.Categorical(logits=t([[0.2, -1.0, 0.5]])),
    "Cauchy": lambda d, t: d.Cauchy(t([-1.0, 0.0, 2.0]), _positive(t)),
    "Chi2": lambda d, t: d.Chi2(t([1.0, 2.5, 6.0])),
    "ContinuousBernoulli": lambda d, t: d.ContinuousBernoulli(t([0.2, 0.5, 0.9])),
    "Dirichlet": lambda d, t: d.Dirichlet(t([[0.5, 1.5, 3.0], [2.0, 2.0, 2.0]])),
    "Exponential": lambda d, t: d.Exponential(_positive(t)),
    "FisherSnedecor": lambda d, t: d.FisherSnedecor(t([3.0, 5.0]), t([6.0, 10.0])),
    "Gamma": lambda d, t: d.Gamma(_positive(t), t([2.0, 0.7, 4.0])),
    "GeneralizedPareto": lambda d, t: d.GeneralizedPareto(t([0.0, 1.0, -1.0]), _positive(t),
                                                          t([0.2, 0.0, -0.5])),
    "Geometric": lambda d, t: d.Geometric(t([0.2, 0.5, 0.9])),
    "Gumbel": lambda d, t: d.Gumbel(t([-1.0, 0.0, 2.0]), _positive(t)),
    "HalfCauchy": lambda d, t: d.HalfCauchy(_positive(t)),
    "HalfNormal": lambda d, t: d.HalfNormal(_positive(t)),
    "Independent": lambda d, t: d.Independent(d.Normal(t([[-1.0, 0.0], [2.0, 1.0]]), 1.5), 1),
    "InverseGamma": lambda d, t: d.InverseGamma(t([2.5, 3.0, 4.0]), t([2.0, 0.7, 4.0])),
    "Kumaraswamy": lambda d, t: d.Kumaraswamy(t([1.5, 2.0, 3.2]), t([2.0, 1.7, 4.0])),
    "LKJCholesky": lambda d, t: d.LKJCholesky(3, t([0.7, 2.0])),
    "Laplace": lambda d, t: d.Laplace(t([-1.0, 0.0, 2.0]), _positive(t)),
    "LogNormal": lambda d, t: d.LogNormal(t([-1.0, 0.0, 0.5]), t([0.3, 0.5, 0.7])),
    "LogisticNormal": lambda d, t: d.LogisticNormal(t([[-1.0, 0.5]]), t([[0.3, 0.5]])),
    "LowRankMultivariateNormal": lambda d, t: d.LowRankMultivariateNormal(
        t([-1.0, 0.0, 2.0]), t([[1.0], [0.5], [-0.3]]), _positive(t)),
    "MixtureSameFamily": lambda d, t: d.MixtureSameFamily(
        d.Categorical(t([[0.3, 0.7], [0.5, 0.5]])),
        d.Normal(t([[-1.0, 1.0], [0.0, 3.0]]), t([0.5, 0.8]))),
    "Multinomial": lambda d, t: d.Multinomial(4, t([[0.2, 0.3, 0.5], [1.0, 2.0, 3.0]])),
    "MultivariateNormal": lambda d, t: d.MultivariateNormal(t([-1.0, 0.0, 2.0]), _matrix(t)),
    "MultivariateNormal precision": lambda d, t: d.MultivariateNormal(
        t([[-1.0, 0.0, 2.0]]), precision_matrix=_matrix(t)),
    "NegativeBinomial": lambda d, t: d.NegativeBinomial(t([1.0, 3.0, 5.0]), t([0.2, 0.5, 0.7])),
    "Normal": lambda d, t: d.Normal(t([-1.0, 0.0, 2.0]), _positive(t)),
    "OneHotCategorical": lambda d, t: d.OneHotCategorical(t([[0.2, 0.3, 0.5]])),
    "OneHotCategoricalStraightThrough": lambda d, t: d.OneHotCategoricalStraightThrough(
        t([[0.2, 0.3, 0.5]])),
    "Pareto": lambda d, t: d.Pareto(_positive(t), t([2.5, 3.0, 4.0])),
    "Poisson": lambda d, t: d.Poisson(t([0.5, 2.0, 30.0])),
    "RelaxedBernoulli": lambda d, t: d.RelaxedBernoulli(t(0.7), t([0.2, 0.5, 0.9])),
    "RelaxedOneHotCategorical": lambda d, t: d.RelaxedOneHotCategorical(
        t(0.7), t([[0.2, 0.3, 0.5]])),
    "StudentT": lambda d, t: d.StudentT(t([3.0, 5.0, 9.0]), t([-1.0, 0.0, 2.0]), _positive(t)),
    "Uniform": lambda d, t: d.Uniform(t([-1.0, 0.1, 2.0]), t([1.5, 0.5, 5.0])),
    "VonMises": lambda d, t: d.VonMises(t([-1.0, 0.0, 2.0]), _positive(t)),
    "Weibull": lambda d, t: d.Weibull(_positive(t), t([2.0, 0.7, 4.0])),
    "Wishart": lambda d, t: d.Wishart(t(5.0), _matrix(t)),
}
