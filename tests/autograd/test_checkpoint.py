"""Checkpointing: the same gradients, less memory, the same random numbers."""
from __future__ import annotations

from typing import Any

import pytest

import cytorch
from cytorch.utils.checkpoint import checkpoint, checkpoint_sequential

BOTH = pytest.mark.parametrize("use_reentrant", [False, True])


def block(x: Any, w: Any) -> Any:
    return (x * w).sin().exp()


def leaves() -> tuple[Any, Any]:
    return (cytorch.tensor([0.1, 0.2, 0.3], requires_grad=True),
            cytorch.tensor([1.0, 2.0, 3.0], requires_grad=True))


@BOTH
def test_same_gradients(use_reentrant: bool) -> None:
    x, w = leaves()
    block(x, w).sum().backward()
    expected = x.grad.tolist(), w.grad.tolist()
    x, w = leaves()
    checkpoint(block, x, w, use_reentrant=use_reentrant).sum().backward()
    assert (x.grad.tolist(), w.grad.tolist()) == expected


@BOTH
def test_forward_runs_again(use_reentrant: bool) -> None:
    x, w = leaves()
    calls: list[int] = []

    def counted(x: Any, w: Any) -> Any:
        calls.append(1)
        return block(x, w)

    y = checkpoint(counted, x, w, use_reentrant=use_reentrant)
    assert len(calls) == 1
    y.sum().backward()
    assert len(calls) == 2


@BOTH
def test_parameters_in_the_closure(use_reentrant: bool) -> None:
    x, w = leaves()
    checkpoint(lambda x: block(x, w), x, use_reentrant=use_reentrant).sum().backward()
    assert w.grad is not None


@BOTH
def test_random_numbers_repeat(use_reentrant: bool) -> None:
    x, _ = leaves()
    masks: list[Any] = []

    def random_block(x: Any) -> Any:
        masks.append(cytorch.rand(3))
        return x * masks[-1]

    y = checkpoint(random_block, x, use_reentrant=use_reentrant)
    between = cytorch.get_rng_state()
    y.sum().backward()
    assert masks[0].tolist() == masks[1].tolist() == x.grad.tolist()
    assert (cytorch.get_rng_state() == between).all()


def test_inner_values_are_not_kept() -> None:
    x = cytorch.ones(1000, requires_grad=True)
    plain = x.sin().cos().exp()
    kept = checkpoint(lambda x: x.sin().cos().exp(), x, use_reentrant=False)

    def saved(node: Any) -> int:
        return 0 if node is None or hasattr(node, "variable") else node._saved_bytes() + sum(
            saved(parent) for parent, _ in node.next_functions)

    assert saved(plain.grad_fn) >= 8000
    assert saved(kept.grad_fn) == 0


def test_grad_keywords_and_no_input() -> None:
    x, w = leaves()
    y = checkpoint(lambda x, *, scale: block(x, w) * scale, x.detach(), scale=2,
                   use_reentrant=False)
    (g,) = cytorch.autograd.grad(y.sum(), w)
    (expected,) = cytorch.autograd.grad(block(x.detach(), w).sum() * 2, w)
    assert g.tolist() == expected.tolist()


def test_second_derivative() -> None:
    x = cytorch.tensor([0.5], dtype=cytorch.float64, requires_grad=True)
    y = checkpoint(lambda x: x ** 3, x, use_reentrant=False)
    (g,) = cytorch.autograd.grad(y, x, create_graph=True)
    (second,) = cytorch.autograd.grad(g, x)
    assert second.item() == pytest.approx(3.0)


def test_backward_twice() -> None:
    x, w = leaves()
    y = checkpoint(block, x, w, use_reentrant=False).sum()
    y.backward(retain_graph=True)
    first = x.grad.clone()
    y.backward()
    assert x.grad.tolist() == (first * 2).tolist()


def test_nested() -> None:
    x, w = leaves()
    block(block(x, w), w).sum().backward()
    expected = x.grad.tolist()
    x, w = leaves()

    def outer(x: Any, w: Any) -> Any:
        return checkpoint(block, checkpoint(block, x, w, use_reentrant=False), w,
                          use_reentrant=False)

    checkpoint(outer, x, w, use_reentrant=False).sum().backward()
    assert x.grad.tolist() == pytest.approx(expected)


@BOTH
def test_sequential(use_reentrant: bool) -> None:
    x, _ = leaves()
    parts = [cytorch.sin, cytorch.cos, cytorch.exp, cytorch.tanh, cytorch.sin]
    y = x
    for part in parts:
        y = part(y)
    (expected,) = cytorch.autograd.grad(y.sum(), x)
    checkpoint_sequential(parts, 2, x, use_reentrant=use_reentrant).sum().backward()
    assert x.grad.tolist() == expected.tolist()
    with pytest.raises(ValueError, match="5 functions into 6 segments"):
        checkpoint_sequential(parts, 6, x, use_reentrant=False)


def test_different_second_run_is_an_error() -> None:
    x, _ = leaves()
    shapes = iter([3, 2])
    y = checkpoint(lambda x: x[:next(shapes)].exp().sum(), x, use_reentrant=False)
    with pytest.raises(RuntimeError, match="different metadata"):
        y.backward()
    lengths = iter([2, 1])

    def shorter(x: Any) -> Any:
        for _ in range(next(lengths)):
            x = x.exp()
        return x.sum()

    with pytest.raises(RuntimeError, match="different number of tensors"):
        checkpoint(shorter, x, use_reentrant=False).backward()


def test_arguments() -> None:
    x, w = leaves()
    with pytest.warns(UserWarning, match="use_reentrant"):
        checkpoint(block, x, w)
    with pytest.raises(ValueError, match="Unexpected keyword arguments: scale"):
        checkpoint(block, x, w, scale=1, use_reentrant=True)
    with pytest.raises(ValueError, match="determinism_check"):
        checkpoint(block, x, w, use_reentrant=False, determinism_check="some")
    with pytest.warns(UserWarning, match="None of the inputs"):
        checkpoint(block, x.detach(), w.detach(), use_reentrant=True)
    with cytorch.no_grad():
        assert not checkpoint(block, x, w, use_reentrant=False).requires_grad
