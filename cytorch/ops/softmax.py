"""softmax, log_softmax, softmin."""
from __future__ import annotations

import warnings
from typing import Any

from .spec import FLOATING, call, dtype_error, op, ops, structured


def _samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 4), 1), call(s.tensor(3, 4), 0), call(s.tensor(2, 3, 4), -2),
            call(s.tensor(), -1), call(s.tensor(0, 3), 1), call(s.tensor(70, 3), 0),
            call(s.tensor(3, 70), 1)]


def _pair_samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 4), s.tensor(3, 4), 1), call(s.tensor(2, 3, 4), s.tensor(2, 3, 4), 1)]


# ---- primitives
op("_softmax(Tensor input, int dim) -> Tensor", kernel=structured(FLOATING),
   grad={"input": lambda g, out, dim: ops._softmax_backward(g, out, dim)}, forms="function",
   samples=_samples, torch="softmax", doc="softmax of floating-point numbers.")
op("_softmax_backward(Tensor grad, Tensor output, int dim) -> Tensor",
   kernel=structured(FLOATING),
   grad={"grad": lambda g, output, dim: ops._softmax_backward(g, output, dim),
         "output": lambda g, grad, output, dim: (
             g * (grad - (grad * output).sum(dim, True)) - grad * (g * output).sum(dim, True))},
   forms="function", samples=_pair_samples,
   ref=lambda grad, output, dim: (grad - (grad * output).sum(dim, keepdims=True)) * output,
   doc="(grad - sum(grad * output)) * output")
op("_log_softmax(Tensor input, int dim) -> Tensor", kernel=structured(FLOATING),
   grad={"input": lambda g, out, dim: ops._log_softmax_backward(g, out, dim)}, forms="function",
   samples=_samples, torch="log_softmax", doc="log_softmax of floating-point numbers.")
op("_log_softmax_backward(Tensor grad, Tensor output, int dim) -> Tensor",
   kernel=structured(FLOATING),
   grad={"grad": lambda g, output, dim: g - (g * output.exp()).sum(dim, True),
         "output": lambda g, grad, output, dim: -g * output.exp() * grad.sum(dim, True)},
   forms="function",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(3, 4, low=-3, high=-0.1), 1),
                      call(s.tensor(2, 3, 4), s.tensor(2, 3, 4, low=-3, high=-0.1), 1)],
   ref=lambda grad, output, dim: grad - __import__("numpy").exp(output) * grad.sum(
       dim, keepdims=True),
   doc="grad - exp(output) * sum(grad)")


# ---- public spellings
def _run(name: str, input: Any, dim: int, dtype: Any) -> Any:
    if dtype is not None:
        input = input.to(dtype)
    if not input.is_floating_point():
        raise dtype_error(f"{name}: expected floating-point numbers, got {input.dtype}; "
                          "give dtype= to convert them")
    return getattr(ops, "_" + name)(input, dim)


def _implicit_dim(name: str, ndim: int) -> int:
    warnings.warn(f"Implicit dimension choice for {name} has been deprecated. Change the call to "
                  "include dim=X as an argument.", stacklevel=3)
    return 0 if ndim in (0, 1, 3) else 1


def _numpy_softmax(name: str, input: Any, dim: int, dtype: Any = None) -> Any:
    import numpy

    input = input.astype(dtype or input.dtype)
    if input.ndim == 0:
        return numpy.zeros_like(input) if name == "log_softmax" else numpy.ones_like(input)
    shifted = input - input.max(dim, initial=-1e30, keepdims=True)
    exponentials = numpy.exp(shifted)
    total = exponentials.sum(dim, keepdims=True)
    return shifted - numpy.log(total) if name == "log_softmax" else exponentials / total


def _declare(name: str, formula: str, example: str) -> None:
    def functional(input: Any, dim: Any, _stacklevel: int, dtype: Any) -> Any:
        return _run(name, input, _implicit_dim(name, input.ndim) if dim is None else dim, dtype)

    doc = f"""{formula} along `dim`, without overflow. Shapes: (*) -> (*).

>>> cytorch.{name}(cytorch.tensor([0.0, 0.0]), 0)
tensor([{example}])
"""
    op(f"{name}(Tensor input, int dim, DType? dtype=None) -> Tensor",
       body=lambda input, dim, dtype: _run(name, input, dim, dtype), forms="function method out",
       samples=lambda s: [*_samples(s), call(s.tensor(2, 3), 1, dtype="float64")],
       ref=lambda input, dim, dtype=None: _numpy_softmax(name, input, dim, dtype),
       errors=lambda s: [(call(s.tensor(3, 4), 2), "IndexOutOfRange", "expected to be in range"),
                         (call(s.ints(3), 0), "DTypeError", "int64")], doc=doc)
    op(f"nn.functional.{name}(Tensor input, int? dim=None, int _stacklevel=3, DType? dtype=None)"
       " -> Tensor", body=functional, forms="function",
       samples=lambda s: [*_samples(s), call(s.tensor(2, 3), dim=1, dtype="float64")],
       ref=lambda input, dim, dtype=None: _numpy_softmax(name, input, dim, dtype), doc=doc)


_declare("softmax", "exp(input) / sum(exp(input))", "0.5000, 0.5000")
_declare("log_softmax", "input - log(sum(exp(input)))", "-0.6931, -0.6931")
op("nn.functional.softmin(Tensor input, int? dim=None, int _stacklevel=3, DType? dtype=None)"
   " -> Tensor", body=lambda input, dim, _stacklevel, dtype: _run(
       "softmax", -input, _implicit_dim("softmin", input.ndim) if dim is None else dim, dtype),
   forms="function", samples=_samples,
   ref=lambda input, dim: _numpy_softmax("softmax", -input, dim),
   doc="""softmax of -input. Shapes: (*) -> (*).

>>> cytorch.nn.functional.softmin(cytorch.tensor([0.0, 0.0]), 0)
tensor([0.5000, 0.5000])
""")
