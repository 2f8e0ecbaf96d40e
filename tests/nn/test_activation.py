"""Activation modules."""
from __future__ import annotations

import math

import pytest

import cytorch
from cytorch import nn

VALUES = [
    (nn.ReLU(), -2.0, 0.0), (nn.ReLU(), 2.0, 2.0), (nn.ReLU6(), 9.0, 6.0),
    (nn.LeakyReLU(0.1), -2.0, -0.2), (nn.Sigmoid(), 0.0, 0.5), (nn.Tanh(), 1.0, math.tanh(1)),
    (nn.ELU(), -1.0, math.expm1(-1)), (nn.SiLU(), 1.0, 1 / (1 + math.exp(-1))),
    (nn.Softplus(), 0.0, math.log(2)), (nn.Hardtanh(), 3.0, 1.0), (nn.Softsign(), 1.0, 0.5),
    (nn.LogSigmoid(), 0.0, -math.log(2)), (nn.Threshold(1.0, 7.0), 0.5, 7.0),
    (nn.GELU(), 1.0, 0.5 * (1 + math.erf(1 / math.sqrt(2)))), (nn.PReLU(), -4.0, -1.0),
    (nn.Hardshrink(), 0.4, 0.0), (nn.Softshrink(), 2.0, 1.5), (nn.Hardsigmoid(), 0.0, 0.5),
    (nn.Hardswish(), 3.0, 3.0), (nn.Tanhshrink(), 1.0, 1 - math.tanh(1)),
    (nn.Mish(), 1.0, math.tanh(math.log1p(math.e))), (nn.CELU(2.0), -1.0, 2 * math.expm1(-0.5)),
]


@pytest.mark.parametrize(("module", "given", "expected"), VALUES,
                         ids=[type(row[0]).__name__ for row in VALUES])
def test_values(module, given, expected):
    x = cytorch.tensor([given], requires_grad=True)
    out = module(x)
    assert out.item() == pytest.approx(expected, rel=1e-5, abs=1e-6)
    out.sum().backward()
    assert x.grad is not None


@pytest.mark.parametrize("make", [nn.ReLU, nn.SiLU, nn.ELU, nn.LeakyReLU, nn.Hardtanh, nn.ReLU6])
def test_inplace(make):
    x = cytorch.tensor([-1.0, 2.0])
    expected = make()(x)
    out = make(inplace=True)(x)
    assert out is x
    assert cytorch.equal(x, expected)


def test_softmax_and_relatives():
    x = cytorch.randn(2, 3)
    total = nn.Softmax(dim=1)(x).sum(1)
    assert cytorch.allclose(total, cytorch.ones(2))
    assert cytorch.allclose(nn.LogSoftmax(dim=1)(x).exp(), nn.Softmax(dim=1)(x))
    assert cytorch.allclose(nn.Softmin(dim=1)(x), nn.Softmax(dim=1)(-x))
    with pytest.warns(UserWarning, match="Implicit dimension choice"):
        nn.Softmax()(x)


def test_glu_halves():
    assert nn.GLU()(cytorch.randn(2, 6)).shape == (2, 3)


def test_prelu_learns_a_slope_for_each_channel():
    module = nn.PReLU(3)
    module(cytorch.full((2, 3), -1.0)).sum().backward()
    assert module.weight.grad.tolist() == [-2.0, -2.0, -2.0]


def test_bad_hardtanh():
    with pytest.raises(AssertionError, match="must be greater than"):
        nn.Hardtanh(1.0, 0.0)


@pytest.mark.parametrize("name", ["ELU", "CELU", "SELU", "LeakyReLU", "ReLU", "ReLU6", "Hardtanh",
                                  "SiLU", "Mish", "Hardswish", "Hardsigmoid", "RReLU", "Threshold"])
def test_inplace_has_the_same_gradient(name: str) -> None:
    """The backward pass needs what the in-place form overwrites."""
    given = (0.1, 0.2) if name == "Threshold" else ()
    gradients = []
    for inplace in (False, True):
        x = cytorch.linspace(-2, 2, 9, requires_grad=True)
        layer = getattr(cytorch.nn, name)(*given, inplace=inplace).eval()
        layer(x * 1.5).sum().backward()
        gradients.append(x.grad.tolist())
    assert gradients[0] == gradients[1]
