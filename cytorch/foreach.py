"""torch._foreach_*: one op on every tensor of a list. Made from the ops of the table.

The functional forms give a tuple, the in-place ones the list itself.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cytorch._C.tensor import Tensor
from cytorch.errors import ArgumentError, DTypeError
from cytorch.ops.spec import ops

_UNARY = ["abs", "acos", "asin", "atan", "ceil", "clone", "cos", "cosh", "erf", "erfc", "exp",
          "expm1", "floor", "frac", "lgamma", "log", "log10", "log1p", "log2", "max", "neg",
          "reciprocal", "round", "rsqrt", "sigmoid", "sign", "sin", "sinh", "sqrt", "tan", "tanh",
          "trunc", "zero"]
_BINARY = ["add", "sub", "mul", "div", "pow", "maximum", "minimum", "clamp_max", "clamp_min",
           "mm", "copy"]
_TERNARY = ["addcmul", "addcdiv"]
_BOUND = {"maximum": "min", "clamp_min": "min", "minimum": "max", "clamp_max": "max"}
_ONLY_NEW, _ONLY_IN_PLACE = {"clone", "max", "mm"}, {"zero", "copy"}


def _tensors(name: str, values: Any) -> list[Any]:
    """The operand that decides the length. Raises for anything but a list with tensors in it."""
    if not isinstance(values, (list, tuple)) or not all(isinstance(v, Tensor) for v in values):
        raise DTypeError(f"{name}(): expected a list of tensors, got {type(values).__name__}")
    if not values:
        raise ArgumentError(f"{name}(): Tensor list must have at least one tensor.")
    return values if isinstance(values, list) else list(values)


def _each(name: str, value: Any, count: int) -> list[Any]:
    """One operand for every tensor: a list as it is, a number or a single tensor repeated."""
    if not isinstance(value, (list, tuple)):
        return [value] * count
    if len(value) != count:
        raise ArgumentError(f"{name}(): Tensor lists must have the same number of tensors, got "
                            f"{count} and {len(value)}")
    return list(value)


def _apply(name: str, function: Callable[..., Any], in_place: bool, first: list[Any],
           others: list[Any], options: dict[str, Any]) -> Any:
    spread = [_each(name, other, len(first)) for other in others]
    results = tuple(function(*row, **options) for row in zip(first, *spread))
    return first if in_place else results


def _unary(name: str, short: str, in_place: bool) -> Callable[..., Any]:
    function = getattr(ops, short + "_" * in_place)

    def foreach(self: Any) -> Any:
        return _apply(name, function, in_place, _tensors(name, self), [], {})
    return foreach


def _binary(name: str, short: str, in_place: bool) -> Callable[..., Any]:
    bound = _BOUND.get(short, "")
    function = getattr(ops, ("clamp" if bound else short) + "_" * in_place)

    def foreach(self: Any, other: Any, **options: Any) -> Any:
        if short == "pow" and not isinstance(self, (list, tuple)):
            exponents = _tensors(name, other)
            return tuple(function(self, exponent) for exponent in exponents)
        first = _tensors(name, self)
        if not bound:
            return _apply(name, function, in_place, first, [other], options)
        rows = zip(first, _each(name, other, len(first)))
        results = tuple(function(tensor, **{bound: limit}) for tensor, limit in rows)
        return first if in_place else results
    return foreach


def _ternary(name: str, short: str, in_place: bool) -> Callable[..., Any]:
    function = getattr(ops, short + "_" * in_place)

    def foreach(self: Any, tensor1: Any, tensor2: Any, value: Any = 1) -> Any:
        first = _tensors(name, self)
        if isinstance(value, Tensor):
            value = value.tolist()
        rows = zip(first, _each(name, tensor1, len(first)), _each(name, tensor2, len(first)),
                   _each(name, value, len(first)))
        results = tuple(function(a, b, c, value=factor) for a, b, c, factor in rows)
        return first if in_place else results
    return foreach


def _lerp(name: str, short: str, in_place: bool) -> Callable[..., Any]:
    function = getattr(ops, short + "_" * in_place)

    def foreach(self: Any, tensors1: Any, weight: Any) -> Any:
        return _apply(name, function, in_place, _tensors(name, self), [tensors1, weight], {})
    return foreach


def _foreach_norm(self: Any, ord: Any = 2, dtype: Any = None) -> Any:
    """The vector norm of every tensor."""
    return tuple(ops.linalg.vector_norm(tensor, ord, dtype=dtype)
                 for tensor in _tensors("_foreach_norm", self))


def _foreach_powsum(self: Any, ord: Any = 2, dtype: Any = None) -> Any:
    """The sum of |element| ** ord of every tensor."""
    return tuple((tensor.abs() ** ord).sum(dtype=dtype)
                 for tensor in _tensors("_foreach_powsum", self))


def _install() -> None:
    for names, make in ((_UNARY, _unary), (_BINARY, _binary), (_TERNARY, _ternary),
                        (["lerp"], _lerp)):
        for short in names:
            for in_place in (False, True):
                if short in (_ONLY_NEW if in_place else _ONLY_IN_PLACE):
                    continue
                name = f"_foreach_{short}" + "_" * in_place
                made = make(name, short, in_place)
                made.__name__ = made.__qualname__ = name
                made.__doc__ = (f"`{short}` of every tensor of the list"
                                + (", in place." if in_place else ": a tuple."))
                globals()[name] = made


_install()
