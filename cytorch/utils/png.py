"""Writing PNG files with nothing but the standard library, and sheets of small images."""
from __future__ import annotations

import os
import struct
import zlib
from typing import Any

from cytorch.errors import ArgumentError


def encode_png(pixels: Any) -> bytes:
    """The bytes of a PNG file.

    pixels: a uint8 array or tensor of shape (height, width) for grey or (height, width, 3) for
    colours; floats are taken as 0 to 1.

    >>> import numpy
    >>> encode_png(numpy.zeros((2, 2), dtype="uint8"))[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    array = as_pixels(pixels)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3) or 0 in array.shape:
        raise ArgumentError("png: pixels must have shape (height, width) or (height, width, 3), got"
                            f" {tuple(array.shape)}")
    height, width = array.shape[:2]
    # Every row starts with the number of its filter: 0, the pixels as they are.
    rows = b"".join(b"\0" + array[row].tobytes() for row in range(height))
    colour_type = 0 if array.ndim == 2 else 2
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data) for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)),
                                              (b"IEND", b"")))


def write_png(path: str | os.PathLike[str], pixels: Any) -> None:
    """Write `pixels` (see `encode_png`) to a file."""
    data = encode_png(pixels)
    with open(path, "wb") as stream:
        stream.write(data)


def image_sheet(images: Any, columns: int = 8, scale: int = 4, gap: int = 4) -> Any:
    """Many small grey images side by side, as an array for `write_png`.

    images: shape (count, height, width) or (count, 1, height, width), values 0 to 1; each pixel
    becomes a square of `scale` pixels.
    """
    import numpy

    array = as_pixels(images)
    if array.ndim == 4 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 3:
        raise ArgumentError("image_sheet: images must have shape (count, height, width), got "
                            f"{tuple(array.shape)}")
    count, height, width = array.shape
    rows = -(-count // columns)
    cell_height, cell_width = height * scale + gap, width * scale + gap
    sheet = numpy.full((rows * cell_height + gap, columns * cell_width + gap), 64, dtype="uint8")
    for number in range(count):
        row, column = divmod(number, columns)
        top, left = row * cell_height + gap, column * cell_width + gap
        sheet[top:top + height * scale, left:left + width * scale] = (
            array[number].repeat(scale, axis=0).repeat(scale, axis=1))
    return sheet


def as_pixels(values: Any) -> Any:
    """A contiguous uint8 array of a tensor or array; floats from 0 to 1 are scaled."""
    import numpy

    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    array = numpy.asarray(values)
    if array.dtype.kind == "f":
        array = (array.clip(0, 1) * 255).round()
    return numpy.ascontiguousarray(array, dtype="uint8")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return (struct.pack(">I", len(data)) + kind + data
            + struct.pack(">I", zlib.crc32(kind + data)))
