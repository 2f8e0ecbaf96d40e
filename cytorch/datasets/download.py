"""Files from the network: checked, resumable, and never half there.

A file arrives as NAME.part, which a later attempt continues; when size and SHA-256 are right it is
flushed to disk and renamed, so NAME is always whole. A lock file lets one of several processes do
the transfer while the others wait for its result.
"""
from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cytorch.errors import DownloadError

_CHUNK = 1 << 16


@dataclass(frozen=True)
class RemoteFile:
    """A file of known content. `size` in bytes, None where it is not known."""

    name: str
    sha256: str
    size: int | None = None


def data_folder(root: str | os.PathLike[str] | None) -> Path:
    """`root`, else the folder that the environment variable CYTORCH_DATA names, else ./data."""
    return Path(root if root is not None else os.environ.get("CYTORCH_DATA") or "data")


def is_right(path: Path, file: RemoteFile) -> bool:
    """Whether `path` exists and has the content of `file`."""
    if not path.is_file() or (file.size is not None and path.stat().st_size != file.size):
        return False
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for chunk in iter(lambda: stream.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest() == file.sha256


def fetch(file: RemoteFile, folder: Path, mirrors: Sequence[str], timeout: float = 30.0) -> Path:
    """The path of `file` in `folder`, downloaded from the first mirror that has it.

    mirrors : addresses of folders, tried in order
    timeout : seconds without any data after which a mirror is given up

    Raises DownloadError, which lists what each mirror said and where to put the file by hand.
    """
    path = folder / file.name
    if is_right(path, file):
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder / f"{file.name}.lock"):
            # another process may have fetched it while this one waited
            if not is_right(path, file):
                _try_mirrors(file, path, mirrors, timeout)
    except OSError as error:
        raise DownloadError(f"cannot write {path}: {error}") from error
    return path


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _try_mirrors(file: RemoteFile, path: Path, mirrors: Sequence[str], timeout: float) -> None:
    import http.client
    import urllib.error

    part = path.with_name(f"{file.name}.part")
    answers = []
    for mirror in mirrors:
        address = f"{mirror.rstrip('/')}/{file.name}"
        try:
            _transfer(address, part, file.size, timeout)
        except (urllib.error.URLError, ConnectionError, TimeoutError, EOFError, ValueError,
                http.client.HTTPException) as error:
            answers.append(f"  {address}: {error}")
            continue
        if is_right(part, file):
            os.replace(part, path)
            return
        answers.append(f"  {address}: {part.stat().st_size} bytes that are not {file.name} "
                       f"(expected {file.size or 'its'} bytes, SHA-256 {file.sha256})")
        part.unlink()
    raise DownloadError("\n".join([f"cannot download {file.name}:", *answers,
                                   f"Place it by hand as {path}"]))


def _transfer(address: str, part: Path, size: int | None, timeout: float) -> None:
    """Append what is missing to `part`."""
    import urllib.request

    have = part.stat().st_size if part.exists() else 0
    if size is not None and have >= size:
        have = 0
    request = urllib.request.Request(address, headers={"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        # 200 instead of 206: the server sends everything
        mode = "ab" if have and answer.status == 206 else "wb"
        expected = answer.headers.get("Content-Length")
        with part.open(mode) as stream:
            received = _copy(answer, stream)
            stream.flush()
            os.fsync(stream.fileno())
    if expected is not None and received != int(expected):
        raise EOFError(f"the connection ended after {received} of {expected} bytes")


def _copy(source: Any, target: Any) -> int:
    received = 0
    for chunk in iter(lambda: source.read(_CHUNK), b""):
        target.write(chunk)
        received += len(chunk)
    return received
