"""Sums, products, means, counts, and logsumexp."""
from __future__ import annotations

from typing import Any

from .derivatives import masked
from .reduced_axes import axes_of, numpy_axis, reduced_count, restored, spread
from .spec import ALL_AND_COMPLEX, COMPLEX, FLOATING, FLOATING_AND_COMPLEX, call, op, ops, reduction

_SUMS = ("int64", *FLOATING)
_COMPLEX_SUMS = (*_SUMS, *COMPLEX)
_AXES = "int[]? dim, bool keepdim=False, *, DType? dtype=None"


def full_samples(s: Any) -> list[Any]:
    """Calls that reduce everything."""
    return [call(s.tensor(3, 4)), call(s.tensor()), call(s.tensor(2, 3, 5)), call(s.tensor(130))]


def axis_samples(s: Any) -> list[Any]:
    """Calls with one axis, several, negative ones, kept ones, and none of size 0 reduced."""
    return [call(s.tensor(3, 4), 1), call(s.tensor(3, 4), -2, keepdim=True),
            call(s.tensor(2, 3, 4), (0, 2)), call(s.tensor(2, 3, 4), dim=(-1, 1), keepdim=True),
            call(s.tensor(), -1), call(s.tensor(3, 0), 0), call(s.tensor(70, 5), 0),
            call(s.tensor(5, 70), 1), call(s.tensor(2, 3), None, keepdim=True)]


def _with_dtype(make: Any, *args: Any) -> Any:
    return lambda s: [*make(s), call(s.tensor(2, 3), *args, dtype="float64")]


def _with_nan(s: Any) -> list[Any]:
    return [call(s.values([1.0, float("nan"), 2.0]), 0)] if "float" in s.dtype else []


def _dim_errors(s: Any) -> list[Any]:
    return [(call(s.tensor(3, 4), 2), "IndexOutOfRange", r"expected to be in range of \[-2, 1\]"),
            (call(s.tensor(3, 4), (0, -2)), "ArgumentError", "multiple times")]


# ---- sums
op("sum(Tensor input, *, DType? dtype=None) -> Tensor", kernel=reduction(_COMPLEX_SUMS),
   grad={"input": lambda g, input_shape: g.expand(input_shape)}, forms="function method",
   samples=_with_dtype(lambda s: [*full_samples(s), call(s.ints(5)), call(s.bools(4)),
                                  call(s.tensor(0, 3))]),
   ref=lambda input, dtype=None: input.sum(dtype=dtype),
   doc="""Sum of all elements. Integers and bools add up in int64. Shapes: (*) -> ().

>>> cytorch.tensor([[1.0, 2.0], [3.0, 4.0]]).sum()
tensor(10.)
""")
op(f"sum(Tensor input, {_AXES}) -> Tensor", kernel=reduction(_COMPLEX_SUMS),
   grad={"input": lambda g, input_shape, dim, keepdim: spread(g, input_shape, dim, keepdim)},
   forms="function method out",
   samples=_with_dtype(lambda s: [*axis_samples(s), call(s.tensor(0, 3), 0)], 1),
   ref=lambda input, dim, keepdim=False, dtype=None: input.sum(
       numpy_axis(dim), dtype, None, keepdim),
   errors=_dim_errors,
   doc="""Sum over the axes `dim` (an int or a list; all for None).

>>> cytorch.tensor([[1.0, 2.0], [3.0, 4.0]]).sum(1, keepdim=True)
tensor([[3.],
        [7.]])
""")
op("nansum(Tensor input, int[]? dim=None, bool keepdim=False, *, DType? dtype=None) -> Tensor",
   kernel=reduction(_SUMS),
   grad={"input": lambda g, input, dim, keepdim: masked(
       input == input, spread(g, input.shape, dim, keepdim))},
   forms="function method out",
   samples=lambda s: [*full_samples(s), *axis_samples(s), *_with_nan(s)],
   ref=lambda input, dim=None, keepdim=False: __import__("numpy").nansum(
       input, dim, keepdims=keepdim),
   doc="""Sum in which NaN counts as 0.

>>> cytorch.tensor([1.0, float("nan"), 2.0]).nansum()
tensor(3.)
""")
op("mean(Tensor input, *, DType? dtype=None) -> Tensor", kernel=reduction(FLOATING_AND_COMPLEX),
   grad={"input": lambda g, input_shape: (
       g / max(reduced_count(input_shape, None), 1)).expand(input_shape)},
   forms="function method", samples=_with_dtype(full_samples),
   ref=lambda input, dtype=None: input.mean(dtype=dtype),
   errors=lambda s: [(call(s.ints(3)), "DTypeError", "int64")],
   doc="""Mean of all elements; NaN of none. Shapes: (*) -> ().

>>> cytorch.tensor([1.0, 2.0, 6.0]).mean()
tensor(3.)
""")
op(f"mean(Tensor input, {_AXES}) -> Tensor", kernel=reduction(FLOATING_AND_COMPLEX),
   grad={"input": lambda g, input_shape, dim, keepdim: spread(
       g / max(reduced_count(input_shape, dim), 1), input_shape, dim, keepdim)},
   forms="function method out", samples=_with_dtype(axis_samples, 1),
   ref=lambda input, dim, keepdim=False, dtype=None: input.mean(
       numpy_axis(dim), dtype, None, keepdim),
   errors=_dim_errors,
   doc="""Mean over the axes `dim`.

>>> cytorch.tensor([[1.0, 2.0], [3.0, 4.0]]).mean(0)
tensor([2., 3.])
""")
op("nanmean(Tensor input, int[]? dim=None, bool keepdim=False, *, DType? dtype=None) -> Tensor",
   body=lambda input, dim, keepdim, dtype: (
       ops.nansum(input, dim, keepdim, dtype=dtype)
       / ops.sum((input == input).detach(), dim, keepdim)),
   forms="function method out",
   samples=lambda s: [*full_samples(s), call(s.tensor(3, 4), 1), *_with_nan(s)],
   ref=lambda input, dim=None, keepdim=False: __import__("numpy").nanmean(
       input, dim, keepdims=keepdim),
   doc="""Mean of the elements that are not NaN.

>>> cytorch.tensor([1.0, float("nan"), 2.0]).nanmean()
tensor(1.5000)
""")


