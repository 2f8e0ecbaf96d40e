"""Exponentials, logarithms, roots and the logistic function."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .aliases import also_called
from .derivatives import conj, masked
from .spec import FLOATING, FLOATING_AND_COMPLEX, Op, binary, call, elementwise, op, ops, unary

_FORMS = "function method inplace out"
LN2 = 0.6931471805599453
LN10 = 2.302585092994046


def _function(name: str, formula: str, grad: Callable[..., Any], low: float, high: float,
              example: str, result: str, ref: Any = "",
              dtypes: tuple[str, ...] = FLOATING_AND_COMPLEX) -> Op:
    """A function of one floating tensor; integers give the default dtype."""
    return op(f"{name}(Tensor input) -> Tensor", kernel=elementwise(dtypes), promote="float",
              grad={"input": grad}, forms=_FORMS, samples=unary(low, high),
              ref=ref or f"numpy.{name}",
              doc=f"""{formula}, elementwise; integers give floating results.

>>> cytorch.{name}(cytorch.tensor({example}))
{result}
""")


_function("exp", "e ** input", lambda g, out: g * conj(out), -3.0, 3.0, "[0.0, 1.0]",
          "tensor([1.0000, 2.7183])")
_function("exp2", "2 ** input", lambda g, out: g * conj(out * LN2), -3.0, 3.0, "[0.0, 3.0]",
          "tensor([1., 8.])")
_function("expm1", "e ** input - 1, exact for small inputs too",
          lambda g, out: g * conj(out + 1), -3.0, 3.0, "[0.0, 1e-9]",
          "tensor([0.0000e+00, 1.0000e-09])")
_function("log", "The natural logarithm", lambda g, input: g / conj(input), 0.2, 4.0,
          "[1.0, 10.0]", "tensor([0.0000, 2.3026])")
_function("log2", "The logarithm to base 2", lambda g, input: g / conj(input * LN2), 0.2, 4.0,
          "[1.0, 8.0]", "tensor([0., 3.])")
_function("log10", "The logarithm to base 10", lambda g, input: g / conj(input * LN10), 0.2, 4.0,
          "[1.0, 100.0]", "tensor([0., 2.])")
_function("log1p", "log(1 + input), exact for small inputs too",
          lambda g, input: g / conj(input + 1), -0.7, 4.0, "[0.0, 1e-9]",
          "tensor([0.0000e+00, 1.0000e-09])")
_function("sqrt", "The square root", lambda g, out: g / conj(2 * out), 0.2, 4.0, "[4.0, 2.0]",
          "tensor([2.0000, 1.4142])")
_function("rsqrt", "1 / sqrt(input)", lambda g, out: -0.5 * g * conj(out * out * out), 0.2, 4.0,
          "[4.0, 2.0]", "tensor([0.5000, 0.7071])",
          lambda input: input ** -0.5)


# ---- logistic

op("_sigmoid_backward(Tensor grad_output, Tensor output) -> Tensor",
   kernel=elementwise(FLOATING_AND_COMPLEX),
   grad={"grad_output": lambda g, output: ops._sigmoid_backward(g, conj(output)),
         "output": lambda g, grad_output, output: g * conj(grad_output * (1 - 2 * output))},
   forms="function", samples=binary(0.1, 0.9, scalar=None),
   ref=lambda grad_output, output: grad_output * (1 - output) * output,
   torch="ops.aten.sigmoid_backward", doc="`grad_output * (1 - output) * output`.")
_sigmoid = _function("sigmoid", "1 / (1 + exp(-input))",
                     lambda g, out: ops._sigmoid_backward(g, conj(out)), -3.0, 3.0, "[0.0, 2.0]",
                     "tensor([0.5000, 0.8808])",
                     lambda input: 1 / (1 + _exp(-input)))
also_called(_sigmoid, "nn.functional.sigmoid")


def _exp(x: Any) -> Any:
    import numpy as np

    return np.exp(x)


_logit = _function("logit", "log(input / (1 - input))", lambda g, input: g / (input * (1 - input)),
                   0.1, 0.9, "[0.5, 0.75]", "tensor([0.0000, 1.0986])",
                   lambda input: _log(input / (1 - input)), FLOATING)


def _log(x: Any) -> Any:
    import numpy as np

    return np.log(x)


def _logit_within(input: Any, eps: float | None) -> Any:
    if eps is None:
        return ops.logit(input)
    clamped = ops.clamp(input, eps, 1 - eps)
    return ops.logit(clamped)


op("logit(Tensor input, float? eps) -> Tensor", body=_logit_within, forms=_FORMS,
   samples=lambda s: [call(s.tensor(3, 4, low=0.1, high=0.9), 1e-3),
                      call(s.tensor(3, 4, low=-1.0, high=2.0), eps=0.25)],
   ref=lambda input, eps: _log(input.clip(eps, 1 - eps) / (1 - input.clip(eps, 1 - eps))),
   doc="The same, of the input clamped to [eps, 1 - eps].")

# ---- of two tensors


def _share(g: Any, input: Any, other: Any, name: str) -> Any:
    """g exp(input - log(exp(input) + exp(other))): the softmax weight of `input`."""
    scale = LN2 if name == "logaddexp2" else 1.0
    return g * conj(ops.sigmoid((input - other) * scale))


def _of_two(name: str, formula: str, dtypes: tuple[str, ...]) -> None:
    op(f"{name}(Tensor input, Tensor other) -> Tensor", kernel=elementwise(dtypes),
       grad={"input": lambda g, input, other: _share(g, input, other, name),
             "other": lambda g, input, other: _share(g, other, input, name)},
       forms="function method out", samples=binary(scalar=None), ref=f"numpy.{name}",
       doc=f"""`{formula}`, elementwise, without overflow in between.

>>> cytorch.{name}(cytorch.tensor([1000.0]), cytorch.tensor([0.0]))
tensor([1000.])
""")


_of_two("logaddexp", "log(exp(input) + exp(other))", FLOATING_AND_COMPLEX)
_of_two("logaddexp2", "log2(2 ** input + 2 ** other)", FLOATING)


def _xlogy_grad(g: Any, input: Any, other: Any) -> Any:
    if isinstance(other, (int, float)):
        other = ops.full_like(input, other)
    return masked(~(ops.eq(input, 0) & ops.le(other, 0)), g * conj(ops.log(other)))


op("xlogy(Tensor|Scalar input, Tensor|Scalar other) -> Tensor", kernel=elementwise(FLOATING),
   promote="float",
   grad={"input": _xlogy_grad,
         "other": lambda g, input, other: g * input / other},
   forms=_FORMS, samples=binary(0.3, 3.0),
   ref=lambda input, other: input * _log(other),
   doc="""`input * log(other)`, elementwise; 0 where `input` is 0 (but NaN where `other` is).

>>> cytorch.xlogy(cytorch.tensor([0.0, 2.0]), cytorch.tensor([0.0, 1.0]))
tensor([0., 0.])
""")
