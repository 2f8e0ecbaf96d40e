"""Draws: their moments, their gradients, and that they are in the support."""
from __future__ import annotations

import pytest
from distributions.cases import CASES

import cytorch
from cytorch import distributions

# Distributions without a mean, or of angles, where the average of draws says nothing.
NO_MOMENTS = {"Cauchy", "HalfCauchy", "VonMises", "Categorical", "Categorical logits",
              "LKJCholesky", "LogisticNormal", "RelaxedBernoulli", "RelaxedOneHotCategorical"}

# The variance of draws has no variance of its own.
HEAVY_TAILS = {"StudentT", "InverseGamma", "FisherSnedecor", "Pareto", "GeneralizedPareto"}


def tensor(value):
    return cytorch.tensor(value, dtype=cytorch.float64)


@pytest.mark.parametrize("name", CASES)
def test_draws_are_in_the_support(name: str) -> None:
    cytorch.manual_seed(0)
    made = CASES[name](distributions, tensor)
    drawn = made.sample((50,))
    assert drawn.shape == (50, *made.batch_shape, *made.event_shape)
    assert bool(made.support.check(drawn).all())
    assert made.log_prob(drawn).shape == (50, *made.batch_shape)
    assert not drawn.requires_grad


@pytest.mark.parametrize("name", sorted(set(CASES) - NO_MOMENTS))
def test_moments(name: str) -> None:
    cytorch.manual_seed(1)
    made = CASES[name](distributions, tensor)
    drawn = made.sample((20000,))
    deviation = (made.variance / 20000).sqrt()
    assert bool(((drawn.mean(0) - made.mean).abs() <= 6 * deviation + 1e-9).all())
    if name not in HEAVY_TAILS:
        assert cytorch.allclose(drawn.var(0), made.variance, rtol=0.2, atol=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_expand(name: str) -> None:
    made = CASES[name](distributions, tensor)
    wide = made.expand((4, *made.batch_shape))
    assert type(wide) is type(made)
    assert wide.batch_shape == (4, *made.batch_shape)
    drawn = made.sample((4,))
    assert cytorch.allclose(wide.log_prob(drawn), made.log_prob(drawn), atol=1e-10)
    assert wide.sample((2,)).shape == (2, 4, *made.batch_shape, *made.event_shape)


def test_gradient_of_a_draw_moves_with_the_parameters() -> None:
    cytorch.manual_seed(0)
    loc = cytorch.zeros(3, requires_grad=True)
    distributions.Normal(loc, 1.0).rsample((5,)).sum().backward()
    assert loc.grad is not None
    assert loc.grad.tolist() == [5.0, 5.0, 5.0]
    concentration = tensor([0.5, 2.0]).requires_grad_()
    drawn = distributions.Gamma(concentration, 1.0).rsample((40000,))
    drawn.mean(0).sum().backward()
    # the mean is the concentration itself
    assert cytorch.allclose(concentration.grad, tensor([1.0, 1.0]), atol=0.05)


def test_implicit_derivative_of_gamma_numbers() -> None:
    """Against differences of the inverse of the distribution function, found by bisection."""
    cytorch.manual_seed(2)
    shape = tensor([0.3, 1.0, 2.5, 40.0]).repeat_interleave(5).requires_grad_()
    drawn = distributions.Gamma(shape, 1.0).rsample()
    drawn.sum().backward()

    def same_share(other):
        low, high = cytorch.zeros_like(drawn), drawn.detach() * 2 + 1
        share = cytorch.special.gammainc(shape.detach(), drawn.detach())
        for _ in range(100):
            middle = (low + high) / 2
            below = cytorch.special.gammainc(other, middle) < share
            low, high = cytorch.where(below, middle, low), cytorch.where(below, high, middle)
        return low

    step = 1e-5
    slope = (same_share(shape.detach() + step) - same_share(shape.detach() - step)) / (2 * step)
    assert cytorch.allclose(shape.grad, slope, rtol=1e-4, atol=1e-7)


def test_bad_parameters_and_values_are_named() -> None:
    with pytest.raises(ValueError, match=r"scale .*GreaterThan\(lower_bound=0.0\)"):
        distributions.Normal(0.0, -1.0)
    with pytest.raises(ValueError, match="support"):
        distributions.Bernoulli(tensor(0.5)).log_prob(tensor(0.5))
    with pytest.raises(ValueError, match="not broadcastable"):
        distributions.Normal(cytorch.zeros(3), 1.0).log_prob(cytorch.zeros(2))
    with pytest.raises(ValueError, match="Either"):
        distributions.Categorical()
    assert distributions.Normal(0.0, -1.0, validate_args=False).scale == -1.0


def test_registry_of_divergences() -> None:
    class Own(distributions.Normal):
        pass

    made = Own(0.0, 1.0)
    assert float(distributions.kl_divergence(made, distributions.Normal(1.0, 1.0))) == 0.5

    @distributions.register_kl(Own, Own)
    def own(p: Own, q: Own) -> cytorch.Tensor:
        return cytorch.tensor(7.0)

    assert float(distributions.kl_divergence(made, made)) == 7.0
    with pytest.raises(NotImplementedError, match="Normal and q type Categorical"):
        distributions.kl_divergence(distributions.Normal(0.0, 1.0),
                                    distributions.Categorical(cytorch.ones(2)))
