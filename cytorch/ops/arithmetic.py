"""Arithmetic: sums, products, quotients, powers, bounds."""
from __future__ import annotations

from typing import Any

from .aliases import also_called
from .derivatives import conj, masked, zero
from .spec import (
    ALL,
    ALL_AND_COMPLEX,
    FLOATING,
    FLOATING_AND_COMPLEX,
    INTEGRAL,
    REAL,
    REAL_AND_COMPLEX,
    argument_error,
    binary,
    call,
    dtype_error,
    elementwise,
    op,
    ops,
    unary,
)

_FORMS = "function method inplace out"



# ---- sums and products

_add = op(
    "add(Tensor input, Tensor|Scalar other) -> Tensor", kernel=elementwise(ALL_AND_COMPLEX),
    grad={"input": lambda g: g, "other": lambda g: g},
    forms=_FORMS + " operator:__add__,__radd__,__iadd__", samples=binary(), ref="numpy.add",
    doc="""`input + alpha * other`, elementwise and with broadcasting.

>>> cytorch.add(cytorch.tensor([1.0, 2.0]), 10)
tensor([11., 12.])
""")
op("add(Tensor input, Tensor|Scalar other, *, Scalar alpha) -> Tensor",
   body=lambda input, other, alpha: input + _times(other, alpha, input, "add"), forms=_FORMS,
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(4), alpha=2), call(s.tensor(3), 1.5, alpha=3)],
   ref=lambda input, other, alpha: input + alpha * other,
   doc="`input + alpha * other`; `alpha` must be whole for integer tensors.")
op("add(Tensor input, Scalar alpha, Tensor other) -> Tensor",
   body=lambda input, alpha, other: input + _times(other, alpha, input, "add"), forms=_FORMS,
   samples=lambda s: [call(s.tensor(3, 4), 2, s.tensor(3, 4))], torch="",
   ref=lambda input, alpha, other: input + alpha * other,
   doc="`input + alpha * other`, in the argument order of 2017.")


def _times(other: Any, alpha: Any, input: Any, name: str) -> Any:
    dtypes = [x.dtype for x in (input, other) if hasattr(x, "dtype")]
    if isinstance(alpha, complex) and not any(d.is_complex for d in dtypes):
        raise argument_error(f"{name}(): For non-complex input tensors, argument alpha must not be "
                             f"a complex number, got {alpha}")
    if isinstance(alpha, float) and not any(d.is_floating_point or d.is_complex for d in dtypes):
        raise argument_error(f"{name}(): For integral input tensors, argument alpha must not be a "
                             f"floating point number, got {alpha}")
    if len(dtypes) == 2 and input.ndim and dtypes[0].itemsize > dtypes[1].itemsize and \
            dtypes[0].is_floating_point and dtypes[1].is_floating_point:
        # the product is not rounded to the narrower dtype
        other = other.to(input.dtype)
    return other * alpha


_sub = op(
    "sub(Tensor input, Tensor|Scalar other) -> Tensor",
    kernel=elementwise(REAL_AND_COMPLEX),
    grad={"input": lambda g: g, "other": lambda g: -g},
    forms=_FORMS + " operator:__sub__,__isub__", samples=binary(), ref="numpy.subtract",
    doc="""`input - alpha * other`, elementwise and with broadcasting; not for bool.

>>> cytorch.sub(cytorch.tensor([1.0, 2.0]), 10)
tensor([-9., -8.])
""")
op("sub(Tensor input, Tensor|Scalar other, *, Scalar alpha) -> Tensor",
   body=lambda input, other, alpha: input - _times(other, alpha, input, "sub"), forms=_FORMS,
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(4), alpha=2), call(s.tensor(3), 1.5, alpha=3)],
   ref=lambda input, other, alpha: input - alpha * other,
   doc="`input - alpha * other`; `alpha` must be whole for integer tensors.")
op("rsub(Tensor input, Tensor|Scalar other) -> Tensor",
   kernel=elementwise(REAL_AND_COMPLEX),
   grad={"input": lambda g: -g, "other": lambda g: g},
   forms="function operator:__rsub__", samples=binary(),
   ref=lambda input, other: other - input,
   doc="""`other - alpha * input`, elementwise.

>>> cytorch.rsub(cytorch.tensor([1.0, 2.0]), 10)
tensor([9., 8.])
""")
op("rsub(Tensor input, Tensor|Scalar other, *, Scalar alpha) -> Tensor",
   body=lambda input, other, alpha: ops.rsub(input * alpha, other), forms="function",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(4), alpha=2)],
   ref=lambda input, other, alpha: other - alpha * input,
   doc="`other - alpha * input`.")

