"""Masks: nonzero, argwhere, masked_fill, masked_select, masked_scatter."""
from __future__ import annotations

from typing import Any

from .spec import ANY, argument_error, call, dtype_error, op, ops, shape_error, structured


def _mask(mask: Any, name: str) -> Any:
    if str(mask.dtype) != "torch.bool":
        raise dtype_error(f"{name}: expected a boolean mask, got {mask.dtype}")
    return mask


def _count(mask: Any) -> int:
    return int(ops.count_nonzero(mask).item())


op("_nonzero(Tensor input, int count) -> Tensor", kernel=structured(("bool",), "nonzero"),
   shape=lambda input, count: ((count, input.dim()), "int64"), nondiff=("out",),
   samples=lambda s: [call(s.values([True, False, True]), 2)],
   doc="Coordinates of the `count` true elements of a mask.")


def _nonzero(input: Any, as_tuple: bool) -> Any:
    mask = input if str(input.dtype) == "torch.bool" else input != 0
    if as_tuple and mask.dim() == 0:
        mask = mask.reshape(1)
    found = ops._nonzero(mask, _count(mask))
    return tuple(found.unbind(1)) if as_tuple else found


op("nonzero(Tensor input, *, bool as_tuple=False) -> Tensor", body=_nonzero,
   forms="function method out", extra={"data_dependent": True},
   samples=lambda s: [call(s.bools(3, 4)), call(s.tensor(5)), call(s.bools(0, 2)),
                      call(s.tensor()), call(s.bools(2, 3), as_tuple=True)],
   doc="""Indices of the elements that are not zero: one row each, (count, ndim) int64.

as_tuple: one index tensor for each dimension instead, fit to index with.

>>> cytorch.tensor([0, 3, 5]).nonzero()
tensor([[1],
        [2]])
""")
op("argwhere(Tensor input) -> Tensor", body=lambda input: _nonzero(input, False),
   forms="function method", extra={"data_dependent": True}, ref="numpy.argwhere",
   samples=lambda s: [call(s.bools(3, 4)), call(s.tensor(5))],
   doc="""Indices of the elements that are not zero, one row each.

>>> cytorch.argwhere(cytorch.tensor([0, 3]))
tensor([[1]])
""")


def _masked_fill(input: Any, mask: Any, value: Any) -> Any:
    _mask(mask, "masked_fill")
    if hasattr(value, "dim"):
        if value.dim():
            raise shape_error("masked_fill only supports a 0-dimensional value tensor, but got "
                              f"tensor of shape {tuple(value.shape)}")
        if value.dtype.is_complex and not input.dtype.is_complex:
            raise argument_error(f"masked_fill: value cannot be converted to type {input.dtype} "
                                 f"without overflow, it is {value.dtype}")
        value = value.to(input.dtype)
    elif isinstance(value, complex) and not input.dtype.is_complex:
        raise argument_error(f"masked_fill: value {value} cannot be converted to {input.dtype} "
                             "without overflow")
    elif not (input.dtype.is_floating_point or input.dtype.is_complex):
        if isinstance(value, float) and value != int(value):
            raise argument_error(f"masked_fill: value {value} cannot be converted to "
                                 f"{input.dtype} without overflow")
        value = bool(value) if str(input.dtype) == "torch.bool" else int(value)
    return ops._where(mask, value, input)


op("masked_fill(Tensor input, Tensor mask, Tensor value) -> Tensor", body=_masked_fill,
   forms="function method inplace",
   samples=lambda s: [call(s.tensor(3, 4), s.bools(3, 4), s.tensor())],
   errors=lambda s: [(call(s.tensor(2), s.bools(2), s.tensor(2)), "ShapeError", "0-dimensional")],
   doc="A copy with the value of a 0-dim tensor where the mask is true.")
