"""Samplers: in which order the indices of a dataset are visited."""
from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cytorch.errors import ArgumentError

if TYPE_CHECKING:
    from cytorch import Generator

T_co = TypeVar("T_co", covariant=True)


class Sampler(Generic[T_co]):
    """An iterable of indices (or of lists of indices). Subclasses write `__iter__`."""

    def __init__(self, data_source: Sized | None = None) -> None:
        pass

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__(self)")


def _positive(owner: str, name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ArgumentError(f"{owner}: {name} must be a positive integer, got {value!r}")


def _boolean(owner: str, name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise ArgumentError(f"{owner}: {name} must be True or False, got {value!r}")


def draw_seed(generator: Generator | None = None) -> int:
    """A random 63-bit integer from `generator` or from the default one."""
    import cytorch

    return int(cytorch.empty((), dtype=cytorch.int64).random_(generator=generator).item())


def _own_generator() -> Generator:
    """A generator of its own, so that drawing indices does not move the user's random stream."""
    import cytorch

    generator = cytorch.Generator()
    generator.manual_seed(draw_seed())
    return generator


class SequentialSampler(Sampler[int]):
    """0, 1, 2, ...

    >>> list(SequentialSampler("abc"))
    [0, 1, 2]
    """

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """Indices in random order, without replacement unless `replacement=True`.

    `num_samples` (default: the length of the source) may exceed it: whole permutations follow each
    other. Without `generator` each iteration seeds one of its own from the default generator.
    """

    def __init__(self, data_source: Sized, replacement: bool = False,
                 num_samples: int | None = None, generator: Generator | None = None) -> None:
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        _boolean("RandomSampler", "replacement", replacement)
        if num_samples is not None:
            _positive("RandomSampler", "num_samples", num_samples)

    @property
    def num_samples(self) -> int:
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        import cytorch

        size = len(self.data_source)
        generator = _own_generator() if self.generator is None else self.generator
        if self.replacement:
            for begin in range(0, self.num_samples, 1024):
                count = min(1024, self.num_samples - begin)
                yield from cytorch.randint(high=size, size=(count,), dtype=cytorch.int64,
                                           generator=generator).tolist()
        elif size:
            for begin in range(0, self.num_samples, size):
                order = cytorch.randperm(size, generator=generator).tolist()
                yield from order[:self.num_samples - begin]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """The given indices in random order."""

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        import cytorch

        for position in cytorch.randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[position]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """`num_samples` indices drawn with probabilities proportional to `weights`."""

    def __init__(self, weights: Sequence[float], num_samples: int, replacement: bool = True,
                 generator: Generator | None = None) -> None:
        import cytorch

        _positive("WeightedRandomSampler", "num_samples", num_samples)
        _boolean("WeightedRandomSampler", "replacement", replacement)
        self.weights = cytorch.as_tensor(weights, dtype=cytorch.float64)
        if self.weights.dim() != 1:
            raise ArgumentError("WeightedRandomSampler: weights must have one dimension, got shape "
                                f"{tuple(self.weights.shape)}")
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        import cytorch

        return iter(cytorch.multinomial(self.weights, self.num_samples, self.replacement,
                                        generator=self.generator).tolist())

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler["list[int]"]):
    """Lists of `batch_size` indices of another sampler; the last may be shorter.

    >>> list(BatchSampler(range(5), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool) -> None:
        _positive("BatchSampler", "batch_size", batch_size)
        _boolean("BatchSampler", "drop_last", drop_last)
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[int]]:
        indices = iter(self.sampler)
        while batch := list(itertools.islice(indices, self.batch_size)):
            if self.drop_last and len(batch) < self.batch_size:
                return
            yield batch

    def __len__(self) -> int:
        count = len(self.sampler)  # type: ignore[arg-type]
        whole, rest = divmod(count, self.batch_size)
        return whole + (1 if rest and not self.drop_last else 0)


class InfiniteSampler(Sampler[None]):
    """What an IterableDataset is sampled with: its stream decides when the epoch ends."""

    def __iter__(self) -> Iterator[None]:
        return itertools.repeat(None)
