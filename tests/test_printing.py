"""How tensors print. tests/parity/test_printing.py compares many more with PyTorch."""
from __future__ import annotations

import time
from typing import Any

import pytest

import cytorch

inf, nan = float("inf"), float("nan")


@pytest.fixture(autouse=True)
def _default_options() -> Any:
    yield
    cytorch.set_printoptions(profile="default")


@pytest.mark.parametrize(("data", "text"), [
    (1, "tensor(1)"), (1.5, "tensor(1.5000)"), (2.0, "tensor(2.)"), (True, "tensor(True)"),
    ([], "tensor([])"), ([[], []], "tensor([], size=(2, 0))"),
    ([1, -20], "tensor([  1, -20])"), ([True, False], "tensor([ True, False])"),
    ([1.0, 2.5], "tensor([1.0000, 2.5000])"), ([1.0, 200.0], "tensor([  1., 200.])"),
    ([0.0, 0.0], "tensor([0., 0.])"), ([-0.0], "tensor([-0.])"),
    ([nan, inf, -inf], "tensor([nan, inf, -inf])"),
    ([1.0, nan], "tensor([1., nan])"), ([1.5, inf], "tensor([1.5000,    inf])"),
    ([1e-5, 1.0], "tensor([1.0000e-05, 1.0000e+00])"), ([1e9], "tensor([1.0000e+09])"),
    ([1e4, 1.5], "tensor([1.0000e+04, 1.5000e+00])"),
    ([[1, 2], [30, 4]], "tensor([[ 1,  2],\n        [30,  4]])"),
    ([[[1], [2]], [[3], [4]]],
     "tensor([[[1],\n         [2]],\n\n        [[3],\n         [4]]])"),
])
def test_text(data: Any, text: str) -> None:
    assert repr(cytorch.tensor(data)) == text


def test_suffixes() -> None:
    x = cytorch.ones(2, requires_grad=True)
    assert repr(x) == "tensor([1., 1.], requires_grad=True)"
    assert repr(x * 2) == "tensor([2., 2.], grad_fn=<MulBackward0>)"
    assert repr(x.double().detach()) == "tensor([1., 1.], dtype=torch.float64)"
    assert repr(cytorch.ones(2, dtype=cytorch.int32)) == "tensor([1, 1], dtype=torch.int32)"
    assert repr(cytorch.empty(2, 3, device="meta")) == "tensor(..., device='meta', size=(2, 3))"
    assert repr(cytorch.empty(0, dtype=cytorch.int64)) == "tensor([], dtype=torch.int64)"
    long = repr(cytorch.ones(10, requires_grad=True) * 1)
    assert long == ("tensor([1., 1., 1., 1., 1., 1., 1., 1., 1., 1.], "
                    "grad_fn=<MulBackward0>)")


def test_function_node_name() -> None:
    class Same(cytorch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x.clone()

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad

    y = Same.apply(cytorch.ones(1, requires_grad=True))
    assert repr(y) == "tensor([1.], grad_fn=<SameBackward>)"


def test_parameter_and_subclass() -> None:
    assert repr(cytorch.nn.Parameter(cytorch.zeros(1))) == (
        "Parameter containing:\ntensor([0.], requires_grad=True)")

    class Named(cytorch.Tensor):
        pass

    assert repr(cytorch.zeros(1).as_subclass(Named)) == "Named([0.])"


def test_summary() -> None:
    assert repr(cytorch.arange(2000)) == "tensor([   0,    1,    2,  ..., 1997, 1998, 1999])"
    text = repr(cytorch.zeros(100, 100))
    row = "[0., 0., 0.,  ..., 0., 0., 0.]"
    assert text == f"tensor([{row},\n        {row},\n        {row},\n        ...,\n" \
                   f"        {row},\n        {row},\n        {row}])"


def test_options() -> None:
    cytorch.set_printoptions(precision=2, sci_mode=True)
    assert repr(cytorch.tensor([1.0])) == "tensor([1.00e+00])"
    cytorch.set_printoptions(profile="default", threshold=3, edgeitems=1)
    assert repr(cytorch.arange(5)) == "tensor([0,  ..., 4])"
    cytorch.set_printoptions(profile="full")
    assert "..." not in repr(cytorch.zeros(2000))
    cytorch.set_printoptions(profile="default", linewidth=20)
    assert repr(cytorch.arange(6)) == "tensor([0, 1, 2, 3,\n        4, 5])"
    with cytorch.printing.printoptions(precision=1):
        assert repr(cytorch.tensor([0.25])) == "tensor([0.2])"
    with pytest.raises(ValueError, match="profile"):
        cytorch.set_printoptions(profile="tiny")


def test_format() -> None:
    assert f"{cytorch.tensor(3.14159):.2f}" == "3.14"
    assert f"{cytorch.tensor(7):3d}" == "  7"
    assert f"{cytorch.tensor(2.5, requires_grad=True):.1f}" == "2.5"
    assert f"{cytorch.tensor([1, 2])}" == "tensor([1, 2])"
    assert str(cytorch.tensor(1.0)) == "tensor(1.)"
    with pytest.raises(TypeError, match="format"):
        f"{cytorch.tensor([1.0]):.2f}"


@pytest.mark.no_asan
def test_a_billion_elements_print_quickly() -> None:
    big = cytorch.zeros(1).expand(1000, 1000, 1000)
    repr(big)
    best = min(_seconds(lambda: repr(big)) for _ in range(5))
    assert best < 5e-3


def _seconds(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@pytest.mark.parametrize("data", [[1.5, -2.25], [1, 2], [[True], [False]], [nan, inf, 0.0],
                                  [1e-20, 1.0], [[], []], 3.0])
def test_small_tensors_round_trip(data: Any) -> None:
    tensor = cytorch.tensor(data)
    again = eval(repr(tensor), {"tensor": cytorch.tensor, "nan": nan, "inf": inf,
                                "torch": cytorch}) if tensor.numel() else tensor
    cytorch.testing.assert_close(again, tensor, equal_nan=True, rtol=1e-4, atol=0)
