"""Pooling over windows: maximum, average, power average.

One kernel serves one to three spatial axes. Inputs are (N, C, *) or (C, *).
"""
from __future__ import annotations

import math
from typing import Any

from .interpolate import AREA
from .spec import FLOATING, REAL, F, argument_error, call, op, ops, shape_error, structured

_WINDOW = "int[] kernel_size, int[] stride, int[] padding, int[] dilation, int[] size"


# ---- arguments
def numbers(name: str, word: str, value: Any, n: int, least: int = 1) -> tuple[int, ...]:
    """A window argument for every spatial axis."""
    given = (value,) if isinstance(value, int) else tuple(value)
    if len(given) not in (1, n):
        raise argument_error(f"{name}: {word} must be one integer or {n}, got {given}")
    if any(v < least for v in given):
        raise argument_error(f"{name}: {word} must be {least} or more, got {given}")
    return given * n if len(given) == 1 else given


def check_input(name: str, input: Any, n: int) -> None:
    """Raise unless input is (N, C, *) or (C, *) with n spatial axes; only N may be 0."""
    if input.ndim not in (n + 1, n + 2) or 0 in tuple(input.shape)[-n - 1:]:
        raise shape_error(f"{name}: expected input of shape (N, C, *) or (C, *) with {n} spatial "
                          "axes, in which only N may be 0, got shape "
                          f"{tuple(input.shape)}")


def output_size(name: str, input: Any, kernel: Any, stride: Any, padding: Any, dilation: Any,
                ceil_mode: bool) -> tuple[int, ...]:
    """Sizes of the spatial axes of the result."""
    sizes = tuple(input.shape)[-len(kernel):]
    found = []
    for size, k, s, p, d in zip(sizes, kernel, stride, padding, dilation):
        if 2 * p > k:
            raise argument_error(f"{name}: padding must be at most half of kernel_size, got "
                                 f"padding {padding} and kernel_size {kernel}")
        span = size + 2 * p - d * (k - 1) - 1
        out = (span + (s - 1 if ceil_mode else 0)) // s + 1
        if ceil_mode and (out - 1) * s >= size + p:
            out -= 1
        if out < 1:
            raise shape_error(f"{name}: kernel_size {kernel} with dilation {dilation} and padding "
                              f"{padding} does not fit input of spatial size {sizes}")
        found.append(out)
    return tuple(found)


# ---- max pooling: primitives
def _pooled(input: Any, size: Any) -> tuple[int, ...]:
    return (*tuple(input.shape)[:-len(size)], *size)


def pooled_gradient(g: Any, indices: Any, size: Any) -> Any:
    """The elements of `g` at the maxima: the derivative of _max_pool_backward."""
    flat = indices.flatten(-len(size))
    return g.flatten(-len(size)).gather(-1, flat).reshape(indices.shape)


def _private_samples(s: Any) -> list[Any]:
    return [call(s.tensor(2, 3, 6), (2,), (2,), (0,), (1,), (3,)),
            call(s.tensor(2, 5, 6), (3, 2), (1, 2), (1, 0), (1, 2), (5, 2))]


op(f"_max_pool(Tensor input, {_WINDOW}) -> Tensor", kernel=structured(REAL),
   shape=lambda input, size: (_pooled(input, size), input.dtype),
   grad={"input": lambda g, input, kernel_size, stride, padding, dilation, size:
         ops._max_pool_backward(
             g, ops._max_pool_with_indices(input, kernel_size, stride, padding, dilation, size)[1],
             len(size), input.shape)},
   forms="function", samples=_private_samples, doc="Max pooling.")
op(f"_max_pool_with_indices(Tensor input, {_WINDOW}) -> (Tensor out, Tensor indices)",
   kernel=structured(REAL), shape=lambda input, size: (
       (_pooled(input, size), input.dtype), (_pooled(input, size), "int64")),
   grad={"input": lambda g_out, input_shape, indices, size: ops._max_pool_backward(
       g_out, indices, len(size), input_shape)},
   forms="function", samples=_private_samples,
   doc="Max pooling, and the position of every maximum in its input plane.")
