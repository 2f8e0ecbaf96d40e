"""How much of PyTorch's surface is there: `python benchmarks/coverage.py NAMES_FILE [--list]`.

NAMES_FILE: one name a line (`torch.add`, `Tensor.view`; a tab ends it). Four columns:
real with a test that calls it, accepted and ignored, refusing (with the alternative), missing; and
real without a test, which should stay 0. The two lists of decisions are cytorch/accepted.py and
cytorch/refused.py.
"""
from __future__ import annotations

import argparse
import importlib
import re
import sys
from pathlib import Path
from typing import Any

import cytorch
from cytorch.accepted import IGNORED
from cytorch.ops import TABLE
from cytorch.refused import REFUSED

COLUMNS = ("real, tested", "real, no test", "accepted, ignored", "refusing", "missing")
TESTS = Path(__file__).resolve().parent.parent
_ABSENT = object()


def look_up(name: str) -> Any:
    """The object of a dotted name below cytorch; `_ABSENT` if there is none."""
    place: Any = cytorch
    path = "cytorch"
    for part in name.split("."):
        path = f"{path}.{part}"
        found = getattr(place, part, _ABSENT)
        if found is _ABSENT:
            try:
                found = importlib.import_module(path)
            except ImportError:
                return _ABSENT
        place = found
    return place


def decided(name: str, decisions: dict[str, str]) -> bool:
    """Whether the name, or something above it, is in a list of decisions."""
    while name:
        if name in decisions:
            return True
        name = name.rpartition(".")[0]
    return False


def called_names() -> set[str]:
    """Names that tests and runnable examples call: attributes and functions in their text."""
    found = {entry.short_name for entry in TABLE}  # every entry runs its samples
    found |= {f"{entry.short_name}_" for entry in TABLE if "inplace" in entry.forms}
    sources = [*TESTS.glob("tests/**/*.py"), *TESTS.glob("examples/**/*.py")]
    for path in sources:
        found.update(re.findall(r"\.(\w+)", path.read_text(encoding="utf-8")))
        found.update(re.findall(r"[\"'](\w+)[\"']", path.read_text(encoding="utf-8")))
    for path in TESTS.glob("cytorch/**/*.py"):
        for line in re.findall(r">>> (.*)", path.read_text(encoding="utf-8")):
            found.update(re.findall(r"\b(\w+)\b", line))
    return found


def column(name: str, called: set[str]) -> str:
    """In which column a name of PyTorch belongs."""
    short = name.removeprefix("torch.")
    if decided(short, IGNORED) and look_up(short) is not _ABSENT:
        return COLUMNS[2]
    if decided(short, REFUSED):
        return COLUMNS[3]
    if look_up(short) is _ABSENT:
        return COLUMNS[4]
    return COLUMNS[0] if short.rpartition(".")[2] in called else COLUMNS[1]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", type=Path)
    parser.add_argument("--list", action="store_true", help="also print the names of each column")
    options = parser.parse_args(arguments)
    called = called_names()
    columns: dict[str, list[str]] = {title: [] for title in COLUMNS}
    for line in options.names.read_text(encoding="utf-8").splitlines():
        name = line.partition("\t")[0].strip()
        if name.startswith(("torch.", "Tensor.")):
            columns[column(name, called)].append(name)
    for title, names in columns.items():
        print(f"{title:>18}: {len(names)}")
        if options.list and title != COLUMNS[0]:
            print("".join(f"    {name}\n" for name in names), end="")
    return 1 if columns["missing"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
