"""Sums, products and quotients whose first operand is a number: `mul(2, tensor)`.

These entries follow those of arithmetic.py and division.py, which take what starts with a tensor.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import arithmetic, division
from .spec import call, op, ops

_READ_FIRST = (arithmetic, division)


def _declare(names: str, formula: str, body: Callable[..., Any]) -> None:
    for name in names.split():
        op(f"{name}(Scalar input, Tensor other) -> Tensor", body=body, forms="function out",
           samples=lambda s: [call(2, s.tensor(3, 4, low=0.5)), call(1.5, s.tensor(low=0.5))],
           ref=lambda input, other: body(input, other), extra={"parity": False},
           doc=f"`{formula}` of a number and a tensor.")


_declare("add", "input + other", lambda input, other: other + input)
_declare("sub subtract", "input - other", lambda input, other: input - other)
_declare("mul multiply", "input * other", lambda input, other: other * input)
_declare("div divide true_divide", "input / other", lambda input, other: input / other)
op("add(Scalar input, Tensor other, *, Scalar alpha) -> Tensor",
   body=lambda input, other, alpha: other * alpha + input, forms="function out",
   samples=lambda s: [call(2, s.tensor(3), alpha=3)],
   ref=lambda input, other, alpha: other * alpha + input, extra={"parity": False},
   doc="`input + alpha * other` of a number and a tensor.")
op("sub(Scalar input, Tensor other, *, Scalar alpha) -> Tensor",
   body=lambda input, other, alpha: ops.rsub(other * alpha, input), forms="function out",
   samples=lambda s: [call(2, s.tensor(3), alpha=3)],
   ref=lambda input, other, alpha: input - other * alpha, extra={"parity": False},
   doc="`input - alpha * other` of a number and a tensor.")
