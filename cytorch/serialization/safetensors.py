"""Safetensors files: named tensors behind a JSON header, and nothing that could run.

The layout: 8 bytes with the length of the header (little endian), the header, which gives dtype,
shape and place of each tensor, then the elements one after the other. The names are those of the
package `safetensors.torch`.
"""
from __future__ import annotations

import json
import math
import mmap
import os
from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.errors import ArgumentError, CheckpointError

from .atomic_file import replacing

__all__ = ["load", "load_file", "save", "save_file"]

_DTYPES = {
    "BOOL": cytorch.bool, "U8": cytorch.uint8, "I8": cytorch.int8, "I16": cytorch.int16,
    "I32": cytorch.int32, "I64": cytorch.int64, "F16": cytorch.float16,
    "BF16": cytorch.bfloat16, "F32": cytorch.float32, "F64": cytorch.float64,
    "C64": cytorch.complex64,
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_LONGEST_HEADER = 100_000_000
_METADATA = "__metadata__"


def _check(tensors: dict[Any, Any], metadata: Any) -> None:
    storages: dict[int, str] = {}
    for name, tensor in tensors.items():
        if not isinstance(name, str) or name == _METADATA or not isinstance(tensor, Tensor):
            raise ArgumentError(f"safetensors: expected names and tensors, got {name!r}: "
                                f"{type(tensor).__name__}")
        if tensor.dtype not in _NAMES:
            raise ArgumentError(f"safetensors: {name} has dtype {tensor.dtype}, which the format "
                                "does not have")
        other = storages.setdefault(tensor.untyped_storage().data_ptr(), name)
        if other != name and tensor.numel():
            raise ArgumentError(f"safetensors: {other} and {name} share memory; clone() one, or "
                                "save it once")
    for word, value in (metadata or {}).items():
        if not isinstance(word, str) or not isinstance(value, str):
            raise ArgumentError(f"safetensors: metadata maps text to text, got {word!r}: {value!r}")


def _parts(tensors: Any, metadata: Any) -> list[Any]:
    """Length, header and the elements of each tensor, wide dtypes first."""
    _check(tensors, metadata)
    header: dict[str, Any] = {_METADATA: dict(metadata)} if metadata else {}
    order = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    parts, place = [], 0
    for name in order:
        tensor = tensors[name].detach().cpu().contiguous()
        size = tensor.numel() * tensor.element_size()
        header[name] = {"dtype": _NAMES[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [place, place + size]}
        place += size
        if size:
            parts.append(memoryview(tensor.reshape(-1).view(cytorch.uint8).numpy()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return [len(text).to_bytes(8, "little"), text, *parts]


def save(tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> bytes:
    """The bytes of a file with these tensors.

    Raises ArgumentError for tensors that share memory and for dtypes that the format does not have.

    >>> import cytorch
    >>> load(save({"weight": cytorch.ones(2)}))
    {'weight': tensor([1., 1.])}
    """
    return b"".join(_parts(tensors, metadata))


def save_file(tensors: dict[str, Tensor], filename: str | os.PathLike[str],
              metadata: dict[str, str] | None = None) -> None:
    """Write a file with these tensors; an old one is replaced as a whole or not at all."""
    parts = _parts(tensors, metadata)
    with replacing(filename) as stream:
        for part in parts:
            stream.write(part)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CheckpointError("safetensors: the header names something twice")
    return found


def _read_header(content: Any, where: str) -> tuple[dict[str, Any], int]:
    size = len(content)
    length = int.from_bytes(content[:8], "little")
    if size < 8 or length > min(_LONGEST_HEADER, size - 8):
        raise CheckpointError(f"{where}: no safetensors file: a header of {length} bytes in a "
                              f"file of {size}")
    try:
        header = json.loads(bytes(content[8:8 + length]), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{where}: the header is no JSON text: {error}") from None
    if not isinstance(header, dict):
        raise CheckpointError(f"{where}: the header is no JSON object")
    return header, 8 + length


def _entry(name: str, entry: Any, where: str) -> tuple[Any, list[int], int, int]:
    """(dtype, shape, begin, end) of one tensor; all that can be wrong with it alone."""
    try:
        dtype, shape, (begin, end) = _DTYPES[entry["dtype"]], entry["shape"], entry["data_offsets"]
        right = all(type(n) is int and n >= 0 for n in (*shape, begin, end))
    except (KeyError, TypeError, ValueError):
        right = False
    if not right or math.prod(shape) * dtype.itemsize != end - begin:
        raise CheckpointError(f"{where}: {name}: wrong entry {str(entry)[:200]}")
    return dtype, shape, begin, end


def _tensors(content: Any, where: str) -> dict[str, Tensor]:
    header, start = _read_header(content, where)
    header.pop(_METADATA, None)
    entries = {name: _entry(name, entry, where) for name, entry in header.items()}
    place = 0
    for name, (_, _, begin, end) in sorted(entries.items(), key=lambda item: item[1][2:]):
        if begin != place:
            raise CheckpointError(f"{where}: {name} begins at {begin}, but the tensor before it "
                                  f"ends at {place}")
        place = end
    if start + place != len(content):
        raise CheckpointError(f"{where}: the tensors take {place} bytes, the file has "
                              f"{len(content) - start}")
    return {name: cytorch.frombuffer(content, dtype=dtype, count=(end - begin) // dtype.itemsize,
                                     offset=start + begin).reshape(shape)
            if end > begin else cytorch.empty(shape, dtype=dtype)
            for name, (dtype, shape, begin, end) in entries.items()}


def load(data: bytes) -> dict[str, Tensor]:
    """The tensors of the bytes of a file.

    Raises CheckpointError, which says what is wrong, for anything but a whole safetensors file.
    """
    return _tensors(bytearray(data), "safetensors data")


def load_file(filename: str | os.PathLike[str], device: Any = "cpu") -> dict[str, Tensor]:
    """The tensors of a file; on the CPU their memory is the file's, read when it is touched.

    Changes in place stay in memory: the file is mapped privately. Raises CheckpointError, which
    says what is wrong, for anything but a whole safetensors file.
    """
    where = os.fspath(filename)
    with open(filename, "rb") as stream:
        if os.fstat(stream.fileno()).st_size == 0:
            raise CheckpointError(f"{where}: no safetensors file: it is empty")
        content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY)
    tensors = _tensors(content, where)
    return tensors if str(device) == "cpu" else {
        name: tensor.to(device) for name, tensor in tensors.items()}
