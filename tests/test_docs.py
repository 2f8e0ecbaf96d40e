"""The documentation agrees with the code, and its examples run."""
from __future__ import annotations

import doctest
import inspect
import re
from pathlib import Path

import pytest

import cytorch
from cytorch import errors
from cytorch.ops.spec import Op

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def error_classes() -> dict[str, type]:
    return {name: value for name, value in vars(errors).items()
            if isinstance(value, type) and value.__module__ == errors.__name__}


def test_error_table_lists_every_class() -> None:
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \|$", text, re.M)
    expected = [(name, ", ".join(f"`{base.__name__}`" for base in error.__bases__),
                 (inspect.getdoc(error) or "").splitlines()[0].rstrip("."))
                for name, error in error_classes().items()]
    assert rows == expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_of_pages(page: Path) -> None:
    result = doctest.testfile(str(page), module_relative=False, optionflags=OPTIONS,
                              encoding="utf-8")
    assert result.failed == 0


def test_example_of_op(entry: Op) -> None:
    """The example in an entry's doc prints what it says."""
    names = {"cytorch": cytorch, "nn": cytorch.nn, "tensor": cytorch.tensor}
    test = doctest.DocTestParser().get_doctest(
        inspect.cleandoc(entry.doc), names, entry.name, None, 0)
    report: list[str] = []
    result = doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=report.append)
    assert result.failed == 0, "".join(report)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_blocks_compile(page: Path) -> None:
    """Blocks marked python are whole: they compile."""
    for block in re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.M | re.S):
        compile(block, str(page), "exec")
