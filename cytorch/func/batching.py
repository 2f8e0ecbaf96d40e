"""vmap: a function of single samples as a function of batches.

The samples are taken one after the other and the results are stacked: any function works, with
control flow that depends on values, changes in place, and derivatives inside or outside.
"""
from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cytorch
from cytorch.errors import ArgumentError, AutogradError

from .pytree import TreeSpec, broadcast_prefix, tree_flatten, tree_unflatten

_RANDOMNESS = ("error", "different", "same")


class _Unstack(cytorch.autograd.Function):
    """The entries of the first dimension, with one gradient for all of them."""

    @staticmethod
    def forward(ctx: Any, batch: Any) -> Any:
        return tuple(batch.unbind(0))

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return cytorch.stack(grads)


def _entries(batch: Any, dim: int) -> list[Any]:
    """The samples of a batch: views that can be changed in place, unless it has a history."""
    if batch.requires_grad and cytorch.is_grad_enabled():
        return list(_Unstack.apply(batch.movedim(dim, 0)))
    return list(batch.unbind(dim))


def _dims(name: str, in_dims: Any, leaves: list[Any], spec: TreeSpec) -> list[int | None]:
    """The mapped dimension of every argument, from 0; None where it is the same for all samples."""
    where = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>)"
    if isinstance(in_dims, bool) or not isinstance(in_dims, (int, tuple, list, dict)):
        raise ArgumentError(f"{where}: expected `in_dims` to be int or a (potentially nested) "
                            f"tuple matching the structure of inputs, got: {type(in_dims)}.")
    prefix = tuple(in_dims) if isinstance(in_dims, list) else in_dims
    dims = broadcast_prefix(prefix, spec)
    if dims is None:
        raise ArgumentError(f"{where}: in_dims is not compatible with the structure of `inputs`. "
                            f"in_dims has structure {tree_flatten(prefix)[1]} but inputs has "
                            f"structure {spec}.")
    for leaf, dim in zip(leaves, dims):
        if dim is None:
            continue
        if not isinstance(dim, int):
            raise ArgumentError(f"{where}: Got in_dim={dim} for an input but in_dim must be either "
                                "an integer dimension or None.")
        if not isinstance(leaf, cytorch.Tensor):
            raise ArgumentError(f"{where}: Got in_dim={dim} for an input but the input is of type "
                                f"{type(leaf)}. We cannot vmap over non-Tensor arguments, please "
                                "use None as the respective in_dim")
        if not -leaf.dim() <= dim < leaf.dim():
            raise ArgumentError(f"{where}: Got in_dim={dim} for some input, but that input is a "
                                f"Tensor of dimensionality {leaf.dim()} so expected in_dim to "
                                f"satisfy -{leaf.dim()} <= in_dim < {leaf.dim()}.")
    return dims


@dataclass
class _Samples:
    """Positional arguments, one per sample for those that are mapped."""

    spec: TreeSpec
    leaves: list[Any]
    dims: list[int | None]
    size: int

    @classmethod
    def of(cls, name: str, in_dims: Any, args: tuple[Any, ...]) -> _Samples:
        leaves, spec = tree_flatten(args)
        if not leaves:
            raise ArgumentError(f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add "
                                "inputs, or you are trying to vmap over a function with no inputs. "
                                "The latter is unsupported.")
        dims = _dims(name, in_dims, leaves, spec)
        sizes = [leaf.size(dim) for leaf, dim in zip(leaves, dims) if dim is not None]
        if not sizes:
            raise ArgumentError("vmap: Expected at least one Tensor to vmap over")
        if any(size != sizes[0] for size in sizes):
            raise ArgumentError("vmap: Expected all tensors to have the same size in the mapped "
                                f"dimension, got sizes {sizes} for the mapped dimension")
        return cls(spec, leaves, dims, sizes[0])

    def calls(self) -> list[Any]:
        """The arguments of every sample."""
        columns = [[leaf] * self.size if dim is None else _entries(leaf, dim)
                   for leaf, dim in zip(self.leaves, self.dims)]
        return [tree_unflatten(row, self.spec) for row in zip(*columns)]

    def example(self) -> Any:
        """A sample of zeros, for the shapes of the results of an empty batch."""
        row = [leaf if dim is None else leaf.new_zeros(
            [n for d, n in enumerate(leaf.shape) if d != dim % leaf.dim()])
            for leaf, dim in zip(self.leaves, self.dims)]
        return tree_unflatten(row, self.spec)


