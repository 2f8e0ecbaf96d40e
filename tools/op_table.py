"""The op table, read without importing (or building) the package. setup.py does the same."""
from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
NAME = "cytorch_op_table"


def load() -> ModuleType:
    """The package cytorch.ops under a private name; its TABLE holds the entries."""
    folder = ROOT / "cytorch/ops"
    spec = importlib.util.spec_from_file_location(NAME, folder / "__init__.py",
                                                  submodule_search_locations=[str(folder)])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)
    return module
