"""Quotients, remainders and powers."""
from __future__ import annotations

from typing import Any

from .aliases import also_called
from .derivatives import conj, masked, zero
from .spec import (
    FLOATING_AND_COMPLEX,
    REAL,
    REAL_AND_COMPLEX,
    argument_error,
    call,
    elementwise,
    op,
    ops,
)

_FORMS = "function method inplace out"


def _nonzero(s: Any) -> list[Any]:
    """Divisors away from 0, of both signs."""
    return [call(s.tensor(3, 4), s.tensor(3, 4, low=0.5, high=2.0)),
            call(s.tensor(2, 1, 4), s.tensor(3, 1, low=-2.0, high=-0.5)),
            call(s.tensor(3), s.tensor(low=0.5, high=2.0)), call(s.tensor(0, 3), s.tensor(3)),
            call(s.tensor(2, 3), 1.5)]


# ---- quotients

_div = op(
    "div(Tensor input, Tensor|Scalar other) -> Tensor",
    kernel=elementwise(FLOATING_AND_COMPLEX), promote="float",
    grad={"input": lambda g, other: g / conj(other),
          "other": lambda g, input, other: -g * conj(input / (other * other))},
    forms=_FORMS + " operator:__truediv__,__itruediv__,__div__", samples=_nonzero,
    ref="numpy.divide",
    doc="""`input / other`, elementwise and with broadcasting; integers give floating results.

>>> cytorch.div(cytorch.tensor([1, 4]), 2)
tensor([0.5000, 2.0000])
""")


def _div_rounded(input: Any, other: Any, rounding_mode: str | None) -> Any:
    if rounding_mode is None:
        return ops.div(input, other)
    if rounding_mode == "floor":
        return ops._div_floor(input, other)
    if rounding_mode == "trunc":
        return ops._div_trunc(input, other)
    raise argument_error("div expected rounding_mode to be one of None, 'trunc', or 'floor' but "
                         f"found '{rounding_mode}'")


_div_mode = op(
    "div(Tensor input, Tensor|Scalar other, *, str? rounding_mode) -> Tensor", body=_div_rounded,
    forms=_FORMS,
    samples=lambda s: [call(c.args[0], c.args[1], rounding_mode=mode)
                       for mode in (None, "floor", "trunc") for c in _nonzero(s)],
    ref=lambda input, other, rounding_mode: {
        None: lambda x: x, "floor": _floor, "trunc": _trunc}[rounding_mode](input / other),
    errors=lambda s: [(call(s.tensor(3), 2, rounding_mode="ceil"), "ArgumentError", "'ceil'")],
    doc="""The quotient rounded down ("floor") or towards zero ("trunc"); integers stay integers.

>>> cytorch.div(cytorch.tensor([-3, 3]), 2, rounding_mode="floor")
tensor([-2,  1])
""")


def _floor(x: Any) -> Any:
    import numpy as np

    return np.floor(x)


def _trunc(x: Any) -> Any:
    import numpy as np

    return np.trunc(x)


op("_div_floor(Tensor input, Tensor|Scalar other) -> Tensor",
   kernel=elementwise(REAL, "floor_divide"), grad={"input": zero, "other": zero}, forms="function",
   samples=_nonzero, ref="numpy.floor_divide", torch="floor_divide", doc="Rounded down.")
op("_div_trunc(Tensor input, Tensor|Scalar other) -> Tensor", kernel=elementwise(REAL),
   grad={"input": zero, "other": zero}, forms="function", samples=_nonzero,
   ref=lambda input, other: _trunc(input / other), doc="Rounded towards zero.")
op("_rdiv(Tensor input, Tensor|Scalar other) -> Tensor",
   kernel=elementwise(FLOATING_AND_COMPLEX), promote="float",
   grad={"input": lambda g, input, other: -g * conj(other / (input * input)),
         "other": lambda g, input: g / conj(input)},
   forms="function operator:__rtruediv__,__rdiv__",
   samples=lambda s: [call(s.tensor(3, 4, low=0.5, high=2.0), 1.5),
                      call(s.tensor(low=0.5, high=2.0), 2), call(s.tensor(0, 2), 2)],
   ref=lambda input, other: other / input, doc="`other / input`.")
op("floor_divide(Tensor|Scalar input, Tensor|Scalar other) -> Tensor", kernel=elementwise(REAL),
   grad={"input": zero, "other": zero},
   forms=_FORMS + " operator:__floordiv__,__ifloordiv__", samples=_nonzero,
   ref="numpy.floor_divide",
   doc="""`floor(input / other)`, elementwise. Division of integers by zero raises.

>>> cytorch.floor_divide(cytorch.tensor([-3.0, 3.0]), 2)
tensor([-2.,  1.])
""")
op("_rfloordiv(Tensor input, Tensor|Scalar other) -> Tensor",
   body=lambda input, other: ops.floor_divide(other, input),
   forms="function operator:__rfloordiv__",
   samples=lambda s: [call(s.tensor(3, 4, low=0.5, high=2.0), 3)],
   ref=lambda input, other: _floor(other / input), doc="`other // input`.")

