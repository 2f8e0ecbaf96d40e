"""Deep and wide graphs, threads, and backward inside of backward."""
from __future__ import annotations

import threading
from typing import Any

import pytest

import cytorch
from support.subprocesses import run_python

DEEP = """
    import copy, cytorch
    x = cytorch.ones(1, requires_grad=True)
    y = x
    for _ in range(1_000_000):
        y = y + 1
    repr(y)
    y.backward()
    assert x.grad.item() == 1.0
    del y
    y = x
    for _ in range(1_000_000):
        y = y * 1.0
    del y
    z = x * 1
    for _ in range(100_000):
        z.mul_(1)
    z.backward()
    (g,) = cytorch.autograd.grad(sum_of := x.exp().sum(), x)
    print("done")
"""


@pytest.mark.no_asan
def test_a_million_nodes_in_a_small_stack() -> None:
    assert run_python(DEEP, shell_prefix="ulimit -s 1024;") == "done\n"


@pytest.mark.no_asan
def test_deep_graph_of_functions() -> None:
    program = """
        import cytorch
        class Same(cytorch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x.clone()
            @staticmethod
            def backward(ctx, grad):
                ctx.saved_tensors
                return grad
        x = cytorch.ones(1, requires_grad=True)
        for backward in (True, False):
            y = x
            for _ in range(50_000):
                y = Same.apply(y)
            if backward:
                y.backward()
            del y
        print(x.grad.item())
    """
    assert run_python(program, shell_prefix="ulimit -s 1024;") == "1.0\n"


@pytest.mark.no_asan
def test_deep_grad_with_inputs_and_create_graph() -> None:
    program = """
        import cytorch
        x = cytorch.ones(1, requires_grad=True)
        y = x
        for _ in range(100_000):
            y = y * 1.0
        (g,) = cytorch.autograd.grad(y, x, create_graph=True)
        del y
        (g * x).backward()
        print(x.grad.item())
    """
    assert run_python(program, shell_prefix="ulimit -s 1024;") == "1.0\n"


def test_wide_graph() -> None:
    x = cytorch.ones(1, requires_grad=True)
    total = cytorch.cat([x * 1 for _ in range(20_000)]).sum()
    total.backward()
    assert x.grad.item() == 20_000.0


def in_threads(count: int, work: Any) -> None:
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def test_separate_graphs_in_threads() -> None:
    results: dict[int, float] = {}

    def work(number: int) -> None:
        x = cytorch.full((50,), float(number), requires_grad=True)
        for _ in range(50):
            x.grad = None
            (x * x).exp().mul(0).add(x * number).sum().backward()
        results[number] = x.grad.sum().item()

    in_threads(4, work)
    assert results == {n: 50.0 * n for n in range(4)}


def test_shared_leaf_in_threads() -> None:
    x = cytorch.zeros(100, requires_grad=True)

    def work(number: int) -> None:
        for _ in range(100):
            (x * 1).sum().backward()

    in_threads(4, work)
    assert x.grad.tolist() == [400.0] * 100


def test_shared_graph_in_threads() -> None:
    x = cytorch.ones(10, requires_grad=True)
    shared = (x * 2).exp()
    outputs = [(shared * i).sum() for i in range(4)]

    def work(number: int) -> None:
        for _ in range(20):
            outputs[number].backward(retain_graph=True)

    in_threads(4, work)
    expected = 20 * 6 * 2 * cytorch.tensor(2.0).exp().item()
    assert x.grad.tolist() == pytest.approx([expected] * 10, rel=1e-5)


def test_backward_inside_of_a_hook() -> None:
    x = cytorch.ones(1, requires_grad=True)
    other = cytorch.ones(1, requires_grad=True)
    y = x * 2

    def hook(g: Any) -> None:
        with cytorch.enable_grad():
            (other * 3).backward()

    y.register_hook(hook)
    (y * 5).backward()
    assert x.grad.item() == 10.0
    assert other.grad.item() == 3.0


def test_same_graph_inside_of_its_own_hook() -> None:
    x = cytorch.ones(1, requires_grad=True)
    y = x * 2
    z = y * 5
    calls: list[int] = []

    def hook(g: Any) -> None:
        if not calls:
            calls.append(1)
            z.backward(retain_graph=True)

    y.register_hook(hook)
    z.backward(retain_graph=True)
    assert x.grad.item() == 20.0


def test_exception_in_an_inner_pass() -> None:
    x = cytorch.ones(1, requires_grad=True)
    y = x * 2

    def hook(g: Any) -> None:
        cytorch.ones(1).backward()

    handle = y.register_hook(hook)
    with pytest.raises(RuntimeError, match="does not require grad"):
        y.backward(retain_graph=True)
    handle.remove()
    y.backward()
    assert x.grad.item() == 2.0


def test_recording_stays_on_in_the_callers_thread() -> None:
    x = cytorch.ones(1, requires_grad=True)
    (x * 2).backward()
    assert cytorch.is_grad_enabled()
    with pytest.raises(RuntimeError):
        cytorch.ones(1).backward()
    assert cytorch.is_grad_enabled()
