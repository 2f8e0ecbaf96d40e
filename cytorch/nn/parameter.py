"""Tensors that a module registers when they are assigned: parameters and buffers."""
from __future__ import annotations

from collections import OrderedDict
from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.ops.install import set_parameter_type
from cytorch.overrides import _disabled_torch_function_impl


class Parameter(Tensor):
    """A tensor that is a parameter of the module it is assigned to.

    Results of ops on parameters are plain tensors.

    Parameters
    ----------
    data : the values; memory is shared with it. An empty tensor when left out.
    requires_grad : whether gradients are computed for it

    >>> Parameter(cytorch.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    __torch_function__ = _disabled_torch_function_impl

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        if data is None:
            data = cytorch.empty(0)
        if not isinstance(data, Tensor):
            raise TypeError(f"Parameter: data must be a Tensor, got {type(data).__name__}")
        make: Any = Tensor
        return make._make_subclass(cls, data, requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        if id(self) in memo:
            return memo[id(self)]
        result = type(self)(self.data.clone(), self.requires_grad)
        memo[id(self)] = result
        if self.__dict__:
            from copy import deepcopy

            result.__dict__.update(deepcopy(self.__dict__, memo))
        return result

    def __repr__(self, *, tensor_contents: str | None = None) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _rebuild_parameter, (type(self), self.data, self.requires_grad, OrderedDict())


def _rebuild_parameter(cls: type[Parameter], data: Tensor, requires_grad: bool,
                       hooks: Any) -> Parameter:
    return cls(data, requires_grad)


class _BufferMeta(type):
    """`isinstance(t, Buffer)` is true for every tensor that was made by `Buffer(...)`."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and getattr(instance, "_is_buffer", False)


class Buffer(metaclass=_BufferMeta):
    """`Buffer(data, persistent=True)`: a tensor that a module registers as a buffer.

    A buffer is saved in the state_dict (when persistent) but is no parameter.
    """

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Any:
        if data is None:
            data = cytorch.empty(0)
        tensor: Any = data.detach().requires_grad_(data.requires_grad)
        tensor.persistent = persistent
        tensor._is_buffer = True
        return tensor


set_parameter_type(Parameter)
