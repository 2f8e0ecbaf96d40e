"""Layers: shapes, initial values, errors, and what they compute."""
from __future__ import annotations

import math

import pytest

import cytorch
from cytorch import nn

SHAPES = [
    (nn.Linear(3, 4), (5, 3), (5, 4)),
    (nn.Linear(3, 4), (3,), (4,)),
    (nn.Identity(1, foo=2), (2, 3), (2, 3)),
    (nn.Flatten(), (2, 3, 4), (2, 12)),
    (nn.Unflatten(1, (3, 4)), (2, 12), (2, 3, 4)),
    (nn.Conv1d(2, 4, 3, padding=1), (5, 2, 7), (5, 4, 7)),
    (nn.Conv2d(2, 4, 3, stride=2), (5, 2, 7, 9), (5, 4, 3, 4)),
    (nn.Conv2d(4, 4, 3, groups=2, padding="same", dilation=2), (5, 4, 7, 9), (5, 4, 7, 9)),
    (nn.Conv2d(2, 4, 3, padding=1, padding_mode="reflect"), (1, 2, 5, 5), (1, 4, 5, 5)),
    (nn.Conv3d(1, 2, 3), (2, 1, 5, 5, 5), (2, 2, 3, 3, 3)),
    (nn.ConvTranspose1d(2, 4, 3, stride=2), (1, 2, 5), (1, 4, 11)),
    (nn.ConvTranspose2d(2, 4, 4, stride=2, padding=1), (1, 2, 5, 5), (1, 4, 10, 10)),
    (nn.ConvTranspose3d(2, 4, 2), (1, 2, 3, 3, 3), (1, 4, 4, 4, 4)),
    (nn.MaxPool1d(2), (1, 3, 8), (1, 3, 4)),
    (nn.MaxPool2d(2, ceil_mode=True), (1, 3, 5, 5), (1, 3, 3, 3)),
    (nn.MaxPool3d(2), (1, 1, 4, 4, 4), (1, 1, 2, 2, 2)),
    (nn.AvgPool1d(2), (1, 3, 8), (1, 3, 4)),
    (nn.AvgPool2d(3, stride=2, padding=1), (1, 3, 7, 7), (1, 3, 4, 4)),
    (nn.AvgPool3d(2), (1, 1, 4, 4, 4), (1, 1, 2, 2, 2)),
    (nn.AdaptiveAvgPool2d((3, None)), (1, 2, 7, 5), (1, 2, 3, 5)),
    (nn.AdaptiveMaxPool2d(2), (1, 2, 7, 5), (1, 2, 2, 2)),
    (nn.BatchNorm1d(3), (4, 3), (4, 3)),
    (nn.BatchNorm2d(3), (4, 3, 2, 2), (4, 3, 2, 2)),
    (nn.LayerNorm((3, 4)), (2, 3, 4), (2, 3, 4)),
    (nn.Dropout(0.5), (4, 3), (4, 3)),
]


@pytest.mark.parametrize(("layer", "given", "expected"), SHAPES,
                         ids=[type(row[0]).__name__ for row in SHAPES])
def test_shapes(layer, given, expected):
    x = cytorch.randn(*given, requires_grad=True)
    out = layer(x)
    assert tuple(out.shape) == expected
    out.sum().backward()
    assert x.grad.shape == x.shape
    assert all(p.grad is not None for p in layer.parameters())


def test_linear_computes():
    layer = nn.Linear(2, 1)
    layer.load_state_dict({"weight": cytorch.tensor([[2.0, 3.0]]), "bias": cytorch.tensor([1.0])})
    assert layer(cytorch.tensor([[1.0, 1.0]])).tolist() == [[6.0]]


@pytest.mark.parametrize("layer", [nn.Linear(400, 300), nn.Conv2d(16, 64, 5)])
def test_default_initialisation(layer):
    fan_in = math.prod(layer.weight.shape[1:])
    bound = 1 / math.sqrt(fan_in)
    for value in (layer.weight, layer.bias):
        assert value.abs().max().item() <= bound
    assert layer.weight.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.03)


def test_embedding():
    layer = nn.Embedding(5, 3, padding_idx=-1)
    assert layer.padding_idx == 4
    assert layer.weight[4].tolist() == [0.0, 0.0, 0.0]
    out = layer(cytorch.tensor([[1, 4]]))
    assert out.shape == (1, 2, 3)
    out.sum().backward()
    assert layer.weight.grad.sum(1).tolist() == [0.0, 3.0, 0.0, 0.0, 0.0]
    frozen = nn.Embedding.from_pretrained(cytorch.ones(2, 2))
    assert not frozen.weight.requires_grad
    with pytest.raises(IndexError):
        layer(cytorch.tensor([5]))


def test_batch_norm_statistics():
    layer = nn.BatchNorm1d(2, momentum=None)
    x = cytorch.tensor([[0.0, 1.0], [2.0, 5.0]])
    out = layer(x)
    assert out.mean(0).abs().max().item() < 1e-5
    assert layer.running_mean.tolist() == [1.0, 3.0]
    assert layer.num_batches_tracked.item() == 1
    layer(x + 2)
    assert layer.running_mean.tolist() == [2.0, 4.0]
    layer.eval()
    assert layer(cytorch.tensor([[2.0, 4.0]])).abs().max().item() < 1e-6
    layer.reset_running_stats()
    assert layer.running_mean.tolist() == [0.0, 0.0]


def test_dropout_modes():
    layer = nn.Dropout(0.5)
    x = cytorch.ones(1000)
    assert set(layer(x).unique().tolist()) == {0.0, 2.0}
    assert layer.eval()(x) is x or cytorch.equal(layer(x), x)
    with pytest.raises(ValueError, match="between 0 and 1, but got 1.5"):
        nn.Dropout(1.5)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: nn.Conv2d(3, 4, 3, groups=2), "in_channels must be divisible by groups"),
    (lambda: nn.Conv2d(4, 3, 3, groups=2), "out_channels must be divisible by groups"),
    (lambda: nn.Conv2d(2, 2, 3, groups=0), "groups must be a positive integer"),
    (lambda: nn.Conv2d(2, 2, 3, padding_mode="x"), "padding_mode"),
    (lambda: nn.Conv2d(2, 2, 3, padding="x"), "Invalid padding string"),
    (lambda: nn.Conv2d(2, 2, 3, padding="same", stride=2), "strided"),
    (lambda: nn.ConvTranspose2d(2, 2, 3, padding_mode="reflect"), "zeros"),
    (lambda: nn.GroupNorm(2, 3), "divisible"),
    (lambda: nn.BatchNorm2d(3)(cytorch.zeros(2, 3)), "expected 4D input"),
    (lambda: nn.Bilinear(0, 2, 3), "in1_features must be > 0"),
])
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_transposed_output_size():
    layer = nn.ConvTranspose2d(1, 1, 3, stride=2)
    x = cytorch.zeros(1, 1, 4, 4)
    assert layer(x, output_size=(10, 9)).shape == (1, 1, 10, 9)
    with pytest.raises(ValueError, match="requested an output size"):
        layer(x, output_size=(20, 9))


def test_device_and_dtype_arguments():
    layer = nn.Conv2d(1, 2, 3, device="meta", dtype=cytorch.float64)
    assert layer.weight.is_meta
    assert layer.weight.dtype is cytorch.float64
