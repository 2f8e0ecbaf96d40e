"""Mantissa and exponent of floating numbers, and numbers in place of NaN and infinity."""
from __future__ import annotations

from typing import Any

from .derivatives import masked
from .dtypes import default_dtype, dtype_named, is_integral
from .spec import FLOATING, call, dtype_error, elementwise, op, ops, unary
from .special_functions import FAMILY

op("_frexp_exponent(Tensor input) -> Tensor", kernel=elementwise(FLOATING), nondiff=("out",),
   forms="function", samples=unary(), ref=lambda input: __import__("numpy").frexp(input)[1],
   extra=FAMILY, doc="The exponent of `frexp`, as a floating number.")
op("_frexp_mantissa(Tensor input) -> Tensor", kernel=elementwise(FLOATING),
   grad={"input": lambda g, input: g / ops.exp2(ops._frexp_exponent(input))},
   forms="function", samples=unary(0.5, 3.0), extra=FAMILY,
   ref=lambda input: __import__("numpy").frexp(input)[0],
   doc="The mantissa of `frexp`.")


def _frexp(input: Any) -> Any:
    if not input.dtype.is_floating_point:
        raise dtype_error(f"frexp() only supports floating-point dtypes, got {input.dtype}")
    exponent = ops._frexp_exponent(input.detach()).to(dtype_named("int32"))
    return ops._frexp_mantissa(input), exponent


op("frexp(Tensor input) -> (Tensor mantissa, Tensor exponent)", body=_frexp,
   forms="function method out", samples=unary(0.5, 3.0), ref="numpy.frexp",
   errors=lambda s: [(call(s.ints(2)), "DTypeError", "int64")],
   doc="""input = mantissa * 2 ** exponent with abs(mantissa) in [0.5, 1): (mantissa, exponent).

The exponents are int32; those of 0, NaN and infinity are 0.

>>> cytorch.frexp(cytorch.tensor([8.0, 0.75])).mantissa
tensor([0.5000, 0.7500])
""")


def _ldexp(input: Any, other: Any) -> Any:
    """In two steps, since 2 ** other may overflow where the result does not."""
    from cytorch import result_type

    result = result_type(input, other)
    result = default_dtype() if is_integral(result) else result
    wide = dtype_named("float32") if result.itemsize == 2 else result
    exponent = other.to(wide)
    half = (exponent.real * 0.5).trunc()
    return (input.to(wide) * ops.exp2(half) * ops.exp2(exponent - half)).to(result)


op("ldexp(Tensor input, Tensor other) -> Tensor",
   body=_ldexp, forms="function method inplace out",
   samples=lambda s: [call(s.tensor(3, 4), s.ints(4, high=4)),
                      call(s.tensor(2, 1), s.tensor(3)), call(s.tensor(0), s.ints(0))],
   ref=lambda input, other: input * 2.0 ** other,
   doc="""input * 2 ** other, elementwise and with broadcasting.

>>> cytorch.ldexp(cytorch.tensor([1.0, 0.75]), cytorch.tensor([3, 2]))
tensor([8., 3.])
""")

op("_replace_nonfinite(Tensor input, Scalar nan, Scalar posinf, Scalar neginf) -> Tensor",
   kernel=elementwise(FLOATING),
   grad={"input": lambda g, input: masked(ops.isfinite(input), g)}, forms="function",
   samples=lambda s: [call(s.tensor(3, 4), 0.0, 1.0, -1.0)], extra=FAMILY,
   ref=lambda input, nan, posinf, neginf: __import__("numpy").nan_to_num(
       input, True, nan, posinf, neginf), doc="Numbers in place of NaN and infinity.")


def _nan_to_num(input: Any, nan: float | None, posinf: float | None,
                neginf: float | None) -> Any:
    from cytorch import finfo

    if input.dtype.is_complex:
        parts = [_nan_to_num(part, nan, posinf, neginf) for part in (input.real, input.imag)]
        return ops.complex(*parts)
    if is_integral(input.dtype):
        return input.clone()
    limits = finfo(input.dtype)
    return ops._replace_nonfinite(input, 0.0 if nan is None else nan,
                                  limits.max if posinf is None else posinf,
                                  limits.min if neginf is None else neginf)


op("nan_to_num(Tensor input, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor",
   body=_nan_to_num, forms="function method inplace out",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3), 2.0, posinf=1.0, neginf=-1.0),
                      call(s.values([1.0, float("inf"), -float("inf"), float("nan")]), 3.0,
                           1e3, -1e3),
                      call(s.ints(3))],
   ref=lambda input, nan=0.0, posinf=None, neginf=None: __import__("numpy").nan_to_num(
       input, True, nan, posinf, neginf),
   doc="""Numbers in place of NaN (0) and of infinity (the largest and the smallest of the dtype).

>>> cytorch.nan_to_num(cytorch.tensor([1.0, float("nan"), float("inf")]), posinf=9.0)
tensor([1., 0., 9.])
""")