def _run(func: Callable[..., Any], samples: _Samples, kwargs: dict[str, Any],
         randomness: str) -> list[Any]:
    """The results of all samples, by the rule for random numbers."""
    generator = cytorch.default_generator
    start = generator.clone_state()
    results = []
    for args in samples.calls():
        if randomness == "same":
            generator.__setstate__(start.__getstate__())
        results.append(func(*args, **kwargs))
        if randomness == "error" and generator.__getstate__() != start.__getstate__():
            generator.__setstate__(start.__getstate__())
            raise AutogradError("vmap: called random operation while in randomness error mode. "
                                "Please either use the 'same' or 'different' randomness flags on "
                                "vmap or perform the randomness operation out of vmap")
    return results


def _stacked(name: str, column: tuple[Any, ...], dim: Any, size: int) -> Any:
    """One result of all samples along the dimension `dim`; the first one for None."""
    for value in column:
        if not isinstance(value, cytorch.Tensor):
            raise ArgumentError(f"vmap({name}, ...): `{name}` must only return Tensors, got type "
                                f"{type(value)}. Did you mean to set out_dims= to None for output?")
    if dim is None:
        return column[0]
    if size == 0:
        return column[0].unsqueeze(dim).narrow(dim, 0, 0)
    return cytorch.stack(column, dim)


def vmap(func: Callable[..., Any], in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error",
         *, chunk_size: int | None = None) -> Callable[..., Any]:
    """A function that applies `func` to every sample of a batch.

    in_dims: the dimension of the samples in each argument, an int for all or nested as they are;
    None gives the same value to every sample, as keyword arguments do.
    out_dims: where the samples go in each result; None keeps the first one. randomness: "error"
    raises RuntimeError when `func` draws random numbers, "different" draws new ones for each
    sample, "same" the same for all. chunk_size is accepted: samples are taken one by one.

    >>> dot = cytorch.func.vmap(cytorch.dot)
    >>> dot(cytorch.ones(2, 3), cytorch.ones(2, 3))
    tensor([3., 3.])
    """
    if randomness not in _RANDOMNESS:
        raise ArgumentError("vmap: Only allowed values for randomness are 'error', 'different', or "
                            f"'same'. Got {randomness}")
    if chunk_size is not None and chunk_size <= 0:
        raise ArgumentError(f"vmap: chunk_size should be None or greater than 0. "
                            f"(got {chunk_size})")
    name = getattr(func, "__name__", repr(func))

    @functools.wraps(func, updated=())
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        samples = _Samples.of(name, in_dims, args)
        if samples.size:
            results = _run(func, samples, kwargs, randomness)
        else:
            results = [func(*samples.example(), **kwargs)]
        flat = [tree_flatten(result) for result in results]
        spec = flat[0][1]
        dims = broadcast_prefix(out_dims, spec)
        if dims is None:
            raise ArgumentError(f"vmap({name}, ..., out_dims={out_dims})(<inputs>): out_dims is "
                                f"not compatible with the structure of `outputs`. out_dims has "
                                f"structure {tree_flatten(out_dims)[1]} but outputs has structure "
                                f"{spec}.")
        columns = zip(*(leaves for leaves, _ in flat))
        return tree_unflatten([_stacked(name, column, dim, samples.size)
                               for column, dim in zip(columns, dims)], spec)

    return wrapper
