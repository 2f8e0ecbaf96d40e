"""Activation functions under their in-place names, which are functions but no methods."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .aliases import also_called
from .spec import F, call, op, ops, unary


def _declare(name: str, parameters: str, body: Callable[..., Any], top_level: bool,
             samples: Callable[..., Any] | None = None, result: str = "") -> None:
    first = f"{name}_" if top_level else f"nn.functional.{name}_"
    entry = op(f"{first}(Tensor input{parameters}) -> Tensor", body=body, forms="function",
               samples=samples or unary(), extra={"mutates": ("input",)},
               doc=f"""`nn.functional.{name}` of `input`, written into it.

>>> x = cytorch.tensor([2.0])
>>> cytorch.{first}(x{"" if samples is None else ", 0.5, 0.0"}) is x
True
""")
    if top_level:
        also_called(entry, f"nn.functional.{name}_")


_declare("hardtanh", ", Scalar min_val=-1.0, Scalar max_val=1.0",
         lambda input, min_val, max_val: F.hardtanh(input, min_val, max_val, True), False)
_declare("leaky_relu", ", Scalar negative_slope=0.01",
         lambda input, negative_slope: F.leaky_relu(input, negative_slope, True), False)
_declare("elu", ", Scalar alpha=1.0", lambda input, alpha: F.elu(input, alpha, True), False)
_declare("celu", ", Scalar alpha=1.0", lambda input, alpha: F.celu(input, alpha, True), True)
_declare("selu", "", lambda input: F.selu(input, True), True)
_declare("rrelu", ", float lower=0.125, float upper=0.3333333333333333, bool training=False",
         lambda input, lower, upper, training: F.rrelu(input, lower, upper, training, True), True)
_declare("threshold", ", Scalar threshold, Scalar value",
         lambda input, threshold, value: F.threshold(input, threshold, value, True), True,
         lambda s: [call(s.tensor(3, 4), 0.1, 20.0), call(s.tensor(), 0, -1)])


def _rrelu(input: Any, lower: float, upper: float, training: bool, generator: Any) -> Any:
    if not training or generator is None:
        return F.rrelu(input, lower, upper, training)
    return ops._leaky_relu(input, ops.empty_like(input).uniform_(lower, upper,
                                                                 generator=generator))


op("rrelu(Tensor input, float lower=0.125, float upper=0.3333333333333333, "
   "bool training=False, Generator? generator=None) -> Tensor", body=_rrelu, forms="function",
   samples=unary(),
   doc="""`leaky_relu` with a random slope in training and the mean slope otherwise.

>>> cytorch.rrelu(cytorch.tensor([-1.0, 2.0]), 0.1, 0.3)
tensor([-0.2000,  2.0000])
""")
