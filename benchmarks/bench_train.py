"""Whole training steps with nn.Module and optim, from tiny to a small CNN."""
from __future__ import annotations

from typing import Any

from harness import Runner, make_test, workload


def training_step(T: Any, model: Any, optimizer: Any, x: Any, target: Any) -> Runner:
    def run() -> None:
        optimizer.zero_grad()
        T.nn.functional.cross_entropy(model(x), target).backward()
        optimizer.step()

    return run


def perceptron(T: Any) -> Any:
    return T.nn.Sequential(T.nn.Linear(64, 32), T.nn.ReLU(), T.nn.Linear(32, 10))


@workload("train", 1, 32)
def perceptron_sgd(T: Any, batch: int) -> Runner:
    model = perceptron(T)
    optimizer = T.optim.SGD(model.parameters(), lr=0.01)
    return training_step(T, model, optimizer, T.randn(batch, 64), T.arange(batch) % 10)


@workload("train", 1, 32)
def perceptron_adam(T: Any, batch: int) -> Runner:
    model = perceptron(T)
    optimizer = T.optim.Adam(model.parameters(), lr=0.01)
    return training_step(T, model, optimizer, T.randn(batch, 64), T.arange(batch) % 10)


@workload("train", 32)
def convolutional_adam(T: Any, batch: int) -> Runner:
    nn = T.nn
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(512, 10))
    optimizer = T.optim.Adam(model.parameters(), lr=0.001)
    return training_step(T, model, optimizer, T.randn(batch, 1, 8, 8), T.arange(batch) % 10)


test_train = make_test("train")