# ---- remainders

op("remainder(Tensor|Scalar input, Tensor|Scalar other) -> Tensor", kernel=elementwise(REAL),
   grad={"input": lambda g: g,
         "other": lambda g, input, other: -g * ops._div_floor(input, other)
         if hasattr(input, "shape") else -g * ops.floor_divide(input, other)},
   forms=_FORMS + " operator:__mod__,__imod__", samples=_nonzero, ref="numpy.remainder",
   doc="""Python's `input % other`, elementwise: it has the sign of `other`.

>>> cytorch.remainder(cytorch.tensor([-3.0, 3.5]), 2)
tensor([1.0000, 1.5000])
""")
op("_rmod(Tensor input, Tensor|Scalar other) -> Tensor",
   body=lambda input, other: ops.remainder(other, input), forms="function operator:__rmod__",
   samples=lambda s: [call(s.tensor(3, 4, low=0.5, high=2.0), 3.25)],
   ref=lambda input, other: other - input * _floor(other / input), doc="`other % input`.")
op("fmod(Tensor input, Tensor|Scalar other) -> Tensor", kernel=elementwise(REAL),
   grad={"input": lambda g: g,
         "other": lambda g, input, other: -g * ops._div_trunc(input, other)},
   forms=_FORMS, samples=_nonzero, ref="numpy.fmod",
   doc="""C's `fmod`, elementwise: it has the sign of `input`.

>>> cytorch.fmod(cytorch.tensor([-3.0, 3.5]), 2)
tensor([-1.0000,  1.5000])
""")

# ---- powers


def _is_number(x: Any) -> bool:
    return isinstance(x, (bool, int, float, complex))


def _pow_grad_input(g: Any, input: Any, exponent: Any) -> Any:
    if _is_number(exponent):
        if exponent == 0:
            return zero(g)
        if exponent == 1:
            return g
        if exponent == 2:
            return g * conj(2 * input)
        return g * conj(exponent * input ** (exponent - 1))
    slope = exponent * ops.pow(input, exponent - 1)
    return masked(ops.ne(exponent, 0), g * conj(slope))


def _pow_grad_exponent(g: Any, input: Any, exponent: Any, out: Any) -> Any:
    if _is_number(input):
        if input == 0:
            return masked(~_not_negative(exponent), g * conj(out) * float("-inf"))
        return g * conj(out * _logarithm(input))
    # 0 ** y is flat for y >= 0, though its logarithm is not finite
    flat = ops.eq(input, 0) & _not_negative(exponent)
    return masked(~flat, g * conj(out * ops.log(input)))


def _not_negative(x: Any) -> Any:
    if x.dtype.is_complex:
        return ops.eq(x.imag, 0) & ops.ge(x.real, 0)
    return ops.ge(x, 0)


def _logarithm(x: Any) -> Any:
    import cmath
    import math

    if isinstance(x, complex):
        return cmath.log(x)
    return math.log(x) if x > 0 else float("nan")


def _pow_samples(s: Any) -> list[Any]:
    def base(*shape: int) -> Any:
        return s.tensor(*shape, low=0.5, high=3.0)

    return [call(base(3, 4), s.tensor(3, 4)), call(base(2, 1, 4), s.tensor(3, 1)),
            call(base(3), s.tensor()), call(base(0, 3), s.tensor(3)),
            call(s.tensor(2, 3), 2), call(s.tensor(2, 3), 3), call(base(4), 0.5),
            call(base(4), -1.5), call(s.tensor(3), 0), call(s.tensor(3), 1)]


op("pow(Tensor|Scalar input, Tensor|Scalar exponent) -> Tensor",
   kernel=elementwise(REAL_AND_COMPLEX),
   grad={"input": _pow_grad_input, "exponent": _pow_grad_exponent},
   forms=_FORMS + " operator:__pow__,__ipow__", samples=_pow_samples, ref="numpy.power",
   doc="""`input ** exponent`, elementwise and with broadcasting.

>>> cytorch.pow(cytorch.tensor([1.0, 2.0, 3.0]), 2)
tensor([1., 4., 9.])
""")
op("_rpow(Tensor input, Tensor|Scalar other) -> Tensor",
   body=lambda input, other: ops.pow(other, input), forms="function operator:__rpow__",
   samples=lambda s: [call(s.tensor(3, 4), 2.5), call(s.tensor(), 2)],
   ref=lambda input, other: other ** input, doc="`other ** input`.")
op("float_power(Tensor|Scalar input, Tensor|Scalar exponent) -> Tensor",
   body=lambda input, exponent: ops.pow(_double(input), _double(exponent)),
   forms=_FORMS, samples=_pow_samples, ref="numpy.float_power",
   doc="""`input ** exponent` in double precision.

>>> cytorch.float_power(cytorch.tensor([1, 2]), 0.5)
tensor([1.0000, 1.4142], dtype=torch.float64)
""")


def _double(x: Any) -> Any:
    if _is_number(x):
        return x
    return x.cdouble() if x.dtype.is_complex else x.double()


also_called(_div, "divide", "true_divide")
also_called(_div_mode, "divide")
