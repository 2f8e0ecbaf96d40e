"""save and load: round trips, sharing, places to save to."""
from __future__ import annotations

import io
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest

import cytorch
from cytorch.errors import ArgumentError, CheckpointError

DTYPES = ["float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8",
          "bool"]


def round_trip(obj: Any, **options: Any) -> Any:
    stream = io.BytesIO()
    cytorch.save(obj, stream)
    stream.seek(0)
    return cytorch.load(stream, **options)


def same(first: Any, second: Any) -> bool:
    return (first.dtype == second.dtype and first.shape == second.shape
            and first.tolist() == second.tolist())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("make", [
    lambda x: x, lambda x: x.t(), lambda x: x[1:, ::2], lambda x: x[0, 0], lambda x: x[:0],
    lambda x: x[:1].expand(3, 4)], ids=["plain", "transposed", "strided", "0-dim", "empty",
                                        "expanded"])
def test_dtypes_and_layouts(dtype: str, make: Any) -> None:
    x = make(cytorch.arange(12).view(3, 4).to(getattr(cytorch, dtype)))
    assert same(round_trip(x), x)


def test_plain_data() -> None:
    data = {"list": [1, -5, 2.5, None, True, False, 10 ** 40], "text": "é\n\ud800", 3: (1, (2,)),
            "bytes": b"\x00\xff", "set": {1, 2}, "complex": 1 + 2j, "big": 1 << 31,
            "ordered": OrderedDict(b=1, a=2), "dtype": cytorch.float32, "empty": [(), {}, []],
            "device": cytorch.device("cpu"), "size": cytorch.Size([2, 3])}
    loaded = round_trip(data)
    assert loaded == data
    assert type(loaded["ordered"]) is OrderedDict
    assert type(loaded["size"]) is cytorch.Size


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_protocols(protocol: int) -> None:
    stream = io.BytesIO()
    cytorch.save({"x": cytorch.ones(2), "b": b"abc", "n": 2 ** 70, "s": {1}}, stream,
                 pickle_protocol=protocol)
    stream.seek(0)
    loaded = cytorch.load(stream)
    assert loaded["x"].tolist() == [1, 1]
    assert (loaded["b"], loaded["n"], loaded["s"]) == (b"abc", 2 ** 70, {1})


def test_requires_grad_and_parameters() -> None:
    x = cytorch.ones(2, requires_grad=True)
    loaded = round_trip([x, x * 2, cytorch.nn.Parameter(cytorch.zeros(2), requires_grad=False)])
    assert [tensor.requires_grad for tensor in loaded] == [True, True, False]
    assert loaded[0].is_leaf
    assert loaded[1].is_leaf
    assert type(loaded[2]) is cytorch.nn.Parameter


def test_shared_memory_stays_shared() -> None:
    base = cytorch.arange(20.0)
    tied = cytorch.ones(3)
    loaded = round_trip({"left": base[2:10], "right": base[8:14].view(2, 3), "tied": [tied, tied],
                         "alias": tied.detach()})
    loaded["left"][6] = -1
    assert loaded["right"].tolist() == [[-1, 9, 10], [11, 12, 13]]
    assert loaded["tied"][0] is loaded["tied"][1]
    loaded["alias"][0] = 5
    assert loaded["tied"][0].tolist() == [5, 1, 1]


@pytest.mark.parametrize("make", [
    lambda: cytorch.ones(100_000)[:2], lambda: cytorch.ones(1000, 1000)[:3, 0],
    lambda: [cytorch.ones(100_000)[5:7]] * 2, lambda: cytorch.ones(1).expand(1_000_000)[:4]])
def test_views_save_only_what_they_show(make: Any) -> None:
    stream = io.BytesIO()
    cytorch.save(make(), stream)
    assert len(stream.getvalue()) < 1500


def test_the_same_state_gives_the_same_bytes() -> None:
    def content() -> bytes:
        stream = io.BytesIO()
        cytorch.save({"w": cytorch.arange(5), "v": 1}, stream)
        return stream.getvalue()

    assert content() == content()


def test_module_and_optimizer() -> None:
    model = cytorch.nn.Sequential(cytorch.nn.Linear(3, 4), cytorch.nn.ReLU(),
                                  cytorch.nn.Linear(4, 2))
    optimizer = cytorch.optim.Adam(model.parameters(), lr=0.01)
    model(cytorch.ones(2, 3)).sum().backward()
    optimizer.step()
    loaded = round_trip({"model": model.state_dict(), "optimizer": optimizer.state_dict()})
    other = cytorch.nn.Sequential(cytorch.nn.Linear(3, 4), cytorch.nn.ReLU(),
                                  cytorch.nn.Linear(4, 2))
    other.load_state_dict(loaded["model"])
    again = cytorch.optim.Adam(other.parameters(), lr=0.5)
    again.load_state_dict(loaded["optimizer"])
    assert again.param_groups[0]["lr"] == 0.01
    assert cytorch.equal(other(cytorch.ones(1, 3)), model(cytorch.ones(1, 3)))
    assert loaded["model"]._metadata == model.state_dict()._metadata


def test_whole_objects_need_to_be_trusted(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    model = cytorch.nn.Linear(2, 3)
    cytorch.save(model, path)
    with pytest.raises(CheckpointError, match=r"refused global cytorch\.nn.*weights_only=False"):
        cytorch.load(path)
    loaded = cytorch.load(path, weights_only=False)
    assert cytorch.equal(loaded.weight, model.weight)


def test_paths_and_streams(tmp_path: Path) -> None:
    for path in (tmp_path / "a.pt", str(tmp_path / "b.pt")):
        cytorch.save([1], path)
        assert cytorch.load(path) == [1]
        with open(path, "rb") as stream:
            assert cytorch.load(stream) == [1]
    stream = io.BytesIO(b"before")
    stream.seek(6)
    cytorch.save([2], stream)
    stream.seek(6)
    assert cytorch.load(stream) == [2]


class OnlyReads(io.RawIOBase):
    """A stream without readinto."""

    def __init__(self, data: bytes) -> None:
        self.inner = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self.inner.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.inner.seek(offset, whence)

    def tell(self) -> int:
        return self.inner.tell()

    readinto = None  # type: ignore[assignment]


def test_a_stream_that_can_only_read() -> None:
    stream = io.BytesIO()
    cytorch.save(cytorch.arange(10), stream)
    assert cytorch.load(OnlyReads(stream.getvalue())).tolist() == list(range(10))


@pytest.mark.parametrize("location", [
    None, "cpu", cytorch.device("cpu"), {"cpu": "cpu"}, lambda storage, place: storage,
    lambda storage, place: None])
def test_map_location_on_the_cpu(location: Any) -> None:
    assert round_trip(cytorch.ones(2), map_location=location).tolist() == [1, 1]


def test_map_location_meta() -> None:
    loaded = round_trip({"x": cytorch.ones(2, 3)}, map_location="meta")
    assert loaded["x"].device.type == "meta"
    assert tuple(loaded["x"].shape) == (2, 3)


def test_what_cannot_be_saved() -> None:
    with pytest.raises(ArgumentError, match="meta"):
        cytorch.save(cytorch.empty(2, device="meta"), io.BytesIO())
    with pytest.raises(ArgumentError, match="pickle_protocol"):
        cytorch.save(1, io.BytesIO(), pickle_protocol=1)
    with pytest.raises(FileNotFoundError):
        cytorch.load("/nonexistent/file.pt")
