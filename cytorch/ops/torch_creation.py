"""Older ways to make tensors: `scalar_tensor`, `range`, `fill`; `nonzero` of a fixed size."""
from __future__ import annotations

from typing import Any

from .creation import OPTIONS, finished
from .dtypes import default_dtype
from .index_primitives import wrapped
from .sequences import made_by
from .spec import argument_error, call, op, ops

op("scalar_tensor(Scalar s, *, DType? dtype=None, any layout=None, Device? device=None, "
   "bool? pin_memory=None, bool requires_grad=False) -> Tensor", forms="function",
   body=lambda s, dtype, layout, device, pin_memory, requires_grad: finished(
       ops._full((), s, default_dtype() if dtype is None else dtype, device), requires_grad),
   samples=lambda s: [call(2), call(1.5, dtype="int64")],
   doc="""A 0-dim tensor of the default dtype, whatever the kind of the number.

>>> cytorch.scalar_tensor(2)
tensor(2.)
""")


def _range(start: Any, end: Any, step: Any, dtype: Any, layout: Any, device: Any,
           requires_grad: bool, pin_memory: bool) -> Any:
    if step == 0:
        raise argument_error("range: step must be nonzero")
    if (end - start) * step < 0:
        raise argument_error("range: upper bound and lower bound inconsistent with step sign: "
                             f"start={start}, end={end}, step={step}")
    count = int((end - start) / step) + 1
    return made_by(lambda out: ops._arange_(out, int(start), int(step), start, step), (count,),
                   dtype, device, requires_grad)


op(f"range(Scalar start, Scalar end, Scalar step=1, {OPTIONS}) -> Tensor", body=_range,
   forms="function out", samples=lambda s: [call(1, 4), call(0.5, 2.0, 0.5), call(3, 1, -1)],
   errors=lambda s: [(call(0, 3, 0), "ArgumentError", "nonzero"),
                     (call(3, 0), "ArgumentError", "start=3, end=0")],
   doc="""The numbers from `start` to `end`, which is included; `arange` is the newer spelling.

>>> cytorch.range(1, 3)
tensor([1., 2., 3.])
""")
for _type, _samples in (("Tensor", lambda s: [call(s.tensor(2, 3), s.tensor())]),
                        ("Scalar", lambda s: [call(s.tensor(2, 3), 1.5), call(s.ints(2), 3)])):
    op(f"fill(Tensor input, {_type} value) -> Tensor", forms="function out", samples=_samples,
       body=lambda input, value: input.clone().fill_(value),
       doc="""A tensor like `input` with `value` everywhere.

>>> cytorch.fill(cytorch.zeros(2), 3)
tensor([3., 3.])
""")
op("constant_pad_nd(Tensor input, int[] pad, Scalar value=0) -> Tensor", forms="function",
   body=lambda input, pad, value: ops.nn.functional.pad(input, pad, "constant", value),
   samples=lambda s: [call(s.tensor(2, 3), (1, 2)), call(s.tensor(2, 3), (1, 0, 2, 1), 1.5)],
   errors=lambda s: [(call(s.tensor(3), (1,)), "ArgumentError", "divisible by 2")],
   doc="""`nn.functional.pad` with a constant: (before, after) of the last dimension first.

>>> cytorch.constant_pad_nd(cytorch.ones(1), (1, 2))
tensor([0., 1., 0., 0.])
""")


def _nonzero_static(input: Any, size: int, fill_value: int) -> Any:
    if size < 0:
        raise argument_error(f"nonzero_static: 'size' must be a non-negative integer, got {size}")
    result = ops._full((size, input.dim()), fill_value, int, input.device)
    if input.device.type != "meta":
        found = ops.nonzero(input)[:size]
        result[:found.shape[0]] = found
    return result


op("nonzero_static(Tensor input, *, int size, int fill_value=-1) -> Tensor",
   body=_nonzero_static, forms="function method out",
   samples=lambda s: [call(s.bools(3, 4), size=5), call(s.tensor(3), size=1),
                      call(s.bools(4), size=9, fill_value=-2)],
   errors=lambda s: [(call(s.bools(2), size=-1), "ArgumentError", "got -1")],
   doc="""`nonzero` in a fixed number of rows: cut off, or filled up with `fill_value`.

>>> cytorch.nonzero_static(cytorch.tensor([0, 3]), size=2)
tensor([[ 1],
        [-1]])
""")


