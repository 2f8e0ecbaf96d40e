"""torch.multiprocessing: Python's multiprocessing, and `spawn`.

Tensors that are sent to another process arrive as copies. A tensor in shared memory (see
`Tensor.share_memory_`) is shared with processes that are forked after that call.
"""
from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing import *  # noqa: F403 - its names are this module's
from typing import Any

from cytorch.errors import ArgumentError, WorkerDied, WorkerError

__all__ = ["get_all_sharing_strategies", "get_sharing_strategy",
           "set_sharing_strategy", "spawn", "start_processes"]
__all__ += multiprocessing.__all__


def _run(function: Callable[..., Any], rank: int, args: tuple[Any, ...], errors: Any) -> None:
    import traceback

    try:
        function(rank, *args)
    except KeyboardInterrupt:
        pass
    except BaseException:
        errors.put(traceback.format_exc())
        raise SystemExit(1) from None


class ProcessContext:
    """The processes of `spawn(..., join=False)`."""

    def __init__(self, processes: list[Any], errors: list[Any]) -> None:
        self.processes, self._errors = processes, errors

    def pids(self) -> list[int]:
        """Numbers of the processes."""
        return [process.pid for process in self.processes]

    def join(self, timeout: float | None = None, grace_period: float | None = None) -> bool:
        """Wait; whether all have ended. Ends the others and raises when one has failed."""
        from multiprocessing.connection import wait

        running = {process.sentinel: rank for rank, process in enumerate(self.processes)
                   if process.is_alive()}
        ended = wait(list(running), timeout=timeout) if running else []
        for rank, process in enumerate(self.processes):
            if process.sentinel in ended or process.sentinel not in running:
                process.join()
                if process.exitcode:
                    self._fail(rank)
        return all(process.exitcode is not None for process in self.processes)

    def _fail(self, rank: int) -> None:
        for process in self.processes:
            if process.is_alive():
                process.terminate()
        for process in self.processes:
            process.join()
        code = self.processes[rank].exitcode
        if self._errors[rank].empty():
            raise WorkerDied(f"process {rank} terminated with exit code {code}")
        raise WorkerError(f"process {rank} terminated with the following error:\n"
                          f"{self._errors[rank].get()}")


def start_processes(fn: Callable[..., Any], args: tuple[Any, ...] = (), nprocs: int = 1,
                    join: bool = True, daemon: bool = False,
                    start_method: str = "spawn") -> ProcessContext | None:
    """Run `fn(rank, *args)` in `nprocs` processes.

    join: wait for all, and raise WorkerError with the traceback when one fails (the others are
    ended). Without it a ProcessContext is returned.
    """
    if nprocs < 1:
        raise ArgumentError(f"spawn: nprocs must be positive, got {nprocs}")
    context: Any = multiprocessing.get_context(start_method)
    processes, errors = [], []
    for rank in range(nprocs):
        queue = context.SimpleQueue()
        process = context.Process(target=_run, args=(fn, rank, args, queue), daemon=daemon)
        process.start()
        processes.append(process)
        errors.append(queue)
    started = ProcessContext(processes, errors)
    if not join:
        return started
    while not started.join():
        pass
    return None


def spawn(fn: Callable[..., Any], args: tuple[Any, ...] = (), nprocs: int = 1, join: bool = True,
          daemon: bool = False, start_method: str = "spawn") -> ProcessContext | None:
    """The same as `start_processes`, with new interpreters."""
    return start_processes(fn, args, nprocs, join, daemon, start_method)


def get_all_sharing_strategies() -> set[str]:
    """Ways in which tensors could be shared: only by inheritance, of forked processes."""
    return {"file_descriptor"}


def get_sharing_strategy() -> str:
    """The way in which tensors are shared."""
    return "file_descriptor"


def set_sharing_strategy(new_strategy: str) -> None:
    """Accepts PyTorch's two strategies; nothing changes. Raises ArgumentError for others."""
    if new_strategy not in ("file_descriptor", "file_system"):
        raise ArgumentError(f"set_sharing_strategy: unknown strategy {new_strategy!r}")
