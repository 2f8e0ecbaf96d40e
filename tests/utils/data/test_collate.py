"""default_collate and default_convert."""
from __future__ import annotations

from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest

import cytorch
from cytorch.utils.data import DataLoader, default_collate, default_convert

Point = namedtuple("Point", "x y")


def test_tensors_are_stacked() -> None:
    batch = default_collate([cytorch.ones(2, 3), cytorch.zeros(2, 3)])
    assert tuple(batch.shape) == (2, 2, 3)


@pytest.mark.parametrize(("values", "dtype"), [
    ([1, 2], "int64"), ([1.5, 2.0], "float64"), ([True, False], "bool"),
    ([np.float32(1), np.float32(2)], "float32"), ([np.int16(1), np.int16(2)], "int16")])
def test_numbers(values: list[Any], dtype: str) -> None:
    batch = default_collate(values)
    assert batch.dtype == getattr(cytorch, dtype)
    assert batch.tolist() == [float(value) for value in values]


def test_arrays() -> None:
    batch = default_collate([np.zeros((2, 3), "i4"), np.ones((2, 3), "i4")])
    assert tuple(batch.shape) == (2, 2, 3)
    assert batch.dtype == cytorch.int32


def test_nested() -> None:
    samples = [{"point": Point(i, (float(i), f"name{i}")), "list": [i, [i]]} for i in range(2)]
    batch = default_collate(samples)
    assert isinstance(batch["point"], Point)
    assert batch["point"].x.tolist() == [0, 1]
    assert batch["point"].y[1] == ("name0", "name1")
    assert batch["list"][1][0].tolist() == [0, 1]


def test_mapping_types_are_kept() -> None:
    assert type(default_collate([OrderedDict(a=1), OrderedDict(a=2)])) is OrderedDict


def test_strings_and_bytes_stay() -> None:
    assert default_collate(["a", "b"]) == ["a", "b"]
    assert default_collate([b"a", b"b"]) == [b"a", b"b"]


def test_different_shapes_name_both() -> None:
    with pytest.raises(ValueError, match=r"samples 0 and 2 .* at sample\['x'\]: \(3,\) and \(4,\)"):
        default_collate([{"x": cytorch.ones(3)}, {"x": cytorch.ones(3)}, {"x": cytorch.ones(4)}])


def test_different_shapes_name_the_dataset_indices() -> None:
    data = [cytorch.ones(3), cytorch.ones(3), cytorch.ones(3), cytorch.ones(4)]
    with pytest.raises(ValueError, match=r"\(dataset indices 2 and 3\)"):
        list(DataLoader(data, batch_size=2))  # type: ignore[arg-type]


def test_different_lengths_and_keys() -> None:
    with pytest.raises(ValueError, match="different lengths: 2 and 1"):
        default_collate([(1, 2), (1,)])
    with pytest.raises(ValueError, match="different keys"):
        default_collate([{"a": 1}, {"b": 1}])


def test_other_types_are_named() -> None:
    with pytest.raises(TypeError, match=r"sample 0 .* is of type function at sample\[1\]"):
        default_collate([(1, lambda: 0)])
    with pytest.raises(TypeError, match="sample 1 .*NoneType"):
        default_collate([1, None])
    with pytest.raises(TypeError, match="<U1"):
        default_collate([np.array(["a"])])
    with pytest.raises(ValueError, match="empty"):
        default_collate([])


def test_convert() -> None:
    converted = default_convert({"a": np.ones(2), "b": (1, "s"), "c": Point(np.float32(2), None)})
    assert isinstance(converted["a"], cytorch.Tensor)
    assert converted["b"] == [1, "s"]
    assert isinstance(converted["c"], Point)
    assert isinstance(converted["c"].x, cytorch.Tensor)
