"""`Variable` with the spelling of 2018: every tensor is one."""
from __future__ import annotations

import warnings
from typing import Any

import cytorch


class _VariableMeta(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cytorch.Tensor)


class Variable(metaclass=_VariableMeta):
    """`Variable(tensor)` is a tensor over the same memory; kept for programs before PyTorch 0.4.

    data: a tensor. requires_grad: whether gradients are recorded for it. volatile: no effect,
    as in PyTorch; use `no_grad`.

    >>> x = cytorch.autograd.Variable(cytorch.ones(2), requires_grad=True)
    >>> isinstance(x, cytorch.Tensor), x.requires_grad
    (True, True)
    """

    def __new__(cls, data: Any = None, requires_grad: bool = False,  # type: ignore[misc]
                volatile: bool | None = None) -> Any:
        if volatile is not None:
            warnings.warn("volatile was removed and now has no effect. "
                          "Use `with cytorch.no_grad():` instead.", stacklevel=2)
        if data is None:
            data = cytorch.empty(0)
        if not isinstance(data, cytorch.Tensor):
            raise cytorch.errors.DTypeError(
                f"Variable: data must be a Tensor, got {type(data).__name__}")
        return data.detach().requires_grad_(requires_grad)
