"""Complex numbers: views of their parts, conversions, special values, what raises."""
from __future__ import annotations

import cmath
import math
import pickle
import warnings
from typing import Any

import numpy as np
import pytest

import cytorch
from support.layouts import to_numpy

NAN, INF = math.nan, math.inf
PARTS = [0.0, -0.0, 1.0, -2.5, 1e-30, 1e30, INF, -INF, NAN]
UNARY = ("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh",
         "asinh", "acosh", "atanh")


def numbers(dtype: str) -> np.ndarray[Any, Any]:
    return np.array([complex(a, b) for a in PARTS for b in PARTS], dtype)


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("name", ["abs", "angle", "isnan", "isinf", "isfinite"])
def test_special_values(name: str, dtype: str) -> None:
    values = numbers(dtype)
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(values)
    np.testing.assert_allclose(to_numpy(getattr(cytorch, name)(cytorch.from_numpy(values))),
                               expected, rtol=1e-6)


@pytest.mark.parametrize("name", UNARY)
def test_functions_agree_with_python(name: str) -> None:
    """At finite numbers, where Python's functions are defined."""
    values = [complex(a, b) for a in (-2.5, -0.5, 0.25, 3.0) for b in (-1.5, 0.0, 0.75)]
    values = [z for z in values if not (z.imag == 0 and name in ("asin", "acos", "atanh", "acosh"))]
    expected = [getattr(cmath, name)(z) for z in values]
    result = getattr(cytorch, name)(cytorch.tensor(values, dtype=cytorch.complex128))
    np.testing.assert_allclose(to_numpy(result), expected, rtol=1e-13, atol=1e-15)


def test_division_does_not_overflow_in_between() -> None:
    large = cytorch.tensor([1e30 + 1e30j])
    assert (large / large).item() == 1
    assert (large.reciprocal() * large).sub(1).abs().item() < 1e-6
    by_zero = (cytorch.tensor([1 + 1j]) / cytorch.tensor([0j])).item()
    assert (by_zero.real, by_zero.imag) == (INF, INF)


@pytest.mark.parametrize("layout", ["contiguous", "transposed", "sliced"])
@pytest.mark.parametrize("name", ["add", "mul", "div", "eq"])
def test_binary_layouts(name: str, layout: str) -> None:
    """All loops: packed, with a number on either side, strided, cast on the way."""
    array = (np.arange(24.0) - 7.5 + 1j * np.arange(24.0)[::-1]).reshape(4, 6)
    x = cytorch.from_numpy(array)
    if layout == "transposed":
        x, array = x.t(), array.T
    elif layout == "sliced":
        x, array = x[::2, 1::2], array[::2, 1::2]
    y = array[::-1] + 1
    numpy_name = {"add": "add", "mul": "multiply", "div": "divide", "eq": "equal"}[name]
    function, reference = getattr(cytorch, name), getattr(np, numpy_name)
    for left, right in ((array, y.copy()), (array, np.array(2 + 1j)), (np.array(1j), y.copy()),
                        (array, y.real.copy()), (array.astype("complex64"), y.copy())):
        first = x if left is array else cytorch.from_numpy(np.ascontiguousarray(left))
        result = function(first.reshape(left.shape), cytorch.from_numpy(right))
        np.testing.assert_allclose(to_numpy(result), reference(left, right), rtol=1e-12)


# ---- parts


def test_parts_are_views() -> None:
    x: Any = cytorch.tensor([1 + 2j, 3 - 4j])
    x.real.mul_(2)
    x.imag[0] = 7
    assert x.tolist() == [2 + 7j, 6 - 4j]
    x.real = cytorch.tensor([8.0, 9.0])
    x.imag = 0
    assert x.tolist() == [8, 9]
    assert x.real._base is x
    assert x.imag.storage_offset() == 1
    assert cytorch.view_as_real(x).data_ptr() == x.data_ptr()


def test_writing_a_part_has_a_gradient() -> None:
    """d/dx of |re * w + im i|, through a write into the real part of a recorded tensor."""
    x = cytorch.tensor([3 + 4j], requires_grad=True)
    w = cytorch.tensor([2.0], requires_grad=True)
    y = x * 1
    y.real.mul_(w)
    y.abs().sum().backward()
    size = abs(6 + 4j)
    assert x.grad.item() == pytest.approx(complex(2 * 6, 4) / size)
    assert w.grad.item() == pytest.approx(3 * 6 / size)


def test_writing_a_complex_view_of_reals_has_a_gradient() -> None:
    pairs = cytorch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    copy = pairs * 1
    cytorch.view_as_complex(copy)[1:].mul_(1j)
    (copy * cytorch.tensor([1.0, 10.0])).sum().backward()
    assert pairs.grad.tolist() == [[1, 10], [10, -1]]


def test_parts_after_the_whole_was_written() -> None:
    x = cytorch.tensor([1 + 2j], requires_grad=True)
    y = x * 1
    part = y.imag
    y.mul_(1j)
    part.sum().backward()
    assert part.item() == 1
    assert x.grad.item() == 1