# ---- products
def _others_product(input: Any, dim: int) -> Any:
    """The product of all other elements along `dim`: right also where some are 0."""
    n = input.shape[dim]
    one = ops.ones_like(input.narrow(dim, 0, 1))
    before = ops.cat([one, input.narrow(dim, 0, n - 1).cumprod(dim)], dim)
    turned = input.flip(dim)
    after = ops.cat([one, turned.narrow(dim, 0, n - 1).cumprod(dim)], dim).flip(dim)
    return before * after


def _in_dtype_of(g: Any, input: Any) -> Any:
    """The input as it was multiplied: dtype= may have made it real."""
    if input.dtype.is_complex and not g.dtype.is_complex:
        return input.real.to(g.dtype)
    return input


def _prod_grad(g: Any, input: Any) -> Any:
    input = _in_dtype_of(g, input)
    if input.ndim == 0:
        return g
    if input.numel() == 0:
        return ops.zeros_like(input)
    return g * _others_product(input.reshape(-1), 0).reshape(input.shape).conj()


def _prod_dim_grad(g: Any, input: Any, dim: int, keepdim: bool) -> Any:
    input = _in_dtype_of(g, input)
    if input.ndim == 0:
        return g
    if input.numel() == 0:
        return ops.zeros_like(input)
    return restored(g, input.shape, dim, keepdim) * _others_product(input, dim).conj()


op("prod(Tensor input, *, DType? dtype=None) -> Tensor", kernel=reduction(_COMPLEX_SUMS),
   grad={"input": _prod_grad}, forms="function method",
   samples=_with_dtype(lambda s: [call(s.tensor(3, 2)), call(s.tensor()), call(s.tensor(0)),
                                  call(s.values([2.0, 0.0, 3.0])), call(s.ints(4, low=1))]),
   ref=lambda input, dtype=None: input.prod(dtype=dtype),
   doc="""Product of all elements. Integers multiply in int64. Shapes: (*) -> ().

>>> cytorch.tensor([2.0, 3.0, 4.0]).prod()
tensor(24.)
""")
op("prod(Tensor input, int dim, bool keepdim=False, *, DType? dtype=None) -> Tensor",
   kernel=reduction(_COMPLEX_SUMS), grad={"input": _prod_dim_grad}, forms="function method out",
   samples=lambda s: [call(s.tensor(3, 4), 1), call(s.tensor(3, 4), -2, keepdim=True),
                      call(s.tensor(), 0), call(s.tensor(3, 0), 0), call(s.tensor(0, 2), 0),
                      call(s.values([[2.0, 0.0, 3.0], [0.0, 0.0, 1.0]]), 1)],
   ref=lambda input, dim, keepdim=False, dtype=None: input.prod(dim, dtype, None, keepdim),
   errors=lambda s: [(call(s.tensor(3, 4), 2), "IndexOutOfRange", "expected to be in range")],
   doc="""Product along the axis `dim`.

>>> cytorch.tensor([[1.0, 2.0], [3.0, 4.0]]).prod(0)
tensor([3., 8.])
""")


