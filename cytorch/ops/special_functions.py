"""torch.special: Bessel, Airy, the normal distribution, entropies. Kernels of their own family."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .derivatives import masked
from .spec import FLOATING, binary, call, elementwise, op, ops, unary
from .special import TWO_OVER_ROOT_PI, each

FAMILY = {"family": "special_functions"}
_ROOT_HALF = math.sqrt(0.5)
_ROOT_TWO_PI = math.sqrt(2 * math.pi)


def _declare(name: str, what: str, grad: Callable[..., Any] | None, low: float, high: float,
             example: str, result: str, ref: Any = None, kernel: str = "") -> None:
    """One function of one tensor; without `grad` it has no derivative, as in PyTorch."""
    fields: dict[str, Any] = {"nondiff": ("out",)} if grad is None else {"grad": {"input": grad}}
    forms = "function out" if "." in name else "function method inplace out"
    op(f"{name}(Tensor input) -> Tensor", kernel=elementwise(FLOATING, kernel), promote="float",
       forms=forms, samples=unary(low, high), ref=ref, extra=FAMILY, **fields,
       doc=f"""{what}, elementwise; integers give floating results.

>>> cytorch.{name}(cytorch.tensor({example}))
tensor({result})
""")


# ---- modified Bessel functions of the first kind


def _away_from_zero(input: Any, slope: Callable[[Any], Any]) -> Any:
    """`slope` of the input, and its limit 1/2 next to 0, where it divides by the input."""
    tiny = 2.0 ** -23 if input.dtype.itemsize < 8 else 2.0 ** -52
    outside = input.abs() > tiny
    return ops.where(outside, slope(ops.where(outside, input, 1)), 0.5)


def _i1_grad(g: Any, input: Any, out: Any) -> Any:
    return g * _away_from_zero(input, lambda x: ops.i0(x) - out / x)


def _i1e_grad(g: Any, input: Any, out: Any) -> Any:
    return g * _away_from_zero(
        input, lambda x: ops.special.i0e(x) - out * (ops.sgn(x) + 1 / x))


_declare("i0", "The modified Bessel function of the first kind, order 0",
         lambda g, input: g * ops.special.i1(input), -3.0, 3.0, "[0.0, 1.0]", "[1.0000, 1.2661]",
         "numpy.i0")
_declare("special.i0", "The same as `i0`", lambda g, input: g * ops.special.i1(input), -3.0, 3.0,
         "[0.0, 1.0]", "[1.0000, 1.2661]", "numpy.i0")
_declare("special.modified_bessel_i0",
         "The modified Bessel function of the first kind, order 0, without derivative", None, -3.0,
         3.0, "[0.0, 1.0]", "[1.0000, 1.2661]", "numpy.i0", "i0")
_declare("special.i1", "The modified Bessel function of the first kind, order 1", _i1_grad, -3.0,
         3.0, "[0.0, 1.0]", "[0.0000, 0.5652]")
_declare("special.modified_bessel_i1",
         "The modified Bessel function of the first kind, order 1, without derivative", None, -3.0,
         3.0, "[0.0, 1.0]", "[0.0000, 0.5652]", None, "i1")
_declare("special.i0e", "exp(-abs(input)) i0(input), which never overflows",
         lambda g, input, out: g * (ops.special.i1e(input) - ops.sgn(input) * out), -3.0, 3.0,
         "[0.0, 1000.0]", "[1.0000, 0.0126]")
_declare("special.i1e", "exp(-abs(input)) i1(input), which never overflows", _i1e_grad, -3.0, 3.0,
         "[0.0, 1000.0]", "[0.0000, 0.0126]")

# ---- the other Bessel functions: PyTorch has no derivatives

for _name, _what, _low, _result in (
        ("bessel_j0", "The Bessel function of the first kind, order 0", -4.0, "0.7652, 0.2239"),
        ("bessel_j1", "The Bessel function of the first kind, order 1", -4.0, "0.4401, 0.5767"),
        ("bessel_y0", "The Bessel function of the second kind, order 0", 0.3, "0.0883, 0.5104"),
        ("bessel_y1", "The Bessel function of the second kind, order 1", 0.3, "-0.7812, -0.1070"),
        ("modified_bessel_k0", "The modified Bessel function of the second kind, order 0", 0.3,
         "0.4210, 0.1139"),
        ("modified_bessel_k1", "The modified Bessel function of the second kind, order 1", 0.3,
         "0.6019, 0.1399"),
        ("scaled_modified_bessel_k0", "exp(input) modified_bessel_k0(input)", 0.3,
         "1.1445, 0.8416"),
        ("scaled_modified_bessel_k1", "exp(input) modified_bessel_k1(input)", 0.3,
         "1.6362, 1.0335"),
        ("spherical_bessel_j0", "The spherical Bessel function of the first kind, order 0", -4.0,
         "0.8415, 0.4546"),
        ("airy_ai", "The Airy function Ai", 0.5, "0.1353, 0.0349")):
    _declare(f"special.{_name}", _what, None, _low, 4.0, "[1.0, 2.0]", f"[{_result}]")

# ---- the error function's relatives

_declare("special.erfcx", "exp(input ** 2) erfc(input), which never underflows",
         lambda g, input, out: g * (2 * input * out - TWO_OVER_ROOT_PI), -2.0, 4.0, "[0.0, 100.0]",
         "[1.0000, 0.0056]", each(lambda x: math.exp(x * x) * math.erfc(x)))
_declare("special.ndtr", "The share of the standard normal distribution below the input",
         lambda g, input: g * ops.exp(input * input * -0.5) / _ROOT_TWO_PI, -3.0, 3.0,
         "[0.0, 1.96]", "[0.5000, 0.9750]", each(lambda x: 0.5 * math.erfc(-x * _ROOT_HALF)))
_declare("special.log_ndtr", "log(ndtr(input)), exact far below 0 too",
         lambda g, input: g / ops.special.erfcx(input * -_ROOT_HALF) * math.sqrt(2 / math.pi),
         -3.0, 3.0, "[0.0, -10.0]", "[ -0.6931, -53.2313]",
         each(lambda x: math.log(0.5 * math.erfc(-x * _ROOT_HALF))))
_declare("special.ndtri", "The inverse of `ndtr`; NaN outside of [0, 1]",
         lambda g, out: g * (_ROOT_TWO_PI * ops.exp(out * out * 0.5)), 0.1, 0.9, "[0.5, 0.975]",
         "[0.0000, 1.9600]")
_declare("special.entr", "-input log(input); 0 for 0 and minus infinity below",
         lambda g, input: -g * (1 + ops.log(input)), 0.2, 3.0, "[0.5, 0.0]", "[0.3466, 0.0000]",
         each(lambda x: -x * math.log(x)))


def _xlog1py_grad(g: Any, input: Any, other: Any) -> Any:
    if isinstance(other, (int, float)):
        other = ops.full_like(input, other)
    return masked(~(ops.eq(input, 0) & ops.le(other, -1)), g * ops.log1p(other))


op("special.xlog1py(Tensor|Scalar input, Tensor|Scalar other) -> Tensor",
   kernel=elementwise(FLOATING), promote="float", extra=FAMILY,
   grad={"input": _xlog1py_grad, "other": lambda g, input, other: g * input / (other + 1)},
   forms="function out", samples=lambda s: [*binary(0.3, 3.0)(s), call(2.0, s.tensor(3, low=0.0))],
   ref=lambda input, other: input * __import__("numpy").log1p(other),
   doc="""`input * log1p(other)`, elementwise; 0 where `input` is 0 (but NaN where `other` is).

>>> cytorch.special.xlog1py(cytorch.tensor([0.0, 2.0]), cytorch.tensor([-1.0, 1.0]))
tensor([0.0000, 1.3863])
""")
