"""`python -m cytorch.run program.py arguments`: run a PyTorch program on cytorch.

In that one process `import torch` means cytorch, submodules included, and `import torchvision`
means `cytorch.vision`.
"""
from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import os
import runpy
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

# Where the parts of torchvision are; all else of a name is the same in cytorch.
_PLACES = {
    "torch": "cytorch", "torchvision": "cytorch.vision",
    "torchvision.datasets": "cytorch.datasets", "torchvision.models": "cytorch.models",
    "torchvision.transforms": "cytorch.transforms", "torchvision.utils": "cytorch.utils.images",
}
_USAGE = "usage: python -m cytorch.run (program.py | -m module | -c code) [arguments]"


class _TorchLoader(importlib.abc.Loader):
    """Gives the module of cytorch itself, not a second copy of it."""

    def __init__(self, real_name: str) -> None:
        self.real_name = real_name

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self.real_name)
        self.real_spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # The import system has put torch's spec on it.
        module.__spec__ = self.real_spec


def real_name_of(name: str) -> str | None:
    """The module of cytorch that a module of torch or torchvision stands for; None for others."""
    place, rest = name, ""
    while place not in _PLACES:
        place, dot, last = place.rpartition(".")
        if not dot:
            return None
        rest = f".{last}{rest}"
    return _PLACES[place] + rest


class TorchFinder(importlib.abc.MetaPathFinder):
    """Finds `torch`, `torchvision` and their submodules in cytorch."""

    def find_spec(self, name: str, path: Sequence[str] | None = None,
                  target: Any = None) -> ModuleSpec | None:
        real_name = real_name_of(name)
        if real_name is None or not _exists(real_name):
            return None
        spec = ModuleSpec(name, _TorchLoader(real_name))
        if any(place.startswith(f"{name}.") for place in _PLACES) or hasattr(
                sys.modules.get(real_name), "__path__"):
            spec.submodule_search_locations = []
        return spec


def _exists(name: str) -> bool:
    if name in sys.modules:
        return True
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        # its parent is a plain module
        return False


def install() -> None:
    """From now on `import torch` means cytorch in this process.

    Raises ImportError when the real torch is loaded already.
    """
    if any(isinstance(finder, TorchFinder) for finder in sys.meta_path):
        return
    if "torch" in sys.modules:
        raise ImportError("cytorch.run: torch is imported already in this process")
    sys.meta_path.insert(0, TorchFinder())


def main(arguments: list[str]) -> int:
    """Run the program that the arguments name; returns the exit status of a usage error."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_USAGE, file=sys.stderr if not arguments else sys.stdout)
        return 0 if arguments else 2
    install()
    kind = arguments[0]
    if kind in ("-m", "-c"):
        if len(arguments) < 2:
            print(_USAGE, file=sys.stderr)
            return 2
        sys.argv = [kind, *arguments[2:]]
        sys.path[0] = os.getcwd()
        if kind == "-m":
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            exec(compile(arguments[1], "<string>", "exec"), {"__name__": "__main__"})
        return 0
    if not os.path.exists(kind):
        print(f"cytorch.run: can't open file {kind!r}: no such file", file=sys.stderr)
        return 2
    sys.argv = list(arguments)
    sys.path[0] = os.path.dirname(os.path.abspath(kind))
    runpy.run_path(kind, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
