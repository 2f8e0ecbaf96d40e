"""The part of Module that walks over children, parameters and buffers, and moves them."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import cytorch
from cytorch import Tensor

if TYPE_CHECKING:
    from .module import Module
    from .parameter import Parameter

T = TypeVar("T", bound="Tree")


class Tree:
    """Walking, looking up by path, and moving between dtypes and devices."""

    _parameters: dict[str, Any]
    _buffers: dict[str, Any]
    _modules: dict[str, Any]

    # ------------------------------------------------------------------ walking
    def named_modules(self, memo: set[Any] | None = None, prefix: str = "",
                      remove_duplicate: bool = True) -> Iterator[tuple[str, Module]]:
        """This module and all below it with their paths, each once."""
        if memo is None:
            memo = set()
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self  # type: ignore[misc]
        for name, module in self._modules.items():
            if module is not None:
                path = f"{prefix}.{name}" if prefix else name
                yield from module.named_modules(memo, path, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all below it, each once."""
        for _, module in self.named_modules():
            yield module

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The direct children with their names, each once."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """The direct children, each once."""
        for _, module in self.named_children():
            yield module

    def _named_members(self, get_members: Callable[[Any], Any], prefix: str = "",
                       recurse: bool = True, remove_duplicate: bool = True) -> Iterator[Any]:
        seen = set()
        if recurse:
            modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
        else:
            modules = iter([(prefix, self)])  # type: ignore[list-item]
        for path, module in modules:
            for name, value in get_members(module):
                if value is None or value in seen:
                    continue
                if remove_duplicate:
                    seen.add(value)
                yield f"{path}.{name}" if path else name, value

    def named_parameters(self, prefix: str = "", recurse: bool = True,
                         remove_duplicate: bool = True) -> Iterator[tuple[str, Parameter]]:
        """All parameters with their paths; `recurse=False`: only this module's own."""
        return self._named_members(lambda m: m._parameters.items(), prefix, recurse,
                                   remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once: what an optimizer takes."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(self, prefix: str = "", recurse: bool = True,
                      remove_duplicate: bool = True) -> Iterator[tuple[str, Tensor]]:
        """All buffers with their paths; `recurse=False`: only this module's own."""
        return self._named_members(lambda m: m._buffers.items(), prefix, recurse,
                                   remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers, each once."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    # ------------------------------------------------------------------ by path
    def get_submodule(self, target: str) -> Module:
        """The module at a path such as "features.0.conv"; "" is this module."""
        module: Any = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Tree):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put a module at a path; `strict`: the path must exist already."""
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        parent_path, _, name = target.rpartition(".")
        parent = self.get_submodule(parent_path)
        if strict and not hasattr(parent, name):
            raise AttributeError(f"{parent._get_name()} has no attribute `{name}`")
        if hasattr(parent, name) and not isinstance(getattr(parent, name), Tree):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(parent, name, module)

    def _get_member(self, target: str, registry: str, kind: str) -> Any:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        if name not in getattr(module, registry):
            raise AttributeError(f"`{name}` is not {kind}")
        return getattr(module, name)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path such as "fc1.weight"."""
        return self._get_member(target, "_parameters", "an nn.Parameter")

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path such as "norm.running_mean"."""
        return self._get_member(target, "_buffers", "a buffer")

    # ------------------------------------------------------------------ moving
    def apply(self: T, fn: Callable[[Module], None]) -> T:
        """Call `fn` on every module below and at last on this one; returns self."""
        for module in self._children():
            module.apply(fn)
        fn(self)  # type: ignore[arg-type]
        return self

    def _children(self) -> list[Any]:
        return [module for module in self._modules.values() if module is not None]

    def _apply(self: T, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> T:
        """Replace the data of all parameters, their gradients and all buffers by `fn` of it.

        The parameters stay the same objects, so optimizers keep working.
        """
        if recurse:
            for module in self._children():
                module._apply(fn)
        with cytorch.no_grad():
            for name, parameter in list(self._parameters.items()):
                if parameter is not None:
                    self._parameters[name] = _replaced(parameter, fn)
            for name, buffer in self._buffers.items():
                if buffer is not None:
                    self._buffers[name] = fn(buffer)
        return self

    def to(self: T, *args: Any, **kwargs: Any) -> T:
        """Move to a device or floating dtype, in place: `to(device, dtype, non_blocking)`,
        `to(dtype)` or `to(tensor)`. Only floating-point members change their dtype."""
        device, dtype, non_blocking = _parse_to(*args, **kwargs)
        if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError("nn.Module.to only accepts floating point or complex dtypes, but got "
                            f"desired dtype={dtype}")

        def convert(t: Tensor) -> Tensor:
            wanted = dtype if t.is_floating_point() or t.is_complex() else None
            if device is None:
                return t if wanted is None else t.to(wanted)
            if wanted is None:
                return t.to(device, non_blocking=non_blocking)
            return t.to(device, wanted, non_blocking=non_blocking)

        return self._apply(convert)

    def to_empty(self: T, *, device: Any, recurse: bool = True) -> T:
        """Move to a device without copying: all values are uninitialised afterwards."""
        return self._apply(lambda t: cytorch.empty_like(t, device=device), recurse=recurse)

    def cuda(self: T, device: Any = None) -> T:
        """Move all parameters and buffers to the GPU."""
        return self._apply(lambda t: t.cuda(device))

    def cpu(self: T) -> T:
        """Move all parameters and buffers to the CPU."""
        return self._apply(lambda t: t.cpu())

    def type(self: T, dst_type: Any) -> T:
        """Cast all parameters and buffers, integers too."""
        return self._apply(lambda t: t.type(dst_type))

    def _cast_floating(self: T, dtype: Any) -> T:
        return self._apply(lambda t: t.to(dtype) if t.is_floating_point() else t)

    def float(self: T) -> T:
        """Cast floating-point parameters and buffers to float32."""
        return self._cast_floating(cytorch.float32)

    def double(self: T) -> T:
        """Cast floating-point parameters and buffers to float64."""
        return self._cast_floating(cytorch.float64)

    def half(self: T) -> T:
        """Cast floating-point parameters and buffers to float16."""
        return self._cast_floating(cytorch.float16)

    def bfloat16(self: T) -> T:
        """Cast floating-point parameters and buffers to bfloat16."""
        return self._cast_floating(cytorch.bfloat16)


def _replaced(parameter: Any, fn: Callable[[Tensor], Tensor]) -> Any:
    """The parameter with `fn` applied to its data; another object only to or from meta."""
    old, gradient = parameter.data, parameter.grad
    new = fn(old)
    if new is old:
        return parameter
    new_gradient = None if gradient is None else fn(gradient.data)
    if old.is_meta != new.is_meta:
        parameter = type(parameter)(new, parameter.requires_grad)
    else:
        # first, since a gradient of the old dtype does not fit the new data
        parameter.grad = None
        parameter.data = new
    if gradient is not None and new_gradient is not None:
        parameter.grad = new_gradient.requires_grad_(gradient.requires_grad)
    return parameter


def _parse_to(*args: Any, **kwargs: Any) -> tuple[Any, Any, bool]:
    device, dtype = kwargs.pop("device", None), kwargs.pop("dtype", None)
    non_blocking, other = kwargs.pop("non_blocking", False), kwargs.pop("tensor", None)
    kwargs.pop("memory_format", None)
    if kwargs:
        raise TypeError(f"to() got an unexpected keyword argument '{next(iter(kwargs))}'")
    for argument in args:
        if isinstance(argument, Tensor):
            other = argument
        elif isinstance(argument, cytorch.dtype):
            dtype = argument
        elif isinstance(argument, bool):
            non_blocking = argument
        elif argument is not None:
            device = argument
    if other is not None:
        device, dtype = other.device, other.dtype
    return None if device is None else cytorch.device(device), dtype, non_blocking
