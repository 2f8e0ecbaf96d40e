"""What one op costs when the tensors are tiny: calls, views, recording, training steps."""
from __future__ import annotations

from typing import Any

from harness import Runner, make_test, workload

REPEAT = 100  # ops per call, so that the loop around them does not count


@workload("overhead")
def add(T: Any) -> Runner:
    x, y = T.randn(8), T.randn(8)

    def run() -> None:
        for _ in range(REPEAT):
            x + y

    return run


@workload("overhead")
def add_recording(T: Any) -> Runner:
    x, y = T.randn(8, requires_grad=True), T.randn(8)

    def run() -> None:
        for _ in range(REPEAT):
            x + y

    return run


@workload("overhead")
def multiply_by_number(T: Any) -> Runner:
    x = T.randn(8)

    def run() -> None:
        for _ in range(REPEAT):
            x * 2.0

    return run


@workload("overhead")
def broadcast_add(T: Any) -> Runner:
    x, y = T.randn(4, 8), T.randn(8)

    def run() -> None:
        for _ in range(REPEAT):
            x + y

    return run


@workload("overhead")
def slice_and_view(T: Any) -> Runner:
    x = T.randn(8, 8)

    def run() -> None:
        for _ in range(REPEAT):
            x[1:3].view(-1)

    return run


@workload("overhead")
def sum_all(T: Any) -> Runner:
    x = T.randn(8)

    def run() -> None:
        for _ in range(REPEAT):
            x.sum()

    return run


@workload("overhead")
def matmul_4x4(T: Any) -> Runner:
    x, y = T.randn(4, 4), T.randn(4, 4)

    def run() -> None:
        for _ in range(REPEAT):
            x @ y

    return run


@workload("overhead")
def expression_forward_backward(T: Any) -> Runner:
    weight, bias = T.randn(16, requires_grad=True), T.randn(16, requires_grad=True)
    x = T.randn(16)

    def run() -> None:
        for _ in range(10):
            hidden = (x * weight + bias).tanh()
            ((hidden * hidden) + hidden.sigmoid() - x).pow(2).mean().backward()
            weight.grad = bias.grad = None

    return run


@workload("overhead")
def chain_of_1000(T: Any) -> Runner:
    weight = T.randn(16, requires_grad=True)

    def run() -> None:
        hidden = weight
        for _ in range(1000):
            hidden = hidden * 1.0001
        hidden.sum().backward()
        weight.grad = None

    return run


test_overhead = make_test("overhead")
