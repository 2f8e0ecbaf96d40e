"""Activation functions. Those with parameters are private kernels behind public functions that
take `inplace` and check arguments."""
from __future__ import annotations

from typing import Any

from .aliases import also_called
from .derivatives import masked
from .spec import (
    FLOATING,
    REAL,
    argument_error,
    binary,
    call,
    elementwise,
    op,
    ops,
    shape_error,
    unary,
)

_FORMS = "function method inplace"


def applied(name: str, input: Any, inplace: bool, *arguments: Any) -> Any:
    """`ops.name(input, ...)`; in place the backward pass, which may need the input, has a copy."""
    function = getattr(ops, name)
    if not inplace:
        return function(input, *arguments)
    return input.copy_(function(input.clone() if input.requires_grad else input, *arguments))


# ---- relu

op("_relu_backward(Tensor grad_output, Tensor output) -> Tensor", kernel=elementwise(REAL),
   grad={"grad_output": lambda g, output: ops._relu_backward(g, output)},
   forms="function", samples=binary(scalar=None),
   ref=lambda grad_output, output: grad_output * (output > 0), torch="", extra={"parity": False},
   doc="`grad_output` where `output > 0`, else 0.")
op("relu(Tensor input) -> Tensor", kernel=elementwise(REAL),
   grad={"input": lambda g, out: ops._relu_backward(g, out)}, forms=_FORMS, samples=unary(),
   ref=lambda input: input * (input > 0),
   doc="""`max(input, 0)`, elementwise.

>>> cytorch.relu(cytorch.tensor([-1.0, 2.0]))
tensor([0., 2.])
""")
op("nn.functional.relu(Tensor input, bool inplace=False) -> Tensor",
   body=lambda input, inplace: input.relu_() if inplace else ops.relu(input), forms="function",
   samples=unary(), ref=lambda input: input * (input > 0),
   doc="""`max(input, 0)`, elementwise.

>>> cytorch.nn.functional.relu(cytorch.tensor([-1.0, 2.0]))
tensor([0., 2.])
""")


# ---- bounded by lines

def _inside(g: Any, input: Any, low: Any, high: Any) -> Any:
    return masked(ops.gt(input, low) & ops.lt(input, high), g)


op("_hardtanh(Tensor input, Scalar min_val, Scalar max_val) -> Tensor",
   kernel=elementwise(REAL, "clamp"),
   grad={"input": lambda g, input, min_val, max_val: _inside(g, input, min_val, max_val)},
   forms="function", samples=lambda s: [call(s.tensor(3, 4), -1, 1), call(s.tensor(), 0.0, 6.0)],
   ref="numpy.clip", torch="nn.functional.hardtanh",
   doc="`input` between the two bounds; at a bound the gradient is 0.")


def _hardtanh(input: Any, min_val: Any, max_val: Any, inplace: bool) -> Any:
    if min_val > max_val:
        raise argument_error("hardtanh(): min_val cannot be greater than max_val, got "
                             f"min_val={min_val}, max_val={max_val}")
    return applied("_hardtanh", input, inplace, min_val, max_val)


op("nn.functional.hardtanh(Tensor input, Scalar min_val=-1.0, Scalar max_val=1.0, "
   "bool inplace=False) -> Tensor", body=_hardtanh, forms="function",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(), -0.5, 0.25), call(s.tensor(0, 2))],
   ref=lambda input, min_val=-1.0, max_val=1.0: input.clip(min_val, max_val),
   errors=lambda s: [(call(s.tensor(2), 2, 1), "ArgumentError", "min_val=2, max_val=1")],
   doc="""`min(max(input, min_val), max_val)`, elementwise.

>>> cytorch.nn.functional.hardtanh(cytorch.tensor([-2.0, 0.5]))
tensor([-1.0000,  0.5000])
""")
op("nn.functional.relu6(Tensor input, bool inplace=False) -> Tensor",
   body=lambda input, inplace: applied("_hardtanh", input, inplace, 0, 6),
   forms="function", samples=unary(-3.0, 9.0), ref=lambda input: input.clip(0, 6),
   doc="""`min(max(input, 0), 6)`, elementwise.

>>> cytorch.nn.functional.relu6(cytorch.tensor([-2.0, 7.0]))
tensor([0., 6.])
""")
op("_hardsigmoid(Tensor input) -> Tensor", kernel=elementwise(FLOATING),
   grad={"input": lambda g, input: _inside(g, input, -3, 3) / 6}, forms="function",
   samples=unary(-4.0, 4.0), ref=lambda input: (input + 3).clip(0, 6) / 6,
   torch="nn.functional.hardsigmoid", doc="`clamp(input + 3, 0, 6) / 6`.")
