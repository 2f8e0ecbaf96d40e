"""Which bytes of memory a checkpoint holds: each shared region once, and only what is shown."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cytorch.errors import ArgumentError
from cytorch.pickling import dtype_name, is_dense, raw_bytes

# PyTorch's names of typed storages.
STORAGE_NAMES = {
    "float32": "FloatStorage", "float64": "DoubleStorage", "float16": "HalfStorage",
    "bfloat16": "BFloat16Storage", "int64": "LongStorage", "int32": "IntStorage",
    "int16": "ShortStorage", "int8": "CharStorage", "uint8": "ByteStorage", "bool": "BoolStorage",
    "complex64": "ComplexFloatStorage", "complex128": "ComplexDoubleStorage",
}


@dataclass
class Region:
    """A stretch of one storage that tensors of this checkpoint show.

    Elements `low` to `high` of the storage are written. A region that only one layout with holes
    shows is written compact instead.
    """

    key: str
    dtype: str
    device: str
    owner: Any
    low: int
    high: int
    layouts: set[Any] = field(default_factory=set)

    @property
    def compact(self) -> bool:
        if len(self.layouts) != 1:
            return False
        ((_, shape, strides),) = self.layouts
        return not is_dense(shape, strides)

    def flat(self) -> Any:
        """The elements that are written, on the CPU."""
        if self.compact:
            return self.owner.contiguous().view(-1).cpu()
        return self.owner.as_strided((self.high - self.low,), (1,), self.low).cpu()

    def bytes(self) -> Any:
        return raw_bytes(self.flat())


def _base_address(tensor: Any) -> int:
    return int(tensor.data_ptr() - tensor.storage_offset() * tensor.element_size())


def _span(tensor: Any) -> tuple[int, int]:
    """First element of the storage that the tensor shows, and one after the last."""
    first = tensor.storage_offset()
    steps = zip(tensor.shape, tensor.stride(), strict=True)
    return first, first + 1 + sum((size - 1) * stride for size, stride in steps)


class StoragePlan:
    """Collects the regions of all tensors of one checkpoint.

    It keeps every tensor alive, so that no address is used twice while it is made.
    """

    def __init__(self) -> None:
        self.regions: dict[Any, Region] = {}
        self.alive: list[Any] = []

    def add(self, tensor: Any) -> Region:
        """Note what the tensor shows; tensors over one storage get the same region."""
        plain = tensor.detach()
        if plain.device.type == "meta":
            raise ArgumentError("save: a tensor on the meta device has no elements to save")
        self.alive.append(plain)
        dtype = dtype_name(plain.dtype)
        if dtype not in STORAGE_NAMES:
            raise ArgumentError(f"save: dtype {dtype} has no place in the file format")
        if plain.numel() == 0:
            return self._new_region(("empty", dtype), dtype, plain, 0, 0)
        address = (str(plain.device), _base_address(plain))
        low, high = _span(plain)
        region = self.regions.get(address)
        if region is None:
            region = self._new_region(address, dtype, plain, low, high)
        elif region.dtype != dtype:
            raise ArgumentError(
                f"save: two tensors show the same memory as {region.dtype} and as {dtype}, which "
                "the file format cannot express; clone one of them")
        region.low, region.high = min(region.low, low), max(region.high, high)
        region.layouts.add((low, tuple(plain.shape), tuple(plain.stride())))
        return region

    def _new_region(self, address: Any, dtype: str, owner: Any, low: int, high: int) -> Region:
        region = self.regions.get(address)
        if region is None:
            region = Region(str(len(self.regions)), dtype, str(owner.device), owner, low, high)
            self.regions[address] = region
        return region

    def place(self, tensor: Any) -> tuple[Region, int, tuple[int, ...], tuple[int, ...]]:
        """Region, offset in it, shape and strides with which the tensor is read back."""
        plain = tensor.detach()
        shape = tuple(plain.shape)
        region = self.add(plain)
        if plain.numel() == 0 or region.compact:
            return region, 0, shape, _contiguous_strides(shape)
        return region, plain.storage_offset() - region.low, shape, tuple(plain.stride())


def _contiguous_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return tuple(reversed(strides))
