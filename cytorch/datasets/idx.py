"""IDX, the file format of MNIST: a header with the dimensions, then the numbers."""
from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import Any

from cytorch.errors import DatasetError

_UNSIGNED_BYTE = 8


def read_idx(path: Path) -> Any:
    """The uint8 array of a file, gzip-compressed or not.

    Raises DatasetError unless the header is right and the content has exactly its size.
    """
    import numpy

    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise DatasetError(f"cannot read {path}: {error}") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _UNSIGNED_BYTE:
        raise DatasetError(f"{path} is no IDX file of bytes: it begins with {content[:4]!r}")
    header = 4 + 4 * content[3]
    if len(content) < header:
        raise DatasetError(f"{path}: the header of {content[3]} dimensions is cut off")
    shape = struct.unpack(f">{content[3]}I", content[4:header])
    size = 1
    for length in shape:
        size *= length
    if size != len(content) - header:
        raise DatasetError(f"{path}: its dimensions {shape} need {size} bytes, it has "
                           f"{len(content) - header}")
    return numpy.frombuffer(content, dtype=numpy.uint8, offset=header).reshape(shape)
