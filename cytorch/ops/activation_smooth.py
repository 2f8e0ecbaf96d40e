"""Smooth activation functions, the shrinking ones, and glu."""
from __future__ import annotations

import math
from typing import Any

from .activation import applied
from .derivatives import conj, masked
from .dtypes import refuse_complex
from .spec import (
    FLOATING,
    FLOATING_AND_COMPLEX,
    REAL,
    argument_error,
    binary,
    call,
    elementwise,
    index_error,
    op,
    ops,
    shape_error,
    unary,
)

DENSITY = 1 / math.sqrt(2 * math.pi)
TANH_SCALE, TANH_CUBIC = math.sqrt(2 / math.pi), 0.044715


# ---- gelu

def _numpy_gelu(input: Any) -> Any:
    import numpy as np

    return input * 0.5 * (1 + np.vectorize(math.erf, otypes=["float64"])(input / math.sqrt(2)))


def _gelu_second(g: Any, grad_output: Any, input: Any) -> Any:
    square = input * input
    return g * grad_output * (DENSITY * ops.exp(-0.5 * square) * (2 - square))


def _gelu_tanh_second(g: Any, grad_output: Any, input: Any) -> Any:
    square = input * input
    t = ops.tanh(TANH_SCALE * input * (1 + TANH_CUBIC * square))
    slope = TANH_SCALE * (1 + 3 * TANH_CUBIC * square)
    bend = 6 * TANH_SCALE * TANH_CUBIC * input
    return g * grad_output * (1 - t * t) * (slope + input * (0.5 * bend - t * slope * slope))


op("_gelu_backward(Tensor grad_output, Tensor input) -> Tensor", kernel=elementwise(FLOATING),
   grad={"grad_output": lambda g, input: ops._gelu_backward(g, input), "input": _gelu_second},
   forms="function", samples=binary(scalar=None), torch="ops.aten.gelu_backward",
   doc="`grad_output * (Phi(input) + input * phi(input))` of the normal distribution.")
op("_gelu(Tensor input) -> Tensor", kernel=elementwise(FLOATING),
   grad={"input": lambda g, input: ops._gelu_backward(g, input)}, forms="function",
   samples=unary(), ref=_numpy_gelu, torch="nn.functional.gelu", doc="`input * Phi(input)`.")
op("_gelu_tanh_backward(Tensor grad_output, Tensor input) -> Tensor", kernel=elementwise(FLOATING),
   grad={"grad_output": lambda g, input: ops._gelu_tanh_backward(g, input),
         "input": _gelu_tanh_second},
   forms="function", samples=binary(scalar=None), torch="", extra={"parity": False},
   doc="The derivative of `_gelu_tanh` times `grad_output`.")
op("_gelu_tanh(Tensor input) -> Tensor", kernel=elementwise(FLOATING),
   grad={"input": lambda g, input: ops._gelu_tanh_backward(g, input)}, forms="function",
   samples=unary(), torch="", extra={"parity": False}, doc="`gelu` with tanh in place of erf.")


def _gelu(input: Any, approximate: str) -> Any:
    if approximate == "none":
        return ops._gelu(input)
    if approximate == "tanh":
        return ops._gelu_tanh(input)
    raise argument_error("gelu(): approximate argument must be either none or tanh, got "
                         f"{approximate!r}")


op("nn.functional.gelu(Tensor input, *, str approximate='none') -> Tensor", body=_gelu,
   forms="function out",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3, 4), approximate="tanh"),
                      call(s.tensor()), call(s.tensor(0, 2))],
   errors=lambda s: [(call(s.tensor(2), approximate="x"), "ArgumentError", "'x'")],
   doc="""`input * Phi(input)` with the normal distribution's Phi, or its tanh approximation.

>>> cytorch.nn.functional.gelu(cytorch.tensor([-1.0, 2.0]))
tensor([-0.1587,  1.9545])
""")


# ---- silu and mish

def _numpy_sigmoid(x: Any) -> Any:
    import numpy as np

    return 1 / (1 + np.exp(-x))


def _silu_second(g: Any, grad_output: Any, input: Any) -> Any:
    s = ops.sigmoid(input)
    return g * conj(grad_output * (s * (1 - s) * (2 + input * (1 - 2 * s))))


op("_silu_backward(Tensor grad_output, Tensor input) -> Tensor",
   kernel=elementwise(FLOATING_AND_COMPLEX),
   grad={"grad_output": lambda g, input: ops._silu_backward(g, conj(input)),
         "input": _silu_second},
   forms="function", samples=binary(scalar=None), torch="ops.aten.silu_backward",
   doc="`grad_output * s * (1 + input * (1 - s))` with `s = sigmoid(input)`.")
op("_silu(Tensor input) -> Tensor", kernel=elementwise(FLOATING_AND_COMPLEX),
   grad={"input": lambda g, input: ops._silu_backward(g, conj(input))}, forms="function",
   samples=unary(), ref=lambda input: input * _numpy_sigmoid(input), torch="nn.functional.silu",
   doc="`input * sigmoid(input)`.")
op("nn.functional.silu(Tensor input, bool inplace=False) -> Tensor",
   body=lambda input, inplace: applied("_silu", input, inplace), forms="function",
   samples=unary(), ref=lambda input: input * _numpy_sigmoid(input),
   doc="""`input * sigmoid(input)`, elementwise.

>>> cytorch.nn.functional.silu(cytorch.tensor([-1.0, 2.0]))
tensor([-0.2689,  1.7616])
""")


def _mish_grad(g: Any, input: Any) -> Any:
    t = ops.tanh(ops._softplus(input, 1, 20))
    return g * (t + input * (1 - t * t) * ops.sigmoid(input))


