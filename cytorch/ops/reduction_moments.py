"""Variance and standard deviation."""
from __future__ import annotations

from typing import Any

from .derivatives import masked
from .reduced_axes import reduced_count, restored, spread
from .spec import FLOATING, call, op, ops, reduction


def _variance_grad(g: Any, input: Any, dim: Any, correction: float, keepdim: bool) -> Any:
    count = reduced_count(input.shape, dim)
    divisor = max(count - correction, 0)
    scale = 2 / divisor if divisor else float("nan")
    axes = dim or tuple(range(input.ndim))
    return (scale * restored(g, input.shape, dim, keepdim)) * (input - input.mean(axes, True))


def _through_root(g: Any, out: Any) -> Any:
    """The gradient of a variance from that of its root; 0 where the root is 0."""
    return masked(out != 0, g / (2 * ops.where(out != 0, out, 1)))


def _mean_grad(g: Any, shape: Any, dim: Any, keepdim: bool) -> Any:
    return spread(g / max(reduced_count(shape, dim), 1), shape, dim, keepdim)


def _pair_grad(g_spread: Any, g_mean: Any, input: Any, dim: Any, correction: float, keepdim: bool,
               root: Any = None) -> Any:
    total = None if g_mean is None else _mean_grad(g_mean, input.shape, dim, keepdim)
    if g_spread is None:
        return total
    if root is not None:
        g_spread = _through_root(g_spread, root)
    first = _variance_grad(g_spread, input, dim, correction, keepdim)
    return first if total is None else first + total


_PARAMS = "Tensor input, int[]? dim, float correction, bool keepdim"


def _private_samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 4), (1,), 1.0, False), call(s.tensor(3, 4), None, 0.0, True),
            call(s.tensor(2, 3, 4), (0, 2), 1.0, False)]


op(f"_var({_PARAMS}) -> Tensor", kernel=reduction(FLOATING),
   grad={"input": _variance_grad}, forms="function", samples=_private_samples,
   doc="Variance with a given correction.")
op(f"_std({_PARAMS}) -> Tensor", kernel=reduction(FLOATING),
   grad={"input": lambda g, input, out, dim, correction, keepdim: _variance_grad(
       _through_root(g, out), input, dim, correction, keepdim)},
   forms="function", samples=_private_samples, doc="Root of the variance.")
op(f"_var_mean({_PARAMS}) -> (Tensor var, Tensor mean)", kernel=reduction(FLOATING),
   grad={"input": lambda g_var, g_mean, input, dim, correction, keepdim: _pair_grad(
       g_var, g_mean, input, dim, correction, keepdim)},
   forms="function", samples=_private_samples, doc="Variance and mean.")
op(f"_std_mean({_PARAMS}) -> (Tensor std, Tensor mean)", kernel=reduction(FLOATING),
   grad={"input": lambda g_std, g_mean, input, std, dim, correction, keepdim: _pair_grad(
       g_std, g_mean, input, dim, correction, keepdim, std)},
   forms="function", samples=_private_samples, doc="Standard deviation and mean.")


def _numpy(name: str, input: Any, dim: Any, correction: float, keepdim: bool) -> Any:
    import numpy

    with numpy.errstate(all="ignore"):
        found = getattr(numpy, name[:3])(input, dim, ddof=correction, keepdims=keepdim)
        return (found, input.mean(dim, keepdims=keepdim)) if name.endswith("mean") else found


def _complex_moments(name: str, input: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
    """The variance of a complex number is that of its parts together; the mean is complex."""
    variance = sum(ops.var(part, dim, correction=correction, keepdim=keepdim)
                   for part in (input.real, input.imag))
    spread_of = variance.sqrt() if name.startswith("std") else variance
    if not name.endswith("mean"):
        return spread_of
    return spread_of, input.mean(dim, keepdim)


def _declare(name: str, results: str, what: str, example: str) -> None:
    def run(input: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
        if input.dtype.is_complex:
            return _complex_moments(name, input, dim, correction, keepdim)
        return getattr(ops, "_" + name)(input, dim, 1.0 if correction is None else
                                        float(correction), keepdim)

    doc = f"""{what} over the axes `dim` (all for None).

Sum of squared distances from the mean, divided by max(0, N - correction). `unbiased` is the older
spelling: True means correction 1, False 0.

>>> {example}
"""
    forms = "function" if "_" in name else "function method"
    # The entry without `unbiased` first: where a bool is wanted an int would do.
    op(f"{name}(Tensor input, int[]? dim=None, *, Scalar? correction=None, bool keepdim=False)"
       f" -> {results}", body=run, forms=forms + " out",
       samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3, 4), 1),
                          call(s.tensor(70, 5), dim=(0,), correction=0, keepdim=True),
                          call(s.tensor(2, 3, 4), (0, 2), correction=2), call(s.tensor(4), 0),
                          call(s.tensor(3, 0), 0)],
       ref=lambda input, dim=None, correction=1, keepdim=False: _numpy(
           name, input, dim, correction, keepdim),
       errors=lambda s: [(call(s.tensor(3), 1), "IndexOutOfRange", "Dimension out of range"),
                         (call(s.ints(3)), "DTypeError", "int64")], doc=doc)
    op(f"{name}(Tensor input, int[]? dim, bool unbiased, bool keepdim=False) -> {results}",
       body=lambda input, dim, unbiased, keepdim: run(input, dim, int(unbiased), keepdim),
       forms=forms + " out",
       samples=lambda s: [call(s.tensor(3, 4), 1, False), call(s.tensor(3, 4), (0, 1), True, True),
                          call(s.tensor(3, 4), dim=0, unbiased=False)],
       ref=lambda input, dim, unbiased, keepdim=False: _numpy(
           name, input, dim, int(unbiased), keepdim), doc=doc)
    op(f"{name}(Tensor input, bool unbiased) -> {results}",
       body=lambda input, unbiased: run(input, None, int(unbiased), False),
       forms=forms, samples=lambda s: [call(s.tensor(3, 4), False)],
       ref=lambda input, unbiased: _numpy(name, input, None, int(unbiased), False), doc=doc)


_SAMPLE = "cytorch.tensor([1.0, 2.0, 3.0, 4.0])"
_declare("var", "Tensor", "Variance", f"{_SAMPLE}.var()\ntensor(1.6667)")
_declare("std", "Tensor", "Standard deviation", f"{_SAMPLE}.std(correction=0)\ntensor(1.1180)")
_declare("var_mean", "(Tensor var, Tensor mean)", "Variance and mean",
         f"cytorch.var_mean({_SAMPLE})[1]\ntensor(2.5000)")
_declare("std_mean", "(Tensor std, Tensor mean)", "Standard deviation and mean",
         f"cytorch.std_mean({_SAMPLE})[1]\ntensor(2.5000)")
