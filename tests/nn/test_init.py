"""nn.init."""
from __future__ import annotations

import math

import pytest

import cytorch
from cytorch.nn import init


@pytest.mark.parametrize(("fill", "std"), [
    (lambda w: init.xavier_uniform_(w), math.sqrt(2 / 500)),
    (lambda w: init.xavier_normal_(w, gain=2.0), 2 * math.sqrt(2 / 500)),
    (lambda w: init.kaiming_uniform_(w, nonlinearity="relu"), math.sqrt(2 / 300)),
    (lambda w: init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu"), math.sqrt(2 / 200)),
    (lambda w: init.normal_(w, 0.0, 0.3), 0.3),
    (lambda w: init.uniform_(w, -1.0, 1.0), 1 / math.sqrt(3)),
])
def test_standard_deviations(fill, std):
    weight = cytorch.empty(200, 300, requires_grad=True)
    assert fill(weight) is weight
    assert weight.grad_fn is None
    assert weight.std().item() == pytest.approx(std, rel=0.03)
    assert abs(weight.mean().item()) < 0.02


def test_constants():
    assert init.ones_(cytorch.empty(2)).tolist() == [1.0, 1.0]
    assert init.zeros_(cytorch.empty(2)).tolist() == [0.0, 0.0]
    assert init.constant_(cytorch.empty(1), 3.5).tolist() == [3.5]
    assert init.eye_(cytorch.empty(2, 3)).tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]


def test_truncated_normal():
    values = init.trunc_normal_(cytorch.empty(5000), std=1.0, a=-1.0, b=2.0)
    assert values.min().item() >= -1.0
    assert values.max().item() <= 2.0
    with pytest.warns(UserWarning, match="more than 2 std"):
        init.trunc_normal_(cytorch.empty(3), mean=9.0)


def test_dirac():
    weight = init.dirac_(cytorch.empty(4, 2, 3), groups=2)
    assert weight.sum().item() == 4.0
    assert weight[3, 1, 1].item() == 1.0


def test_sparse():
    weight = init.sparse_(cytorch.empty(10, 4), sparsity=0.3)
    assert (weight == 0).sum(0).tolist() == [3, 3, 3, 3]


def test_gains():
    assert init.calculate_gain("relu") == math.sqrt(2)
    assert init.calculate_gain("leaky_relu", 1.0) == 1.0
    with pytest.raises(ValueError, match="Unsupported nonlinearity x"):
        init.calculate_gain("x")
    with pytest.raises(ValueError, match="negative_slope"):
        init.calculate_gain("leaky_relu", True)


@pytest.mark.parametrize(("fill", "shape", "message"), [
    (init.xavier_uniform_, (3,), "fewer than 2 dimensions"), (init.eye_, (3,), "2 dimensions"),
    (init.dirac_, (3, 3), "3, 4, or 5"), (init.orthogonal_, (3,), "2 or more")])
def test_bad_shapes(fill, shape, message):
    with pytest.raises(ValueError, match=message):
        fill(cytorch.empty(*shape))


def test_old_spellings_warn():
    with pytest.warns(FutureWarning, match="xavier_uniform_"):
        init.xavier_uniform(cytorch.empty(2, 2))
