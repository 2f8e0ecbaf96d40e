"""Pruning: parameters multiplied by a mask of zeros and ones before every call."""
from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.nn.module import Module

from .convert_parameters import parameters_to_vector


class BasePruningMethod(ABC):
    """The hook: `name` = `name`_orig * `name`_mask. A subclass says which elements are zeroed.

    PRUNING_TYPE : "unstructured" (single elements), "structured" (whole slices along `dim`) or
        "global"; says which elements a second method on the same parameter may choose from
    """

    PRUNING_TYPE: str
    _tensor_name: str = ""

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abstractmethod
    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask for importance scores t, inside of the mask that holds already."""

    def apply_mask(self, module: Module) -> Tensor:
        """The pruned parameter."""
        assert self._tensor_name, f"Module {module} has to be pruned"
        original = getattr(module, f"{self._tensor_name}_orig")
        return getattr(module, f"{self._tensor_name}_mask").to(original.dtype) * original

    @classmethod
    def apply(cls, module: Module, name: str, *args: Any, importance_scores: Tensor | None = None,
              **kwargs: Any) -> BasePruningMethod:
        """Prune a parameter of a module, on top of what is pruned already."""
        original = getattr(module, name)
        if importance_scores is not None and importance_scores.shape != original.shape:
            raise AssertionError("importance_scores should have the same shape as parameter "
                                 f"{name} of {module}, got {tuple(importance_scores.shape)} and "
                                 f"{tuple(original.shape)}")
        scores = original if importance_scores is None else importance_scores
        method: BasePruningMethod = cls(*args, **kwargs)
        method._tensor_name = name
        found = [(key, hook) for key, hook in module._forward_pre_hooks.items()
                 if isinstance(hook, BasePruningMethod) and hook._tensor_name == name]
        if found:
            old = found[0][1]
            container = old if isinstance(old, PruningContainer) else PruningContainer(old)
            container.add_pruning_method(method)
            method, default = container, getattr(module, f"{name}_mask").detach().clone()
        else:
            default = cytorch.ones_like(original)
        with cytorch.no_grad():
            mask = method.compute_mask(scores.detach(), default)
        for key, _ in found:
            del module._forward_pre_hooks[key]
        if not found:
            del module._parameters[name]
            module.register_parameter(f"{name}_orig", original)
        module.register_buffer(f"{name}_mask", mask)
        setattr(module, name, method.apply_mask(module))
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Tensor, default_mask: Tensor | None = None,
              importance_scores: Tensor | None = None) -> Tensor:
        """A pruned copy of a tensor."""
        scores = t if importance_scores is None else importance_scores
        if scores.shape != t.shape:
            raise AssertionError("importance_scores should have the same shape as tensor t, got "
                                 f"{tuple(scores.shape)} and {tuple(t.shape)}")
        mask = cytorch.ones_like(t) if default_mask is None else default_mask
        return t * self.compute_mask(scores, default_mask=mask)

    def remove(self, module: Module) -> None:
        """Make the pruned value the parameter's own, and take mask and original away."""
        name = self._tensor_name
        pruned = self.apply_mask(module)
        if hasattr(module, name):
            delattr(module, name)
        original: Any = module._parameters[f"{name}_orig"]
        original.data = pruned.data
        del module._parameters[f"{name}_orig"]
        del module._buffers[f"{name}_mask"]
        setattr(module, name, original)


class PruningContainer(BasePruningMethod):
    """Several methods on one parameter, one after the other."""

    def __init__(self, *args: BasePruningMethod) -> None:
        self._pruning_methods: tuple[BasePruningMethod, ...] = ()
        if len(args) == 1:
            self._tensor_name = args[0]._tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: BasePruningMethod) -> None:
        """Append a method for the same parameter."""
        if not isinstance(method, BasePruningMethod):
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if self._tensor_name != method._tensor_name:
            raise ValueError("Can only add pruning methods acting on the parameter named "
                             f"'{self._tensor_name}' to PruningContainer {self}. Found "
                             f"'{method._tensor_name}'")
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[BasePruningMethod]:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: Any) -> Any:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The last method's mask, for the part of t that is not pruned yet."""
        method: Any = self._pruning_methods[-1]
        part: Any
        if method.PRUNING_TYPE == "unstructured":
            part = default_mask == 1
        elif method.PRUNING_TYPE == "structured":
            dim = _checked_dim(t, method.dim)
            others = [d for d in range(t.dim()) if d != dim]
            part = (slice(None),) * dim + (default_mask.sum(dim=others) != 0,)
        elif method.PRUNING_TYPE == "global":
            part = (slice(None),) * t.dim()
        else:
            raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")
        mask = default_mask.to(t.dtype)
        mask = mask.clone() if mask is default_mask else mask
        mask[part] = method.compute_mask(t[part], default_mask=default_mask[part]).to(mask.dtype)
        return mask


