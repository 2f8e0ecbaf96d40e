"""The models: shapes, numbers of parameters, a step of training, wrong input."""
from __future__ import annotations

from collections.abc import Callable

import pytest

import cytorch
from cytorch import models, nn


def count(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize(("make", "parameters"), [
    (models.resnet18, 11_689_512), (models.resnet34, 21_797_672), (models.resnet50, 25_557_032),
    (models.LeNet, 61_706), (models.vit_b_32, 88_224_232)])
def test_number_of_parameters(make: Callable[[], nn.Module], parameters: int) -> None:
    assert count(make()) == parameters


def test_vgg_layers() -> None:
    model = models.vgg16_bn(init_weights=False)
    assert sum(isinstance(layer, nn.Conv2d) for layer in model.features) == 13
    names = [name for name, _ in model.named_parameters()]
    assert names[0] == "features.0.weight"
    assert names[-1] == "classifier.6.bias"
    assert count(model) == 138_365_992


@pytest.mark.parametrize(("model", "shape"), [
    (models.resnet18(num_classes=4), (2, 3, 32, 32)),
    (models.LeNet(4), (2, 1, 28, 28)),
    (models.VisionTransformer(16, 8, 2, 2, 16, 32, num_classes=4), (2, 3, 16, 16))])
def test_one_step_lowers_the_loss(model: nn.Module, shape: tuple[int, ...]) -> None:
    cytorch.manual_seed(0)
    images, labels = cytorch.randn(*shape), cytorch.tensor([1, 3])
    optimizer = cytorch.optim.SGD(model.parameters(), lr=0.01)
    losses = []
    for _ in range(3):
        loss = nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[2] < losses[0]


def test_gpt_sees_no_later_token() -> None:
    model = models.GPT(vocabulary=11, context=8, width=16, layers=2, heads=2).eval()
    tokens = cytorch.tensor([[1, 2, 3, 4]])
    other = cytorch.tensor([[1, 2, 9, 9]])
    assert cytorch.allclose(model(tokens)[:, :2], model(other)[:, :2], atol=1e-6)
    assert model.generate(tokens, 6).shape == (1, 10)
    with pytest.raises(ValueError, match="context has 8"):
        model(cytorch.zeros(1, 9, dtype=cytorch.int64))


def test_vision_transformer_names_the_size() -> None:
    model = models.VisionTransformer(16, 8, 1, 2, 16, 32)
    with pytest.raises(ValueError, match=r"\(8, 16\)"):
        model(cytorch.zeros(1, 3, 8, 16))
