"""scatter, scatter_add and scatter_reduce: writing with an index for each element."""
from __future__ import annotations

from typing import Any

from .dtypes import is_integral
from .index_primitives import long_index
from .spec import argument_error, call, dtype_error, op, ops, shape_error

_REDUCTIONS = {"sum": "_scatter_add", "mean": "_scatter_add", "prod": "_scatter_prod",
               "amax": "_scatter_amax", "amin": "_scatter_amin"}


def _part(name: str, src: Any, index: Any) -> Any:
    """The leading part of src that the index covers."""
    if index.numel() == 0:
        return src.new_empty(index.shape) if src.shape != index.shape else src
    if index.dim() == 0 or src.dim() == 0:
        return src.reshape(index.shape)
    if index.dim() != src.dim() or any(a > b for a, b in zip(index.shape, src.shape)):
        raise shape_error(f"{name}(): expected index {tuple(index.shape)} to be no larger than src "
                          f"{tuple(src.shape)}")
    for dim, size in enumerate(index.shape):
        if src.shape[dim] != size:
            src = src.narrow(dim, 0, size)
    return src


def _index(name: str, index: Any) -> Any:
    return long_index(index, name, ("int32", "int64"))


def _scatter(input: Any, dim: int, index: Any, src: Any) -> Any:
    index = _index("scatter", index)
    return ops._scatter(input, dim, index, _part("scatter", src, index))


def _scatter_value(input: Any, dim: int, index: Any, value: Any) -> Any:
    index = _index("scatter", index)
    return ops._scatter(input, dim, index, _value(input, index, value))


def _scatter_add(input: Any, dim: int, index: Any, src: Any) -> Any:
    index = _index("scatter_add", index)
    return ops._scatter_add(input, dim, index, _part("scatter_add", src, index))


def _value(input: Any, index: Any, value: Any) -> Any:
    return input.new_full((), value).expand(index.shape)


def _samples(s: Any) -> list[Any]:
    return [call(s.tensor(4, 3), 0, s.values([[0, 1, 2], [3, 0, 1]]), s.tensor(2, 3)),
            call(s.tensor(3, 5), -1, s.values([[0, 3], [4, 1]]), s.tensor(3, 4)),
            call(s.tensor(), 0, s.ints(high=1), s.tensor()),
            call(s.tensor(3), 0, s.ints(0), s.tensor(0))]


def _errors(s: Any) -> list[Any]:
    return [(call(s.tensor(3), 0, s.values([3]), s.tensor(1)), "IndexOutOfRange", "index 3"),
            (call(s.tensor(3), 0, s.values([0, 1]), s.tensor(1)), "ShapeError", r"\(2,\)"),
            (call(s.tensor(3), 0, s.values([0]), s.ints(1)), "DTypeError", "int64"),
            (call(s.tensor(3), 0, s.tensor(1), s.tensor(1)), "DTypeError", "float")]


op("scatter(Tensor input, int dim, Tensor index, Tensor src) -> Tensor", body=_scatter,
   forms="function method inplace out", samples=_samples, errors=_errors,
   doc="""A copy with out[index[i][j]][j] = src[i][j] for dim 0, and so on for other dimensions.

index: int64, no larger than `src`, nor than `input` apart from `dim`. `src` may be a number. Where
indices are equal the last one wins. Raises IndexOutOfRange before anything is written.

>>> cytorch.zeros(3).scatter(0, cytorch.tensor([2, 0]), cytorch.tensor([5.0, 6.0]))
tensor([6., 0., 5.])
""")
op("scatter(Tensor input, int dim, Tensor index, Scalar value) -> Tensor",
   body=_scatter_value,
   forms="function method inplace out",
   samples=lambda s: [call(s.tensor(4, 3), 0, s.values([[0, 1, 2]]), 1.5)],
   doc="A copy with one number at the index.")


def _scatter_with(input: Any, dim: int, index: Any, src: Any, reduce: str) -> Any:
    if reduce not in ("add", "multiply"):
        raise argument_error(f"scatter(): reduce argument must be either add or multiply, got "
                             f"{reduce!r}")
    index = _index("scatter", index)
    src = _part("scatter", src, index) if hasattr(src, "dim") else _value(input, index, src)
    name = "_scatter_add" if reduce == "add" else "_scatter_prod"
    if str(input.dtype) == "torch.bool" and reduce == "multiply":
        return ops._scatter_prod(input.byte(), dim, index, src.byte()).bool()
    return getattr(ops, name)(input, dim, index, src)


op("scatter(Tensor input, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor",
   body=_scatter_with, forms="function method inplace out",
   samples=lambda s: [call(s.tensor(4, 3), 0, s.ints(2, 3, high=4), s.tensor(2, 3), reduce="add")],
   errors=lambda s: [(call(s.tensor(3), 0, s.values([0]), s.tensor(1), reduce="no"),
                      "ArgumentError", "'no'")],
   doc='''A copy with src added to (reduce="add") or multiplied with the elements at the index.''')
op("scatter(Tensor input, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor",
   body=lambda input, dim, index, value, reduce: _scatter_with(input, dim, index, value, reduce),
   forms="function method inplace out",
   samples=lambda s: [call(s.tensor(4, 3), 0, s.ints(2, 3, high=4), 2.0, reduce="multiply")],
   doc="A copy with a number added to or multiplied with the elements at the index.")
