"""The generator: Philox's published vector, statistics, threads, seeds and states."""
from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest

import cytorch
from cytorch.errors import ArgumentError
from cytorch.ops.spec import ops

N = 200_000


def seeded(make: Any, seed: int = 1) -> Any:
    cytorch.manual_seed(seed)
    return make().numpy()


def test_philox_vector() -> None:
    """Counter 0, key 0 gives the words that the authors of Philox publish."""
    out = cytorch.zeros(32, dtype=cytorch.int64)
    ops._random_integers_(out, 0, 0, 0, 0)
    words = out.numpy().view(np.uint64)
    halves = [int(words[0]) >> 32, int(words[16]) >> 32, int(words[0]) & 0xFFFFFFFF,
              int(words[16]) & 0xFFFFFFFF]
    assert halves == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]


@pytest.mark.parametrize("dtype", [cytorch.float32, cytorch.float64])
def test_normal_distribution(dtype: Any) -> None:
    values = np.sort(seeded(lambda: cytorch.randn(N, dtype=dtype)).astype(np.float64))
    expected = np.array([0.5 * (1 + math.erf(x / math.sqrt(2))) for x in values[::50]])
    distance = np.abs(expected - np.arange(N)[::50] / N).max() * math.sqrt(N)
    assert distance < 1.95  # Kolmogorov-Smirnov, 0.1 %


@pytest.mark.parametrize("make, mean, std", [
    (lambda: cytorch.rand(N), 0.5, 12 ** -0.5),
    (lambda: cytorch.randint(2, 8, (N,)), 4.5, (35 / 12) ** 0.5),
    (lambda: cytorch.zeros(N).exponential_(2.0), 0.5, 0.5),
    (lambda: cytorch.zeros(N).geometric_(0.5), 2.0, 2 ** 0.5),
    (lambda: cytorch.zeros(N).log_normal_(0.0, 0.25), math.exp(1 / 32), 0.2615),
    (lambda: cytorch.full((N,), 0.3).bernoulli(), 0.3, 0.21 ** 0.5),
    (lambda: cytorch.zeros(N).uniform_(-1, 3), 1.0, 4 / 12 ** 0.5),
    (lambda: cytorch.multinomial(cytorch.tensor([1.0, 2.0, 1.0]), N, True), 1.0, 0.5 ** 0.5),
])
def test_moments(make: Any, mean: float, std: float) -> None:
    values = seeded(make).astype(np.float64)
    assert abs(values.mean() - mean) < 5 * std / math.sqrt(N)
    assert abs(values.std() - std) < 0.02 * std


@pytest.mark.parametrize("make", [
    lambda: cytorch.randn(100_003), lambda: cytorch.rand(100_003, dtype=cytorch.float64),
    lambda: cytorch.randint(0, 1000, (100_003,)),
    lambda: cytorch.nn.functional.dropout(cytorch.ones(100_003), 0.5)])
def test_thread_count_does_not_matter(make: Any) -> None:
    before = cytorch.get_num_threads()
    try:
        results = []
        for threads in (1, 2):
            cytorch.set_num_threads(threads)
            results.append(seeded(make))
    finally:
        cytorch.set_num_threads(before)
    np.testing.assert_array_equal(*results)


def test_state_goes_back_bit_for_bit() -> None:
    cytorch.manual_seed(5)
    cytorch.rand(7)
    state = cytorch.get_rng_state()
    first = cytorch.randn(50).numpy()
    cytorch.set_rng_state(state)
    np.testing.assert_array_equal(cytorch.randn(50).numpy(), first)


@pytest.mark.parametrize("seed", [0, -1, 2**63, 2**64 - 1, np.int64(7), np.uint64(2**63)])
def test_seeds(seed: Any) -> None:
    generator = cytorch.Generator().manual_seed(seed)
    assert generator.initial_seed() == int(seed) % 2**64
    copy = pickle.loads(pickle.dumps(generator))
    a = cytorch.rand(5, generator=generator).numpy()
    np.testing.assert_array_equal(a, cytorch.rand(5, generator=copy).numpy())


def test_bad_seed_and_arguments() -> None:
    with pytest.raises(ArgumentError, match=str(2**64)):
        cytorch.manual_seed(2**64)
    for bad in (lambda: cytorch.randperm(-1),
                lambda: cytorch.nn.functional.dropout(cytorch.ones(2), 1.5),
                lambda: cytorch.multinomial(cytorch.tensor([0.5, float("nan")]), 1),
                lambda: cytorch.multinomial(cytorch.tensor([0.0, 0.0]), 1)):
        with pytest.raises(ValueError):
            bad()


def test_dropout_gradient_uses_the_same_mask() -> None:
    x = cytorch.ones(1000, requires_grad=True)
    y = cytorch.nn.functional.dropout(x, 0.25)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), y.detach().numpy())
    kept = y.detach().numpy()
    assert set(np.unique(kept)) == {np.float32(0), np.float32(1 / 0.75)}


@pytest.mark.parametrize("n", [0, 1, 31, 1000])
def test_randperm(n: int) -> None:
    np.testing.assert_array_equal(np.sort(cytorch.randperm(n).numpy()), np.arange(n))
