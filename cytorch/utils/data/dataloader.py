"""DataLoader: batches of a dataset, in the main process or by worker processes."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cytorch.errors import ArgumentError

from .collate import default_collate, default_convert
from .dataset import Dataset, IterableDataset
from .sampler import BatchSampler, InfiniteSampler, RandomSampler, SequentialSampler

if TYPE_CHECKING:
    from cytorch import Generator

    from .pool import WorkerPool

T_co = TypeVar("T_co", covariant=True)


class DataLoader(Generic[T_co]):
    """Iterate over a dataset in batches.

    Parameters
    ----------
    dataset : a map dataset (`__getitem__`, `__len__`) or an IterableDataset
    batch_size : samples per batch; None gives single samples, converted but not stacked
    shuffle : visit the samples in a new random order each epoch
    sampler : iterable of indices, instead of `shuffle`
    batch_sampler : iterable of lists of indices, instead of the four arguments before and
        `drop_last`
    num_workers : worker processes; 0 makes the batches in this process
    collate_fn : makes a batch from a list of samples (default: `default_collate`)
    pin_memory : accepted; batches are made in ordinary memory
    drop_last : leave out a last batch that is shorter than `batch_size`
    timeout : seconds to wait for a batch of a worker before LoaderTimeout; 0 waits for ever
    worker_init_fn : called with the worker's id in each worker before its first sample
    multiprocessing_context : "fork" (default), "spawn", "forkserver" or a context
    generator : source of the order and of the samples' seeds (default: the default generator)
    prefetch_factor : batches under way per worker (default 2)
    persistent_workers : keep the workers from epoch to epoch
    in_order : with False batches come as soon as any worker has one
    reproducible : seed `random` and `numpy.random` per sample without workers, too

    cytorch's own generator is seeded before each sample from the epoch's seed and the sample's
    index: random augmentations are the same for any number of workers. In workers `random` and
    `numpy.random` are, too.

    An exception of the dataset arrives as itself, with the worker's traceback as a note; a worker
    that dies is a WorkerDied with its id, signal and indices.

    >>> list(DataLoader(range(5), batch_size=2))
    [tensor([0, 1]), tensor([2, 3]), tensor([4])]
    """

    def __init__(self, dataset: Dataset[T_co], batch_size: int | None = 1,
                 shuffle: bool | None = None, sampler: Iterable[Any] | None = None,
                 batch_sampler: Iterable[list[Any]] | None = None, num_workers: int = 0,
                 collate_fn: Callable[[list[Any]], Any] | None = None, pin_memory: bool = False,
                 drop_last: bool = False, timeout: float = 0,
                 worker_init_fn: Callable[[int], Any] | None = None,
                 multiprocessing_context: Any = None, generator: Generator | None = None, *,
                 prefetch_factor: int | None = None, persistent_workers: bool = False,
                 pin_memory_device: str = "", in_order: bool = True,
                 reproducible: bool = False) -> None:
        self.dataset = dataset
        self.is_iterable = isinstance(dataset, IterableDataset)
        self.num_workers = num_workers
        self.prefetch_factor = prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.generator = generator
        self.persistent_workers = persistent_workers
        self.in_order = in_order
        self.reproducible = reproducible
        self._check_workers()
        if self.is_iterable:
            self._check_stream(shuffle, sampler, batch_sampler)
        self._choose_samplers(batch_size, shuffle, sampler, batch_sampler, drop_last)
        self.collate_fn: Callable[[Any], Any]
        if collate_fn is not None:
            self.collate_fn = collate_fn
        else:
            self.collate_fn = default_collate if self.batched else default_convert
        self.idle_pool: WorkerPool | None = None
        self._warned: set[str] = set()

    def _check_workers(self) -> None:
        if isinstance(self.num_workers, bool) or not isinstance(self.num_workers, int):
            raise ArgumentError(f"DataLoader: num_workers must be an integer, "
                                f"got {self.num_workers!r}")
        if self.num_workers < 0:
            raise ArgumentError(f"DataLoader: num_workers must not be negative, "
                                f"got {self.num_workers}")
        if self.timeout < 0:
            raise ArgumentError(f"DataLoader: timeout must not be negative, got {self.timeout}")
        if self.num_workers == 0:
            for name, given in (("prefetch_factor", self.prefetch_factor is not None),
                                ("persistent_workers", self.persistent_workers),
                                ("multiprocessing_context",
                                 self.multiprocessing_context is not None)):
                if given:
                    raise ArgumentError(f"DataLoader: {name} needs num_workers > 0")
        elif self.prefetch_factor is not None and self.prefetch_factor < 1:
            raise ArgumentError("DataLoader: prefetch_factor must be positive, "
                                f"got {self.prefetch_factor}")

    @staticmethod
    def _check_stream(shuffle: bool | None, sampler: Any, batch_sampler: Any) -> None:
        for name, given in (("shuffle=True", shuffle), ("sampler", sampler is not None),
                            ("batch_sampler", batch_sampler is not None)):
            if given:
                raise ArgumentError(f"DataLoader: {name} makes no sense with an IterableDataset, "
                                    "which decides on the order itself")

    def _choose_samplers(self, batch_size: int | None, shuffle: bool | None, sampler: Any,
                         batch_sampler: Any, drop_last: bool) -> None:
        if sampler is not None and shuffle:
            raise ArgumentError("DataLoader: give either sampler or shuffle=True")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ArgumentError("DataLoader: batch_sampler takes the place of batch_size, "
                                    "shuffle, sampler and drop_last")
            batch_size = None
        elif batch_size is None and drop_last:
            raise ArgumentError("DataLoader: drop_last needs a batch_size")
        if sampler is None:
            if self.is_iterable:
                sampler = InfiniteSampler()
            elif shuffle:
                sampler = RandomSampler(self.dataset,  # type: ignore[arg-type]
                                        generator=self.generator)
            else:
                sampler = SequentialSampler(self.dataset)  # type: ignore[arg-type]
        if batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler

    @property
    def batched(self) -> bool:
        """Whether batches are made (else single samples are passed on)."""
        return self.batch_sampler is not None

    @property
    def index_sampler(self) -> Iterable[Any]:
        return self.batch_sampler if self.batch_sampler is not None else self.sampler

    @property
    def prefetch(self) -> int:
        return 2 if self.prefetch_factor is None else self.prefetch_factor

    def context(self) -> Any:
        """The multiprocessing context that workers are started with."""
        import multiprocessing

        chosen = self.multiprocessing_context
        if chosen is None or isinstance(chosen, str):
            return multiprocessing.get_context(chosen or "fork")
        return chosen

    def warn_once(self, topic: str) -> bool:
        """True for the first call with this topic."""
        first = topic not in self._warned
        self._warned.add(topic)
        return first

    def __iter__(self) -> Iterator[Any]:
        from .iterators import MainProcessIterator, WorkerIterator

        return WorkerIterator(self) if self.num_workers else MainProcessIterator(self)

    def __len__(self) -> int:
        """Batches per epoch. For an IterableDataset that has a length: an estimate from it."""
        if not self.is_iterable:
            return len(self.index_sampler)  # type: ignore[arg-type]
        samples = len(self.dataset)  # type: ignore[arg-type]
        if self.batch_size is None:
            return samples
        return samples // self.batch_size if self.drop_last else -(-samples // self.batch_size)