op("_max_pool_backward(Tensor grad, Tensor indices, int spatial, int[] input_size) -> Tensor",
   kernel=structured(FLOATING), shape=lambda grad, input_size: (input_size, grad.dtype),
   grad={"grad": lambda g, indices, spatial, input_size: pooled_gradient(
       g, indices, input_size[-spatial:])},
   forms="function", samples=lambda s: [call(s.tensor(2, 3), s.ints(2, 3, high=6), 1, (2, 6))],
   doc="Adds every gradient at the position of its maximum.")
op("_adaptive_max_pool(Tensor input, int[] size) -> (Tensor out, Tensor indices)",
   kernel=structured(FLOATING), shape=lambda input, size: (
       (_pooled(input, size), input.dtype), (_pooled(input, size), "int64")),
   grad={"input": lambda g_out, input_shape, indices, size: ops._max_pool_backward(
       g_out, indices, len(size), input_shape)},
   forms="function",
   samples=lambda s: [call(s.tensor(2, 7), (3,)), call(s.tensor(2, 5, 6), (2, 4))],
   doc="Adaptive max pooling, and the position of every maximum in its input plane.")


# ---- average pooling: primitives
_AVERAGE = "int[] kernel_size, int[] stride, int[] padding, bool count_include_pad, int divisor"


def _average_samples(s: Any) -> list[Any]:
    return [call(s.tensor(2, 3, 6), (2,), (2,), (0,), True, 0, (3,)),
            call(s.tensor(2, 5, 6), (3, 2), (1, 2), (1, 0), False, 0, (5, 3)),
            call(s.tensor(2, 5, 6), (3, 2), (1, 2), (1, 0), True, 5, (5, 3))]


op(f"_avg_pool(Tensor input, {_AVERAGE}, int[] size) -> Tensor",
   kernel=structured(("int64", *FLOATING)),
   shape=lambda input, size: (_pooled(input, size), input.dtype),
   grad={"input": lambda g, input_shape, kernel_size, stride, padding, count_include_pad, divisor,
         size: ops._avg_pool_backward(g, input_shape, kernel_size, stride, padding,
                                      count_include_pad, divisor)},
   forms="function", samples=_average_samples, doc="Average pooling; divisor 0: the window's size.")
op(f"_avg_pool_backward(Tensor grad, int[] input_size, {_AVERAGE}) -> Tensor",
   kernel=structured(FLOATING), shape=lambda grad, input_size: (input_size, grad.dtype),
   grad={"grad": lambda g, grad_shape, kernel_size, stride, padding, count_include_pad, divisor:
         ops._avg_pool(g, kernel_size, stride, padding, count_include_pad, divisor,
                       grad_shape[-len(kernel_size):])},
   forms="function", samples=lambda s: [
       call(s.tensor(*_pooled(c.args[0], c.args[6])), tuple(c.args[0].shape), *c.args[1:6])
       for c in _average_samples(s)], doc="Spreads every gradient over its window.")


# ---- public ops
def _max_pool(n: int, name: str, input: Any, kernel_size: Any, stride: Any, padding: Any,
              dilation: Any, ceil_mode: bool, return_indices: bool) -> Any:
    kernel = numbers(name, "kernel_size", kernel_size, n)
    strides = numbers(name, "stride", stride or kernel, n)
    paddings = numbers(name, "padding", padding, n, 0)
    dilations = numbers(name, "dilation", dilation, n)
    check_input(name, input, n)
    size = output_size(name, input, kernel, strides, paddings, dilations, ceil_mode)
    if return_indices or input.requires_grad:
        out, indices = ops._max_pool_with_indices(input, kernel, strides, paddings, dilations, size)
        return (out, indices) if return_indices else out
    return ops._max_pool(input, kernel, strides, paddings, dilations, size)


def _avg_pool(n: int, name: str, input: Any, kernel_size: Any, stride: Any, padding: Any,
              ceil_mode: bool, count_include_pad: bool, divisor_override: int | None) -> Any:
    kernel = numbers(name, "kernel_size", kernel_size, n)
    strides = numbers(name, "stride", stride or kernel, n)
    paddings = numbers(name, "padding", padding, n, 0)
    if divisor_override == 0:
        raise argument_error(f"{name}: divisor_override must not be 0")
    check_input(name, input, n)
    size = output_size(name, input, kernel, strides, paddings, (1,) * n, ceil_mode)
    return ops._avg_pool(input, kernel, strides, paddings, count_include_pad,
                         divisor_override or 0, size)


