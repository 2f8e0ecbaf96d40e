"""Rounding to whole numbers or to decimals. All gradients are 0, but for `frac`."""
from __future__ import annotations

from typing import Any

from .aliases import also_called
from .derivatives import zero
from .spec import FLOATING, REAL, call, elementwise, op, ops, unary

_FORMS = "function method inplace out"

op("floor(Tensor input) -> Tensor", kernel=elementwise(REAL), grad={"input": zero}, forms=_FORMS,
   samples=unary(), ref="numpy.floor",
   doc="""The largest whole number that is not larger, elementwise.

>>> cytorch.floor(cytorch.tensor([1.5, -1.5]))
tensor([ 1., -2.])
""")
op("ceil(Tensor input) -> Tensor", kernel=elementwise(REAL), grad={"input": zero}, forms=_FORMS,
   samples=unary(), ref="numpy.ceil",
   doc="""The smallest whole number that is not smaller, elementwise.

>>> cytorch.ceil(cytorch.tensor([1.5, -1.5]))
tensor([ 2., -1.])
""")
_trunc = op(
    "trunc(Tensor input) -> Tensor", kernel=elementwise(REAL), grad={"input": zero}, forms=_FORMS,
    samples=unary(), ref="numpy.trunc",
    doc="""The whole part, elementwise.

>>> cytorch.trunc(cytorch.tensor([1.5, -1.5]))
tensor([ 1., -1.])
""")
also_called(_trunc, "fix")
op("round(Tensor input) -> Tensor", kernel=elementwise(REAL), grad={"input": zero}, forms=_FORMS,
   samples=unary(), ref="numpy.round",
   doc="""The nearest whole number, elementwise; halves go to the even one.

>>> cytorch.round(cytorch.tensor([0.5, 1.5, -2.7]))
tensor([ 0.,  2., -3.])
""")


def _round_decimals(input: Any, decimals: int) -> Any:
    if decimals == 0 or not input.dtype.is_floating_point:
        return ops.round(input)
    scale = 10.0 ** abs(decimals)
    if decimals > 0:
        return ops.round(input * scale) / scale
    return ops.round(input / scale) * scale


op("round(Tensor input, *, int decimals) -> Tensor", body=_round_decimals, forms=_FORMS,
   samples=lambda s: [call(s.tensor(3, 4), decimals=d) for d in (0, 2, -1)],
   ref=lambda input, decimals: input.round(decimals),
   doc="""Rounded to `decimals` digits behind the point (in front of it if negative).

>>> cytorch.round(cytorch.tensor([0.1234, 2.718]), decimals=2)
tensor([0.1200, 2.7200])
""")
op("frac(Tensor input) -> Tensor", kernel=elementwise(FLOATING), grad={"input": lambda g: g},
   forms=_FORMS, samples=unary(), ref=lambda input: input - input.astype("int64"),
   doc="""`input - trunc(input)`, elementwise.

>>> cytorch.frac(cytorch.tensor([1.5, -2.25]))
tensor([ 0.5000, -0.2500])
""")
