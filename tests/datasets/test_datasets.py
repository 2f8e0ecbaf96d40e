"""The data sets that come with the package."""
from __future__ import annotations

import pytest

import cytorch
from cytorch.datasets import CharText, Digits


def test_digits() -> None:
    train, test, everything = Digits(), Digits(train=False), Digits(split_seed=None)
    assert (len(train), len(test), len(everything)) == (1437, 360, 1797)
    image, label = everything[0]
    assert tuple(image.shape) == (1, 8, 8)
    assert image.dtype == cytorch.float32
    assert label == 0
    assert (image * 16).int()[0, 0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]
    assert (float(everything.images.min()), float(everything.images.max())) == (0.0, 1.0)
    counts = [everything.targets.tolist().count(digit) for digit in range(10)]
    assert counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert int(train.targets.sum()) + int(test.targets.sum()) == int(everything.targets.sum())


def test_digits_transforms_and_splits() -> None:
    data = Digits(transform=lambda image: image.flatten(), target_transform=str)
    image, label = data[3]
    assert tuple(image.shape) == (64,)
    assert isinstance(label, str)
    assert Digits(split_seed=1).targets.tolist() != Digits().targets.tolist()
    with pytest.raises(IndexError):
        Digits()[1437]


def test_char_text() -> None:
    data = CharText(length=32)
    source, target = data[1]
    assert source.dtype == cytorch.int64
    assert source[1:].tolist() == target[:-1].tolist()
    assert data.decode(source) == data.text[32:64]
    assert data.decode(data.encode("The if statement")) == "The if statement"
    assert 80 < len(data.characters) < 150
    assert len(data.text) > 400_000
    assert len(data) == (len(data.text) - 1) // 32


def test_char_text_errors() -> None:
    with pytest.raises(ValueError, match="length"):
        CharText(length=5, text="abc")
    with pytest.raises(ValueError, match="ü"):
        CharText(length=1, text="abc").encode("ü")
    with pytest.raises(IndexError):
        CharText(length=1, text="abc")[2]