op("_mish(Tensor input) -> Tensor", kernel=elementwise(FLOATING), grad={"input": _mish_grad},
   forms="function", samples=unary(), torch="nn.functional.mish",
   doc="`input * tanh(log(1 + exp(input)))`.")
op("nn.functional.mish(Tensor input, bool inplace=False) -> Tensor",
   body=lambda input, inplace: applied("_mish", input, inplace), forms="function",
   samples=unary(),
   doc="""`input * tanh(softplus(input))`, elementwise.

>>> cytorch.nn.functional.mish(cytorch.tensor([-1.0, 2.0]))
tensor([-0.3034,  1.9440])
""")


# ---- softplus and its like

def _softplus_grad(g: Any, input: Any, beta: Any, threshold: Any) -> Any:
    scaled = input * beta
    return ops.where(ops.gt(scaled, threshold), g, g * ops.sigmoid(scaled))


op("_softplus(Tensor input, Scalar beta, Scalar threshold) -> Tensor",
   kernel=elementwise(FLOATING), grad={"input": _softplus_grad}, forms="function",
   samples=lambda s: [call(s.tensor(3, 4), 1, 20), call(s.tensor(), 2.0, 1.0)],
   torch="nn.functional.softplus", doc="`log(1 + exp(beta * input)) / beta`.")
op("nn.functional.softplus(Tensor input, Scalar beta=1, Scalar threshold=20) -> Tensor",
   body=lambda input, beta, threshold: ops._softplus(input, beta, threshold), forms="function out",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3), 2.0, 1.0), call(s.tensor(0))],
   doc="""`log(1 + exp(beta * input)) / beta`; `input` itself where `beta * input > threshold`.

>>> cytorch.nn.functional.softplus(cytorch.tensor([-1.0, 2.0]))
tensor([0.3133, 2.1269])
""")
op("nn.functional.logsigmoid(Tensor input) -> Tensor", kernel=elementwise(FLOATING),
   grad={"input": lambda g, input: g * ops.sigmoid(-input)}, forms="function out",
   samples=unary(), doc="""`log(sigmoid(input))`, elementwise.

>>> cytorch.nn.functional.logsigmoid(cytorch.tensor([-1.0, 2.0]))
tensor([-1.3133, -0.1269])
""")
op("nn.functional.softsign(Tensor input) -> Tensor",
   body=lambda input: input / (ops.abs(input) + 1), forms="function", samples=unary(),
   ref=lambda input: input / (abs(input) + 1),
   doc="""`input / (1 + abs(input))`, elementwise.

>>> cytorch.nn.functional.softsign(cytorch.tensor([-1.0, 3.0]))
tensor([-0.5000,  0.7500])
""")


# ---- shrinking

def _outside(g: Any, input: Any, lambd: Any) -> Any:
    return masked(ops.gt(ops.abs(input), lambd), g)


def _shrink(name: str, formula: str, result: str) -> None:
    op(f"_{name}(Tensor input, Scalar lambd) -> Tensor", kernel=elementwise(REAL),
       grad={"input": _outside}, forms="function",
       samples=lambda s: [call(s.tensor(3, 4), value) for value in (0.5, 0.25)],
       torch=f"nn.functional.{name}", doc=f"{formula}.")
    op(f"nn.functional.{name}(Tensor input, Scalar lambd=0.5) -> Tensor",
       body=lambda input, lambd: _checked_shrink(name, input, lambd), forms="function out",
       samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(), 0.25), call(s.tensor(0))],
       doc=f"""{formula}.

>>> cytorch.nn.functional.{name}(cytorch.tensor([-1.0, 0.25]))
{result}
""")


def _checked_shrink(name: str, input: Any, lambd: Any) -> Any:
    if name == "softshrink" and lambd < 0:
        raise argument_error("softshrink(): lambda must be greater or equal to 0, but found to be "
                             f"{lambd}")
    return getattr(ops, "_" + name)(input, lambd)


_shrink("hardshrink", "0 where `abs(input) <= lambd`, else `input`",
        "tensor([-1.,  0.])")
_shrink("softshrink", "`input` moved towards 0 by `lambd`, but not past it",
        "tensor([-0.5000,  0.0000])")
op("nn.functional.tanhshrink(Tensor input) -> Tensor", body=lambda input: input - ops.tanh(input),
   forms="function", samples=unary(),
   doc="""`input - tanh(input)`, elementwise.

>>> cytorch.nn.functional.tanhshrink(cytorch.tensor([-1.0, 2.0]))
tensor([-0.2384,  1.0360])
""")


def _glu(input: Any, dim: int) -> Any:
    refuse_complex("glu", input)
    if input.ndim == 0:
        raise shape_error("glu(): glu does not support 0-dimensional tensors")
    if not -input.ndim <= dim < input.ndim:
        raise index_error(f"glu(): dimension {dim} is out of range for {input.ndim} dimensions")
    size = input.shape[dim]
    if size % 2:
        raise shape_error(f"glu(): Halving dimension must be even, but dimension {dim} is size "
                          f"{size}")
    value, gate = input.narrow(dim, 0, size // 2), input.narrow(dim, size // 2, size // 2)
    return value * ops.sigmoid(gate)


op("nn.functional.glu(Tensor input, int dim=-1) -> Tensor", body=_glu, forms="function out",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(6, 2), 0), call(s.tensor(4, 3), dim=-2),
                      call(s.tensor(0, 4))],
   errors=lambda s: [(call(s.tensor(3)), "ShapeError", "must be even")],
   doc="""The first half of `input` along `dim` times the sigmoid of the second half.

>>> cytorch.nn.functional.glu(cytorch.tensor([1.0, 2.0, 0.0, 0.0]))
tensor([0.5000, 1.0000])
""")
