"""The number of threads changes no bit of any result."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import cytorch
from cytorch.ops.spec import Op
from support.layouts import to_numpy
from support.samples import map_tensors, tensors_in
from support.table import changes_argument, describe, is_random, run, samples_of

ROWS, COLUMNS = 400, 700  # large enough for every kernel to split its work


@pytest.fixture(autouse=True)
def _restore_threads() -> Iterator[None]:
    threads = cytorch.get_num_threads()
    yield
    cytorch.set_num_threads(threads)


def enlarged(tensor: Any) -> Any:
    """The values of a (3, 4) sample repeated, each time a little different."""
    array = to_numpy(tensor)
    rows = -(-ROWS // array.shape[0])
    columns = -(-COLUMNS // array.shape[1])
    tiled = np.tile(array, (rows, columns))[:ROWS, :COLUMNS]
    if tiled.dtype.kind == "f":
        tiled = (tiled * np.linspace(0.9, 1.0, COLUMNS)).astype(tiled.dtype)
    return cytorch.from_numpy(np.ascontiguousarray(tiled))


def test_same_bits(entry: Op) -> None:
    if entry.kernel is None or entry.kernel.kind not in ("elementwise", "reduction"):
        return
    if changes_argument(entry) or is_random(entry):
        return
    call = samples_of(entry)[0]
    shapes = {tuple(t.shape) for t in tensors_in(call)}
    if shapes != {(3, 4)}:
        return
    call = map_tensors(enlarged, call)
    results = []
    for threads in (1, 2, 3):
        cytorch.set_num_threads(threads)
        results.append([to_numpy(t) for t in run(entry, call)])
    for other in results[1:]:
        for got, want in zip(other, results[0], strict=True):
            np.testing.assert_array_equal(got, want, describe(entry, 0, call))


@pytest.mark.parametrize("shape", [(64, 64), (300, 200), (7, 1000)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_matmul_same_bits(shape: tuple[int, int], dtype: str) -> None:
    random = np.random.default_rng(0)
    left = cytorch.from_numpy(random.standard_normal(shape).astype(dtype))
    right = cytorch.from_numpy(random.standard_normal((shape[1], 129)).astype(dtype))
    results = []
    for threads in (1, 2, 3):
        cytorch.set_num_threads(threads)
        results.append(to_numpy(left @ right))
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])


def test_random_same_bits() -> None:
    results = []
    for threads in (1, 2, 3):
        cytorch.set_num_threads(threads)
        cytorch.manual_seed(5)
        results.append(to_numpy(cytorch.randn(200_001)))
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])
