"""The picture of a recorded graph."""
from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

import cytorch
from cytorch.utils.graph import draw


def test_picture(tmp_path: Path) -> None:
    x, w = cytorch.ones(2, 3, requires_grad=True), cytorch.ones(3, requires_grad=True)
    y = x * w
    picture = draw((y.exp() + y).sum())
    root = ElementTree.fromstring(str(picture))
    labels = [node.text for node in root.iter() if node.tag.endswith("text")]
    assert sorted(labels) == ["AddBackward0", "ExpBackward0", "MulBackward0", "SumBackward0",
                              "leaf (2, 3)", "leaf (3,)", "output ()"]
    arrows = [node for node in root.iter() if node.tag.endswith("path")]
    assert len(arrows) == 7
    assert picture._repr_svg_() == str(picture)
    picture.save(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_text() == str(picture)


def test_boxes_do_not_overlap() -> None:
    x = cytorch.ones(2, requires_grad=True)
    picture = draw(sum(x * i for i in range(1, 6)).sum())
    boxes = [[float(node.get(k)) for k in ("x", "y", "width")]
             for node in ElementTree.fromstring(str(picture)).iter()
             if node.tag.endswith("rect")]
    for i, (x1, y1, width) in enumerate(boxes):
        assert all(y2 != y1 or x2 >= x1 + width or x2 + other <= x1
                   for x2, y2, other in boxes[i + 1:])


def test_same_leaf_twice_is_one_box() -> None:
    x = cytorch.ones(2, requires_grad=True)
    assert str(draw((x * x).sum())).count("leaf (2,)") == 1


def test_limits() -> None:
    with pytest.raises(RuntimeError, match="no history"):
        draw(cytorch.ones(2))
    y = x = cytorch.ones(1, requires_grad=True)
    for _ in range(50):
        y = y * x
    with pytest.raises(ValueError, match="more than 20 nodes"):
        draw(y, max_nodes=20)
