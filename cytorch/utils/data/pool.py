"""All workers of one loader: started together, waited for together, stopped together."""
from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import select
import signal
import time
import weakref
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .messages import WorkerSetup
from .process import WorkerProcess

# How long a worker may take to end by itself (it finishes its present sample) before it is killed.
_GRACE_SECONDS = 0.3

_pools: weakref.WeakSet[WorkerPool] = weakref.WeakSet()


def _stop_all() -> None:
    for pool in list(_pools):
        pool.stop()


class WorkerPool:
    """Owns the worker processes; `stop` may be called any number of times."""

    def __init__(self, context: Any, setup: WorkerSetup) -> None:
        import multiprocessing
        import multiprocessing.util

        # What a worker uses is imported before the fork: another thread that is in the middle of
        # one of these imports would leave the child with a lock that nobody opens.
        for name in ("from_data", "pickling", "random"):
            importlib.import_module(f"cytorch.{name}")
        if multiprocessing.current_process().daemon:
            raise RuntimeError(
                f"DataLoader: num_workers={setup.num_workers} in a process that is itself a "
                "worker (a daemonic process may not have children); use num_workers=0 there")
        # After the import of multiprocessing.util, so that this runs before its exit function,
        # which would wait for a stopped worker forever.
        if not _pools:
            atexit.unregister(_stop_all)
            atexit.register(_stop_all)
        self.owner = os.getpid()
        self.epoch = 0
        self.workers: list[WorkerProcess] = []
        _pools.add(self)
        try:
            with _interrupts_held_back():
                for worker_id in range(setup.num_workers):
                    worker = WorkerProcess(context, replace(setup, worker_id=worker_id),
                                           self.workers)
                    self.workers.append(worker)
        except OSError as error:
            started = len(self.workers)
            self.stop()
            raise OSError(error.errno, f"DataLoader: worker {started} of num_workers="
                          f"{setup.num_workers} could not be started: {error.strerror}") from error
        except BaseException:
            self.stop()
            raise

    def wait(self, seconds: float | None) -> list[WorkerProcess]:
        """Workers that have sent something or died; empty after `seconds` without any."""
        poll = select.poll()
        owners = {}
        for worker in self.workers:
            for descriptor in (worker.channel.fileno(), worker.sentinel):
                poll.register(descriptor, select.POLLIN)
                owners[descriptor] = worker
        events = poll.poll(None if seconds is None else max(0.0, seconds) * 1000)
        found = {owners[descriptor].worker_id: owners[descriptor] for descriptor, _ in events}
        return list(found.values())

    def stop(self, grace: float = _GRACE_SECONDS) -> None:
        """End and join all workers. A Ctrl-C meanwhile ends them at once, and is then passed on."""
        if os.getpid() != self.owner:
            return
        workers, self.workers = self.workers, []
        deadline = time.monotonic() + grace
        try:
            for worker in workers:
                worker.ask_to_stop()
            while workers:
                workers[-1].stop(deadline)
                workers.pop()
        except BaseException:
            for worker in workers:
                with contextlib.suppress(ValueError):
                    worker.process.kill()
            for worker in workers:
                with contextlib.suppress(ValueError):
                    worker.stop(0.0)
            raise
        _pools.discard(self)


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Ctrl-C waits until the workers have been started; they inherit the blocked signal."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
