"""torch.masked: reductions and normalizations that see only the elements where a mask is true."""
from __future__ import annotations

from typing import Any

from .dtypes import dtype_named, is_integral, refuse_complex
from .spec import argument_error, call, index_error, op, ops

_KEEP = "*, bool? keepdim=False, DType? dtype=None, Tensor? mask=None"
_AXES = f"int[]? dim=None, {_KEEP}"
_ALONG = "int dim, *, DType? dtype=None, Tensor? mask=None"


def _limit(input: Any, largest: bool) -> Any:
    """The greatest or the smallest number of the dtype."""
    if not is_integral(input.dtype):
        return float("inf") if largest else float("-inf")
    if input.dtype == dtype_named("bool"):
        return largest
    import cytorch

    limits = cytorch.iinfo(input.dtype)
    return limits.max if largest else limits.min


def _spread(name: str, input: Any, mask: Any) -> Any:
    """The mask in the shape of the input."""
    if mask.dim() > input.dim():
        raise index_error(f"masked.{name}: expected broadcastable mask (got mask dimensionality "
                          f"higher than of the input): {tuple(mask.shape)} and "
                          f"{tuple(input.shape)}")
    if mask.dtype != dtype_named("bool"):
        mask = mask != 0
    if tuple(mask.shape) == tuple(input.shape):
        return mask
    if any(have not in (1, want) for have, want in zip(
            reversed(tuple(mask.shape)), reversed(tuple(input.shape)))):
        raise argument_error(f"masked.{name}: mask of shape {tuple(mask.shape)} does not broadcast "
                             f"to input of shape {tuple(input.shape)}")
    return mask.expand(input.shape)


def _shown(name: str, input: Any, mask: Any, hidden: Any) -> Any:
    """The input with `hidden` where the mask is false."""
    return input if mask is None else ops.where(_spread(name, input, mask), input, hidden)


def _axes(input: Any, dim: Any) -> tuple[int, ...]:
    return tuple(range(input.dim())) if dim is None or dim == () else tuple(dim)


def _sum(input: Any, dim: Any, keepdim: Any, dtype: Any, mask: Any) -> Any:
    shown = _shown("sum", input, mask, 0)
    return shown.sum(_axes(input, dim), bool(keepdim), dtype=dtype)


def _mean(input: Any, dim: Any, keepdim: Any, dtype: Any, mask: Any) -> Any:
    wanted = input.dtype if dtype is None else dtype
    if is_integral(wanted):
        raise argument_error(f"masked.mean: input dtype should be floating or complex, got "
                             f"{wanted}; give dtype=")
    axes = _axes(input, dim)
    if mask is None:
        return input.mean(axes, bool(keepdim), dtype=wanted)
    count = _spread("mean", input, mask).sum(axes, bool(keepdim))
    return _sum(input, dim, keepdim, wanted, mask) / count


def _prod(input: Any, dim: Any, keepdim: Any, dtype: Any, mask: Any) -> Any:
    result = _shown("prod", input, mask, 1)
    if dtype is not None:
        result = result.to(dtype)
    for axis in sorted((d % max(input.dim(), 1) for d in _axes(input, dim)), reverse=True):
        result = result.prod(axis, bool(keepdim))
    return result.to(dtype_named("int64")) if is_integral(result.dtype) and dtype is None \
        else result


def _extreme(name: str) -> Any:
    def body(input: Any, dim: Any, keepdim: Any, dtype: Any, mask: Any) -> Any:
        shown = _shown(name, input, mask, _limit(input, name == "amin"))
        result = getattr(ops, name)(shown, _axes(input, dim), bool(keepdim))
        return result if dtype is None else result.to(dtype)
    return body


def _place(name: str) -> Any:
    def body(input: Any, dim: Any, keepdim: Any, dtype: Any, mask: Any) -> Any:
        shown = _shown(name, input, mask, _limit(input, name == "argmin"))
        place = getattr(ops, name)(shown, dim, bool(keepdim))
        return place.to(input.dtype if dtype is None else dtype)
    return body


