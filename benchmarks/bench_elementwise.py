"""Elementwise ops, reductions and fused kernels on 1e3 to 1e7 float32 elements."""
from __future__ import annotations

from typing import Any

from harness import Runner, make_test, workload

SIZES = (1_000, 100_000, 10_000_000)
BINARY = ("add", "mul", "div", "maximum")
UNARY = ("exp", "log", "tanh", "sigmoid", "sin", "erf", "sqrt", "abs", "relu")
ROWS = ((1000, 1000), (100_000, 64), (64, 100_000), (4096, 10))


@workload("elementwise", *((name, n) for name in BINARY for n in SIZES))
def binary(T: Any, case: tuple[str, int]) -> Runner:
    name, n = case
    x, y, function = T.randn(n), T.randn(n) + 3.0, getattr(T, name)
    return lambda: function(x, y)


@workload("elementwise", *((name, n) for name in UNARY for n in SIZES))
def unary(T: Any, case: tuple[str, int]) -> Runner:
    name, n = case
    x, function = T.rand(n) + 0.5, getattr(T, name)
    return lambda: function(x)


@workload("elementwise", 100_000, 10_000_000)
def add_in_place(T: Any, n: int) -> Runner:
    x, y = T.randn(n), T.zeros(n)
    return lambda: x.add_(y)


@workload("elementwise", 100_000, 10_000_000)
def temporaries(T: Any, n: int) -> Runner:
    x, y = T.randn(n), T.randn(n)
    return lambda: (x * 1.5 + y) * 0.5 - y


@workload("elementwise", 1000)
def transposed_add(T: Any, n: int) -> Runner:
    x, y = T.randn(n, n).t(), T.randn(n, n)
    return lambda: x + y


@workload("reduction", *((name, shape) for name in ("sum", "amax", "var", "argmax")
                         for shape in ROWS))
def over_rows(T: Any, case: tuple[str, tuple[int, int]]) -> Runner:
    name, shape = case
    x, function = T.randn(*shape), getattr(T, name)
    return lambda: function(x, dim=-1)


@workload("reduction", *ROWS)
def sum_over_columns(T: Any, shape: tuple[int, int]) -> Runner:
    x = T.randn(*shape)
    return lambda: T.sum(x, dim=0)


@workload("reduction", *ROWS)
def softmax(T: Any, shape: tuple[int, int]) -> Runner:
    x = T.randn(*shape)
    return lambda: T.softmax(x, dim=-1)


@workload("reduction", (128, 10), (1024, 1000))
def cross_entropy_forward_backward(T: Any, shape: tuple[int, int]) -> Runner:
    scores = T.randn(*shape, requires_grad=True)
    target = T.arange(shape[0]) % shape[1]
    function = T.nn.functional.cross_entropy

    def run() -> None:
        function(scores, target).backward()
        scores.grad = None

    return run


test_elementwise = make_test("elementwise")
test_reduction = make_test("reduction")
