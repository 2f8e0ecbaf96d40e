"""What iterating a DataLoader gives: in the main process, or over a pool of workers."""
from __future__ import annotations

import os
import threading
import time
import warnings
import weakref
from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from cytorch.errors import LoaderTimeout

from .fetch import EndOfStreamError, Fetcher, IterableFetcher, abbreviate
from .messages import NewEpoch, Ready, Result, Task, WorkerSetup
from .pool import WorkerPool
from .process import WorkerProcess
from .remote_error import revive
from .sampler import draw_seed
from .seeding import SampleSeeds

if TYPE_CHECKING:
    from .dataloader import DataLoader


class LoaderIterator:
    """Base of both: counts batches and knows how many are left."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        self.loader = loader
        self.yielded = 0

    def __iter__(self) -> LoaderIterator:
        return self

    def __len__(self) -> int:
        return len(self.loader)

    def __next__(self) -> Any:
        raise NotImplementedError

    def _count(self) -> None:
        self.yielded += 1
        loader = self.loader
        if not (loader.is_iterable and hasattr(loader.dataset, "__len__")):
            return
        if self.yielded == len(loader) + 1:
            warnings.warn(f"DataLoader: the IterableDataset says that it has {len(loader)} "
                          "batches, but gives more; with several workers this happens when they "
                          "do not share out the stream (see get_worker_info)", stacklevel=3)


class MainProcessIterator(LoaderIterator):
    """num_workers=0: every batch is made when it is asked for."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        super().__init__(loader)
        self.indices: Iterator[Any] = iter(loader.index_sampler)
        self.seeds = SampleSeeds(draw_seed(loader.generator), python=loader.reproducible)
        self.fetcher: Any = None

    def __next__(self) -> Any:
        indices = next(self.indices)
        self.seeds.save()
        try:
            if self.fetcher is None:
                self.fetcher = self._make_fetcher()
            batch = self.fetcher.fetch(indices)
        except EndOfStreamError:
            raise StopIteration from None
        finally:
            self.seeds.restore()
        self._count()
        return batch

    def _make_fetcher(self) -> Any:
        loader = self.loader
        if loader.is_iterable:
            return IterableFetcher(loader.dataset, loader.batched, loader.collate_fn,
                                   loader.drop_last, self.seeds)
        return Fetcher(loader.dataset, loader.batched, loader.collate_fn, self.seeds)