# ---- truth and counts
def _truth(name: str, what: str) -> None:
    doc = f"""Whether {what} elements are not 0, as bool, over the axes `dim`.

>>> cytorch.tensor([[True, False], [True, True]]).{name}(1)
tensor([{"True, True" if name == "any" else "False,  True"}])
"""
    op(f"{name}(Tensor input) -> Tensor", kernel=reduction(ALL_AND_COMPLEX), result="bool",
       forms="function method out",
       samples=lambda s: [call(s.bools(3, 4)), call(s.tensor(5)), call(s.ints(5, high=2)),
                          call(s.bools()), call(s.bools(0))],
       ref=f"numpy.{name}", doc=doc)
    op(f"{name}(Tensor input, int[]? dim, bool keepdim=False) -> Tensor",
       kernel=reduction(ALL_AND_COMPLEX), result="bool", forms="function method out",
       samples=lambda s: [call(s.bools(3, 4), 1), call(s.bools(3, 4), -2, keepdim=True),
                          call(s.tensor(2, 3, 4), (0, 2)), call(s.bools(0, 2), 0),
                          call(s.ints(70, 5, high=2), 0)],
       ref=lambda input, dim, keepdim=False: getattr(__import__("numpy"), name)(
           input, dim, keepdims=keepdim),
       errors=_dim_errors, doc=doc)


_truth("any", "some")
_truth("all", "all")
op("count_nonzero(Tensor input, int[]? dim=None) -> Tensor", kernel=reduction(ALL_AND_COMPLEX),
   result="int64", forms="function method",
   samples=lambda s: [call(s.ints(3, 4, high=2)), call(s.ints(3, 4, high=2), 1),
                      call(s.bools(2, 3, 4), (0, 2)), call(s.bools(0)), call(s.tensor())],
   ref="numpy.count_nonzero", errors=_dim_errors,
   doc="""How many elements are not 0, as int64, over the axes `dim`.

>>> cytorch.tensor([0, 3, 0, 5]).count_nonzero()
tensor(2)
""")


# ---- logsumexp
def _logsumexp_grad(g: Any, input: Any, out: Any, dim: Any, keepdim: bool) -> Any:
    total = restored(out, input.shape, dim, keepdim)
    total = ops.where(total == -float("inf"), 0, total)
    return restored(g, input.shape, dim, keepdim) * (input - total).exp()


op("_logsumexp(Tensor input, int[] dim, bool keepdim=False) -> Tensor",
   kernel=reduction(FLOATING), grad={"input": _logsumexp_grad}, forms="function",
   samples=lambda s: axis_samples(s)[:-1], torch="logsumexp",
   doc="logsumexp of floating-point numbers.")
def _any_logsumexp(input: Any, dim: Any, keepdim: bool) -> Any:
    if not input.dtype.is_complex:
        return ops._logsumexp(input if input.is_floating_point() else input * 1.0, dim, keepdim)
    # The largest real part goes out of the exponentials, unless it is infinite.
    largest = input.real.detach().amax(dim, True)
    largest = ops.where(largest.isinf(), 0, largest)
    result = (input - largest).exp().sum(dim, True).log() + largest
    return result if keepdim or not input.ndim else result.squeeze(axes_of(input.ndim, dim))


op("logsumexp(Tensor input, int[] dim, bool keepdim=False) -> Tensor", body=_any_logsumexp,
   forms="function method out",
   samples=lambda s: [*axis_samples(s)[:-1], call(s.ints(3, 4), 1)],
   ref=lambda input, dim, keepdim=False: _numpy_logsumexp(input, dim, keepdim), errors=_dim_errors,
   doc="""log(sum(exp(input))) over the axes `dim`, without overflow; -inf of no elements.

>>> cytorch.tensor([1000.0, 1000.0]).logsumexp(0)
tensor(1000.693...)
""")


def _numpy_logsumexp(input: Any, dim: Any, keepdim: bool) -> Any:
    import numpy

    with numpy.errstate(divide="ignore"):
        return numpy.log(numpy.exp(input.astype(float)).sum(dim, keepdims=keepdim))
