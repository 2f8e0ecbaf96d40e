"""New tensors with regular contents: ranges, grids of numbers, identity, triangles' indices."""
from __future__ import annotations

import math
from typing import Any

from .creation import OPTIONS, finished
from .dtypes import as_dtype, default_dtype, dtype_named, is_integral
from .spec import FLOATING, INTEGRAL, argument_error, call, op, ops, structured

_KERNELS = INTEGRAL + FLOATING

op("_arange_(Tensor input, int first, int int_step, float start, float step) -> ()",
   kernel=structured(_KERNELS, "arange"), extra={"mutates": ("input",)}, forms="function",
   samples=lambda s: [call(s.tensor(5), 0, 1, 0.0, 1.0), call(s.ints(5), 3, 2, 3.0, 2.0)],
   doc="Fill a contiguous tensor with start + i * step; integer dtypes take the integers.")
op("_linspace_(Tensor input, float start, float end) -> ()",
   kernel=structured(_KERNELS, "linspace"), extra={"mutates": ("input",)}, forms="function",
   samples=lambda s: [call(s.tensor(5), 0.0, 1.0), call(s.tensor(1), 2.0, 3.0)],
   doc="Fill a contiguous tensor with numbers evenly spaced from `start` to `end`.")


# Kernels that fill a tensor have none of these dtypes; the stand-in is converted afterwards.
_STAND_INS = {"torch.float16": "float32", "torch.bfloat16": "float32", "torch.bool": "uint8"}


def made_by(fill: Any, size: Any, dtype: Any, device: Any, requires_grad: bool = False) -> Any:
    """A tensor of this size that `fill` writes."""
    dtype = as_dtype(dtype)
    stand_in = _STAND_INS.get(str(dtype))
    result = ops._empty(size, dtype_named(stand_in) if stand_in else dtype, device)
    fill(result)
    return finished(result.to(dtype) if stand_in else result, requires_grad)