op("masked_fill(Tensor input, Tensor mask, Scalar value) -> Tensor", body=_masked_fill,
   forms="function method inplace",
   samples=lambda s: [call(s.tensor(3, 4), s.bools(3, 4), 1.0),
                      call(s.tensor(3, 4), s.bools(4), -2), call(s.tensor(), s.bools(), 3),
                      call(s.tensor(3, 1), s.bools(3, 4), 0)],
   errors=lambda s: [(call(s.tensor(2), s.ints(2), 1.0), "DTypeError", "int64")],
   doc="""A copy with `value` where the mask is true; the mask broadcasts.

>>> cytorch.zeros(2).masked_fill(cytorch.tensor([True, False]), 5)
tensor([5., 0.])
""")

op("_masked_select(Tensor input, Tensor mask, int count) -> Tensor",
   kernel=structured(ANY, "masked_select"),
   shape=lambda input, count: ((count,), input.dtype),
   grad={"input": lambda g, input_shape, mask: ops._masked_scatter(
       g.new_zeros(input_shape), mask, g)},
   samples=lambda s: [call(s.tensor(3), s.values([True, False, True]), 2)],
   doc="The elements at the `count` trues of a mask of the same shape.")
op("_masked_scatter(Tensor input, Tensor mask, Tensor source) -> Tensor",
   kernel=structured(ANY, "masked_scatter"), shape=lambda input: input,
   grad={"input": lambda g, mask: ops._where(mask, 0, g),
         "source": lambda g, mask, source_shape: ops._masked_select(g, mask, source_shape[0])},
   samples=lambda s: [call(s.tensor(3), s.values([True, False, True]), s.tensor(2))],
   doc="The elements of `source`, one after the other, at the trues of a mask.")


def _masked_select(input: Any, mask: Any) -> Any:
    _mask(mask, "masked_select")
    if input.shape != mask.shape:
        input, mask = ops.broadcast_tensors([input, mask])
    return ops._masked_select(input, mask, _count(mask))


op("masked_select(Tensor input, Tensor mask) -> Tensor", body=_masked_select,
   forms="function method out", extra={"data_dependent": True},
   samples=lambda s: [call(s.tensor(3, 4), s.bools(3, 4)), call(s.tensor(3, 4), s.bools(4)),
                      call(s.tensor(2), s.bools(3, 1)), call(s.tensor(), s.bools())],
   ref=lambda input, mask: __import__("numpy").broadcast_arrays(input, mask)[0][
       __import__("numpy").broadcast_arrays(input, mask)[1]],
   errors=lambda s: [(call(s.tensor(2), s.ints(2)), "DTypeError", "int64")],
   doc="""The elements where the mask is true, in one row; both broadcast.

>>> cytorch.tensor([1, 2, 3]).masked_select(cytorch.tensor([True, False, True]))
tensor([1, 3])
""")


def _masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    _mask(mask, "masked_scatter")
    if input.dtype != source.dtype:
        raise dtype_error(f"masked_scatter: expected input and source to have the same dtype, got "
                          f"{input.dtype} and {source.dtype}")
    if input.shape != mask.shape:
        input, mask = ops.broadcast_tensors([input, mask])
    count = _count(mask)
    if count > source.numel():
        raise shape_error(f"masked_scatter: expected the number of elements of source "
                          f"({source.numel()}) to be at least the number of ones in the mask "
                          f"({count})")
    return ops._masked_scatter(input, mask, source.reshape(-1).narrow(0, 0, count))


op("masked_scatter(Tensor input, Tensor mask, Tensor source) -> Tensor", body=_masked_scatter,
   forms="function method inplace", extra={"data_dependent": True},
   samples=lambda s: [call(s.tensor(3, 4), s.bools(3, 4), s.tensor(12)),
                      call(s.tensor(3, 4), s.bools(4), s.tensor(4, 4))],
   errors=lambda s: [(call(s.tensor(2), s.values([True, True]), s.tensor(1)), "ShapeError",
                      "at least")],
   doc="""A copy with the elements of `source`, in order, where the mask is true.

>>> mask = cytorch.tensor([True, False, True])
>>> cytorch.zeros(3).masked_scatter(mask, cytorch.tensor([1.0, 2.0]))
tensor([1., 0., 2.])
""")
