"""The classes of what ops with several results return: `return_types.max`, `linalg_svd`.

>>> import cytorch
>>> isinstance(cytorch.max(cytorch.ones(2, 2), 0), cytorch.return_types.max)
True
"""
from __future__ import annotations

from typing import Any

from ._C.call.operator import result_type
from .ops import TABLE


def __getattr__(name: str) -> Any:
    for entry in TABLE:
        if len(entry.outputs) > 1 and not entry.private:
            found = result_type(entry)
            if found.__name__ == name:
                return found
    raise AttributeError(f"module 'cytorch.return_types' has no attribute {name!r}")
