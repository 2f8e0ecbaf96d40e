"""`Size`: the type of `tensor.shape`."""
from __future__ import annotations

import math
from collections.abc import Iterable
from operator import index
from typing import Any, SupportsIndex


class Size(tuple):  # type: ignore[type-arg]
    """Sizes of the dimensions of a tensor: a tuple of ints that also counts the elements.

    Slices, sums and multiples are Sizes again. Raises TypeError for items that are not ints.

    >>> Size([2, 3]) + (4,)
    torch.Size([2, 3, 4])
    >>> Size([2, 3]).numel()
    6
    """

    __slots__ = ()

    def __new__(cls, sizes: Iterable[Any] = ()) -> Size:
        items = []
        for position, item in enumerate(sizes):
            try:
                items.append(index(item))
            except TypeError:
                raise TypeError(f"torch.Size() takes an iterable of 'int' (item {position} is "
                                f"'{type(item).__name__}')") from None
        return tuple.__new__(cls, items)

    def numel(self) -> int:
        """Number of elements of a tensor of this size."""
        return math.prod(self)

    def __add__(self, other: tuple[int, ...]) -> Size:  # type: ignore[override]
        return Size(tuple.__add__(self, other))

    def __radd__(self, other: tuple[int, ...]) -> Size:
        return Size(tuple.__add__(other, self))

    def __mul__(self, count: SupportsIndex) -> Size:
        return Size(tuple.__mul__(self, count))

    __rmul__ = __mul__

    def __getitem__(self, item: Any) -> Any:
        found = tuple.__getitem__(self, item)
        return Size(found) if isinstance(item, slice) else found

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    def __reduce__(self) -> Any:
        return Size, (tuple(self),)