def _spacings(input: Any, spacing: Any, dims: Any) -> list[Any]:
    """For each dimension a number, or the coordinates."""
    given = list(spacing) if isinstance(spacing, (list, tuple)) else [spacing] * len(dims)
    if len(given) != len(dims):
        raise argument_error(f"gradient: expected spacing to be unspecified, a scalar or a list of "
                             f"length {len(dims)}, got {len(given)} entries")
    for dim, value in zip(dims, given):
        if hasattr(value, "dim") and value.dim() and tuple(value.shape) != (input.shape[dim],):
            raise argument_error(f"gradient: expected {input.shape[dim]} coordinates for dimension "
                                 f"{dim}, got shape {tuple(value.shape)}")
    return given


def _slopes(input: Any, dim: int, spacing: Any, edge_order: int) -> Any:
    """Differences of second order inside, of `edge_order` at the ends."""
    size = input.shape[dim]
    if size < edge_order + 1:
        raise argument_error(f"gradient: expected each dimension size to be at least edge_order+1 "
                             f"= {edge_order + 1}, got {tuple(input.shape)}")
    shape = [1] * input.dim()
    shape[dim] = size - 1
    if hasattr(spacing, "dim") and spacing.dim():
        steps = ops.diff(spacing).reshape(shape).to(input.dtype)
    else:
        steps = input.new_full(shape, float(spacing))
    change = (input.narrow(dim, 1, size - 1) - input.narrow(dim, 0, size - 1)) / steps
    before, after = steps.narrow(dim, 0, size - 2), steps.narrow(dim, 1, size - 2)
    left, right = change.narrow(dim, 0, size - 2), change.narrow(dim, 1, size - 2)
    middle = (left * after + right * before) / (before + after)
    first, last = change.narrow(dim, 0, 1), change.narrow(dim, size - 2, 1)
    if edge_order == 2:
        h, k = steps.narrow(dim, 0, 1), steps.narrow(dim, 1, 1)
        first = first + (first - change.narrow(dim, 1, 1)) * h / (h + k)
        h, k = steps.narrow(dim, size - 2, 1), steps.narrow(dim, size - 3, 1)
        last = last + (last - change.narrow(dim, size - 3, 1)) * h / (h + k)
    return ops.cat([first, middle, last], dim)


def _gradient(input: Any, spacing: Any, dim: Any, edge_order: int) -> Any:
    if edge_order not in (1, 2):
        raise argument_error(f"gradient: edge_order must be 1 or 2, got {edge_order}")
    if not (input.dtype.is_floating_point or input.dtype.is_complex):
        input = input.to(default_dtype())
    dims = tuple(range(input.dim())) if dim is None else tuple(wrapped(
        "gradient", d, input.dim()) for d in ((dim,) if isinstance(dim, int) else dim))
    if len(set(dims)) != len(dims):
        raise argument_error(f"gradient: dim {dims} names a dimension twice")
    spacings = _spacings(input, 1.0 if spacing is None else spacing, dims)
    return tuple(_slopes(input, d, s, edge_order) for d, s in zip(dims, spacings))


op("gradient(Tensor input, *, any spacing=None, any dim=None, int edge_order=1) -> Tensor[]",
   body=_gradient, forms="function",
   samples=lambda s: [call(s.tensor(5)), call(s.tensor(4, 5), spacing=0.5),
                      call(s.tensor(4, 5), dim=1, edge_order=2),
                      call(s.tensor(3, 4), spacing=(s.values([0.0, 1.0, 3.0]), s.values(
                          [0.0, 0.5, 2.0, 3.0]))), call(s.tensor(3, 4), spacing=(2.0, 3.0))],
   errors=lambda s: [(call(s.tensor(1)), "ArgumentError", r"\(1,\)"),
                     (call(s.tensor(4), edge_order=3), "ArgumentError", "got 3")],
   doc="""The slope along each dimension, from differences of neighbours: a tuple.

spacing: the distance of neighbours, one for all dimensions or one each, or coordinates.
edge_order: the order of the differences at both ends, 1 or 2.

>>> cytorch.gradient(cytorch.tensor([1.0, 2.0, 4.0]))
(tensor([1.0000, 1.5000, 2.0000]),)
""")
