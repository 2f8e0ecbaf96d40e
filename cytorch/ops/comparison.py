"""Comparisons, tests of single values, logic."""
from __future__ import annotations

from typing import Any

from .aliases import also_called
from .dtypes import refuse_complex
from .spec import (
    ALL,
    ALL_AND_COMPLEX,
    FLOATING_AND_COMPLEX,
    argument_error,
    call,
    elementwise,
    op,
    ops,
    unary,
)

_FORMS = "function method inplace out"


def _compare(name: str, symbol: str, method: str, ref: str, aliases: str, result: str,
             dtypes: tuple[str, ...] = ALL) -> None:
    entry = op(
        f"{name}(Tensor input, Tensor|Scalar other) -> Tensor", kernel=elementwise(dtypes),
        result="bool", forms=f"{_FORMS} operator:{method}",
        samples=lambda s: [call(s.tensor(3, 4), s.tensor(3, 4)), call(s.ints(5), s.ints(5)),
                           call(s.tensor(2, 1, 4), s.tensor(3, 1)), call(s.ints(6, high=3), 1),
                           call(s.tensor(3), s.tensor()), call(s.tensor(0, 3), 1.5),
                           call(s.ints(4), 1.5), call(s.bools(4), s.bools(4))],
        ref=f"numpy.{ref}",
        doc=f"""`input {symbol} other`, elementwise and with broadcasting, as bool.

>>> cytorch.{name}(cytorch.tensor([1, 2, 3]), 2)
{result}
""")
    also_called(entry, *aliases.split())


_compare("eq", "==", "__eq__", "equal", "", "tensor([False,  True, False])", ALL_AND_COMPLEX)
_compare("ne", "!=", "__ne__", "not_equal", "not_equal", "tensor([ True, False,  True])",
         ALL_AND_COMPLEX)
_compare("lt", "<", "__lt__", "less", "less", "tensor([ True, False, False])")
_compare("le", "<=", "__le__", "less_equal", "less_equal", "tensor([ True,  True, False])")
_compare("gt", ">", "__gt__", "greater", "greater", "tensor([False, False,  True])")
_compare("ge", ">=", "__ge__", "greater_equal", "greater_equal", "tensor([False,  True,  True])")

# ---- tests of single values


def _value_test(name: str, what: str, result: str) -> None:
    op(f"{name}(Tensor input) -> Tensor", kernel=elementwise(FLOATING_AND_COMPLEX),
       promote="float", result="bool", forms="function method",
       samples=lambda s: [call(s.values([1.0, float("inf"), -float("inf"), float("nan")],
                                            "float32")),
                          call(s.tensor(3, 4)), call(s.tensor()), call(s.tensor(0, 2)),
                          call(s.ints(3))],
       ref=f"numpy.{name}",
       doc=f"""Whether each element is {what}, as bool.

>>> cytorch.{name}(cytorch.tensor([1.0, float("inf"), float("nan")]))
{result}
""")


_value_test("isnan", "NaN", "tensor([False, False,  True])")
_value_test("isinf", "infinite", "tensor([False,  True, False])")
_value_test("isfinite", "neither infinite nor NaN", "tensor([ True, False, False])")


def _is_bound(name: str, what: str, bound: str, result: str) -> None:
    def test(input: Any) -> Any:
        refuse_complex(name, input)
        return ops.eq(input, float(bound))

    op(f"{name}(Tensor input) -> Tensor", body=test, forms="function method out", samples=unary(),
       ref=f"numpy.{name}",
       doc=f"""Whether each element is {what} infinity.

>>> cytorch.{name}(cytorch.tensor([1.0, float("inf"), float("-inf")]))
{result}
""")


_is_bound("isposinf", "plus", "inf", "tensor([False,  True, False])")
_is_bound("isneginf", "minus", "-inf", "tensor([False, False,  True])")


def _signbit(input: Any) -> Any:
    refuse_complex("signbit", input)
    if input.dtype.is_floating_point:
        input = ops.copysign(ops.ones_like(input), input)
    return ops.lt(input, 0)


op("signbit(Tensor input) -> Tensor", body=_signbit, forms="function method out", samples=unary(),
   ref="numpy.signbit",
   doc="""Whether the sign bit of each element is set, also that of -0.0.

>>> cytorch.signbit(cytorch.tensor([1.0, -0.0]))
tensor([False,  True])
""")
op("isreal(Tensor input) -> Tensor",
   body=lambda input: ops.eq(input.imag, 0) if input.dtype.is_complex
   else ops.eq(ops.zeros_like(input), 0),
   forms="function method", samples=unary(), ref="numpy.isreal",
   doc="""Whether each element has no imaginary part.

>>> cytorch.isreal(cytorch.tensor([1.0, 2.0]))
tensor([True, True])
""")

