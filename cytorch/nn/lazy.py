"""LazyModuleMixin: layers that learn the shapes of their parameters from the first input."""
from __future__ import annotations

from typing import Any

import cytorch

from .uninitialized import is_lazy


class LazyModuleMixin:
    """Put in front of a layer class: uninitialised parameters are made at the first call.

    A subclass writes `initialize_parameters(input)`, which materialises them; after it the object
    becomes a `cls_to_become`, if that is given. Until then its state_dict holds no values, and
    one with values can be loaded.
    """

    cls_to_become: Any = None
    _parameters: dict[str, Any]
    _buffers: dict[str, Any]

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._add_lazy_hooks()

    def _add_lazy_hooks(self: Any) -> None:
        self._load_hook = self._register_load_state_dict_pre_hook(_load_lazily, with_module=True)
        self._initialize_hook = self.register_forward_pre_hook(_infer_parameters,
                                                               with_kwargs=True)

    def _save_to_state_dict(self: Any, destination: Any, prefix: str, keep_vars: bool) -> None:
        members = {**self._parameters, **{name: b for name, b in self._buffers.items()
                                          if name not in self._non_persistent_buffers_set}}
        for name, value in members.items():
            if value is not None:
                as_it_is = keep_vars or is_lazy(value)
                destination[prefix + name] = value if as_it_is else value.detach()

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Give every uninitialised parameter its shape, from the arguments of `forward`."""
        raise NotImplementedError(
            f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        """Whether any parameter or buffer has no shape yet."""
        return any(is_lazy(value) for value in (*self._parameters.values(),
                                                *self._buffers.values()))


def _infer_parameters(module: Any, args: Any, kwargs: Any) -> None:
    with cytorch.no_grad():
        module.initialize_parameters(*args, **kwargs)
    if module.has_uninitialized_params():
        raise RuntimeError(f"module {type(module).__name__} has not been fully initialized")
    module._initialize_hook.remove()
    module._load_hook.remove()
    del module._initialize_hook, module._load_hook
    if module.cls_to_become is not None:
        module.__class__ = module.cls_to_become


def _load_lazily(module: Any, state_dict: Any, prefix: str, *rest: Any) -> None:
    """Parameters that come with values get their shape from them."""
    for name, value in (*module._parameters.items(), *module._buffers.items()):
        given = state_dict.get(prefix + name)
        if is_lazy(value) and given is not None and not is_lazy(given):
            with cytorch.no_grad():
                value.materialize(given.shape)
