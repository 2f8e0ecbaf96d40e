"""norm_except_dim and _weight_norm: what the reparametrisation of weights computes."""
from __future__ import annotations

from typing import Any

from .spec import call, index_error, op, ops


def _norm_except_dim(v: Any, pow: int, dim: int) -> Any:
    if dim == -1:
        return v.norm(pow)
    if not -v.ndim <= dim < v.ndim:
        raise index_error(f"norm_except_dim: dim {dim} is out of range for {v.ndim} dimensions")
    others = [d for d in range(v.ndim) if d != dim % v.ndim]
    return v.norm(pow, others, True) if others else v.abs()


op("norm_except_dim(Tensor v, int pow=2, int dim=0) -> Tensor", body=_norm_except_dim,
   forms="function",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3, 4), 2, 1), call(s.tensor(3, 4), 2, -1),
                      call(s.tensor(2, 3, 4), 1, 1)],
   doc="""Norm over all dimensions but one, which keep size 1; over all of them if dim is -1.

>>> cytorch.norm_except_dim(cytorch.tensor([[3.0, 4.0]]))
tensor([[5.]])
""")
op("_weight_norm(Tensor v, Tensor g, int dim=0) -> Tensor",
   body=lambda v, g, dim: v * (g / ops.norm_except_dim(v, 2, dim)), forms="function",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(3, 1)), call(s.tensor(3, 4), s.tensor(), -1)],
   doc="g * v / |v|, the norm over all dimensions but `dim`.")
