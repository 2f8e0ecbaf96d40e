"""torch.masked: reductions and normalizations over the elements where a mask is true."""
from __future__ import annotations

from typing import Any

from cytorch.errors import ArgumentError
from cytorch.ops.masked_functions import _axes, _spread
from cytorch.ops.spec import ops

_functions = dict(vars(ops.masked))
globals().update(_functions)

__all__ = ["MaskedTensor", "as_masked_tensor", "is_masked_tensor", "masked_tensor"]
__all__ += list(_functions)
_LANES = {"softmax", "log_softmax", "softmin", "normalize", "cumsum", "cumprod"}


def _output_mask(op: Any, input: Any, *args: Any, mask: Any = None, keepdim: Any = False,
                 dim: Any = None, **options: Any) -> Any:
    """Where the result of `op` depends on some visible element of the input."""
    import cytorch

    seen = cytorch.ones_like(input, dtype=bool) if mask is None else _spread(
        op.__name__, input, mask)
    if op.__name__ in _LANES:
        return seen
    if op.__name__ == "norm" and args:
        args = args[1:]
    dim = args[0] if args else dim
    if dim is None and op.__name__ == "median":
        dim = -1
    axes = _axes(input, (dim,) if isinstance(dim, int) else dim)
    return seen.any(axes, bool(keepdim)) if axes else seen


class MaskedTensor:
    """Not provided: pass `mask=` to the functions of `masked`, with the data as a plain tensor."""

    def __init__(self, data: Any, mask: Any, requires_grad: bool = False) -> None:
        raise ArgumentError("MaskedTensor is not provided: call masked.sum(data, mask=mask) and "
                            "the like, or cytorch.where(mask, data, value)")


def masked_tensor(data: Any, mask: Any, requires_grad: bool = False) -> Any:
    """Not provided, see `MaskedTensor`. Raises ArgumentError."""
    return MaskedTensor(data, mask, requires_grad)


as_masked_tensor = masked_tensor


def is_masked_tensor(obj: Any) -> bool:
    """Whether `obj` is a MaskedTensor: never.

    >>> is_masked_tensor([1.0])
    False
    """
    return isinstance(obj, MaskedTensor)
