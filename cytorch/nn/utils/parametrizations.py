"""Ready parametrizations: orthogonal, weight_norm, spectral_norm."""
from __future__ import annotations

from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.nn.module import Module

from . import parametrize
from .power_iteration import PowerIteration

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]

_MAPS = ("matrix_exp", "cayley", "householder")


def _orthonormal(matrix: Tensor) -> Tensor:
    """The Q of a QR factorisation whose R has a positive diagonal."""
    q, r = cytorch.linalg.qr(matrix)
    return q * r.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


class _Orthogonal(Module):
    """Any matrix to one with orthonormal columns, or rows if it is wide."""

    base: Any

    def __init__(self, weight: Tensor, orthogonal_map: str, use_trivialization: bool) -> None:
        super().__init__()
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        self.use_trivialization = use_trivialization
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, x: Tensor) -> Tensor:
        wide = x.size(-2) < x.size(-1)
        x = x.mT if wide else x
        if self.orthogonal_map == "householder":
            result = self._reflected(x)
        else:
            result = self._from_skew(x)
        if self.use_trivialization:
            result = self.base @ result
        return result.mT if wide else result

    def _from_skew(self, x: Tensor) -> Tensor:
        rows, columns = x.shape[-2:]
        x = x.tril()
        if rows != columns:
            missing = x.new_zeros((*x.shape[:-1], rows - columns))
            x = cytorch.cat([x, missing], -1)
        skew = x - x.mT
        if self.orthogonal_map == "matrix_exp":
            result = cytorch.linalg.matrix_exp(skew)
        else:
            one = cytorch.eye(rows, dtype=x.dtype, device=x.device)
            result = cytorch.linalg.solve(one - 0.5 * skew, one + 0.5 * skew)
        return result[..., :columns]

    @staticmethod
    def _reflected(x: Tensor) -> Tensor:
        """The product of Householder reflections by the columns below the diagonal."""
        below = x.tril(-1)
        tau = 2.0 / (1.0 + (below * below).sum(-2))
        signs = x.diagonal(dim1=-2, dim2=-1).sign().detach()
        return cytorch.linalg.householder_product(below, tau) * signs.unsqueeze(-2)

    @cytorch.no_grad()
    def right_inverse(self, value: Tensor) -> Tensor:
        """Remember the value as the base that the map starts from."""
        if value.shape != self.shape:
            raise ValueError("Expected a matrix or batch of matrices of shape "
                             f"{tuple(self.shape)}. Got a tensor of shape {tuple(value.shape)}.")
        wide = value.size(-2) < value.size(-1)
        matrix = value.mT if wide else value
        rows, columns = matrix.shape[-2:]
        if not self.use_trivialization:
            return self._factors(matrix, wide)
        if rows != columns:
            noise = cytorch.randn(*matrix.shape[:-2], rows, rows - columns, dtype=matrix.dtype,
                                  device=matrix.device)
            matrix = cytorch.cat([matrix, noise], -1)
        one = cytorch.eye(rows, dtype=matrix.dtype, device=matrix.device)
        is_orthogonal = cytorch.allclose(matrix.mT @ matrix, one, atol=1e-4)
        self.base = matrix.clone() if is_orthogonal else _orthonormal(matrix)
        # The identity of both maps that take a skew part, and of the reflections: -1 twice.
        start = cytorch.zeros_like(value)
        start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        return start

    def _factors(self, matrix: Tensor, wide: bool) -> Tensor:
        if self.orthogonal_map != "householder":
            raise NotImplementedError("It is not possible to assign to the matrix exponential or "
                                      "the Cayley parametrizations when use_trivialization=False.")
        factors, tau = cytorch.geqrf(matrix)
        diagonal = factors.diagonal(dim1=-2, dim2=-1).sign()
        diagonal = cytorch.where(tau == 0, -diagonal, diagonal)
        factors.diagonal(dim1=-2, dim2=-1).copy_(diagonal)
        return factors.mT if wide else factors


def orthogonal(module: Module, name: str = "weight", orthogonal_map: str | None = None, *,
               use_trivialization: bool = True) -> Module:
    """Keep a matrix of the module orthogonal (orthonormal columns, or rows if it is wide).

    orthogonal_map : "matrix_exp" or "cayley" (of a skew matrix), or "householder" (a product of
        reflections); by default the first for square matrices and the last for others
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.ndim < 2:
        raise ValueError("Expected a matrix or batch of matrices. Got a tensor of "
                         f"{weight.ndim} dimensions.")
    if orthogonal_map is None:
        square = weight.size(-2) == weight.size(-1)
        orthogonal_map = "matrix_exp" if square else "householder"
    if orthogonal_map not in _MAPS:
        raise ValueError('orthogonal_map has to be one of "matrix_exp", "cayley", "householder". '
                         f"Got: {orthogonal_map}")
    parametrization = _Orthogonal(weight, orthogonal_map, use_trivialization)
    return parametrize.register_parametrization(module, name, parametrization, unsafe=True)


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_v * (weight_g / cytorch.norm_except_dim(weight_v, 2, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Length and direction of a weight."""
        return cytorch.norm_except_dim(weight, 2, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Learn length and direction of a weight apart: g * v / |v|, by index of `dim`.

    >>> layer = weight_norm(cytorch.nn.Linear(20, 40))
    >>> layer.parametrizations.weight.original0.shape
    torch.Size([40, 1])
    """
    parametrize.register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def accept_old_names(state_dict: Any, prefix: str, *rest: Any) -> None:
        old = [f"{prefix}{name}_g", f"{prefix}{name}_v"]
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{name}.original{i}"] = state_dict.pop(key)

    module._register_load_state_dict_pre_hook(accept_old_names)
    return module


class _SpectralNorm(Module):
    _u: Any
    _v: Any

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0,
                 eps: float = 1e-12) -> None:
        super().__init__()
        self.method = PowerIteration(weight.ndim, n_power_iterations, dim, eps)
        self.dim, self.eps = self.method.dim, eps
        if weight.ndim > 1:
            self.n_power_iterations = n_power_iterations
            u, v = self.method.start(weight)
            self.register_buffer("_u", u)
            self.register_buffer("_v", v)

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return cytorch.nn.functional.normalize(weight, dim=0, eps=self.eps)
        steps = self.n_power_iterations if self.training else 0
        return weight / self.method.largest(weight, self._u, self._v, steps)

    def right_inverse(self, value: Tensor) -> Tensor:
        """Any value may be assigned."""
        return value


def spectral_norm(module: Module, name: str = "weight", n_power_iterations: int = 1,
                  eps: float = 1e-12, dim: int | None = None) -> Module:
    """Divide a weight by its largest singular value, estimated by power iteration.

    dim : which dimension counts outputs; 0, and 1 for transposed convolutions

    >>> layer = spectral_norm(cytorch.nn.Linear(4, 4))
    >>> bool(cytorch.linalg.norm(layer.weight, 2) < 1.1)
    True
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if dim is None:
        dim = 1 if getattr(module, "transposed", False) else 0
    return parametrize.register_parametrization(
        module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))
