"""Learning-rate schedulers."""
from __future__ import annotations

import math

import pytest

import cytorch
from cytorch import optim
from cytorch.optim import lr_scheduler as schedulers


def make_optimizer(lr=1.0, **options):
    parameter = cytorch.ones(1, requires_grad=True)
    parameter.grad = cytorch.zeros(1)
    return optim.SGD([parameter], lr=lr, **options)


def rates(make, steps, **options):
    optimizer = make_optimizer(**options)
    scheduler = make(optimizer)
    found = [optimizer.param_groups[0]["lr"]]
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
        found.append(optimizer.param_groups[0]["lr"])
    assert scheduler.get_last_lr() == [found[-1]]
    return found


CASES = [
    (lambda o: schedulers.StepLR(o, 2, 0.1), [1, 1, 0.1, 0.1, 0.01]),
    (lambda o: schedulers.MultiStepLR(o, [1, 3, 3], 0.1), [1, 0.1, 0.1, 0.001, 0.001]),
    (lambda o: schedulers.ExponentialLR(o, 0.5), [1, 0.5, 0.25, 0.125, 0.0625]),
    (lambda o: schedulers.ConstantLR(o, 0.5, 2), [0.5, 0.5, 1, 1, 1]),
    (lambda o: schedulers.LinearLR(o, 0.5, 1.0, 2), [0.5, 0.75, 1, 1, 1]),
    (lambda o: schedulers.PolynomialLR(o, 4, 2.0), [1, 0.5625, 0.25, 0.0625, 0]),
    (lambda o: schedulers.LambdaLR(o, lambda step: 1 / (1 + step)), [1, 1 / 2, 1 / 3, 1 / 4, 0.2]),
    (lambda o: schedulers.MultiplicativeLR(o, lambda step: 0.5), [1, 0.5, 0.25, 0.125, 0.0625]),
    (lambda o: schedulers.CosineAnnealingLR(o, 4),
     [(1 + math.cos(math.pi * step / 4)) / 2 for step in range(5)]),
    (lambda o: schedulers.CosineAnnealingWarmRestarts(o, 2),
     [(1 + math.cos(math.pi * (step % 2) / 2)) / 2 for step in range(5)]),
    (lambda o: schedulers.CyclicLR(o, 0.0, 1.0, 2, cycle_momentum=False), [0, 0.5, 1, 0.5, 0]),
    (lambda o: schedulers.CyclicLR(o, 0.0, 1.0, 1, mode="triangular2", cycle_momentum=False),
     [0, 1, 0, 0.5, 0]),
    (lambda o: schedulers.SequentialLR(o, [schedulers.ConstantLR(o, 0.5, 9),
                                           schedulers.ExponentialLR(o, 0.1)], [2]),
     [0.5, 0.5, 1, 0.1, 0.01]),
    (lambda o: schedulers.ChainedScheduler([schedulers.ConstantLR(o, 0.5, 2),
                                            schedulers.ExponentialLR(o, 0.1)]),
     [0.5, 0.05, 0.01, 0.001, 0.0001]),
]


@pytest.mark.parametrize(("make", "expected"), CASES)
def test_rates(make, expected):
    assert rates(make, 4) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("make", [row[0] for row in CASES])
def test_resumed_schedule_is_the_same(make):
    whole = rates(make, 4)
    optimizer = make_optimizer()
    scheduler = make(optimizer)
    for _ in range(2):
        optimizer.step()
        scheduler.step()
    resumed_optimizer = make_optimizer()
    resumed = make(resumed_optimizer)
    resumed_optimizer.load_state_dict(optimizer.state_dict())
    resumed.load_state_dict(scheduler.state_dict())
    found = []
    for _ in range(2):
        resumed_optimizer.step()
        resumed.step()
        found.append(resumed_optimizer.param_groups[0]["lr"])
    assert found == pytest.approx(whole[3:])


