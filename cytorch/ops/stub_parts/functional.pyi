from collections.abc import Sequence
from typing import Any, NamedTuple, overload

from cytorch import Generator, Number, Tensor, DeviceLike, dtype
