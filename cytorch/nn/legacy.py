"""A module that PyTorch keeps for old programs: Container."""
from __future__ import annotations

import warnings
from typing import Any

from .module import Module


class Container(Module):
    """Holds the modules given by keyword; all of it can be done with Module itself.

    >>> list(dict(Container(first=cytorch.nn.Identity()).named_children()))
    ['first']
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        warnings.warn("nn.Container is deprecated. All of it's functionality is now implemented "
                      "in nn.Module. Subclass that instead.", FutureWarning, stacklevel=2)
        for name, module in kwargs.items():
            self.add_module(name, module)
