"""Window functions of torch.signal.windows, symmetric by default."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .spec import argument_error, call, op, ops
from .windows import BLACKMAN, Formula, Grid, cosines, kaiser, made, triangle

_NUTTALL = (0.3635819, 0.4891775, 0.1365995, 0.0106411)
_SIGNAL_OPTIONS = ("bool sym=True, DType? dtype=None, any layout=None, Device? device=None, "
                   "bool requires_grad=False")
_SIGNAL_DOC = """`sym`: False gives the periodic window, for the transform of a repeating signal.
Raises ValueError for a negative M or a dtype that is neither float32 nor float64."""


def _signal(name: str, size: int, sym: bool, formula: Formula, dtype: Any, layout: Any,
            device: Any, requires_grad: bool) -> Any:
    """A window of torch.signal.windows: symmetric unless asked otherwise."""
    intervals = 0 if size == 1 else size - 1 if sym else size
    return made(name, "M", size, intervals, formula, dtype, layout, device, requires_grad,
                ("float32", "float64"))


def _sizes(**given: Any) -> Callable[[Any], list[Any]]:
    return lambda s: [call(5, **given), call(4, sym=False, **given), call(1, **given),
                      call(0, **given), call(2, **given), call(6, dtype="float64", **given)]


def _size_errors(name: str, **given: Any) -> Any:
    return lambda s: [(call(-1, **given), "ArgumentError", f"{name} requires non-negative"),
                      (call(3, dtype="float16", **given), "ArgumentError", "float16")]


def _sine(grid: Grid) -> Any:
    # Its zeros lie half a step beyond both ends, so the full period has one interval more.
    step = math.pi / (grid.intervals + 1)
    return ops.sin(grid.points(0.5 * step, step))


for _name, _plain, _formula_text in (
        ("bartlett", triangle, "1 - |2 n / N - 1|"),
        ("blackman", cosines(BLACKMAN), "0.42 - 0.5 cos(2 pi n / N) + 0.08 cos(4 pi n / N)"),
        ("cosine", _sine, "sin(pi (n + 0.5) / (N + 1))"),
        ("hamming", cosines((0.54, 0.46)), "0.54 - 0.46 cos(2 pi n / N)"),
        ("hann", cosines((0.5, 0.5)), "0.5 - 0.5 cos(2 pi n / N)"),
        ("nuttall", cosines(_NUTTALL), "0.3635819 - 0.4891775 cos(t) + 0.1365995 cos(2 t) "
                                        "- 0.0106411 cos(3 t), t = 2 pi n / N")):
    op(f"signal.windows.{_name}(int M, *, {_SIGNAL_OPTIONS}) -> Tensor",
       body=lambda M, sym, dtype, layout, device, requires_grad, name=_name, formula=_plain:
       _signal(name, M, sym, formula, dtype, layout, device, requires_grad),
       forms="function", samples=_sizes(), errors=_size_errors(_name),
       doc=f"""The window {_formula_text}, of M points.

{_SIGNAL_DOC}

>>> (cytorch.signal.windows.{_name}(5)[2] - 1).abs() < 1e-6
tensor(True)
""")


def _kaiser_window(M: int, beta: float, sym: bool, dtype: Any, layout: Any, device: Any,
                   requires_grad: bool) -> Any:
    if beta < 0:
        raise argument_error(f"kaiser: beta must be non-negative, got: {beta} instead.")
    return _signal("kaiser", M, sym, kaiser(beta), dtype, layout, device, requires_grad)


op(f"signal.windows.kaiser(int M, *, float beta=12.0, {_SIGNAL_OPTIONS}) -> Tensor",
   body=_kaiser_window, forms="function",
   samples=lambda s: [*_sizes()(s), call(5, beta=3.0), call(3, beta=0.0)],
   errors=lambda s: [*_size_errors("kaiser")(s),
                     (call(3, beta=-1.0), "ArgumentError", "beta must be non-negative")],
   doc=f"""The window I0(beta sqrt(1 - x^2)) / I0(beta), x from -1 to 1, of M points.

{_SIGNAL_DOC}

