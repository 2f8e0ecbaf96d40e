"""Forward-mode derivatives with dual numbers: make_dual, unpack_dual.

There is one kind of graph, the backward one, so a dual number is a tensor of a graph of its own,
and its tangent is computed when it is asked for: the backward pass is linear in its incoming
gradient, and differentiating that gives the product of the Jacobian with the tangents. So all that
lies between `make_dual` and `unpack_dual` must be recorded: inside of `no_grad` nothing is, and
making a dual there is an error.
"""
from __future__ import annotations

from typing import Any, NamedTuple

import cytorch
from cytorch.errors import AutogradError, DTypeError, ShapeError
from cytorch.func.differentiation import reaches_others

__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual",
           "unpack_dual"]


class UnpackedDualTensor(NamedTuple):
    """What `unpack_dual` returns; `tangent` is None where nothing depends on a dual number."""

    primal: Any
    tangent: Any


class _Level:
    """The dual numbers that were made since the level was entered."""

    def __init__(self) -> None:
        self.duals: list[Any] = []
        self.tangents: list[Any] = []


_levels: list[_Level] = []


def enter_dual_level() -> int:
    """Start a level; returns its number. Levels cannot be nested: raises RuntimeError."""
    if _levels:
        raise AutogradError("Nested forward mode AD is not supported at the moment")
    _levels.append(_Level())
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """End the level: its dual numbers lose their tangents. Raises RuntimeError without a level."""
    if not _levels or level not in (None, 0):
        raise AutogradError("Trying to exit a forward AD level that was not the last one that was "
                            f"created: level {level} of {len(_levels)}")
    _levels.pop()


def _level(name: str, level: int | None) -> _Level:
    if not _levels or level not in (None, 0):
        raise AutogradError(f"{name}: Trying to create a dual Tensor for forward AD but no level "
                            "exists, make sure to enter_dual_level() first.")
    return _levels[-1]


def make_dual(tensor: Any, tangent: Any, *, level: int | None = None) -> Any:
    """A dual number with this value and this tangent, of the same shape and dtype.

    Raises RuntimeError outside of a level, inside of `no_grad`, and for tangents that do not fit.

    >>> import cytorch.autograd.forward_ad as fwAD
    >>> with fwAD.dual_level():
    ...     x = fwAD.make_dual(cytorch.tensor([1.0, 2.0]), cytorch.tensor([1.0, 0.0]))
    ...     fwAD.unpack_dual(x * x).tangent
    tensor([2., 0.])
    """
    current = _level("make_dual", level)
    if not (tensor.is_floating_point() or tensor.is_complex()):
        raise DTypeError("make_dual: Expected primal to be floating point or complex, but got: "
                         f"{tensor.dtype}")
    if tangent.dtype != tensor.dtype:
        raise DTypeError(f"make_dual: Expected tangent of dtype {tensor.dtype}, but got: "
                         f"{tangent.dtype}")
    if tangent.shape != tensor.shape:
        raise ShapeError(f"make_dual: Trying to set a forward gradient of shape "
                         f"{tuple(tangent.shape)} for a tensor of shape {tuple(tensor.shape)}")
    if not cytorch.is_grad_enabled():
        raise AutogradError("make_dual: dual numbers need recorded ops here, and no_grad() is "
                            "active; use cytorch.func.jvp, or leave the block")
    dual = tensor.view_as(tensor) if tensor.requires_grad else tensor.detach().requires_grad_()
    current.duals.append(dual)
    current.tangents.append(tangent)
    return dual


def unpack_dual(tensor: Any, *, level: int | None = None) -> UnpackedDualTensor:
    """The value and the tangent of a tensor that was computed from dual numbers.

    Outside of a level the tangent is None.
    """
    if not _levels or not tensor.requires_grad:
        return UnpackedDualTensor(tensor, None)
    current = _levels[-1]
    outer = reaches_others([tensor], current.duals)
    primal = tensor if outer else tensor.detach()
    return UnpackedDualTensor(primal, _tangent(tensor, current, outer))


def _tangent(tensor: Any, level: _Level, outer: bool) -> Any:
    """J v, by differentiating the vector-Jacobian product, which is linear in its vector."""
    keep = outer or any(tangent.requires_grad for tangent in level.tangents)
    with cytorch.enable_grad():
        weight = cytorch.zeros_like(tensor, requires_grad=True)
        grads = cytorch.autograd.grad(tensor, level.duals, weight, create_graph=True,
                                      allow_unused=True) if level.duals else ()
        used = [(grad, tangent) for grad, tangent in zip(grads, level.tangents)
                if grad is not None and grad.requires_grad]
        if not used:
            return None
        return cytorch.autograd.grad([grad for grad, _ in used], weight,
                                     [tangent for _, tangent in used], create_graph=keep,
                                     retain_graph=True)[0]


class dual_level:  # noqa: N801 - PyTorch's name
    """Inside of the block dual numbers can be made; at its end they lose their tangents."""

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *exc_info: object) -> None:
        exit_dual_level()
