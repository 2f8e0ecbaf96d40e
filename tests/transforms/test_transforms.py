"""Transforms of arrays and tensors."""
from __future__ import annotations

import numpy as np
import pytest

import cytorch
from cytorch import transforms as T

ARRAY = np.arange(60, dtype="uint8").reshape(4, 5, 3)
TENSOR = T.ToTensor()(ARRAY)


def test_to_tensor() -> None:
    assert np.array_equal(TENSOR.numpy(), ARRAY.transpose(2, 0, 1).astype("float32") / 255)
    assert T.ToTensor()(ARRAY[:, :, 0]).shape == (1, 4, 5)
    assert T.ToTensor()(ARRAY.astype("int64")).dtype is cytorch.int64
    with pytest.raises(TypeError, match="tensor already"):
        T.ToTensor()(TENSOR)
    with pytest.raises(TypeError, match="an image is"):
        T.ToTensor()([1, 2])


def test_normalize() -> None:
    out = T.Normalize((0.1, 0.2, 0.3), (0.5, 0.5, 2.0))(TENSOR)
    want = (TENSOR.numpy() - np.array([0.1, 0.2, 0.3])[:, None, None]) / np.array(
        [0.5, 0.5, 2.0])[:, None, None]
    np.testing.assert_allclose(out.numpy(), want, rtol=1e-5)
    with pytest.raises(ValueError, match="zero"):
        T.Normalize((0.0,), (0.0,))(TENSOR)
    with pytest.raises(TypeError, match=r"uint8|ndarray"):
        T.Normalize((0.0,), (1.0,))(ARRAY)


@pytest.mark.parametrize("image", [ARRAY, TENSOR, ARRAY[:, :, 0]])
def test_array_and_tensor_alike(image) -> None:
    def plain(value):
        return value.numpy() if isinstance(value, cytorch.Tensor) else value

    axis = 1 if isinstance(image, np.ndarray) else 2
    assert np.array_equal(plain(T.RandomHorizontalFlip(1.0)(image)), np.flip(plain(image), axis))
    assert np.array_equal(plain(T.RandomVerticalFlip(1.0)(image)),
                          np.flip(plain(image), axis - 1))
    assert T.functional.size(T.CenterCrop(2)(image)) == (2, 2)
    assert T.functional.size(T.CenterCrop((7, 3))(image)) == (7, 3)
    assert T.functional.size(T.Pad((1, 2, 3, 4))(image)) == (10, 9)
    assert T.functional.size(T.Resize(8)(image)) == (8, 10)
    assert T.functional.size(T.Resize((3, 2))(image)) == (3, 2)
    assert T.functional.size(T.RandomResizedCrop(6)(image)) == (6, 6)
    assert type(T.Resize(3)(image)) is type(image)


def test_random_crop() -> None:
    cytorch.manual_seed(3)
    corners = set()
    for _ in range(60):
        part = T.RandomCrop((2, 3))(ARRAY)
        assert part.shape == (2, 3, 3)
        corners.add(int(part[0, 0, 0]))
    assert corners == {int(ARRAY[r, c, 0]) for r in range(3) for c in range(3)}
    with pytest.raises(ValueError, match=r"\(9, 9\).*\(4, 5\)"):
        T.RandomCrop(9)(ARRAY)
    assert T.RandomCrop(9, pad_if_needed=True)(ARRAY).shape == (9, 9, 3)
    assert T.RandomCrop(4, padding=2, padding_mode="reflect")(TENSOR).shape == (3, 4, 4)


def test_flip_has_probability() -> None:
    cytorch.manual_seed(0)
    count = sum(T.RandomHorizontalFlip(0.25)(ARRAY) is not ARRAY for _ in range(2000))
    assert 400 < count < 600


def test_resize_of_a_constant_is_constant() -> None:
    image = np.full((9, 9), 77, dtype="uint8")
    for mode in ("nearest", "bilinear", "bicubic"):
        assert set(T.Resize(4, mode)(image).ravel().tolist()) == {77}


def test_grayscale_and_dtype() -> None:
    grey = T.Grayscale()(ARRAY)
    np.testing.assert_allclose(grey[:, :, 0], ARRAY @ np.array([0.2989, 0.587, 0.114]), atol=0.5)
    back = T.ConvertImageDtype(cytorch.uint8)(TENSOR)
    assert np.array_equal(back.numpy(), ARRAY.transpose(2, 0, 1))


def test_composition() -> None:
    chain = T.Compose([T.Lambda(lambda image: image + 1), T.RandomApply([T.ToTensor()], p=1.0)])
    assert np.isclose(float(chain(ARRAY)[0, 0, 0]), 1 / 255)
    assert "RandomApply" in repr(chain)
    with pytest.raises(TypeError, match="function"):
        T.Lambda(3)
