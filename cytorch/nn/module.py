"""Module, the base class of all layers and models."""
from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, TypeVar

from cytorch import Tensor
from cytorch.errors import CytorchError

from . import module_hooks
from .module_hooks import Hooks
from .module_state import StateDict
from .module_tree import Tree
from .parameter import Buffer, Parameter
from .registry import Registry

M = TypeVar("M", bound="Module")

_REGISTRIES = ("_parameters", "_buffers", "_modules")


class Module(Tree, StateDict, Hooks):
    """Base class of layers and models: it holds parameters, buffers and other modules.

    Assign them as attributes in `__init__` (after `super().__init__()`) and write `forward`;
    calling the module runs its hooks and `forward`. An error that cytorch raises inside gets the
    path of the failing module added to its message.

    >>> class Scale(Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = Parameter(cytorch.ones(1))
    ...     def forward(self, x):
    ...         return x * self.factor
    >>> [name for name, _ in Scale().named_parameters()]
    ['factor']
    """

    training: bool
    dump_patches = False
    _version = 1
    _hooked = False

    def __init__(self) -> None:
        state = self.__dict__
        state["training"] = True
        for name in _REGISTRIES:
            state[name] = Registry(self)
        state["_non_persistent_buffers_set"] = set()
        self._init_hooks()

    def _forward_unimplemented(self, *args: Any) -> Any:
        """Compute the output; every subclass defines its own."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function')

    # A plain attribute: subclasses may give forward any signature they like.
    forward: Callable[..., Any] = _forward_unimplemented

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            if self._hooked or module_hooks.GLOBAL.active:
                return self._call_with_hooks(args, kwargs)
            return self.forward(*args, **kwargs)
        except CytorchError as error:
            self._add_path(error)
            raise

    def _add_path(self, error: CytorchError) -> None:
        """Each module that an error passes on its way out completes the path in the message."""
        message, innermost, child, path = getattr(error, "_where", None) or (
            str(error.args[0]) if error.args else "", self, None, "")
        if child is not None:
            name = next((n for n, m in self.named_modules() if m is child), type(child).__name__)
            path = f"{name}.{path}" if name and path else name or path
        error._where = message, innermost, self, path  # type: ignore[attr-defined]
        where = innermost._summary()
        if path:
            where = f"{type(self).__name__}.{path} ({where})"
        error.args = (f"{message}\n  in {where}", *error.args[1:])

    def _summary(self) -> str:
        return f"{self._get_name()}({self.extra_repr()})"

    # ------------------------------------------------------------------ registration
    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter, which then is an attribute of that name; None: declared but absent."""
        self._check_name("parameter", name, "_parameters")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"cannot assign '{type(param).__name__}' object to parameter "
                            f"'{name}' (nn.Parameter or None required)")
        if param is not None and param.grad_fn is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be "
                "created explicitly. To express one as a function of another Tensor, compute it "
                "in the forward() method.")
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is no parameter, such as a running mean.

        It moves with the module, and is part of the state_dict when `persistent`.
        """
        self._check_name("buffer", name, "_buffers")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' "
                            "(Tensor or None required)")
        self._buffers[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a child module, which then is an attribute of that name."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        self._check_name("module", name, "_modules")
        self._modules[name] = module

    def register_module(self, name: str, module: Module | None) -> None:
        """The same as `add_module`."""
        self.add_module(name, module)

    def _check_name(self, kind: str, name: str, registry: str) -> None:
        held = self.__dict__.get(registry)
        if held is None:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {type(name).__name__}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if name not in held and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")

    # ------------------------------------------------------------------ attributes
    def __getattr__(self, name: str) -> Any:
        # Reached only when the instance dict, which mirrors the registries, lacks the name.
        for registry in _REGISTRIES:
            held = self.__dict__.get(registry)
            if held is not None and name in held:
                return held[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        state = self.__dict__
        if isinstance(value, Parameter):
            self._make_room(name, "_parameters", "parameters")
            self.register_parameter(name, value)
        elif name in state.get("_parameters", ()):
            self._require(value is None, value, name, "parameter", "nn.Parameter")
            self._parameters[name] = None
        elif isinstance(value, Module):
            self._make_room(name, "_modules", "module")
            self._modules[name] = value
        elif name in state.get("_modules", ()):
            self._require(value is None, value, name, "child module", "nn.Module")
            self._modules[name] = None
        elif name in state.get("_buffers", ()):
            self._require(value is None or isinstance(value, Tensor), value, name, "buffer",
                          "nn.Buffer, Tensor")
            if isinstance(value, Buffer):
                self._set_buffer(name, value)
            else:
                self._buffers[name] = value
        elif isinstance(value, Buffer):
            self._make_room(name, "_buffers", "buffer")
            self._set_buffer(name, value)
        elif name in _REGISTRIES:
            # Code that swaps a whole dict (`copy._parameters = {}`) keeps the attributes right.
            if name in state:
                state[name].clear()
            state[name] = Registry(self, value)
        else:
            super().__setattr__(name, value)

    def _set_buffer(self, name: str, value: Any) -> None:
        self.register_buffer(name, value, value.persistent)

    def _make_room(self, name: str, registry: str, kind: str) -> None:
        """Forget any other attribute of this name: the new value is of another kind."""
        state = self.__dict__
        if registry not in state:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        for other in _REGISTRIES:
            if other != registry:
                state[other].pop(name, None)
        if name not in state[registry]:
            state.pop(name, None)
        state["_non_persistent_buffers_set"].discard(name)

    @staticmethod
    def _require(allowed: bool, value: Any, name: str, kind: str, expected: str) -> None:
        if not allowed:
            raise TypeError(f"cannot assign '{type(value).__name__}' as {kind} '{name}' "
                            f"({expected} or None expected)")

    def __delattr__(self, name: str) -> None:
        for registry in _REGISTRIES:
            if name in self.__dict__.get(registry, ()):
                del self.__dict__[registry][name]
                self._non_persistent_buffers_set.discard(name)
                return
        super().__delattr__(name)

    def __dir__(self) -> list[str]:
        names = itertools.chain(dir(type(self)), self.__dict__)
        return sorted(name for name in set(names) if not name[0].isdigit())

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for name in _REGISTRIES:
            # A registry writes its entries through to one module: a copy needs its own.
            self.__dict__[name] = Registry(self, self.__dict__.get(name, ()))
        self.__dict__.setdefault("_non_persistent_buffers_set", set())
        self._init_hooks(keep=True)

    # ------------------------------------------------------------------ modes
    def train(self: M, mode: bool = True) -> M:
        """Set training mode (dropout, batch norm) here and in all children; returns self."""
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, got {mode!r}")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self: M) -> M:
        """The same as `train(False)`."""
        return self.train(False)

    def requires_grad_(self: M, requires_grad: bool = True) -> M:
        """Turn gradients of all parameters on or off; returns self."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or set them to zero."""
        for parameter in self.parameters():
            gradient = parameter.grad
            if gradient is None:
                continue
            if set_to_none:
                parameter.grad = None
            else:
                parameter.grad = gradient = gradient.detach()
                gradient.zero_()

    # ------------------------------------------------------------------ repr
    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What `repr` shows between the brackets; a subclass may give its settings."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [f"({key}): {_indented(repr(module))}" for key, module in self._modules.items()]
        if len(lines) == 1 and not children:
            return f"{self._get_name()}({lines[0]})"
        body = "".join(f"\n  {line}" for line in lines + children)
        return f"{self._get_name()}({body}\n)" if body else f"{self._get_name()}()"


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")
