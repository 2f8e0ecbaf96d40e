"""Running sums, products, extremes and logsumexp along one axis."""
from __future__ import annotations

from typing import Any

from .dtypes import is_integral
from .spec import ALL, FLOATING_AND_COMPLEX, call, op, ops, structured

_SUMS = ("int64", *FLOATING_AND_COMPLEX)


def _samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 4), 1), call(s.tensor(3, 4), -2), call(s.tensor(2, 3, 4), 1),
            call(s.tensor(), 0), call(s.tensor(0, 3), 0), call(s.tensor(17, 5), 1)]


def _errors(s: Any) -> list[Any]:
    return [(call(s.tensor(3, 4), 2), "IndexOutOfRange", r"expected to be in range of \[-2, 1\]")]


def _widened(name: str, input: Any, dim: int, dtype: Any) -> Any:
    """Integers and bools add up in int64, whatever `dtype` the result is to have."""
    if dtype is not None:
        input = input.to(dtype)
    if not is_integral(input.dtype):
        return getattr(ops, name)(input, dim)
    result = getattr(ops, name)(input.long(), dim)
    return result if dtype is None else result.to(dtype)


# ---- sums and products
def _reverse_cumsum(g: Any, dim: int) -> Any:
    return ops._cumsum(g.flip(dim), dim).flip(dim) if g.ndim else g


def _cumprod_grad(g: Any, input: Any, out: Any, dim: int) -> Any:
    if input.ndim == 0 or input.numel() == 0:
        return g
    if not (input == 0).any().item():
        return _reverse_cumsum(g * out.conj(), dim) / input.conj()
    n = input.shape[dim]
    parts = []
    for k in range(n):
        # The products of elements 0..i without element k, for i = k..n-1.
        others = ops.cat([input.narrow(dim, 0, k).prod(dim, True),
                          input.narrow(dim, k + 1, n - k - 1)], dim).cumprod(dim)
        parts.append((g.narrow(dim, k, n - k) * others.conj()).sum(dim, True))
    return ops.cat(parts, dim)


op("_cumsum(Tensor input, int dim) -> Tensor", kernel=structured(_SUMS),
   grad={"input": lambda g, dim: _reverse_cumsum(g, dim)}, forms="function", samples=_samples,
   torch="cumsum", doc="Running sum.")
op("_cumprod(Tensor input, int dim) -> Tensor", kernel=structured(_SUMS),
   grad={"input": _cumprod_grad}, forms="function", torch="cumprod",
   samples=lambda s: [*_samples(s), call(s.values([[2.0, 0.0, 3.0], [1.0, 5.0, 0.5]]), 1)],
   doc="Running product.")
op("cumsum(Tensor input, int dim, *, DType? dtype=None) -> Tensor",
   body=lambda input, dim, dtype: _widened("_cumsum", input, dim, dtype),
   forms="function method inplace out",
   samples=_samples,
   ref=lambda input, dim, dtype=None: input.cumsum(dim, dtype) if input.ndim else input,
   errors=_errors,
   doc="""Running sum along `dim`. Integers and bools add up in int64. Shapes: (*) -> (*).

>>> cytorch.tensor([1.0, 2.0, 3.0]).cumsum(0)
tensor([1., 3., 6.])
""")
op("cumprod(Tensor input, int dim, *, DType? dtype=None) -> Tensor",
   body=lambda input, dim, dtype: _widened("_cumprod", input, dim, dtype),
   forms="function method inplace out",
   samples=lambda s: [*_samples(s), call(s.values([2.0, 0.0, 3.0]), 0)],
   ref=lambda input, dim, dtype=None: input.cumprod(dim, dtype) if input.ndim else input,
   errors=_errors,
   doc="""Running product along `dim`. Integers and bools multiply in int64. Shapes: (*) -> (*).

>>> cytorch.tensor([1.0, 2.0, 3.0]).cumprod(0)
tensor([1., 2., 6.])
""")


# ---- logcumsumexp
def _logcumsumexp_grad(g: Any, input: Any, out: Any, dim: int) -> Any:
    """In logarithms throughout: exp(-out) alone overflows. The signs of `g` go separately."""
    if input.ndim == 0:
        return g
    if g.dtype.is_complex:
        logs = (g.conj().log() - out).flip(dim)
        return (ops._logcumsumexp(logs, dim).flip(dim) + input).exp().conj()

    def part(mask: Any, values: Any) -> Any:
        # Finite, since inf - inf in the second derivative would be NaN.
        logs = ops.where(mask, ops.where(mask, values, 1).log(), -1e38)
        return (ops._logcumsumexp((logs - out).flip(dim), dim).flip(dim) + input).exp()

    return part(g > 0, g) - part(g < 0, -g)


op("_logcumsumexp(Tensor input, int dim) -> Tensor",
   kernel=structured(FLOATING_AND_COMPLEX), grad={"input": _logcumsumexp_grad},
   forms="function", samples=_samples, torch="logcumsumexp",
   doc="Running logsumexp.")
op("logcumsumexp(Tensor input, int dim) -> Tensor",
   body=lambda input, dim: ops._logcumsumexp(input, dim), forms="function method inplace out",
   samples=_samples, errors=_errors,
   ref=lambda input, dim: __import__("numpy").logaddexp.accumulate(input, dim)
   if input.ndim else input,
   doc="""log of the running sum of exponentials along `dim`. Shapes: (*) -> (*).

>>> cytorch.tensor([0.0, 0.0]).logcumsumexp(0)
tensor([0.0000, 0.6931])
""")


# ---- extremes
def _picked_grad(g_values: Any, indices: Any, dim: int) -> Any:
    if g_values.ndim == 0:
        return g_values
    return ops.zeros_like(g_values).scatter_add(dim, indices, g_values)


def _running(name: str, word: str, example: str) -> None:
    op(f"{name}(Tensor input, int dim) -> (Tensor values, Tensor indices)",
       kernel=structured(ALL), shape=lambda input: (input, (input.shape, "int64")),
       grad={"input": _picked_grad}, forms="function method out",
       samples=_samples, errors=_errors,
       doc=f"""Running {word} along `dim` and its position: a named result (values, indices).

Of equal elements the last one is named. NaN wins.

>>> cytorch.tensor([2.0, 1.0, 3.0]).{name}(0).values
tensor([{example}])
""")


_running("cummax", "maximum", "2., 2., 3.")
_running("cummin", "minimum", "2., 1., 1.")