_mul = op(
    "mul(Tensor input, Tensor|Scalar other) -> Tensor", kernel=elementwise(ALL_AND_COMPLEX),
    grad={"input": lambda g, other: g * conj(other), "other": lambda g, input: g * conj(input)},
    forms=_FORMS + " operator:__mul__,__rmul__,__imul__", samples=binary(), ref="numpy.multiply",
    doc="""`input * other`, elementwise and with broadcasting.

>>> cytorch.mul(cytorch.tensor([1.0, 2.0]), 10)
tensor([10., 20.])
""")

_neg = op(
    "neg(Tensor input) -> Tensor", kernel=elementwise(REAL_AND_COMPLEX),
    grad={"input": lambda g: -g},
    forms=_FORMS + " operator:__neg__", samples=unary(), ref="numpy.negative",
    doc="""`-input`; not for bool.

>>> cytorch.neg(cytorch.tensor([1.0, -2.0]))
tensor([-1.,  2.])
""")
op("positive(Tensor input) -> Tensor", body=lambda input: _positive(input),
   forms="function method operator:__pos__", samples=unary(), ref="numpy.positive",
   doc="""`input` itself; not for bool.

>>> cytorch.positive(cytorch.tensor([1.0, -2.0]))
tensor([ 1., -2.])
""")


def _positive(input: Any) -> Any:
    if not input.dtype.is_complex and "bool" in str(input.dtype):
        raise dtype_error("positive(): not implemented for bool")
    return input


_abs = op(
    "abs(Tensor input) -> Tensor", kernel=elementwise(REAL_AND_COMPLEX), result="real",
    grad={"input": lambda g, input: g * ops.sgn(input)},
    forms=_FORMS + " operator:__abs__", samples=unary(), ref="numpy.abs",
    doc="""Absolute value, elementwise.

>>> cytorch.abs(cytorch.tensor([1.0, -2.0]))
tensor([1., 2.])
""")
op("sign(Tensor input) -> Tensor", kernel=elementwise(ALL), grad={"input": zero}, forms=_FORMS,
   samples=unary(), ref="numpy.sign",
   doc="""-1, 0 or 1, elementwise (0 for NaN). The gradient is 0.

>>> cytorch.sign(cytorch.tensor([3.0, -2.0, 0.0]))
tensor([ 1., -1.,  0.])
""")


def _sgn_grad(g: Any, input: Any, out: Any) -> Any:
    """Of a complex number the angle counts: what g has across the direction, over the size."""
    if not input.dtype.is_complex:
        return ops.zeros_like(g)
    along = out * (g * conj(out)).real
    return ops.where(ops.eq(input, 0), 0, (g - along) / ops.abs(input))


op("sgn(Tensor input) -> Tensor", kernel=elementwise(ALL_AND_COMPLEX, "sign"),
   grad={"input": _sgn_grad}, forms=_FORMS, samples=unary(), ref="numpy.sign",
   doc="""`sign` of real tensors; `input / abs(input)` of complex ones.

>>> cytorch.sgn(cytorch.tensor([3.0, -2.0, 0.0]))
tensor([ 1., -1.,  0.])
""")
op("square(Tensor input) -> Tensor", body=lambda input: ops.pow(input, 2), forms=_FORMS,
   samples=unary(), ref="numpy.square",
   doc="""`input ** 2`, elementwise.

>>> cytorch.square(cytorch.tensor([3.0, -2.0]))
tensor([9., 4.])
""")
op("reciprocal(Tensor input) -> Tensor", kernel=elementwise(FLOATING_AND_COMPLEX),
   promote="float",
   grad={"input": lambda g, out: -g * conj(out * out)}, forms=_FORMS,
   samples=unary(0.5, 3.0), ref="numpy.reciprocal",
   doc="""`1 / input`, elementwise.

>>> cytorch.reciprocal(cytorch.tensor([4.0, -2.0]))
tensor([ 0.2500, -0.5000])
""")

# ---- bounds


