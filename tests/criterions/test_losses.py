"""Loss modules: values, reductions, old spellings, errors."""
from __future__ import annotations

import math

import numpy as np
import pytest

import cytorch
from cytorch import criterions, nn

X = np.array([[0.2, -1.0, 3.0], [0.5, 2.0, -0.7]])
Y = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def log_softmax(x):
    return x - np.log(np.exp(x).sum(1, keepdims=True))


ELEMENTWISE = [
    (nn.MSELoss, {}, lambda x, y: (x - y) ** 2),
    (nn.L1Loss, {}, lambda x, y: abs(x - y)),
    (nn.SmoothL1Loss, {"beta": 0.5},
     lambda x, y: np.where(abs(x - y) < 0.5, (x - y) ** 2, abs(x - y) - 0.25)),
    (nn.HuberLoss, {"delta": 0.5},
     lambda x, y: np.where(abs(x - y) < 0.5, 0.5 * (x - y) ** 2, 0.5 * (abs(x - y) - 0.25))),
    (nn.BCEWithLogitsLoss, {},
     lambda x, y: -(y * np.log(sigmoid(x)) + (1 - y) * np.log(1 - sigmoid(x)))),
    (nn.SoftMarginLoss, {}, lambda x, y: np.log(1 + np.exp(-x * y))),
    (nn.PoissonNLLLoss, {}, lambda x, y: np.exp(x) - y * x),
    (nn.HingeEmbeddingLoss, {}, lambda x, y: np.where(y == 1, x, x + np.maximum(0, 1 - x))),
]


@pytest.mark.parametrize(("kind", "options", "formula"), ELEMENTWISE,
                         ids=[row[0].__name__ for row in ELEMENTWISE])
def test_elementwise_losses(kind, options, formula):
    expected = formula(X, Y)
    x = cytorch.tensor(X, requires_grad=True)
    y = cytorch.tensor(Y)
    none = kind(reduction="none", **options)(x, y)
    np.testing.assert_allclose(none.detach().numpy(), expected, rtol=1e-9)
    assert kind(**options)(x, y).item() == pytest.approx(expected.mean())
    total = kind(reduction="sum", **options)(x, y)
    assert total.item() == pytest.approx(expected.sum())
    total.backward()
    assert x.grad.shape == x.shape


def test_same_classes_in_nn():
    for name in criterions.__all__:
        assert getattr(nn, name) is getattr(criterions, name)


def test_binary_cross_entropy():
    x = cytorch.tensor([0.0, 1.0, 0.5], requires_grad=True)
    y = cytorch.tensor([1.0, 1.0, 0.0])
    loss = nn.BCELoss(reduction="none")(x, y)
    assert loss.tolist() == pytest.approx([100.0, 0.0, math.log(2)], rel=1e-6)
    loss.sum().backward()
    assert not x.grad.isnan().any().item()
    with pytest.raises(ValueError, match="different to the input size"):
        nn.BCELoss()(x, y[:2])
    with pytest.raises(RuntimeError, match="between 0 and 1, got values from 0.0 to 2.0"):
        nn.BCELoss()(x * 2, y)


def test_classification_losses():
    x, target = cytorch.tensor(X), cytorch.tensor([2, 0])
    logs = log_softmax(X)
    expected = -np.array([logs[0, 2], logs[1, 0]])
    assert nn.CrossEntropyLoss()(x, target).item() == pytest.approx(expected.mean())
    assert nn.NLLLoss()(cytorch.tensor(logs), target).item() == pytest.approx(expected.mean())
    weight = cytorch.tensor([1.0, 2.0, 3.0], dtype=cytorch.float64)
    weighted = nn.CrossEntropyLoss(weight=weight)(x, target).item()
    assert weighted == pytest.approx((3 * expected[0] + expected[1]) / 4)
    ignoring = nn.CrossEntropyLoss(ignore_index=0)(x, target).item()
    assert ignoring == pytest.approx(expected[0])
    smooth = nn.CrossEntropyLoss(label_smoothing=0.3)(x, target).item()
    assert smooth == pytest.approx((0.7 * expected - 0.1 * logs.sum(1)).mean())
    probabilities = cytorch.tensor([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]], dtype=cytorch.float64)
    assert nn.CrossEntropyLoss()(x, probabilities).item() == pytest.approx(
        -(logs * probabilities.numpy()).sum(1).mean())


