"""assert_close says what PyTorch's says."""
from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

import cytorch

Pair = tuple[Any, Any]


def pairs(T: Any) -> list[Pair]:
    t = T.tensor
    return [
        (t([1.0, 2.0]), t([1.0, 2.1])), (t([1, 2]), t([1, 3])), (t(1.0), t(2.0)), (1, 1.0),
        (1, 2), (1.0, 1.1), (None, None), (None, 1), (True, False), ([1, t([1.0])], [1, t([2.0])]),
        ({"a": 1, "b": t([1.0])}, {"a": 1, "b": t([3.0])}), ({"a": 1}, {"b": 1}), ([1], [1, 2]),
        (t([1.0]), t([1.0], dtype=T.float64)), (t([1.0]), t([[1.0]])),
        (np.ones(2), np.zeros(2)), ("a", "a"), (t([math.nan]), t([math.nan])),
        (t([math.inf, 1]), t([math.inf, 1])), (t([math.inf, 1]), t([-math.inf, 1])),
        (math.nan, math.nan), (t([[1.0, 2], [3, 4]]), t([[1.0, 2], [3, 5]])),
        (t([True, False]), t([True, True])), ([[1, 2]], [[1, 3]]),
        (t([0.0, 1]), t([0.0, 1e-6])), (t([0.5, 1.0]), t([0.0, 1])),
        (T.ones(2, device="meta"), T.zeros(2, device="meta")),
    ]


OPTIONS = [{}, {"rtol": 0.0, "atol": 0.0}, {"rtol": 1e-2, "atol": 1e-3}, {"equal_nan": True},
           {"check_dtype": False}]


def result(T: Any, pair: Pair, options: dict[str, Any]) -> Any:
    try:
        T.testing.assert_close(*pair, **options)
    except (AssertionError, TypeError, ValueError) as error:
        return type(error).__name__, str(error)
    return "close"


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_messages(options: dict[str, Any]) -> None:
    for ours, theirs in zip(pairs(cytorch), pairs(torch), strict=True):
        assert result(cytorch, ours, options) == result(torch, theirs, options)
