"""opt_einsum: not used; einsum contracts its operands from left to right."""
from __future__ import annotations

import sys
from typing import Any

from .flags import set_for_block

enabled = False
strategy: str | None = None


def is_available() -> bool:
    """Whether opt_einsum chooses the order of contractions: no.

    >>> is_available()
    False
    """
    return False


def get_opt_einsum() -> Any:
    """The module opt_einsum: None, it is not used."""
    return None


def flags(enabled: bool | None = None, strategy: str | None = None) -> Any:
    """A block in which the switches have these values; the order stays left to right."""
    return set_for_block(sys.modules[__name__], {"enabled": enabled, "strategy": strategy})