op("nn.functional.hardsigmoid(Tensor input, bool inplace=False) -> Tensor",
   body=lambda input, inplace: applied("_hardsigmoid", input, inplace),
   forms="function", samples=unary(-4.0, 4.0), ref=lambda input: (input + 3).clip(0, 6) / 6,
   extra={"parity": False},  # PyTorch's derivative in double has the digits of a float
   doc="""`clamp(input + 3, 0, 6) / 6`, elementwise.

>>> cytorch.nn.functional.hardsigmoid(cytorch.tensor([-4.0, 0.0]))
tensor([0.0000, 0.5000])
""")


def _hardswish_grad(g: Any, input: Any) -> Any:
    slope = ops.where(ops.lt(input, 3), input / 3 + 0.5, 1)
    return masked(ops.gt(input, -3), g * slope)


op("_hardswish(Tensor input) -> Tensor", kernel=elementwise(FLOATING),
   grad={"input": _hardswish_grad}, forms="function", samples=unary(-4.0, 4.0),
   ref=lambda input: input * (input + 3).clip(0, 6) / 6, torch="nn.functional.hardswish",
   doc="`input * hardsigmoid(input)`.")
op("nn.functional.hardswish(Tensor input, bool inplace=False) -> Tensor",
   body=lambda input, inplace: applied("_hardswish", input, inplace),
   forms="function", samples=unary(-4.0, 4.0), ref=lambda input: input * (input + 3).clip(0, 6) / 6,
   doc="""`input * hardsigmoid(input)`, elementwise.

>>> cytorch.nn.functional.hardswish(cytorch.tensor([-1.0, 2.0]))
tensor([-0.3333,  1.6667])
""")
op("_threshold(Tensor input, Scalar threshold, Scalar value) -> Tensor", kernel=elementwise(REAL),
   grad={"input": lambda g, input, threshold: masked(ops.gt(input, threshold), g)},
   forms="function", samples=lambda s: [call(s.tensor(3, 4), 0.1, 20.0), call(s.tensor(), 0, -1)],
   ref=lambda input, threshold, value: input * (input > threshold) + value * (input <= threshold),
   torch="nn.functional.threshold", doc="`value` where `input <= threshold`.")
_threshold = op(
    "threshold(Tensor input, Scalar threshold, Scalar value, bool inplace=False) -> Tensor",
    body=lambda input, threshold, value, inplace:
        applied("_threshold", input, inplace, threshold, value),
    forms="function", samples=lambda s: [call(s.tensor(3, 4), 0.1, 20.0), call(s.tensor(), 0, -1)],
    ref=lambda input, threshold, value: input * (input > threshold) + value * (input <= threshold),
    torch="nn.functional.threshold",
    doc="""`input` where it is above `threshold`, else `value`.

>>> cytorch.threshold(cytorch.tensor([-1.0, 2.0]), 0.0, 9.0)
tensor([9., 2.])
""")
also_called(_threshold, "nn.functional.threshold")


# ---- leaky

def _leaky_numpy(input: Any, slope: Any = 0.01) -> Any:
    return input * (input > 0) + slope * input * (input <= 0)


op("_leaky_relu(Tensor input, Tensor|Scalar negative_slope) -> Tensor", kernel=elementwise(REAL),
   grad={"input": lambda g, input, negative_slope:
         ops.where(ops.gt(input, 0), g, g * negative_slope),
         "negative_slope": lambda g, input: masked(ops.le(input, 0), g * input)},
   forms="function", samples=binary(), ref=_leaky_numpy, torch="", extra={"parity": False},
   doc="`input` where positive, else `negative_slope * input`.")
op("nn.functional.leaky_relu(Tensor input, Scalar negative_slope=0.01, bool inplace=False)"
   " -> Tensor",
   body=lambda input, negative_slope, inplace:
       applied("_leaky_relu", input, inplace, negative_slope),
   forms="function", samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(), 0.2)],
   ref=_leaky_numpy,
   doc="""`input` where positive, else `negative_slope * input`.

>>> cytorch.nn.functional.leaky_relu(cytorch.tensor([-1.0, 2.0]), 0.1)
tensor([-0.1000,  2.0000])
""")


