"""Nested lists, tuples and dicts as a flat list of leaves and a description to build them again."""
from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TreeSpec:
    """The containers of a tree. `kind` is None for a leaf; `context` the keys of a dict."""

    kind: Any
    context: Any
    children: tuple[TreeSpec, ...]

    @property
    def num_leaves(self) -> int:
        return 1 if self.kind is None else sum(child.num_leaves for child in self.children)

    def __str__(self) -> str:
        if self.kind is None:
            return "*"
        return f"{self.kind.__name__}({', '.join(map(str, self.children))})"


LEAF = TreeSpec(None, None, ())
_DICTS = (dict, OrderedDict, defaultdict)


def _is_container(tree: Any) -> bool:
    kind = type(tree)
    return kind in (list, tuple, *_DICTS) or (isinstance(tree, tuple) and hasattr(kind, "_fields"))


def _parts(tree: Any) -> tuple[list[Any], Any]:
    """The children of a container, and what else is needed to build it again."""
    kind = type(tree)
    if kind is defaultdict:
        return list(tree.values()), (tree.default_factory, tuple(tree))
    return (list(tree.values()), tuple(tree)) if kind in _DICTS else (list(tree), None)


def _built(kind: Any, context: Any, children: list[Any]) -> Any:
    if kind is defaultdict:
        return defaultdict(context[0], zip(context[1], children))
    if kind in _DICTS:
        return kind(zip(context, children))
    return kind(*children) if hasattr(kind, "_fields") else kind(children)


def tree_flatten(tree: Any) -> tuple[list[Any], TreeSpec]:
    """The leaves in order, and the description of the containers around them.

    >>> leaves, spec = tree_flatten({"a": 1, "b": (2, [3])})
    >>> leaves, str(spec)
    ([1, 2, 3], 'dict(*, tuple(*, list(*)))')
    """
    if not _is_container(tree):
        return [tree], LEAF
    leaves: list[Any] = []
    specs: list[TreeSpec] = []
    children, context = _parts(tree)
    for child in children:
        found, spec = tree_flatten(child)
        leaves += found
        specs.append(spec)
    return leaves, TreeSpec(type(tree), context, tuple(specs))


def tree_unflatten(leaves: Any, treespec: TreeSpec) -> Any:
    """The tree of this description with these leaves.

    >>> tree_unflatten([4, 5], tree_flatten((1, [2]))[1])
    (4, [5])
    """
    leaves = list(leaves)
    if len(leaves) != treespec.num_leaves:
        raise ValueError(f"tree_unflatten: {len(leaves)} leaves for a tree of "
                         f"{treespec.num_leaves}: {treespec}")
    return _unflatten(iter(leaves), treespec)


def _unflatten(leaves: Iterator[Any], spec: TreeSpec) -> Any:
    if spec.kind is None:
        return next(leaves)
    return _built(spec.kind, spec.context, [_unflatten(leaves, child) for child in spec.children])


def tree_leaves(tree: Any) -> list[Any]:
    """The leaves in order."""
    return tree_flatten(tree)[0]


def tree_map(func: Callable[..., Any], tree: Any, *rests: Any) -> Any:
    """The tree with `func` of each leaf (and of those of further trees of the same shape).

    >>> tree_map(lambda x: x * 2, [1, (2,)])
    [2, (4,)]
    """
    leaves, spec = tree_flatten(tree)
    others = [tree_leaves(rest) for rest in rests]
    return tree_unflatten([func(*group) for group in zip(leaves, *others)], spec)


def broadcast_prefix(prefix: Any, spec: TreeSpec) -> list[Any] | None:
    """A tree that ends above the leaves of `spec`: its leaves, repeated for those below them.

    None where the two do not fit. `in_dims=(0, None)` names dimensions for whole arguments so.
    """
    if not _is_container(prefix):
        return [prefix] * spec.num_leaves
    children, context = _parts(prefix)
    if type(prefix) is not spec.kind or context != spec.context or \
            len(children) != len(spec.children):
        return None
    found: list[Any] = []
    for child, below in zip(children, spec.children):
        part = broadcast_prefix(child, below)
        if part is None:
            return None
        found += part
    return found
