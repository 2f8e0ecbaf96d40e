"""Questions about objects and settings: is_tensor, result_type, default device and the like."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch.errors import ArgumentError, ShapeError

__all__ = ["are_deterministic_algorithms_enabled",
           "get_float32_matmul_precision", "is_nonzero", "is_storage", "is_tensor", "result_type",
           "set_default_tensor_type", "set_float32_matmul_precision",
           "typename", "use_deterministic_algorithms"]

_settings: dict[str, Any] = {"matmul": "highest", "deterministic": False, "warn_only": False}


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a tensor.

    >>> is_tensor(cytorch.ones(1)), is_tensor([1.0])
    (True, False)
    """
    return isinstance(obj, cytorch.Tensor)


def is_storage(obj: Any) -> bool:
    """Whether `obj` is a storage: always False, storages are not objects of their own here."""
    return False


def is_nonzero(input: Any) -> bool:
    """Whether the only element is not 0. Raises ShapeError for another number of elements.

    >>> is_nonzero(cytorch.tensor([2.0]))
    True
    """
    if input.numel() != 1:
        raise ShapeError(f"is_nonzero: Boolean value of Tensor with {input.numel()} values is "
                         f"ambiguous (shape {tuple(input.shape)})")
    return bool(input)


def result_type(tensor1: Any, tensor2: Any) -> Any:
    """Dtype of an arithmetic op on two tensors or numbers.

    >>> result_type(cytorch.tensor([1, 2]), 1.5)
    torch.float32
    """
    first, second = (_stand_in(value) for value in (tensor1, tensor2))
    if isinstance(first, cytorch.Tensor) or isinstance(second, cytorch.Tensor):
        return (first + second).dtype if isinstance(first, cytorch.Tensor) else \
            (second + first).dtype
    return (cytorch.tensor(first) + second).dtype


def _stand_in(value: Any) -> Any:
    """A small tensor of the same dtype and rank class."""
    if not isinstance(value, cytorch.Tensor):
        return value
    return value.new_zeros((1,) if value.ndim else ()).to("meta")


def typename(obj: Any) -> str:
    """The type as text: `'torch.FloatTensor'` for tensors, the qualified name for the rest."""
    if isinstance(obj, cytorch.Tensor):
        return str(obj.type())
    kind = obj if isinstance(obj, type) else type(obj)
    return f"{kind.__module__}.{kind.__qualname__}"


def set_default_tensor_type(t: Any) -> None:
    """The 2018 spelling of `set_default_dtype`: a tensor type or its name.

    Raises TypeError for a type that is not floating.
    """
    from cytorch import legacy

    cytorch.set_default_dtype(legacy.type_dtype(t))


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accepted: every kernel gives the same bits for any number of threads anyway."""
    _settings["deterministic"], _settings["warn_only"] = bool(mode), bool(warn_only)


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was last called with."""
    return bool(_settings["deterministic"])


def set_float32_matmul_precision(precision: str) -> None:
    """Accepts 'highest', 'high' and 'medium'; products on the CPU are always of full precision.

    Raises ValueError for another word.
    """
    if precision not in ("highest", "high", "medium"):
        raise ArgumentError("set_float32_matmul_precision: expected 'highest', 'high' or "
                            f"'medium', got {precision!r}")
    _settings["matmul"] = precision


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was last called with."""
    return str(_settings["matmul"])