def _adaptive_size(name: str, input: Any, output_size: Any, n: int) -> tuple[int, ...]:
    """Output sizes; None keeps the input's."""
    check_input(name, input, n)
    given = (output_size,) * n if isinstance(output_size, int) else tuple(output_size)
    if len(given) != n:
        raise argument_error(f"{name}: output_size must be one integer or {n}, got {given}")
    size = tuple(now if v is None else v for v, now in zip(given, tuple(input.shape)[-n:]))
    if any(v < 0 for v in size):
        raise argument_error(f"{name}: output_size must not be negative, got {given}")
    return size


def _adaptive_avg_pool(n: int, name: str, input: Any, output_size: Any) -> Any:
    size = _adaptive_size(name, input, output_size, n)
    return ops._resample(input, size, AREA, False, 0.0, 0.0, 0.0)


def _adaptive_max_pool(n: int, name: str, input: Any, output_size: Any,
                       return_indices: bool) -> Any:
    result = ops._adaptive_max_pool(input, _adaptive_size(name, input, output_size, n))
    return tuple(result) if return_indices else result[0]


def _lp_pool(n: int, name: str, input: Any, norm_type: float, kernel_size: Any, stride: Any,
             ceil_mode: bool) -> Any:
    kernel = numbers(name, "kernel_size", kernel_size, n)
    mean = _avg_pool(n, name, input.pow(norm_type), kernel, stride, 0, ceil_mode, True, None)
    return (mean.sign() * F.relu(mean.abs()) * math.prod(kernel)).pow(1.0 / norm_type)


def _errors(n: int) -> Any:
    return lambda s: [(call(s.tensor(2, *(3,) * n), 0), "ValueError", r"kernel_size.*\(0,\)"),
                      (call(s.tensor(2, *(3,) * n), 4), "ShapeError", "kernel_size .*4"),
                      (call(s.tensor(2, *(3,) * n), 2, stride=-1), "ValueError", "stride"),
                      (call(s.tensor(2, *(3,) * n), 2, padding=2), "ValueError", "padding"),
                      (call(s.tensor(3), 2), "ShapeError", r"\(3,\)")]


def _samples(n: int) -> Any:
    size = (7, 5, 4)[:n] if n > 1 else (7,)
    return lambda s: [call(s.tensor(2, 3, *size), 2), call(s.tensor(2, *size), 3, 2, 1),
                      call(s.tensor(2, 2, *size), 2, 3, ceil_mode=True)]