def _half_where_equal(g: Any, input: Any, other: Any) -> Any:
    return ops.where(ops.eq(input, other), g / 2, g)


def _maximum_grad(g: Any, input: Any, other: Any) -> Any:
    return masked(ops.ge(input, other), _half_where_equal(g, input, other))


def _minimum_grad(g: Any, input: Any, other: Any) -> Any:
    return masked(ops.le(input, other), _half_where_equal(g, input, other))


op("maximum(Tensor input, Tensor other) -> Tensor", kernel=elementwise(ALL),
   grad={"input": _maximum_grad,
         "other": lambda g, input, other: _maximum_grad(g, other, input)},
   forms="function method out", samples=binary(scalar=None), ref="numpy.maximum",
   doc="""The larger of two elements; NaN if one of them is. Equal ones share the gradient.

>>> cytorch.maximum(cytorch.tensor([1.0, 5.0]), cytorch.tensor([2.0, 3.0]))
tensor([2., 5.])
""")
op("minimum(Tensor input, Tensor other) -> Tensor", kernel=elementwise(ALL),
   grad={"input": _minimum_grad,
         "other": lambda g, input, other: _minimum_grad(g, other, input)},
   forms="function method out", samples=binary(scalar=None), ref="numpy.minimum",
   doc="""The smaller of two elements; NaN if one of them is. Equal ones share the gradient.

>>> cytorch.minimum(cytorch.tensor([1.0, 5.0]), cytorch.tensor([2.0, 3.0]))
tensor([1., 3.])
""")


def _first_wins(compare: str) -> dict[str, Any]:
    """Derivatives of fmax and fmin: the gradient goes to the one that was taken."""
    def taken(input: Any, other: Any) -> Any:
        return getattr(ops, compare)(input, other) | ops.isnan(other)

    return {"input": lambda g, input, other: masked(taken(input, other), g),
            "other": lambda g, input, other: masked(~taken(input, other), g)}


op("fmax(Tensor input, Tensor other) -> Tensor", kernel=elementwise(ALL), grad=_first_wins("ge"),
   forms="function method out", samples=binary(scalar=None), ref="numpy.fmax",
   doc="""The larger of two elements; the other one where one is NaN.

>>> cytorch.fmax(cytorch.tensor([1.0, float("nan")]), cytorch.tensor([2.0, 3.0]))
tensor([2., 3.])
""")
op("fmin(Tensor input, Tensor other) -> Tensor", kernel=elementwise(ALL), grad=_first_wins("le"),
   forms="function method out", samples=binary(scalar=None), ref="numpy.fmin",
   doc="""The smaller of two elements; the other one where one is NaN.

>>> cytorch.fmin(cytorch.tensor([1.0, float("nan")]), cytorch.tensor([2.0, 3.0]))
tensor([1., 3.])
""")


def _clamp_samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 4), -0.5, 1), call(s.tensor(3, 4), min=-0.5, max=0.75),
            call(s.tensor(3, 4), s.tensor(4), s.tensor(3, 1)), call(s.tensor(), -1, 1),
            call(s.tensor(0, 2), 0, 1)]


_clamp = op(
    "clamp(Tensor input, Tensor|Scalar min, Tensor|Scalar max) -> Tensor",
    kernel=elementwise(REAL),
    grad={"input": lambda g, input, min, max:
          masked(ops.ge(input, min) & ops.le(input, max), g),
          "min": lambda g, input, min, max: masked(ops.lt(input, min) & ops.lt(min, max), g),
          "max": lambda g, input, min, max: masked(ops.gt(input, max) | ops.lt(max, min), g)},
    forms=_FORMS, samples=_clamp_samples,
    # by position: NumPy 2.0 calls the bounds otherwise
    ref=lambda input, min=None, max=None: __import__("numpy").clip(input, min, max),
    doc="""`minimum(maximum(input, min), max)`; the bounds are numbers, tensors or None.

>>> cytorch.clamp(cytorch.tensor([-1.0, 0.5, 2.0]), 0, 1)
tensor([0.0000, 0.5000, 1.0000])
""")


def _clamp_one_side(input: Any, min: Any, max: Any) -> Any:
    if min is None and max is None:
        raise argument_error("clamp(): At least one of 'min' or 'max' must not be None")
    return ops.clamp_max(input, max) if min is None else ops.clamp_min(input, min)


