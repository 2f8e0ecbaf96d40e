"""Anomaly mode points at lines of the user's program."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cytorch
from cytorch.autograd import Function, detect_anomaly, set_detect_anomaly


@pytest.fixture
def anomaly() -> Any:
    with set_detect_anomaly(True):
        yield


def line_of(text: str) -> int:
    lines = Path(__file__).read_text().splitlines()
    return next(i for i, line in enumerate(lines, 1) if line.endswith(f"# {text}"))


def test_nan_gradient_names_op_and_line(anomaly: Any) -> None:
    x = cytorch.zeros(2, requires_grad=True)
    y = x.sqrt()  # the square root
    with pytest.raises(RuntimeError, match="SqrtBackward0' returned nan values") as caught:
        (y * 0).sum().backward()
    assert f'File "{__file__}", line {line_of("the square root")}' in str(caught.value)


def test_first_non_finite_output_is_named(anomaly: Any) -> None:
    x = cytorch.tensor([0.0, 1.0], requires_grad=True)
    y = x.log()  # the logarithm
    z = (y * 0).sum()
    with pytest.raises(RuntimeError, match="returned nan values") as caught:
        z.backward()
    message = str(caught.value)
    assert "first output that was not finite is the one of LogBackward0" in message
    assert f'line {line_of("the logarithm")}' in message


def test_finite_gradients_pass(anomaly: Any) -> None:
    x = cytorch.ones(2, requires_grad=True)
    x.sqrt().sum().backward()
    assert x.grad.tolist() == [0.5, 0.5]


def test_check_nan_off() -> None:
    x = cytorch.zeros(1, requires_grad=True)
    with set_detect_anomaly(True, check_nan=False):
        (x.sqrt() * 0).sum().backward()
    assert x.grad.isnan().all()


def test_failing_backward_says_where_it_was_called(anomaly: Any) -> None:
    class Fails(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            raise KeyError("no")

    y = Fails.apply(cytorch.ones(1, requires_grad=True))  # the call
    with (pytest.warns(UserWarning, match=rf"FailsBackward(.|\n)*line {line_of('the call')}"),
          pytest.raises(KeyError)):
        y.backward()


def test_recorded_before_the_mode() -> None:
    y = cytorch.zeros(1, requires_grad=True).sqrt() * 0
    with set_detect_anomaly(True), pytest.raises(RuntimeError, match="recorded before"):
        y.sum().backward()


def test_modes_nest_and_end() -> None:
    assert not cytorch.autograd.is_anomaly_enabled()
    with pytest.warns(UserWarning, match="Anomaly Detection has been enabled"):
        mode = detect_anomaly(check_nan=False)
    with mode:
        assert cytorch.autograd.is_anomaly_enabled()
        assert not cytorch.autograd.is_anomaly_check_nan_enabled()
        with set_detect_anomaly(False):
            assert not cytorch.autograd.is_anomaly_enabled()
        assert cytorch.autograd.is_anomaly_enabled()
    assert not cytorch.autograd.is_anomaly_enabled()
    assert cytorch.autograd.is_anomaly_check_nan_enabled()
