"""Parameters and buffers whose shape is not known yet."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.overrides import _disabled_torch_function_impl

from .parameter import Parameter

_ALLOWED = frozenset({
    "size", "copy_", "is_complex", "is_floating_point", "half", "float", "double", "char",
    "short", "int", "long", "cuda", "cpu", "to", "get_device", "bfloat16", "requires_grad_"})


class _Uninitialized:
    """What both kinds share: moving between dtypes and devices works, everything else is an error
    until `materialize`."""

    cls_to_become: Any
    data: Any
    requires_grad: bool

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Become a parameter, or buffer, of this shape; its values are uninitialised."""
        self.data = cytorch.empty(shape, device=device or self.data.device,
                                  dtype=dtype or self.data.dtype)
        self.__class__ = self.cls_to_become

    @property
    def shape(self) -> Any:
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually "
            "happens in `load_state_dict` when trying to load an uninitialized parameter into an "
            "initialized one. Call `forward` to initialize the parameters before accessing their "
            "attributes.")

    def share_memory_(self) -> Any:
        raise RuntimeError("Can't share memory on an uninitialized parameter or buffer. Call "
                           "`forward` to initialize the parameters before calling "
                           "`module.share_memory()`.")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return type(self), (self.requires_grad,)

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        if name in _ALLOWED or name == "__get__" or type(func).__name__ == "method-wrapper":
            return _disabled_torch_function_impl(func, types, args, kwargs or {})
        raise ValueError(
            f"Attempted to use an uninitialized parameter in {func}. This error happens when you "
            "are using a `LazyModule` or explicitly manipulating "
            f"`torch.nn.parameter.{cls.__name__}` objects. When using LazyModules Call `forward` "
            "with a dummy batch to initialize the parameters before calling torch functions")


class UninitializedParameter(_Uninitialized, Parameter):  # type: ignore[misc,override]
    """A parameter without shape or data, until `materialize(shape)` makes it an ordinary one.

    >>> weight = UninitializedParameter()
    >>> weight.materialize((2, 3))
    >>> type(weight).__name__, weight.shape
    ('Parameter', torch.Size([2, 3]))
    """

    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None,
                dtype: Any = None) -> UninitializedParameter:
        make: Any = Tensor
        return make._make_subclass(cls, cytorch.empty(0, device=device, dtype=dtype),
                                   requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> UninitializedParameter:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.requires_grad, self.data.device, self.data.dtype)
        return memo[id(self)]


class _MaterializedBuffer(Tensor):
    """A buffer that once was uninitialised: results of ops on it are plain tensors."""

    __torch_function__ = _disabled_torch_function_impl


class UninitializedBuffer(_Uninitialized, Tensor):  # type: ignore[misc,override]
    """A buffer without shape or data, until `materialize(shape)`."""

    cls_to_become = _MaterializedBuffer

    def __new__(cls, requires_grad: bool = False, device: Any = None, dtype: Any = None,
                persistent: bool = True) -> UninitializedBuffer:
        make: Any = Tensor
        buffer = make._make_subclass(cls, cytorch.empty(0, device=device, dtype=dtype),
                                     requires_grad)
        buffer.persistent = persistent
        buffer._is_buffer = True
        return buffer

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = super().__torch_function__(func, types, args, kwargs)
        # Moved to another dtype or device it is as uninitialised as before.
        if type(result) is Tensor:
            return cls(device=result.device, dtype=result.dtype)
        return result

    def __deepcopy__(self, memo: dict[int, Any]) -> UninitializedBuffer:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.requires_grad, self.data.device, self.data.dtype)
        return memo[id(self)]


def is_lazy(param: Any) -> bool:
    """Whether it is a parameter or buffer without a shape."""
    return isinstance(param, _Uninitialized)
