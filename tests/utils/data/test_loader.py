"""The DataLoader without faults: orders, batches, options; with and without workers."""
from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

import cytorch
from cytorch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset, get_worker_info


class Numbers(Dataset[int]):
    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> int:
        return index


class SharedStream(IterableDataset[int]):
    """Every worker takes its share."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[int]:
        info = get_worker_info()
        first, step = (0, 1) if info is None else (info.id, info.num_workers)
        return iter(range(first, self.count, step))


def values(loader: Any) -> list[list[int]]:
    return [batch.tolist() for batch in loader]


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_order_and_last_batch(workers: int) -> None:
    loader = DataLoader(Numbers(10), batch_size=4, num_workers=workers)
    assert values(loader) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert values(loader) == values(loader)
    assert len(loader) == 3
    assert values(DataLoader(Numbers(10), 4, drop_last=True, num_workers=workers)) == [
        [0, 1, 2, 3], [4, 5, 6, 7]]


@pytest.mark.parametrize("workers", [0, 2])
def test_shuffle(workers: int) -> None:
    def epoch() -> list[list[int]]:
        generator = cytorch.Generator().manual_seed(5)
        return values(DataLoader(Numbers(20), 3, shuffle=True, num_workers=workers,
                                 generator=generator))

    assert sorted(sum(epoch(), [])) == list(range(20))
    assert epoch() == epoch() != [list(range(i, min(i + 3, 20))) for i in range(0, 20, 3)]


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize(("count", "size", "drop_last", "batches"), [
    (0, 4, False, 0), (3, 4, False, 1), (3, 4, True, 0), (8, 4, True, 2)])
def test_few_samples(workers: int, count: int, size: int, drop_last: bool, batches: int) -> None:
    loader = DataLoader(Numbers(count), size, drop_last=drop_last, num_workers=workers)
    assert len(loader) == len(list(loader)) == batches


@pytest.mark.parametrize("workers", [0, 2])
def test_samples_without_batching(workers: int) -> None:
    assert list(DataLoader(Numbers(4), batch_size=None, num_workers=workers)) == [0, 1, 2, 3]


@pytest.mark.parametrize("workers", [0, 2])
def test_batch_sampler_and_collate_fn(workers: int) -> None:
    loader = DataLoader(Numbers(9), batch_sampler=[[3, 1], [8]], num_workers=workers,
                        collate_fn=tuple)
    assert list(loader) == [(3, 1), (8,)]
    assert len(loader) == 2


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_stream(workers: int) -> None:
    loader = DataLoader(SharedStream(10), batch_size=2, num_workers=workers)
    assert sorted(sum(values(loader), [])) == list(range(10))
    assert sorted(sum(values(loader), [])) == list(range(10))
    with pytest.raises(TypeError):
        len(loader)


def test_stream_order_takes_workers_in_turn() -> None:
    loader = DataLoader(SharedStream(7), batch_size=1, num_workers=2)
    assert values(loader) == [[0], [1], [2], [3], [4], [5], [6]]


def test_nested_batches_keep_their_types_and_memory_layout() -> None:
    class Samples(Numbers):
        def __getitem__(self, index: int) -> Any:
            image = cytorch.arange(6.0).view(2, 3) + index
            return {"image": image, "half": image.to(cytorch.bfloat16), "name": f"s{index}"}

    batch = next(iter(DataLoader(Samples(4), 2, num_workers=1)))
    assert batch["image"].tolist() == [[[0, 1, 2], [3, 4, 5]], [[1, 2, 3], [4, 5, 6]]]
    assert batch["half"].dtype == cytorch.bfloat16
    assert batch["name"] == ["s0", "s1"]
    batch["image"].add_(1)


def test_empty_tensors_and_transposed_ones_arrive() -> None:
    def collate(samples: list[int]) -> Any:
        return cytorch.zeros(0, 3), cytorch.arange(6).view(2, 3).t(), samples

    empty, transposed, _ = next(iter(DataLoader(Numbers(2), 2, num_workers=1,
                                                collate_fn=collate)))
    assert tuple(empty.shape) == (0, 3)
    assert transposed.tolist() == [[0, 3], [1, 4], [2, 5]]
    assert transposed.stride() == (1, 3)


def test_persistent_workers_stay() -> None:
    class Process(Numbers):
        def __getitem__(self, index: int) -> int:
            import os

            return os.getpid()

    def pids(loader: Any) -> set[int]:
        return {value for batch in values(loader) for value in batch}

    loader = DataLoader(Process(8), 2, num_workers=2, persistent_workers=True)
    assert pids(loader) == pids(loader)
    for _ in loader:
        break
    assert len(pids(loader)) == 2
    other = DataLoader(Process(8), 2, num_workers=2)
    assert not pids(other) & pids(other)


def test_an_old_iterator_of_persistent_workers_says_so() -> None:
    loader = DataLoader(Numbers(8), 2, num_workers=1, persistent_workers=True)
    old = iter(loader)
    next(old)
    assert values(loader) == [[0, 1], [2, 3], [4, 5], [6, 7]]
    with pytest.raises(RuntimeError, match="new epoch"):
        next(old)


@pytest.mark.parametrize("options", [{"prefetch_factor": 1}, {"in_order": False},
                                     {"pin_memory": True}, {"timeout": 30}])
def test_options_leave_the_samples_alone(options: dict[str, Any]) -> None:
    loader = DataLoader(Numbers(23), 2, num_workers=3, **options)
    assert sorted(sum(values(loader), [])) == list(range(23))


def test_slow_worker_does_not_hold_up_the_other_without_order() -> None:
    class Slow(Numbers):
        def __getitem__(self, index: int) -> int:
            import time

            time.sleep(0.3 if index == 0 else 0.0)
            return index

    order = [b.item() for b in DataLoader(Slow(6), num_workers=2, in_order=False)]
    assert order[0] != 0
    assert sorted(order) == list(range(6))


def test_worker_info() -> None:
    def collate(samples: list[int]) -> Any:
        info = get_worker_info()
        assert info is not None
        return info.id, info.num_workers, len(info.dataset)

    seen = set(DataLoader(Numbers(8), 1, num_workers=2, collate_fn=collate))
    assert seen == {(0, 2, 8), (1, 2, 8)}
    assert get_worker_info() is None


def test_tensor_dataset_in_workers() -> None:
    x = cytorch.randn(10, 3)
    batches = list(DataLoader(TensorDataset(x), 4, num_workers=2))
    assert cytorch.equal(cytorch.cat([batch[0] for batch in batches]), x)


@pytest.mark.parametrize(("options", "text"), [
    ({"num_workers": -1}, "num_workers"), ({"num_workers": 1.5}, "num_workers"),
    ({"timeout": -1}, "timeout"), ({"prefetch_factor": 2}, "prefetch_factor"),
    ({"persistent_workers": True}, "persistent_workers"), ({"batch_size": 0}, "batch_size"),
    ({"multiprocessing_context": "fork"}, "multiprocessing_context"),
    ({"shuffle": True, "sampler": [1]}, "sampler"), ({"num_workers": 1, "prefetch_factor": 0}, "0"),
    ({"batch_size": None, "drop_last": True}, "drop_last"),
    ({"batch_sampler": [[1]], "shuffle": True}, "batch_sampler")])
def test_bad_arguments(options: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        DataLoader(Numbers(4), **options)


@pytest.mark.parametrize("options", [{"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]}])
def test_stream_refuses_an_order(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="IterableDataset"):
        DataLoader(SharedStream(4), **options)


def test_import_leaves_multiprocessing_alone() -> None:
    from support.subprocesses import run_python

    run_python("""
        import sys
        from cytorch.utils.data import DataLoader
        assert list(map(len, DataLoader(range(4), 2))) == [2, 2]
        assert "multiprocessing" not in sys.modules
    """)
    assert "cytorch" in sys.modules
