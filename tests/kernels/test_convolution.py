"""The convolution kernels against loops over kernel elements in NumPy, in float64."""
import itertools

import numpy as np
import pytest

import cytorch
from cytorch.ops.spec import ops


class Case:
    """One geometry: sizes, and the reference results for random operands."""

    def __init__(self, random, images, groups, ins, outs, size, kernel, stride, padding,
                 dilation):
        self.arguments = (list(stride), list(padding), list(dilation), groups)
        self.size, self.kernel, self.stride, self.dilation = size, kernel, stride, dilation
        self.groups, self.ins, self.outs = groups, ins, outs
        self.padding = padding
        self.output = tuple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(
            size, kernel, stride, padding, dilation))
        self.valid = min(self.output) > 0
        if not self.valid:
            return
        self.x = random.standard_normal((images, groups * ins, *size))
        self.weight = random.standard_normal((groups * outs, ins, *kernel))
        self.gradient = random.standard_normal((images, groups * outs, *self.output))

    def windows(self, padded):
        """(kernel element, the padded pixels it meets), padded split into groups of channels."""
        for tap in itertools.product(*(range(k) for k in self.kernel)):
            yield tap, padded[(..., *(slice(t * d, t * d + (n - 1) * s + 1, s) for t, d, n, s in
                                      zip(tap, self.dilation, self.output, self.stride)))]

    def split(self, array, channels):
        return array.reshape(array.shape[0], self.groups, channels, *array.shape[2:])

    def reference(self):
        """Output, gradient of the input, gradient of the weight."""
        widths = [(0, 0), (0, 0), *((p, p + d * k + s) for p, d, k, s in zip(
            self.padding, self.dilation, self.kernel, self.stride))]
        x = self.split(np.pad(self.x, widths), self.ins)
        gradient = self.split(self.gradient, self.outs)
        weight = self.weight.reshape(self.groups, self.outs, self.ins, *self.kernel)
        output = np.zeros_like(gradient)
        x_gradient, weight_gradient = np.zeros_like(x), np.zeros_like(weight)
        views = self.windows(x_gradient)
        for (tap, seen), (_, place) in zip(self.windows(x), views):
            factor = weight[(..., *tap)]
            output += np.einsum("ngi...,goi->ngo...", seen, factor)
            place += np.einsum("ngo...,goi->ngi...", gradient, factor)
            flat = (*gradient.shape[:3], -1)
            weight_gradient[(..., *tap)] = np.einsum(
                "ngop,ngip->goi", gradient.reshape(flat), seen.reshape((*seen.shape[:3], -1)))
        inner = tuple(slice(p, p + n) for p, n in zip(self.padding, self.size))
        x_gradient = x_gradient.reshape(self.x.shape[:2] + x.shape[3:])[(..., *inner)]
        return (output.reshape(self.gradient.shape), x_gradient,
                weight_gradient.reshape(self.weight.shape))


def check(case, dtype):
    tolerance = 2e-5 if dtype == "float32" else 1e-12
    x, weight, gradient = (cytorch.tensor(array.astype(dtype)) for array in
                           (case.x, case.weight, case.gradient))
    bias = cytorch.tensor(np.arange(weight.shape[0]).astype(dtype))
    results = (
        ops._convolution(x, weight, bias, *case.arguments) - bias.reshape(
            (-1,) + (1,) * len(case.size)),
        ops._convolution_backward_input(gradient, weight, None, list(case.size), *case.arguments),
        ops._convolution_backward_weight(gradient, x, list(case.kernel), *case.arguments))
    for result, expected in zip(results, case.reference()):
        np.testing.assert_allclose(result.numpy(), expected, rtol=0, err_msg=repr(vars(case)),
                                   atol=tolerance * (np.abs(expected).max() + 10))


def random_case(random, ndim):
    def each(values):
        return tuple(int(random.choice(values)) for _ in range(ndim))
    return Case(random, int(random.choice([1, 2, 5])), int(random.choice([1, 1, 2, 3])),
                int(random.choice([1, 2, 5])), int(random.choice([1, 2, 15, 17, 40])),
                each([1, 2, 3, 5, 8, 13, 16, 33]), each([1, 1, 2, 3, 4, 5]), each([1, 1, 2, 3]),
                each([0, 0, 1, 2, 3]), each([1, 1, 2, 3]))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("ndim", [1, 2, 3])
def test_random_geometries(dtype, ndim):
    random, done = np.random.default_rng(ndim), 0
    while done < 60:
        case = random_case(random, ndim)
        if case.valid and case.x.size * case.weight.size < 3e7:
            check(case, dtype)
            done += 1


