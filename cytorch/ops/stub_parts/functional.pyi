from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from collections.abc import Sequence
from typing import Any, NamedTuple, overload

from cytorch import DeviceLike, Generator, Number, Tensor
from cytorch import dtype as _dtype