def _median(input: Any, dim: int, keepdim: Any, dtype: Any, mask: Any) -> Any:
    wanted = input.dtype if dtype is None else dtype
    whole = input.float() if is_integral(input.dtype) else input
    result = _shown("median", whole, mask, float("nan")).nanmedian(dim, bool(keepdim)).values
    if not is_integral(input.dtype):
        return result
    if input.device.type != "meta" and bool(result.isnan().any()):
        raise argument_error("masked.median: expected no fully masked out rows for an input of "
                             f"dtype {input.dtype}")
    return result.to(wanted)


def _norm(input: Any, ord: Any, dim: Any, keepdim: Any, dtype: Any, mask: Any) -> Any:
    ord = 2.0 if ord is None else ord
    shown = _shown("norm", input, mask, float("inf") if ord == float("-inf") else 0)
    return ops.linalg.vector_norm(shown, ord, _axes(input, dim), bool(keepdim), dtype=dtype)


def _moment(name: str) -> Any:
    def body(input: Any, dim: Any, unbiased: bool | None, correction: Any, keepdim: Any,
             dtype: Any, mask: Any) -> Any:
        if unbiased is not None and correction is not None:
            raise argument_error(f"masked.{name}: only one of unbiased={unbiased} and "
                                 f"correction={correction} may be given")
        if correction is None:
            correction = 0 if unbiased is False else 1
        if dtype is None:
            dtype = dtype_named("float32") if is_integral(input.dtype) else input.dtype
        axes, mask = _axes(input, dim), None if mask is None else _spread(name, input, mask)
        counted = ops.ones(input.shape, dtype=int, device=input.device) if mask is None else mask
        count = counted.sum(axes, True)
        difference = input - _sum(input, dim, True, dtype, mask) / count
        total = _sum(difference * difference.conj(), dim, keepdim, dtype, mask)
        free = (count if keepdim else count.reshape(total.shape)) - correction
        result = (total / free.clamp(min=0)).to(dtype)
        return result.sqrt() if name == "std" else result
    return body


def _normalizer(name: str, hidden: float) -> Any:
    def body(input: Any, dim: int, dtype: Any, mask: Any) -> Any:
        whole = input if dtype is None else input.to(dtype)
        return getattr(ops.nn.functional, name)(_shown(name, whole, mask, hidden), dim)
    return body


def _scan(name: str, hidden: int) -> Any:
    def body(input: Any, dim: int, dtype: Any, mask: Any) -> Any:
        return getattr(ops, name)(_shown(name, input, mask, hidden), dim, dtype=dtype)
    return body


def _logsumexp(input: Any, dim: Any, keepdim: Any, dtype: Any, mask: Any) -> Any:
    whole = input if dtype is None else input.to(dtype)
    shown = _shown("logsumexp", whole, mask, _limit(whole, False))
    return ops.logsumexp(shown, _axes(input, dim), bool(keepdim)).to(whole.dtype)


def _normalize(input: Any, ord: float, dim: int, eps: float, dtype: Any, mask: Any) -> Any:
    norm = _norm(input, ord, (dim,), True, dtype, mask)
    return _shown("normalize", input, mask, 0) / norm.clamp(min=eps)


def _logaddexp(input: Any, other: Any, dtype: Any, input_mask: Any, other_mask: Any) -> Any:
    refuse_complex("masked.logaddexp", input, other)
    parts = [_shown("logaddexp", part if dtype is None else part.to(dtype), mask, float("-inf"))
             for part, mask in ((input, input_mask), (other, other_mask))]
    return ops.logaddexp(*parts)


def _mask(s: Any) -> Any:
    return s.values([[True, False, True, True], [False, True, True, False], [True] * 4])


def _samples(*given: Any, **more: Any) -> Any:
    row = [True, False, True, True]
    return lambda s: [call(s.tensor(3, 4), *given, mask=_mask(s), **more),
                      call(s.tensor(3, 4), *given, **more),
                      call(s.tensor(3, 4), *given, mask=s.values(row), **more)]


def _masked(name: str, params: str, body: Any, samples: Any, what: str, example: str) -> None:
    op(f"masked.{name}(Tensor input, {params}) -> Tensor", body=body, samples=samples,
       forms="function", extra={"not_the_derivative": (0, 2)} if name == "log_softmax" else {},
       errors=(lambda s: [(call(s.tensor(3), *((0,) if "int dim," in params else ()),
                                mask=s.bools(2, 3)), "IndexOutOfRange", r"\(2, 3\)")])
       if "ord," not in params else None,
       doc=f"""{what} of the elements where `mask` is true; `mask` broadcasts to `input`.

>>> x, mask = cytorch.tensor([1.0, 5.0, 2.0]), cytorch.tensor([True, False, True])
>>> cytorch.masked.{name}({example}
""")


