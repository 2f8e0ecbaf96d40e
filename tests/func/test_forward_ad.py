"""Dual numbers: levels, what they refuse, and their place in an outer graph."""
from __future__ import annotations

from typing import Any

import pytest

import cytorch
from cytorch.autograd import forward_ad


def test_tangents_are_differentiable() -> None:
    weight = cytorch.tensor([3.0, 4.0], requires_grad=True)
    with forward_ad.dual_level():
        x = forward_ad.make_dual(cytorch.tensor([1.0, 2.0]), cytorch.tensor([1.0, 0.5]))
        primal, tangent = forward_ad.unpack_dual(x * x * weight)
    assert tangent.tolist() == [6.0, 8.0]
    tangent.sum().backward()
    assert weight.grad.tolist() == [2.0, 2.0]
    assert primal.requires_grad


def test_without_an_outer_graph_there_is_no_history() -> None:
    with forward_ad.dual_level():
        x = forward_ad.make_dual(cytorch.ones(2), cytorch.ones(2))
        primal, tangent = forward_ad.unpack_dual(x.exp())
    assert not primal.requires_grad
    assert not tangent.requires_grad


def test_tangents_end_with_their_level() -> None:
    with forward_ad.dual_level():
        x = forward_ad.make_dual(cytorch.ones(2), cytorch.ones(2))
    assert forward_ad.unpack_dual(x * 2).tangent is None


def dual(**options: Any) -> Any:
    return forward_ad.make_dual(cytorch.ones(2), cytorch.ones(2, **options))


def test_errors() -> None:
    with pytest.raises(RuntimeError, match="no level exists"):
        dual()
    with pytest.raises(RuntimeError, match="not the last one"):
        forward_ad.exit_dual_level()
    with forward_ad.dual_level():
        with pytest.raises(RuntimeError, match="Nested forward mode"):
            forward_ad.enter_dual_level()
        with pytest.raises(RuntimeError, match="float64"):
            dual(dtype=cytorch.float64)
        with pytest.raises(ValueError, match=r"of shape \(3,\)"):
            forward_ad.make_dual(cytorch.ones(2), cytorch.ones(3))
        with pytest.raises(TypeError, match="int64"):
            forward_ad.make_dual(cytorch.tensor([1]), cytorch.tensor([1]))
        with cytorch.no_grad(), pytest.raises(RuntimeError, match="no_grad"):
            dual()