@pytest.mark.parametrize("kind", ["H", "mH"])
def test_conjugate_transposes(kind: str) -> None:
    x = cytorch.tensor([[1 + 2j, 3j], [4, 5 - 1j]])
    assert getattr(x, kind).tolist() == [[1 - 2j, 4], [-3j, 5 + 1j]]
    assert x.adjoint().tolist() == getattr(x, kind).tolist()


def test_conjugates_are_computed_at_once() -> None:
    x = cytorch.tensor([1 + 2j])
    assert x.conj().numpy().tolist() == [1 - 2j]
    assert not x.conj().is_conj()
    assert x.conj().data_ptr() != x.data_ptr()
    real = cytorch.ones(1)
    assert real.conj() is real


# ---- conversions


def test_cast_to_real_warns() -> None:
    x = cytorch.tensor([1 + 2j])
    for cast in (x.float, x.int, lambda: cytorch.zeros(1).copy_(x)):
        with pytest.warns(UserWarning, match="discards the imaginary part"):
            assert cast().item() == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cytorch.tensor([2j, 0]).bool().tolist() == [True, False]
        assert x.real.item() == 1


def test_real_inputs_get_real_gradients() -> None:
    """Without the warning of a cast."""
    w = cytorch.tensor([2.0], requires_grad=True)
    (w * (3 + 4j)).abs().sum().backward()
    assert w.grad.dtype == cytorch.float32
    assert w.grad.item() == pytest.approx(5)


def test_promotion() -> None:
    assert (cytorch.ones(1) + 1j).dtype == cytorch.complex64
    assert (cytorch.ones(1, dtype=cytorch.float64) * 1j).dtype == cytorch.complex128
    assert (cytorch.ones(1, dtype=cytorch.int64) * 1j).dtype == cytorch.complex64
    assert (cytorch.ones(1, dtype=cytorch.complex64)
            + cytorch.tensor(1.0, dtype=cytorch.float64)).dtype == cytorch.complex64
    cytorch.set_default_dtype(cytorch.float64)
    assert cytorch.tensor([1j]).dtype == cytorch.complex128


def test_python_numbers() -> None:
    x = cytorch.tensor(1.5 + 0j)
    assert (complex(x), float(x), int(x)) == (1.5, 1.5, 1)
    assert f"{cytorch.tensor(1 + 2j):.1f}" == "1.0+2.0j"
    assert [bool(cytorch.tensor(z)) for z in (1j, 0j)] == [True, False]
    with pytest.raises(RuntimeError, match="without overflow"):
        float(cytorch.tensor(1j))


def test_random() -> None:
    x = cytorch.randn(20000, dtype=cytorch.complex128)
    assert (x * x.conj()).real.mean().item() == pytest.approx(1, abs=0.05)
    assert x.real.square().mean().item() == pytest.approx(0.5, abs=0.05)
    assert cytorch.rand(1000, dtype=cytorch.complex64).imag.amax().item() < 1
    assert cytorch.empty(3, dtype=cytorch.complex64).normal_(2, 0).tolist() == [2, 2, 2]


def test_pickle() -> None:
    x = cytorch.tensor([[1 + 2j, 3j]]).t()
    assert pickle.loads(pickle.dumps(x)).tolist() == x.tolist()


# ---- errors


@pytest.mark.parametrize("name", ["lt", "le", "gt", "ge", "maximum", "minimum", "fmod",
                                  "remainder", "floor_divide", "atan2", "hypot"])
def test_no_order(name: str) -> None:
    x = cytorch.tensor([1 + 2j])
    with pytest.raises(cytorch.errors.DTypeError, match="complex64"):
        getattr(cytorch, name)(x, x)


@pytest.mark.parametrize("name", ["sign", "floor", "ceil", "round", "trunc", "deg2rad", "signbit",
                                  "isposinf", "erf", "lgamma", "relu", "random_"])
def test_no_complex_form(name: str) -> None:
    x = cytorch.tensor([1 + 2j])
    function = getattr(cytorch, name, None) or getattr(cytorch.Tensor, name)
    with pytest.raises(cytorch.errors.DTypeError, match=r"complex64|complex tensors"):
        function(x)


def test_in_place_needs_room_for_the_result() -> None:
    x, real = cytorch.tensor([1 + 2j]), cytorch.ones(1)
    for call in (x.abs_, lambda: real.mul_(1j), lambda: real.add_(x)):
        with pytest.raises(cytorch.errors.DTypeError):
            call()
    for call in (lambda: real.fill_(1j), lambda: real.masked_fill(real > 0, 1j),
                 lambda: cytorch.add(real, real, alpha=1j)):
        with pytest.raises(cytorch.errors.ArgumentError, match="1j"):
            call()
    assert real.item() == 1


def test_backward_needs_a_real_number_or_a_complex_gradient() -> None:
    x = cytorch.tensor([1 + 2j], requires_grad=True)
    with pytest.raises(RuntimeError, match="only for real scalar"):
        (x * x).sum().backward()
    with pytest.raises(RuntimeError, match="required to have the same dtype"):
        (x * x).backward(cytorch.ones(1))
    (x * x).backward(cytorch.tensor([1j]))
    assert x.grad.item() == 1j * (2 - 4j)
