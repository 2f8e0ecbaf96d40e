"""where: choosing between two tensors."""
from __future__ import annotations

from typing import Any

from .derivatives import masked
from .spec import ALL_AND_COMPLEX, call, dtype_error, elementwise, op, ops


def _checked(condition: Any) -> Any:
    if not str(condition.dtype).endswith("bool"):
        raise dtype_error("where expected condition to be a boolean tensor, but got a tensor with "
                          f"dtype {condition.dtype}")
    return condition


def _samples(s: Any) -> list[Any]:
    return [call(s.bools(3, 4), s.tensor(3, 4), s.tensor(3, 4)),
            call(s.bools(2, 1, 4), s.tensor(3, 1), s.tensor(4)), call(s.bools(3), s.tensor(3), 1.5),
            call(s.bools(3), 0, s.tensor(3)), call(s.bools(), s.tensor(), s.tensor()),
            call(s.bools(0, 3), s.tensor(3), s.tensor())]


op("_where(Tensor condition, Tensor|Scalar input, Tensor|Scalar other) -> Tensor",
   kernel=elementwise(ALL_AND_COMPLEX, "where"),
   grad={"input": lambda g, condition: masked(condition, g),
         "other": lambda g, condition: masked(~condition, g)},
   forms="function", samples=_samples, ref="numpy.where", torch="where",
   doc="`input` where `condition` is not 0, else `other`.")
op("where(Tensor condition, Tensor|Scalar input, Tensor|Scalar other) -> Tensor",
   body=lambda condition, input, other: ops._where(_checked(condition), input, other),
   forms="function out", samples=_samples, ref="numpy.where",
   errors=lambda s: [(call(s.tensor(2), s.tensor(2), 1.0), "DTypeError", "float32")],
   doc="""`input` where `condition` holds, else `other`; all three broadcast.

>>> x = cytorch.tensor([-1.0, 2.0])
>>> cytorch.where(x > 0, x, 0)
tensor([0., 2.])
""")
op("where(Tensor condition) -> Tensor[]",
   body=lambda condition: ops.nonzero(condition, as_tuple=True), forms="function",
   samples=lambda s: [call(s.bools(3, 4))], ref="numpy.where",
   extra={"data_dependent": True},
   doc="The indices where `condition` is true, one tensor for each dimension.")
