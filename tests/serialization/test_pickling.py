"""pickle, copy and deepcopy of tensors."""
from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import cytorch

DTYPES = ["float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8",
          "bool"]


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize("dtype", DTYPES)
def test_pickle(dtype: str, protocol: int) -> None:
    x = cytorch.arange(6).view(2, 3).to(getattr(cytorch, dtype))
    for y in (x, x.t(), x[:, ::2], x[0, 0], x[:0]):
        again = pickle.loads(pickle.dumps(y, protocol))
        assert again.dtype == y.dtype
        assert again.tolist() == y.tolist()
        assert tuple(again.shape) == tuple(y.shape)


def test_a_pickled_tensor_can_be_written_to() -> None:
    again = pickle.loads(pickle.dumps(cytorch.zeros(3), 5))
    assert again.add_(1).tolist() == [1, 1, 1]


def test_views_pickle_only_what_they_show() -> None:
    assert len(pickle.dumps(cytorch.ones(100_000)[:2])) < 1000
    assert len(pickle.dumps(cytorch.ones(1000, 1000)[:, 0])) < 6000


def test_requires_grad_parameters_and_attributes() -> None:
    x = cytorch.ones(2, requires_grad=True)
    assert pickle.loads(pickle.dumps(x)).requires_grad
    parameter = cytorch.nn.Parameter(cytorch.ones(2), requires_grad=False)
    again = pickle.loads(pickle.dumps(parameter))
    assert type(again) is cytorch.nn.Parameter
    assert not again.requires_grad


def test_out_of_band_buffers() -> None:
    x = cytorch.arange(1000)
    buffers: list[Any] = []
    data = pickle.dumps(x, 5, buffer_callback=buffers.append)
    assert len(data) < 300
    assert buffers[0].raw().nbytes == 8000
    assert pickle.loads(data, buffers=[bytearray(b.raw()) for b in buffers]).tolist() == x.tolist()


def test_same_object_stays_same() -> None:
    x = cytorch.ones(2)
    first, second = pickle.loads(pickle.dumps([x, x]))
    assert first is second


def test_deepcopy() -> None:
    x = cytorch.ones(4, requires_grad=True)
    x.sum().backward()
    y = copy.deepcopy(x)
    assert y is not x
    assert y.requires_grad
    assert y.grad is not None
    assert y.grad is not x.grad
    with cytorch.no_grad():
        y.add_(1)
    assert x.tolist() == [1, 1, 1, 1]
    first, second = copy.deepcopy([x, x])
    assert first is second
    with pytest.raises(RuntimeError, match="leaves"):
        copy.deepcopy(x * 2)


def test_deepcopy_keeps_views_together() -> None:
    base = cytorch.zeros(4)
    copied, view = copy.deepcopy([base, base[1:3]])
    copied[1] = 5
    assert view.tolist() == [5, 0]
    assert base.tolist() == [0, 0, 0, 0]


def test_deepcopy_of_a_module() -> None:
    model = cytorch.nn.Linear(2, 3)
    other = copy.deepcopy(model)
    assert cytorch.equal(other.weight, model.weight)
    with cytorch.no_grad():
        other.weight.zero_()
    assert not cytorch.equal(other.weight, model.weight)
    assert type(other.weight) is cytorch.nn.Parameter


def test_shallow_copy_shares() -> None:
    x = cytorch.zeros(2)
    copy.copy(x)
    assert x.tolist() == [0, 0]
