"""Elementwise functions in double, for float32 inputs: what the kernels are measured against.

NumPy's and math's where they have them; digamma and the inverse of erf are made here by other
methods than the kernels use.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def each(function: Callable[[float], float]) -> Callable[[Array], Array]:
    """A function of Python floats, on arrays; errors give NaN, overflow inf."""
    def safe(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    return lambda x: np.fromiter(map(safe, x.tolist()), float, len(x))


erf, erfc = each(math.erf), each(math.erfc)


def _lgamma(x: float) -> float:
    return math.inf if x == -math.inf or (x <= 0 and x == math.floor(x)) else math.lgamma(x)


def digamma(x: Array) -> Array:
    """By the reflection, 20 steps of the recurrence and the asymptotic series."""
    positive = np.abs(x)
    z = np.where(positive < 1e6, positive + 20, positive)
    terms = sum(1 / (positive + k) for k in range(1, 20))
    t = 1 / (z * z)
    value = np.log(z) - 0.5 / z - t * (1 / 12 - t * (1 / 120 - t * (1 / 252 - t / 240)))
    value = np.where(positive < 1e6, value - terms, value)
    first = np.where(positive < 1e6, 1 / positive, 0)
    rest = np.fmod(positive, 1.0)
    rest = np.where(rest > 0.5, rest - 1, rest)
    reflected = value - first + 1 / positive + math.pi / np.tan(math.pi * rest)
    reflected = np.where(rest == 0, math.nan, reflected)
    result = np.where(x < 0, reflected, value - first)
    return np.where(x == 0, np.copysign(math.inf, -x), result)


def erfinv(x: Array) -> Array:
    """Winitzki's estimate and four Newton steps, with erfc near 1 where it keeps more digits."""
    size = np.abs(x)
    inside = np.where(size < 1, size, 0.5)
    log_rest = np.log1p(-inside * inside)
    middle = 2 / (math.pi * 0.147) + log_rest / 2
    y = np.sqrt(np.sqrt(middle * middle - log_rest / 0.147) - middle)
    for _ in range(4):
        error = np.where(inside < 0.5, erf(y) - inside, (1 - inside) - erfc(y))
        y -= error / (2 / math.sqrt(math.pi) * np.exp(-y * y))
    tiny = size * math.sqrt(math.pi) / 2
    result = np.copysign(np.where(size < 1e-9, tiny, y), x)
    return np.where(size < 1, result, np.where(size == 1, np.copysign(math.inf, x), math.nan))


def sigmoid(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, 1) / (1 + e)


def softplus(x: Array) -> Array:
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def log_sigmoid(x: Array) -> Array:
    return -softplus(-x)


def times_weight(x: Array, weight: Array) -> Array:
    """x * weight, where a weight of 0 wins over an infinite x."""
    return np.where((weight == 0) & np.isinf(x), math.copysign(0.0, -1.0), x * weight)


def gelu(x: Array) -> Array:
    return times_weight(x, 0.5 * erfc(-x / math.sqrt(2)))


def gelu_tanh(x: Array) -> Array:
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)
    return times_weight(x, sigmoid(2 * inner))


def sinc(x: Array) -> Array:
    turn = x - 2 * np.round(x / 2)
    return np.where(x == 0, 1.0, np.sin(math.pi * turn) / (math.pi * x))


def gelu_slope(x: Array) -> Array:
    return 0.5 * erfc(-x / math.sqrt(2)) + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def gelu_tanh_slope(x: Array) -> Array:
    scale, cubic = math.sqrt(2 / math.pi), 0.044715
    t = np.tanh(scale * (x + cubic * x ** 3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * scale * (1 + 3 * cubic * x * x)


def silu_slope(x: Array) -> Array:
    s = sigmoid(x)
    return s * (1 + x * sigmoid(-x))


def floor_quotient(x: Array, y: Array) -> Array:
    """Python's, through the exact remainder."""
    rest = np.fmod(x, y)
    quotient = (x - rest) / y - ((rest != 0) & ((rest < 0) != (y < 0)))
    return np.where(y == 0, x / y, np.round(quotient))


def python_remainder(x: Array, y: Array) -> Array:
    rest = np.fmod(x, y)
    return np.where((rest != 0) & ((rest < 0) != (y < 0)), rest + y, rest)


def trigamma(x: Array) -> Array:
    """For positive x: 20 steps of the recurrence and the asymptotic series."""
    z = x + 20
    t = 1 / (z * z)
    value = 1 / z + 0.5 * t + (1 / 6 - t * (1 / 30 - t * (1 / 42 - t / 30))) * t / z
    return value + sum(1 / (x + k) ** 2 for k in range(20))


lgamma = each(_lgamma)
