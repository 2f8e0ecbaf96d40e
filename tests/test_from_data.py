"""tensor, as_tensor, asarray, frombuffer and the constructors of the first PyTorch."""
from __future__ import annotations

import array
from typing import Any

import numpy as np
import pytest

import cytorch


@pytest.mark.parametrize(("data", "dtype", "shape"), [
    (1, "int64", ()), (1.5, "float32", ()), (True, "bool", ()), (1j, "complex64", ()),
    ([], "float32", (0,)), ([[], []], "float32", (2, 0)), ([1, 2], "int64", (2,)),
    ((1, 2), "int64", (2,)), ([True, False], "bool", (2,)), ([True, 2], "int64", (2,)),
    ([True, 2, 3.5], "float32", (3,)), ([1, 2j], "complex64", (2,)),
    ([[1, 2], [3, 4], [5, 6]], "int64", (3, 2)), (range(3), "int64", (3,)),
    ([[[1.0]]], "float32", (1, 1, 1)), (array.array("d", [1, 2]), "float32", (2,)),
    ([(1, 2), [3, 4.0]], "float32", (2, 2)),
    (np.float64(1.5), "float64", ()), ([np.float32(1.5), 2], "float32", (2,)),
    ([np.int32(1)], "int32", (1,)), ([np.int32(1), 2], "int64", (2,)),
    ([np.bool_(True)], "bool", (1,)), (np.ones((2, 3), "f4"), "float32", (2, 3)),
    ([np.ones(2), np.zeros(2)], "float64", (2, 2)), (bytearray(b"ab"), "int64", (2,)),
])
def test_dtype_and_shape(data: Any, dtype: str, shape: tuple[int, ...]) -> None:
    result = cytorch.tensor(data)
    assert result.dtype == getattr(cytorch, dtype)
    assert result.shape == shape
    if not isinstance(data, (complex, bytearray, array.array)) and dtype != "complex64":
        assert result.tolist() == np.array(data).tolist()


def test_default_dtype_decides() -> None:
    cytorch.set_default_dtype(cytorch.float64)
    assert cytorch.tensor(1.5).dtype == cytorch.float64
    assert cytorch.tensor([1j]).dtype == cytorch.complex128
    cytorch.set_default_dtype(cytorch.float16)
    assert cytorch.tensor(1.5).dtype == cytorch.float16


def test_tensors_inside() -> None:
    result = cytorch.tensor([cytorch.tensor(1), cytorch.tensor(2.5)])
    assert result.tolist() == [1.0, 2.5]
    assert cytorch.tensor([cytorch.tensor([1]), cytorch.tensor([2])]).shape == (2, 1)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int16", "int32", "int64", "float16",
                                   "bfloat16", "float32", "float64"])
def test_given_dtype(dtype: str) -> None:
    result = cytorch.tensor([[0, 1], [1, 1]], dtype=getattr(cytorch, dtype))
    assert result.dtype == getattr(cytorch, dtype)
    assert result.tolist() == [[0, 1], [1, 1]]


def test_python_types_as_dtype() -> None:
    assert cytorch.tensor([1], dtype=float).dtype == cytorch.float64
    assert cytorch.tensor([1.5], dtype=int).tolist() == [1]


def test_conversion_of_numbers() -> None:
    assert cytorch.tensor([1.7, -1.7], dtype=cytorch.int64).tolist() == [1, -1]
    assert cytorch.tensor([-1], dtype=cytorch.uint8).tolist() == [255]
    assert cytorch.tensor([0.5, 0, float("nan")], dtype=cytorch.bool).tolist() == [
        True, False, True]
    assert cytorch.tensor([1e300], dtype=cytorch.float32).tolist() == [float("inf")]
    assert cytorch.tensor([2 ** 63], dtype=cytorch.float64).tolist() == [2.0 ** 63]
    assert cytorch.tensor([-2 ** 63]).tolist() == [-2 ** 63]


