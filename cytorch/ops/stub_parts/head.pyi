from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple, TypeAlias, final, overload

from .size import Size as Size

Number: TypeAlias = bool | int | float | complex
DeviceLike: TypeAlias = device | str | int

__version__: str

@final
class dtype:
    name: str
    id: int
    itemsize: int
    is_floating_point: bool
    is_complex: bool
    is_signed: bool
    def to_complex(self) -> dtype: ...
    def to_real(self) -> dtype: ...

@final
class device:
    type: str
    index: int | None
    def __init__(self, type: DeviceLike, index: int | None = None) -> None: ...

