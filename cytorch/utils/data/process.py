"""The main process's view of one worker: start, talk, notice its death, stop."""
from __future__ import annotations

import contextlib
import os
import pickle
import signal
import socket
import time
import warnings
from collections.abc import Callable
from typing import Any

from cytorch.errors import WorkerDied

from .channel import Channel, ChannelClosedError
from .fetch import abbreviate
from .messages import Result, WorkerSetup
from .shared_memory import ReaderSlot
from .worker import worker_main

_SPAWN_HINT = """
It ended before it said that it was ready. A spawned worker imports the main program again: if the
program starts its loader at the top level, it does so in the worker, too. Guard it:

    if __name__ == "__main__":
        main()
"""


class WorkerProcess:
    """A worker, its channel, its slots, and the tasks it has not answered yet."""

    def __init__(self, context: Any, setup: WorkerSetup, siblings: list[WorkerProcess]) -> None:
        self.worker_id = setup.worker_id
        self.in_flight: dict[int, Any] = {}
        self.ready = False
        self.stream_ended = False
        self.slots = [ReaderSlot() for _ in range(setup.prefetch_factor)]
        self.pid_descriptor: int | None = None
        self.oom_kills = oom_kill_count()
        self.forked = context.get_start_method() == "fork"
        ours, theirs = socket.socketpair()
        self.channel = Channel(ours)
        try:
            inherited = [sibling.channel.connection for sibling in siblings] + [ours]
            self.process = context.Process(
                target=worker_main, daemon=True, name=f"cytorch-worker-{setup.worker_id}",
                args=(theirs, inherited if self.forked else [], setup))
            with warnings.catch_warnings():
                # Python 3.12+ warns about forking with threads; cytorch's own pool survives it.
                warnings.filterwarnings("ignore", message=".*multi-threaded.*fork.*")
                self.process.start()
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        if hasattr(os, "pidfd_open"):
            # The sentinel of multiprocessing stays silent when the worker has children that
            # inherited it; a process descriptor does not. ProcessLookupError: already gone.
            with contextlib.suppress(OSError):
                self.pid_descriptor = os.pidfd_open(self.process.pid)

    @property
    def sentinel(self) -> int:
        if self.pid_descriptor is not None:
            return self.pid_descriptor
        return int(self.process.sentinel)

    def receive(self) -> tuple[Any, Any]:
        """One message, with the batch rebuilt. Raises WorkerDied when the worker is gone."""
        try:
            message, descriptor = self.channel.receive()
            if not isinstance(message, Result):
                return message, None
            batch = self._batch(message, descriptor) if message.kind == "batch" else None
        except ChannelClosedError as closed:
            raise self.death(closed.remainder) from None
        self.in_flight.pop(message.number, None)
        return message, batch

    def _batch(self, result: Result, descriptor: int | None) -> Any:
        buffers: list[Any] = []
        if result.slot is not None:
            slot = self.slots[result.slot]
            if descriptor is not None:
                slot.replace(descriptor)
            buffers = [slot.read(offset, size)
                       for offset, size in zip(result.offsets, result.sizes, strict=True)]
        elif result.sizes:
            joined, _ = self.channel.receive_bytes()
            view, position = memoryview(joined), 0
            for size in result.sizes:
                buffers.append(bytearray(view[position:position + size]))
                position += size
        return pickle.loads(result.data, buffers=buffers)

    def send(self, message: Any, when_full: Callable[[], None]) -> None:
        # A dead worker is reported where its last messages are read: one may say why it ended.
        with contextlib.suppress(ChannelClosedError):
            self.channel.send_patiently(message, when_full)

    def death(self, crash_text: bytes = b"") -> WorkerDied:
        """The error that says who died, how, and with which indices in its hands."""
        self.process.join(1.0)
        code = self.process.exitcode
        if code is None:
            how = "closed its channel"
        elif code < 0:
            how = f"was killed by signal {signal_name(-code)}"
        else:
            how = f"ended with exit {code} before finishing"
        text = f"DataLoader worker {self.worker_id} (pid {self.process.pid}) {how}"
        if self.in_flight:
            lists = "; ".join(abbreviate(indices) for indices in self.in_flight.values())
            text += f"; indices in flight: {lists}"
        if code == -signal.SIGKILL and oom_kill_count() > self.oom_kills:
            text += "; the OOM killer was at work meanwhile (oom_kill count of the cgroup rose)"
        if crash_text.strip():
            text += f"\n{crash_text.decode(errors='replace')}"
        if not self.ready and not self.forked and code == 1:
            text += _SPAWN_HINT
        return WorkerDied(text)

    def ask_to_stop(self) -> None:
        """Closing the channel ends the worker's loop once its present sample is done."""
        self.channel.close()
        for slot in self.slots:
            slot.close()

    def stop(self, deadline: float) -> None:
        """Wait until `deadline`, then kill. Also ends a stopped (SIGSTOP) worker."""
        self.process.join(max(0.0, deadline - time.monotonic()))
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        if self.pid_descriptor is not None:
            os.close(self.pid_descriptor)
            self.pid_descriptor = None
        self.process.close()


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def oom_kill_count() -> int:
    """How often the OOM killer struck in this process's cgroup (0 where that is not known)."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        with contextlib.suppress(OSError), open(path) as lines:
            for line in lines:
                name, _, count = line.partition(" ")
                if name == "oom_kill":
                    return int(count)
    return 0
