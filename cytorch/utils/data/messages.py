"""What the main process and a worker say to each other."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .remote_error import RemoteError


@dataclass
class WorkerSetup:
    """Everything a worker needs to know; the same for a forked and a spawned one."""

    worker_id: int
    num_workers: int
    parent_pid: int
    base_seed: int
    dataset: Any
    iterable: bool
    batched: bool
    drop_last: bool
    prefetch_factor: int
    collate_fn: Callable[[Any], Any]
    worker_init_fn: Callable[[int], Any] | None


@dataclass
class NewEpoch:
    """To the worker: the seed of the samples that follow; streams start again."""

    base_seed: int


@dataclass
class Task:
    """To the worker: make batch `number` of these indices."""

    number: int
    indices: Any


@dataclass
class Ready:
    """From the worker: started, or `error` says why not."""

    error: RemoteError | None


@dataclass
class Result:
    """From the worker: the answer to one task.

    kind "batch": `data` is the batch pickled without its arrays; array i is `sizes[i]` bytes at
    `offsets[i]` of slot `slot`, or follows on the channel when `slot` is None.
    kind "error": `error`. kind "end": the worker's stream has ended.
    """

    number: int
    kind: str
    data: bytes = b""
    sizes: tuple[int, ...] = ()
    offsets: tuple[int, ...] = ()
    slot: int | None = None
    no_shared_memory: str = ""
    asked_worker_info: bool = True
    error: RemoteError | None = None
