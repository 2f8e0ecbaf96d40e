"""NumPy, the buffer protocol and DLPack: memory is shared both ways, or refused."""
from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import cytorch

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]


@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3)])
def test_round_trip(name: str, shape: tuple[int, ...]) -> None:
    source = np.ones(shape, dtype=name)
    tensor = cytorch.from_numpy(source)
    assert tensor.dtype == getattr(cytorch, name)
    assert tensor.shape == shape
    back = tensor.numpy()
    assert back.dtype == source.dtype
    assert back.tolist() == source.tolist()


def test_from_numpy_aliases_both_ways() -> None:
    source = np.zeros((2, 3))
    tensor = cytorch.from_numpy(source)
    source[0, 1] = 5
    tensor[1, 2] = 7
    assert tensor.tolist() == source.tolist() == [[0, 5, 0], [0, 0, 7]]
    assert tensor.data_ptr() == source.ctypes.data


def test_numpy_aliases_both_ways() -> None:
    tensor = cytorch.zeros(2, 3)
    result = tensor.numpy()
    tensor[0, 1] = 5
    result[1, 2] = 7
    assert tensor.tolist() == result.tolist() == [[0, 5, 0], [0, 0, 7]]


def test_zero_dim() -> None:
    tensor = cytorch.tensor(3.0)
    result = tensor.numpy()
    assert result.shape == ()
    result[...] = 4
    assert tensor.item() == 4.0


def test_strided_views() -> None:
    tensor = cytorch.arange(12.0).reshape(3, 4)
    for view in (tensor.t(), tensor[:, 1::2], tensor[1], tensor.diagonal(), tensor[:, :0],
                 tensor[:1].expand(3, 4)):
        result = view.numpy()
        assert result.tolist() == view.tolist()
        assert result.strides == tuple(4 * s for s in view.stride()) or result.size == 0
    source = np.arange(12.0).reshape(3, 4)
    for part in (source.T, source[:, 1::2], source[1:, 2]):
        assert cytorch.from_numpy(part).tolist() == part.tolist()


def test_memory_stays_alive() -> None:
    source = np.arange(3.0)
    reference = weakref.ref(source)
    tensor = cytorch.from_numpy(source)[1:]
    del source
    gc.collect()
    assert tensor.tolist() == [1.0, 2.0]
    assert reference() is not None
    del tensor
    gc.collect()
    assert reference() is None
    result = cytorch.arange(3.0).numpy()
    gc.collect()
    assert result.tolist() == [0.0, 1.0, 2.0]


def test_negative_strides_are_refused() -> None:
    with pytest.raises(ValueError, match="stride.*negative"):
        cytorch.from_numpy(np.ones(3)[::-1])


def test_strides_between_elements_are_refused() -> None:
    pairs = np.zeros(3, dtype=[("a", "i1"), ("b", "f4")])
    with pytest.raises(ValueError, match="no multiple"):
        cytorch.from_numpy(np.lib.stride_tricks.as_strided(np.zeros(8, "c8"), (2,), (12,)))
    assert cytorch.tensor(pairs["b"]).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(("source", "message"), [
    (np.ones(2, ">f4"), "byte order"), (np.array(["a"]), "<U1"),
    (np.array([1], dtype=object), "object"), (np.zeros(2, "M8[s]"), "datetime64"),
    (np.zeros(2, [("a", "f4")]), "'a'"), (np.zeros(2, "u4"), "uint32"), ([1, 2], "list"),
    (np.float32(1), "float32"),
])
def test_refused_types(source: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        cytorch.from_numpy(source)


def test_read_only_array() -> None:
    source = np.ones(3)
    source.flags.writeable = False
    tensor = cytorch.from_numpy(source)
    assert (tensor + 1).tolist() == [2.0, 2.0, 2.0]
    for change in (lambda: tensor.add_(1), lambda: tensor.zero_(),
                   lambda: tensor.__setitem__(0, 5.0), lambda: tensor[1:].mul_(2),
                   lambda: tensor.copy_(cytorch.zeros(3)),
                   lambda: cytorch.add(cytorch.ones(3).double(), 1, out=tensor)):
        with pytest.raises((RuntimeError, ValueError), match="read-only|not writable"):
            change()
    assert source.tolist() == [1.0, 1.0, 1.0]
    assert not tensor.numpy().flags.writeable


def test_requires_grad_is_refused() -> None:
    x = cytorch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="detach"):
        x.numpy()
    with pytest.raises(RuntimeError, match="detach"):
        np.asarray(x)
    assert x.detach().numpy().tolist() == [1.0, 1.0]
    assert x.numpy(force=True).tolist() == [1.0, 1.0]


