"""Bit operations on integers and bool."""
from __future__ import annotations

from typing import Any

from .spec import BITS, INTEGRAL, call, elementwise, op, ops

_FORMS = "function method inplace out"


def _samples(s: Any) -> list[Any]:
    return [call(s.ints(3, 4, low=-8, high=9), s.ints(3, 4, low=-8, high=9)),
            call(s.ints(2, 1, 4), s.ints(3, 1)), call(s.ints(3), 5), call(s.ints(0, 3), s.ints(3)),
            call(s.bools(4), s.bools(4))]


def _pairwise(name: str, symbol: str, operators: str, result: str) -> None:
    op(f"{name}(Tensor|Scalar input, Tensor|Scalar other) -> Tensor", kernel=elementwise(BITS),
       forms=f"{_FORMS} operator:{operators}", samples=_samples, ref=f"numpy.{name}",
       doc=f"""`input {symbol} other` of integers or bool, elementwise and with broadcasting.

>>> cytorch.{name}(cytorch.tensor([1, 2, 3]), 2)
{result}
""")


_pairwise("bitwise_and", "&", "__and__,__rand__,__iand__", "tensor([0, 2, 2])")
_pairwise("bitwise_or", "|", "__or__,__ror__,__ior__", "tensor([3, 2, 3])")
_pairwise("bitwise_xor", "^", "__xor__,__rxor__,__ixor__", "tensor([3, 0, 1])")
op("bitwise_not(Tensor input) -> Tensor", kernel=elementwise(BITS),
   forms=_FORMS + " operator:__invert__",
   samples=lambda s: [call(s.ints(3, 4)), call(s.ints()), call(s.ints(0))],
   ref="numpy.invert",
   doc="""`~input` of integers; the logical not of bool.

>>> cytorch.bitwise_not(cytorch.tensor([0, 1]))
tensor([-1, -2])
""")


def _shift(name: str, symbol: str, operators: str, reflected: str, ref: str, result: str) -> None:
    def samples(s: Any) -> list[Any]:
        return [call(s.ints(3, 4, low=-8, high=9), s.ints(4, high=5)), call(s.ints(5), 2),
                call(s.ints(), s.ints(high=3)), call(s.ints(0), 1)]

    op(f"{name}(Tensor|Scalar input, Tensor|Scalar other) -> Tensor", kernel=elementwise(INTEGRAL),
       forms=f"{_FORMS} operator:{operators}", samples=samples, ref=f"numpy.{ref}",
       doc=f"""`input {symbol} other` of integers, elementwise. A shift by the width of the dtype
or more shifts everything out.

>>> cytorch.{name}(cytorch.tensor([4, 8]), 1)
{result}
""")
    op(f"_{reflected.strip('_')}(Tensor input, Tensor|Scalar other) -> Tensor",
       body=lambda input, other: getattr(ops, name)(other, input),
       forms=f"function operator:{reflected}", samples=lambda s: [call(s.ints(4, high=3), 5)],
       ref=lambda input, other: other << input if symbol == "<<" else other >> input,
       doc=f"`other {symbol} input`.")


_shift("bitwise_left_shift", "<<", "__lshift__,__ilshift__", "__rlshift__", "left_shift",
       "tensor([ 8, 16])")
_shift("bitwise_right_shift", ">>", "__rshift__,__irshift__", "__rrshift__", "right_shift",
       "tensor([2, 4])")
