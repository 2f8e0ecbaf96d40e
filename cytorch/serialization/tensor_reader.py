"""Turning what a checkpoint's pickle says into tensors, after checking it."""
from __future__ import annotations

import codecs
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import cytorch
from cytorch.errors import CheckpointError
from cytorch.pickling import raw_bytes

from .pickle_machine import Constructor
from .storages import STORAGE_NAMES
from .zip_reader import ZipReader

_DTYPES = {name: dtype for dtype, name in STORAGE_NAMES.items()}
_MAX_DIMS = 64


class StorageTag:
    """A listed storage class: says which dtype, does nothing."""

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype


class LoadedStorage:
    """One storage of the file as a flat tensor; `done` once its bytes are read."""

    def __init__(self, key: str, dtype: str, count: int, flat: Any) -> None:
        self.key = key
        self.dtype = dtype
        self.count = count
        self.flat = flat
        self.done = False


class TensorReader:
    """Names and storages of one archive. Bytes are read after the pickle, by `read_storages`."""

    def __init__(self, archive: ZipReader, root: str, map_location: Any) -> None:
        self.archive = archive
        self.root = root
        self.map_location = map_location
        self.storages: dict[str, LoadedStorage] = {}
        self.tensors: list[tuple[Any, LoadedStorage]] = []
        self.names = self._listed_names()

    def error(self, text: str) -> CheckpointError:
        return self.archive.error(text)

    def _listed_names(self) -> dict[tuple[str, str], Any]:
        names: dict[tuple[str, str], Any] = {
            ("torch", storage): StorageTag(dtype) for storage, dtype in _DTYPES.items()}
        names.update({("torch", dtype): getattr(cytorch, dtype) for dtype in STORAGE_NAMES})
        builders: dict[tuple[str, str], Callable[..., Any]] = {
            ("torch._utils", "_rebuild_tensor_v2"): self.rebuild_tensor,
            ("torch._utils", "_rebuild_parameter"): self.rebuild_parameter,
            ("torch", "device"): cytorch.device, ("torch", "Size"): cytorch.Size,
            ("collections", "OrderedDict"): OrderedDict, ("_codecs", "encode"): _encode}
        for module in ("builtins", "__builtin__"):
            for kind in (set, frozenset, complex, bytearray):
                builders[module, kind.__name__] = kind
        names.update({name: Constructor(".".join(name), build)
                      for name, build in builders.items()})
        return names

    def find(self, module: str, name: str) -> Any:
        """What a listed name stands for; nothing is imported for any other."""
        if (module, name) not in self.names:
            raise self.error(
                f"refused global {module}.{name}: only tensors and plain data are loaded. Save a "
                "state_dict of plain numbers; or, if you trust the file as you trust a program, "
                "load it with weights_only=False")
        return self.names[module, name]

    def persistent_load(self, saved: Any) -> LoadedStorage:
        """The storage that a reference ("storage", type, key, location, count) names."""
        if not (isinstance(saved, tuple) and len(saved) == 5 and saved[0] == "storage"):
            raise self.error("damaged reference to a storage")
        _, tag, key, location, count = saved
        if not (isinstance(tag, StorageTag) and isinstance(key, str) and key.isdigit()
                and isinstance(location, str) and type(count) is int and count >= 0):
            raise self.error("damaged reference to a storage")
        known = self.storages.get(key)
        if known is not None:
            if (known.dtype, known.count) != (tag.dtype, count):
                raise self.error(f"storage {key} is described in two ways")
            return known
        storage = self._new_storage(key, tag.dtype, location, count)
        self.storages[key] = storage
        return storage

    def _new_storage(self, key: str, dtype: str, location: str, count: int) -> LoadedStorage:
        kind = getattr(cytorch, dtype)
        member = self.archive.get(f"{self.root}/data/{key}")
        expected = count * kind.itemsize
        if member.size != expected:
            raise self.error(f"storage {key}: {count} elements of {dtype} take {expected} bytes, "
                             f"the file has {member.size}")
        storage = LoadedStorage(key, dtype, count, cytorch.empty(count, dtype=kind))
        target = self._device_for(storage, location)
        if target is not None:
            self._fill(storage)
            storage.flat = storage.flat.to(target)
        return storage

    def _device_for(self, storage: LoadedStorage, location: str) -> Any:
        """Where the storage goes, None for the CPU."""
        wanted = self.map_location
        if isinstance(wanted, dict):
            wanted = wanted.get(location, location)
        elif callable(wanted):
            self._fill(storage)
            moved = wanted(storage.flat, location)
            wanted = location if moved is None else moved.device
        elif wanted is None:
            wanted = location
        try:
            device = cytorch.device(wanted)
        except RuntimeError as error:
            raise self.error(f"storage {storage.key}: unknown location {wanted!r}") from error
        return None if device.type == "cpu" else device

    def rebuild_tensor(self, storage: Any, offset: Any, shape: Any, strides: Any,
                       requires_grad: Any = False, hooks: Any = None, metadata: Any = None) -> Any:
        """The tensor of this geometry over the storage."""
        if not isinstance(storage, LoadedStorage) or not isinstance(requires_grad, bool):
            raise self.error("a tensor without a storage")
        self._check_geometry(storage, offset, shape, strides)
        view = storage.flat.as_strided(tuple(shape), tuple(strides), offset)
        # Not a view of the flat tensor as far as autograd is concerned.
        tensor = cytorch.empty(0, dtype=view.dtype, device=view.device).set_(view)
        self.tensors.append((tensor, storage))
        return tensor.requires_grad_(requires_grad)

    def _check_geometry(self, storage: LoadedStorage, offset: Any, shape: Any,
                        strides: Any) -> None:
        numbers = [offset, *shape, *strides]
        if (any(type(number) is not int or number < 0 for number in numbers)
                or len(shape) != len(strides) or len(shape) > _MAX_DIMS):
            raise self.error(f"a tensor of storage {storage.key} has shape {shape}, strides "
                             f"{strides} and offset {offset}")
        last = offset + sum((size - 1) * step for size, step in zip(shape, strides, strict=True))
        if 0 not in shape and last >= storage.count:
            raise self.error(f"a tensor of shape {tuple(shape)}, strides {tuple(strides)} and "
                             f"offset {offset} reaches outside of storage {storage.key}, which "
                             f"has {storage.count} elements")

    def rebuild_parameter(self, data: Any, requires_grad: Any, hooks: Any) -> Any:
        if not isinstance(data, cytorch.Tensor) or not isinstance(requires_grad, bool):
            raise self.error("a parameter without a tensor")
        parameter = cytorch.nn.Parameter(data, requires_grad)
        self.tensors.extend((parameter, storage) for tensor, storage in self.tensors[-1:]
                            if tensor is data)
        return parameter

    def read_storages(self, result: Any) -> None:
        """Read all bytes; an error names the tensor of `result` that they belong to."""
        for storage in self.storages.values():
            try:
                self._fill(storage)
            except CheckpointError as error:
                mine = {id(tensor) for tensor, owner in self.tensors if owner is storage}
                name = find_name(result, mine)
                if name is None:
                    raise
                raise CheckpointError(f"{error} (tensor {name})") from None

    def _fill(self, storage: LoadedStorage) -> None:
        if not storage.done:
            name = f"{self.root}/data/{storage.key}"
            target = raw_bytes(storage.flat) if storage.count else bytearray()
            self.archive.read_into(name, target)
            storage.done = True


def _encode(text: Any, encoding: Any) -> bytes:
    """How protocol 2 spells bytes: text in latin-1."""
    if not isinstance(text, str) or encoding != "latin1":
        raise ValueError(f"refused to encode as {encoding!r}")
    return codecs.latin_1_encode(text)[0]


def find_name(result: Any, wanted: set[int]) -> str | None:
    """Path of the first object inside `result` whose id is wanted, such as "['model']['w']"."""
    todo: list[tuple[str, Any]] = [("", result)]
    seen: set[int] = set()
    while todo:
        path, value = todo.pop()
        if id(value) in wanted:
            return path or "(the whole file)"
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            todo.extend((f"{path}[{key!r}]", item) for key, item in value.items())
        elif isinstance(value, list | tuple):
            todo.extend((f"{path}[{position}]", item) for position, item in enumerate(value))
    return None
