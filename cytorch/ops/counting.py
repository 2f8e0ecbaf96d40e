"""Distinct values and counts: unique, isin, bincount, histc."""
from __future__ import annotations

import math
from typing import Any

from .dtypes import dtype_named, is_integral, promoted
from .spec import argument_error, call, dtype_error, op, ops, shape_error


def _run_starts(changed: Any, count: int) -> tuple[Any, Any]:
    """From "differs from the one before" marks: (first position of each run, run of each)."""
    first = changed.new_full((min(count, 1),), True)
    marks = ops.cat([first, changed], 0)
    return ops.nonzero(marks).reshape(-1), marks.long().cumsum(0) - 1


def _packed(values: Any, inverse: Any, counts: Any, wants: tuple[bool, bool]) -> Any:
    found = [values]
    if wants[0]:
        found.append(inverse)
    if wants[1]:
        found.append(counts)
    return found[0] if len(found) == 1 else tuple(found)


def _run_lengths(starts: Any, total: int) -> Any:
    ends = ops.cat([starts.narrow(0, min(1, starts.shape[0]), max(starts.shape[0] - 1, 0)),
                    starts.new_full((min(starts.shape[0], 1),), total)], 0)
    return ends - starts


def _differ(rows: Any) -> Any:
    """Whether each row but the first differs from the one before."""
    count = rows.shape[0]
    after = rows.narrow(0, min(1, count), max(count - 1, 0))
    changed = after != rows.narrow(0, 0, max(count - 1, 0))
    return changed.flatten(1).any(1) if rows.dim() > 1 else changed


def _row_order(rows: Any) -> Any:
    """The order that sorts rows lexicographically: by the last column first, stably."""
    flat = rows.flatten(1) if rows.dim() > 1 else rows.unsqueeze(1)
    order = ops.arange(rows.shape[0], device=rows.device)
    for column in range(flat.shape[1] - 1, -1, -1):
        key = flat.select(1, column).index_select(0, order)
        order = order.index_select(0, key.argsort(stable=True))
    return order


def _rows(name: str, data: Any, dim: int) -> Any:
    """The slices along `dim`, as rows. Slices without elements are all alike: PyTorch refuses."""
    rows = data.movedim(dim, 0).contiguous()
    if rows.shape[0] and rows.numel() == 0:
        raise shape_error(f"{name}(): There are 0 sized dimensions, and they aren't selected, so "
                          f"unique cannot be applied: shape {tuple(data.shape)}, dim {dim}")
    return rows


def _unique(input: Any, sorted: bool, return_inverse: bool, return_counts: bool,
            dim: int | None) -> Any:
    wants = (return_inverse, return_counts)
    data = input.detach()
    if dim is None:
        flat = data.reshape(-1)
        values, order = ops._sort(flat, 0, False)
    else:
        flat = _rows("unique", data, dim)
        order = _row_order(flat)
        values = flat.index_select(0, order)
    total = flat.shape[0]
    starts, runs = _run_starts(_differ(values), total)
    inverse = ops.empty_like(order).scatter(0, order, runs) if return_inverse else None
    distinct = values.index_select(0, starts)
    if dim is None:
        inverse = None if inverse is None else inverse.reshape(input.shape)
    else:
        distinct = distinct.movedim(0, dim)
    counts = _run_lengths(starts, total) if return_counts else None
    return _packed(distinct, inverse, counts, wants)


_UNIQUE_DOC = """
Result: the values, then with return_inverse for each element the position of its value, then with
return_counts how often each value occurs.
"""

op("unique(Tensor input, bool sorted=True, bool return_inverse=False, bool return_counts=False, "
   "int? dim=None) -> Tensor", body=_unique, forms="function method",
   extra={"data_dependent": True},
   samples=lambda s: [call(s.ints(3, 4, high=5)), call(s.ints(7, high=3), True, True, True),
                      call(s.ints(5, 2, high=2), dim=0, return_inverse=True), call(s.ints(0))],
   doc=f"""The distinct elements (or, with `dim`, slices) in order.
{_UNIQUE_DOC}
>>> cytorch.tensor([3, 1, 3]).unique()
tensor([1, 3])
""")


def _unique_consecutive(input: Any, return_inverse: bool, return_counts: bool,
                        dim: int | None) -> Any:
    data = input.detach()
    rows = data.reshape(-1) if dim is None else _rows("unique_consecutive", data, dim)
    starts, runs = _run_starts(_differ(rows), rows.shape[0])
    values = rows.index_select(0, starts)
    values = values if dim is None else values.movedim(0, dim)
    inverse = runs.reshape(input.shape) if dim is None else runs
    counts = _run_lengths(starts, rows.shape[0]) if return_counts else None
    return _packed(values, inverse, counts, (return_inverse, return_counts))


op("unique_consecutive(Tensor input, bool return_inverse=False, bool return_counts=False, "
   "int? dim=None) -> Tensor", body=_unique_consecutive, forms="function method",
   extra={"data_dependent": True},
   samples=lambda s: [call(s.values([1, 1, 2, 2, 1])), call(s.values([1, 1, 2]), True, True),
                      call(s.values([[1, 1], [1, 1], [2, 1]]), dim=0)],
   doc=f"""One element (or slice) of each run of equal neighbours.
{_UNIQUE_DOC}
>>> cytorch.tensor([1, 1, 2, 1]).unique_consecutive()
tensor([1, 2, 1])
""")


