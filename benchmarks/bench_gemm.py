"""Matrix products and convolutions."""
from __future__ import annotations

from typing import Any

from harness import Runner, make_test, workload


@workload("gemm", 8, 32, 64, 128, 256, 512, 1024)
def square(T: Any, n: int) -> Runner:
    x, y = T.randn(n, n), T.randn(n, n)
    return lambda: x @ y


@workload("gemm", 64, 512)
def transposed(T: Any, n: int) -> Runner:
    x, y = T.randn(n, n).t(), T.randn(n, n)
    return lambda: x @ y


@workload("gemm", (32, 784, 128), (128, 64, 10), (1, 1024, 1024))
def linear(T: Any, shape: tuple[int, int, int]) -> Runner:
    rows, inner, columns = shape
    x, weight, bias = T.randn(rows, inner), T.randn(columns, inner), T.randn(columns)
    return lambda: T.nn.functional.linear(x, weight, bias)


@workload("gemm", (64, 32), (16, 128))
def batched(T: Any, shape: tuple[int, int]) -> Runner:
    count, n = shape
    x, y = T.randn(count, n, n), T.randn(count, n, n)
    return lambda: T.bmm(x, y)


@workload("gemm", 256)
def float64_square(T: Any, n: int) -> Runner:
    x, y = T.randn(n, n, dtype=T.float64), T.randn(n, n, dtype=T.float64)
    return lambda: x @ y


@workload("conv", (32, 1, 16, 8), (32, 16, 32, 8), (8, 64, 64, 28))
def conv2d_forward_backward(T: Any, shape: tuple[int, int, int, int]) -> Runner:
    batch, channels_in, channels_out, size = shape
    x = T.randn(batch, channels_in, size, size, requires_grad=True)
    weight = T.randn(channels_out, channels_in, 3, 3, requires_grad=True)

    def run() -> None:
        T.nn.functional.conv2d(x, weight, padding=1).sum().backward()
        x.grad = weight.grad = None

    return run


test_gemm = make_test("gemm")
test_conv = make_test("conv")