def _prelu(input: Any, weight: Any) -> Any:
    if weight.numel() != 1:
        channels = input.shape[1] if input.ndim > 1 else 1
        if input.ndim == 0:
            raise shape_error("prelu(): Not allow zero-dim input tensor.")
        if weight.ndim != 1 or weight.numel() != channels:
            raise shape_error("prelu(): Mismatch of parameter numbers and input channel size. "
                              f"Found parameter numbers = {weight.numel()} and channel size = "
                              f"{channels} (input {tuple(input.shape)})")
        if input.ndim > 1:
            weight = weight.reshape(channels, *([1] * (input.ndim - 2)))
    elif weight.ndim > input.ndim:
        weight = weight.reshape(())
    return ops._leaky_relu(input, weight)


_prelu_entry = op(
    "prelu(Tensor input, Tensor weight) -> Tensor", body=_prelu, forms="function method",
    samples=lambda s: [call(s.tensor(2, 3, 4), s.tensor(3)), call(s.tensor(2, 3), s.tensor(1)),
                       call(s.tensor(4), s.tensor()), call(s.tensor(0, 3), s.tensor(3))],
    errors=lambda s: [(call(s.tensor(2, 3), s.tensor(4)), "ShapeError", "numbers = 4")],
    doc="""`leaky_relu` with one learnable slope, or one for each channel (dimension 1).

>>> cytorch.prelu(cytorch.tensor([-1.0, 2.0]), cytorch.tensor([0.25]))
tensor([-0.2500,  2.0000])
""")
also_called(_prelu_entry, "nn.functional.prelu")


def _rrelu(input: Any, lower: float, upper: float, training: bool, inplace: bool) -> Any:
    if lower > upper:
        raise argument_error(f"rrelu(): lower bound {lower} is larger than upper bound {upper}")
    slope = (lower + upper) / 2
    if training:
        slope = ops.empty_like(input).uniform_(lower, upper)
    return applied("_leaky_relu", input, inplace, slope)


op("nn.functional.rrelu(Tensor input, float lower=0.125, float upper=0.3333333333333333, "
   "bool training=False, bool inplace=False) -> Tensor", body=_rrelu, forms="function",
   samples=unary(), ref=lambda input: _leaky_numpy(input, (0.125 + 1 / 3) / 2),
   doc="""`leaky_relu` with a random slope in training and the mean slope otherwise.

>>> cytorch.nn.functional.rrelu(cytorch.tensor([-1.0, 2.0]), 0.1, 0.3)
tensor([-0.2000,  2.0000])
""")


# ---- exponential tails

def _elu_grad(g: Any, input: Any, negative_scale: Any, scale: Any, input_scale: Any) -> Any:
    # exp of the negative part alone: an overflow on the other side would come back as NaN
    below = ops.exp(ops.clamp_max(input, 0) * input_scale) * (negative_scale * input_scale)
    return g * ops.where(ops.gt(input, 0), scale, below)


op("_elu(Tensor input, Scalar negative_scale, Scalar scale, Scalar input_scale) -> Tensor",
   kernel=elementwise(FLOATING), grad={"input": _elu_grad}, forms="function",
   samples=lambda s: [call(s.tensor(3, 4), 1.5, 1.0, 1.0), call(s.tensor(), 1.0, 2.0, 0.5)],
   torch="", extra={"parity": False},
   doc="`scale * input` where positive, else `negative_scale * expm1(input_scale * input)`.")


def _elu_forms(name: str, options: str, body: Any, formula: str, result: str) -> Any:
    return op(f"{name}(Tensor input, {options}bool inplace=False) -> Tensor",
              body=body, forms="function", samples=unary(),
              doc=f"""{formula}, elementwise.

>>> cytorch.{name}(cytorch.tensor([-1.0, 2.0]))
{result}
""")


_elu_forms("nn.functional.elu", "Scalar alpha=1.0, ",
           lambda input, alpha, inplace: applied("_elu", input, inplace, alpha, 1, 1),
           "`input` where positive, else `alpha * (exp(input) - 1)`",
           "tensor([-0.6321,  2.0000])")


def _celu(input: Any, alpha: Any, inplace: bool) -> Any:
    if alpha == 0:
        raise ZeroDivisionError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return applied("_elu", input, inplace, alpha, 1, 1 / alpha)


also_called(_elu_forms("celu", "Scalar alpha=1.0, ", _celu,
                       "`input` where positive, else `alpha * (exp(input / alpha) - 1)`",
                       "tensor([-0.6321,  2.0000])"), "nn.functional.celu")
SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
also_called(_elu_forms("selu", "", lambda input, inplace: applied(
    "_elu", input, inplace, SELU_ALPHA * SELU_SCALE, SELU_SCALE, 1),
    "The self-normalising `elu`: 1.0507 times `elu(input, 1.6733)`",
    "tensor([-1.1113,  2.1014])"), "nn.functional.selu")
