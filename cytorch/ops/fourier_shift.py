"""Frequencies of the points of Fourier transforms, and moving frequency 0 to the middle."""
from __future__ import annotations

import math
from typing import Any

from .creation import OPTIONS, finished
from .dtypes import as_dtype, is_integral
from .spec import argument_error, call, op, ops, shape_error


def _frequencies(name: str, n: int, d: float, halves: tuple[int, int], dtype: Any, device: Any,
                 requires_grad: bool) -> Any:
    """0, 1, ... and then -halves[1], ..., -1, over n * d."""
    wanted = as_dtype(dtype)
    if is_integral(wanted):
        raise argument_error(f"{name} requires a floating point or complex dtype, got {wanted}")
    if n < 0:
        raise shape_error(f"{name}: Trying to create tensor with negative dimension {n}")
    positive, negative = halves
    steps = ops.cat([ops.arange(0, positive, dtype=wanted, device=device),
                     ops.arange(-negative, 0, dtype=wanted, device=device)])
    scale = 1 / (n * d) if n * d else math.inf
    return finished(steps * scale, requires_grad)


def _fftfreq(n: int, d: float, dtype: Any, layout: Any, device: Any, requires_grad: bool,
             pin_memory: bool) -> Any:
    return _frequencies("fftfreq", n, d, ((n + 1) // 2, n // 2), dtype, device, requires_grad)


def _rfftfreq(n: int, d: float, dtype: Any, layout: Any, device: Any, requires_grad: bool,
              pin_memory: bool) -> Any:
    return _frequencies("rfftfreq", n, d, (n // 2 + 1, 0), dtype, device, requires_grad)


op(f"fft.fftfreq(int n, float d=1.0, {OPTIONS}) -> Tensor", body=_fftfreq, forms="function out",
   samples=lambda s: [call(5), call(4, 0.5), call(0), call(1), call(6, dtype="float64")],
   ref=lambda n, d=1.0, dtype=None: __import__("numpy").fft.fftfreq(n, d) if n else
   __import__("numpy").zeros(0),
   errors=lambda s: [(call(-1), "ShapeError", "-1"),
                     (call(4, dtype="int64"), "ArgumentError", "int64")],
   doc="""Frequencies of the points of `fft` for n samples at distance d: 0, 1, ..., -1 over n d.

>>> cytorch.fft.fftfreq(4)
tensor([ 0.0000,  0.2500, -0.5000, -0.2500])
""")
op(f"fft.rfftfreq(int n, float d=1.0, {OPTIONS}) -> Tensor", body=_rfftfreq, forms="function out",
   samples=lambda s: [call(5), call(4, 0.5), call(1), call(6, dtype="float64")],
   ref=lambda n, d=1.0, dtype=None: __import__("numpy").fft.rfftfreq(n, d),
   errors=lambda s: [(call(-1), "ShapeError", "-1"),
                     (call(4, dtype="int64"), "ArgumentError", "int64")],
   doc="""Frequencies of the points of `rfft` for n samples at distance d: 0 to n // 2 over n d.

>>> cytorch.fft.rfftfreq(4)
tensor([0.0000, 0.2500, 0.5000])
""")


def _shifted(name: str, input: Any, dim: Any, extra: int) -> Any:
    dims = tuple(range(input.dim())) if dim is None else dim
    if not dims:
        raise argument_error(f"{name}: at least one dimension must be shifted, got dim={dim} for "
                             f"shape {tuple(input.shape)}")
    return ops.roll(input, [(input.size(d) + extra) // 2 for d in dims], dims)


def _shift_samples(s: Any) -> list[Any]:
    return [call(s.tensor(5)), call(s.tensor(3, 4)), call(s.tensor(3, 4), 1),
            call(s.tensor(3, 4), (-1, 0)), call(s.tensor(0, 3))]


def _shift_errors(s: Any) -> list[Any]:
    return [(call(s.tensor(3, 4), 2), "IndexOutOfRange", "but got 2")]


op("fft.fftshift(Tensor input, int[]? dim=None) -> Tensor",
   body=lambda input, dim: _shifted("fftshift", input, dim, 0), forms="function",
   samples=_shift_samples, ref="numpy.fft.fftshift", errors=_shift_errors,
   doc="""Moves frequency 0 from the start to the middle of every dimension, or of those in `dim`.

>>> cytorch.fft.fftshift(cytorch.tensor([0, 1, -2, -1]))
tensor([-2, -1,  0,  1])
""")
op("fft.ifftshift(Tensor input, int[]? dim=None) -> Tensor",
   body=lambda input, dim: _shifted("ifftshift", input, dim, 1), forms="function",
   samples=_shift_samples, ref="numpy.fft.ifftshift", errors=_shift_errors,
   doc="""Undoes `fftshift`: frequency 0 moves from the middle to the start.

>>> cytorch.fft.ifftshift(cytorch.tensor([-2, -1, 0, 1]))
tensor([ 0,  1, -2, -1])
""")
