"""Transforms: inverses, Jacobians against autograd, shapes, the registries."""
from __future__ import annotations

import pytest

import cytorch
from cytorch import distributions as d
from cytorch.distributions import constraints, transforms

DOUBLE = cytorch.float64
SCALARS = [
    transforms.ExpTransform(), transforms.SigmoidTransform(), transforms.TanhTransform(),
    transforms.SoftplusTransform(), transforms.PowerTransform(cytorch.tensor(2.5, dtype=DOUBLE)),
    transforms.AffineTransform(1.0, -2.0), transforms.ExpTransform().inv,
    transforms.CumulativeDistributionTransform(d.Normal(cytorch.zeros((), dtype=DOUBLE), 1.0)),
    transforms.ComposeTransform([transforms.AffineTransform(0.5, 2.0),
                                 transforms.SigmoidTransform()]),
]
VECTORS = [transforms.StickBreakingTransform(), transforms.CorrCholeskyTransform(),
           transforms.ReshapeTransform((6,), (2, 3)),
           transforms.IndependentTransform(transforms.ExpTransform(), 1)]


@pytest.mark.parametrize("transform", SCALARS, ids=repr)
def test_scalar(transform: transforms.Transform) -> None:
    x = cytorch.rand(7, dtype=DOUBLE).mul(0.8).add(0.1).requires_grad_()
    y = transform(x)
    assert bool(transform.codomain.check(y).all())
    assert cytorch.allclose(transform.inv(y), x)
    slope, = cytorch.autograd.grad(y.sum(), x)
    assert cytorch.allclose(transform.log_abs_det_jacobian(x, y), slope.abs().log())
    assert bool((slope.sign() == transform.sign).all())
    assert transform.inv.inv is transform


@pytest.mark.parametrize("transform", VECTORS, ids=repr)
def test_vector(transform: transforms.Transform) -> None:
    x = cytorch.randn(2, 6, dtype=DOUBLE)
    y = transform(x)
    assert y.shape == transform.forward_shape(x.shape)
    assert x.shape == transform.inverse_shape(y.shape)
    assert bool(transform.codomain.check(y).all())
    assert cytorch.allclose(transform.inv(y), x, atol=1e-8)


def test_jacobian_of_stick_breaking() -> None:
    transform = transforms.StickBreakingTransform()
    x = cytorch.randn(4, dtype=DOUBLE)
    jacobian = cytorch.autograd.functional.jacobian(lambda v: transform(v)[:-1], x)
    want = cytorch.linalg.slogdet(jacobian).logabsdet
    assert cytorch.allclose(transform.log_abs_det_jacobian(x, transform(x)), want)


def test_parts() -> None:
    x = cytorch.rand(3, 4, dtype=DOUBLE)
    parts = [transforms.ExpTransform(), transforms.AffineTransform(1.0, 2.0)]
    cat = transforms.CatTransform(parts, dim=-1, lengths=[1, 3])
    assert cytorch.allclose(cat(x)[:, 1:], 1 + 2 * x[:, 1:])
    assert cytorch.allclose(cat.inv(cat(x)), x)
    stacked = transforms.StackTransform([*parts, *parts], dim=1)
    assert cytorch.allclose(stacked(x)[:, 2], x[:, 2].exp())
    assert stacked.log_abs_det_jacobian(x, stacked(x)).shape == x.shape


@pytest.mark.parametrize("constraint", [
    constraints.real, constraints.positive, constraints.unit_interval, constraints.simplex,
    constraints.less_than(2.0), constraints.interval(-1.0, 3.0), constraints.corr_cholesky,
    constraints.lower_cholesky, constraints.positive_definite, constraints.real_vector], ids=repr)
def test_transform_to(constraint: constraints.Constraint) -> None:
    transform = d.transform_to(constraint)
    shape = (3, 3) if transform.domain.event_dim == 2 else (6,)
    y = transform(cytorch.randn(*shape, dtype=DOUBLE))
    assert bool(constraint.check(y).all())


def test_cache_and_equality() -> None:
    cached = transforms.TanhTransform(cache_size=1)
    x = cytorch.tensor([20.0])
    assert cached.inv(cached(x)) is x
    assert transforms.ExpTransform() == transforms.ExpTransform()
    assert transforms.AffineTransform(0.0, 1.0) != transforms.AffineTransform(0.0, 2.0)


def test_transformed_distribution() -> None:
    base = d.Normal(cytorch.zeros(2, dtype=DOUBLE), 1.0)
    made = d.TransformedDistribution(base, [transforms.AffineTransform(1.0, -2.0)])
    normal = d.Normal(cytorch.ones(2, dtype=DOUBLE), 2.0)
    x = cytorch.randn(5, 2, dtype=DOUBLE)
    assert cytorch.allclose(made.log_prob(x), normal.log_prob(x))
    assert cytorch.allclose(made.cdf(x), normal.cdf(x))
    assert cytorch.allclose(made.icdf(made.cdf(x)), x)
    with pytest.raises(ValueError, match="Transform"):
        d.TransformedDistribution(base, [3])