op("scatter_add(Tensor input, int dim, Tensor index, Tensor src) -> Tensor",
   body=_scatter_add,
   forms="function method inplace out", errors=_errors,
   samples=lambda s: [*_samples(s), call(s.tensor(3, 2), 0, s.ints(5, 2, high=3), s.tensor(5, 2))],
   doc="""A copy with src[i][j] added to out[index[i][j]][j] for dim 0, and so on.

The sum is made in the order of the index, whatever the number of threads.

>>> cytorch.zeros(3).scatter_add(0, cytorch.tensor([0, 0, 2]), cytorch.ones(3))
tensor([2., 0., 1.])
""")


def _identity(input: Any, reduce: str) -> Any:
    """What changes nothing when it is the first operand."""
    if reduce in ("sum", "mean"):
        return 0
    if reduce == "prod":
        return 1
    if input.dtype.is_complex:
        raise dtype_error(f"scatter_reduce(): {reduce} is not implemented for {input.dtype}")
    if input.dtype.is_floating_point:
        return float("-inf") if reduce == "amax" else float("inf")
    if str(input.dtype) == "torch.bool":
        return reduce == "amin"
    import cytorch

    limits = cytorch.iinfo(input.dtype)
    return limits.min if reduce == "amax" else limits.max


def _scatter_reduce(input: Any, dim: int, index: Any, src: Any, reduce: str,
                    include_self: bool) -> Any:
    if reduce not in _REDUCTIONS:
        raise argument_error(f"scatter_reduce(): reduce argument must be one of "
                             f"{', '.join(_REDUCTIONS)}, got {reduce!r}")
    index = _index("scatter_reduce", index)
    src = _part("scatter_reduce", src, index)
    if str(input.dtype) == "torch.bool" and reduce != "sum":
        as_bytes = _scatter_reduce(input.byte(), dim, index, src.byte(), reduce, include_self)
        return as_bytes.bool()
    base = input
    if not include_self:
        base = ops._scatter(input, dim, index, _value(input, index, _identity(input, reduce)))
    result = getattr(ops, _REDUCTIONS[reduce])(base, dim, index, src)
    if reduce != "mean":
        return result
    count = ops.ones_like(input)
    if not include_self:
        count = ops._scatter(count, dim, index, _value(input, index, 0))
    count = ops._scatter_add(count, dim, index, ops.ones_like(src))
    count = ops._where(count == 0, 1, count)
    if not is_integral(input.dtype):
        return result / count
    return ops.div(result, count, rounding_mode="floor")


op("scatter_reduce(Tensor input, int dim, Tensor index, Tensor src, str reduce, *, "
   "bool include_self=True) -> Tensor", body=_scatter_reduce,
   forms="function method inplace out",
   samples=lambda s: [call(s.tensor(3, 2, low=0.5), 0, s.ints(5, 2, high=3), s.tensor(
       5, 2, low=0.5), reduce, include_self=own)
       for reduce in _REDUCTIONS for own in (True, False)],
   errors=lambda s: [(call(s.tensor(3), 0, s.values([3]), s.tensor(1), "sum"), "IndexOutOfRange",
                      "index 3"),
                     (call(s.tensor(3), 0, s.values([0]), s.tensor(1), "no"), "ArgumentError",
                      "'no'")],
   doc="""A copy whose elements at the index are reduced with those of src.

reduce: "sum", "prod", "mean", "amax" or "amin". include_self: whether the old element counts.

>>> x, index = cytorch.tensor([1.0, 2.0]), cytorch.tensor([0, 0])
>>> x.scatter_reduce(0, index, cytorch.tensor([5.0, 3.0]), "amax")
tensor([5., 2.])
""")


def _index_reduce(input: Any, dim: int, index: Any, source: Any, reduce: str,
                  include_self: bool) -> Any:
    long_index(index, "index_reduce", ("int32", "int64"))
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise argument_error("index_reduce(): reduce argument must be either prod, mean, amax or "
                             f"amin, got {reduce!r}")
    shape = [1] * source.dim()
    if source.dim():
        shape[dim] = index.numel()
    if source.dim() and index.numel() != source.shape[dim]:
        raise shape_error(f"index_reduce(): number of indices ({index.numel()}) should be equal to "
                          f"source.size(dim) ({source.shape[dim]})")
    wide = index.long().reshape(shape).expand(source.shape)
    return _scatter_reduce(input, dim, wide, source, reduce, include_self)


op("index_reduce(Tensor input, int dim, Tensor index, Tensor source, str reduce, *, "
   "bool include_self=True) -> Tensor", body=_index_reduce, forms="function method inplace out",
   samples=lambda s: [call(s.tensor(3, 2, low=0.5), 0, s.ints(4, high=3), s.tensor(4, 2, low=0.5),
                           reduce, include_self=own)
                      for reduce in ("prod", "mean", "amax", "amin") for own in (True, False)],
   errors=lambda s: [(call(s.tensor(3), 0, s.values([0]), s.tensor(1), "sum"), "ArgumentError",
                      "'sum'")],
   doc="""A copy whose rows at the index are reduced with the rows of `source`.

>>> x, index = cytorch.tensor([1.0, 2.0]), cytorch.tensor([0, 0])
>>> x.index_reduce(0, index, cytorch.tensor([5.0, 3.0]), "prod")
tensor([15.,  2.])
""")
