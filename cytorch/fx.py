"""torch.fx: programs are not traced; each name says when it is used what to do instead."""
from __future__ import annotations

from typing import Any

from cytorch.refused import names_of


def wrap(fn_or_name: Any) -> Any:
    """Accepted, without effect: nothing is traced, so the function need not be kept whole.

    >>> wrap("len")
    'len'
    """
    return fn_or_name


__getattr__ = names_of("fx")
