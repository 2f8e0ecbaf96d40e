"""torch.profiler: wall-clock times of marked ranges. Kernels are not timed one by one."""
from __future__ import annotations

import json
import time
from collections.abc import Callable
from enum import Enum
from typing import Any

from cytorch.errors import ArgumentError

__all__ = ["ProfilerAction", "ProfilerActivity", "profile", "record_function", "schedule",
           "tensorboard_trace_handler"]


class ProfilerActivity(Enum):
    """What is recorded; on the host always its time."""

    CPU = 0
    CUDA = 1
    XPU = 2


class ProfilerAction(Enum):
    """What to do in a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


_active: list[Any] = []


class record_function:  # noqa: N801 - PyTorch's name
    """A block (or function) whose time is noted under a name by the profiles around it.

    >>> with profile() as p, record_function("work"):
    ...     pass
    >>> [event.key for event in p.key_averages()]
    ['work']
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name

    def __enter__(self) -> Any:
        self._start = time.perf_counter()
        return self

    def __exit__(self, *exc_info: object) -> None:
        stop = time.perf_counter()
        for active in _active:
            active._note(self.name, self._start, stop)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        from functools import wraps

        @wraps(function)
        def wrapper(*args: Any, **options: Any) -> Any:
            with record_function(self.name):
                return function(*args, **options)
        return wrapper


class _Averages(list[Any]):
    """Times by name."""

    def table(self, sort_by: str | None = None, row_limit: int = 100, **options: Any) -> str:
        """The times as text, the longest first."""
        rows = sorted(self, key=lambda e: -e.cpu_time_total)[:row_limit]
        lines = [f"{'Name':<40} {'CPU total':>12} {'# of calls':>10}"]
        lines += [f"{e.key:<40} {e.cpu_time_total:>10.3f}us {e.count:>10}" for e in rows]
        return "\n".join(lines)


class _Event:
    def __init__(self, key: str) -> None:
        self.key, self.count, self.cpu_time_total = key, 0, 0.0

    @property
    def cpu_time(self) -> float:
        return self.cpu_time_total / max(self.count, 1)


class profile:  # noqa: N801 - PyTorch's name
    """A block in which the ranges of `record_function` are timed.

    schedule: which steps count, see `schedule`. on_trace_ready: called with the profile at its end
    or at the end of each period. The other options of PyTorch are accepted.
    """

    def __init__(self, *args: Any, activities: Any = None, schedule: Any = None,
                 on_trace_ready: Any = None, **options: Any) -> None:
        self._schedule, self._ready = schedule, on_trace_ready
        self._ranges: list[tuple[str, float, float]] = []
        self.step_num = 0

    def _note(self, name: str, start: float, stop: float) -> None:
        action = self._schedule(self.step_num) if self._schedule else ProfilerAction.RECORD
        if action in (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE):
            self._ranges.append((name, start, stop))

    def start(self) -> None:
        """Begin to record."""
        _active.append(self)

    def stop(self) -> None:
        """End the recording."""
        _active.remove(self)
        if self._ready is not None and self._schedule is None:
            self._ready(self)

    def step(self) -> None:
        """A new step begins."""
        saved = self._schedule and self._schedule(
            self.step_num) is ProfilerAction.RECORD_AND_SAVE
        self.step_num += 1
        if saved and self._ready is not None:
            self._ready(self)

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def key_averages(self, *args: Any, **options: Any) -> _Averages:
        """Total time (microseconds) and count of every name."""
        found: dict[str, _Event] = {}
        for name, start, stop in self._ranges:
            event = found.setdefault(name, _Event(name))
            event.count += 1
            event.cpu_time_total += (stop - start) * 1e6
        return _Averages(found.values())

    def export_chrome_trace(self, path: str) -> None:
        """Write the ranges in the format of chrome://tracing."""
        events = [{"name": name, "ph": "X", "ts": start * 1e6, "dur": (stop - start) * 1e6,
                   "pid": 0, "tid": 0} for name, start, stop in self._ranges]
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"traceEvents": events}, file)


def schedule(*, wait: int, warmup: int, active: int, repeat: int = 0,
             skip_first: int = 0) -> Callable[[int], ProfilerAction]:
    """Which steps are recorded: after `skip_first`, `wait` and `warmup` the next `active` ones.

    >>> plan = schedule(wait=1, warmup=0, active=1)
    >>> [plan(step).name for step in range(3)]
    ['NONE', 'RECORD_AND_SAVE', 'NONE']
    """
    if active <= 0 or min(wait, warmup, repeat, skip_first) < 0:
        raise ArgumentError(f"schedule: invalid wait={wait}, warmup={warmup}, active={active}, "
                            f"repeat={repeat}, skip_first={skip_first}")

    def action(step: int) -> ProfilerAction:
        step -= skip_first
        period = wait + warmup + active
        if step < 0 or (repeat and step // period >= repeat):
            return ProfilerAction.NONE
        place = step % period
        if place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD_AND_SAVE if place == period - 1 else ProfilerAction.RECORD
    return action


def tensorboard_trace_handler(dir_name: str, worker_name: str | None = None,
                              use_gzip: bool = False) -> Callable[[Any], None]:
    """An `on_trace_ready` that writes a Chrome trace into a folder."""
    import os

    def write(done: Any) -> None:
        os.makedirs(dir_name, exist_ok=True)
        name = f"{worker_name or 'worker'}.{time.time_ns()}.pt.trace.json"
        done.export_chrome_trace(os.path.join(dir_name, name))
    return write
