"""torch._foreach_*: every function, in every form, against PyTorch's."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import cytorch

NAMES = sorted(name for name in dir(torch) if name.startswith("_foreach_"))
SHAPES = ((2, 2), (3, 3), (2, 2))


def lists(library: Any, count: int) -> list[Any]:
    random = np.random.default_rng(0)
    return [[library.tensor(random.uniform(0.2, 0.9, shape)) for shape in SHAPES]
            for _ in range(count)]


def forms(library: Any, name: str) -> list[tuple[Any, ...]]:
    """Arguments in every form that the function takes."""
    short = name[len("_foreach_"):].rstrip("_")
    a, b, c = lists(library, 3)
    if short in ("mm", "copy"):
        return [(a, b)]
    if short in ("add", "sub", "mul", "div", "pow", "maximum", "minimum", "clamp_max",
                 "clamp_min"):
        return [(a, b), (a, 0.5), (a, [0.5, 1.5, 2.5])]
    if short in ("addcmul", "addcdiv"):
        return [(a, b, c), (a, b, c, 0.5), (a, b, c, [0.5, 1.5, 2.5]),
                (a, b, c, library.tensor([0.5, 1.5, 2.5]))]
    if short == "lerp":
        return [(a, b, c), (a, b, 0.5), (a, b, [0.5, 0.25, 0.75])]
    if short in ("norm", "powsum"):
        return [(a,), (a, 1)]
    return [(a,)]


@pytest.mark.parametrize("name", NAMES)
def test_equal(name: str) -> None:
    for ours, theirs in zip(forms(cytorch, name), forms(torch, name), strict=True):
        got, want = getattr(cytorch, name)(*ours), getattr(torch, name)(*theirs)
        if name.endswith("_"):
            assert got is ours[0]
            want = theirs[0]
        assert len(got) == len(want)
        for a, b in zip(got, want, strict=True):
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-12)


def test_alpha() -> None:
    (a, b), (c, d) = lists(cytorch, 2), lists(torch, 2)
    got, want = cytorch._foreach_add(a, b, alpha=2), torch._foreach_add(c, d, alpha=2)
    assert [t.tolist() for t in got] == [t.tolist() for t in want]


def test_power_of_a_number() -> None:
    got = cytorch._foreach_pow(2.0, [cytorch.tensor([3.0])])
    assert [t.tolist() for t in got] == [[8.0]]


def test_gradient() -> None:
    x = cytorch.ones(2, requires_grad=True)
    cytorch._foreach_mul([x], 3.0)[0].sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_errors() -> None:
    with pytest.raises(RuntimeError, match="3 and 1"):
        cytorch._foreach_add(lists(cytorch, 1)[0], [1.0])
    with pytest.raises(RuntimeError, match="at least one"):
        cytorch._foreach_add([], 1)
    with pytest.raises(TypeError, match="list of tensors"):
        cytorch._foreach_neg([1.0])