class WorkerIterator(LoaderIterator):
    """num_workers>0: keeps `prefetch_factor` batches per worker under way."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        super().__init__(loader)
        base_seed = draw_seed(loader.generator)
        self.indices: Iterator[Any] = iter(loader.index_sampler)
        self.indices_left = True
        self.sent = 0
        self.taken = 0
        self.turn = 0
        self.arrived: dict[int, tuple[WorkerProcess, Result, Any]] = {}
        self.arrival_order: deque[int] = deque()
        self.pool = self._take_pool(base_seed)
        self.pool.epoch += 1
        self.epoch = self.pool.epoch
        try:
            self._begin(base_seed)
        except BaseException:
            self.pool.stop()
            raise

    def _take_pool(self, base_seed: int) -> WorkerPool:
        loader = self.loader
        if loader.idle_pool is not None and loader.idle_pool.workers:
            return loader.idle_pool
        pool = WorkerPool(loader.context(), WorkerSetup(
            worker_id=0, num_workers=loader.num_workers, parent_pid=os.getpid(),
            base_seed=base_seed, dataset=loader.dataset, iterable=loader.is_iterable,
            batched=loader.batched, drop_last=loader.drop_last,
            prefetch_factor=loader.prefetch, collate_fn=loader.collate_fn,
            worker_init_fn=loader.worker_init_fn))
        owner: Any = self
        if loader.persistent_workers:
            owner = loader
            loader.idle_pool = pool
        # Not __del__: a finalizer runs exactly once, also when the owner is part of a cycle.
        weakref.finalize(owner, _stop_in_finalizer, pool).atexit = False
        return pool

    def _begin(self, base_seed: int) -> None:
        workers = self.pool.workers
        # A loop over the last epoch may have been left early: its batches are read and dropped.
        while any(worker.in_flight for worker in workers):
            self._receive(self.loader.timeout or None)
        self.arrived.clear()
        self.arrival_order.clear()
        for worker in workers:
            worker.stream_ended = False
            worker.send(NewEpoch(base_seed), partial(self._make_room, worker))
        self._dispatch()

    def __next__(self) -> Any:
        if self.epoch != self.pool.epoch:
            raise RuntimeError("DataLoader: this iterator ended when a new epoch was started with "
                               "the same persistent workers")
        try:
            found = self._next_result()
            if found is None and not self.loader.persistent_workers:
                self.pool.stop()
        except BaseException:
            self.pool.stop()
            raise
        if found is None:
            raise StopIteration
        worker, result, batch = found
        if result.error is not None:
            raise revive(result.error, _describe(worker))
        self._count()
        return batch

    def _next_result(self) -> tuple[WorkerProcess, Result, Any] | None:
        """The next answer in order (in order of arrival with in_order=False); None at the end."""
        timeout = self.loader.timeout
        deadline = time.monotonic() + timeout if timeout else None
        while self.pool.workers:
            number = self._ready_number()
            if number is not None:
                found = self.arrived.pop(number)
                self.taken += 1
                self._dispatch()
                if found[1].kind != "end":
                    return found
            elif self.taken == self.sent and not self._dispatch():
                return None
            else:
                self._receive(None if deadline is None else deadline - time.monotonic())
        return None

    def _ready_number(self) -> int | None:
        if not self.loader.in_order:
            return self.arrival_order.popleft() if self.arrival_order else None
        return self.taken if self.taken in self.arrived else None

    def _dispatch(self) -> bool:
        """Send out as many tasks as may be under way; tell whether there was any."""
        sent_before = self.sent
        limit = self.loader.prefetch * self.loader.num_workers
        while self.indices_left and self.sent - self.taken < limit:
            worker = self._next_worker()
            if worker is None:
                break
            try:
                indices = next(self.indices)
            except StopIteration:
                self.indices_left = False
                break
            worker.in_flight[self.sent] = indices
            self.sent += 1
            worker.send(Task(self.sent - 1, indices), partial(self._make_room, worker))
        return self.sent > sent_before

    def _next_worker(self) -> WorkerProcess | None:
        """Workers take turns; one has at most `prefetch_factor` tasks, as many as it has slots."""
        workers = self.pool.workers
        for step in range(len(workers)):
            worker = workers[(self.turn + step) % len(workers)]
            if worker.stream_ended:
                continue
            if len(worker.in_flight) < self.loader.prefetch:
                self.turn += step + 1
                return worker
            if self.loader.in_order:
                return None
        return None

    def _make_room(self, worker: WorkerProcess) -> None:
        """The worker reads no more: it may itself be blocked, sending what nobody has read yet."""
        worker.channel.wait_for_change()
        if worker.channel.readable():
            self._take_from(worker)

    def _receive(self, seconds: float | None) -> None:
        ready = self.pool.wait(seconds)
        if not ready:
            raise LoaderTimeout(self._timeout_text())
        for worker in ready:
            if not worker.channel.readable():
                raise worker.death()
            self._take_from(worker)

    def _take_from(self, worker: WorkerProcess) -> None:
        message, batch = worker.receive()
        if isinstance(message, Ready):
            worker.ready = True
            if message.error is not None:
                raise revive(message.error, _describe(worker))
            return
        if message.kind == "end":
            worker.stream_ended = True
        self._warn(message)
        self.arrived[message.number] = (worker, message, batch)
        self.arrival_order.append(message.number)

    def _warn(self, result: Result) -> None:
        loader = self.loader
        if result.no_shared_memory and loader.warn_once("shared memory"):
            warnings.warn("DataLoader: no shared memory for a batch: "
                          f"{result.no_shared_memory}; it came through a pipe instead, which is "
                          "slower", stacklevel=5)
        if (loader.is_iterable and loader.num_workers > 1 and not result.asked_worker_info
                and loader.worker_init_fn is None and loader.warn_once("duplicates")):
            warnings.warn(
                f"DataLoader: {type(loader.dataset).__name__} is iterated by "
                f"{loader.num_workers} workers and did not ask get_worker_info() which share is "
                "its own: every sample will come once per worker", stacklevel=5)

    def _timeout_text(self) -> str:
        text = f"DataLoader: no batch within timeout={self.loader.timeout} seconds"
        for worker in self.pool.workers:
            for number, indices in worker.in_flight.items():
                if number == self.taken or not self.loader.in_order:
                    return f"{text}; {_describe(worker)} had indices {abbreviate(indices)}"
        return text


def _describe(worker: WorkerProcess) -> str:
    return f"DataLoader worker {worker.worker_id} (pid {worker.process.pid})"


def _stop_in_finalizer(pool: WorkerPool) -> None:
    try:
        pool.stop()
    except KeyboardInterrupt:
        # An exception of a finalizer is printed and lost: raise it again in the main thread.
        import _thread

        threading.Timer(0.01, _thread.interrupt_main).start()
