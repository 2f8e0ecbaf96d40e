"""Histograms in one and several dimensions."""
from __future__ import annotations

from typing import Any

from .dtypes import dtype_named
from .spec import argument_error, call, dtype_error, op, ops, shape_error


def _check(name: str, input: Any, weight: Any) -> None:
    if not input.dtype.is_floating_point:
        raise dtype_error(f"{name}(): not implemented for {input.dtype}")
    if weight is None:
        return
    if weight.dtype != input.dtype:
        raise dtype_error(f"{name}(): if weight tensor is provided, input tensor and weight tensor "
                          f"should have the same dtype, got {input.dtype} and {weight.dtype}")


def _edges(name: str, column: Any, bins: int, limits: Any) -> Any:
    """Even bins over the limits, or over the elements."""
    if bins <= 0:
        raise argument_error(f"{name}(): bins must be > 0, but got {bins}")
    if limits is not None:
        low, high = limits
    elif column.numel():
        low, high = column.amin().item(), column.amax().item()
    else:
        low, high = 0.0, 1.0
    if not (abs(low) < float("inf") and abs(high) < float("inf")):
        raise argument_error(f"{name}(): range of [{low}, {high}] is not finite")
    if low > high:
        raise argument_error(f"{name}(): min should not exceed max, but got min {low} max {high}")
    if low == high:
        low, high = low - 0.5, high + 0.5
    return ops.linspace(low, high, bins + 1, dtype=column.dtype, device=column.device)


def _bins_of(column: Any, edges: Any) -> Any:
    """The bin of each element, -1 outside of all: the last bin holds its right edge too."""
    place = ops.searchsorted(edges, column.contiguous(), right=True) - 1
    last = edges.shape[0] - 2
    place = ops.where(column == edges[-1], last, place)
    return ops.where((column >= edges[0]) & (column <= edges[-1]), place, -1)


def _counted(input: Any, edges: Any, weight: Any, density: bool) -> Any:
    """input: (elements, dimensions). The histogram over all bins, in the dtype of the input."""
    shape = tuple(edge.shape[0] - 1 for edge in edges)
    place = ops.zeros(input.shape[:1], dtype=dtype_named("int64"), device=input.device)
    inside = place == 0
    for dim, edge in enumerate(edges):
        bins = _bins_of(input.select(1, dim), edge)
        inside = inside & (bins >= 0)
        place = place * shape[dim] + bins
    total = 1
    for size in shape:
        total *= size
    amounts = ops.ones_like(place, dtype=input.dtype) if weight is None else weight
    hist = ops._index_sum(amounts.masked_select(inside), 0, place.masked_select(inside), total, -1)
    hist = hist.reshape(shape)
    if density:
        hist = hist / hist.sum()
        for dim, edge in enumerate(edges):
            widths = edge.narrow(0, 1, shape[dim]) - edge.narrow(0, 0, shape[dim])
            hist = hist / widths.reshape([-1] + [1] * (len(shape) - 1 - dim))
    return hist


def _given_edges(name: str, input: Any, bins: Any) -> Any:
    if bins.dim() != 1 or bins.shape[0] < 2:
        raise shape_error(f"{name}(): bins tensor should have one dimension and at least 2 edges, "
                          f"got shape {tuple(bins.shape)}")
    if bins.dtype != input.dtype:
        raise dtype_error(f"{name}(): input tensor and bins tensors should have the same dtype, "
                          f"got {input.dtype} and {bins.dtype}")
    return bins.detach()


def _histogram(input: Any, bins: Any, range: Any, weight: Any, density: bool) -> Any:
    _check("histogram", input, weight)
    flat = input.detach().reshape(-1)
    if weight is not None and tuple(weight.shape) != tuple(input.shape):
        raise shape_error("histogram(): if weight tensor is provided it should have the same shape "
                          f"as the input tensor, got {tuple(weight.shape)} and "
                          f"{tuple(input.shape)}")
    if hasattr(bins, "dim"):
        if range is not None:
            raise argument_error("histogram(): range is for a number of bins, not for edges")
        edges = _given_edges("histogram", input, bins)
    else:
        if range is not None and len(range) != 2:
            raise argument_error(f"histogram(): range should have 2 elements, got {len(range)}")
        edges = _edges("histogram", flat, bins, range)
    weight = weight if weight is None else weight.detach().reshape(-1)
    return _counted(flat.unsqueeze(1), [edges], weight, density), edges


