"""Window functions: hann_window, hamming_window, blackman_window and the like."""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .creation import OPTIONS, finished
from .dtypes import as_dtype, dtype_named
from .spec import argument_error, call, op, ops


@dataclass(frozen=True)
class Grid:
    """Where a window is evaluated: `size` points, `intervals` of them to a full period."""

    size: int
    intervals: int
    dtype: Any
    device: Any

    def points(self, start: float, step: float) -> Any:
        """start, start + step, start + 2 * step, ..."""
        end = start + (self.size - 1) * step
        return ops.linspace(start, end, self.size, dtype=self.dtype, device=self.device)


Formula = Callable[[Grid], Any]


def cosines(weights: Any) -> Formula:
    """a0 - a1 cos(t) + a2 cos(2t) - ..."""
    def formula(grid: Grid) -> Any:
        angle = grid.points(0.0, 2 * math.pi / grid.intervals)
        total: Any = 0.0
        for order, weight in enumerate(weights):
            total = total + (ops.cos(angle * order) * (weight if order % 2 == 0 else -weight))
        return total
    return formula


def triangle(grid: Grid) -> Any:
    return 1 - grid.points(-1.0, 2 / grid.intervals).abs()


def kaiser(beta: float) -> Formula:
    def formula(grid: Grid) -> Any:
        # Rounding must not carry the last point beyond 1, where the root would be NaN.
        position = grid.points(-1.0, 2 / grid.intervals).clamp(-1.0, 1.0)
        height = ops.full((), beta, dtype=grid.dtype, device=grid.device)
        return ops.i0(height * (1 - position * position).sqrt()) / ops.i0(height)
    return formula


def made(name: str, length: str, size: int, intervals: int, formula: Formula, dtype: Any,
          layout: Any, device: Any, requires_grad: bool, dtypes: tuple[str, ...]) -> Any:
    """Check the arguments that all windows share, and evaluate."""
    wanted = as_dtype(dtype)
    if size < 0:
        raise argument_error(f"{name} requires non-negative {length}, got {length}={size}")
    if layout not in (None, "strided"):
        raise argument_error(f"{name} is implemented for strided tensors only, got: {layout}")
    if str(wanted).rpartition(".")[2] not in dtypes:
        raise argument_error(f"{name} expects {' or '.join(dtypes)}, got: {wanted}")
    computed = wanted if wanted.itemsize >= 4 else dtype_named("float32")
    if size == 0:
        window = ops.empty((0,), dtype=wanted, device=device)
    elif intervals == 0:
        window = ops.ones((1,), dtype=wanted, device=device)
    else:
        window = formula(Grid(size, intervals, computed, device)).to(wanted)
    return finished(window, requires_grad)


def _periodic(name: str, size: int, periodic: bool, formula: Formula, dtype: Any, layout: Any,
              device: Any, requires_grad: bool) -> Any:
    """A window of the first generation: any floating dtype, periodic unless asked otherwise."""
    intervals = 0 if size == 1 else size if periodic else size - 1
    return made(name, "window_length", size, intervals, formula, dtype, layout, device,
                requires_grad, ("float32", "float64", "float16", "bfloat16"))


BLACKMAN = (0.42, 0.5, 0.08)
_LENGTHS_DOC = """`periodic`: for the transform of a repeating signal; False gives the symmetric
window of a filter. Raises ValueError for a negative length or a dtype that is not floating."""


def _lengths(s: Any) -> list[Any]:
    return [call(5), call(4, False), call(1), call(0), call(2, False), call(6, dtype="float64")]


def _length_errors(name: str) -> Any:
    return lambda s: [(call(-1), "ArgumentError", f"{name} requires non-negative"),
                      (call(3, dtype="int64"), "ArgumentError", "int64")]


for _name, _plain, _formula_text in (
        ("hann_window", cosines((0.5, 0.5)), "0.5 - 0.5 cos(2 pi n / N)"),
        ("blackman_window", cosines(BLACKMAN),
         "0.42 - 0.5 cos(2 pi n / N) + 0.08 cos(4 pi n / N)"),
        ("bartlett_window", triangle, "1 - |2 n / N - 1|")):
    op(f"{_name}(int window_length, bool periodic=True, {OPTIONS}) -> Tensor",
       body=lambda window_length, periodic, dtype, layout, device, requires_grad, pin_memory,
       name=_name, formula=_plain: _periodic(
           name, window_length, periodic, formula, dtype, layout, device, requires_grad),
       forms="function", samples=_lengths, errors=_length_errors(_name),
       doc=f"""The window {_formula_text}, of `window_length` points.

{_LENGTHS_DOC}

>>> (cytorch.{_name}(4)[2] - 1).abs() < 1e-6
tensor(True)
""")


def _hamming_window(window_length: int, periodic: bool, alpha: float, beta: float, dtype: Any,
                    layout: Any, device: Any, requires_grad: bool, pin_memory: bool) -> Any:
    return _periodic("hamming_window", window_length, periodic, cosines((alpha, beta)), dtype,
                     layout, device, requires_grad)


op(f"hamming_window(int window_length, bool periodic=True, float alpha=0.54, float beta=0.46, "
   f"{OPTIONS}) -> Tensor", body=_hamming_window, forms="function",
   samples=lambda s: [*_lengths(s), call(5, True, 0.6, 0.4)],
   errors=_length_errors("hamming_window"),
   doc=f"""The window alpha - beta cos(2 pi n / N), of `window_length` points.

{_LENGTHS_DOC}

>>> cytorch.hamming_window(4)
tensor([0.0800, 0.5400, 1.0000, 0.5400])
""")


def _kaiser_window(window_length: int, periodic: bool, beta: float, dtype: Any, layout: Any,
                   device: Any, requires_grad: bool, pin_memory: bool) -> Any:
    return _periodic("kaiser_window", window_length, periodic, kaiser(beta), dtype, layout,
                     device, requires_grad)


op(f"kaiser_window(int window_length, bool periodic=True, float beta=12.0, {OPTIONS}) -> Tensor",
   body=_kaiser_window, forms="function", samples=lambda s: [*_lengths(s), call(5, False, 3.0)],
   errors=_length_errors("kaiser_window"),
   doc=f"""The window I0(beta sqrt(1 - x^2)) / I0(beta), x from -1 to 1, of `window_length` points.

{_LENGTHS_DOC}

>>> cytorch.kaiser_window(3, periodic=False, beta=1.0)
tensor([0.7898, 1.0000, 0.7898])
""")
