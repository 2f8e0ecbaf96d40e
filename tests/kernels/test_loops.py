"""Every kind of elementwise loop in all short lengths, with strides, numbers and aliases."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import cytorch

Array = np.ndarray[Any, Any]
LENGTHS = (*range(68), 511, 512, 513, 1030)
# One op for each kind of loop: light, tiles, tiles with rare values; one to four operands.
UNARY: dict[str, Callable[[Array], Array]] = {
    "neg": np.negative, "exp": np.exp, "log": np.log, "sin": np.sin, "atan": np.arctan}
BINARY: dict[str, Callable[[Array, Array], Array]] = {
    "add": np.add, "atan2": np.arctan2, "fmod": np.fmod, "gt": np.greater}


def numbers(count: int, seed: int, dtype: str = "float32") -> Array:
    return np.random.default_rng(seed).uniform(0.5, 4, count).astype(dtype)


def close(result: Any, expected: Array) -> None:
    np.testing.assert_allclose(result.numpy(), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", UNARY)
def test_unary(name: str, dtype: str) -> None:
    for count in LENGTHS:
        for step in range(1, 6):
            array = numbers(count * step, count, dtype)
            x = cytorch.from_numpy(array)[::step] if count else cytorch.from_numpy(array)
            close(getattr(cytorch, name)(x), UNARY[name](array[::step]))


@pytest.mark.parametrize("name", BINARY)
def test_binary(name: str) -> None:
    function = getattr(cytorch, name)
    for count in LENGTHS[1:]:
        for step, other_step in ((1, 1), (2, 1), (1, 3), (5, 4)):
            x, y = numbers(count * step, count), numbers(count * other_step, count + 1)
            result = function(cytorch.from_numpy(x)[::step], cytorch.from_numpy(y)[::other_step])
            close(result, BINARY[name](x[::step], y[::other_step]))


@pytest.mark.parametrize("name", BINARY)
def test_numbers_on_either_side(name: str) -> None:
    function = getattr(cytorch, name)
    number = cytorch.tensor(1.5)
    for count in LENGTHS[1:]:
        x = numbers(count, count)
        close(function(cytorch.from_numpy(x), number), BINARY[name](x, np.float32(1.5)))
        close(function(number, cytorch.from_numpy(x)), BINARY[name](np.float32(1.5), x))


def test_three_and_four_operands() -> None:
    for count in LENGTHS[1:]:
        x, y, z = (numbers(2 * count, seed)[::2] for seed in (1, 2, 3))
        a, b, c = map(cytorch.from_numpy, (x.copy(), y, z.copy()))
        close(cytorch.lerp(a, b, c), x + z * (y - x))
        close(cytorch.clamp(b, 1.0, 2.0), y.clip(1, 2))
        close(cytorch.addcmul(a, b, c, value=2), x + 2 * y * z)
        close(cytorch.where(b > 2, a, c), np.where(y > 2, x, z))


@pytest.mark.parametrize("name", UNARY)
def test_in_place(name: str) -> None:
    for count in LENGTHS[1:]:
        array = numbers(count, count)
        x = cytorch.from_numpy(array.copy())
        getattr(x, name + "_")()
        close(x, UNARY[name](array))


@pytest.mark.parametrize(("name", "rare"), [("exp", 88.5), ("exp", float("inf")), ("sin", 1e6),
                                            ("log", -1.0), ("log", 1e-40), ("cos", float("nan"))])
def test_one_rare_value_anywhere(name: str, rare: float) -> None:
    """A rare value changes its own element only, in place too."""
    reference = getattr(np, name)
    for position in (0, 1, 15, 16, 300, 511, 512, 599):
        array = numbers(600, position)
        array[position] = rare
        x = cytorch.from_numpy(array.copy())
        with np.errstate(all="ignore"):
            expected = reference(array.astype("float64")).astype("float32")
        close(getattr(cytorch, name)(x), expected)
        getattr(x, name + "_")()
        close(x, expected)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "int64"])
def test_integer_division(dtype: str) -> None:
    """All signs; the smallest number by -1 wraps instead of trapping."""
    information = np.iinfo(dtype)
    edge = [information.min, information.min + 1, -7, -1, 1, 7, information.max]
    kept = np.array([v for v in edge if v >= information.min], dtype)
    x, y = (grid.ravel() for grid in np.meshgrid(kept, kept))
    a, b = cytorch.from_numpy(x), cytorch.from_numpy(y)
    b, y = (b.clamp(min=1), y.clip(1)) if dtype == "uint8" else (b, y)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal((a // b).numpy(), x // y)
        np.testing.assert_array_equal((a % b).numpy(), x % y)
        np.testing.assert_array_equal(cytorch.fmod(a, b).numpy(), np.fmod(x, y))


def test_integer_division_by_zero() -> None:
    x = cytorch.tensor([1, 2, 3])
    for divide in (cytorch.floor_divide, cytorch.remainder, cytorch.fmod):
        with pytest.raises(ZeroDivisionError):
            divide(x, 0)
        with pytest.raises(ZeroDivisionError):
            divide(x, cytorch.tensor([1, 0, 2]))
        with pytest.raises(ZeroDivisionError):
            divide(x, cytorch.tensor([1, 0, 2], dtype=cytorch.int8))


def test_bitwise_not_of_bool() -> None:
    assert (~cytorch.tensor([True, False])).tolist() == [False, True]


def test_shifts_by_the_width_or_more() -> None:
    x = cytorch.tensor([-5, 7], dtype=cytorch.int8)
    assert (x << 8).tolist() == [0, 0]
    assert (x >> 9).tolist() == [-1, 0]
    assert (x << -1).tolist() == [0, 0]