def test_one_cycle():
    optimizer = make_optimizer(momentum=0.9)
    scheduler = schedulers.OneCycleLR(optimizer, max_lr=1.0, total_steps=11, pct_start=0.5)
    seen = []
    for _ in range(10):
        seen.append((optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["momentum"]))
        optimizer.step()
        scheduler.step()
    assert seen[0] == pytest.approx((1 / 25, 0.95))
    assert max(lr for lr, _ in seen) == pytest.approx(1.0, abs=0.05)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(1 / 25 / 1e4)
    optimizer.step()
    scheduler.step()
    with pytest.raises(ValueError, match="Tried to step 12 times"):
        scheduler.step()


def test_cyclic_momentum_of_adam():
    optimizer = optim.Adam([cytorch.ones(1, requires_grad=True)], lr=0.1)
    scheduler = schedulers.CyclicLR(optimizer, 0.1, 1.0, step_size_up=2)
    assert optimizer.param_groups[0]["betas"] == (0.9, 0.999)
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["betas"][0] == pytest.approx(0.85)


def test_plateau():
    optimizer = make_optimizer()
    scheduler = schedulers.ReduceLROnPlateau(optimizer, factor=0.5, patience=1, cooldown=1,
                                             min_lr=0.2)
    found = []
    for metric in (1.0, 0.5, 0.5, 0.6, cytorch.tensor(0.7), 0.8, 0.9, 1.0, 1.0):
        scheduler.step(metric)
        found.append(optimizer.param_groups[0]["lr"])
    assert found == [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]
    scheduler.load_state_dict(scheduler.state_dict())
    assert scheduler.best == 0.5


def test_wrong_order_warns():
    optimizer = make_optimizer()
    scheduler = schedulers.StepLR(optimizer, 1)
    with pytest.warns(UserWarning, match="before `optimizer.step"):
        scheduler.step()


def test_get_lr_outside_of_step_warns():
    scheduler = schedulers.StepLR(make_optimizer(), 1)
    with pytest.warns(UserWarning, match="get_last_lr"):
        scheduler.get_lr()


def test_old_epoch_argument():
    optimizer = make_optimizer()
    scheduler = schedulers.StepLR(optimizer, 2, 0.1)
    optimizer.step()
    with pytest.warns(UserWarning, match="epoch parameter"):
        scheduler.step(5)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.01)


def test_learning_rate_as_tensor_stays_the_same_object():
    rate = cytorch.tensor(1.0)
    optimizer = make_optimizer(lr=rate)
    scheduler = schedulers.ExponentialLR(optimizer, 0.5)
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.item() == 0.5


@pytest.mark.parametrize(("make", "kind", "message"), [
    (lambda o: schedulers.StepLR(3, 1), TypeError, "int is not an Optimizer"),
    (lambda o: schedulers.StepLR(o, 1, last_epoch=3), KeyError, "initial_lr"),
    (lambda o: schedulers.LambdaLR(o, [abs, abs]), ValueError, "Expected 1 lr_lambdas"),
    (lambda o: schedulers.ConstantLR(o, 2.0), ValueError, "between 0 and 1"),
    (lambda o: schedulers.LinearLR(o, 0.0), ValueError, "greater than 0"),
    (lambda o: schedulers.CosineAnnealingWarmRestarts(o, 0), ValueError, "T_0"),
    (lambda o: schedulers.OneCycleLR(o, 1.0), ValueError, "total_steps OR"),
    (lambda o: schedulers.OneCycleLR(o, 1.0, 10, pct_start=2.0), ValueError, "pct_start"),
    (lambda o: schedulers.ReduceLROnPlateau(o, factor=1.0), ValueError, "Factor"),
    (lambda o: schedulers.ReduceLROnPlateau(o, "x"), ValueError, "mode x is unknown"),
    (lambda o: schedulers.SequentialLR(o, [], []), ValueError, "at least one scheduler"),
    (lambda o: schedulers.CyclicLR(o, [1.0, 2.0], 1.0), ValueError, "base_lr has 2 values"),
])
def test_bad_arguments(make, kind, message):
    with pytest.raises(kind, match=message):
        make(make_optimizer())
