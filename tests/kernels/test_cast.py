"""Casts between all dtypes, in all short lengths and with strides."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cytorch

REAL = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")
LENGTHS = (*range(68), 1000)


def values(dtype: str, count: int) -> Any:
    """Whole numbers that all dtypes can hold, zero among them."""
    numbers = np.random.default_rng(count).integers(0, 100, count)
    return (numbers % 2 if dtype == "bool" else numbers).astype(dtype)


@pytest.mark.parametrize("source", REAL)
@pytest.mark.parametrize("target", REAL)
def test_all_lengths(source: str, target: str) -> None:
    for count in LENGTHS:
        array = values(source, count)
        result = cytorch.from_numpy(array).to(getattr(cytorch, target))
        np.testing.assert_array_equal(result.numpy(), array.astype(target), strict=True)


@pytest.mark.parametrize("step", range(1, 6))
def test_strides(step: int) -> None:
    for source in REAL:
        array = values(source, 67 * step)
        for target in REAL:
            result = cytorch.from_numpy(array)[::step].to(getattr(cytorch, target))
            np.testing.assert_array_equal(result.numpy(), array[::step].astype(target))


def test_floats_to_bool() -> None:
    x = cytorch.tensor([0.0, -0.0, 0.25, float("nan"), float("inf")])
    assert x.to(cytorch.bool).tolist() == [False, False, True, True, True]


@pytest.mark.parametrize("source", ["float32", "float64"])
def test_what_does_not_fit_an_integer(source: str) -> None:
    """NaN and overflow give the smallest number, as x86 and PyTorch have it."""
    x = cytorch.tensor([float("nan"), float("inf"), -float("inf"), 1e30, -1.75, 1.75],
                       dtype=getattr(cytorch, source)).repeat(7)
    smallest = -2**63
    assert x.to(cytorch.int64).tolist() == [smallest, smallest, smallest, smallest, -1, 1] * 7
    smallest = -2**31
    assert x.to(cytorch.int32).tolist() == [smallest, smallest, smallest, smallest, -1, 1] * 7


def test_narrow_integers_wrap() -> None:
    x = cytorch.tensor([300, -1, 128, 65536 + 7])
    assert x.to(cytorch.uint8).tolist() == [44, 255, 128, 7]
    assert x.to(cytorch.int8).tolist() == [44, -1, -128, 7]


def all_float16() -> Any:
    return np.arange(2**16, dtype=np.uint16).view(np.float16)


def test_every_float16_as_float32() -> None:
    array = all_float16()
    np.testing.assert_array_equal(cytorch.from_numpy(array).to(cytorch.float32).numpy(),
                                  array.astype(np.float32))


@pytest.mark.parametrize("step", [1, 3])
def test_rounding_to_float16(step: int) -> None:
    """Every float16, the middle between it and the next, and both sides of the middle."""
    with np.errstate(all="ignore"):
        array = all_float16().astype(np.float32)
        following = np.nextafter(all_float16(), np.float16(np.inf)).astype(np.float32)
        middle = (array + following) / 2
        tried = np.concatenate([array, middle, np.nextafter(middle, np.float32(np.inf)),
                                np.nextafter(middle, np.float32(-np.inf))])
        expected = tried[::step].astype(np.float16)
    result = cytorch.from_numpy(tried)[::step].to(cytorch.float16).numpy()
    np.testing.assert_array_equal(result, expected)


def test_rounding_to_bfloat16() -> None:
    """To nearest, halves to even, as float32 bits say it."""
    bits = np.random.default_rng(0).integers(0, 2**32, 100_000, np.uint64).astype(np.uint32)
    array = bits.view(np.float32)
    array = array[~np.isnan(array)]
    bits = array.view(np.uint32).astype(np.uint64)
    rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16 << 16).astype(np.uint32)
    result = cytorch.from_numpy(array).to(cytorch.bfloat16)
    np.testing.assert_array_equal(result.to(cytorch.float32).numpy(), rounded.view(np.float32))
    assert cytorch.tensor([float("nan")]).to(cytorch.bfloat16).isnan().all()


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
@pytest.mark.parametrize("shape", [(1, 1), (7, 9), (32, 32), (33, 65), (8, 100), (100, 3),
                                   (3, 17, 20), (2, 3, 40, 9)])
def test_transposed_copies(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    x = cytorch.from_numpy(array).transpose(-1, -2)
    np.testing.assert_array_equal(x.contiguous().numpy(), np.swapaxes(array, -1, -2))
