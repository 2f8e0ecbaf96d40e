"""Largest and smallest elements, with and without their positions."""
from __future__ import annotations

from typing import Any

from .reduced_axes import numpy_axis, restored
from .reduction import axis_samples, full_samples
from .spec import ALL, REAL, call, op, ops, reduction


def _shared_grad(g: Any, input: Any, out: Any, dim: Any, keepdim: bool) -> Any:
    """The gradient of an extreme, in equal parts to all elements that are it."""
    mask = input == restored(out, input.shape, dim, keepdim)
    count = mask.sum(dim, True) if input.ndim else 1
    return ops.where(mask, restored(g, input.shape, dim, keepdim) / count, 0)


def _picked_grad(g_values: Any, input_shape: Any, indices: Any, dim: int, keepdim: bool) -> Any:
    """The gradient of a picked element, at its position."""
    if not input_shape:
        return g_values
    if not keepdim:
        g_values, indices = g_values.unsqueeze(dim), indices.unsqueeze(dim)
    return g_values.new_zeros(input_shape).scatter(dim, indices, g_values)


def _empty_errors(s: Any) -> list[Any]:
    return [(call(s.tensor(0)), "IndexOutOfRange", r"shape \(0,\)")]


def _some(make: Any) -> Any:
    """The samples in which no reduced axis is empty."""
    return lambda s: [c for c in make(s) if 0 not in c.args[0].shape or
                      (len(c.args) > 1 and c.args[0].shape[c.args[1]])]


def _one_axis(s: Any) -> list[Any]:
    return [call(s.tensor(3, 4), 1), call(s.tensor(3, 4), -2, keepdim=True), call(s.tensor(), 0),
            call(s.tensor(3, 0), 0), call(s.tensor(70, 5), 0), call(s.tensor(5, 70), 1)]


def _extreme(word: str, name: str, example: str) -> None:
    """amax, max and argmax; or amin, min and argmin."""
    op(f"a{word}(Tensor input, int[] dim=[], bool keepdim=False) -> Tensor", kernel=reduction(ALL),
       grad={"input": _shared_grad}, forms="function method out",
       samples=_some(lambda s: [*full_samples(s), *axis_samples(s)[:-1]]), errors=_empty_errors,
       ref=lambda input, dim=None, keepdim=False: getattr(input, word)(
           numpy_axis(dim), None, keepdim),
       doc=f"""The {name} element over the axes `dim`. NaN wins. Equal elements share the gradient.

>>> cytorch.tensor([[1.0, 4.0], [3.0, 2.0]]).a{word}(1)
tensor([{example}])
""")
    op(f"{word}(Tensor input) -> Tensor", kernel=reduction(ALL, f"a{word}"),
       grad={"input": lambda g, input, out: _shared_grad(g, input, out, None, False)},
       forms="function method out", samples=full_samples, errors=_empty_errors,
       ref=f"numpy.{word}",
       doc=f"""The {name} of all elements. NaN wins. Equal elements share the gradient.

>>> cytorch.tensor([1.0, 4.0, 3.0]).{word}()
tensor({"4." if word == "max" else "1."})
""")
    # Before the entry with dim: a 0-dim integer tensor would do for an int.
    op(f"{word}(Tensor input, Tensor other) -> Tensor",
       body=lambda input, other: getattr(ops, f"{word}imum")(input, other),
       forms="function method out",
       samples=lambda s: [call(s.tensor(3, 4), s.tensor(3, 4)), call(s.tensor(3, 1), s.tensor(2))],
       ref=f"numpy.{word}imum", doc=f"The same as `{word}imum`.")
    op(f"{word}(Tensor input, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
       kernel=reduction(ALL, f"{word}_with_index"), grad={"input": _picked_grad},
       forms="function method out", samples=_one_axis,
       ref=lambda input, dim, keepdim=False: _numpy_extreme(word, input, dim, keepdim),
       errors=lambda s: [(call(s.tensor(0, 3), 0), "IndexOutOfRange", r"shape \(0, 3\)"),
                         (call(s.tensor(3), 1), "IndexOutOfRange", "Dimension out of range")],
       doc=f"""The {name} elements along `dim` and where they are: a named result (values, indices).

The first of equal elements is taken. NaN wins.

>>> cytorch.tensor([[1.0, 4.0], [3.0, 2.0]]).{word}(1).values
tensor([{example}])
""")
    op(f"arg{word}(Tensor input, int? dim=None, bool keepdim=False) -> Tensor",
       kernel=reduction(REAL), result="int64", forms="function method out",
       samples=_some(lambda s: [*full_samples(s), *_one_axis(s),
                                call(s.tensor(2, 3), keepdim=True)]),
       ref=lambda input, dim=None, keepdim=False: getattr(input, f"arg{word}")(
           dim, keepdims=keepdim), errors=_empty_errors,
       doc=f"""Position of the {name} element along `dim` (None: of all), as int64; the first one.

>>> cytorch.tensor([1.0, 4.0, 3.0]).arg{word}()
tensor({1 if word == "max" else 0})
""")


def _numpy_extreme(word: str, input: Any, dim: int, keepdim: bool) -> Any:
    return (getattr(input, word)(dim, None, keepdim),
            getattr(input, f"arg{word}")(dim, keepdims=keepdim))


_extreme("max", "largest", "4., 3.")
_extreme("min", "smallest", "1., 2.")

op("aminmax(Tensor input, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)",
   body=lambda input, dim, keepdim: (ops.amin(input, () if dim is None else dim, keepdim),
                                     ops.amax(input, () if dim is None else dim, keepdim)),
   forms="function method out", extra={"exact_out": True},
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3, 4), dim=1),
                      call(s.tensor(3, 4), dim=-2, keepdim=True), call(s.tensor())],
   ref=lambda input, dim=None, keepdim=False: (input.min(dim, None, keepdim),
                                               input.max(dim, None, keepdim)),
   doc="""The smallest and the largest element, over `dim` or all: a named result (min, max).

>>> cytorch.tensor([1.0, 4.0, 3.0]).aminmax().max
tensor(4.)
""")
