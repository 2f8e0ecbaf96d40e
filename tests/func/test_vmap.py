"""vmap: what a loop over samples must get right by itself, and its errors."""
from __future__ import annotations

from collections import OrderedDict, namedtuple
from typing import Any

import pytest

import cytorch
from cytorch.func import vmap
from cytorch.func.pytree import broadcast_prefix, tree_flatten, tree_map, tree_unflatten

Pair = namedtuple("Pair", ["left", "right"])


@pytest.fixture
def batch() -> Any:
    return cytorch.arange(6.0).reshape(3, 2)


def noisy(row: Any) -> Any:
    return row + cytorch.rand(2)


def test_random_numbers_are_an_error_by_default(batch: Any) -> None:
    before = cytorch.get_rng_state()
    with pytest.raises(RuntimeError, match="called random operation while in randomness error"):
        vmap(noisy)(batch)
    assert (cytorch.get_rng_state() == before).all(), "nothing was drawn"


def test_random_numbers_of_samples(batch: Any) -> None:
    different = vmap(noisy, randomness="different")(batch) - batch
    assert not cytorch.allclose(different[0], different[1])
    same = vmap(noisy, randomness="same")(batch) - batch
    assert cytorch.allclose(same[0], same[1], atol=1e-6)
    assert not cytorch.allclose(same[0], different[0])


def test_changes_in_place_reach_the_batch(batch: Any) -> None:
    vmap(lambda row: row.mul_(2))(batch)
    assert batch[2].tolist() == [8.0, 10.0]


def test_control_flow_depends_on_values(batch: Any) -> None:
    result = vmap(lambda row: row if row.sum() > 4 else -row)(batch)
    assert result.tolist() == [[0.0, -1.0], [2.0, 3.0], [4.0, 5.0]]


def test_named_results(batch: Any) -> None:
    result = vmap(lambda row: Pair(row.max(), row.min()))(batch)
    assert isinstance(result, Pair)
    assert result.left.tolist() == [1.0, 3.0, 5.0]


def test_one_gradient_for_all_samples(batch: Any) -> None:
    """The samples of a batch with a history come from one node, so backward is linear in size."""
    batch.requires_grad_()
    total = vmap(lambda row: (row * row).sum())(batch).sum()
    total.backward()
    assert batch.grad.tolist() == (2 * batch).tolist()


def test_out_dim_none_keeps_the_first(batch: Any) -> None:
    assert vmap(lambda row: cytorch.ones(2), out_dims=None)(batch).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("arguments", "message"), [
    ({"in_dims": "0"}, "expected `in_dims` to be int"),
    ({"in_dims": (0, 0)}, "not compatible with the structure of `inputs`"),
    ({"in_dims": (1.5,)}, "must be either an integer dimension or None"),
    ({"in_dims": -3}, r"to satisfy -2 <= in_dim < 2"),
    ({"chunk_size": 0}, "chunk_size"),
])
def test_errors(batch: Any, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        vmap(cytorch.sin, **arguments)(batch)


def test_sizes_that_differ(batch: Any) -> None:
    with pytest.raises(ValueError, match=r"got sizes \[3, 2\]"):
        vmap(cytorch.mul)(batch, batch[:2])


def test_trees() -> None:
    tree = OrderedDict(a=[1, (2, Pair(3, 4))], b={"c": None})
    leaves, spec = tree_flatten(tree)
    assert leaves == [1, 2, 3, 4, None]
    again = tree_unflatten(leaves, spec)
    assert again == tree
    assert isinstance(again["a"][1][1], Pair)
    assert tree_map(lambda x: x, tree) == tree
    assert broadcast_prefix(0, spec) == [0] * 5
    assert broadcast_prefix(OrderedDict(a=1, b=None), spec) == [1, 1, 1, 1, None]
    assert broadcast_prefix([1], spec) is None
    with pytest.raises(ValueError, match="4 leaves for a tree of 5"):
        tree_unflatten([1, 2, 3, 4], spec)
