"""Modules as functions of their parameters."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import cytorch
from cytorch.errors import ArgumentError

Tensors = dict[str, Any]


def _owners(module: Any) -> dict[str, tuple[dict[str, Any], str]]:
    """Where every parameter and buffer is kept: name -> (registry, name there)."""
    found = {}
    for path, part in module.named_modules(remove_duplicate=False):
        prefix = f"{path}." if path else ""
        for registry in (part._parameters, part._buffers):
            found.update({f"{prefix}{name}": (registry, name) for name in registry})
    return found


def _with_ties(given: Mapping[str, Any], owners: dict[str, tuple[dict[str, Any], str]]) -> Tensors:
    """The tensors also under the other names of what they replace."""
    by_identity = {id(registry[name]): given[path] for path, (registry, name) in owners.items()
                   if path in given and registry[name] is not None}
    tied = {path: by_identity[id(registry[name])] for path, (registry, name) in owners.items()
            if id(registry[name]) in by_identity}
    return {**tied, **given}


def _check_names(given: Mapping[str, Any], owners: Mapping[str, Any], strict: bool) -> None:
    unexpected = [name for name in given if name not in owners]
    missing = [name for name in owners if name not in given] if strict else []
    if unexpected and (strict or not set(given) & set(owners)):
        raise ArgumentError(f"functional_call: unexpected key(s): {', '.join(unexpected)}")
    if missing:
        raise ArgumentError(f"functional_call: missing key(s): {', '.join(missing)}")


@contextlib.contextmanager
def _replaced(tensors: Tensors, owners: dict[str, tuple[dict[str, Any], str]]) -> Iterator[None]:
    """The module holds these tensors inside of the block."""
    places = [owners[path] for path in tensors if path in owners]
    before = [registry[name] for registry, name in places]
    try:
        for path, value in tensors.items():
            if path in owners:
                registry, name = owners[path]
                registry[name] = value
        yield
    finally:
        for (registry, name), value in zip(places, before):
            registry[name] = value


def functional_call(module: Any, parameter_and_buffer_dicts: Any, args: Any = None,
                    kwargs: dict[str, Any] | None = None, *, tie_weights: bool = True,
                    strict: bool = False) -> Any:
    """Call a module with other tensors in the place of its parameters and buffers.

    parameter_and_buffer_dicts: a dict from names to tensors, or several of them. args: a tuple of
    arguments, or one argument. tie_weights: a tensor that has several names is replaced under all.
    strict: the names must be exactly those of the module. Raises ValueError for unknown names.

    >>> layer = cytorch.nn.Linear(2, 1, bias=False)
    >>> cytorch.func.functional_call(layer, {"weight": cytorch.ones(1, 2)}, cytorch.ones(2))
    tensor([2.])
    """
    dicts = [parameter_and_buffer_dicts] if isinstance(parameter_and_buffer_dicts, Mapping) else \
        list(parameter_and_buffer_dicts)
    given: Tensors = {}
    for part in dicts:
        twice = sorted(set(given) & set(part))
        if twice:
            raise ArgumentError(f"functional_call: {twice[0]} appears in more than one dictionary")
        given.update(part)
    owners = _owners(module)
    _check_names(given, owners, strict)
    arguments = () if args is None else args if isinstance(args, tuple) else (args,)
    with _replaced(_with_ties(given, owners) if tie_weights else given, owners):
        return module(*arguments, **(kwargs or {}))


def stack_module_state(models: Sequence[Any]) -> tuple[Tensors, Tensors]:
    """Parameters and buffers of models of one kind, each name stacked over the models.

    For `vmap` over an ensemble. The stacked parameters are leaves that ask for a gradient where all
    models' do. Raises ValueError for no models, or for models that differ.

    >>> params, buffers = cytorch.func.stack_module_state([cytorch.nn.Linear(2, 1) for _ in "abc"])
    >>> params["weight"].shape
    torch.Size([3, 1, 2])
    """
    models = list(models)
    if not models:
        raise ArgumentError("stack_module_state: Expected at least one model, got 0.")
    if any(model.training != models[0].training for model in models):
        raise ArgumentError("stack_module_state: Expected all models to have the same "
                            "training/eval mode.")
    if any(type(model) is not type(models[0]) for model in models):
        raise ArgumentError("stack_module_state: Expected all models to be of the same class, got "
                            f"{sorted({type(model).__name__ for model in models})}")
    params = [dict(model.named_parameters()) for model in models]
    buffers = [dict(model.named_buffers()) for model in models]
    return ({name: _stacked_leaf([part[name] for part in params]) for name in params[0]},
            {name: _stacked_leaf([part[name] for part in buffers]) for name in buffers[0]})


def _stacked_leaf(tensors: list[Any]) -> Any:
    asks = [tensor.requires_grad for tensor in tensors]
    if any(asks) != all(asks):
        raise ArgumentError("stack_module_state: Expected the same requires_grad in all models")
    stacked = cytorch.stack([tensor.detach() for tensor in tensors])
    return stacked.requires_grad_() if all(asks) else stacked


def replace_all_batch_norm_modules_(root: Any) -> Any:
    """Let every batch norm of a module work without running statistics; returns the module.

    Per-sample gradients of a batch norm that updates its statistics do not exist.
    """
    for part in root.modules():
        if hasattr(part, "track_running_stats") and hasattr(part, "num_batches_tracked"):
            part.running_mean = part.running_var = part.num_batches_tracked = None
            part.track_running_stats = False
    return root
