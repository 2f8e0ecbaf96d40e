"""Tensor methods of older programs, storages, shared memory, the default device."""
from __future__ import annotations

import os

import numpy as np
import pytest

import cytorch


def test_new_and_new_tensor() -> None:
    x = cytorch.zeros(2, 3, dtype=cytorch.float64)
    assert x.new(4).shape == (4,)
    assert x.new(4).dtype == cytorch.float64
    assert x.new([1, 2]).tolist() == [1.0, 2.0]
    made = x.new_tensor([1, 2], requires_grad=True)
    assert made.dtype == cytorch.float64
    assert made.requires_grad
    assert made.is_leaf
    assert x.new_tensor([1], dtype=cytorch.int32).dtype == cytorch.int32


def test_apply_and_map() -> None:
    x = cytorch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert x.clone().apply_(lambda v: v * 2).tolist() == [[2.0, 4.0], [6.0, 8.0]]
    assert x.clone().map_(x, lambda a, b: a + b).tolist() == [[2.0, 4.0], [6.0, 8.0]]
    assert x.clone().map2_(x, x, lambda a, b, c: a + b + c)[1, 1].item() == 12.0
    with pytest.raises(RuntimeError, match="requires grad"):
        cytorch.ones(1, requires_grad=True).apply_(abs)
    with pytest.raises(TypeError, match="int64"):
        x.map_(cytorch.ones(2, 2, dtype=cytorch.int64), max)


@pytest.mark.parametrize(("shape", "wrap"), [((3, 3), False), ((2, 4), False), ((7, 3), False),
                                             ((7, 3), True), ((3, 3, 3), False)])
def test_fill_diagonal(shape: tuple[int, ...], wrap: bool) -> None:
    want = np.zeros(shape)
    np.fill_diagonal(want, 5, wrap)
    assert cytorch.zeros(shape).fill_diagonal_(5, wrap).tolist() == want.tolist()


def test_fill_diagonal_refuses() -> None:
    with pytest.raises(ValueError, match=r"\(3,\)"):
        cytorch.zeros(3).fill_diagonal_(1)
    with pytest.raises(ValueError, match="equal length"):
        cytorch.zeros(2, 3, 4).fill_diagonal_(1)


def test_questions() -> None:
    x = cytorch.zeros(2, 3)
    assert x.get_device() == -1
    assert cytorch.get_device(x) == -1
    assert x.is_same_size(x)
    assert cytorch.is_same_size(x, x)
    assert x.is_set_to(x)
    assert not x.is_set_to(x.clone())
    assert x.is_signed()
    assert not cytorch.is_signed(x.byte())
    assert x.t().dim_order() == (1, 0)
    assert not x.is_pinned()
    assert not x.is_distributed()
    assert not x.is_shared()
    assert x.layout == cytorch.strided
    assert not (x.is_xpu)
    assert not (x.is_quantized)
    assert not (x.is_ipu)
    assert not (x.is_xla)
    assert x.is_cpu
    assert cytorch.tensor([2]).is_nonzero()
    assert [int(v) for v in reversed(cytorch.arange(3))] == [2, 1, 0]


@pytest.mark.parametrize("name", ["int_repr", "q_scale", "q_zero_point", "reinforce",
                                  "to_mkldnn", "chalf"])
def test_refusing_methods_say_what_to_use(name: str) -> None:
    with pytest.raises(RuntimeError, match=name):
        getattr(cytorch.ones(1), name)()


def test_pin_memory_needs_a_device() -> None:
    with pytest.raises(RuntimeError, match="accelerator"):
        cytorch.ones(1).pin_memory()


def test_storage_shows_the_memory() -> None:
    x = cytorch.arange(6.0).view(2, 3)
    storage = x[1].storage()
    assert len(storage) == storage.size() == 6
    assert storage.dtype == cytorch.float32
    assert storage.data_ptr() == x.data_ptr()
    assert storage.nbytes() == 24
    storage[0] = 9
    assert x[0, 0].item() == 9.0
    assert storage.tolist()[0] == 9.0
    assert storage[1:3].tolist() == [1.0, 2.0]
    assert x.untyped_storage().nbytes() == 24
    assert len(x.untyped_storage()) == 24
    assert storage.long().dtype == cytorch.int64
    with pytest.raises(IndexError, match="6"):
        storage[6]


def test_storages_are_made() -> None:
    assert cytorch.FloatStorage([1, 2]).tolist() == [1.0, 2.0]
    assert cytorch.LongStorage(3).nbytes() == 24
    assert cytorch.UntypedStorage(5).size() == 5
    copied = cytorch.FloatStorage(2).copy_(cytorch.FloatStorage([3, 4]))
    assert copied.clone().fill_(1).tolist() == [1.0, 1.0]
    assert copied.tolist() == [3.0, 4.0]


def test_shared_memory_is_seen_by_a_forked_process() -> None:
    x = cytorch.zeros(3)
    assert x.share_memory_() is x
    assert x.is_shared()
    assert x[1:].is_shared()
    child = os.fork()
    if child == 0:
        x.fill_(7)
        os._exit(0)
    os.waitpid(child, 0)
    assert x.tolist() == [7.0, 7.0, 7.0]


def test_default_device() -> None:
    assert cytorch.get_default_device() == cytorch.device("cpu")
    with cytorch.device("meta") as device:
        assert cytorch.get_default_device() == device
        assert cytorch.ones(2).is_meta
        assert cytorch.tensor([1]).is_meta
        assert cytorch.nn.Linear(2, 3).weight.is_meta
        assert not cytorch.zeros(2, device="cpu").is_meta
        with cytorch.device("cpu"):
            assert not cytorch.ones(2).is_meta
    assert not cytorch.ones(2).is_meta
    cytorch.set_default_device("meta")
    try:
        assert cytorch.arange(3).is_meta
    finally:
        cytorch.set_default_device(None)
    assert not cytorch.arange(3).is_meta


@pytest.mark.parametrize(("convert", "value", "error"), [
    (bool, [1, 2], "ambiguous"), (int, [1, 2], "converted to Scalar"),
    (float, [1.0, 2.0], "converted to Scalar"), (complex, [1.0, 2.0], "converted to Scalar")])
def test_conversions_of_several_elements(convert: type, value: list[float], error: str) -> None:
    with pytest.raises(RuntimeError, match=error):
        convert(cytorch.tensor(value))


def test_index_needs_an_integer() -> None:
    assert [10, 20, 30][cytorch.tensor(1)] == 20
    with pytest.raises(TypeError, match="index"):
        [1, 2][cytorch.tensor(1.0)]
