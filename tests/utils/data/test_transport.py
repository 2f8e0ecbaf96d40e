"""How batches travel: shared-memory slots, and the pipe when there is no shared memory."""
from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

import cytorch
from cytorch.utils.data import DataLoader, Dataset


class OwnArray(Dataset[Any]):
    """Writes each sample into the same tensor and returns it."""

    def __init__(self) -> None:
        self.array = cytorch.zeros(1000)

    def __len__(self) -> int:
        return 12

    def __getitem__(self, index: int) -> Any:
        return self.array.fill_(float(index))


@pytest.mark.parametrize("workers", [1, 2])
def test_batches_do_not_change_when_the_dataset_reuses_its_memory(workers: int) -> None:
    loader = DataLoader(OwnArray(), batch_size=None, num_workers=workers)
    assert [batch[0].item() for batch in list(loader)] == list(range(12))


class Growing(Dataset[Any]):
    def __len__(self) -> int:
        return 16

    def __getitem__(self, index: int) -> Any:
        return cytorch.full((1 << index,), float(index)), cytorch.full((3,), index)


def test_slots_grow_with_the_batches() -> None:
    for index, (large, small) in enumerate(DataLoader(Growing(), batch_size=None, num_workers=2)):
        assert tuple(large.shape) == (1 << index,)
        assert float(large.min()) == float(large.max()) == index
        assert small.tolist() == [index] * 3


def test_without_shared_memory_batches_come_through_the_pipe(
        monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    loader = DataLoader(Growing(), batch_size=None, num_workers=2)
    with pytest.warns(UserWarning, match="No space left on device") as warned:
        for index, (large, _) in enumerate(loader):
            assert tuple(large.shape) == (1 << index,)
            assert float(large.sum()) == index * (1 << index)
    assert len(warned) == 1


def test_long_index_lists_and_large_batches_do_not_block_each_other(
        monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)

    class Whole(Dataset[Any]):
        def __getitems__(self, indices: list[int]) -> Any:
            return [cytorch.zeros(500_000), len(indices)]

    batches = [list(range(200_000)) for _ in range(8)]
    loader = DataLoader(Whole(), batch_sampler=batches, num_workers=1, prefetch_factor=4,
                        collate_fn=tuple)
    with pytest.warns(UserWarning, match="pipe"):
        assert [count for _, count in loader] == [200_000] * 8


def test_arrays_and_plain_objects_travel_too() -> None:
    import numpy as np

    class Mixed(Dataset[Any]):
        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> Any:
            return {"array": np.full((4, 5), index), "set": {index}, "none": None}

    batches = list(DataLoader(Mixed(), batch_size=2, num_workers=1, collate_fn=list))
    assert batches[0][1]["array"].tolist() == [[1] * 5] * 4
    assert batches[0][1]["set"] == {1}
    batches[0][1]["array"][0, 0] = 7


def test_no_name_is_left_in_shared_memory() -> None:
    folder = Path("/dev/shm")
    if not folder.is_dir():
        pytest.skip("no /dev/shm here")
    for _ in DataLoader(Growing(), batch_size=None, num_workers=2):
        assert not [path for path in folder.iterdir() if "cytorch" in path.name]
