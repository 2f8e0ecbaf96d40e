"""The types of `cytorch.strided` and `cytorch.channels_last`: names that print as PyTorch's."""
from __future__ import annotations


class _Named(str):
    __slots__ = ()

    def __repr__(self) -> str:
        return "torch." + self[:]

    __str__ = __repr__


class layout(_Named):  # noqa: N801 - PyTorch's name
    """How the elements lie in memory: `cytorch.strided`, `cytorch.sparse_coo`.

    >>> layout("strided")
    torch.strided
    """

    __slots__ = ()


class memory_format(_Named):  # noqa: N801 - PyTorch's name
    """An order of the dimensions in memory: `cytorch.contiguous_format`, `cytorch.channels_last`.

    >>> memory_format("channels_last")
    torch.channels_last
    """

    __slots__ = ()
