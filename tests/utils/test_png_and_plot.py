"""PNG files, plots and the bitmap font."""
from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cytorch
from cytorch.utils.bitmap_font import text_mask, text_width
from cytorch.utils.plot import Chart, save_charts, ticks
from cytorch.utils.png import encode_png, image_sheet


def decode(data: bytes) -> Any:
    """Pixels of a PNG as `encode_png` writes it, checksums checked."""
    position, chunks = 8, {}
    while position < len(data):
        (length,) = struct.unpack(">I", data[position:position + 4])
        kind, body = data[position + 4:position + 8], data[position + 8:position + 8 + length]
        (checksum,) = struct.unpack(">I", data[position + 8 + length:position + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        chunks[kind] = body
        position += 12 + length
    width, height, _, colour_type = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    channels = {0: 1, 2: 3}[colour_type]
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), "uint8").reshape(height, -1)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape((height, width) if channels == 1 else (height, width, 3))


@pytest.mark.parametrize("shape", [(3, 5), (4, 2, 3)])
def test_round_trip(shape: tuple[int, ...]) -> None:
    pixels = np.arange(np.prod(shape), dtype="uint8").reshape(shape)
    assert (decode(encode_png(pixels)) == pixels).all()


def test_float_tensors_are_scaled_and_clipped() -> None:
    pixels = decode(encode_png(cytorch.tensor([[0.0, 0.5, 1.0, 2.0, -1.0]])))
    assert pixels.tolist() == [[0, 128, 255, 255, 0]]


@pytest.mark.parametrize("shape", [(3,), (2, 2, 4), (0, 3)])
def test_wrong_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="png: pixels must have shape"):
        encode_png(np.zeros(shape, "uint8"))


def test_image_sheet() -> None:
    sheet = image_sheet(cytorch.ones(3, 1, 2, 2), columns=2, scale=2, gap=1)
    assert sheet.shape == (11, 11)
    assert (sheet[1:5, 1:5] == 255).all()
    assert sheet[0, 0] == 64


def test_font() -> None:
    assert text_width("abc") == 17
    assert text_mask("l").sum() == 10
    assert (text_mask("é") == text_mask("?")).all()
    assert text_mask("I", scale=3).shape == (24, 15)


@pytest.mark.parametrize(("low", "high", "expected"), [
    (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0, 12, [0, 2, 4, 6, 8, 10, 12]),
    (0.93, 0.99, [0.93, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99]), (-5, 5, [-4, -2, 0, 2, 4])])
def test_ticks(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == expected


def test_charts(tmp_path: Path) -> None:
    nan = float("nan")
    save_charts(tmp_path / "x.png", [
        Chart("Loss", "step", {"a": [(0, 1.0), (1, nan), (2, 0.5)], "b": [(0, 2.0)]}),
        Chart("Empty", "step", {}), Chart("Flat", "step", {"a": [(1, 0.0), (2, 0.0)]})])
    pixels = decode((tmp_path / "x.png").read_bytes())
    assert pixels.shape == (352, 3 * 476 + 16, 3)
    assert (pixels.reshape(-1, 3) == (33, 102, 172)).all(1).sum() > 100