_reduced = _samples()
_lanes = _samples(1, keepdim=True)
for _name, _body, _what, _result in (
        ("sum", _sum, "The sum", "3."), ("mean", _mean, "The mean", "1.5000"),
        ("prod", _prod, "The product", "2."), ("amax", _extreme("amax"), "The maximum", "2."),
        ("amin", _extreme("amin"), "The minimum", "1."),
        ("logsumexp", _logsumexp, "The logarithm of the sum of exponentials", "2.3133")):
    _masked(_name, _AXES, _body, lambda s: [*_reduced(s), *_lanes(s)], _what,
            f"x, mask=mask)\ntensor({_result})")
for _name, _what, _result in (("argmax", "The place of the maximum", "2."),
                              ("argmin", "The place of the minimum", "0.")):
    _masked(_name, f"int? dim=None, {_KEEP}", _place(_name),
            lambda s: [*_reduced(s), *_lanes(s)], _what, f"x, mask=mask)\ntensor({_result})")
_masked("median", f"int dim=-1, {_KEEP}", _median, lambda s: [*_reduced(s), *_lanes(s)],
        "The median", "x, mask=mask)\ntensor(1.)")
_masked("norm", f"float? ord=2.0, {_AXES}", _norm,
        lambda s: [*_samples(2.0)(s), *_samples(1.0, 1)(s), *_samples(3.0, (0,))(s)],
        "The vector norm of order `ord`", "x, 1.0, mask=mask)\ntensor(3.)")
for _name, _what in (("std", "The standard deviation"), ("var", "The variance")):
    _masked(_name, "int[]? dim=None, bool? unbiased=None, *, Scalar? correction=None, "
            "bool? keepdim=False, DType? dtype=None, Tensor? mask=None", _moment(_name),
            lambda s: [*_reduced(s), *_samples(1, correction=0)(s), *_samples((0, 1), False)(s)],
            _what, "x, unbiased=False, mask=mask)\n"
            f"tensor({'0.5000' if _name == 'std' else '0.2500'})")
for _name, _hidden, _what, _shown_as in (
        ("softmax", float("-inf"), "softmax", "[0.2689, 0.0000, 0.7311]"),
        ("log_softmax", float("-inf"), "log_softmax", "[-1.3133,    -inf, -0.3133]"),
        ("softmin", float("inf"), "softmin", "[0.7311, 0.0000, 0.2689]")):
    _masked(_name, _ALONG, _normalizer(_name, _hidden), _samples(1), f"The {_what}",
            f"x, 0, mask=mask)\ntensor({_shown_as})")
for _name, _hidden, _what, _shown_as in (("cumsum", 0, "Running sums", "[1., 1., 3.]"),
                                         ("cumprod", 1, "Running products", "[1., 1., 2.]")):
    _masked(_name, _ALONG, _scan(_name, _hidden), _samples(1), _what,
            f"x, 0, mask=mask)\ntensor({_shown_as})")
_masked("normalize", "float ord, int dim, *, float eps=1e-12, DType? dtype=None, "
        "Tensor? mask=None", _normalize, _samples(2.0, 1), "The quotient by the norm",
        "x, 1.0, 0, mask=mask)\ntensor([0.3333, 0.0000, 0.6667])")
op("masked.logaddexp(Tensor input, Tensor other, *, DType? dtype=None, Tensor? input_mask=None, "
   "Tensor? other_mask=None) -> Tensor", body=_logaddexp, forms="function",
   samples=lambda s: [call(s.tensor(3), s.tensor(3), input_mask=s.values([True, False, True])),
                      call(s.tensor(3), s.tensor(3))],
   doc="""log(exp(input) + exp(other)), each only where its mask is true.

>>> x = cytorch.zeros(2)
>>> cytorch.masked.logaddexp(x, x, input_mask=cytorch.tensor([True, False]))
tensor([0.6931, 0.0000])
""")
