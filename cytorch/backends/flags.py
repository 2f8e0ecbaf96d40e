"""What the submodules of `backends` share: a block in which switches have other values."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


@contextmanager
def set_for_block(module: ModuleType, values: dict[str, Any]) -> Iterator[None]:
    """Set attributes of a module that are not None, and restore them afterwards."""
    before = {name: getattr(module, name) for name in values}
    for name, value in values.items():
        if value is not None:
            setattr(module, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(module, name, value)