def _declare(n: int) -> None:
    shape = "(N, C, " + ", ".join(("D", "H", "W")[3 - n:]) + ")"
    example = f"""
>>> x = cytorch.arange(4.0).view(1, 4{", 1" * (n - 1)})
"""
    window = "(2" + ", 1" * (n - 1) + ")" if n > 1 else "2"
    parts = "2" if n == 1 else window
    name = f"max_pool{n}d"
    op(f"nn.functional.{name}(Tensor input, int[] kernel_size, int[]? stride=None, "
       "int[] padding=0, int[] dilation=1, bool ceil_mode=False, bool return_indices=False)"
       " -> Tensor",
       body=lambda input, kernel_size, stride, padding, dilation, ceil_mode, return_indices:
       _max_pool(n, name, input, kernel_size, stride, padding, dilation, ceil_mode,
                 return_indices), forms="function",
       samples=lambda s: [*_samples(n)(s), call(s.tensor(1, 2, *(6,) * n), 2, dilation=2, stride=1),
                          call(s.tensor(1, 2, *(4,) * n), 2, return_indices=True)],
       errors=lambda s: [*_errors(n)(s), (call(s.tensor(2, *(3,) * n), 2, dilation=0), "ValueError",
                                          "dilation")],
       doc=f"""Largest element of every window. {shape} or without N. NaN wins.

Output size: floor((size + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1 (ceil with
ceil_mode). `return_indices`: also the positions in the input plane, as int64.
{example}>>> cytorch.nn.functional.{name}(x, {window}).flatten()
tensor([1., 3.])
""")
    op(f"nn.functional.{name}_with_indices(Tensor input, int[] kernel_size, int[]? stride=None, "
       "int[] padding=0, int[] dilation=1, bool ceil_mode=False, bool return_indices=False)"
       " -> (Tensor out, Tensor indices)",
       body=lambda input, kernel_size, stride, padding, dilation, ceil_mode, return_indices:
       _max_pool(n, name, input, kernel_size, stride, padding, dilation, ceil_mode, True),
       forms="function", samples=_samples(n), doc=f"""`{name}` with the positions of the maxima.
{example}>>> cytorch.nn.functional.{name}_with_indices(x, {window})[1].flatten()
tensor([1, 3])
""")
    average = f"avg_pool{n}d"
    override = " `divisor_override` replaces the count." if n > 1 else ""
    more = "" if n == 1 else ", int? divisor_override=None"
    op(f"nn.functional.{average}(Tensor input, int[] kernel_size, int[]? stride=None, "
       f"int[] padding=0, bool ceil_mode=False, bool count_include_pad=True{more}) -> Tensor",
       body=lambda input, kernel_size, stride, padding, ceil_mode, count_include_pad,
       divisor_override=None: _avg_pool(n, average, input, kernel_size, stride, padding, ceil_mode,
                                        count_include_pad, divisor_override), forms="function out",
       samples=lambda s: [*_samples(n)(s), call(s.tensor(1, 2, *(5,) * n), 3, 2, 1,
                                                count_include_pad=False)],
       errors=_errors(n),
       doc=f"""Mean of every window. {shape} or without N.

`count_include_pad`: padding counts as elements.{override}
{example}>>> cytorch.nn.functional.{average}(x, {window}).flatten()
tensor([0.5000, 2.5000])
""")
    adaptive = f"adaptive_avg_pool{n}d"
    op(f"nn.functional.{adaptive}(Tensor input, any output_size) -> Tensor",
       body=lambda input, output_size: _adaptive_avg_pool(n, adaptive, input, output_size),
       forms="function",
       samples=lambda s: [call(s.tensor(2, 3, *(6,) * n), (3,) * n),
                          call(s.tensor(2, *(5,) * n), 3)],
       errors=lambda s: [(call(s.tensor(3), 2), "ShapeError", r"\(3,\)")],
       doc=f"""Means of windows that divide the input into `output_size` parts.

{shape} or without N.
{example}>>> cytorch.nn.functional.{adaptive}(x, {parts}).flatten()
tensor([0.5000, 2.5000])
""")
    largest = f"adaptive_max_pool{n}d"
    op(f"nn.functional.{largest}(Tensor input, any output_size, bool return_indices=False)"
       " -> Tensor",
       body=lambda input, output_size, return_indices: _adaptive_max_pool(
           n, largest, input, output_size, return_indices), forms="function",
       samples=lambda s: [call(s.tensor(2, 3, *(6,) * n), (3,) * n),
                          call(s.tensor(2, *(5,) * n), (3,) * n, return_indices=True)],
       errors=lambda s: [(call(s.tensor(3), 2), "ShapeError", r"\(3,\)")],
       doc=f"""Maxima of windows that divide the input into `output_size` parts.

{shape} or without N.
{example}>>> cytorch.nn.functional.{largest}(x, {parts}).flatten()
tensor([1., 3.])
""")
    power = f"lp_pool{n}d"
    op(f"nn.functional.{power}(Tensor input, float norm_type, int[] kernel_size, "
       "int[]? stride=None, bool ceil_mode=False) -> Tensor",
       body=lambda input, norm_type, kernel_size, stride, ceil_mode: _lp_pool(
           n, power, input, norm_type, kernel_size, stride, ceil_mode), forms="function",
       samples=lambda s: [call(s.tensor(2, 3, *(6,) * n, low=0.5, high=2.0), 2.0, 2),
                          call(s.tensor(2, 3, *(5,) * n, low=0.5, high=2.0), 3.0, 3, 2)],
       doc=f"""(sum over every window of x^norm_type)^(1/norm_type). {shape} or without N.
{example}>>> cytorch.nn.functional.{power}(x, 1.0, {window}).flatten()
tensor([1., 5.])
""")


for _n in (1, 2, 3):
    _declare(_n)
