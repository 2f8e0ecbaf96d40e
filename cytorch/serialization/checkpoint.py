"""save and load."""
from __future__ import annotations

import io
import os
import pickle
import sys
import zlib
from typing import IO, Any

from cytorch.errors import ArgumentError, CheckpointError

from .atomic_file import replacing
from .pickle_machine import Constructor, PickleMachine
from .pickle_writer import pickle_state
from .tensor_reader import LoadedStorage, TensorReader
from .zip_reader import ZipReader
from .zip_writer import ALIGNMENT, ZipWriter

_MAX_PICKLE = 1 << 30
_ROOT = "archive"
_NEWEST_VERSION = 10


def save(obj: Any, f: str | os.PathLike[str] | IO[bytes], pickle_module: Any = None,
         pickle_protocol: int = 2, _use_new_zipfile_serialization: bool = True) -> None:
    """Save an object, usually a state_dict, to a file or a binary stream.

    A path always holds the old content or the whole new one, whenever the process ends: it is
    written to a temporary file in the same folder, forced to the disk and renamed. A symbolic link
    is replaced, not followed.

    Tensors over the same memory share it again after loading; of a storage only the part that
    they show is written. `torch.load(f, weights_only=True)` reads the file. Raises ArgumentError
    for what the format cannot hold.

    Parameters
    ----------
    obj : dicts, lists, tuples, numbers, strings and tensors; other objects are pickled, and need
        `load(..., weights_only=False)`
    f : path, or an object with `write`
    pickle_module : only None or `pickle`
    pickle_protocol : 2 to 5; PyTorch reads 2

    >>> import cytorch, io
    >>> stream = io.BytesIO()
    >>> save({"weight": cytorch.ones(2)}, stream)
    >>> _ = stream.seek(0)
    >>> load(stream)
    {'weight': tensor([1., 1.])}
    """
    if pickle_module not in (None, pickle):
        raise ArgumentError("save: only the standard pickle module is supported")
    if pickle_protocol not in (2, 3, 4, 5):
        raise ArgumentError(f"save: pickle_protocol must be 2 to 5, got {pickle_protocol!r}")
    data, plan = pickle_state(obj, pickle_protocol)
    if isinstance(f, str | os.PathLike):
        with replacing(f) as stream:
            _write_archive(stream, data, plan)
    else:
        _write_archive(f, data, plan)
        flush = getattr(f, "flush", None)
        if flush is not None:
            flush()


def _write_archive(stream: IO[bytes], data: bytes, plan: Any) -> None:
    archive = ZipWriter(stream)
    archive.add(f"{_ROOT}/data.pkl", data)
    archive.add(f"{_ROOT}/.format_version", b"1")
    archive.add(f"{_ROOT}/.storage_alignment", str(ALIGNMENT).encode())
    archive.add(f"{_ROOT}/byteorder", sys.byteorder.encode())
    for region in plan.regions.values():
        archive.add(f"{_ROOT}/data/{region.key}", region.bytes())
    archive.add(f"{_ROOT}/version", b"3\n")
    # PyTorch wants 40 digits that identify the content.
    archive.add(f"{_ROOT}/.data/serialization_id", f"{zlib.crc32(data):040d}".encode())
    archive.finish()


def load(f: str | os.PathLike[str] | IO[bytes], map_location: Any = None, pickle_module: Any = None,
         *, weights_only: bool | None = None, mmap: bool | None = None) -> Any:
    """Load what `save`, or PyTorch since 1.6, has written.

    No code from the file runs: names other than those of tensors and plain data are refused before
    anything is imported. Raises CheckpointError, naming the file and where possible the tensor,
    for a file that is damaged, truncated or refused.

    Parameters
    ----------
    f : path, or a binary stream with `read` and `seek`
    map_location : a device, a dict from saved to wanted devices, or a function of (elements,
        saved device) that returns the elements where they are wanted
    weights_only : False loads any object by running what the file says. Only for files that you
        trust as you trust a program.
    mmap : accepted; checksums are always checked, so the file is read
    """
    if pickle_module not in (None, pickle):
        raise ArgumentError("load: only the standard pickle module is supported")
    trusted = weights_only is False
    if isinstance(f, str | os.PathLike):
        with open(f, "rb") as stream:
            return _load_stream(stream, os.fspath(f), map_location, trusted)
    return _load_stream(f, str(getattr(f, "name", type(f).__name__)), map_location, trusted)


def _load_stream(stream: IO[bytes], label: str, map_location: Any, trusted: bool) -> Any:
    archive = ZipReader(stream, label)
    root = _find_root(archive)
    _check_versions(archive, root)
    reader = TensorReader(archive, root, map_location)
    data = archive.read(f"{root}/data.pkl", _MAX_PICKLE)
    if trusted:
        result = _TrustingUnpickler(data, reader).load()
    else:
        result = PickleMachine(data, reader.find, reader.persistent_load, label).run()
    if isinstance(result, LoadedStorage | Constructor):
        raise CheckpointError(f"{label}: holds no data")
    reader.read_storages(result)
    return result


def _find_root(archive: ZipReader) -> str:
    for name in archive.members:
        root, slash, rest = name.rpartition("/data.pkl")
        if slash and not rest and root:
            return root
    raise archive.error("not a checkpoint: no member 'data.pkl' (a module saved by torch.jit, or "
                        "another kind of zip file?)")


def _check_versions(archive: ZipReader, root: str) -> None:
    if f"{root}/byteorder" in archive.members:
        order = archive.read(f"{root}/byteorder", 16).decode("latin-1")
        if order != sys.byteorder:
            raise archive.error(f"its byte order is {order!r}, this machine's {sys.byteorder!r}")
    if f"{root}/constants.pkl" in archive.members:
        raise archive.error("a TorchScript module, not a checkpoint")
    version = archive.read(f"{root}/version", 16).strip()
    if not version.isdigit() or not 1 <= int(version) <= _NEWEST_VERSION:
        raise archive.error(f"format version {version.decode('latin-1')!r}; 1 to {_NEWEST_VERSION} "
                            "are read")


class _TrustingUnpickler(pickle.Unpickler):
    """weights_only=False: any name is imported, except that tensors become this library's."""

    def __init__(self, data: bytes, reader: TensorReader) -> None:
        super().__init__(io.BytesIO(data))
        self.reader = reader

    def find_class(self, module: str, name: str) -> Any:
        listed = self.reader.names.get((module, name))
        if isinstance(listed, Constructor):
            return listed.build
        return super().find_class(module, name) if listed is None else listed

    def persistent_load(self, saved: Any) -> Any:
        return self.reader.persistent_load(saved)