def _count(start: Any, end: Any, step: Any) -> int:
    for name, value in (("start", start), ("end", end), ("step", step)):
        if not math.isfinite(value):
            raise argument_error(f"arange: {name} must be finite, got {value}")
    if step == 0:
        raise argument_error("arange: step must not be zero")
    if (end > start and step < 0) or (end < start and step > 0):
        raise argument_error(f"arange: upper bound and lower bound are inconsistent with the sign "
                             f"of step: start={start}, end={end}, step={step}")
    if all(isinstance(value, int) for value in (start, end, step)):
        return -((start - end) // step)
    return math.ceil((end - start) / step)


def _arange(start: Any, end: Any, step: Any, dtype: Any, layout: Any, device: Any,
            requires_grad: bool, pin_memory: bool) -> Any:
    if dtype is None:
        integers = all(isinstance(value, int) for value in (start, end, step))
        dtype = dtype_named("int64") if integers else default_dtype()
    dtype = as_dtype(dtype)
    if is_integral(dtype):
        start, end, step = int(start), int(end), int(step)
    return made_by(lambda out: ops._arange_(out, int(start), int(step), start, step),
                   (_count(start, end, step),), dtype, device, requires_grad)


op(f"arange(Scalar start, Scalar end, Scalar step=1, {OPTIONS}) -> Tensor", body=_arange,
   forms="function out", ref="numpy.arange",
   samples=lambda s: [call(2, 7), call(7, 2, -2), call(0.5, 2.0, 0.25), call(1, 1)],
   errors=lambda s: [(call(0, 5, 0), "ArgumentError", "step must not be zero"),
                     (call(5, 0, 1), "ArgumentError", "start=5, end=0, step=1")],
   doc="""Numbers from `start` up to, not including, `end`, every `step`.

Integers give int64, any float the default dtype. Element i is start + i * step.

>>> cytorch.arange(1, 2, 0.25)
tensor([1.0000, 1.2500, 1.5000, 1.7500])
""")
op(f"arange(Scalar end, {OPTIONS}) -> Tensor",
   body=lambda end, dtype, layout, device, requires_grad, pin_memory: _arange(
       0, end, 1, dtype, layout, device, requires_grad, pin_memory),
   forms="function out", samples=lambda s: [call(5), call(0), call(2.5)], ref="numpy.arange",
   doc="The numbers 0, 1, 2, ... below `end`.")


def _ends(start: Any, end: Any, dtype: Any) -> tuple[Any, Any]:
    """Integer dtypes cut the ends off before the steps between them are made."""
    return (int(start), int(end)) if is_integral(as_dtype(dtype)) else (start, end)


def _dtype_between(start: Any, end: Any, dtype: Any) -> Any:
    """Without a dtype the default one, complex where an end is."""
    if dtype is None and (isinstance(start, complex) or isinstance(end, complex)):
        return default_dtype().to_complex()
    return as_dtype(dtype)


def _steps(steps: int, name: str) -> int:
    if steps < 0:
        raise argument_error(f"{name}: number of steps must be non-negative, got {steps}")
    return steps


def _linspace(start: Any, end: Any, steps: int, dtype: Any, layout: Any, device: Any,
              requires_grad: bool, pin_memory: bool) -> Any:
    dtype = _dtype_between(start, end, dtype)
    if dtype.is_complex:
        start, end = complex(start), complex(end)
        real, imag = (ops.linspace(*ends, steps, dtype=dtype.to_real(), device=device)
                      for ends in ((start.real, end.real), (start.imag, end.imag)))
        return finished(ops.complex(real, imag), requires_grad)
    start, end = _ends(start, end, dtype)
    return made_by(lambda out: ops._linspace_(out, start, end), (_steps(steps, "linspace"),),
                   dtype, device, requires_grad)


op(f"linspace(Scalar start, Scalar end, int steps, {OPTIONS}) -> Tensor", body=_linspace,
   forms="function out", ref="numpy.linspace",
   samples=lambda s: [call(0, 1, 5), call(3.0, -2.0, 4), call(1, 2, 1), call(0, 1, 0),
                      call(0, 9, 4, dtype="int64")],
   errors=lambda s: [(call(0, 1, -1), "ArgumentError", "got -1")],
   doc="""`steps` numbers evenly spaced from `start` to `end`, both included.

>>> cytorch.linspace(0, 1, 5)
tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
""")


def _numpy_linspace(start: float, end: float, steps: int) -> Any:
    import numpy as np

    return np.linspace(start, end, steps)


def _logspace(start: Any, end: Any, steps: int, base: float, dtype: Any, layout: Any, device: Any,
              requires_grad: bool, pin_memory: bool) -> Any:
    wanted = _dtype_between(start, end, dtype)
    start, end = _ends(start, end, wanted)
    exponents = ops.linspace(start, end, _steps(steps, "logspace"), device=device,
                             dtype=complex if wanted.is_complex else float)
    return finished(ops.pow(base, exponents).to(wanted), requires_grad)


op(f"logspace(Scalar start, Scalar end, int steps, float base=10.0, {OPTIONS}) -> Tensor",
   body=_logspace, forms="function out",
   ref=lambda start, end, steps, base=10.0: base ** _numpy_linspace(start, end, steps),
   samples=lambda s: [call(0, 2, 5), call(-1, 1, 3, 2.0), call(0, 1, 0)],
   errors=lambda s: [(call(0, 1, -1), "ArgumentError", "got -1")],
   doc="""`base` to the power of `steps` numbers evenly spaced from `start` to `end`.

>>> cytorch.logspace(0, 2, 3)
tensor([  1.,  10., 100.])
""")


def _from_tensors(name: str) -> Any:
    """Body of linspace and logspace for ends that are tensors."""
    def body(start: Any, end: Any, *rest: Any) -> Any:
        ends = []
        for value in (start, end):
            if getattr(value, "ndim", 0):
                raise argument_error(f"{name}: only supports 0-dimensional start and end tensors, "
                                     f"but got shape {tuple(value.shape)}")
            ends.append(value.item() if hasattr(value, "item") else value)
        if not all(isinstance(value, (int, float, complex)) for value in ends):
            raise TypeError(f"{name}(): expected numbers, got {type(start).__name__} and "
                            f"{type(end).__name__}")
        names = ("steps", "base")[:len(rest) - 5] + (
            "dtype", "layout", "device", "requires_grad", "pin_memory")
        return getattr(ops, name)(*ends, **dict(zip(names, rest)))
    return body


for _name, _base in (("linspace", ""), ("logspace", ", float base=10.0")):
    op(f"{_name}(any start, any end, int steps{_base}, {OPTIONS}) -> Tensor",
       body=_from_tensors(_name), forms="function out", extra={"data_dependent": True},
       samples=lambda s: [call(s.tensor(), s.tensor(), 3)],
       errors=lambda s: [(call(s.tensor(2), 1, 3), "ArgumentError", r"\(2,\)")],
       doc="The same between 0-dim tensors.")


def _eye(n: int, m: int | None, dtype: Any, layout: Any, device: Any, requires_grad: bool,
         pin_memory: bool) -> Any:
    columns = n if m is None else m
    if n < 0 or columns < 0:
        raise argument_error(f"eye: sizes must be non-negative, got ({n}, {columns})")
    result = ops.zeros((n, columns), dtype=dtype, device=device)
    if n and columns:
        result.diagonal().fill_(1)
    return finished(result, requires_grad)


op(f"eye(int n, int? m=None, {OPTIONS}) -> Tensor", body=_eye, forms="function out",
   samples=lambda s: [call(3), call(2, 4), call(0), call(3, 1)], ref="numpy.eye",
   errors=lambda s: [(call(-1), "ArgumentError", "non-negative")],
   doc="""Ones on the diagonal, zeros elsewhere: n rows and m (or n) columns.

>>> cytorch.eye(2)
tensor([[1., 0.],
        [0., 1.]])
""")


def _triangle_indices(name: str, row: int, col: int, offset: int, dtype: Any, device: Any) -> Any:
    if row < 0 or col < 0:
        raise argument_error(f"{name}: sizes must be non-negative, got ({row}, {col})")
    mask = ops.ones((row, col), dtype=dtype_named("bool"), device=device)
    chosen = getattr(ops, name[:4])(mask, offset).nonzero().t().contiguous()
    return chosen if dtype is None else chosen.to(dtype)


for _name, _lower in (("tril_indices", "lower"), ("triu_indices", "upper")):
    op(f"{_name}(int row, int col, int offset=0, *, DType? dtype=None, Device? device=None, "
       "any layout=None, bool pin_memory=False) -> Tensor",
       body=lambda row, col, offset, dtype, device, layout, pin_memory, name=_name:
       _triangle_indices(name, row, col, offset, dtype, device),
       forms="function", extra={"data_dependent": True},
       samples=lambda s: [call(3, 4), call(3, 3, 1), call(4, 2, -2), call(0, 3)],
       errors=lambda s: [(call(-1, 2), "ArgumentError", "non-negative")],
       doc=f"""Rows and columns of the {_lower} triangle of a row x col matrix, as a 2 x N tensor.

>>> cytorch.{_name}(2, 2)
tensor([[0, {'1, 1' if _lower == 'lower' else '0, 1'}],
        [0, {'0, 1' if _lower == 'lower' else '1, 1'}]])
""")
