"""Parameters that are computed: a property of the module, from one or more original tensors."""
from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from typing import Any, ClassVar

import cytorch
from cytorch import Tensor
from cytorch.nn.containers import ModuleDict, ModuleList
from cytorch.nn.module import Module
from cytorch.nn.parameter import Parameter

__all__ = ["ParametrizationList", "cached", "is_parametrized", "register_parametrization",
           "remove_parametrizations", "transfer_parametrizations_and_params",
           "type_before_parametrizations"]


class _Cache:
    """What `cached` blocks have computed so far; `depth` of them are open."""

    depth = 0
    values: ClassVar[dict[tuple[int, str], Tensor]] = {}


@contextlib.contextmanager
def cached() -> Iterator[None]:
    """Inside of the block each parametrized tensor is computed once."""
    _Cache.depth += 1
    try:
        yield
    finally:
        _Cache.depth -= 1
        if not _Cache.depth:
            _Cache.values.clear()


def _keep(module: Module, name: str, tensor: Any) -> None:
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, and `original` (or `original0`, ...), what they take.

    A parametrization is a module whose forward computes the tensor. Where it has `right_inverse`,
    that gives the original tensor, or tensors, from a wanted value.
    """

    def __init__(self, modules: Any, original: Tensor, unsafe: bool = False) -> None:
        modules = list(modules)
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        wanted, shape = original, tuple(original.shape)
        with cytorch.no_grad():
            inverted = self._inverted(original)
        self.is_tensor = isinstance(inverted, Tensor)
        self.ntensors = 1 if self.is_tensor else len(inverted)
        if self.is_tensor:
            self._keep_original(wanted, inverted)
        else:
            for i, tensor in enumerate(inverted):
                if not isinstance(tensor, Tensor):
                    raise ValueError("'right_inverse' must return a Tensor or a Sequence of "
                                     f"tensors, element {i} is {type(tensor).__name__}")
                if isinstance(wanted, Parameter):
                    tensor = Parameter(tensor, wanted.requires_grad and
                                       tensor.is_floating_point())
                _keep(self, f"original{i}", tensor)
        if not unsafe:
            self._check(wanted, shape)

    def _keep_original(self, wanted: Tensor, inverted: Tensor) -> None:
        if inverted.dtype != wanted.dtype:
            raise ValueError("When `right_inverse` outputs one tensor, it may not change the "
                             f"dtype: {wanted.dtype} became {inverted.dtype}")
        # The same object stays, so that optimizers that hold it keep working.
        if inverted is not wanted:
            wanted.data = inverted.detach()
        _keep(self, "original", wanted)

    def _check(self, wanted: Tensor, shape: tuple[int, ...]) -> None:
        result = self()
        if not isinstance(result, Tensor):
            raise ValueError("A parametrization must return a tensor. Got "
                             f"{type(result).__name__}.")
        if result.dtype != wanted.dtype:
            raise ValueError("Registering a parametrization may not change the dtype of the "
                             f"tensor, unless the `unsafe` flag is enabled: {wanted.dtype} became "
                             f"{result.dtype}")
        if tuple(result.shape) != shape:
            raise ValueError("Registering a parametrization may not change the shape of the "
                             f"tensor, unless the `unsafe` flag is enabled: {shape} became "
                             f"{tuple(result.shape)}")

    def _inverted(self, value: Any) -> Any:
        for module in reversed(list(self)):
            if hasattr(module, "right_inverse"):
                try:
                    value = module.right_inverse(value)
                except NotImplementedError:
                    continue
        if not isinstance(value, Tensor) and not isinstance(value, (list, tuple)):
            raise ValueError("'right_inverse' must return a Tensor or a Sequence of tensors. Got "
                             f"{type(value).__name__}")
        return value

    def right_inverse(self, value: Tensor) -> None:
        """Set the original tensors so that the parametrized one becomes `value`."""
        with cytorch.no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not "
                                       "implement right_inverse.")
                value = module.right_inverse(value)
            values = [value] if self.is_tensor else list(value)
            names = ["original"] if self.is_tensor else [f"original{i}"
                                                         for i in range(self.ntensors)]
            for name, new in zip(names, values, strict=True):
                old = getattr(self, name)
                if not isinstance(new, Tensor) or new.dtype != old.dtype:
                    raise ValueError(f"The tensor returned by `right_inverse` for {name} must be "
                                     f"of dtype {old.dtype}, got {getattr(new, 'dtype', new)}")
                old.data = new.detach().clone()

    def forward(self) -> Tensor:
        """The parametrized tensor."""
        if self.is_tensor:
            value = self[0](self.original)
        else:
            value = self[0](*(getattr(self, f"original{i}") for i in range(self.ntensors)))
        for module in list(self)[1:]:
            value = module(value)
        return value


def _with_own_class(module: Module) -> None:
    """Give the module a class of its own, which can have properties."""
    kind = type(module)

    def deepcopy(self: Any, memo: dict[int, Any]) -> Any:
        if id(self) in memo:
            return memo[id(self)]
        replica = self.__new__(self.__class__)
        memo[id(self)] = replica
        replica.__setstate__(copy.deepcopy(self.__dict__, memo))
        return replica

    def getstate(self: Any) -> Any:
        raise RuntimeError("Serialization of parametrized modules is only supported through "
                           "state_dict(). See: saving & loading a model for inference.")

    members: dict[str, Any] = {"__getstate__": getstate, "_parametrized_from": kind}
    if not hasattr(kind, "__deepcopy__"):
        members["__deepcopy__"] = deepcopy
    module.__class__ = type(f"Parametrized{kind.__name__}", (kind,), members)


def _add_property(module: Module, name: str) -> None:
    def compute(self: Any) -> Any:
        if not _Cache.depth:
            return self.parametrizations[name]()
        key = (id(self), name)
        if key not in _Cache.values:
            _Cache.values[key] = self.parametrizations[name]()
        return _Cache.values[key]

    def assign(self: Any, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(compute, assign))


def register_parametrization(module: Module, tensor_name: str, parametrization: Module, *,
                             unsafe: bool = False) -> Module:
    """Let `module.<tensor_name>` be what the parametrization computes; returns the module.

    The tensor goes to `module.parametrizations.<tensor_name>.original`. A second registration is
    applied after the first. `unsafe`: the shape and dtype may change.

    >>> class Symmetric(cytorch.nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).transpose(-1, -2)
    >>> layer = register_parametrization(cytorch.nn.Linear(2, 2), "weight", Symmetric())
    >>> bool((layer.weight == layer.weight.T).all())
    True
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        parts: Any = module.parametrizations[tensor_name]  # type: ignore[index]
        current = parts()
        if not unsafe:
            result = parametrization(current)
            if not isinstance(result, Tensor) or (result.dtype, result.shape) != (current.dtype,
                                                                                  current.shape):
                raise ValueError("Registering a parametrization may not change the type, dtype or "
                                 "shape of the tensor, unless the `unsafe` flag is enabled")
        parts.append(parametrization)
        parts.unsafe |= unsafe
        if hasattr(parametrization, "right_inverse"):
            parts.right_inverse(current)
        return module
    if tensor_name not in module._buffers and tensor_name not in module._parameters:
        raise ValueError(f"Module '{module}' does not have a parameter, a buffer, or a "
                         f"parametrized element with name '{tensor_name}'")
    original = getattr(module, tensor_name)
    held = ParametrizationList([parametrization], original, unsafe)
    delattr(module, tensor_name)
    if not is_parametrized(module):
        _with_own_class(module)
        module.parametrizations = ModuleDict()
    _add_property(module, tensor_name)
    module.parametrizations[tensor_name] = held  # type: ignore[operator,index]
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether the module, or this tensor of it, is parametrized."""
    held = getattr(module, "parametrizations", None)
    if not isinstance(held, ModuleDict):
        return False
    return len(held) > 0 if tensor_name is None else tensor_name in held


def remove_parametrizations(module: Module, tensor_name: str,
                            leave_parametrized: bool = True) -> Module:
    """Make the tensor an ordinary one again: with its computed value, or the original one."""
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    held: Any = module.parametrizations[tensor_name]  # type: ignore[index]
    if leave_parametrized:
        with cytorch.no_grad():
            value = getattr(module, tensor_name).detach().clone()
        first = held.original if held.is_tensor else held.original0
        if held.is_tensor:
            original = held.original
            original.data = value
        else:
            original = Parameter(value, first.requires_grad) if isinstance(
                first, Parameter) else value
    elif held.is_tensor:
        original = held.original
    else:
        raise ValueError("Cannot leave unparametrized (`leave_parametrized=False`) a tensor that "
                         "is parametrized in terms of a sequence of tensors.")
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]  # type: ignore[attr-defined]
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module)._parametrized_from  # type: ignore[attr-defined]
    _keep(module, tensor_name, original)
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class that the module had before it was parametrized."""
    return type(module)._parametrized_from if is_parametrized(  # type: ignore[attr-defined]
        module) else type(module)


def transfer_parametrizations_and_params(from_module: Module, to_module: Module,
                                         tensor_name: str | None = None) -> Module:
    """Give another module the same parametrizations and original tensors; returns it."""
    if not is_parametrized(from_module):
        return to_module
    held: Any = from_module.parametrizations
    for name in [tensor_name] if tensor_name is not None else list(held):
        parts = held[name]
        if name not in to_module._parameters and name not in to_module._buffers and (
                not is_parametrized(to_module, name)):
            setattr(to_module, name, Parameter(getattr(from_module, name).detach().clone()))
        for parametrization in parts:
            register_parametrization(to_module, name, parametrization, unsafe=parts.unsafe)
        target: Any = to_module.parametrizations[name]  # type: ignore[index]
        for key, value in parts._parameters.items():
            setattr(target, key, value)
    return to_module
