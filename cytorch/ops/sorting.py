"""Order: sort, topk, kthvalue, median, searchsorted."""
from __future__ import annotations

from typing import Any

from .dtypes import default_dtype, dtype_named, promoted
from .spec import (
    REAL,
    argument_error,
    call,
    dtype_error,
    index_error,
    op,
    ops,
    shape_error,
    structured,
)

_WITH_SHORT = REAL + ("float16", "bfloat16")
_POSITION_LIMIT = 2**32


def _sort_shape(input: Any, dim: int) -> Any:
    if input.dim() and input.shape[dim] >= _POSITION_LIMIT:
        raise shape_error(f"sort(): dimension {dim} of {tuple(input.shape)} is longer than 2**32")
    return input, (tuple(input.shape), "int64")


def _selected_grad(g_values: Any, input_shape: Any, dim: int, indices: Any) -> Any:
    """Gradients go to the elements that were selected."""
    return ops._scatter_add(g_values.new_zeros(input_shape), dim, indices, g_values)


def _lane_samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 4)), call(s.tensor(3, 4), 0), call(s.tensor(5), -1, True),
            call(s.tensor()), call(s.tensor(0, 3), 0), call(s.tensor(2, 0))]


op("_sort(Tensor input, int dim, bool descending) -> (Tensor values, Tensor indices)",
   kernel=structured(("bool",) + _WITH_SHORT, "sort"), shape=_sort_shape, nondiff=("indices",),
   grad={"input": _selected_grad}, samples=lambda s: [call(s.tensor(3, 4), 1, False),
                                                      call(s.tensor(3, 4), 0, True)],
   doc="Stable sort; NaN counts as the largest number.")


def _sort(input: Any, dim: int, descending: bool, stable: bool | None) -> Any:
    return ops._sort(input, dim, descending)


op("sort(Tensor input, int dim=-1, bool descending=False, *, bool? stable=None) "
   "-> (Tensor values, Tensor indices)", body=_sort, forms="function method out",
   samples=lambda s: [*_lane_samples(s), call(s.tensor(3, 4), dim=1, stable=True)],
   errors=lambda s: [(call(s.tensor(3), 1), "IndexOutOfRange", "got 1")],
   doc="""The elements in order along a dimension, and where each was: (values, indices).

Equal elements always keep their order. NaN counts as the largest number.

>>> cytorch.tensor([3, 1, 2]).sort().values
tensor([1, 2, 3])
""")
op("argsort(Tensor input, int dim=-1, bool descending=False, *, bool? stable=None) -> Tensor",
   body=lambda input, dim, descending, stable: ops._sort(
       input.detach(), dim, descending).indices,
   forms="function method", samples=_lane_samples,
   doc="""The indices that put the elements in order along a dimension; equal ones keep theirs.

>>> cytorch.tensor([3, 1, 2]).argsort()
tensor([1, 2, 0])
""")
op("msort(Tensor input) -> Tensor", body=lambda input: ops._sort(input, 0, False).values,
   forms="function method out", samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(5))],
   ref=lambda input: __import__("numpy").sort(input, 0),
   doc="""The elements in order along the first dimension.

>>> cytorch.tensor([2, 1]).msort()
tensor([1, 2])
""")


def _topk_shape(input: Any, k: int, dim: int) -> Any:
    size = input.shape[dim] if input.dim() else 1
    if not 0 <= k <= size:
        raise index_error(f"topk(): selected index k={k} out of range for dimension {dim} of size "
                          f"{size}")
    shape = list(input.shape)
    if shape:
        shape[dim] = k
    return (tuple(shape), input.dtype), (tuple(shape), "int64")


op("topk(Tensor input, int k, int dim=-1, bool largest=True, bool sorted=True) "
   "-> (Tensor values, Tensor indices)", kernel=structured(_WITH_SHORT), shape=_topk_shape,
   nondiff=("indices",), grad={"input": _selected_grad}, forms="function method out",
   samples=lambda s: [call(s.tensor(3, 4), 2), call(s.tensor(3, 4), 1, 0), call(s.tensor(
       50), 40, largest=False), call(s.tensor(), 1), call(s.tensor(3, 4), 0)],
   errors=lambda s: [(call(s.tensor(3), 4), "IndexOutOfRange", "k=4"),
                     (call(s.tensor(3), -1), "IndexOutOfRange", "k=-1")],
   doc="""The k largest (or smallest) elements along a dimension, in order: (values, indices).

NaN counts as the largest number; of equal elements the first ones are taken.

>>> cytorch.tensor([1, 5, 3]).topk(2).values
tensor([5, 3])
""")


# ---- one element of each lane

