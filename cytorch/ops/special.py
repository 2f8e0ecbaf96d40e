"""Error function, gamma function, sinc."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .derivatives import conj, masked
from .spec import (
    FLOATING,
    FLOATING_AND_COMPLEX,
    argument_error,
    call,
    elementwise,
    op,
    ops,
    unary,
)

_FORMS = "function method inplace out"
TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)


def each(function: Callable[[float], float]) -> Callable[..., Any]:
    """A function of Python floats as a reference on arrays."""
    def reference(input: Any) -> Any:
        import numpy as np

        return np.vectorize(function, otypes=["float64"])(input)

    return reference


def _function(name: str, what: str, grad: Callable[..., Any], low: float, high: float, ref: Any,
              example: str, result: str, dtypes: tuple[str, ...] = FLOATING) -> None:
    op(f"{name}(Tensor input) -> Tensor", kernel=elementwise(dtypes), promote="float",
       grad={"input": grad}, forms=_FORMS, samples=unary(low, high), ref=ref,
       doc=f"""{what}, elementwise; integers give floating results.

>>> cytorch.{name}(cytorch.tensor({example}))
{result}
""")


_function("erf", "The error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to input",
          lambda g, input: g * (TWO_OVER_ROOT_PI * ops.exp(-(input * input))), -3.0, 3.0,
          each(math.erf), "[0.0, 1.0]", "tensor([0.0000, 0.8427])")
_function("erfc", "1 - erf(input), exact for large inputs too",
          lambda g, input: g * (-TWO_OVER_ROOT_PI * ops.exp(-(input * input))), -3.0, 3.0,
          each(math.erfc), "[0.0, 5.0]", "tensor([1.0000e+00, 1.5375e-12])")
_function("erfinv", "The inverse of erf; NaN outside [-1, 1]",
          lambda g, out: g * (ops.exp(out * out) / TWO_OVER_ROOT_PI), -0.9, 0.9,
          None, "[0.0, 0.5]", "tensor([0.0000, 0.4769])")
_function("lgamma", "log(abs(gamma(input)))", lambda g, input: g * ops.digamma(input), 0.5, 4.0,
          each(math.lgamma), "[0.5, 10.0]", "tensor([ 0.5724, 12.8018])")
_function("digamma", "The derivative of lgamma", lambda g, input: g * ops._polygamma(input, 1),
          0.5, 4.0, None, "[1.0, 2.0]", "tensor([-0.5772,  0.4228])")
op("_polygamma(Tensor input, Scalar n) -> Tensor", kernel=elementwise(FLOATING), promote="float",
   grad={"input": lambda g, input, n: g * ops._polygamma(input, n + 1)}, forms="function",
   samples=lambda s: [call(s.tensor(3, 4, low=0.5, high=4.0), 1),
                      call(s.tensor(low=0.5, high=4.0), 2)],
   torch="", extra={"parity": False},
   doc="The derivative number `n` >= 1 of digamma.")


def _polygamma(n: int, input: Any) -> Any:
    if n < 0:
        raise argument_error(f"polygamma(n, x) does not support negative n, got n={n}")
    return ops.digamma(input) if n == 0 else ops._polygamma(input, n)


op("polygamma(int n, Tensor input) -> Tensor", body=_polygamma, forms="function out",
   samples=lambda s: [call(n, s.tensor(3, low=0.5, high=4.0)) for n in (0, 1, 2)],
   errors=lambda s: [(call(-1, s.tensor(3)), "ArgumentError", "n=-1")],
   doc="""The derivative number `n` of digamma, elementwise.

>>> cytorch.polygamma(1, cytorch.tensor([1.0, 2.0]))
tensor([1.6449, 0.6449])
""")
op("polygamma(Tensor input, int n) -> Tensor", body=lambda input, n: _polygamma(n, input),
   forms="method inplace", samples=lambda s: [call(s.tensor(3, low=0.5, high=4.0), 1)],
   extra={"parity": False},
   doc="The derivative number `n` of digamma, elementwise.")


def _sinc_grad(g: Any, input: Any) -> Any:
    x = input * math.pi
    slope = (x * ops.cos(x) - ops.sin(x)) / (x * input)
    return masked(ops.ne(input, 0), g * conj(slope))


_function("sinc", "sin(pi input) / (pi input), and 1 for 0", _sinc_grad, -3.0, 3.0, "numpy.sinc",
          "[0.0, 0.5]", "tensor([1.0000, 0.6366])", FLOATING_AND_COMPLEX)