op("histogram(Tensor input, any bins=100, *, any range=None, Tensor? weight=None, "
   "bool density=False) -> (Tensor hist, Tensor bin_edges)", body=_histogram,
   forms="function method out", extra={"data_dependent": True},
   samples=lambda s: [call(s.tensor(20).detach(), 4),
                      call(s.tensor(3, 4), 5, range=(-1.0, 1.0), density=True),
                      call(s.tensor(6), s.values([-1.0, 0.0, 0.5, 2.0])),
                      call(s.tensor(5), 3, weight=s.tensor(5)), call(s.tensor(0), 2)],
   ref=lambda input, bins=100, range=None, weight=None, density=False:
   __import__("numpy").histogram(input, bins, range, density, weight),
   errors=lambda s: [(call(s.tensor(3), 0), "ArgumentError", "got 0"),
                     (call(s.ints(3), 2), "DTypeError", "int64"),
                     (call(s.tensor(3), 2, range=(1.0, 0.0)), "ArgumentError", "min 1.0"),
                     (call(s.tensor(3), 2, weight=s.tensor(2)), "ShapeError", r"\(2,\)"),
                     (call(s.tensor(3), s.tensor(2, 2)), "ShapeError", r"\(2, 2\)")],
   doc="""How many elements (or which sum of weights) fall into each bin: (hist, bin_edges).

bins: a number of even bins over `range` (the smallest to the largest element), or the edges
themselves. The last bin holds its right edge; elements outside are left out. density: the integral
over the bins is 1.

>>> cytorch.tensor([1.0, 2.0, 1.0]).histogram(2, range=(0.0, 3.0)).hist
tensor([2., 1.])
""")


def _histogramdd(input: Any, bins: Any, range: Any, weight: Any, density: bool) -> Any:
    _check("histogramdd", input, weight)
    if input.dim() < 2:
        raise shape_error("histogramdd(): input tensor should have at least 2 dimensions, got "
                          f"shape {tuple(input.shape)}")
    count = input.shape[-1]
    if weight is not None and tuple(weight.shape) != tuple(input.shape[:-1]):
        raise shape_error("histogramdd(): if weight tensor is provided it should have the shape of "
                          f"input without its last dimension, got {tuple(weight.shape)} and "
                          f"{tuple(input.shape)}")
    flat = input.detach().reshape(-1, count)
    bins = [bins] * count if isinstance(bins, int) else list(bins)
    if len(bins) != count:
        raise argument_error(f"histogramdd(): the size of bins must be equal to the innermost "
                             f"dimension of the input, got {len(bins)} and {count}")
    if range is not None and len(range) != 2 * count:
        raise argument_error(f"histogramdd(): for a {count}-dimensional histogram range should "
                             f"have {2 * count} elements, but got {len(range)}")
    edges = []
    for dim, wanted in enumerate(bins):
        if hasattr(wanted, "dim"):
            edges.append(_given_edges("histogramdd", input, wanted))
        else:
            limits = None if range is None else range[2 * dim:2 * dim + 2]
            edges.append(_edges("histogramdd", flat.select(1, dim), wanted, limits))
    weight = weight if weight is None else weight.detach().reshape(-1)
    return _counted(flat, edges, weight, density), edges


op("histogramdd(Tensor input, any bins, any range=None, Tensor? weight=None, bool density=False) "
   "-> (Tensor hist, Tensor[] bin_edges)", body=_histogramdd, forms="function",
   extra={"data_dependent": True},
   samples=lambda s: [call(s.tensor(20, 2), 3), call(s.tensor(4, 5, 2), [2, 3], density=True),
                      call(s.tensor(6, 1), [s.values([-1.0, 0.0, 2.0])]),
                      call(s.tensor(5, 2), [2, 2], [-1.0, 1.0, 0.0, 2.0], s.tensor(5))],
   errors=lambda s: [(call(s.tensor(3), 2), "ShapeError", "at least 2"),
                     (call(s.tensor(3, 2), [2]), "ArgumentError", "1 and 2")],
   doc="""The histogram over several dimensions: (hist, bin_edges).

input: (..., n), a point in n dimensions in each row. bins: how many in each dimension (one number
for all), or a list of edges. hist: one axis for each dimension; bin_edges: one tensor for each.

>>> points = cytorch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
>>> cytorch.histogramdd(points, [2, 2]).hist
tensor([[0., 1.],
        [1., 1.]])
""")
