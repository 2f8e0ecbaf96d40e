"""What `tensor(data)` makes equals PyTorch's."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import cytorch

DATA: list[Any] = [
    1, 1.5, True, [], [[], []], [1, 2], (1, 2), [True, False], [True, 2], [True, 2, 3.5],
    [[1, 2], [3, 4]], range(3), [[[]]], [1e30, -1e-30], [float("nan"), float("inf")],
    np.float64(1.5), np.float32(1.5), [np.float64(1.5)], [np.float32(1.5), 2], [np.int32(1), 2],
    [np.int32(1)], [np.bool_(True)], [np.ones(2), np.zeros(2)], np.ones((2, 3), "f4"),
    np.arange(6).reshape(2, 3).T, bytearray(b"ab"), memoryview(b"abc"), [2 ** 62, -2 ** 63],
]


def facts(tensor: Any) -> Any:
    values = np.array(tensor.detach().to(tensor.dtype).tolist())
    return str(tensor.dtype), tuple(tensor.shape), repr(values)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("data", DATA, ids=repr)
def test_inferred(data: Any) -> None:
    assert facts(cytorch.tensor(data)) == facts(torch.tensor(data))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int16", "int32", "int64", "float16",
                                   "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("data", [[0, 1, 100], [0.0, 1.5, 99.99], [True, False], 7, [[1.25], [2]],
                                  [-1], [-1.5], [300], [70000.0], [float("nan")]], ids=repr)
def test_given_dtype(data: Any, dtype: str) -> None:
    results = []
    for library in (torch, cytorch):
        try:
            results.append(facts(library.tensor(data, dtype=getattr(library, dtype))))
        except (RuntimeError, ValueError):
            results.append("error")
    assert results[0] == results[1]


@pytest.mark.parametrize("data", ["a", None, [None, 1.0], {1: 2}, b"ab", [[1, 2], [3]]],
                         ids=repr)
def test_both_refuse(data: Any) -> None:
    for library in (torch, cytorch):
        with pytest.raises((TypeError, ValueError, RuntimeError)):
            library.tensor(data)