def _kth_shape(input: Any, dim: int, keepdim: bool) -> Any:
    shape = list(input.shape)
    if shape and keepdim:
        shape[dim] = 1
    elif shape:
        del shape[dim]
    return (tuple(shape), input.dtype), (tuple(shape), "int64")


def _kth_grad(g_values: Any, input_shape: Any, dim: int, keepdim: bool, indices: Any) -> Any:
    if input_shape and not keepdim:
        g_values, indices = g_values.unsqueeze(dim), indices.unsqueeze(dim)
    return _selected_grad(g_values, input_shape, dim, indices)


op("_kthvalue(Tensor input, int k, int dim, bool keepdim) -> (Tensor values, Tensor indices)",
   kernel=structured(_WITH_SHORT, "kthvalue"), shape=_kth_shape, nondiff=("indices",),
   grad={"input": _kth_grad},
   samples=lambda s: [call(s.tensor(3, 4), 1, 1, False), call(s.tensor(3, 4), -1, 0, True)],
   doc="Element k, from 0, of the sorted lane; -1: the median, -2: the median without NaNs.")


def _kthvalue(input: Any, k: int, dim: int, keepdim: bool) -> Any:
    if -input.dim() <= dim < max(input.dim(), 1):
        size = input.shape[dim] if input.dim() else 1
        if not 1 <= k <= size:
            raise index_error(f"kthvalue(): selected number k={k} out of range for dimension {dim} "
                              f"of size {size}")
    return ops._kthvalue(input, k - 1, dim, keepdim)


op("kthvalue(Tensor input, int k, int dim=-1, bool keepdim=False) "
   "-> (Tensor values, Tensor indices)", body=_kthvalue, forms="function method out",
   samples=lambda s: [call(s.tensor(3, 4), 2), call(s.tensor(3, 4), 1, 0, True),
                      call(s.tensor(), 1)],
   errors=lambda s: [(call(s.tensor(3), 4), "IndexOutOfRange", "k=4"),
                     (call(s.tensor(3), 0), "IndexOutOfRange", "k=0")],
   doc="""The k-th smallest element of a dimension, counted from 1: (values, indices).

>>> cytorch.tensor([3, 1, 2]).kthvalue(1).indices
tensor(1)
""")


def _median_dim(name: str, code: int) -> Any:
    def body(input: Any, dim: int, keepdim: bool) -> Any:
        if -input.dim() <= dim < input.dim() and input.shape[dim] == 0:
            raise index_error(f"{name}(): expected reduction dim {dim} of {tuple(input.shape)} to "
                              "have non-zero size")
        return ops._kthvalue(input, code, dim, keepdim)
    return body


def _median_all(code: int) -> Any:
    def body(input: Any) -> Any:
        if input.numel() == 0:
            nothing = float("nan") if input.dtype.is_floating_point else -2**63
            return ops.full((), nothing, device=input.device).to(input.dtype)
        found = ops._kthvalue(input.reshape(-1), code, 0, False).values
        return _shared(input, found) if input.requires_grad else found
    return body


def _shared(input: Any, found: Any) -> Any:
    """The median; elements that are equal to it share the gradient."""
    if input.device.type == "meta":
        return found
    data, value = input.detach(), found.detach()
    equal = (data == value) | ((data != data) & (value != value))
    return found if int(equal.sum().item()) == 1 else input.masked_select(equal).mean()


for _name, _code, _what in (("median", -1, "NaN if any element is"),
                            ("nanmedian", -2, "leaving NaN out")):
    op(f"{_name}(Tensor input) -> Tensor", body=_median_all(_code), forms="function method",
       samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(5)), call(s.tensor())],
       doc=f"""The median of all elements, {_what}; the lower one of two.

>>> cytorch.tensor([3, 1, 2, 4]).{_name}()
tensor(2)
""")
    op(f"{_name}(Tensor input, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
       body=_median_dim(_name, _code), forms="function method out",
       samples=lambda s: [call(s.tensor(3, 4), 0), call(s.tensor(3, 5), -1, True)],
       errors=lambda s: [(call(s.tensor(2, 0), 1), "IndexOutOfRange", "non-zero size")],
       doc=f"The medians along a dimension, {_what}: (values, indices).")


# ---- binary search

op("_searchsorted(Tensor sorted_sequence, Tensor input, bool right, Tensor? sorter=None) "
   "-> Tensor", kernel=structured(_WITH_SHORT, "searchsorted"), nondiff=("out",),
   shape=lambda input: (tuple(input.shape), "int64"),
   samples=lambda s: [call(s.values([1.0, 2.0, 3.0]), s.tensor(4), False)],
   doc="Where elements belong in sorted rows; both operands have at least one dimension.")


