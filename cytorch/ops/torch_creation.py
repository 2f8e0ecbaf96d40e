"""Older ways to make tensors: `scalar_tensor`, `range`, `fill`; `nonzero` of a fixed size."""
from __future__ import annotations

from typing import Any

from .creation import OPTIONS, finished
from .dtypes import default_dtype
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
