"""Samplers."""
from __future__ import annotations

from typing import Any

import pytest

import cytorch
from cytorch.utils.data import (
    BatchSampler,
    RandomSampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)


def test_sequential() -> None:
    assert list(SequentialSampler("abc")) == [0, 1, 2]


def test_random_is_a_permutation_and_repeats_with_its_generator() -> None:
    def draw() -> list[int]:
        return list(RandomSampler(range(50), generator=cytorch.Generator().manual_seed(1)))

    assert sorted(draw()) == list(range(50))
    assert draw() == draw()
    sampler = RandomSampler(range(50))
    assert list(sampler) != list(sampler)


@pytest.mark.parametrize("replacement", [False, True])
def test_random_with_more_samples_than_there_are(replacement: bool) -> None:
    sampler = RandomSampler(range(4), replacement=replacement, num_samples=10)
    drawn = list(sampler)
    assert len(drawn) == len(sampler) == 10
    assert set(drawn) <= set(range(4))
    if not replacement:
        assert sorted(drawn[:8]) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_random_of_nothing() -> None:
    assert list(RandomSampler([])) == []


def test_subset_random() -> None:
    assert sorted(SubsetRandomSampler([5, 3, 9])) == [3, 5, 9]


def test_weighted_never_draws_weight_zero() -> None:
    drawn = list(WeightedRandomSampler([0.0, 1.0, 3.0], 400))
    assert set(drawn) == {1, 2}
    assert 200 < drawn.count(2) < 380


@pytest.mark.parametrize(("drop_last", "expected"), [
    (False, [[0, 1], [2, 3], [4]]), (True, [[0, 1], [2, 3]])])
def test_batch(drop_last: bool, expected: list[list[int]]) -> None:
    sampler = BatchSampler(range(5), 2, drop_last)
    assert list(sampler) == expected
    assert len(sampler) == len(expected)


@pytest.mark.parametrize("make", [
    lambda: BatchSampler(range(5), 0, False),
    lambda: BatchSampler(range(5), 2, "no"),  # type: ignore[arg-type]
    lambda: RandomSampler(range(5), num_samples=-1),
    lambda: RandomSampler(range(5), replacement=1),  # type: ignore[arg-type]
    lambda: WeightedRandomSampler([1.0], 0),
    lambda: WeightedRandomSampler([[1.0]], 1),  # type: ignore[list-item]
])
def test_bad_arguments(make: Any) -> None:
    with pytest.raises(ValueError, match="must"):
        make()
