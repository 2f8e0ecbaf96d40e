"""Size, finfo and iinfo."""
from __future__ import annotations

import copy
import pickle

import pytest

import cytorch
from cytorch import Size


def test_size_is_a_tuple() -> None:
    size = cytorch.zeros(2, 3).shape
    assert isinstance(size, Size)
    assert size == (2, 3)
    assert hash(size) == hash((2, 3))
    assert repr(size) == "torch.Size([2, 3])"
    assert size.numel() == 6
    assert Size().numel() == 1


def test_size_stays_a_size() -> None:
    size = Size([2, 3])
    for result in (size[1:], size + (4,), (1,) + size, size * 2, 2 * size, copy.copy(size),
                   copy.deepcopy(size), pickle.loads(pickle.dumps(size))):
        assert type(result) is Size
    assert type(size[0]) is int


def test_size_of_tensors_and_others() -> None:
    assert Size((cytorch.tensor(2), 3)) == (2, 3)
    with pytest.raises(TypeError, match="item 1 is 'str'"):
        Size([2, "a"])


def test_finfo() -> None:
    info = cytorch.finfo(cytorch.float32)
    assert (info.bits, info.eps, info.dtype) == (32, 2.0 ** -23, "float32")
    assert info.max == -info.min == cytorch.tensor(3.4028234663852886e38).item()
    assert cytorch.finfo().dtype == "float32"
    assert cytorch.finfo(cytorch.bfloat16).eps == 2.0 ** -7
    assert repr(cytorch.finfo(cytorch.float16)) == (
        "finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, "
        "smallest_normal=6.10352e-05, tiny=6.10352e-05, dtype=float16)")
    with pytest.raises(TypeError, match="floating point"):
        cytorch.finfo(cytorch.int64)


def test_iinfo() -> None:
    assert (cytorch.iinfo(cytorch.uint8).min, cytorch.iinfo(cytorch.uint8).max) == (0, 255)
    assert cytorch.iinfo(cytorch.int64).max == 2 ** 63 - 1
    assert repr(cytorch.iinfo(cytorch.int8)) == "iinfo(min=-128, max=127, dtype=int8)"
    with pytest.raises(TypeError, match="integer"):
        cytorch.iinfo(cytorch.float32)