@pytest.mark.parametrize(("data", "dtype"), [
    ([300], "uint8"), ([-300], "uint8"), ([-1.5], "uint8"), ([2 ** 31], "int32"),
    ([-129], "int8"), ([2 ** 63], "int64"), ([float("nan")], "int64"), ([float("inf")], "int32"),
    ([1e30], "int64"),
])
def test_overflow_names_value_and_dtype(data: list[Any], dtype: str) -> None:
    with pytest.raises(ValueError, match=dtype) as caught:
        cytorch.tensor(data, dtype=getattr(cytorch, dtype))
    assert repr(data[0]) in str(caught.value)


@pytest.mark.parametrize(("data", "where"), [
    ([[1, 2], [3]], r"length 2 at data\[1\].*length 1"),
    ([[1, 2], 3], r"length 2 at data\[1\].*int 3"),
    ([1, [2]], r"number at data\[1\].*length 1"),
    ([[[1]], [[2], [3]]], r"length 1 at data\[1\].*length 2"),
    ([[1, 2], [3, [4]]], r"number at data\[1\]\[1\]"),
])
def test_ragged_data_name_the_place(data: Any, where: str) -> None:
    with pytest.raises(ValueError, match=where):
        cytorch.tensor(data)


@pytest.mark.parametrize(("data", "message"), [
    ("a", "str"), (["a"], "str"), (None, "NoneType"), ([None, 1.0], "NoneType"),
    ({1: 2}, "dict"), ({1, 2}, "set"), (b"ab", "bytes"), (object(), "object"),
    (np.array(["a"]), "<U1"), (np.array([1], dtype=object), "object"),
    (np.ones(2, ">f4"), "byte order"), (np.array([1], "M8[s]"), "datetime64"),
])
def test_no_numbers(data: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        cytorch.tensor(data)


def test_complex_into_real() -> None:
    with pytest.raises(TypeError, match="1j.*float32"):
        cytorch.tensor([1j], dtype=cytorch.float32)


def test_too_deep() -> None:
    data: Any = 1
    for _ in range(65):
        data = [data]
    with pytest.raises(ValueError, match="deeper than 64"):
        cytorch.tensor(data)


def test_endless_nesting_ends() -> None:
    data: list[Any] = []
    data.append(data)
    with pytest.raises(ValueError, match="deeper than 64"):
        cytorch.tensor(data)


def test_copy_of_a_tensor() -> None:
    x = cytorch.ones(2, requires_grad=True)
    with pytest.warns(UserWarning, match="copy construct"):
        y = cytorch.tensor(x)
    assert not y.requires_grad
    assert y.data_ptr() != x.data_ptr()


def test_copy_of_an_array() -> None:
    source = np.arange(6.0).reshape(2, 3)[:, ::-1]
    result = cytorch.tensor(source)
    assert result.tolist() == source.tolist()
    source[0, 0] = 99
    assert result[0, 0].item() == 2.0


def test_device_and_requires_grad() -> None:
    assert cytorch.tensor([1.0, 2.0], device="meta").shape == (2,)
    assert cytorch.tensor([1.0], requires_grad=True).is_leaf


def test_as_tensor_shares() -> None:
    x = cytorch.ones(2, requires_grad=True) * 2
    assert cytorch.as_tensor(x) is x
    assert cytorch.as_tensor(x, dtype=cytorch.float64).requires_grad
    source = np.zeros(2)
    cytorch.as_tensor(source)[0] = 5
    assert source.tolist() == [5.0, 0.0]
    assert cytorch.as_tensor(source[::-1]).tolist() == [0.0, 5.0]
    assert cytorch.as_tensor([1, 2.0]).tolist() == [1.0, 2.0]


def test_asarray() -> None:
    x = cytorch.ones(2)
    assert cytorch.asarray(x) is x
    assert cytorch.asarray(x, copy=True) is not x
    source = np.zeros(2)
    cytorch.asarray(source)[0] = 5
    assert source[0] == 5
    assert cytorch.asarray([1, 2]).tolist() == [1, 2]
    assert cytorch.asarray(bytearray(b"ab"), dtype=cytorch.uint8).tolist() == [97, 98]
    assert cytorch.asarray([1.0], requires_grad=True).requires_grad
    assert not cytorch.asarray(cytorch.ones(1, requires_grad=True)).requires_grad
    with pytest.raises(ValueError, match="without a copy"):
        cytorch.asarray(x, dtype=cytorch.float64, copy=False)
    with pytest.raises(ValueError, match="list"):
        cytorch.asarray([1], copy=False)


def test_frombuffer() -> None:
    memory = bytearray(range(8))
    x = cytorch.frombuffer(memory, dtype=cytorch.uint8, offset=2, count=3)
    assert x.tolist() == [2, 3, 4]
    x[0] = 99
    assert memory[2] == 99
    with pytest.raises(BufferError):
        memory.append(1)
    del x
    memory.append(1)
    assert cytorch.frombuffer(bytes(4), dtype=cytorch.float32).tolist() == [0.0]


def test_frombuffer_keeps_the_memory_alive() -> None:
    x = cytorch.frombuffer(bytearray(b"\1\2\3"), dtype=cytorch.uint8)[1:]
    assert x.tolist() == [2, 3]


def test_frombuffer_that_is_not_aligned_copies() -> None:
    memory = bytearray(9)
    x = cytorch.frombuffer(memory, dtype=cytorch.float32, offset=1)
    x[0] = 1.0
    assert memory == bytes(9)


@pytest.mark.parametrize(("options", "message"), [
    ({"offset": 3}, "multiple of element size"), ({"count": 3}, "must not be greater"),
    ({"count": 0}, "must not be 0"), ({"offset": 8}, "offset"), ({"offset": -1}, "offset"),
])
def test_frombuffer_errors(options: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cytorch.frombuffer(bytearray(8), dtype=cytorch.int32, **options)
    with pytest.raises(ValueError, match="must not be 0"):
        cytorch.frombuffer(b"", dtype=cytorch.int32)
    with pytest.raises(TypeError):
        cytorch.frombuffer(3, dtype=cytorch.int32)


def test_tensor_constructor() -> None:
    assert cytorch.Tensor([1, 2]).tolist() == [1.0, 2.0]
    assert cytorch.Tensor(2, 3).shape == (2, 3)
    assert cytorch.Tensor().shape == (0,)
    assert cytorch.Tensor(cytorch.Size([2, 3])).shape == (2, 3)
    assert cytorch.Tensor((2, 3)).tolist() == [2.0, 3.0]
    assert cytorch.Tensor(np.ones(2)).dtype == cytorch.float32
    x = cytorch.ones(2)
    assert cytorch.Tensor(x).data_ptr() == x.data_ptr()
    with pytest.raises(TypeError, match="float"):
        cytorch.Tensor(2.5)
    with pytest.raises(TypeError, match="str"):
        cytorch.Tensor("a")


def test_legacy_types() -> None:
    assert cytorch.LongTensor([1, 2.7]).tolist() == [1, 2]
    assert cytorch.IntTensor(2, 3).shape == (2, 3)
    assert cytorch.DoubleTensor(np.ones(2)).dtype == cytorch.float64
    x = cytorch.ones(2)
    assert isinstance(x, cytorch.FloatTensor)
    assert not isinstance(x, cytorch.LongTensor)
    assert repr(cytorch.FloatTensor) == "<class 'torch.FloatTensor'>"
    assert x.type() == "torch.FloatTensor"
    assert x.type(cytorch.LongTensor).dtype == cytorch.int64
    assert x.type("torch.DoubleTensor").dtype == cytorch.float64
    with pytest.raises(TypeError, match=r"int64.*float32"):
        cytorch.LongTensor(x)
    with pytest.raises(ValueError, match="WordTensor"):
        x.type("torch.WordTensor")