def test_dtype_without_numpy_counterpart() -> None:
    with pytest.raises(TypeError, match="bfloat16"):
        cytorch.ones(2, dtype=cytorch.bfloat16).numpy()


def test_meta_has_no_memory() -> None:
    with pytest.raises((TypeError, RuntimeError, BufferError)):
        cytorch.ones(2, device="meta").numpy()


def test_array_protocol() -> None:
    tensor = cytorch.ones(2)
    shared = np.asarray(tensor)
    shared[0] = 5
    assert tensor[0].item() == 5.0
    assert np.asarray(tensor, dtype="f8").dtype == np.float64
    copied = np.array(tensor)
    copied[1] = 9
    assert tensor[1].item() == 1.0
    assert np.sum(tensor) == 6.0


def test_array_protocol_copy_argument() -> None:
    tensor = cytorch.ones(2)
    assert np.shares_memory(np.asarray(tensor, copy=False), tensor.numpy())
    assert not np.shares_memory(np.asarray(tensor, copy=True), tensor.numpy())
    with pytest.raises(ValueError, match="copy"):
        np.asarray(tensor, dtype="f8", copy=False)


def test_numpy_on_the_left_gives_a_tensor() -> None:
    tensor = cytorch.ones(3)
    result = np.ones(3, "f4") * tensor
    assert isinstance(result, cytorch.Tensor)
    assert result.tolist() == [1.0, 1.0, 1.0]
    assert (np.float32(2) * tensor).tolist() == [2.0, 2.0, 2.0]


def test_buffer_protocol() -> None:
    tensor = cytorch.arange(6.0).reshape(2, 3)
    view = memoryview(tensor)
    assert (view.format, view.shape, view.strides) == ("f", (2, 3), (12, 4))
    assert not view.readonly
    view[1, 2] = 50.0
    assert tensor[1, 2].item() == 50.0
    assert memoryview(tensor.t()).strides == (4, 12)
    del tensor
    assert view.tolist()[1][2] == 50.0


def test_resize_while_exported_is_refused() -> None:
    tensor = cytorch.zeros(2)
    view = memoryview(tensor)
    with pytest.raises(BufferError):
        tensor.resize_(1000)
    view.release()


def test_dlpack_to_numpy() -> None:
    tensor = cytorch.zeros(2, 3)
    result = np.from_dlpack(tensor)
    tensor[0, 1] = 5
    assert result[0, 1] == 5
    del tensor
    gc.collect()
    assert result.tolist() == [[0, 5, 0], [0, 0, 0]]


def test_dlpack_from_numpy() -> None:
    source = np.zeros((2, 3))
    tensor = cytorch.from_dlpack(source)
    source[0, 1] = 5
    tensor[1, 0] = 6
    assert tensor.tolist() == source.tolist()
    reference = weakref.ref(source)
    del source
    gc.collect()
    assert tensor[0, 1].item() == 5
    del tensor
    gc.collect()
    assert reference() is None


def test_dlpack_of_itself() -> None:
    tensor = cytorch.zeros(2)
    other = cytorch.from_dlpack(tensor)
    other[0] = 5
    assert tensor[0].item() == 5.0
    assert tensor.__dlpack_device__()[0] == 1


def test_dlpack_capsule_is_used_once() -> None:
    capsule = cytorch.zeros(2).__dlpack__()
    cytorch.from_dlpack(capsule)
    with pytest.raises((RuntimeError, ValueError, BufferError)):
        cytorch.from_dlpack(capsule)


def test_dlpack_that_nobody_takes() -> None:
    tensor = cytorch.zeros(1000)
    for _ in range(3):
        tensor.__dlpack__()
    gc.collect()
    assert tensor.sum().item() == 0.0


def test_dlpack_refusals() -> None:
    with pytest.raises(BufferError):
        cytorch.ones(2, requires_grad=True).__dlpack__()


def test_pickle_of_shared_memory_is_a_copy() -> None:
    import pickle

    source = np.ones(2)
    tensor = cytorch.from_numpy(source)
    copy = pickle.loads(pickle.dumps(tensor))
    copy[0] = 5
    assert source.tolist() == [1.0, 1.0]