class Identity(BasePruningMethod):
    """Prunes nothing."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        return default_mask


class _ByAmount(BasePruningMethod):
    """Prunes a number of elements or slices, or a fraction of them."""

    def __init__(self, amount: float) -> None:
        if not isinstance(amount, numbers.Real):
            raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
        self.by_number: bool = isinstance(amount, numbers.Integral)
        if amount < 0 or (not self.by_number and amount > 1):
            raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a "
                             "non-negative integer")
        self.amount: Any = amount

    def _count(self, size: int) -> int:
        if not self.by_number:
            return round(self.amount * size)
        if self.amount > size:
            raise ValueError(f"amount={self.amount} should be smaller than the number of "
                             f"parameters to prune={size}")
        return int(self.amount)


class _Elements(_ByAmount):
    """Prunes the elements with the lowest scores."""

    PRUNING_TYPE = "unstructured"

    def _scores(self, t: Tensor) -> Tensor:
        raise NotImplementedError

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        count = self._count(t.numel())
        mask = default_mask.clone()
        if count:
            lowest = cytorch.topk(self._scores(t).reshape(-1), count, largest=False).indices
            mask.view(-1)[lowest] = 0
        return mask


class RandomUnstructured(_Elements):
    """Prunes random elements; amount: a number of them, or a fraction."""

    def _scores(self, t: Tensor) -> Tensor:
        return cytorch.rand_like(t)


class L1Unstructured(_Elements):
    """Prunes the elements of smallest size; amount: a number of them, or a fraction."""

    def _scores(self, t: Tensor) -> Tensor:
        return t.abs()


def _checked_dim(t: Tensor, dim: int) -> int:
    if not -t.dim() <= dim < t.dim():
        raise IndexError(f"Invalid index {dim} for tensor of size {tuple(t.shape)}")
    return dim % t.dim()


class _Slices(_ByAmount):
    """Prunes the slices along `dim` with the lowest scores."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def _scores(self, t: Tensor, dim: int) -> Tensor:
        raise NotImplementedError

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if t.dim() <= 1:
            raise ValueError("Structured pruning can only be applied to multidimensional tensors. "
                             f"Found tensor of shape {tuple(t.shape)} with {t.dim()} dims")
        dim = _checked_dim(t, self.dim)
        count = self._count(t.shape[dim])
        if not count:
            return default_mask
        lowest = cytorch.topk(self._scores(t, dim), count, largest=False).indices
        return cytorch.ones_like(t).index_fill_(dim, lowest, 0) * default_mask.to(t.dtype)


class RandomStructured(_Slices):
    """Prunes random slices along `dim`."""

    def _scores(self, t: Tensor, dim: int) -> Tensor:
        return cytorch.rand(t.shape[dim])


class LnStructured(_Slices):
    """Prunes the slices along `dim` of smallest Ln norm."""

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def _scores(self, t: Tensor, dim: int) -> Tensor:
        return t.norm(self.n, [d for d in range(t.dim()) if d != dim])


class CustomFromMask(BasePruningMethod):
    """Prunes by a given mask."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if default_mask.shape != self.mask.shape:
            raise AssertionError(f"mask of shape {tuple(self.mask.shape)} must have the shape "
                                 f"{tuple(default_mask.shape)}")
        return default_mask * self.mask.to(default_mask.dtype)


def identity(module: Module, name: str) -> Module:
    """Prune nothing, but with mask and original in place."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prune random elements of a parameter."""
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: Module, name: str, amount: float,
                    importance_scores: Tensor | None = None) -> Module:
    """Prune the elements of smallest size, or of lowest score.

    >>> layer = l1_unstructured(cytorch.nn.Linear(3, 1), "weight", amount=2)
    >>> int(layer.weight_mask.sum())
    1
    """
    L1Unstructured.apply(module, name, amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prune random slices along `dim`."""
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(module: Module, name: str, amount: float, n: Any, dim: int,
                  importance_scores: Tensor | None = None) -> Module:
    """Prune the slices along `dim` of smallest Ln norm."""
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Prune by a mask."""
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(parameters: Any, pruning_method: Any, importance_scores: Any = None,
                        **kwargs: Any) -> None:
    """Prune elements of several parameters, [(module, name), ...], by one common ranking."""
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    parameters, scores = list(parameters), importance_scores or {}
    if not isinstance(scores, dict):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    method = pruning_method(**kwargs)
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError('Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. '
                        f"Found method {pruning_method} of type {method.PRUNING_TYPE}")
    tensors = [getattr(module, name) for module, name in parameters]
    ranking = parameters_to_vector([scores.get((module, name), tensor).detach() for
                                    (module, name), tensor in zip(parameters, tensors)])
    default = parameters_to_vector([getattr(module, f"{name}_mask", cytorch.ones_like(tensor))
                                    for (module, name), tensor in zip(parameters, tensors)])
    container = PruningContainer(method)
    masks = container.compute_mask(ranking, default).split([t.numel() for t in tensors])
    for (module, name), tensor, mask in zip(parameters, tensors, masks):
        custom_from_mask(module, name, mask.view(tensor.shape))


def remove(module: Module, name: str) -> Module:
    """Make the pruned value of a parameter permanent."""
    for key, hook in list(module._forward_pre_hooks.items()):
        if isinstance(hook, BasePruningMethod) and hook._tensor_name == name:
            hook.remove(module)
            del module._forward_pre_hooks[key]
            module._refresh_hooks()
            return module
    raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can "
                     "be removed")


def is_pruned(module: Module) -> bool:
    """Whether any parameter of the module, or below it, is pruned."""
    return any(isinstance(hook, BasePruningMethod) for part in module.modules()
               for hook in part._forward_pre_hooks.values())
