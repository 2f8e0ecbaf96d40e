"""Damaged and hostile files: always CheckpointError, never other code, never changed content."""
from __future__ import annotations

import io
import pickle
import random
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

import cytorch
from cytorch.errors import CheckpointError
from cytorch.serialization.zip_writer import ZipWriter


def sample() -> bytes:
    stream = io.BytesIO()
    cytorch.save({"model": {"weight": cytorch.arange(6.0).view(2, 3), "bias": cytorch.ones(2)},
                  "epoch": 3, "names": ["a", "b"]}, stream)
    return stream.getvalue()


def describe(loaded: Any) -> Any:
    return (loaded["epoch"], loaded["names"], loaded["model"]["weight"].tolist(),
            loaded["model"]["bias"].tolist(), str(loaded["model"]["weight"].dtype))


def load_bytes(data: bytes, **options: Any) -> Any:
    return cytorch.load(io.BytesIO(data), **options)


def test_truncated_at_every_byte() -> None:
    data = sample()
    for length in range(len(data)):
        with pytest.raises(CheckpointError):
            load_bytes(data[:length])


def test_every_flipped_bit_is_noticed_or_harmless() -> None:
    data = sample()
    expected = describe(load_bytes(data))
    harmless = 0
    # Every bit of the pickle and of the directory would take minutes; every byte does as well.
    for position in range(len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 1 << (position % 8)
        try:
            loaded = load_bytes(bytes(damaged))
        except CheckpointError:
            continue
        harmless += 1
        assert describe(loaded) == expected, position
    assert harmless < len(data) * 0.5  # padding, dates and attributes are not read


@pytest.mark.slow
def test_random_mutations() -> None:
    data = sample()
    expected = describe(load_bytes(data))
    generator = random.Random(1)
    for _ in range(5000):
        damaged = bytearray(data)
        for _ in range(generator.randint(1, 4)):
            kind, position = generator.randint(0, 2), generator.randrange(len(damaged))
            if kind == 0:
                damaged[position] = generator.randrange(256)
            elif kind == 1:
                del damaged[position:position + generator.randint(1, 20)]
            else:
                damaged[position:position] = generator.randbytes(generator.randint(1, 20))
        try:
            loaded = load_bytes(bytes(damaged))
        except CheckpointError:
            continue
        assert describe(loaded) == expected


def test_damage_names_file_and_tensor(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    data = sample()
    start = data.index(struct.pack("<6f", *range(6)))
    path.write_bytes(data[:start] + b"\x01" + data[start + 1:])
    with pytest.raises(CheckpointError,
                       match=r"weights\.pt: member .* checksum .*\['model'\]\['weight'\]"):
        cytorch.load(path)


class Payload:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def archive_of(pickled: bytes, **members: bytes) -> bytes:
    stream = io.BytesIO()
    writer = ZipWriter(stream)
    writer.add("archive/data.pkl", pickled)
    for name, data in {"version": b"3\n", "byteorder": b"little", **members}.items():
        writer.add(f"archive/{name}", data)
    writer.finish()
    return stream.getvalue()


def test_hostile_names_are_refused_before_import(tmp_path: Path) -> None:
    import os

    witness = tmp_path / "ran"
    for function, arguments in ((os.system, (f"touch {witness}",)), (eval, ("1+1",)),
                                (exec, ("1",)), (getattr, ("text", "upper")),
                                (__import__, ("os",))):
        for protocol in (2, 4):
            pickled = pickle.dumps(Payload(function, *arguments), protocol)
            with pytest.raises(CheckpointError, match="refused global"):
                load_bytes(archive_of(pickled))
    assert not witness.exists()


HEADER = b"\x80\x02"


@pytest.mark.parametrize(("pickled", "text"), [
    (HEADER + b"cantigravity\nx\n.", "refused global antigravity.x"),
    (HEADER + b"\x82\x01.", "refused pickle opcode"),
    (HEADER + b"(ios\nsystem\n.", "refused pickle opcode"),
    (HEADER + b"}c_codecs\nencode\nb.", "no container"),
    (HEADER + b"ccollections\nOrderedDict\n)R}X\x01\x00\x00\x00aNsb.", "refused to set attributes"),
    (HEADER + b"ccollections\nOrderedDict\n}R.", "refused to call"),
    (HEADER + b"K\x01)R.", "refused to call"),
    (HEADER + b"ctorch\nFloatStorage\n)R.", "refused to call"),
    (HEADER + b"c_codecs\nencode\nX\x01\x00\x00\x00aX\x03\x00\x00\x00hex\x86R.", "damaged pickle"),
    (HEADER + b"r\xff\xff\xff\x7f.", "nothing on its stack"),
    (HEADER + b"X\xff\xff\xff\xffa.", "cut off"),
    (HEADER + b"h\x05.", "damaged pickle"),
    (HEADER + b"K\x01", "cut off"),
    (HEADER + b".", "nothing on its stack"),
    (HEADER + b"]]s.", "damaged pickle"),
    (HEADER + b"}]K\x01s.", "damaged pickle"),
    (HEADER + b"ctorch._utils\n_rebuild_tensor_v2\n(NK\x00))\x89NtR.", "without a storage"),
    (b"\x80\x09.", "protocol 9"),
    (b"}.", None), (HEADER + b"\x8a\xffa.", "cut off"),
])
def test_crafted_pickles(pickled: bytes, text: str | None) -> None:
    if text is None:
        assert load_bytes(archive_of(pickled)) == {}
        return
    with pytest.raises(CheckpointError, match=text):
        load_bytes(archive_of(pickled))


def test_a_memo_bomb_takes_no_memory() -> None:
    assert load_bytes(archive_of(HEADER + b"Nr\xff\xff\xff\x7f.")) is None


def tensor_pickle(key: str = "0", count: int = 4, offset: int = 0, shape: Any = (4,),
                  strides: Any = (1,)) -> bytes:
    def number(value: int) -> bytes:
        encoded = value.to_bytes(9, "little", signed=True)
        return b"\x8a\x09" + encoded

    def numbers(values: Any) -> bytes:
        return b"(" + b"".join(map(number, values)) + b"t"

    def text(value: str) -> bytes:
        return b"X" + struct.pack("<I", len(value)) + value.encode()

    reference = (b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text(key) + text("cpu")
                 + number(count) + b"tQ")
    return (HEADER + b"ctorch._utils\n_rebuild_tensor_v2\n(" + reference + number(offset)
            + numbers(shape) + numbers(strides) + b"\x89}tR.")


def test_a_crafted_tensor_that_is_right() -> None:
    data = struct.pack("<4f", 1, 2, 3, 4)
    assert load_bytes(archive_of(tensor_pickle(), **{"data/0": data})).tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("options", [
    {"shape": (5,)}, {"shape": (2, 2), "strides": (3, 1)}, {"offset": 1}, {"offset": -1},
    {"shape": (-1,)}, {"strides": (-1,)}, {"shape": (2, 2)}, {"count": 5}, {"count": 3},
    {"count": 1 << 60}, {"key": "../0"}, {"key": "7"}, {"shape": (1,) * 70, "strides": (1,) * 70},
    {"shape": (1 << 62, 1 << 62), "strides": (0, 0)}, {"offset": 1 << 62, "shape": (1,)}])
def test_geometry_outside_of_the_storage(options: dict[str, Any]) -> None:
    data = struct.pack("<4f", 1, 2, 3, 4)
    with pytest.raises(CheckpointError):
        load_bytes(archive_of(tensor_pickle(**options), **{"data/0": data}))


def zip_of(members: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize(("data", "text"), [
    (b"", "not a checkpoint"), (b"ustar" * 100, "not a checkpoint"),
    (pickle.dumps([1]), "not a checkpoint"),
    (zip_of([("readme", b"hello")]), "no member 'data.pkl'"),
    (zip_of([("a/data.pkl", b"\x80\x02N.")]), "'a/version' is missing"),
    (zip_of([("a/data.pkl", b"0" * 99), ("a/version", b"3")], zipfile.ZIP_DEFLATED), "compressed"),
    (zip_of([("a/data.pkl", b"\x80\x02N."), ("../x", b"")]), "leads out of the archive"),
    (zip_of([("a/data.pkl", b"\x80\x02N."), ("/etc/x", b"")]), "leads out of the archive"),
    (archive_of(b"\x80\x02N.", version=b"3\n", byteorder=b"big"), "byte order is 'big'"),
    (archive_of(b"\x80\x02N.", version=b"99\n"), "format version '99'"),
])
def test_other_files(data: bytes, text: str) -> None:
    with pytest.raises(CheckpointError, match=text):
        load_bytes(data)


def test_duplicate_names() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zip_of([("a/data.pkl", b"\x80\x02N."), ("a/data.pkl", b"\x80\x02K\x01.")])
    with pytest.raises(CheckpointError, match="same name"):
        load_bytes(data)


def test_very_many_members_are_refused_at_once() -> None:
    stream = io.BytesIO()
    writer = ZipWriter(stream)
    writer.add("archive/data.pkl", b"\x80\x02N.")
    writer.central *= 200_000
    writer.finish()
    with pytest.raises(CheckpointError, match="200000 members"):
        load_bytes(stream.getvalue())


def test_deep_nesting_does_not_overflow_the_stack() -> None:
    deep = b"]" * 100_000 + b"a" * 99_999 + b"."
    loaded = load_bytes(archive_of(HEADER + deep))
    assert len(loaded) == 1


def test_standard_zip_tools_read_the_files(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(sample())
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for info in archive.infolist():
            if "/data/" in info.filename:
                with archive.open(info) as member:
                    member.read(1)
                name_length, extra_length = struct.unpack_from(
                    "<HH", path.read_bytes(), info.header_offset + 26)
                assert (info.header_offset + 30 + name_length + extra_length) % 64 == 0