def test_kl_divergence():
    logs = log_softmax(X)
    target = np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]])
    expected = (target * (np.log(np.where(target == 0, 1, target)) - logs)).sum()
    x, y = cytorch.tensor(logs), cytorch.tensor(target)
    assert nn.KLDivLoss(reduction="sum")(x, y).item() == pytest.approx(expected)
    assert nn.KLDivLoss(reduction="batchmean")(x, y).item() == pytest.approx(expected / 2)
    with pytest.warns(UserWarning, match="batchmean"):
        nn.KLDivLoss()(x, y)
    logged = nn.KLDivLoss(reduction="sum", log_target=True)(x, cytorch.tensor(logs))
    assert logged.item() == pytest.approx(0.0)


def test_gaussian():
    x, y = cytorch.tensor(X), cytorch.tensor(Y)
    variance = cytorch.full((2, 3), 2.0, dtype=cytorch.float64)
    expected = 0.5 * (math.log(2) + (X - Y) ** 2 / 2)
    assert nn.GaussianNLLLoss()(x, y, variance).item() == pytest.approx(expected.mean())
    assert nn.GaussianNLLLoss()(x, y, variance[:, :1]).item() == pytest.approx(expected.mean())
    with pytest.raises(ValueError, match="negative"):
        nn.GaussianNLLLoss()(x, y, -variance)
    with pytest.raises(ValueError, match="does not fit"):
        nn.GaussianNLLLoss()(x, y, variance[:, :2])


def test_pairs_and_triplets():
    a, b = cytorch.tensor([[3.0, 4.0]]), cytorch.tensor([[0.0, 0.0]])
    one = cytorch.tensor([1.0])
    assert nn.MarginRankingLoss(margin=1.0)(one, one * 3, one).item() == 3.0
    assert nn.TripletMarginLoss()(a, b, a).item() == pytest.approx(6.0, rel=1e-5)
    assert nn.TripletMarginWithDistanceLoss()(a, b, a).item() == pytest.approx(6.0, rel=1e-5)
    assert nn.CosineEmbeddingLoss()(a, a, one).item() == pytest.approx(0.0, abs=1e-6)
    assert nn.CosineEmbeddingLoss(margin=0.5)(a, a, -one).item() == pytest.approx(0.5)
    assert nn.PairwiseDistance()(a, b).item() == pytest.approx(5.0, rel=1e-5)
    assert nn.CosineSimilarity()(a, a * 2).item() == pytest.approx(1.0)
    with pytest.raises(ValueError, match="margin"):
        nn.TripletMarginLoss(margin=0.0)


def test_margins_over_classes():
    x = cytorch.tensor([[0.1, 0.2, 0.4, 0.8]])
    expected = (1 - 0.8 + 0.1 + 1 - 0.8 + 0.2 + 1 - 0.8 + 0.4) / 4
    assert nn.MultiMarginLoss()(x, cytorch.tensor([3])).item() == pytest.approx(expected)
    labels = cytorch.tensor([[3, 0, -1, 1]])
    assert nn.MultiLabelMarginLoss()(x, labels).item() == pytest.approx(0.85)
    zeros = cytorch.zeros(2, 3)
    assert nn.MultiLabelSoftMarginLoss()(zeros, zeros).item() == pytest.approx(math.log(2))
    with pytest.raises(IndexError, match="target 9 is out of range for 4 classes"):
        nn.MultiMarginLoss()(x, cytorch.tensor([9]))


@pytest.mark.parametrize(("size_average", "reduce", "expected"), [
    (None, False, "none"), (False, None, "sum"), (True, True, "mean"), (False, True, "sum")])
def test_old_spelling_of_reduction(size_average, reduce, expected):
    with pytest.warns(UserWarning, match=f"reduction='{expected}'"):
        loss = nn.MSELoss(size_average=size_average, reduce=reduce)
    assert loss.reduction == expected


def test_bad_reduction_and_broadcast():
    with pytest.raises(ValueError, match="'average' is not a valid value for reduction"):
        nn.MSELoss(reduction="average")(cytorch.ones(1), cytorch.ones(1))
    with pytest.warns(UserWarning, match=r"target size \(\(1, 2\)\).*\(\(2,\)\)"):
        nn.MSELoss()(cytorch.ones(2), cytorch.ones(1, 2))


def test_weight_is_a_buffer():
    loss = nn.CrossEntropyLoss(weight=cytorch.ones(3))
    assert list(loss.state_dict()) == ["weight"]
    assert loss.double().weight.dtype is cytorch.float64
