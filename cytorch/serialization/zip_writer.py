"""Writing a zip file whose members are stored as they are, each on a 64-byte boundary.

This is the container of PyTorch's checkpoints. Sizes and checksums are known before a member is
written, so the file is written from front to back and needs no seeking.
"""
from __future__ import annotations

import struct
import zlib
from typing import IO, Any

ALIGNMENT = 64

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_END_64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR_64 = struct.Struct("<4sIQI")
_UTF8_NAME = 1 << 11
_DOS_DATE = (1 << 5) | 1  # 1 January 1980: the bytes of a file depend on its content alone
_PADDING_ID = 0x4246
_LIMIT = 0xFFFFFFFF


def _zip64(*values: int) -> bytes:
    """The extra field with 64-bit sizes and offsets."""
    return struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values)


class ZipWriter:
    """`add` members, then `finish`. `stream` needs nothing but `write`."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.position = 0
        self.central: list[bytes] = []

    def add(self, name: str, data: Any) -> None:
        """Store one member; `data` is any bytes-like object."""
        view = memoryview(data)
        if view.nbytes:
            view = view.cast("B")
        size, checksum, offset = view.nbytes, zlib.crc32(view), self.position
        encoded = name.encode()
        large = size >= _LIMIT
        extra = _zip64(size, size) if large else b""
        extra += self._padding(offset + _LOCAL.size + len(encoded) + len(extra))
        shown = _LIMIT if large else size
        version = 45 if large else 20
        self._write(_LOCAL.pack(b"PK\3\4", version, _UTF8_NAME, 0, 0, _DOS_DATE, checksum, shown,
                                shown, len(encoded), len(extra)) + encoded + extra)
        self._write(view)
        self._remember(encoded, checksum, size, offset)

    def _padding(self, position: int) -> bytes:
        """An extra field after which the data starts on the boundary."""
        length = (-position - 4) % ALIGNMENT
        return struct.pack("<HH", _PADDING_ID, length) + b"Z" * length

    def _remember(self, name: bytes, checksum: int, size: int, offset: int) -> None:
        large = size >= _LIMIT or offset >= _LIMIT
        extra = _zip64(size, size, offset) if large else b""
        sizes = (_LIMIT, _LIMIT, _LIMIT) if large else (size, size, offset)
        version = 45 if large else 20
        self.central.append(_CENTRAL.pack(
            b"PK\1\2", version, version, _UTF8_NAME, 0, 0, _DOS_DATE, checksum, sizes[0], sizes[1],
            len(name), len(extra), 0, 0, 0, 0, sizes[2]) + name + extra)

    def finish(self) -> None:
        """Write the directory of all members."""
        begin, count = self.position, len(self.central)
        directory = b"".join(self.central)
        self._write(directory)
        if begin >= _LIMIT or count >= 0xFFFF:
            end = self.position
            self._write(_END_64.pack(b"PK\6\6", _END_64.size - 12, 45, 45, 0, 0, count, count,
                                     len(directory), begin))
            self._write(_LOCATOR_64.pack(b"PK\6\7", 0, end, 1))
            begin, count = min(begin, _LIMIT), min(count, 0xFFFF)
        self._write(_END.pack(b"PK\5\6", 0, 0, count, count, len(directory), begin, 0))

    def _write(self, data: Any) -> None:
        self.stream.write(data)
        self.position += memoryview(data).nbytes
