"""GradScaler: scales, skipped steps, growth and backoff, checkpoints, wrong order."""
from __future__ import annotations

import pytest

import cytorch
from cytorch.amp import GradScaler


def setup(**options):
    weight = cytorch.ones(2, requires_grad=True)
    return weight, cytorch.optim.SGD([weight], lr=0.25), GradScaler("cpu", **options)


def test_step_is_as_without() -> None:
    weight, optimizer, scaler = setup()
    scaler.scale(weight.sum()).backward()
    assert weight.grad.tolist() == [65536.0, 65536.0]
    scaler.step(optimizer)
    scaler.update()
    assert weight.tolist() == [0.75, 0.75]


def test_infinite_gradients_skip_the_step() -> None:
    weight, optimizer, scaler = setup(init_scale=8.0)
    weight.grad = cytorch.tensor([1.0, float("inf")])
    assert scaler.step(optimizer) is None
    scaler.update()
    assert weight.tolist() == [1.0, 1.0]
    assert scaler.get_scale() == 4.0


def test_growth() -> None:
    weight, optimizer, scaler = setup(init_scale=2.0, growth_interval=2)
    scales = []
    for _ in range(4):
        weight.grad = cytorch.ones(2)
        scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update()
        scales.append(scaler.get_scale())
    assert scales == [2.0, 4.0, 4.0, 8.0]


def test_wrong_order() -> None:
    weight, optimizer, scaler = setup()
    with pytest.raises(AssertionError, match="No inf checks"):
        scaler.update()
    weight.grad = cytorch.ones(2)
    scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="already been called"):
        scaler.unscale_(optimizer)
    scaler.step(optimizer)
    with pytest.raises(RuntimeError, match="already been called"):
        scaler.step(optimizer)
    with pytest.raises(RuntimeError, match="after step"):
        scaler.unscale_(optimizer)


def test_checkpoint() -> None:
    _, _, scaler = setup(init_scale=32.0)
    _, _, other = setup()
    other.load_state_dict(scaler.state_dict())
    assert other.get_scale() == 32.0
    with pytest.raises(RuntimeError, match="empty"):
        other.load_state_dict({})


def test_disabled() -> None:
    with pytest.warns(UserWarning, match="CUDA is not available"):
        scaler = GradScaler()
    x = cytorch.ones(1)
    assert scaler.scale(x) is x
    assert scaler.get_scale() == 1.0
    assert scaler.state_dict() == {}
