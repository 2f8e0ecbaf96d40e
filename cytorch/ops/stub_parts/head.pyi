from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple, TypeAlias, final, overload

import numpy as np

@final
class dtype:
    name: str
    id: _int
    itemsize: _int
    is_floating_point: _bool
    is_complex: _bool
    is_signed: _bool
    def to_complex(self) -> dtype: ...
    def to_real(self) -> dtype: ...

@final
class device:
    type: str
    index: _int | None
    def __init__(self, type: device | str, index: _int | None = None) -> None: ...

_dtype: TypeAlias = dtype
_device: TypeAlias = device
Number: TypeAlias = _bool | _int | _float | complex
DeviceLike: TypeAlias = device | str

bool: dtype
uint8: dtype
int8: dtype
int16: dtype
short: dtype
int32: dtype
int: dtype
int64: dtype
long: dtype
float16: dtype
half: dtype
bfloat16: dtype
float32: dtype
float: dtype
float64: dtype
double: dtype
complex64: dtype
cfloat: dtype
complex128: dtype
cdouble: dtype

strided: str
sparse_coo: str
contiguous_format: str
preserve_format: str
channels_last: str
channels_last_3d: str
inf: _float
nan: _float
pi: _float
e: _float
newaxis: None

def all_dtypes() -> dict[str, dtype]: ...
def can_cast(from_: dtype, to: dtype) -> _bool: ...
def promote_types(type1: dtype, type2: dtype) -> dtype: ...
def get_default_dtype() -> dtype: ...
def set_default_dtype(dtype: _dtype) -> None: ...
def empty_cache() -> None: ...
def get_num_threads() -> _int: ...
def set_num_threads(count: _int) -> None: ...
def is_grad_enabled() -> _bool: ...
def is_inference_mode_enabled() -> _bool: ...
def is_anomaly_enabled() -> _bool: ...

class FloatTensor(Tensor): ...
class DoubleTensor(Tensor): ...
class HalfTensor(Tensor): ...
class BFloat16Tensor(Tensor): ...
class LongTensor(Tensor): ...
class IntTensor(Tensor): ...
class ShortTensor(Tensor): ...
class CharTensor(Tensor): ...
class ByteTensor(Tensor): ...
class BoolTensor(Tensor): ...
