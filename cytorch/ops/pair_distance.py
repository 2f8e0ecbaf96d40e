"""The kernel of pdist, and its derivatives."""
from __future__ import annotations

from typing import Any

from .dtypes import dtype_named
from .spec import FLOATING, call, op, ops, structured


def _pairs(n: int, device: Any) -> tuple[Any, Any]:
    """Both numbers of all pairs i < j < n, computed without looking at a value."""
    position = ops.arange(n * (n - 1) // 2, device=device)
    width = 2 * n - 1
    root = (width * width - 8 * position).to(dtype_named("float64")).sqrt()
    first = ((width - root) / 2).to(dtype_named("int64"))
    # The square root may round across an integer.
    first = first - (first * (width - first) // 2 > position).to(first.dtype)
    first = first + ((first + 1) * (width - first - 1) // 2 <= position).to(first.dtype)
    return first, position - first * (width - first) // 2 + first + 1


def _pdist_second(g: Any, grad: Any, input: Any, p: float) -> tuple[Any, Any, None]:
    """Derivatives of _pdist_backward by grad and input, from all differences of rows.

    With d = x_i - x_j, its norm n and D = sign(d) |d / n|^(p - 1), the derivative of n by d:
    D changes along h by (p - 1) / n * (|d / n|^(p - 2) h - (D . h) D).
    """
    first, second = _pairs(input.shape[0], input.device)
    difference = input.index_select(0, first) - input.index_select(0, second)
    along = g.index_select(0, first) - g.index_select(0, second)
    norm = ops.linalg.vector_norm(difference, p, -1, True)
    norm = ops.where(norm == 0, float("inf"), norm)
    ratio = difference.abs() / norm
    if p == float("inf"):
        slope = difference.sign() * (ratio == 1)
    else:
        slope = difference.sign() * ratio ** (p - 1) * (p != 0)
    product = (slope * along).sum(-1, True)
    if p in (0, 1, float("inf")):
        return product.squeeze(-1), ops.zeros_like(input), None
    bend = ratio ** (p - 2) if p >= 2 else ops.where(ratio == 0, 0.0, ratio) ** (p - 2)
    bend = ops.where(difference == 0, 0.0 if p != 2 else 1.0, bend) * (ratio.sum(-1, True) > 0)
    change = grad.unsqueeze(-1) * (p - 1) / norm * (bend * along - product * slope)
    by_input = ops.zeros_like(input).index_add(0, first, change).index_add(0, second, -change)
    return product.squeeze(-1), by_input, None


def _pairs_shape(input: Any) -> Any:
    return (input.shape[0] * (input.shape[0] - 1) // 2,), input.dtype


op("_pdist(Tensor input, float p) -> Tensor out", kernel=structured(FLOATING), shape=_pairs_shape,
   grad={"input": lambda g, input, out, p: ops._pdist_backward(g, input, out, p)},
   forms="function", samples=lambda s: [call(s.tensor(4, 3), p) for p in (
       0.0, 1.0, 1.5, 2.0, 3.0, float("inf"))], doc="Norms of the differences of rows i < j.")
op("_pdist_backward(Tensor grad, Tensor input, Tensor out, float p) -> Tensor",
   kernel=structured(FLOATING), shape=lambda input: (tuple(input.shape), input.dtype),
   grad=_pdist_second, forms="function", samples=lambda s: [
       call(s.tensor(3), s.tensor(3, 4), s.tensor(3, low=2.0, high=3.0), 2.0)],
   extra={"derivative_tested_by": "nn.functional.pdist"}, doc="Derivative of `_pdist`.")
