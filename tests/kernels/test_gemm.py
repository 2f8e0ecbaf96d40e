"""The matrix product kernel against NumPy in float64: sizes around the tiles, strides, threads."""
import itertools

import numpy as np
import pytest

import cytorch

SIZES = (1, 2, 3, 5, 6, 7, 13, 14, 15, 16, 17, 31, 32, 33, 40)
LAYOUTS = ("plain", "transposed", "sliced", "expanded")
BLOCKED = ((1, 50, 70), (70, 50, 1), (33, 40, 50), (300, 300, 130), (200, 520, 300),
           (85, 257, 1100), (300, 600, 40), (1, 5000, 3), (3, 40000, 2), (1, 40000, 1))


def operand(random, shape, layout, dtype):
    """A tensor of this shape whose memory is laid out as asked."""
    *batch, rows, columns = shape
    if layout == "transposed":
        return cytorch.tensor(random.standard_normal((*batch, columns, rows)).astype(dtype)
                              ).transpose(-1, -2)
    if layout == "sliced":
        array = random.standard_normal((*batch, 2 * rows, 3 * columns)).astype(dtype)
        return cytorch.tensor(array)[..., ::2, ::3]
    if layout == "expanded":
        array = random.standard_normal((*batch, 1, columns)).astype(dtype)
        return cytorch.tensor(array).expand(*shape)
    array = random.standard_normal(shape).astype(dtype)
    return cytorch.tensor(array)


def check(result, expected, depth, dtype):
    # The error of a long sum grows with its length and with the size of its partial sums.
    unit = 3e-7 if dtype == "float32" else 6e-16
    largest = np.abs(expected).max(initial=0) + depth ** 0.5 + 1
    np.testing.assert_allclose(result.numpy(), expected, rtol=0,
                               atol=unit * largest * (depth + 4) ** 0.5)


def wide(tensor):
    return tensor.numpy().astype("float64")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("depth", [1, 3, 17, 40])
def test_every_tile_size(dtype, depth):
    random = np.random.default_rng(depth)
    for rows, columns in itertools.product(SIZES, SIZES):
        a = operand(random, (rows, depth), "plain", dtype)
        b = operand(random, (depth, columns), "plain", dtype)
        check(a @ b, wide(a) @ wide(b), depth, dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("left", LAYOUTS)
@pytest.mark.parametrize("right", LAYOUTS)
def test_layouts(dtype, left, right):
    random = np.random.default_rng(1)
    for rows, depth, columns in BLOCKED:
        a = operand(random, (rows, depth), left, dtype)
        b = operand(random, (depth, columns), right, dtype)
        check(a @ b, wide(a) @ wide(b), depth, dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_batches(dtype, layout):
    random = np.random.default_rng(2)
    for left, right in [((3, 20, 30), (3, 30, 40)), ((2, 1, 20, 30), (3, 30, 40)),
                        ((2, 3, 20, 30), (30, 40)), ((20, 30), (4, 2, 30, 40)),
                        ((3, 300, 70), (3, 70, 300)), ((2, 3, 4, 5), (2, 3, 5, 6)),
                        ((0, 3, 4), (4, 5)), ((2, 3, 0), (2, 0, 4))]:
        a, b = operand(random, left, layout, dtype), operand(random, right, layout, dtype)
        check(a @ b, wide(a) @ wide(b), left[-1], dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_bias(dtype):
    random = np.random.default_rng(3)
    for rows, depth, columns in [(1, 30, 7), (64, 784, 256), (256, 300, 300), (40, 20, 1),
                                 (3, 40000, 2), (5, 0, 6)]:
        x = operand(random, (rows, depth), "plain", dtype)
        weight = operand(random, (columns, depth), "plain", dtype)
        for bias in (random.standard_normal(columns).astype(dtype),
                     random.standard_normal(2 * columns).astype(dtype)):
            given = cytorch.tensor(bias)[::len(bias) // columns]
            check(cytorch.nn.functional.linear(x, weight, given),
                  wide(x) @ wide(weight).T + wide(given), depth, dtype)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "int64"])
def test_integers_wrap_around(dtype):
    random = np.random.default_rng(4)
    a = random.integers(0, 100, (3, 5, 7)).astype(dtype)
    b = random.integers(0, 100, (7, 4)).astype(dtype)
    result = cytorch.tensor(a) @ cytorch.tensor(b)
    expected = (a.astype("int64") @ b.astype("int64")).astype(dtype)
    np.testing.assert_array_equal(result.numpy(), expected)


def test_special_values_stay_in_their_row_and_column():
    a, b = cytorch.ones(20, 30), cytorch.ones(30, 50)
    a[3, 4] = float("nan")
    b[7, 11] = float("inf")
    result = (a @ b).numpy()
    assert np.isnan(result[3]).all()
    assert np.isinf(np.delete(result[:, 11], 3)).all()
    rest = np.delete(np.delete(result, 3, 0), 11, 1)
    np.testing.assert_array_equal(rest, 30)


def test_threads_change_no_bit():
    random = np.random.default_rng(5)
    threads = cytorch.get_num_threads()
    try:
        for rows, depth, columns in [*BLOCKED, (700, 300, 700), (20, 30000, 20)]:
            a = operand(random, (rows, depth), "plain", "float32")
            b = operand(random, (depth, columns), "transposed", "float32")
            results = []
            for count in (1, 2, 3):
                cytorch.set_num_threads(count)
                results.append((a @ b).numpy())
            np.testing.assert_array_equal(results[0], results[1])
            np.testing.assert_array_equal(results[0], results[2])
    finally:
        cytorch.set_num_threads(threads)
