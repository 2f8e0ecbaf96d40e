"""Every float32 elementwise kernel with its reference, its usual range and what it may err by."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import reference as ref

Array = np.ndarray[Any, Any]


@dataclass
class Case:
    """`numbers` follow the tensor operands. The error is counted in ulp of max(|result|, scale)."""

    name: str
    reference: Callable[..., Array]
    low: float = -10.0
    high: float = 10.0
    operands: int = 1
    numbers: tuple[float, ...] = ()
    scale: Callable[..., Array] | None = None
    everywhere: bool = True  # also outside [low, high]


def one(*values: Array) -> Array:
    return np.ones_like(values[0])


def largest(*values: Array) -> Array:
    return np.max(np.abs(values), axis=0)


def product(*values: Array) -> Array:
    return np.abs(np.prod(values, axis=0)) + np.abs(values[0])


def gamma_scale(x: Array) -> Array:
    return np.maximum(np.abs(x), 1) * np.maximum(np.log1p(np.abs(x)), 1)


def _in_floats(function: Callable[..., Array]) -> Callable[..., Array]:
    """The reference is an exact float operation."""
    return lambda *values: function(*[v.astype(np.float32) for v in values]).astype(float)


MATH = [
    Case("exp", np.exp, -110, 95), Case("exp2", np.exp2, -155, 130), Case("expm1", np.expm1),
    Case("log", np.log, 0, 4), Case("log2", np.log2, 0, 4), Case("log10", np.log10, 0, 4),
    Case("log1p", np.log1p, -1, 4), Case("sqrt", np.sqrt, 0, 100),
    Case("rsqrt", lambda x: 1 / np.sqrt(x), 0, 100), Case("sin", np.sin), Case("cos", np.cos),
    Case("tan", np.tan), Case("asin", np.arcsin, -1, 1), Case("acos", np.arccos, -1, 1),
    Case("atan", np.arctan), Case("sinh", np.sinh, -92, 92), Case("cosh", np.cosh, -92, 92),
    Case("tanh", np.tanh), Case("asinh", np.arcsinh), Case("acosh", np.arccosh, 1, 10),
    Case("atanh", np.arctanh, -1, 1), Case("sigmoid", ref.sigmoid, -110, 40),
    Case("erf", ref.erf, -5, 5), Case("erfc", ref.erfc, -5, 11),
    Case("erfinv", ref.erfinv, -1, 1), Case("lgamma", ref.lgamma, -20, 20, scale=gamma_scale),
    Case("digamma", ref.digamma, -20, 20, scale=one),
    Case("polygamma", ref.trigamma, 0.1, 20, numbers=(1.0,), everywhere=False),
    Case("sinc", ref.sinc, scale=lambda x: 1 / (1 + np.abs(x))),
    Case("logit", lambda x: np.log(x / (1 - x)), 0, 1, scale=one),
    Case("pow", np.power, 0, 20, operands=2), Case("atan2", np.arctan2, operands=2),
    Case("hypot", np.hypot, operands=2),
    Case("logaddexp", np.logaddexp, -100, 100, operands=2, scale=largest),
    Case("logaddexp2", np.logaddexp2, -100, 100, operands=2, scale=largest),
    Case("xlogy", lambda x, y: np.where((x == 0) & (y == y), 0, x * np.log(y)), 0, 10,
         operands=2),
]

ACTIVATIONS = [
    Case("relu", lambda x: np.where(x <= 0, 0, x)),
    Case("hardsigmoid", lambda x: np.clip(x + 3, 0, 6) / 6, scale=one),
    Case("hardswish", lambda x: ref.times_weight(x, np.clip(x + 3, 0, 6) / 6), scale=largest),
    Case("silu", lambda x: ref.times_weight(x, ref.sigmoid(x)), -110, 40),
    Case("gelu", ref.gelu, -6, 6, scale=largest),
    Case("gelu_tanh", ref.gelu_tanh, -6, 6, scale=largest),
    Case("mish", lambda x: ref.times_weight(x, np.tanh(ref.softplus(x))), -20, 25, scale=largest),
    Case("logsigmoid", ref.log_sigmoid, -110, 110),
    Case("softplus", lambda x: np.where(x > 20, x, ref.softplus(x)), -110, 40,
         numbers=(1.0, 20.0)),
    Case("elu", lambda x: np.where(x > 0, x * 1.5, np.expm1(x) * 2), numbers=(2.0, 1.5, 1.0)),
    Case("leaky_relu", lambda x, y: np.where(x > 0, x, x * y), operands=2),
    Case("hardshrink", lambda x: np.where(np.abs(x) <= 0.5, 0, x), numbers=(0.5,)),
    Case("softshrink", lambda x: np.where(np.abs(x) <= 0.5, 0, x - np.copysign(0.5, x)),
         numbers=(0.5,)),
    Case("threshold", lambda x: np.where(x <= 1, 7.0, x), numbers=(1.0, 7.0)),
    Case("sigmoid_backward", lambda g, y: g * (1 - y) * y, 0, 1, operands=2, scale=product,
         everywhere=False),
    Case("tanh_backward", lambda g, y: g * (1 - y * y), -1, 1, operands=2, scale=product,
         everywhere=False),
    Case("relu_backward", lambda g, y: np.where(y <= 0, 0, g), operands=2),
    Case("silu_backward", lambda g, x: g * ref.silu_slope(x), operands=2, scale=product,
         everywhere=False),
    Case("gelu_backward", lambda g, x: g * ref.gelu_slope(x), operands=2, scale=product,
         everywhere=False),
    Case("gelu_tanh_backward", lambda g, x: g * ref.gelu_tanh_slope(x), operands=2,
         scale=product, everywhere=False),
]

ARITHMETIC = [
    Case("add", np.add, operands=2), Case("sub", np.subtract, operands=2),
    Case("rsub", lambda x, y: y - x, operands=2), Case("mul", np.multiply, operands=2),
    Case("div", np.divide, operands=2), Case("rdiv", lambda x, y: y / x, operands=2),
    Case("reciprocal", np.reciprocal), Case("abs", np.abs),
    Case("neg", np.negative), Case("floor", np.floor), Case("ceil", np.ceil),
    Case("trunc", np.trunc), Case("round", np.round), Case("frac", lambda x: x - np.trunc(x)),
    Case("sign", lambda x: np.where(np.isnan(x), 0, np.sign(x))),
    Case("fmod", np.fmod, operands=2), Case("remainder", ref.python_remainder, operands=2),
    Case("floor_divide", ref.floor_quotient, operands=2),
    Case("div_trunc", _in_floats(lambda x, y: np.trunc(x / y)), operands=2),
    Case("maximum", np.maximum, operands=2), Case("minimum", np.minimum, operands=2),
    Case("fmax", np.fmax, operands=2), Case("fmin", np.fmin, operands=2),
    Case("copysign", np.copysign, operands=2),
    Case("nextafter", _in_floats(np.nextafter), operands=2),
    Case("heaviside", lambda x, y: np.where(x == 0, y, np.where(np.isnan(x), x, x > 0)),
         operands=2),
    Case("clamp", lambda x: np.clip(x, -2, 3), numbers=(-2.0, 3.0)),
    Case("where", lambda c, x, y: np.where(c != 0, x, y), operands=3),
    Case("lerp", lambda x, y: x + 0.25 * (y - x), operands=2, numbers=(0.25,), scale=largest,
         everywhere=False),
    Case("addcmul", lambda x, y, z: x + 2 * y * z, operands=3, numbers=(2.0,),
         scale=lambda x, y, z: np.abs(x) + 2 * np.abs(y * z), everywhere=False),
    Case("addcdiv", lambda x, y, z: x + 2 * y / z, operands=3, numbers=(2.0,),
         scale=lambda x, y, z: np.abs(x) + 2 * np.abs(y / z), everywhere=False),
]

def in_double(name: str, numbers: tuple[float, ...] = ()) -> Callable[..., Array]:
    """The float64 kernel, which tests/ops/test_special.py compares with tables of its own."""
    def reference(*values: Array) -> Array:
        from accuracy import through_cytorch

        return through_cytorch(name, list(values), numbers)

    return reference


SPECIAL_FUNCTIONS = [
    *(Case(name, in_double(name), low, high) for name, low, high in (
        ("i0", -20, 20), ("i1", -20, 20), ("i0e", -20, 20), ("i1e", -20, 20),
        ("bessel_j0", -30, 30), ("bessel_j1", -30, 30), ("bessel_y0", 0, 30),
        ("bessel_y1", 0, 30), ("modified_bessel_k0", 0, 20), ("modified_bessel_k1", 0, 20),
        ("scaled_modified_bessel_k0", 0, 20), ("scaled_modified_bessel_k1", 0, 20),
        ("spherical_bessel_j0", -30, 30), ("airy_ai", -20, 10), ("erfcx", -8, 20),
        ("ndtr", -10, 5), ("log_ndtr", -20, 5), ("ndtri", 0, 1), ("entr", 0, 4),
        ("frexp_exponent", -10, 10), ("frexp_mantissa", -10, 10))),
    *(Case(name, in_double(name), low, high, operands=2, everywhere=False)
      for name, low, high in (("xlog1py", 0, 4), ("igamma", 0.1, 20), ("igammac", 0.1, 20),
                              ("zeta", 1.1, 20))),
    *(Case(name, in_double(name, (5.0,)), -1, 1, numbers=(5.0,), everywhere=False)
      for name in ("chebyshev_t", "chebyshev_u", "chebyshev_v", "chebyshev_w",
                   "shifted_chebyshev_t", "shifted_chebyshev_u", "shifted_chebyshev_v",
                   "shifted_chebyshev_w", "hermite_h", "hermite_he", "laguerre_l",
                   "legendre_p")),
    Case("replace_nonfinite", in_double("replace_nonfinite", (1.0, 2.0, 3.0)),
         numbers=(1.0, 2.0, 3.0)),
]
CASES = MATH + ACTIVATIONS + ARITHMETIC + SPECIAL_FUNCTIONS
