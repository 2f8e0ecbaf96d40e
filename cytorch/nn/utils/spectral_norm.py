"""The older spectral_norm, which computes the weight in a hook before every call."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch.nn.module import Module
from cytorch.nn.parameter import Parameter

from .power_iteration import PowerIteration

__all__ = ["SpectralNorm", "remove_spectral_norm", "spectral_norm"]


class SpectralNorm:
    """The hook: weight = weight_orig / sigma(weight_orig)."""

    _version = 1

    def __init__(self, name: str, n_power_iterations: int, method: PowerIteration) -> None:
        self.name = name
        self.n_power_iterations = n_power_iterations
        self.method = method
        self.dim, self.eps = method.dim, method.eps

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Any:
        """The weight divided by its largest singular value."""
        weight = getattr(module, f"{self.name}_orig")
        u, v = getattr(module, f"{self.name}_u"), getattr(module, f"{self.name}_v")
        steps = self.n_power_iterations if do_power_iteration else 0
        return weight / self.method.largest(weight, u, v, steps)

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, module.training))

    @staticmethod
    def apply(module: Module, name: str, n_power_iterations: int, dim: int,
              eps: float) -> SpectralNorm:
        """Put the hook on a module."""
        for hook in module._forward_pre_hooks.values():
            if isinstance(hook, SpectralNorm) and hook.name == name:
                raise RuntimeError("Cannot register two spectral_norm hooks on the same parameter "
                                   f"{name}")
        weight = module._parameters[name]
        if weight is None:
            raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
        hook = SpectralNorm(name, n_power_iterations, PowerIteration(
            weight.ndim, n_power_iterations, dim, eps, left_first=False))
        u, v = hook.method.start(weight, 0)
        delattr(module, name)
        module.register_parameter(f"{name}_orig", weight)
        setattr(module, name, weight.data)
        module.register_buffer(f"{name}_u", u)
        module.register_buffer(f"{name}_v", v)
        module.register_forward_pre_hook(hook)
        return hook

    def remove(self, module: Module) -> None:
        """Make the weight an ordinary parameter again."""
        with cytorch.no_grad():
            weight = self.compute_weight(module, do_power_iteration=False)
        for name in (self.name, f"{self.name}_u", f"{self.name}_v", f"{self.name}_orig"):
            delattr(module, name)
        module.register_parameter(self.name, Parameter(weight.detach()))


def spectral_norm(module: Module, name: str = "weight", n_power_iterations: int = 1,
                  eps: float = 1e-12, dim: int | None = None) -> Module:
    """Divide a parameter by its largest singular value before every call.

    `parametrizations.spectral_norm` does the same without a hook.

    >>> layer = spectral_norm(cytorch.nn.Linear(20, 40))
    >>> layer.weight_u.shape
    torch.Size([40])
    """
    if dim is None:
        dim = 1 if getattr(module, "transposed", False) else 0
    SpectralNorm.apply(module, name, n_power_iterations, dim, eps)
    return module


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Undo `spectral_norm`: the divided weight stays."""
    for key, hook in list(module._forward_pre_hooks.items()):
        if isinstance(hook, SpectralNorm) and hook.name == name:
            hook.remove(module)
            del module._forward_pre_hooks[key]
            module._refresh_hooks()
            return module
    raise ValueError(f"spectral_norm of '{name}' not found in {module}")
