"""Memory stays flat over training steps, and no depth of graph overflows the stack."""
from __future__ import annotations

import gc

import pytest

import cytorch
from cytorch import nn, optim
from support.subprocesses import run_python

pytestmark = pytest.mark.no_asan

TRAINING = """
    import gc, cytorch
    from cytorch import nn, optim
    import cytorch.nn.functional as F
    if {collect}:
        gc.enable()
    else:
        gc.disable()

    def resident():
        with open("/proc/self/statm") as statistics:
            return int(statistics.read().split()[1]) * 4096

    cytorch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(512, 10))
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    images, labels = cytorch.randn(32, 1, 8, 8), cytorch.arange(32) % 10
    marks = []
    for step in range(1200):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        if step in (199, 1199):
            marks.append(resident())
    print((marks[1] - marks[0]) / 1000)
"""


@pytest.mark.slow
@pytest.mark.parametrize("collect", [True, False], ids=["gc", "no-gc"])
def test_training_is_flat(collect: bool) -> None:
    """1,000 steps of a small CNN grow by less than 1 KB a step, without the collector too."""
    slope = float(run_python(TRAINING.format(collect=collect), timeout=300))
    assert slope < 1024


def test_a_step_leaves_no_objects() -> None:
    """The hot path makes no reference cycles: the number of objects is the same afterwards."""
    model = nn.Linear(4, 2)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    data = cytorch.ones(3, 4)

    def step() -> None:
        optimizer.zero_grad()
        model(data).pow(2).sum().backward()
        optimizer.step()

    for _ in range(5):
        step()
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(50):
            step()
        assert len(gc.get_objects()) - before < 20
    finally:
        gc.enable()


DEEP = """
    import cytorch
    x = cytorch.ones(2, requires_grad=True)
    y = x
    for _ in range(1_000_000):
        y = y + 1.0
    repr(y.grad_fn)
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]
    del y
    z = x
    for _ in range(1_000_000):
        z = z * 1.0
    del z  # a graph that is only freed, never run
    print("ended")
"""


@pytest.mark.slow
def test_a_million_nodes_in_a_small_stack() -> None:
    output = run_python(DEEP, timeout=300, shell_prefix="ulimit -s 1024;")
    assert output.strip() == "ended"


def test_views_and_temporaries_are_freed() -> None:
    """A chain of views holds its storage, and only as long as one of them lives."""
    program = """
        import cytorch

        def resident():
            with open("/proc/self/statm") as statistics:
                return int(statistics.read().split()[1]) * 4096

        for _ in range(3):
            big = cytorch.ones(1000, 1000)
        start = resident()
        for _ in range(200):
            big = cytorch.ones(1000, 1000)
            part = big[1:][:, 2:].t()
            del big
            part = part * 2
        print((resident() - start) / 2**20)
    """
    assert float(run_python(program)) < 24