def _isin(elements: Any, test_elements: Any, assume_unique: bool, invert: bool) -> Any:
    if not hasattr(elements, "dim") and not hasattr(test_elements, "dim"):
        raise argument_error("isin: at least one of elements and test_elements must be a tensor")
    if not hasattr(elements, "dim"):
        elements = test_elements.new_full((), elements)
    if not hasattr(test_elements, "dim"):
        test_elements = elements.new_full((1,), test_elements)
    common = promoted([elements, test_elements])
    common = dtype_named("uint8") if str(common) == "torch.bool" else common
    wanted = ops._sort(test_elements.detach().to(common).reshape(-1), 0, False).values
    elements = elements.detach().to(common)
    if wanted.shape[0] == 0:
        found = ops.zeros_like(elements, dtype=dtype_named("bool"))
    else:
        place = ops.searchsorted(wanted, elements).clamp(max=wanted.shape[0] - 1)
        found = wanted.take(place) == elements
    return ~found if invert else found


op("isin(Tensor|Scalar elements, Tensor|Scalar test_elements, *, bool assume_unique=False, "
   "bool invert=False) -> Tensor", body=_isin, forms="function out",
   samples=lambda s: [call(s.ints(3, 4), s.ints(3)), call(s.ints(3), 2), call(s.ints(3), s.ints(
       0), invert=True)],
   ref="numpy.isin",
   doc="""Whether each element is among the test elements.

>>> cytorch.isin(cytorch.tensor([1, 2, 3]), cytorch.tensor([2, 5]))
tensor([False,  True, False])
""")


def _bincount(input: Any, weights: Any, minlength: int) -> Any:
    if input.dim() != 1 or not is_integral(input.dtype) or str(input.dtype) == "torch.bool":
        raise argument_error("bincount only supports 1-d non-negative integral inputs, got "
                             f"{input.dtype} of shape {tuple(input.shape)}")
    if minlength < 0:
        raise argument_error(f"bincount: minlength should be >= 0, got {minlength}")
    if weights is not None and tuple(weights.shape) != tuple(input.shape):
        raise shape_error(f"bincount: weights should be 1-d and have the same length as input, got "
                          f"{tuple(weights.shape)} and {tuple(input.shape)}")
    bins = minlength
    if input.numel():
        smallest, largest = int(input.amin().item()), int(input.amax().item())
        if smallest < 0:
            raise argument_error("bincount only supports 1-d non-negative integral inputs, got "
                                 f"{smallest}")
        bins = max(minlength, largest + 1)
    if weights is None:
        weights = ops.ones(input.shape, dtype=dtype_named("int64"), device=input.device)
    elif str(weights.dtype) != "torch.float32":
        weights = weights.to(dtype_named("float64"))
    return ops._index_sum(weights.detach(), 0, input.long(), bins, -1)


op("bincount(Tensor input, Tensor? weights=None, int minlength=0) -> Tensor", body=_bincount,
   forms="function method", extra={"data_dependent": True}, ref="numpy.bincount",
   samples=lambda s: [call(s.ints(20)), call(s.ints(5, high=3), None, 6), call(s.ints(0)),
                      call(s.ints(5, high=3), s.tensor(5))],
   errors=lambda s: [(call(s.values([-1])), "ArgumentError", "non-negative"),
                     (call(s.tensor(2)), "ArgumentError", "float"),
                     (call(s.ints(2), s.tensor(3)), "ShapeError", "same length")],
   doc="""How often each non-negative integer occurs, or the sum of its weights.

>>> cytorch.bincount(cytorch.tensor([0, 2, 2]))
tensor([1, 0, 2])
""")


def _histc(input: Any, bins: int, min: Any, max: Any) -> Any:
    if bins <= 0:
        raise argument_error(f"histc: bins must be > 0, got {bins}")
    if is_integral(input.dtype):
        raise dtype_error(f"histc: not implemented for {input.dtype}")
    if not math.isfinite(min) or not math.isfinite(max) or min > max:
        raise argument_error(f"histc: max must be larger than min, both finite: min={min}, "
                             f"max={max}")
    flat = input.detach().reshape(-1)
    if min == max and flat.numel():
        min, max = flat.amin().item(), flat.amax().item()
        if not math.isfinite(min) or not math.isfinite(max):
            raise argument_error(f"histc: range of [{min}, {max}] is not finite")
    if min == max:
        min, max = min - 1, max + 1
    kept = flat.masked_select((flat >= min) & (flat <= max))
    place = ((kept - min) * (bins / (max - min))).long().clamp(max=bins - 1)
    return ops._index_sum(ops.ones_like(kept), 0, place, bins, -1)


op("histc(Tensor input, int bins=100, Scalar min=0, Scalar max=0) -> Tensor", body=_histc,
   forms="function method out", extra={"data_dependent": True},
   samples=lambda s: [call(s.tensor(20), 4), call(s.tensor(20), 5, -1.0, 1.0)],
   ref=lambda input, bins=100, min=0, max=0: __import__("numpy").histogram(
       input, bins, None if min == max else (min, max))[0].astype(input.dtype),
   errors=lambda s: [(call(s.tensor(2), 0), "ArgumentError", "bins"),
                     (call(s.tensor(2), 4, 2.0, 1.0), "ArgumentError", "min=2.0")],
   doc="""Counts of the elements in `bins` equal bins over [min, max], in the dtype of the input.

min == max: the smallest and the largest element.

>>> cytorch.tensor([1.0, 2.0, 1.0]).histc(3, 0, 3)
tensor([0., 2., 1.])
""")