_clamp_one = op(
    "clamp(Tensor input, any min=None, any max=None) -> Tensor", body=_clamp_one_side,
    forms=_FORMS, samples=lambda s: [call(s.tensor(3, 4), 0.5), call(s.tensor(3, 4), max=0.5),
                                     call(s.tensor(3, 4), max=s.tensor(4))],
    ref=lambda input, min=None, max=None: input.clip(min, max),
    errors=lambda s: [(call(s.tensor(3)), "ArgumentError", "At least one of")],
    doc="One bound only.")
also_called(_clamp, "clip")
also_called(_clamp_one, "clip")
op("clamp_min(Tensor input, Tensor|Scalar min) -> Tensor", kernel=elementwise(ALL, "maximum"),
   grad={"input": lambda g, input, min: masked(ops.ge(input, min), g),
         "min": lambda g, input, min: masked(ops.lt(input, min), g)},
   forms=_FORMS, samples=binary(), ref="numpy.maximum",
   doc="""`maximum(input, min)` for a number or a tensor.

>>> cytorch.clamp_min(cytorch.tensor([-1.0, 0.5]), 0)
tensor([0.0000, 0.5000])
""")
op("clamp_max(Tensor input, Tensor|Scalar max) -> Tensor", kernel=elementwise(ALL, "minimum"),
   grad={"input": lambda g, input, max: masked(ops.le(input, max), g),
         "max": lambda g, input, max: masked(ops.gt(input, max), g)},
   forms=_FORMS, samples=binary(), ref="numpy.minimum",
   doc="""`minimum(input, max)` for a number or a tensor.

>>> cytorch.clamp_max(cytorch.tensor([-1.0, 0.5]), 0)
tensor([-1.,  0.])
""")

# ---- three operands


def _product_samples(s: Any) -> list[Any]:
    def positive(*shape: int) -> Any:
        return s.tensor(*shape, low=0.5, high=2.0)

    return [call(s.tensor(3, 4), s.tensor(3, 4), positive(3, 4)),
            call(s.tensor(3, 4), s.tensor(4), positive(3, 1), value=2),
            call(s.tensor(), s.tensor(), positive()), call(s.tensor(0, 2), s.tensor(2), positive())]


