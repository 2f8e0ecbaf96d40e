"""The worker's side: a loop that turns tasks into batches."""
from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import select
import signal
import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cytorch.errors import DTypeError

from .channel import Channel, ChannelClosedError
from .fetch import EndOfStreamError, Fetcher, IterableFetcher, abbreviate
from .messages import NewEpoch, Ready, Result, Task, WorkerSetup
from .remote_error import describe
from .seeding import SampleSeeds, mix, seed_python
from .shared_memory import WriterSlot, align


@dataclass
class WorkerInfo:
    """What `get_worker_info()` returns inside of a worker."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


class _WorkerState:
    """What this process knows about being a worker."""

    info: WorkerInfo | None = None
    asked = False


_state = _WorkerState()


def get_worker_info() -> WorkerInfo | None:
    """Which worker this process is (`id`, `num_workers`, `seed`, `dataset`); None in the main one.

    An IterableDataset uses it to give each worker its share of the stream.
    """
    _state.asked = True
    return _state.info


def worker_main(connection: socket.socket, inherited: Iterable[socket.socket],
                setup: WorkerSetup) -> None:
    """What the worker process runs. `inherited` are copies of sockets that are not its own."""
    for other in inherited:
        other.close()
    # Ctrl-C goes to the whole process group; the main process decides what happens then. It
    # blocked the signal while it started this process, so that none could come before this line.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    _end_with_parent(setup.parent_pid)
    with contextlib.suppress(OSError, ValueError):
        faulthandler.enable(file=connection.fileno(), all_threads=False)
    channel = Channel(connection)
    with contextlib.suppress(ChannelClosedError):
        if _start(channel, setup):
            WorkerLoop(channel, setup).run()


def _end_with_parent(parent_pid: int) -> None:
    """End this process as soon as the main one is gone, even in the middle of a slow sample."""
    if not hasattr(os, "pidfd_open"):
        return
    try:
        descriptor = os.pidfd_open(parent_pid)
    except ProcessLookupError:
        os._exit(1)
    except OSError:
        return

    def watch() -> None:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        poll.poll()
        os._exit(1)

    threading.Thread(target=watch, name="cytorch-parent-watch", daemon=True).start()


def _start(channel: Channel, setup: WorkerSetup) -> bool:
    import cytorch

    try:
        # The workers are the parallelism; more threads in each would fight for the same cores.
        cytorch.set_num_threads(1)
        seed = setup.base_seed + setup.worker_id
        cytorch.manual_seed(seed)
        seed_python(mix(setup.base_seed, setup.worker_id))
        _state.asked = False  # a forked worker inherits what its parent has done
        _state.info = WorkerInfo(setup.worker_id, setup.num_workers, seed, setup.dataset)
        if setup.worker_init_fn is not None:
            setup.worker_init_fn(setup.worker_id)
    except Exception as error:
        channel.send(Ready(describe(error)))
        return False
    channel.send(Ready(None))
    return True


class WorkerLoop:
    """Answers tasks until the channel closes."""

    def __init__(self, channel: Channel, setup: WorkerSetup) -> None:
        self.channel = channel
        self.setup = setup
        self.slots = [WriterSlot() for _ in range(setup.prefetch_factor)]
        self.tasks_done = 0
        self.fetcher: Any = None
        self.stream_ended = False
        self.start_error: Exception | None = None

    def run(self) -> None:
        while True:
            message, _ = self.channel.receive()
            if isinstance(message, NewEpoch):
                self._begin(message)
            elif isinstance(message, Task):
                self._answer(message)
                self.tasks_done += 1
            else:
                return

    def _begin(self, epoch: NewEpoch) -> None:
        setup = self.setup
        self.stream_ended, self.start_error = False, None
        if not setup.iterable:
            seeds = SampleSeeds(epoch.base_seed, python=True)
            self.fetcher = Fetcher(setup.dataset, setup.batched, setup.collate_fn, seeds)
            return
        seeds = SampleSeeds(mix(epoch.base_seed, setup.worker_id), python=True)
        try:
            self.fetcher = IterableFetcher(setup.dataset, setup.batched, setup.collate_fn,
                                           setup.drop_last, seeds)
        except Exception as error:
            self.start_error = error

    def _answer(self, task: Task) -> None:
        try:
            if self.start_error is not None:
                raise self.start_error
            if self.stream_ended:
                raise EndOfStreamError
            batch = self.fetcher.fetch(task.indices)
        except EndOfStreamError:
            self.stream_ended = True
            self.channel.send(Result(task.number, "end", asked_worker_info=_state.asked))
        except SystemExit:
            raise
        except BaseException as error:
            self._send_error(task, error)
        else:
            self._send_batch(task, batch)

    def _send_error(self, task: Task, error: BaseException) -> None:
        # A stream that raised cannot go on: a generator is finished after its exception.
        self.stream_ended = self.setup.iterable
        self.channel.send(Result(task.number, "error", error=describe(error)))

    def _send_batch(self, task: Task, batch: Any) -> None:
        buffers: list[pickle.PickleBuffer] = []
        try:
            data = pickle.dumps(batch, protocol=5, buffer_callback=buffers.append)
        except Exception as error:
            reason = DTypeError(f"the batch of dataset indices {abbreviate(task.indices)}, of type "
                                f"{type(batch).__name__}, cannot be sent to the main process: "
                                f"{type(error).__name__}: {error}")
            self._send_error(task, reason)
            return
        parts = [buffer.raw() for buffer in buffers]
        result = Result(task.number, "batch", data, tuple(part.nbytes for part in parts),
                        asked_worker_info=_state.asked)
        descriptor = None
        if parts:
            descriptor = self._fill_slot(result, parts)
        self.channel.send(result, descriptor)
        if descriptor is not None:
            os.close(descriptor)
        if parts and result.slot is None:
            self.channel.send_parts(parts)

    def _fill_slot(self, result: Result, parts: list[memoryview]) -> int | None:
        """Write the arrays into the slot whose turn it is; leave `result.slot` None on failure.

        At most `prefetch_factor` tasks are unanswered or unread, so the slot used that many tasks
        ago has been read: a task is only sent after the answer to it arrived.
        """
        slot = self.tasks_done % len(self.slots)
        size = sum(align(part.nbytes) for part in parts)
        try:
            descriptor = self.slots[slot].reserve(size)
        except OSError as error:
            result.no_shared_memory = f"{error.strerror} (a batch needs {size:,} bytes)"
            return None
        result.slot = slot
        result.offsets = tuple(self.slots[slot].write(parts))
        return descriptor
