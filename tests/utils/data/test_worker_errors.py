"""Exceptions of datasets: they arrive as themselves, with or without workers; nothing hangs."""
from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import cytorch
from cytorch.errors import WorkerError
from cytorch.utils.data import DataLoader, Dataset, IterableDataset

HAVE_NOTES = sys.version_info >= (3, 11)


class Failing(Dataset[Any]):
    """Calls `action` for sample 5 of 12."""

    def __init__(self, action: Callable[[], Any]) -> None:
        self.action = action

    def __len__(self) -> int:
        return 12

    def __getitem__(self, index: int) -> Any:
        return self.action() if index == 5 else index


class TwoArguments(Exception):
    def __init__(self, first: int, second: int) -> None:
        super().__init__(first, second)
        self.extra = first + second


class Unreadable(Exception):
    """Pickles, but its __init__ refuses what pickle passes to it."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"{first} and {second}")


class HoldsLock(Exception):
    def __init__(self) -> None:
        super().__init__("locked")
        self.lock = threading.Lock()


def raiser(make: Callable[[], BaseException], cause: BaseException | None = None) -> Any:
    def action() -> Any:
        raise make() from cause

    return action


def caught(loader: Any) -> BaseException:
    begin = time.monotonic()
    with pytest.raises(BaseException) as info:
        list(loader)
    assert time.monotonic() - begin < 5
    return info.value


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("make", [
    lambda: ValueError("bad", 3), lambda: KeyError("a b"), lambda: TwoArguments(1, 2),
    lambda: OSError(2, "no such thing", "file"), lambda: MemoryError("none left"),
    lambda: UnicodeDecodeError("utf8", b"abc", 0, 1, "odd"), lambda: AssertionError()])
def test_same_class_and_arguments(make: Callable[[], BaseException], workers: int) -> None:
    error = caught(DataLoader(Failing(raiser(make)), 4, num_workers=workers))
    expected = make()
    assert type(error) is type(expected)
    assert error.args == expected.args
    assert str(error) == str(expected)
    notes = "\n".join(error.__notes__)  # type: ignore[attr-defined]
    assert "dataset[5]" in notes
    if workers:
        assert "worker 1 (pid" in notes
        assert "in action" in notes


def test_attributes_notes_and_causes_travel() -> None:
    cause = TwoArguments(3, 4)
    cause.__cause__ = KeyError("root")
    error = caught(DataLoader(Failing(raiser(lambda: TwoArguments(1, 2), cause)), 4,
                              num_workers=1))
    assert isinstance(error, TwoArguments)
    assert error.extra == 3
    assert isinstance(error.__cause__, TwoArguments)
    assert error.__cause__.extra == 7
    assert isinstance(error.__cause__.__cause__, KeyError)


@pytest.mark.skipif(not HAVE_NOTES, reason="Python 3.11 has the first ExceptionGroup")
def test_exception_groups_are_preserved() -> None:
    def make() -> BaseException:
        group = ExceptionGroup  # noqa: F821  absent from Python 3.10, which the linter assumes
        return group("several", [ValueError(1), TypeError(2)])

    error: Any = caught(DataLoader(Failing(raiser(make)), 4, num_workers=1))
    assert type(error).__name__ == "ExceptionGroup"
    assert [type(inner) for inner in error.exceptions] == [ValueError, TypeError]


def test_unpicklable_ones_arrive_as_text() -> None:
    class Local(Exception):
        pass

    for make in (lambda: Local("inner text"), HoldsLock, lambda: Unreadable(1, 2)):
        error = caught(DataLoader(Failing(raiser(make)), 4, num_workers=2))
        assert isinstance(error, WorkerError)
        assert type(make()).__name__ in str(error)
        assert "in action" in str(error)


@pytest.mark.parametrize("workers", [0, 1])
def test_stop_iteration_does_not_end_the_epoch(workers: int) -> None:
    error = caught(DataLoader(Failing(raiser(StopIteration)), 4, num_workers=workers))
    assert isinstance(error, RuntimeError)
    assert "dataset[5] raised StopIteration" in str(error)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_length_that_promises_too_much(workers: int) -> None:
    class Short(Dataset[int]):
        def __len__(self) -> int:
            return 6

        def __getitem__(self, index: int) -> int:
            return [0, 1, 2, 3][index]

    error = caught(DataLoader(Short(), 3, num_workers=workers))
    assert isinstance(error, IndexError)
    assert "dataset[4]" in str(error)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_length_that_promises_too_little_gives_no_more(workers: int) -> None:
    class Long(Dataset[int]):
        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> int:
            return list(range(10))[index]

    assert [b.tolist() for b in DataLoader(Long(), 2, num_workers=workers)] == [[0, 1], [2]]


@pytest.mark.parametrize("workers", [0, 1])
def test_samples_that_make_no_batch_are_named(workers: int) -> None:
    error = caught(DataLoader(Failing(lambda: lambda: 0), 1, num_workers=workers))
    assert isinstance(error, TypeError)
    assert "function" in str(error)
    assert "dataset index 5" in str(error)
    ragged = caught(DataLoader([cytorch.ones(3), cytorch.ones(4)], 2,  # type: ignore[arg-type]
                               num_workers=workers))
    assert isinstance(ragged, ValueError)
    assert "(3,) and (4,) (dataset indices 0 and 1)" in str(ragged)


def test_a_batch_that_cannot_be_sent_is_named() -> None:
    loader = DataLoader(Failing(lambda: lambda: 0), 2, num_workers=1, collate_fn=list)
    error = caught(loader)
    assert isinstance(error, TypeError)
    assert "[4, 5]" in str(error)


def test_the_loader_goes_on_after_an_error() -> None:
    loader = DataLoader(Failing(raiser(lambda: MemoryError("x"))), 4, num_workers=2)
    iterator = iter(loader)
    assert next(iterator).tolist() == [0, 1, 2, 3]
    with pytest.raises(MemoryError):
        next(iterator)
    assert next(iterator).tolist() == [8, 9, 10, 11]
    assert next(iter(loader)).tolist() == [0, 1, 2, 3]


def test_worker_init_fn() -> None:
    def fail(worker_id: int) -> None:
        raise LookupError(f"no licence for {worker_id}")

    begin = time.monotonic()
    error = caught(DataLoader(Failing(int), 4, num_workers=2, worker_init_fn=fail))
    assert time.monotonic() - begin < 1
    assert type(error) is LookupError
    assert "no licence" in str(error)


class BreakingStream(IterableDataset[int]):
    def __iter__(self) -> Iterator[int]:
        yield 1
        raise ZeroDivisionError("in the stream")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_stream_that_raises(workers: int) -> None:
    iterator = iter(DataLoader(BreakingStream(), num_workers=workers))
    assert next(iterator).tolist() == [1]
    with pytest.raises(ZeroDivisionError):
        next(iterator)
    with pytest.raises(StopIteration):
        next(iterator)


def test_two_copies_of_a_stream_warn_once() -> None:
    class Whole(IterableDataset[int]):
        def __iter__(self) -> Iterator[int]:
            return iter(range(4))

    loader = DataLoader(Whole(), num_workers=2)
    with pytest.warns(UserWarning, match="once per worker") as warned:
        assert len(list(loader)) == 8
        list(loader)
    assert len(warned) == 1


def test_sampler_that_raises() -> None:
    def indices() -> Iterator[int]:
        yield 0
        raise ArithmeticError("sampler")

    for workers in (0, 2):
        with pytest.raises(ArithmeticError):
            list(DataLoader(Failing(int), sampler=indices(), num_workers=workers))
