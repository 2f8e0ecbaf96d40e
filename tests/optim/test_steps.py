"""Single steps against the formulas, written out with NumPy."""
from __future__ import annotations

import numpy as np
import pytest

import cytorch
from cytorch import optim

GRADIENTS = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -2.0], [-0.5, 3.0, 0.0]])
START = np.array([1.0, -2.0, 0.5])


def run(make):
    parameter = cytorch.tensor(START.copy(), requires_grad=True)
    optimizer = make([parameter])
    for gradient in GRADIENTS:
        parameter.grad = cytorch.tensor(gradient.copy())
        optimizer.step()
    return parameter.detach().numpy()


@pytest.mark.parametrize(("momentum", "dampening", "decay", "nesterov"), [
    (0, 0, 0, False), (0, 0, 0.1, False), (0.9, 0, 0.1, False), (0.9, 0.5, 0, False),
    (0.9, 0, 0.1, True)])
def test_sgd(momentum, dampening, decay, nesterov):
    p, buffer = START.copy(), None
    for gradient in GRADIENTS:
        g = gradient + decay * p
        if momentum:
            buffer = g if buffer is None else momentum * buffer + (1 - dampening) * g
            g = g + momentum * buffer if nesterov else buffer
        p -= 0.1 * g
    got = run(lambda params: optim.SGD(params, 0.1, momentum, dampening, decay, nesterov))
    np.testing.assert_allclose(got, p, rtol=1e-12)


@pytest.mark.parametrize("amsgrad", [False, True])
@pytest.mark.parametrize(("kind", "decay"), [(optim.Adam, 0.0), (optim.Adam, 0.1),
                                             (optim.AdamW, 0.1)])
def test_adam(kind, decay, amsgrad):
    p = START.copy()
    m, v, largest = np.zeros(3), np.zeros(3), np.zeros(3)
    for t, gradient in enumerate(GRADIENTS, 1):
        g = gradient
        if kind is optim.AdamW:
            p *= 1 - 0.1 * decay
        else:
            g = g + decay * p
        m = 0.9 * m + 0.1 * g
        v = 0.99 * v + 0.01 * g * g
        largest = np.maximum(largest, v)
        spread = np.sqrt((largest if amsgrad else v) / (1 - 0.99**t)) + 1e-8
        p -= 0.1 * m / (1 - 0.9**t) / spread
    got = run(lambda params: kind(params, 0.1, (0.9, 0.99), weight_decay=decay, amsgrad=amsgrad))
    np.testing.assert_allclose(got, p, rtol=1e-12)


@pytest.mark.parametrize("centered", [False, True])
@pytest.mark.parametrize("momentum", [0, 0.9])
def test_rmsprop(momentum, centered):
    p = START.copy()
    v, average, buffer = np.zeros(3), np.zeros(3), np.zeros(3)
    for gradient in GRADIENTS:
        g = gradient + 0.1 * p
        v = 0.9 * v + 0.1 * g * g
        average = 0.9 * average + 0.1 * g
        step = g / (np.sqrt(v - average**2 if centered else v) + 1e-8)
        buffer = momentum * buffer + step
        p -= 0.1 * (buffer if momentum else step)
    got = run(lambda params: optim.RMSprop(params, 0.1, 0.9, weight_decay=0.1,
                                           momentum=momentum, centered=centered))
    np.testing.assert_allclose(got, p, rtol=1e-12)


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_finds_the_minimum_of_rosenbrock(search):
    x = cytorch.tensor([-1.2, 1.0], dtype=cytorch.float64, requires_grad=True)
    optimizer = optim.LBFGS([x], lr=1.0 if search else 1e-3, max_iter=100 if search else 20,
                            line_search_fn=search)

    def closure():
        optimizer.zero_grad()
        loss = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
        loss.backward()
        return loss

    first = optimizer.step(closure).item()
    assert first == pytest.approx(24.2)
    if search:
        np.testing.assert_allclose(x.detach().numpy(), [1.0, 1.0], atol=1e-4)
    else:
        assert closure().item() < first


def test_lbfgs_refuses_other_line_searches():
    x = cytorch.ones(1, requires_grad=True)
    optimizer = optim.LBFGS([x], line_search_fn="armijo")

    def closure():
        optimizer.zero_grad()
        loss = (x * x).sum()
        loss.backward()
        return loss

    with pytest.raises(RuntimeError, match="only 'strong_wolfe' is supported, got 'armijo'"):
        optimizer.step(closure)
