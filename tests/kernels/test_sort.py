"""Sorting kernels against NumPy: every size class of the algorithms, NaN, signed zeros, ties."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cytorch

SIZES = [1, 2, 15, 17, 33, 255, 257, 1000, 20_000]
DTYPES = ["uint8", "int8", "int16", "int32", "int64", "float32", "float64"]


def values(n: int, dtype: str, spread: float = 100.0) -> Any:
    random = np.random.default_rng(n)
    array = (random.standard_normal(n) * spread).astype(np.int64).astype(dtype)
    if dtype.startswith("float"):
        array[random.random(n) < 0.05] = np.nan
        array[random.random(n) < 0.05] = -0.0
        array[random.random(n) < 0.05] = np.inf
    return array


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", SIZES)
def test_sort_is_stable(n: int, dtype: str) -> None:
    array = values(n, dtype)
    order = np.argsort(array, kind="stable")
    found = cytorch.from_numpy(array).sort()
    np.testing.assert_array_equal(found.indices.numpy(), order)
    np.testing.assert_array_equal(found.values.numpy(), array[order])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", SIZES)
def test_descending_is_stable_with_nan_first(n: int, dtype: str) -> None:
    array = values(n, dtype)
    found = cytorch.from_numpy(array).sort(descending=True)
    sorted_up = np.sort(array)[::-1]
    np.testing.assert_array_equal(found.values.numpy(), sorted_up)
    ties = found.values.numpy()[1:] == found.values.numpy()[:-1]
    assert (np.diff(found.indices.numpy())[ties] > 0).all()


@pytest.mark.parametrize("k", [1, 5, 33, 500, 1000])
@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("dtype", ["int16", "float32", "float64"])
def test_topk(k: int, largest: bool, dtype: str) -> None:
    array = values(1000, dtype)
    expected = cytorch.from_numpy(array).sort(descending=largest)
    found = cytorch.from_numpy(array).topk(k, largest=largest)
    np.testing.assert_array_equal(found.indices.numpy(), expected.indices.numpy()[:k])


@pytest.mark.parametrize("dtype", DTYPES)
def test_kthvalue_and_median(dtype: str) -> None:
    array = values(501, dtype)
    tensor = cytorch.from_numpy(array)
    for k in (1, 200, 501):
        found = tensor.kthvalue(k)
        np.testing.assert_array_equal(found.values.numpy(), np.sort(array)[k - 1])
        np.testing.assert_array_equal(array[found.indices.item()], np.sort(array)[k - 1])
    if dtype.startswith("float"):
        assert np.isnan(tensor.median().item())
        array = array[~np.isnan(array)]
        tensor = cytorch.from_numpy(np.ascontiguousarray(array))
    assert tensor.median().item() == np.sort(array)[(len(array) - 1) // 2]


@pytest.mark.parametrize("right", [False, True])
def test_searchsorted(right: bool) -> None:
    edges = np.sort(np.random.default_rng(0).integers(0, 50, 37)).astype(np.float32)
    queries = np.linspace(-1, 51, 105).astype(np.float32)
    found = cytorch.searchsorted(cytorch.from_numpy(edges), cytorch.from_numpy(queries),
                                 right=right)
    np.testing.assert_array_equal(found.numpy(),
                                  np.searchsorted(edges, queries, "right" if right else "left"))


def test_unique() -> None:
    array = np.random.default_rng(1).integers(0, 9, (6, 7))
    found = cytorch.from_numpy(array).unique(return_inverse=True, return_counts=True)
    expected = np.unique(array, return_inverse=True, return_counts=True)
    np.testing.assert_array_equal(found[0].numpy(), expected[0])
    np.testing.assert_array_equal(found[1].numpy(), expected[1].reshape(array.shape))
    np.testing.assert_array_equal(found[2].numpy(), expected[2])
