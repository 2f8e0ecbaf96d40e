"""assert_close and make_tensor."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cytorch
from cytorch.testing import assert_close, make_tensor

t = cytorch.tensor


@pytest.mark.parametrize(("actual", "expected"), [
    (1, 1), (1.0, 1.0 + 1e-9), (None, None), (True, True), ([1, 2], (1, 2)),
    ({"a": t([1.0])}, {"a": t([1.0 + 1e-7])}), (np.ones(2), np.ones(2)),
    (t([float("inf")]), t([float("inf")])), (t([]), t([])), (t([1, 2]), t([1, 2])),
])
def test_close(actual: Any, expected: Any) -> None:
    assert_close(actual, expected)


@pytest.mark.parametrize(("actual", "expected", "message"), [
    (t([1.0, 2.0]), t([1.0, 2.5]), "Tensor-likes are not close!\n\nMismatched elements: 1 / 2 "
     "(50.0%)\nGreatest absolute difference: 0.5 at index (1,) (up to 1e-05 allowed)\n"
     "Greatest relative difference: 0.20000000298023224 at index (1,) (up to 1.3e-06 allowed)"),
    (t([1, 2]), t([1, 3]), "Tensor-likes are not equal!\n\nMismatched elements: 1 / 2 (50.0%)\n"
     "Greatest absolute difference: 1 at index (1,)\n"
     "Greatest relative difference: 0.3333333432674408 at index (1,)"),
    (t(1.0), t(2.0), "Scalars are not close!\n\nExpected 2.0 but got 1.0.\nAbsolute difference: "
     "1.0 (up to 1e-05 allowed)\nRelative difference: 0.5 (up to 1.3e-06 allowed)"),
    (t([1.0]), t([[1.0]]), "The values for attribute 'shape' do not match: torch.Size([1]) != "
     "torch.Size([1, 1])."),
    (t([1.0]), t([1]), "The values for attribute 'dtype' do not match: torch.float32 != "
     "torch.int64."),
    ([1, [2]], [1, [3]], "Scalars are not equal!\n\nExpected 3 but got 2.\nAbsolute difference: "
     "1\nRelative difference: 0.3333333333333333\n\nThe failure occurred for item [1][0]"),
    ([1], [1, 2], "The length of the sequences mismatch: 1 != 2"),
    (None, 1, "None mismatch: None is not 1"),
    (True, False, "Booleans mismatch: True is not False"),
])
def test_message(actual: Any, expected: Any, message: str) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_close(actual, expected)
    assert str(caught.value) == message


def test_nan() -> None:
    nan = t([float("nan")])
    with pytest.raises(AssertionError, match="not close"):
        assert_close(nan, nan)
    assert_close(nan, nan, equal_nan=True)
    assert_close(float("nan"), float("nan"), equal_nan=True)


def test_options() -> None:
    assert_close(t([1.0]), t([1.05]), rtol=0.1, atol=0.0)
    assert_close(t([1.0]), t([1]), check_dtype=False)
    with pytest.raises(AssertionError, match="mine"):
        assert_close(1, 2, msg="mine")
    with pytest.raises(AssertionError, match="before: Scalars"):
        assert_close(1, 2, msg=lambda text: f"before: {text}")
    with pytest.raises(ValueError, match="no atol"):
        assert_close(1, 1, rtol=0.1)
    with pytest.raises(TypeError, match="No comparison pair"):
        assert_close("a", "a")
    with pytest.raises(AssertionError, match=r"stride\(\)"):
        assert_close(cytorch.ones(2, 3), cytorch.ones(3, 2).t(), check_stride=True)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int64", "float16", "float32",
                                   "float64"])
def test_make_tensor(dtype: str) -> None:
    made = make_tensor(3, 4, dtype=getattr(cytorch, dtype))
    assert made.shape == (3, 4)
    assert made.dtype == getattr(cytorch, dtype)
    assert made.double().abs().max().item() <= 10


def test_make_tensor_options() -> None:
    made = make_tensor((3, 4), dtype=cytorch.float32, low=1, high=2, requires_grad=True,
                       noncontiguous=True)
    assert made.requires_grad
    assert made.is_leaf
    assert not made.is_contiguous()
    assert made.min().item() >= 1
    assert made.max().item() <= 2
    assert (make_tensor(100, dtype=cytorch.int64, low=0, high=2, exclude_zero=True) != 0).all()
    with pytest.raises(ValueError, match="requires_grad"):
        make_tensor(2, dtype=cytorch.int64, requires_grad=True)
    with pytest.raises(ValueError, match="must be less"):
        make_tensor(2, dtype=cytorch.int64, low=3, high=1)
