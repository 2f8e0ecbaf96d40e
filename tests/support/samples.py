"""The `s` of sample functions: seeded tensors of one dtype, on one device, in one library.

Two `Samples` of the same seed give the same values whatever the library and dtype kind, so the
same sample function makes the arguments for cytorch and for the library it is compared with.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from cytorch.ops.spec import Call

# Widest integers that a sample may hold in a narrow dtype; keeps products in range.
INTEGER_RANGE = {"uint8": (0, 255), "int8": (-128, 127), "int16": (-2**15, 2**15 - 1)}


def dtype_name(owner: Any) -> str:
    """Bare name, such as "float32", of a dtype, of a tensor's dtype, or as it was given."""
    return str(getattr(owner, "dtype", owner)).rpartition(".")[2]


class Samples:
    """Makes tensors for sample calls.

    `dtype` is what `s.tensor` gives unless the sample asks for another one. Integer dtypes round
    the values and leave zero out, so that samples of divisions stay valid.
    """

    def __init__(self, library: ModuleType, dtype: str = "float32", device: str = "cpu",
                 seed: int = 0) -> None:
        self.library = library
        self.dtype = dtype
        self.device = device
        self.random = np.random.default_rng(seed)

    def _place(self, array: np.ndarray[Any, Any], dtype: str) -> Any:
        tensor = self.library.from_numpy(np.ascontiguousarray(array).reshape(array.shape))
        wanted = getattr(self.library, dtype)
        if tensor.dtype != wanted:
            tensor = tensor.to(wanted)
        return tensor if self.device == "cpu" else tensor.to(self.device)

    def tensor(self, *shape: int, low: float = -2.0, high: float = 2.0,
               dtype: Any = None) -> Any:
        """Uniform values in [low, high] of the dtype under test."""
        name = dtype_name(dtype or self.dtype)
        values = self.random.uniform(low, high, shape)
        if name == "bool":
            return self._place(values > (low + high) / 2, "bool")
        if name in ("complex64", "complex128"):
            return self._place(values + 1j * self.random.uniform(low, high, shape), name)
        if "int" in name:
            smallest, largest = INTEGER_RANGE.get(name, (-2**31, 2**31))
            values = np.clip(np.rint(values), max(math.ceil(low), smallest),
                             min(math.floor(high), largest))
            values = np.where(values == 0, max(1.0, math.ceil(low)), values)
            return self._place(values.astype(name), name)
        stored = "float64" if name == "float64" else "float32"
        return self._place(values.astype(stored), name)

    def ints(self, *shape: int, low: int = 0, high: int = 10, dtype: Any = "int64") -> Any:
        """Integers in [low, high), int64 unless asked otherwise: indices, targets, counts."""
        name = dtype_name(dtype)
        return self._place(self.random.integers(low, high, shape).astype(name), name)

    def bools(self, *shape: int) -> Any:
        """About as many True as False."""
        return self._place(self.random.integers(0, 2, shape).astype(bool), "bool")

    def values(self, nested: Any, dtype: Any = None) -> Any:
        """A tensor of given values: a floating dtype under test, int64 or bool, as written."""
        array = np.asarray(nested)
        kind = {"f": self.dtype, "i": "int64", "b": "bool"}[array.dtype.kind]
        name = dtype_name(dtype or kind)
        stored = array.astype("float32" if name in ("float16", "bfloat16") else name)
        return self._place(stored, name)

    def symmetric(self, *batch_and_size: int) -> Any:
        """Symmetric matrices with well separated eigenvalues: (.., n) gives shape (.., n, n)."""
        n = batch_and_size[-1]
        values = self.random.uniform(-0.3, 0.3, (*batch_and_size, n))
        values = values + values.swapaxes(-1, -2) + np.diag(np.arange(n) - n / 3)
        return self._place(values.astype("float64" if self.dtype == "float64" else "float32"),
                           self.dtype)

    def definite(self, *batch_and_size: int) -> Any:
        """Symmetric positive definite matrices: (.., n) gives shape (.., n, n)."""
        matrices = self.symmetric(*batch_and_size)
        return matrices + (batch_and_size[-1] + 1) * self.library.eye(
            batch_and_size[-1], dtype=matrices.dtype, device=matrices.device)

    def permutation(self, n: int) -> Any:
        """The integers 0..n-1 in random order."""
        return self._place(self.random.permutation(n), "int64")


def is_tensor(value: Any) -> bool:
    return hasattr(value, "requires_grad") and hasattr(value, "shape")


def map_tensors(function: Callable[[Any], Any], value: Any) -> Any:
    """`value` with `function` applied to every tensor in nested lists, tuples and dicts."""
    if is_tensor(value):
        return function(value)
    if isinstance(value, Call):
        return Call(map_tensors(function, tuple(value.args)), map_tensors(function, value.kwargs))
    if isinstance(value, dict):
        return {key: map_tensors(function, item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map_tensors(function, item) for item in value)
    return value


def tensors_in(value: Any) -> list[Any]:
    """Every tensor in nested lists, tuples and dicts, in order."""
    found: list[Any] = []
    map_tensors(lambda tensor: found.append(tensor) or tensor, value)
    if isinstance(value, tuple) and type(value) is not tuple:  # a named result
        for item in value:
            found += tensors_in(item)
    return found
