"""The op table: the only place where an op is declared.

Each family is a file of entries; importing this package reads them all. `install` (not imported
here: setup.py reads the table before the compiled core exists) makes functions and methods.
"""
import importlib
import pkgutil

from .spec import TABLE

_INFRASTRUCTURE = {"spec", "install", "stubs", "derivatives", "dtypes"}

for _module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
    if _module not in _INFRASTRUCTURE:
        importlib.import_module(f"{__name__}.{_module}")



def __getattr__(name: str) -> object:
    if name not in ("aten", "profiler"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("cytorch.aten"), name)


__all__ = ["TABLE"]
