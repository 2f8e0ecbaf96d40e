"""Datasets and random_split."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import cytorch
from cytorch.utils.data import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)


class Numbers(Dataset[int]):
    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end

    def __len__(self) -> int:
        return self.end - self.start

    def __getitem__(self, index: int) -> int:
        return self.start + index


class Stream(IterableDataset[int]):
    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.count))


def test_tensor_dataset() -> None:
    data = TensorDataset(cytorch.arange(6).view(3, 2), cytorch.tensor([7, 8, 9]))
    row, label = data[1]
    assert len(data) == 3
    assert row.tolist() == [2, 3]
    assert label.item() == 8


def test_tensor_dataset_refuses_different_lengths() -> None:
    with pytest.raises(ValueError, match=r"\[3, 2\]"):
        TensorDataset(cytorch.zeros(3), cytorch.zeros(2))


def test_concat_dataset_finds_the_member() -> None:
    data = Numbers(0, 3) + Numbers(10, 12) + Numbers(20, 21)
    assert [data[i] for i in range(len(data))] == [0, 1, 2, 10, 11, 20]
    assert data[-1] == 20
    assert data[-6] == 0
    for index in (6, -7):
        with pytest.raises(IndexError, match=str(index)):
            data[index]


@pytest.mark.parametrize("members", [[], [Stream(2)]])
def test_concat_dataset_refuses(members: list[Any]) -> None:
    with pytest.raises(ValueError, match="ConcatDataset"):
        ConcatDataset(members)


def test_chain_dataset() -> None:
    data = Stream(2) + Stream(3)
    assert isinstance(data, ChainDataset)
    assert list(data) == [0, 1, 0, 1, 2]
    assert len(data) == 5
    with pytest.raises(ValueError, match="Numbers"):
        list(ChainDataset([Numbers(0, 1)]))


def test_stack_dataset() -> None:
    assert StackDataset(Numbers(0, 2), Numbers(5, 7))[1] == (1, 6)
    assert StackDataset(x=Numbers(0, 2), y=Numbers(5, 7))[0] == {"x": 0, "y": 5}
    with pytest.raises(ValueError, match=r"\[2, 3\]"):
        StackDataset(Numbers(0, 2), Numbers(0, 3))


def test_subset() -> None:
    subset = Subset(Numbers(10, 20), [4, 2, 0])
    assert len(subset) == 3
    assert [subset[0], subset[2]] == [14, 10]
    assert subset.__getitems__([1, 2]) == [12, 10]


@pytest.mark.parametrize(("lengths", "sizes"), [
    ([7, 3], [7, 3]), ([0.5, 0.5], [5, 5]), ([1 / 3, 2 / 3], [4, 6]),
    ([0.25, 0.25, 0.5], [3, 2, 5]),
])
def test_random_split(lengths: list[float], sizes: list[int]) -> None:
    generator = cytorch.Generator().manual_seed(3)
    parts = random_split(Numbers(0, 10), lengths, generator)
    assert [len(part) for part in parts] == sizes
    assert sorted(value for part in parts for value in part) == list(range(10))
    again = random_split(Numbers(0, 10), lengths, cytorch.Generator().manual_seed(3))
    assert [part.indices for part in parts] == [part.indices for part in again]


def test_random_split_refuses_other_sums() -> None:
    with pytest.raises(ValueError, match="sum to 11, the dataset has 10"):
        random_split(Numbers(0, 10), [7, 4])


def test_missing_methods_are_named() -> None:
    class Empty(Dataset[int]):
        pass

    with pytest.raises(NotImplementedError, match=r"Empty must define __getitem__"):
        Empty()[0]