# images, groups, in, out (per group), size, kernel, stride, padding, dilation
LAYERS = [
    (3, 1, 1, 20, (28, 28), (5, 5), (1, 1), (0, 0), (1, 1)),
    (3, 1, 20, 64, (12, 12), (5, 5), (1, 1), (0, 0), (1, 1)),
    (2, 1, 64, 64, (16, 16), (3, 3), (1, 1), (1, 1), (1, 1)),
    (3, 1, 64, 30, (8, 8), (1, 1), (1, 1), (0, 0), (1, 1)),
    (3, 1, 5, 30, (7, 7), (1, 1), (1, 1), (0, 0), (1, 1)),
    (1, 1, 3, 64, (56, 56), (7, 7), (2, 2), (3, 3), (1, 1)),
    (2, 32, 1, 1, (32, 32), (3, 3), (1, 1), (1, 1), (1, 1)),
    (2, 16, 1, 2, (14, 14), (3, 3), (2, 2), (1, 1), (1, 1)),
    (2, 1, 16, 24, (16, 16), (4, 4), (2, 2), (1, 1), (1, 1)),
    (2, 1, 4, 4, (9, 9), (2, 2), (3, 3), (0, 0), (1, 1)),
    (2, 1, 8, 9, (40,), (5,), (1,), (2,), (1,)),
    (9, 1, 40, 50, (2, 2), (2, 2), (1, 1), (0, 0), (1, 1)),
]


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_common_layers(layer, dtype):
    check(Case(np.random.default_rng(7), *layer), dtype)


def test_pixels_that_no_window_meets_get_zero_gradient():
    gradient = cytorch.ones(1, 1, 2, 2)
    weight = cytorch.ones(1, 1, 1, 1)
    result = ops._convolution_backward_input(gradient, weight, None, [5, 6], [3, 4], [0, 0],
                                             [1, 1], 1)
    expected = np.zeros((1, 1, 5, 6))
    expected[0, 0, ::3, ::4] = 1
    np.testing.assert_array_equal(result.numpy(), expected)


def test_special_values_touch_only_their_windows():
    x = cytorch.zeros(1, 1, 9, 9)
    x[0, 0, 4, 4] = float("inf")
    result = cytorch.nn.functional.conv2d(x, cytorch.ones(1, 1, 3, 3)).numpy()
    assert np.isinf(result[0, 0, 2:5, 2:5]).all()
    assert np.isfinite(result).sum() == 49 - 9


def test_threads_change_no_bit():
    threads = cytorch.get_num_threads()
    try:
        for layer in LAYERS:
            case = Case(np.random.default_rng(8), *layer)
            x, weight, gradient = (cytorch.tensor(array.astype("float32")) for array in
                                   (case.x, case.weight, case.gradient))
            results = []
            for count in (1, 2, 3):
                cytorch.set_num_threads(count)
                results.append((
                    ops._convolution(x, weight, None, *case.arguments).numpy(),
                    ops._convolution_backward_input(gradient, weight, None, list(case.size),
                                                    *case.arguments).numpy(),
                    ops._convolution_backward_weight(gradient, x, list(case.kernel),
                                                     *case.arguments).numpy()))
            for first, second, third in zip(*results):
                np.testing.assert_array_equal(first, second)
                np.testing.assert_array_equal(first, third)
    finally:
        cytorch.set_num_threads(threads)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_integers(dtype):
    random = np.random.default_rng(9)
    x = random.integers(0, 9, (2, 4, 6, 5)).astype(dtype)
    weight = random.integers(0, 9, (6, 2, 3, 2)).astype(dtype)
    arguments = ([2, 1], [1, 0], [1, 2], 2)
    exact = ops._convolution(cytorch.tensor(x.astype("float64")),
                             cytorch.tensor(weight.astype("float64")), None, *arguments).numpy()
    result = ops._convolution(cytorch.tensor(x), cytorch.tensor(weight), None, *arguments)
    np.testing.assert_array_equal(result.numpy(), exact.astype("int64").astype(dtype))
    back = ops._convolution_backward_input(result, cytorch.tensor(weight), None, [6, 5],
                                           *arguments).numpy()
    exact_back = ops._convolution_backward_input(
        cytorch.tensor(result.numpy().astype("float64")),
        cytorch.tensor(weight.astype("float64")), None, [6, 5], *arguments).numpy()
    np.testing.assert_array_equal(back, exact_back.astype("int64").astype(dtype))
