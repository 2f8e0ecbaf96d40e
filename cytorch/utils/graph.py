"""A picture of the recorded graph: `draw(tensor)` makes an SVG of it."""
from __future__ import annotations

import os
from html import escape
from typing import Any

from cytorch.errors import ArgumentError, AutogradError

_BOX_HEIGHT, _ROW_HEIGHT, _GAP, _CHARACTER, _MARGIN = 26, 58, 18, 7.3, 12
_ORDER_PASSES = 4
_STYLE = ("text{font:12px monospace;text-anchor:middle}rect{stroke:#444;rx:4}"
          "path{stroke:#888;fill:none}.op{fill:#e8eef7}.leaf{fill:#dff0d8}.root{fill:#fdebd0}")


class GraphDrawing:
    """An SVG picture: notebooks show it, `save` writes it, `str` gives its text."""

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def _repr_svg_(self) -> str:
        return self.svg

    def __str__(self) -> str:
        return self.svg

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.svg)


class _Box:
    def __init__(self, label: str, kind: str, row: int) -> None:
        self.label = label
        self.kind = kind
        self.row = row
        self.parents: list[_Box] = []
        self.children: list[_Box] = []
        self.column = 0.0
        self.x = 0.0
        self.width = _CHARACTER * len(label) + 16

    def y(self) -> float:
        return _MARGIN + self.row * _ROW_HEIGHT


def _key(node: Any) -> int:
    """Nodes of leaves are made when somebody looks, so the leaf itself tells them apart."""
    leaf = getattr(node, "variable", None)
    return id(node) if leaf is None else id(leaf)


def _label(node: Any) -> tuple[str, str]:
    leaf = getattr(node, "variable", None)
    if leaf is None:
        return node.name(), "op"
    return f"leaf {tuple(leaf.shape)}", "leaf"


def _nodes_in_order(root: Any, max_nodes: int) -> list[Any]:
    """All nodes, each behind the nodes that use it, without recursion."""
    users: dict[int, int] = {}
    nodes = {_key(root): root}
    waiting = [root]
    while waiting:
        for parent, _ in waiting.pop().next_functions:
            if parent is None:
                continue
            key = _key(parent)
            users[key] = users.get(key, 0) + 1
            if key not in nodes:
                nodes[key] = parent
                waiting.append(parent)
        if len(nodes) > max_nodes:
            raise ArgumentError(f"draw: the graph has more than {max_nodes} nodes; pass a larger "
                                "max_nodes, or an earlier tensor")
    ready, ordered = [root], []
    while ready:
        node = ready.pop()
        ordered.append(node)
        for parent, _ in node.next_functions:
            if parent is None:
                continue
            key = _key(parent)
            users[key] -= 1
            if users[key] == 0:
                ready.append(nodes[key])
    return ordered


def _boxes(tensor: Any, max_nodes: int) -> list[_Box]:
    """One box per node, in rows: every node below all that use it."""
    root = _Box(f"output {tuple(tensor.shape)}", "root", 0)
    found = {_key(tensor.grad_fn): _Box(*_label(tensor.grad_fn), 1)}
    root.parents.append(found[_key(tensor.grad_fn)])
    for node in _nodes_in_order(tensor.grad_fn, max_nodes):
        box = found[_key(node)]
        for parent, _ in node.next_functions:
            if parent is None:
                continue
            other = found.setdefault(_key(parent), _Box(*_label(parent), 0))
            other.row = max(other.row, box.row + 1)
            box.parents.append(other)
    boxes = [root, *found.values()]
    for box in boxes:
        for other in box.parents:
            other.children.append(box)
    return boxes


def _place(boxes: list[_Box]) -> float:
    """Order every row by the middle of its neighbours, then give out x; returns the width."""
    rows: dict[int, list[_Box]] = {}
    for box in boxes:
        rows.setdefault(box.row, []).append(box)
    for _ in range(_ORDER_PASSES):
        for number in sorted(rows):
            for box in rows[number]:
                near = box.children + box.parents
                if near:
                    box.column = sum(other.column for other in near) / len(near)
            rows[number].sort(key=lambda box: box.column)
            for position, box in enumerate(rows[number]):
                box.column = position - (len(rows[number]) - 1) / 2
    widths = {n: sum(b.width + _GAP for b in row) - _GAP for n, row in rows.items()}
    total = max(widths.values()) + 2 * _MARGIN
    for number, row in rows.items():
        x = (total - widths[number]) / 2
        for box in row:
            box.x = x + box.width / 2
            x += box.width + _GAP
    return total


def _arrow(box: _Box, parent: _Box) -> str:
    x1, y1, x2, y2 = box.x, box.y() + _BOX_HEIGHT, parent.x, parent.y()
    middle = (y1 + y2) / 2
    return f'<path d="M{x1:.0f} {y1:.0f}C{x1:.0f} {middle:.0f} {x2:.0f} {middle:.0f} ' \
           f'{x2:.0f} {y2:.0f}"/>'


def _shape(box: _Box) -> str:
    return (f'<rect class="{box.kind}" x="{box.x - box.width / 2:.0f}" y="{box.y():.0f}" '
            f'width="{box.width:.0f}" height="{_BOX_HEIGHT}"/>'
            f'<text x="{box.x:.0f}" y="{box.y() + 17:.0f}">{escape(box.label)}</text>')


def draw(tensor: Any, max_nodes: int = 500) -> GraphDrawing:
    """Draw the ops that made `tensor`, from the result at the top down to the leaves.

    max_nodes: limit on the size of the graph. Raises RuntimeError for a tensor without history,
    ValueError for a larger graph.

    >>> x = cytorch.ones(2, requires_grad=True)
    >>> "MulBackward0" in str(draw((x * x).sum()))
    True
    """
    if tensor.grad_fn is None:
        raise AutogradError(f"draw: the tensor of shape {tuple(tensor.shape)} has no history: no "
                            "recorded op made it")
    boxes = _boxes(tensor, max_nodes)
    width = _place(boxes)
    height = _MARGIN * 2 + _BOX_HEIGHT + max(box.row for box in boxes) * _ROW_HEIGHT
    arrows = "".join(_arrow(box, parent) for box in boxes for parent in box.parents)
    shapes = "".join(_shape(box) for box in boxes)
    return GraphDrawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}"><style>{_STYLE}</style>{arrows}{shapes}</svg>')
