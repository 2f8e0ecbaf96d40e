"""Replacing a file so that it always holds either its old content or the whole new one."""
from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from typing import IO


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A stream whose content takes the place of `path` when the block ends without an error.

    It is written to a temporary file in the same folder, forced to the disk and renamed. An error
    removes the temporary file and leaves the old one as it was. A symbolic link is replaced by the
    file, not followed. What is no regular file (a pipe, /dev/null) is written to directly.
    """
    path = os.fspath(path)
    mode = _mode_of(path)
    if mode is not None and not stat.S_ISREG(mode) and not stat.S_ISLNK(mode):
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(f"cannot save to {path!r}: it is a directory")
        with open(path, "wb") as stream:
            yield stream
        return
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name[:100]}.{secrets.token_hex(6)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with open(descriptor, "wb") as stream:
            if mode is not None and stat.S_ISREG(mode):
                os.fchmod(stream.fileno(), stat.S_IMODE(mode))
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(folder or ".")


def _mode_of(path: str) -> int | None:
    try:
        return os.lstat(path).st_mode
    except FileNotFoundError:
        return None


def _sync_folder(folder: str) -> None:
    """Without this the rename itself may be lost in a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network file systems cannot do this for a folder; the file itself is safe by now.
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
