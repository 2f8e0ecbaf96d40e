"""Reading and writing by index against NumPy: dtypes, empty batches, bad indices, threads."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cytorch

DTYPES = ["bool", "int8", "int16", "float32", "float64", "complex128"]


def array_of(shape: tuple[int, ...], dtype: str) -> Any:
    return np.random.default_rng(3).integers(0, 2, shape).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("dim", [0, 1, 2])
def test_every_item_size(dim: int, dtype: str) -> None:
    array = array_of((4, 5, 6), dtype)
    index = np.random.default_rng(dim).integers(0, array.shape[dim], 9)
    found = cytorch.from_numpy(array).index_select(dim, cytorch.from_numpy(index))
    np.testing.assert_array_equal(found.numpy(), array.take(index, dim))
    copied = cytorch.from_numpy(array).flip(dim)
    np.testing.assert_array_equal(copied.numpy(), np.flip(array, dim))


@pytest.mark.parametrize("shape", [(0, 1, 25), (2, 0, 25), (0, 3, 0)])
def test_empty_batches_write_nothing(shape: tuple[int, ...]) -> None:
    x = cytorch.zeros(*shape, requires_grad=True)
    index = cytorch.tensor([0, 0], dtype=cytorch.int64)[:2 if shape[2] else 0]
    x.index_select(2, index).sum().backward()
    assert x.grad.shape == x.shape


@pytest.mark.parametrize("call", [
    lambda x, i: x.gather(0, i), lambda x, i: x.index_select(0, i),
    lambda x, i: x.scatter_(0, i, x), lambda x, i: x.index_add_(0, i, x),
    lambda x, i: x.index_put_((i,), x), lambda x, i: x.index_copy_(0, i, x),
    lambda x, i: x.take(i), lambda x, i: x[i]])
def test_bad_index_names_itself_and_changes_nothing(call: Any) -> None:
    x = cytorch.arange(3.0)
    with pytest.raises(IndexError, match="3"):
        call(x, cytorch.tensor([0, 1, 3]))
    assert x.tolist() == [0.0, 1.0, 2.0]


def test_index_put_reads_its_own_memory() -> None:
    x = cytorch.arange(4.0)
    x[cytorch.tensor([0, 1, 2])] = x[1:]
    assert x.tolist() == [1.0, 2.0, 3.0, 3.0]


@pytest.mark.parametrize("indices", [
    (np.array([0, -1]), slice(None), np.array([1, 2])), (slice(None), np.array([[0, 1], [2, 3]])),
    (np.array([True, False, True]),), (None, np.array([2]), 1)])
def test_indexing_like_numpy(indices: Any) -> None:
    array = np.arange(60.0).reshape(3, 4, 5)
    mine = tuple(cytorch.from_numpy(i) if isinstance(i, np.ndarray) else i for i in indices)
    np.testing.assert_array_equal(cytorch.from_numpy(array.copy())[mine].numpy(), array[indices])
    target = cytorch.from_numpy(array.copy())
    target[mine] = -1.0
    array[indices] = -1.0
    np.testing.assert_array_equal(target.numpy(), array)


def test_sums_do_not_depend_on_threads() -> None:
    random = np.random.default_rng(0)
    index = cytorch.from_numpy(random.integers(0, 50, 20_000))
    source = cytorch.from_numpy(random.standard_normal((20_000, 64)).astype(np.float32))
    before, results = cytorch.get_num_threads(), []
    try:
        for threads in (1, 2):
            cytorch.set_num_threads(threads)
            results.append(cytorch.zeros(50, 64).index_add(0, index, source).numpy())
    finally:
        cytorch.set_num_threads(before)
    np.testing.assert_array_equal(*results)