op("addcmul(Tensor input, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
   kernel=elementwise(REAL_AND_COMPLEX),
   grad={"input": lambda g: g,
         "tensor1": lambda g, tensor2, value: g * conj(tensor2 * value),
         "tensor2": lambda g, tensor1, value: g * conj(tensor1 * value)},
   forms=_FORMS, samples=_product_samples,
   ref=lambda input, tensor1, tensor2, value=1: input + value * tensor1 * tensor2,
   doc="""`input + value * tensor1 * tensor2`, elementwise and with broadcasting.

>>> one = cytorch.ones(2)
>>> cytorch.addcmul(one, one, cytorch.tensor([2.0, 3.0]), value=10)
tensor([21., 31.])
""")
op("addcdiv(Tensor input, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
   kernel=elementwise(FLOATING_AND_COMPLEX),
   grad={"input": lambda g: g,
         "tensor1": lambda g, tensor2, value: g * conj(value / tensor2),
         "tensor2": lambda g, tensor1, tensor2, value:
             -g * conj(value * tensor1 / (tensor2 * tensor2))},
   forms=_FORMS, samples=_product_samples,
   ref=lambda input, tensor1, tensor2, value=1: input + value * tensor1 / tensor2,
   doc="""`input + value * tensor1 / tensor2`, elementwise and with broadcasting.

>>> one = cytorch.ones(2)
>>> cytorch.addcdiv(one, one, cytorch.tensor([2.0, 4.0]), value=10)
tensor([6.0000, 3.5000])
""")
op("lerp(Tensor input, Tensor end, Tensor|Scalar weight) -> Tensor",
   kernel=elementwise(FLOATING_AND_COMPLEX),
   grad={"input": lambda g, weight: g * conj(1 - weight),
         "end": lambda g, weight: g * conj(weight),
         "weight": lambda g, input, end: g * conj(end - input)},
   forms=_FORMS,
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(3, 4), 0.3),
                      call(s.tensor(3, 4), s.tensor(4), s.tensor(3, 1, low=0.0, high=1.0)),
                      call(s.tensor(), s.tensor(), 0.75), call(s.tensor(0, 2), s.tensor(2), 0.5)],
   ref=lambda input, end, weight: input + weight * (end - input),
   doc="""`input + weight * (end - input)`, elementwise and with broadcasting.

>>> cytorch.lerp(cytorch.tensor([0.0, 1.0]), cytorch.tensor([10.0, 3.0]), 0.5)
tensor([5., 2.])
""")
op("hypot(Tensor input, Tensor other) -> Tensor", kernel=elementwise(FLOATING),
   grad={"input": lambda g, input, out: g * (input / out),
         "other": lambda g, other, out: g * (other / out)},
   forms=_FORMS, samples=binary(0.5, 3.0, scalar=None), ref="numpy.hypot",
   doc="""`sqrt(input ** 2 + other ** 2)`, elementwise and without overflow in between.

>>> cytorch.hypot(cytorch.tensor([3.0, 5.0]), cytorch.tensor([4.0, 12.0]))
tensor([ 5., 13.])
""")
op("copysign(Tensor input, Tensor|Scalar other) -> Tensor", kernel=elementwise(FLOATING),
   promote="float",
   grad={"input": lambda g, input, out: g * ops.sign(input) * ops.sign(out),
         "other": zero},
   forms=_FORMS, samples=binary(), ref="numpy.copysign",
   doc="""The size of `input` with the sign of `other`, elementwise.

>>> cytorch.copysign(cytorch.tensor([3.0, -5.0]), -0.0)
tensor([-3., -5.])
""")
op("nextafter(Tensor input, Tensor other) -> Tensor", kernel=elementwise(FLOATING),
   grad={"input": lambda g, input, other: masked(ops.ne(input, other), g), "other": zero},
   forms=_FORMS, samples=binary(scalar=None), ref="numpy.nextafter",
   doc="""The next number after `input` in the direction of `other`, elementwise.

>>> cytorch.nextafter(cytorch.tensor([1.0]), cytorch.tensor([2.0])) > 1
tensor([True])
""")
op("_heaviside(Tensor input, Tensor values) -> Tensor", kernel=elementwise(ALL), nondiff=("out",),
   forms="function", samples=binary(scalar=None), ref="numpy.heaviside", torch="heaviside",
   doc="0 for negative elements, 1 for positive ones, `values` for 0.")


def _heaviside(input: Any, values: Any) -> Any:
    if input.dtype != values.dtype:
        raise dtype_error("heaviside(): not implemented for tensors with different dtypes, got "
                          f"{input.dtype} and {values.dtype}")
    return ops._heaviside(input, values)


op("heaviside(Tensor input, Tensor values) -> Tensor", body=_heaviside, forms=_FORMS,
   samples=binary(scalar=None), ref="numpy.heaviside",
   errors=lambda s: [(call(s.tensor(2), s.bools(2)), "DTypeError", "bool")],
   doc="""0 for negative elements, 1 for positive ones, `values` for 0.

>>> cytorch.heaviside(cytorch.tensor([-1.0, 0.0, 2.0]), cytorch.tensor(0.5))
tensor([0.0000, 0.5000, 1.0000])
""")
op("gcd(Tensor input, Tensor other) -> Tensor", kernel=elementwise(INTEGRAL), forms=_FORMS,
   samples=lambda s: [call(s.ints(3, 4, high=50), s.ints(4, high=50)), call(s.ints(), s.ints())],
   ref="numpy.gcd",
   doc="""Greatest common divisor of integers, elementwise.

>>> cytorch.gcd(cytorch.tensor([12, 5]), cytorch.tensor([18, 10]))
tensor([6, 5])
""")
op("lcm(Tensor input, Tensor other) -> Tensor", kernel=elementwise(INTEGRAL), forms=_FORMS,
   samples=lambda s: [call(s.ints(3, 4, high=50), s.ints(4, high=50)), call(s.ints(), s.ints())],
   ref="numpy.lcm",
   doc="""Least common multiple of integers, elementwise.

>>> cytorch.lcm(cytorch.tensor([12, 5]), cytorch.tensor([18, 10]))
tensor([36, 10])
""")

also_called(_neg, "negative")
also_called(_sub, "subtract")
also_called(_mul, "multiply")
also_called(_abs, "absolute")
