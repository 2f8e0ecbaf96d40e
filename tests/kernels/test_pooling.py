"""Pooling against a plain loop over windows."""
from __future__ import annotations

import itertools

import numpy as np
import pytest

import cytorch
from cytorch.nn import functional as F


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, 2, 0), (3, 1, 1), (3, 2, 1),
                                                           (2, 3, 0), (5, 1, 2)])
def test_pool2d(kernel: int, stride: int, padding: int) -> None:
    array = np.random.default_rng(0).standard_normal((2, 3, 9, 11)).astype("float32")
    x = cytorch.from_numpy(array)
    largest, positions = F.max_pool2d(x, kernel, stride, padding, return_indices=True)
    mean = F.avg_pool2d(x, kernel, stride, padding)
    padded = np.pad(array, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    low = np.pad(array, ((0, 0), (0, 0), (padding, padding), (padding, padding)),
                 constant_values=-np.inf)
    for i, j in itertools.product(range(largest.shape[2]), range(largest.shape[3])):
        window = (..., slice(i * stride, i * stride + kernel),
                  slice(j * stride, j * stride + kernel))
        assert (largest[..., i, j].numpy() == low[window].max((2, 3))).all()
        expected = padded[window].sum((2, 3)) / kernel**2
        assert np.allclose(mean[..., i, j].numpy(), expected, atol=1e-6)
    flat = x.flatten(2).gather(2, positions.flatten(2))
    assert (flat.view(largest.shape) == largest).all().item()
    assert (F.max_pool2d(x, kernel, stride, padding) == largest).all().item()


def test_nan_wins() -> None:
    x = cytorch.ones(1, 4, 4)
    x[0, 1, 1] = float("nan")
    assert np.isnan(F.max_pool2d(x, 2).numpy()[0, 0, 0])