>>> cytorch.signal.windows.kaiser(3, beta=1.0)
tensor([0.7898, 1.0000, 0.7898])
""")


def _gaussian(M: int, std: float, sym: bool, dtype: Any, layout: Any, device: Any,
              requires_grad: bool) -> Any:
    if std <= 0:
        raise argument_error(f"gaussian: Standard deviation must be positive, got: {std} instead.")
    scale = 1 / (std * math.sqrt(2))

    def formula(grid: Grid) -> Any:
        distance = grid.points(-grid.intervals / 2 * scale, scale)
        return ops.exp(-(distance * distance))

    return _signal("gaussian", M, sym, formula, dtype, layout, device, requires_grad)


op(f"signal.windows.gaussian(int M, *, float std=1.0, {_SIGNAL_OPTIONS}) -> Tensor",
   body=_gaussian, forms="function", samples=lambda s: [*_sizes()(s), call(5, std=0.5)],
   errors=lambda s: [*_size_errors("gaussian")(s),
                     (call(3, std=0.0), "ArgumentError", "must be positive")],
   doc=f"""The window exp(-(n - N / 2)^2 / (2 std^2)), of M points.

{_SIGNAL_DOC}

>>> cytorch.signal.windows.gaussian(3)
tensor([0.6065, 1.0000, 0.6065])
""")


def _exponential(M: int, center: float | None, tau: float, sym: bool, dtype: Any, layout: Any,
                 device: Any, requires_grad: bool) -> Any:
    if tau <= 0:
        raise argument_error(f"exponential: Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise argument_error("exponential: Center must be None for symmetric windows, got: "
                             f"{center}")

    def formula(grid: Grid) -> Any:
        middle = grid.intervals / 2 if M > 1 else 0.0
        return ops.exp(-grid.points(-(middle if center is None else center) / tau, 1 / tau).abs())

    # Evaluated for one point too: a center of its own need not lie there.
    intervals = M - 1 if sym and M > 1 else M
    return made("exponential", "M", M, intervals, formula, dtype, layout, device, requires_grad,
                ("float32", "float64"))


op(f"signal.windows.exponential(int M, *, float? center=None, float tau=1.0, {_SIGNAL_OPTIONS}) "
   "-> Tensor", body=_exponential, forms="function",
   samples=lambda s: [*_sizes()(s), call(5, tau=2.0), call(5, center=1.0, sym=False),
                      call(1, center=1.0, sym=False)],
   errors=lambda s: [*_size_errors("exponential")(s),
                     (call(3, tau=0.0), "ArgumentError", "Tau must be positive"),
                     (call(3, center=1.0), "ArgumentError", "Center must be None")],
   doc=f"""The window exp(-|n - center| / tau), of M points; the center is the middle by default.

{_SIGNAL_DOC}

>>> cytorch.signal.windows.exponential(3)
tensor([0.3679, 1.0000, 0.3679])
""")


def _general_cosine(M: int, a: Any, sym: bool, dtype: Any, layout: Any, device: Any,
                    requires_grad: bool) -> Any:
    if not hasattr(a, "__iter__"):
        raise TypeError(f"general_cosine: Coefficients must be a list/tuple, got "
                        f"{type(a).__name__}")
    weights = tuple(a)
    if not weights and M > 1:
        raise argument_error("general_cosine: Coefficients cannot be empty")
    return _signal("general_cosine", M, sym, cosines(weights), dtype, layout, device,
                   requires_grad)


op(f"signal.windows.general_cosine(int M, *, any a, {_SIGNAL_OPTIONS}) -> Tensor",
   body=_general_cosine, forms="function", samples=_sizes(a=[0.46, 0.23, 0.31]),
   errors=lambda s: [*_size_errors("general_cosine", a=[1.0])(s),
                     (call(3, a=[]), "ArgumentError", "cannot be empty")],
   doc=f"""The window a[0] - a[1] cos(2 pi n / N) + a[2] cos(4 pi n / N) - ..., of M points.

{_SIGNAL_DOC}

>>> cytorch.signal.windows.general_cosine(3, a=[0.5, 0.5])
tensor([0., 1., 0.])
""")


def _general_hamming(M: int, alpha: float, sym: bool, dtype: Any, layout: Any, device: Any,
                     requires_grad: bool) -> Any:
    return _signal("general_hamming", M, sym, cosines((alpha, 1 - alpha)), dtype, layout, device,
                   requires_grad)


op(f"signal.windows.general_hamming(int M, *, float alpha=0.54, {_SIGNAL_OPTIONS}) -> Tensor",
   body=_general_hamming, forms="function",
   samples=lambda s: [*_sizes()(s), call(5, alpha=0.7)], errors=_size_errors("general_hamming"),
   doc=f"""The window alpha - (1 - alpha) cos(2 pi n / N), of M points.

{_SIGNAL_DOC}

>>> cytorch.signal.windows.general_hamming(3)
tensor([0.0800, 1.0000, 0.0800])
""")
