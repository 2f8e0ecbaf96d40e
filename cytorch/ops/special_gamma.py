"""The incomplete gamma functions, Hurwitz's zeta function, the multivariate gamma function."""
from __future__ import annotations

import math
from typing import Any

from .spec import FLOATING, argument_error, autograd_error, call, elementwise, op, ops
from .special_functions import FAMILY


def _no_derivative(name: str, parameter: str) -> Any:
    def grad(g: Any) -> Any:
        raise autograd_error(f"the derivative for '{name}: {parameter}' is not implemented")
    return grad


def _density(g: Any, input: Any, other: Any) -> Any:
    """g x^(a - 1) exp(-x) / gamma(a)."""
    return g * ops.exp((input - 1) * ops.log(other) - other - ops.lgamma(input))


def _pairs(s: Any) -> list[Any]:
    """No first one is of float64, in which derivatives are tested: there is none by it."""
    def a(*shape: int) -> Any:
        return s.ints(*shape, low=1, high=5)

    def x(*shape: int) -> Any:
        return s.tensor(*shape, low=0.5, high=4.0)

    return [call(a(3, 4), x(3, 4)), call(a(2, 1, 4), x(3, 1)), call(a(3), x(2, 1)),
            call(a(0, 3), x(3)),
            call(s.tensor(3, low=0.5, high=4.0, dtype="float32"), x(3))]


def _incomplete(kernel: str, names: str, what: str, sign: float, result: str) -> None:
    for name in names.split():
        op(f"{name}(Tensor input, Tensor other) -> Tensor", kernel=elementwise(FLOATING, kernel),
           grad={"input": _no_derivative(kernel, "input"),
                 "other": lambda g, input, other: _density(sign * g, input, other)},
           forms="function out" if "." in name else "function method inplace out",
           samples=_pairs, extra=FAMILY,
           doc=f"""The regularised {what} incomplete gamma function of (a, x) = (input, other).

{"The integral from 0 to x" if sign > 0 else "The integral from x to infinity"} of
t^(a - 1) exp(-t) / gamma(a). NaN for negative numbers. There is a derivative by `other` only.

>>> cytorch.{name}(cytorch.tensor([1.0, 4.0]), cytorch.tensor([1.0, 3.0]))
tensor({result})
""")


_incomplete("igamma", "igamma special.gammainc", "lower", 1.0, "[0.6321, 0.3528]")
_incomplete("igammac", "igammac special.gammaincc", "upper", -1.0, "[0.3679, 0.6472]")

op("special.zeta(Tensor|Scalar input, Tensor|Scalar other) -> Tensor",
   kernel=elementwise(FLOATING), promote="float",
   grad={"input": _no_derivative("zeta", "input"),
         "other": lambda g, input, other: -g * input * ops.special.zeta(input + 1, other)},
   forms="function out", extra=FAMILY,
   samples=lambda s: [call(s.ints(3, 4, low=2, high=5), s.tensor(4, low=0.5, high=3.0)),
                      call(2.5, s.tensor(3, low=0.5, high=3.0)),
                      call(s.ints(3, low=1, high=4), 2)],
   doc="""Hurwitz's zeta function: the sum of (k + other) ** -input over k = 0, 1, 2 ...

With other = 1 it is Riemann's. NaN for input < 1. There is a derivative by `other` only.

>>> cytorch.special.zeta(cytorch.tensor([2.0, 4.0]), 1)
tensor([1.6449, 1.0823])
""")


def _mvlgamma(input: Any, p: int) -> Any:
    if p < 1:
        raise argument_error(f"mvlgamma(): p has to be greater than or equal to 1, got p={p}")
    if not input.dtype.is_floating_point:
        input = input.to(ops.lgamma(input.new_empty(0)).dtype)
    shifts = ops.arange(0, p, dtype=input.dtype, device=input.device) * -0.5
    terms = ops.lgamma(input.unsqueeze(-1) + shifts)
    return terms.sum(-1) + p * (p - 1) / 4 * math.log(math.pi)


for _name in ("mvlgamma", "special.multigammaln"):
    op(f"{_name}(Tensor input, int p) -> Tensor", body=_mvlgamma,
       forms="function out" if "." in _name else "function method inplace out",
       samples=lambda s: [call(s.tensor(3, 4, low=1.5, high=4.0), 2),
                          call(s.tensor(low=2.5, high=4.0), p=3), call(s.tensor(0, 2), 1)],
       errors=lambda s: [(call(s.tensor(2), 0), "ArgumentError", "p=0")],
       doc=f"""The logarithm of the multivariate gamma function of dimension `p`.

p (p - 1) / 4 log(pi) + the sum of lgamma(input - k / 2) over k = 0 ... p - 1.

>>> cytorch.{_name}(cytorch.tensor([2.0, 3.0]), 2)
tensor([0.4516, 1.5502])
""")
