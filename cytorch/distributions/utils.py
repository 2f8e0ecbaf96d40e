"""What the distributions share: broadcasting, probabilities and logits, lazy attributes."""
from __future__ import annotations

import functools
from collections.abc import Callable
from numbers import Number
from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.nn import functional as F

euler_constant = 0.57721566490153286060


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """All values as tensors of one shape; numbers get the dtype of the first tensor.

    Raises ValueError for what is neither a tensor nor a number.
    """
    if not all(isinstance(value, (Tensor, Number)) for value in values):
        raise ValueError("Input arguments must all be instances of Number, Tensor or objects "
                         "implementing __torch_function__.")
    options: dict[str, Any] = {"dtype": cytorch.get_default_dtype()}
    for value in values:
        if isinstance(value, Tensor):
            options = {"dtype": value.dtype, "device": value.device}
            break
    tensors: list[Any] = [value if isinstance(value, Tensor) else cytorch.tensor(value, **options)
                          for value in values]
    return tuple(cytorch.broadcast_tensors(tensors))


def standard_normal(shape: Any, like: Tensor) -> Tensor:
    """Independent normal numbers of the dtype and on the device of `like`."""
    return cytorch.randn(shape, dtype=like.dtype, device=like.device)


def uniform(shape: Any, like: Tensor) -> Tensor:
    """Independent numbers, uniform in (0, 1) without the ends, so that logarithms are finite."""
    info = cytorch.finfo(like.dtype)
    numbers = cytorch.rand(shape, dtype=like.dtype, device=like.device)
    return numbers.clamp(min=info.tiny, max=1 - info.eps / 2)


def _sum_rightmost(value: Tensor, dims: int) -> Tensor:
    """The sum over the last `dims` dimensions."""
    return value.sum(dim=tuple(range(-dims, 0))) if dims else value


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities away from 0 and 1 by the epsilon of their dtype."""
    eps = cytorch.finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """sigmoid(logits) if binary, else softmax over the last dimension."""
    return logits.sigmoid() if is_binary else F.softmax(logits, dim=-1)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """log(p / (1 - p)) if binary, else log(p)."""
    clamped = clamp_probs(probs)
    return clamped.log() - (-clamped).log1p() if is_binary else clamped.log()


class lazy_property:  # noqa: N801 (PyTorch's name)
    """An attribute that is computed, with gradients, when it is first asked for."""

    def __init__(self, wrapped: Callable[[Any], Any]) -> None:
        self.wrapped = wrapped
        functools.update_wrapper(self, wrapped)  # type: ignore[arg-type]

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        with cytorch.enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


def probs_or_logits(name: str, probs: Any, logits: Any) -> None:
    """Raise ValueError unless exactly one of the two is given."""
    if (probs is None) == (logits is None):
        raise ValueError(f"{name}: Either `probs` or `logits` must be specified, but not both.")


def tril_matrix_to_vec(mat: Tensor, diag: int = 0) -> Tensor:
    """The lower triangles of matrices (..., n, n), row by row; `diag` as in `tril`."""
    n = mat.shape[-1]
    if not -n <= diag < n:
        raise ValueError(f"diag ({diag}) provided is outside [{-n}, {n - 1}].")
    rows, columns = cytorch.tril_indices(n, n, diag).unbind(0)
    return mat[..., rows, columns]


def vec_to_tril_matrix(vec: Tensor, diag: int = 0) -> Tensor:
    """Matrices (..., n, n) whose lower triangles are the numbers (..., count)."""
    n = (-(1 + 2 * diag) + ((1 + 2 * diag) ** 2 + 8 * vec.shape[-1]
                            + 4 * abs(diag) * (diag + 1)) ** 0.5) / 2
    size = round(n)
    if abs(n - size) > 1e-6:
        raise ValueError(f"The size of last dimension is {vec.shape[-1]} which cannot be "
                         "expressed as the lower triangular part of a square D x D matrix.")
    rows, columns = cytorch.tril_indices(size, size, diag).unbind(0)
    mat = vec.new_zeros(*vec.shape[:-1], size, size)
    mat[..., rows, columns] = vec
    return mat
