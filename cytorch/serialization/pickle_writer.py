"""Pickling a state so that PyTorch reads it: tensors under PyTorch's names, storages beside."""
from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from typing import Any, ClassVar

import cytorch

from .storages import STORAGE_NAMES, Region, StoragePlan


class Global:
    """A name that is written into the pickle without being imported."""

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name

    def __call__(self) -> None:
        # pickle insists on callables where it writes a call.
        raise TypeError(f"{self.module}.{self.name} is only a name")


_REBUILD_TENSOR = Global("torch._utils", "_rebuild_tensor_v2")
_REBUILD_PARAMETER = Global("torch._utils", "_rebuild_parameter")
_DEVICE = Global("torch", "device")
_SIZE = Global("torch", "Size")
_STORAGES = {dtype: Global("torch", name) for dtype, name in STORAGE_NAMES.items()}


# The C pickler looks every name up by importing its module, which would need PyTorch; the one in
# Python can be told how to write a Global.
class StatePickler(pickle._Pickler):
    """Writes tensors as references to regions of `plan`."""

    write: Any
    memoize: Any
    dispatch: ClassVar[Any] = dict(pickle._Pickler.dispatch)

    def __init__(self, stream: Any, plan: StoragePlan, protocol: int) -> None:
        super().__init__(stream, protocol)
        self.plan = plan
        self.locations: dict[str, tuple[Any, ...]] = {}

    def persistent_id(self, obj: Any) -> Any:
        if not isinstance(obj, Region):
            return None
        count = obj.high - obj.low
        if obj.compact:
            count = obj.owner.numel()
        return ("storage", _STORAGES[obj.dtype], obj.key, obj.device, count)

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, cytorch.Tensor):
            return self._reduce_tensor(obj)
        if isinstance(obj, cytorch.device):
            return _DEVICE, (str(obj),)
        if isinstance(obj, cytorch.Size):
            return _SIZE, (tuple(obj),)
        return NotImplemented

    def _reduce_tensor(self, tensor: Any) -> Any:
        if isinstance(tensor, cytorch.nn.Parameter):
            return _REBUILD_PARAMETER, (tensor.data, tensor.requires_grad, OrderedDict())
        region, offset, shape, strides = self.plan.place(tensor)
        return _REBUILD_TENSOR, (region, offset, shape, strides, tensor.requires_grad,
                                 OrderedDict())

    def save_named(self, obj: Global) -> None:
        self.write(f"c{obj.module}\n{obj.name}\n".encode())
        self.memoize(obj)

    def save_dtype(self, obj: Any) -> None:
        self.write(f"ctorch\n{str(obj).rpartition('.')[2]}\n".encode())
        self.memoize(obj)

    dispatch[Global] = save_named
    dispatch[cytorch.dtype] = save_dtype


def pickle_state(obj: Any, protocol: int) -> tuple[bytes, StoragePlan]:
    """The pickle, and the plan of the storages that it refers to.

    It is made twice: only after the first time is it known which part of a storage is shown.
    """
    plan = StoragePlan()
    StatePickler(io.BytesIO(), plan, protocol).dump(obj)
    stream = io.BytesIO()
    StatePickler(stream, plan, protocol).dump(obj)
    return stream.getvalue(), plan
