"""Quantiles and the most frequent element along a dimension."""
from __future__ import annotations

from typing import Any

from .spec import argument_error, call, dtype_error, index_error, op, ops, shape_error

_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _check_quantile(name: str, input: Any, q: Any, interpolation: str) -> None:
    if str(input.dtype) not in ("torch.float32", "torch.float64"):
        raise dtype_error(f"{name}() input tensor must be either float or double dtype, got "
                          f"{input.dtype}")
    if input.numel() == 0:
        raise shape_error(f"{name}() input tensor must be non-empty, got shape "
                          f"{tuple(input.shape)}")
    if q.dim() > 1:
        raise shape_error(f"{name}() q must be a scalar or 1D tensor, got shape {tuple(q.shape)}")
    if q.dtype != input.dtype:
        raise dtype_error(f"{name}() q tensor must be same dtype as the input tensor, got "
                          f"{q.dtype} and {input.dtype}")
    if interpolation not in _INTERPOLATIONS:
        raise argument_error(f"{name}() interpolation must be one of linear, lower, higher, "
                             f"midpoint or nearest, but got {interpolation}")
    if q.device.type == "meta":
        return
    outside = q.masked_select(~((q >= 0) & (q <= 1)))
    if outside.numel():
        raise argument_error(f"{name}() q values must be in the range [0, 1], got "
                             f"{outside[0].item()}")


def _ranks(values: Any, q: Any, skip_nan: bool) -> Any:
    """Where the quantiles lie in sorted lanes, as numbers from 0 up: (..., number of q)."""
    last = values.shape[-1] - 1
    valid = (values == values).sum(-1, keepdim=True)
    if skip_nan:
        return (q * (valid - 1).to(q.dtype)).clamp(min=0)
    # NaN is sorted last: a lane that has one takes its last element.
    return ops.where(valid == values.shape[-1], q * last, last)


def _interpolated(values: Any, ranks: Any, interpolation: str) -> Any:
    if interpolation == "higher":
        return values.gather(-1, ranks.ceil().long())
    if interpolation == "nearest":
        return values.gather(-1, ranks.round().long())
    below = ranks.floor()
    low = values.gather(-1, below.long())
    if interpolation == "lower":
        return low
    weight = ranks - below if interpolation == "linear" else ops.full_like(ranks, 0.5)
    return ops.lerp(low, values.gather(-1, ranks.ceil().long()), weight)


def _quantile(name: str, skip_nan: bool) -> Any:
    def body(input: Any, q: Any, dim: int | None, keepdim: bool, interpolation: str) -> Any:
        if not hasattr(q, "dim"):
            if not 0 <= q <= 1:
                raise argument_error(f"{name}() q must be in the range [0, 1] but got {q}")
            q = input.new_full((), q)
        _check_quantile(name, input, q, interpolation)
        if dim is None:
            lanes, kept = input.reshape(-1), [1] * input.dim()
        elif not -max(input.dim(), 1) <= dim < max(input.dim(), 1):
            raise index_error(f"{name}(): Dimension out of range (expected to be in range of "
                              f"[{-max(input.dim(), 1)}, {max(input.dim(), 1) - 1}], but got "
                              f"{dim})")
        else:
            lanes = input.reshape(-1) if input.dim() == 0 else input.movedim(dim, -1)
            kept = list(input.shape)
            if kept:
                kept[dim] = 1
        values = ops._sort(lanes, lanes.dim() - 1, False).values
        ranks = _ranks(values.detach(), q.reshape(-1), skip_nan)
        found = _interpolated(values, ranks, interpolation).movedim(-1, 0)
        if keepdim:
            found = found.reshape([found.shape[0], *kept])
        return found.squeeze(0) if q.dim() == 0 else found
    return body


def _quantile_samples(s: Any) -> list[Any]:
    q = s.values([0.1, 0.3, 0.95])
    return [call(s.tensor(3, 4), 0.5), call(s.tensor(3, 4), q, 1), call(s.tensor(), q, 0),
            call(s.tensor(3, 4), q, dim=-2, keepdim=True), call(s.tensor(5), 0.2, keepdim=True),
            *[call(s.tensor(2, 6), 0.3, 1, interpolation=mode) for mode in _INTERPOLATIONS]]


for _name, _skip, _what in (("quantile", False, "NaN if one of the elements is"),
                            ("nanquantile", True, "leaving NaN out")):
    op(f"{_name}(Tensor input, Tensor|Scalar q, int? dim=None, bool keepdim=False, *, "
       "str interpolation='linear') -> Tensor", body=_quantile(_name, _skip),
       forms="function method out", samples=_quantile_samples, torch=_name,
       ref=lambda input, q, dim=None, keepdim=False, interpolation="linear":
       __import__("numpy").quantile(input, q, axis=dim, keepdims=keepdim, method=interpolation),
       errors=lambda s: [(call(s.tensor(3), 1.5), "ArgumentError", "1.5"),
                         (call(s.tensor(0), 0.5), "ShapeError", "non-empty"),
                         (call(s.ints(3), 0.5), "DTypeError", "int64"),
                         (call(s.tensor(3), 0.5, 1), "IndexOutOfRange", "got 1"),
                         (call(s.tensor(3), 0.5, interpolation="middle"), "ArgumentError",
                          "middle")],
       doc=f"""The quantiles `q` (0 to 1) of all elements or along `dim`, {_what}.

interpolation between two elements: linear, lower, higher, midpoint or nearest. A tensor of
quantiles comes first in the shape of the result.

>>> cytorch.tensor([1.0, 2.0, 4.0]).{_name}(0.25)
tensor(1.5000)
""")


def _mode(input: Any, dim: int, keepdim: bool) -> Any:
    if input.dim() == 0:
        return input.clone(), ops.zeros((), dtype=ops.argmax(input).dtype, device=input.device)
    n = input.shape[dim]
    if n == 0:
        raise index_error(f"mode(): Expected reduction dim {dim} to have non-zero size, got shape "
                          f"{tuple(input.shape)}")
    values, order = ops._sort(input.detach(), dim, False)
    starts = ops.ones_like(values.narrow(dim, 0, 1), dtype=(values == values).dtype)
    changed = values.narrow(dim, 1, n - 1) != values.narrow(dim, 0, n - 1)
    place = ops.arange(n, device=input.device).reshape(
        [n if i == dim else 1 for i in range(input.dim())])
    first = (ops.cat([starts, changed], dim) * place).cummax(dim).values
    # The last element of the longest run; of runs of the same length the first.
    longest = (place - first).argmax(dim, keepdim=True)
    indices = order.gather(dim, longest)
    found = input.gather(dim, indices)
    return (found, indices) if keepdim else (found.squeeze(dim), indices.squeeze(dim))


op("mode(Tensor input, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)",
   body=_mode, forms="function method out",
   # The smallest change of an element breaks a tie: differences say nothing.
   extra={"derivative_tested_by": "tests/parity"},
   samples=lambda s: [call(s.values([[1.0, 2.0, 2.0], [3.0, 3.0, 1.0]])),
                      call(s.values([[1.0, 2.0], [3.0, 2.0], [1.0, 1.0]]), 0, True),
                      call(s.values([5.0, 4.0, 5.0, 4.0])), call(s.tensor()), call(s.bools(4))],
   errors=lambda s: [(call(s.tensor(2, 0)), "IndexOutOfRange", "non-zero size")],
   doc="""The most frequent elements along `dim` and where they are: (values, indices).

Of values that are equally frequent the smallest is taken; the index is its last one.

>>> cytorch.tensor([3, 1, 3, 2]).mode().values
tensor(3)
""")