# ---- closeness


def _is_floating(x: Any) -> bool:
    return bool(x.dtype.is_floating_point)


def _isclose(input: Any, other: Any, rtol: float, atol: float, equal_nan: bool) -> Any:
    if rtol < 0 or atol < 0:
        raise argument_error("isclose(): rtol and atol must be greater than or equal to zero, got "
                             f"rtol={rtol}, atol={atol}")
    if input.dtype != other.dtype:
        raise argument_error(f"isclose(): {input.dtype} did not match {other.dtype}")
    close = ops.eq(input, other)
    if (_is_floating(input) or input.dtype.is_complex) and equal_nan:
        close = close | (ops.isnan(input) & ops.isnan(other))
    if rtol == 0 and atol == 0:
        return close
    if str(input.dtype).endswith("bool"):
        input, other = ops._to_named(input, "uint8"), ops._to_named(other, "uint8")
    distance = ops.abs(input - other)
    return close | (ops.isfinite(distance) & ops.le(distance, atol + ops.abs(rtol * other)))


_CLOSE = "Tensor input, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False"


def _close_samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 4), s.tensor(3, 4)), call(s.values([1.0, 2.0]), s.values([1.0, 2.1])),
            call(s.values([1.0, float("nan")]), s.values([1.0, float("nan")]), equal_nan=True),
            call(s.tensor(3), s.tensor(3), rtol=0.5, atol=0.1), call(s.tensor(0), s.tensor(0))]


op(f"isclose({_CLOSE}) -> Tensor", body=_isclose, forms="function method", samples=_close_samples,
   ref="numpy.isclose",
   errors=lambda s: [(call(s.tensor(2), s.tensor(2), rtol=-1.0), "ArgumentError", "rtol=-1")],
   doc="""Whether `abs(input - other) <= atol + rtol * abs(other)`, elementwise.

>>> cytorch.isclose(cytorch.tensor([1.0, 1.0]), cytorch.tensor([1.0, 1.1]))
tensor([ True, False])
""")
op(f"allclose({_CLOSE}) -> bool",
   body=lambda input, other, rtol, atol, equal_nan:
       bool(_isclose(input, other, rtol, atol, equal_nan).all()),
   forms="function method", samples=_close_samples, ref="numpy.allclose",
   doc="""Whether `isclose` holds for all elements, as a Python bool.

>>> cytorch.allclose(cytorch.tensor([1.0]), cytorch.tensor([1.0]))
True
""")
op("equal(Tensor input, Tensor other) -> bool",
   body=lambda input, other: input.shape == other.shape and bool(ops.eq(input, other).all()),
   forms="function method",
   samples=lambda s: [call(s.tensor(3), s.tensor(3)), call(s.values([1, 2]), s.values([1, 2])),
                      call(s.tensor(2), s.tensor(3)), call(s.tensor(0), s.tensor(0))],
   ref="numpy.array_equal",
   doc="""Whether shape and all elements are the same, as a Python bool.

>>> cytorch.equal(cytorch.tensor([1, 2]), cytorch.tensor([1, 2]))
True
""")

# ---- logic


def _logic(name: str, what: str, result: str) -> None:
    op(f"{name}(Tensor input, Tensor other) -> Tensor", kernel=elementwise(ALL_AND_COMPLEX),
       result="bool", forms=_FORMS,
       samples=lambda s: [call(s.bools(3, 4), s.bools(3, 4)), call(s.ints(4, high=2), s.bools(4)),
                          call(s.tensor(2, 3), s.tensor(3)), call(s.bools(0), s.bools())],
       ref=f"numpy.{name}",
       doc=f"""{what}, elementwise, as bool; what is not 0 counts as true.

>>> cytorch.{name}(cytorch.tensor([True, True, False]), cytorch.tensor([True, False, False]))
{result}
""")


_logic("logical_and", "Whether both elements are true", "tensor([ True, False, False])")
_logic("logical_or", "Whether at least one element is true", "tensor([ True,  True, False])")
_logic("logical_xor", "Whether exactly one element is true", "tensor([False,  True, False])")
op("logical_not(Tensor input) -> Tensor", kernel=elementwise(ALL_AND_COMPLEX),
   result="bool", forms=_FORMS,
   samples=lambda s: [call(s.bools(3, 4)), call(s.tensor(4)), call(s.ints(4, high=2)),
                      call(s.bools()), call(s.bools(0))],
   ref="numpy.logical_not",
   doc="""Whether each element is 0 (or False), as bool.

>>> cytorch.logical_not(cytorch.tensor([True, False]))
tensor([False,  True])
""")