def _search(name: str, edges: Any, input: Any, right: bool, sorter: Any, out_int32: bool) -> Any:
    if edges.dim() != 1 and tuple(edges.shape[:-1]) != tuple(input.shape[:-1]):
        raise shape_error(f"{name}(): boundaries tensor should be 1 dimension or the first N-1 "
                          "dimensions of boundaries tensor and input value tensor must match, got "
                          f"{tuple(edges.shape)} and {tuple(input.shape)}")
    common = promoted([edges, input])
    edges, values = edges.detach().to(common), input.detach().to(common)
    whole = values.reshape(1) if values.dim() == 0 else values
    found = ops._searchsorted(edges, whole, right, sorter).reshape(input.shape)
    return found.to(dtype_named("int32")) if out_int32 else found


def _as_tensor(number: Any, sequence: Any) -> Any:
    """A number to look for in a sequence: 1.5 among integers stays 1.5."""
    whole = isinstance(number, int) or sequence.dtype.is_floating_point
    return sequence.new_full((), number, dtype=None if whole else default_dtype())


def _searchsorted(sorted_sequence: Any, input: Any, out_int32: bool, right: bool,
                  side: str | None, sorter: Any) -> Any:
    if sorted_sequence.dim() == 0:
        raise shape_error("searchsorted(): boundaries tensor should have positive dimension")
    if side not in (None, "left", "right"):
        raise argument_error(f"searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise argument_error("searchsorted(): side and right can't be set to opposites, got side "
                             "of left while right was True")
    if not hasattr(input, "dim"):
        input = _as_tensor(input, sorted_sequence)
    if sorter is not None:
        if sorter.shape != sorted_sequence.shape:
            raise shape_error(f"searchsorted(): boundary and sorter must have the same size, got "
                              f"{tuple(sorted_sequence.shape)} and {tuple(sorter.shape)}")
        if str(sorter.dtype) != "torch.int64":
            raise dtype_error(f"searchsorted(): sorter must be int64, got {sorter.dtype}")
        size = sorter.shape[-1]
        if sorter.numel() and sorter.device.type != "meta" and not (
                int(sorter.amin().item()) >= 0 and int(sorter.amax().item()) < size):
            raise index_error(f"searchsorted(): sorter index out of range [0, {size})")
    return _search("searchsorted", sorted_sequence, input, right or side == "right", sorter,
                   out_int32)


op("searchsorted(Tensor sorted_sequence, Tensor|Scalar input, *, bool out_int32=False, "
   "bool right=False, str? side=None, Tensor? sorter=None) -> Tensor", body=_searchsorted,
   forms="function out",
   samples=lambda s: [call(s.values([-1.0, 0.0, 1.0]), s.tensor(2, 3)),
                      call(s.tensor(2, 4).sort(-1).values, s.tensor(2, 3), right=True),
                      call(s.values([3.0, 1.0, 2.0]), s.tensor(4), sorter=s.values([1, 2, 0])),
                      call(s.values([1.0, 2.0]), 1.5), call(s.tensor(0), s.tensor(3))],
   errors=lambda s: [(call(s.tensor(2, 3), s.tensor(3, 3)), "ShapeError", r"\(2, 3\)"),
                     (call(s.tensor(3), s.tensor(3), side="top"), "ArgumentError", "top"),
                     (call(s.tensor(2), s.tensor(2), sorter=s.values([0, 2])), "IndexOutOfRange",
                      "sorter")],
   doc="""Indices at which elements can be inserted so that the sequence stays sorted.

sorted_sequence: one row for all, or rows that match `input`. right: after equal elements instead of
before. sorter: the order that sorts an unsorted sequence.

>>> cytorch.searchsorted(cytorch.tensor([1, 3, 5]), cytorch.tensor([3, 6]))
tensor([1, 3])
""")


def _bucketize(input: Any, boundaries: Any, out_int32: bool, right: bool) -> Any:
    if boundaries.dim() != 1:
        raise shape_error(f"bucketize(): boundaries tensor must be 1 dimension, but got shape "
                          f"{tuple(boundaries.shape)}")
    if not hasattr(input, "dim"):
        input = _as_tensor(input, boundaries)
    return _search("bucketize", boundaries, input, right, None, out_int32)


op("bucketize(Tensor|Scalar input, Tensor boundaries, *, bool out_int32=False, "
   "bool right=False) -> Tensor", body=_bucketize, forms="function out",
   samples=lambda s: [call(s.tensor(2, 3), s.values([-1.0, 0.0, 1.0])),
                      call(s.tensor(5), s.values([0.0]), right=True)],
   errors=lambda s: [(call(s.tensor(2), s.tensor(2, 2)), "ShapeError", r"\(2, 2\)")],
   doc="""The number of the bucket between sorted boundaries that each element falls into.

>>> cytorch.bucketize(cytorch.tensor([0, 3, 9]), cytorch.tensor([1, 3, 5]))
tensor([0, 1, 3])
""")
