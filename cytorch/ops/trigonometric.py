"""Trigonometric and hyperbolic functions and their inverses."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .aliases import also_called
from .derivatives import conj
from .dtypes import refuse_complex
from .spec import FLOATING, FLOATING_AND_COMPLEX, binary, elementwise, op, ops, unary

_FORMS = "function method inplace out"
DEGREES = 57.29577951308232


def _function(name: str, what: str, grad: Callable[..., Any], low: float, high: float,
              result: str, other_name: str = "", at: str = "[0.0, 0.5]") -> None:
    entry = op(f"{name}(Tensor input) -> Tensor", kernel=elementwise(FLOATING_AND_COMPLEX),
               promote="float", grad={"input": grad}, forms=_FORMS, samples=unary(low, high),
               ref=f"numpy.{other_name or name}",
               doc=f"""{what}, elementwise; integers give floating results.

>>> cytorch.{name}(cytorch.tensor({at}))
{result}
""")
    if other_name:
        also_called(entry, other_name)


_function("sin", "Sine of radians", lambda g, input: g * conj(ops.cos(input)), -3.0, 3.0,
          "tensor([0.0000, 0.4794])")
_function("cos", "Cosine of radians", lambda g, input: -g * conj(ops.sin(input)), -3.0, 3.0,
          "tensor([1.0000, 0.8776])")
_function("tan", "Tangent of radians", lambda g, out: g * conj(1 + out * out), -1.2, 1.2,
          "tensor([0.0000, 0.5463])")
_function("asin", "Inverse sine in radians; NaN outside [-1, 1]",
          lambda g, input: g * conj(ops.rsqrt(1 - input * input)), -0.9, 0.9,
          "tensor([0.0000, 0.5236])", "arcsin")
_function("acos", "Inverse cosine in radians; NaN outside [-1, 1]",
          lambda g, input: -g * conj(ops.rsqrt(1 - input * input)), -0.9, 0.9,
          "tensor([1.5708, 1.0472])", "arccos")
_function("atan", "Inverse tangent in radians", lambda g, input: g / conj(input * input + 1),
          -3.0, 3.0, "tensor([0.0000, 0.4636])", "arctan")
_function("sinh", "Hyperbolic sine", lambda g, input: g * conj(ops.cosh(input)), -3.0, 3.0,
          "tensor([0.0000, 0.5211])")
_function("cosh", "Hyperbolic cosine", lambda g, input: g * conj(ops.sinh(input)), -3.0, 3.0,
          "tensor([1.0000, 1.1276])")
op("_tanh_backward(Tensor grad_output, Tensor output) -> Tensor",
   kernel=elementwise(FLOATING_AND_COMPLEX),
   grad={"grad_output": lambda g, output: ops._tanh_backward(g, conj(output)),
         "output": lambda g, grad_output, output: g * conj(-2 * grad_output * output)},
   forms="function", samples=binary(-0.9, 0.9, scalar=None),
   ref=lambda grad_output, output: grad_output * (1 - output * output),
   torch="ops.aten.tanh_backward", doc="`grad_output * (1 - output ** 2)`.")
_function("tanh", "Hyperbolic tangent", lambda g, out: ops._tanh_backward(g, conj(out)),
          -3.0, 3.0, "tensor([0.0000, 0.4621])")
_function("asinh", "Inverse hyperbolic sine",
          lambda g, input: g * conj(ops.rsqrt(input * input + 1)), -3.0, 3.0,
          "tensor([0.0000, 0.4812])", "arcsinh")
_function("acosh", "Inverse hyperbolic cosine; NaN below 1",
          lambda g, input: g * conj(ops.rsqrt(input - 1) * ops.rsqrt(input + 1)), 1.2, 4.0,
          "tensor([0.0000, 1.3170])", "arccosh", "[1.0, 2.0]")
_function("atanh", "Inverse hyperbolic tangent; NaN outside [-1, 1]",
          lambda g, input: g / conj(1 - input * input), -0.9, 0.9,
          "tensor([0.0000, 0.5493])", "arctanh")


def _atan2_scale(g: Any, input: Any, other: Any) -> Any:
    return g / (input * input + other * other)


_atan2 = op(
    "atan2(Tensor input, Tensor other) -> Tensor", kernel=elementwise(FLOATING), promote="float",
    grad={"input": lambda g, input, other: _atan2_scale(g, input, other) * other,
          "other": lambda g, input, other: _atan2_scale(g, input, other) * -input},
    forms=_FORMS, samples=binary(0.3, 3.0, scalar=None), ref="numpy.arctan2",
    doc="""Angle of the point (other, input) in radians, from -pi to pi, elementwise.

>>> cytorch.atan2(cytorch.tensor([0.0, 1.0]), cytorch.tensor([-1.0, 1.0]))
tensor([3.1416, 0.7854])
""")
also_called(_atan2, "arctan2")


def _angle_unit(name: str, what: str, factor: float, example: str, result: str) -> None:
    def scaled(input: Any) -> Any:
        refuse_complex(name, input)
        return input * factor

    op(f"{name}(Tensor input) -> Tensor", body=scaled, forms=_FORMS, samples=unary(-180.0, 180.0),
       ref=f"numpy.{name}",
       doc=f"""{what}, elementwise.

>>> cytorch.{name}(cytorch.tensor([{example}]))
tensor([{result}])
""")


_angle_unit("deg2rad", "Degrees to radians", 1 / DEGREES, "180.0", "3.1416")
_angle_unit("rad2deg", "Radians to degrees", DEGREES, "1.0", "57.2958")
