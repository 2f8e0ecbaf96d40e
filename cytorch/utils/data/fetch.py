"""Fetchers: from indices to a collated batch, in the main process and in workers alike."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cytorch.errors import IndexOutOfRange

from .remote_error import add_note
from .seeding import SampleSeeds


class EndOfStreamError(Exception):
    """An IterableDataset has no more samples."""


class Fetcher:
    """Calls `dataset[index]` for each index and collates.

    `indices` is a list when the loader makes batches, a single index when `batch_size=None`.
    """

    def __init__(self, dataset: Any, batched: bool, collate_fn: Callable[[Any], Any],
                 seeds: SampleSeeds) -> None:
        self.dataset = dataset
        self.batched = batched
        self.collate_fn = collate_fn
        self.seeds = seeds

    def fetch(self, indices: Any) -> Any:
        if not self.batched:
            return self.collate_fn(self._sample(indices))
        getitems = getattr(self.dataset, "__getitems__", None)
        if getitems is not None:
            if indices:
                self.seeds.enter(indices[0])
            samples = getitems(indices)
        else:
            samples = [self._sample(index) for index in indices]
        return collate_with_names(self.collate_fn, samples, indices)

    def _sample(self, index: Any) -> Any:
        self.seeds.enter(index)
        try:
            return self.dataset[index]
        except StopIteration as error:
            # Passed on, it would end the caller's loop silently (PEP 479).
            raise RuntimeError(f"dataset[{index!r}] raised StopIteration") from error
        except IndexError as error:
            if error.args and any(repr(index) in str(argument) for argument in error.args):
                raise
            raise IndexOutOfRange(
                f"dataset[{index!r}] raised IndexError: {error}; does len(dataset) or the sampler "
                "promise more samples than there are?") from error
        except Exception as error:
            add_note(error, f"raised by dataset[{index!r}] of {type(self.dataset).__name__}")
            raise


class IterableFetcher:
    """Takes samples from `iter(dataset)` and collates; raises EndOfStreamError at its end."""

    def __init__(self, dataset: Any, batched: bool, collate_fn: Callable[[Any], Any],
                 drop_last: bool, seeds: SampleSeeds) -> None:
        seeds.enter(0)
        self.stream: Iterator[Any] = iter(dataset)
        self.batched = batched
        self.collate_fn = collate_fn
        self.drop_last = drop_last
        self.taken = 0

    def fetch(self, indices: Any) -> Any:
        if not self.batched:
            return self.collate_fn(self._next())
        samples: list[Any] = []
        first = self.taken
        try:
            for _ in indices:
                samples.append(self._next())
        except EndOfStreamError:
            if not samples or self.drop_last:
                raise
        return collate_with_names(self.collate_fn, samples, range(first, self.taken))

    def _next(self) -> Any:
        try:
            sample = next(self.stream)
        except StopIteration:
            raise EndOfStreamError from None
        except Exception as error:
            add_note(error, f"raised by sample {self.taken} of the stream")
            raise
        self.taken += 1
        return sample


def collate_with_names(collate_fn: Callable[[Any], Any], samples: Any, indices: Any) -> Any:
    """Collate; an error about positions in the batch also says which dataset indices they are."""
    try:
        return collate_fn(samples)
    except Exception as error:
        positions = getattr(error, "positions", None)
        if positions is None:
            add_note(error, f"raised while collating dataset indices {abbreviate(indices)}")
            raise
        names = " and ".join(str(indices[position]) for position in positions)
        kind = "dataset index" if len(positions) == 1 else "dataset indices"
        raise type(error)(f"{error} ({kind} {names})") from error.__cause__


def abbreviate(indices: Any) -> str:
    """A list of indices for a message, its middle left out when it is long."""
    if indices is None:
        return "(the next of its stream)"
    if not isinstance(indices, list | tuple | range):
        return repr(indices)
    values = list(indices)
    if values and all(value is None for value in values):
        return f"(the next {len(values)} of its stream)"
    if len(values) <= 12:
        return str(values)
    head, tail = (", ".join(map(str, part)) for part in (values[:6], values[-3:]))
    return f"[{head}, ..., {tail}] ({len(values)} in all)"
