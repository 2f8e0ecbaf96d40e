"""Reading a zip file of stored members that may be damaged or hostile.

Everything is checked before it is used: names, sizes, places and checksums. Compressed members are
refused, so no small file can grow into a large one.
"""
from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import IO, Any

from cytorch.errors import CheckpointError

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_END_64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR_64 = struct.Struct("<4sIQI")
_LIMIT = 0xFFFFFFFF
_MAX_MEMBERS = 100_000
_MAX_DIRECTORY = 32 << 20
_ENCRYPTED = 1
_CHUNK = 1 << 22


@dataclass(frozen=True)
class Member:
    name: str
    checksum: int
    size: int
    offset: int


class ZipReader:
    """The members of the archive that starts at the stream's position and fills it to the end."""

    def __init__(self, stream: IO[bytes], label: str) -> None:
        self.stream = stream
        self.label = label
        self.base = stream.tell()
        self.length = stream.seek(0, 2) - self.base
        self.members = {member.name: member for member in self._read_directory()}

    def error(self, text: str) -> CheckpointError:
        return CheckpointError(f"{self.label}: {text}")

    def _read_at(self, offset: int, size: int, what: str) -> bytes:
        if offset < 0 or size < 0 or offset + size > self.length:
            raise self.error(f"{what} lies outside of the file ({self.length} bytes)")
        self.stream.seek(self.base + offset)
        data = self.stream.read(size)
        if len(data) != size:
            raise self.error(f"{what}: {size} bytes expected, {len(data)} found")
        return data

    def _read_directory(self) -> list[Member]:
        count, size, offset = self._find_directory()
        if count > _MAX_MEMBERS or size > _MAX_DIRECTORY:
            raise self.error(f"refused a directory of {count} members in {size} bytes; at most "
                             f"{_MAX_MEMBERS} members are read")
        directory = self._read_at(offset, size, "the directory")
        members: list[Member] = []
        position = 0
        while position < size:
            member, position = self._parse_entry(directory, position)
            members.append(member)
        if len(members) != count:
            raise self.error(f"the directory lists {len(members)} members, its end says {count}")
        if len({member.name for member in members}) != count:
            raise self.error("two members have the same name")
        # Stored members cannot take more room than the file has, unless they overlap.
        if sum(member.size for member in members) > self.length:
            raise self.error("its members together are larger than the file")
        return members

    def _find_directory(self) -> tuple[int, int, int]:
        """Number of members, size and place of the directory, from the record at the end."""
        if self.length < _END.size or self._read_at(0, 4, "the start") != b"PK\3\4":
            raise self.error(
                "not a checkpoint: it is no zip file, or a truncated one (a file of PyTorch older "
                "than 1.6 has to be saved again with a newer PyTorch)")
        end = self.length - _END.size
        fields = _END.unpack(self._read_at(end, _END.size, "the end record"))
        signature, disk, first_disk, here, count, size, offset, comment = fields
        if signature != b"PK\5\6" or comment or disk or first_disk or here != count:
            raise self.error("its end is damaged or missing; the file is probably truncated")
        if end >= _LOCATOR_64.size:
            locator = _LOCATOR_64.unpack(
                self._read_at(end - _LOCATOR_64.size, _LOCATOR_64.size, "the zip64 locator"))
            if locator[0] == b"PK\6\7":
                return self._find_directory_64(locator[2])
        if offset + size != end:
            raise self.error("its directory does not end where the end record begins")
        return count, size, offset

    def _find_directory_64(self, place: int) -> tuple[int, int, int]:
        record = _END_64.unpack(self._read_at(place, _END_64.size, "the zip64 end record"))
        signature, _, _, _, disk, first_disk, here, count, size, offset = record
        if signature != b"PK\6\6" or disk or first_disk or here != count:
            raise self.error("its zip64 end record is damaged")
        if offset + size != place:
            raise self.error("its directory does not end where the end record begins")
        return count, size, offset

    def _parse_entry(self, directory: bytes, position: int) -> tuple[Member, int]:
        if position + _CENTRAL.size > len(directory):
            raise self.error("its directory is cut off")
        (signature, _, _, flags, method, _, _, checksum, packed, size, name_length, extra_length,
         comment_length, disk, _, _, offset) = _CENTRAL.unpack_from(directory, position)
        start = position + _CENTRAL.size
        end = start + name_length + extra_length + comment_length
        if signature != b"PK\1\2" or end > len(directory) or disk:
            raise self.error("its directory is damaged")
        name = self._checked_name(directory[start:start + name_length])
        extra = directory[start + name_length:start + name_length + extra_length]
        size, packed, offset = self._large_sizes(name, extra, size, packed, offset)
        if method or flags & _ENCRYPTED or packed != size:
            raise self.error(f"refused member {name!r}: it is compressed or encrypted")
        if offset + _LOCAL.size + size > self.length:
            raise self.error(f"member {name!r} of {size} bytes at {offset} lies outside of the file"
                             f" ({self.length} bytes)")
        return Member(name, checksum, size, offset), end

    def _checked_name(self, raw: bytes) -> str:
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            raise self.error(f"a member's name is damaged: {raw!r}") from None
        if name.startswith("/") or "\\" in name or ".." in name.split("/") or "\0" in name:
            raise self.error(f"refused member {name!r}: its name leads out of the archive")
        return name

    def _large_sizes(self, name: str, extra: bytes, size: int, packed: int,
                     offset: int) -> tuple[int, int, int]:
        """Replace the sizes that did not fit into 32 bits by those of the extra field."""
        values = [size, packed, offset]
        if _LIMIT not in values:
            return size, packed, offset
        position = 0
        while position + 4 <= len(extra):
            kind, length = struct.unpack_from("<HH", extra, position)
            if kind == 1:
                field = extra[position + 4:position + 4 + length]
                wanted = [i for i, value in enumerate(values) if value == _LIMIT]
                if len(field) >= 8 * len(wanted):
                    for step, i in enumerate(wanted):
                        values[i] = struct.unpack_from("<Q", field, 8 * step)[0]
                    return values[0], values[1], values[2]
            position += 4 + length
        raise self.error(f"the sizes of member {name!r} are damaged")

    def _data_start(self, member: Member) -> int:
        header = _LOCAL.unpack(self._read_at(member.offset, _LOCAL.size, f"member {member.name!r}"))
        name_length, extra_length = header[9], header[10]
        raw = self._read_at(member.offset + _LOCAL.size, name_length, f"member {member.name!r}")
        if header[0] != b"PK\3\4" or raw != member.name.encode() or header[3]:
            raise self.error(f"the header of member {member.name!r} is damaged")
        return member.offset + _LOCAL.size + name_length + extra_length

    def get(self, name: str) -> Member:
        if name not in self.members:
            raise self.error(f"member {name!r} is missing")
        return self.members[name]

    def read(self, name: str, limit: int) -> bytes:
        """All bytes of a member; at most `limit`."""
        member = self.get(name)
        if member.size > limit:
            raise self.error(f"member {name!r} has {member.size} bytes, at most {limit} are read")
        data = bytearray(member.size)
        self.read_into(name, data)
        return bytes(data)

    def read_into(self, name: str, target: Any) -> None:
        """Fill `target`, which has the member's size, and check the checksum."""
        member = self.get(name)
        view = memoryview(target)
        assert view.nbytes == member.size
        start = self._data_start(member)
        if start + member.size > self.length:
            raise self.error(f"member {name!r}: {member.size} bytes expected, "
                             f"{max(0, self.length - start)} found")
        self.stream.seek(self.base + start)
        checksum, position = 0, 0
        while position < member.size:
            chunk = view[position:position + _CHUNK]
            count = self._read_chunk(chunk)
            if count == 0:
                raise self.error(f"member {name!r}: {member.size} bytes expected, "
                                 f"{position} found")
            checksum = zlib.crc32(chunk[:count], checksum)
            position += count
        if checksum != member.checksum:
            raise self.error(f"member {name!r} is damaged: its checksum is {checksum:08x}, "
                             f"expected {member.checksum:08x}")

    def _read_chunk(self, chunk: memoryview) -> int:
        readinto = getattr(self.stream, "readinto", None)
        if readinto is not None:
            return int(readinto(chunk) or 0)
        data = self.stream.read(len(chunk))
        chunk[:len(data)] = data
        return len(data)
