"""A table of a model's layers: shapes, numbers of parameters, multiply-adds."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cytorch
from cytorch import Tensor, nn


@dataclass(frozen=True)
class LayerSummary:
    """One layer that was called: `multiply_adds` are of its own products alone."""

    name: str
    kind: str
    output_shape: tuple[int, ...]
    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class ModelSummary:
    """What `summary` returns; printing it shows the table."""

    layers: tuple[LayerSummary, ...]
    parameters: int
    trainable: int

    @property
    def multiply_adds(self) -> int:
        """The sum over all layers."""
        return sum(layer.multiply_adds for layer in self.layers)

    def __str__(self) -> str:
        head = ("Layer", "Output shape", "Parameters", "Multiply-adds")
        rows = [head, *((f"{layer.name} ({layer.kind})", str(list(layer.output_shape)),
                         f"{layer.parameters:,}", f"{layer.multiply_adds:,}")
                        for layer in self.layers)]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        lines = ["  ".join(cell.ljust(width) if column < 2 else cell.rjust(width)
                           for column, (cell, width) in enumerate(zip(row, widths, strict=True)))
                 for row in rows]
        rule = "-" * len(lines[0])
        return "\n".join([lines[0].rstrip(), rule, *lines[1:], rule,
                          f"{self.parameters:,} parameters, {self.trainable:,} of them trained; "
                          f"{self.multiply_adds:,} multiply-adds"])


def _multiply_adds(module: nn.Module, output: Tensor) -> int:
    """Products of a layer's weights with its inputs."""
    weight = getattr(module, "weight", None)
    if isinstance(module, nn.Linear):
        return output.numel() * module.in_features
    if type(module).__name__.startswith("Conv") and isinstance(weight, Tensor):
        # (out, in / groups, ...), and transposed (in, out / groups, ...): one output element
        # sees the weights of one slice
        if "Transpose" in type(module).__name__:
            return output.numel() * weight.shape[0] * weight[0, 0].numel() // module.groups
        return output.numel() * weight[0].numel()
    return 0


def _first_tensor(output: Any) -> Tensor | None:
    if isinstance(output, Tensor):
        return output
    members = output.values() if isinstance(output, dict) else output
    return next((found for member in members if (found := _first_tensor(member)) is not None),
                None) if isinstance(output, (list, tuple, dict)) else None


@cytorch.no_grad()
def summary(model: nn.Module, *inputs: Any) -> ModelSummary:
    """Call `model(*inputs)` once and count what each layer without children does.

    Tensors are given as they are; a tuple of ints stands for zeros of that shape. The model's mode
    is kept.

    >>> import cytorch
    >>> model = cytorch.nn.Sequential(cytorch.nn.Linear(4, 3), cytorch.nn.ReLU())
    >>> print(summary(model, (2, 4)))
    Layer       Output shape  Parameters  Multiply-adds
    ---------------------------------------------------
    0 (Linear)  [2, 3]                15             24
    1 (ReLU)    [2, 3]                 0              0
    ---------------------------------------------------
    15 parameters, 15 of them trained; 24 multiply-adds
    """
    layers: list[LayerSummary] = []

    def note(name: str) -> Any:
        def hook(module: nn.Module, args: Any, output: Any) -> None:
            tensor = _first_tensor(output)
            if tensor is not None:
                count = sum(p.numel() for p in module.parameters(recurse=False))
                layers.append(LayerSummary(name, type(module).__name__, tuple(tensor.shape), count,
                                           _multiply_adds(module, tensor)))
        return hook

    handles = [module.register_forward_hook(note(name)) for name, module in model.named_modules()
               if not any(module.children())]
    try:
        model(*(cytorch.zeros(given) if isinstance(given, tuple) and all(
            isinstance(size, int) for size in given) else given for given in inputs))
    finally:
        for handle in handles:
            handle.remove()
    parameters = list(model.parameters())
    return ModelSummary(tuple(layers), sum(p.numel() for p in parameters),
                        sum(p.numel() for p in parameters if p.requires_grad))
