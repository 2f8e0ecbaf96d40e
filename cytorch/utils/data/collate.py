"""Collate: from a list of samples to a batch."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cytorch.errors import ArgumentError, DTypeError, ShapeError

_PLAIN = (str, bytes)


def default_convert(data: Any) -> Any:
    """Turn the NumPy arrays and scalars inside `data` into tensors; leave the rest alone."""
    import cytorch

    if isinstance(data, (cytorch.Tensor, *_PLAIN)):
        return data
    if _is_numpy(data):
        # Arrays of strings and objects have no tensor form.
        return data if data.dtype.kind in "USO" else cytorch.as_tensor(data)
    if isinstance(data, Mapping):
        return _rebuild_mapping(data, {key: default_convert(data[key]) for key in data})
    if _is_namedtuple(data):
        return type(data)(*(default_convert(item) for item in data))
    if isinstance(data, tuple):
        return [default_convert(item) for item in data]
    if isinstance(data, Sequence):
        return _rebuild_sequence(data, [default_convert(item) for item in data])
    return data


def default_collate(batch: Any) -> Any:
    """Stack samples into a batch, going into dicts, tuples, named tuples and lists.

    Tensors and arrays are stacked along a new first dimension, numbers become a tensor (floats as
    float64, integers as int64, bools as bool), strings and bytes a list. Raises ShapeError when
    samples differ in shape or length, naming both, and DTypeError for any other type.

    >>> default_collate([{"x": 1, "name": "a"}, {"x": 2, "name": "b"}])
    {'x': tensor([1, 2]), 'name': ['a', 'b']}
    """
    return _collate(batch, "")


def _collate(batch: Sequence[Any], path: str) -> Any:
    import cytorch

    if len(batch) == 0:
        raise ArgumentError("default_collate: the batch is empty")
    first = batch[0]
    if isinstance(first, cytorch.Tensor):
        return _stack(batch, path)
    if _is_numpy(first):
        return _collate_numpy(batch, path)
    if isinstance(first, bool | float | int):
        return _collate_numbers(batch, path)
    if isinstance(first, _PLAIN):
        return batch
    if isinstance(first, Mapping):
        return _collate_mappings(batch, path)
    if isinstance(first, Sequence):
        return _collate_sequences(batch, path)
    raise _cannot_collate(0, first, path)


def _where(path: str) -> str:
    return f" at sample{path}" if path else ""


def _cannot_collate(position: int, value: Any, path: str) -> DTypeError:
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    error = DTypeError(
        f"default_collate: sample {position} of the batch is of type {kind}{_where(path)}; "
        "it takes tensors, arrays, numbers, strings, dicts, tuples and lists "
        "(write a collate_fn for other types)")
    error.positions = (position,)  # type: ignore[attr-defined]
    return error


def _ragged(what: str, position: int, first: Any, other: Any, path: str) -> ShapeError:
    error = ShapeError(f"default_collate: samples 0 and {position} of the batch have different "
                       f"{what}{_where(path)}: {first} and {other}")
    # The loader adds which samples of the dataset these positions are.
    error.positions = (0, position)  # type: ignore[attr-defined]
    return error


def _stack(batch: Sequence[Any], path: str) -> Any:
    import cytorch

    shape = tuple(batch[0].shape)
    for position, tensor in enumerate(batch):
        if not isinstance(tensor, cytorch.Tensor):
            raise _cannot_collate(position, tensor, path)
        if tuple(tensor.shape) != shape:
            raise _ragged("shapes", position, shape, tuple(tensor.shape), path)
    return cytorch.stack(list(batch), 0)


def _collate_numpy(batch: Sequence[Any], path: str) -> Any:
    import cytorch

    if batch[0].dtype.kind not in "biufc":
        raise DTypeError(f"default_collate: a NumPy array of dtype {batch[0].dtype}{_where(path)} "
                         "has no tensor form")
    if batch[0].shape == ():
        return cytorch.as_tensor(_numpy_array(batch))
    return _stack([cytorch.as_tensor(array) if _is_numpy(array) else array for array in batch],
                  path)


def _collate_numbers(batch: Sequence[Any], path: str) -> Any:
    import cytorch

    for position, value in enumerate(batch):
        if not isinstance(value, bool | float | int):
            raise _cannot_collate(position, value, path)
    if isinstance(batch[0], float):
        return cytorch.tensor(list(batch), dtype=cytorch.float64)
    return cytorch.tensor(list(batch))


def _collate_mappings(batch: Sequence[Any], path: str) -> Any:
    first = batch[0]
    for position, sample in enumerate(batch):
        missing = [key for key in first if key not in sample]
        if missing:
            raise _ragged("keys", position, list(first), list(sample), path)
    columns = {key: _collate([sample[key] for sample in batch], f"{path}[{key!r}]")
               for key in first}
    return _rebuild_mapping(first, columns)


def _collate_sequences(batch: Sequence[Any], path: str) -> Any:
    first = batch[0]
    for position, sample in enumerate(batch):
        if len(sample) != len(first):
            raise _ragged("lengths", position, len(first), len(sample), path)
    columns = [_collate(column, f"{path}[{position}]")
               for position, column in enumerate(zip(*batch, strict=True))]
    if _is_namedtuple(first):
        return type(first)(*columns)
    return columns if isinstance(first, tuple) else _rebuild_sequence(first, columns)


def _is_numpy(value: Any) -> bool:
    # Asked without importing NumPy: a program that has not loaded it holds no array.
    return type(value).__module__ == "numpy" and hasattr(value, "dtype")


def _numpy_array(values: Sequence[Any]) -> Any:
    import numpy

    return numpy.array(values)


def _is_namedtuple(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_fields")


def _rebuild(factory: Callable[[Any], Any], content: Any) -> Any:
    # A class of the user's may not be constructible from its content: then a plain one must do.
    try:
        return factory(content)
    except TypeError:
        return content


def _rebuild_mapping(like: Any, content: dict[Any, Any]) -> Any:
    return content if type(like) is dict else _rebuild(type(like), content)


def _rebuild_sequence(like: Any, content: list[Any]) -> Any:
    return content if type(like) is list else _rebuild(type(like), content)
