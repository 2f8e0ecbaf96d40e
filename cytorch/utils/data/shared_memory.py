"""Slots of shared memory in which workers hand over the arrays of a batch.

A slot is an anonymous file: created by the worker, its descriptor sent once to the main process,
mapped by both. No name ever exists, so none can be left behind, and the number of open files (one
per slot, which the mapping holds) does not grow with the number of batches.
"""
from __future__ import annotations

import mmap
import os
import tempfile

_ALIGNMENT = 64
_PAGE = 1 << 16


def align(size: int) -> int:
    """Round up, so that every array in a slot starts on a cache line."""
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def create_file(size: int) -> int:
    """Descriptor of an unnamed shared-memory file with `size` bytes really reserved.

    Without the reservation a full file system kills the writer by SIGBUS later; with it the lack
    is an OSError here.
    """
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("cytorch-batch", os.MFD_CLOEXEC)
    else:
        directory = "/dev/shm" if os.path.isdir("/dev/shm") else None
        descriptor, name = tempfile.mkstemp(prefix="cytorch-", dir=directory)
        os.unlink(name)
    try:
        os.posix_fallocate(descriptor, 0, size)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


class WriterSlot:
    """The worker's side of one slot; grows when a batch is larger than all before."""

    def __init__(self) -> None:
        self.memory: mmap.mmap | None = None
        self.capacity = 0

    def reserve(self, size: int) -> int | None:
        """Make room for `size` bytes. Returns a new file's descriptor to send on, or None."""
        if size <= self.capacity:
            return None
        capacity = -(-size * 5 // 4 // _PAGE) * _PAGE
        descriptor = create_file(capacity)
        try:
            memory = mmap.mmap(descriptor, capacity)
        except BaseException:
            os.close(descriptor)
            raise
        if self.memory is not None:
            self.memory.close()
        self.memory, self.capacity = memory, capacity
        return descriptor

    def write(self, parts: list[memoryview]) -> list[int]:
        """Copy the parts in and return where each begins."""
        assert self.memory is not None
        offsets, position = [], 0
        for part in parts:
            self.memory[position:position + part.nbytes] = part  # type: ignore[assignment]
            offsets.append(position)
            position += align(part.nbytes)
        return offsets


class ReaderSlot:
    """The main process's side of one slot."""

    def __init__(self) -> None:
        self.memory: mmap.mmap | None = None

    def replace(self, descriptor: int) -> None:
        """Map a new file and close its descriptor."""
        self.close()
        try:
            self.memory = mmap.mmap(descriptor, 0)
        finally:
            os.close(descriptor)

    def read(self, offset: int, size: int) -> memoryview:
        """A private copy of a part: the worker may use the slot again at once."""
        import cytorch

        assert self.memory is not None
        # A tensor's memory is aligned, and comes from the cache of earlier batches.
        copy = memoryview(cytorch.empty(size, dtype=cytorch.uint8))
        copy[:] = memoryview(self.memory)[offset:offset + size]
        return copy

    def close(self) -> None:
        if self.memory is not None:
            self.memory.close()
            self.memory = None
