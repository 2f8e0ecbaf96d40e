"""Safetensors: round trips, the bytes of the format, damaged and hostile files."""
from __future__ import annotations

import contextlib
import json
import random
from pathlib import Path
from typing import Any

import pytest

import cytorch
from cytorch.errors import ArgumentError, CheckpointError
from cytorch.serialization.safetensors import load, load_file, save, save_file

TENSORS = {
    "weight": cytorch.arange(6, dtype=cytorch.float32).reshape(2, 3), "empty": cytorch.ones(0, 3),
    "number": cytorch.tensor(2.5, dtype=cytorch.float64), "flag": cytorch.tensor([True, False]),
    "half": cytorch.tensor([1.5, -2.0], dtype=cytorch.bfloat16),
    "complex": cytorch.tensor([1 + 2j]), "count": cytorch.tensor([7], dtype=cytorch.int64)}


def assert_same(found: dict[str, Any]) -> None:
    assert set(found) == set(TENSORS)
    for name, tensor in TENSORS.items():
        assert found[name].dtype is tensor.dtype
        assert found[name].shape == tensor.shape
        assert cytorch.equal(found[name], tensor)


def test_round_trip(tmp_path: Path) -> None:
    assert_same(load(save(TENSORS)))
    path = tmp_path / "model.safetensors"
    save_file(TENSORS, path, metadata={"format": "pt"})
    found = load_file(path)
    assert_same(found)
    found["weight"].add_(1)
    assert_same(load_file(path))


def made(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def test_bytes_of_the_format() -> None:
    content = made({"x": {"dtype": "I16", "shape": [2], "data_offsets": [0, 4]}}, b"\1\0\2\0")
    assert load(content)["x"].tolist() == [1, 2]
    assert len(save({"x": cytorch.ones(1)})) % 4 == 0


def entry(**changes: Any) -> dict[str, Any]:
    return {"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], **changes}}


@pytest.mark.parametrize(("content", "message"), [
    (b"", "no safetensors file"), (b"\xff" * 20, "no safetensors file"),
    (made(b"{not json"), "no JSON text"), (made([1]), "no JSON object"),
    (made(b'{"x": 1, "x": 2}'), "twice"), (made({"x": 3}), "wrong entry"),
    (made(entry(dtype="F99"), bytes(8)), "wrong entry"),
    (made(entry(shape=[3]), bytes(8)), "wrong entry"),
    (made(entry(shape=[-2]), bytes(8)), "wrong entry"),
    (made(entry(shape=[2 ** 62, 2 ** 62]), bytes(8)), "wrong entry"),
    (made(entry(data_offsets=[4, 12]), bytes(12)), "begins at 4"),
    (made(entry(), bytes(4)), "the file has 4"), (made(entry(), bytes(12)), "the file has 12"),
    (made({**entry(), "y": entry()["x"]}, bytes(8)), "begins at 0")])
def test_damage_is_named(content: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=message):
        load(content)
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=message):
        load_file(path)


def test_mutated_files_are_refused_or_read() -> None:
    content, chance = save(TENSORS), random.Random(0)
    for _ in range(2000):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        length = chance.choice([len(damaged), chance.randrange(len(damaged))])
        with contextlib.suppress(CheckpointError):
            load(bytes(damaged[:length]))


def test_refusals() -> None:
    x = cytorch.ones(4)
    with pytest.raises(ArgumentError, match="share memory"):
        save({"a": x[:2], "b": x[2:]})
    with pytest.raises(ArgumentError, match="complex128"):
        save({"a": x.to(cytorch.complex128)})
    with pytest.raises(ArgumentError, match="text to text"):
        save({"a": x}, metadata={"epoch": 3})  # type: ignore[dict-item]
