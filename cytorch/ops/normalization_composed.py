"""Normalization without kernels of its own: RMS, to unit norm, local response."""
from __future__ import annotations

from typing import Any

from .spec import F, call, op, ops, shape_error


def _default_eps(input: Any) -> float:
    double = str(input.dtype).rpartition(".")[2] in ("float64", "complex128")
    return 2.0 ** -52 if double else 2.0 ** -23


def _rms_norm(input: Any, normalized_shape: Any, weight: Any, eps: float | None) -> Any:
    size = tuple(normalized_shape)
    if not size or tuple(input.shape)[-len(size):] != size:
        raise shape_error(f"rms_norm: expected input whose last axes are {list(size)}, got shape "
                          f"{tuple(input.shape)}")
    if weight is not None and tuple(weight.shape) != size:
        raise shape_error(f"rms_norm: weight must have shape {list(size)}, got "
                          f"{tuple(weight.shape)}")
    eps = _default_eps(input) if eps is None else eps
    axes = tuple(range(-len(size), 0))
    out = input * ((input * input).mean(axes, True) + eps).rsqrt()
    return out if weight is None else out * weight


for _name in ("nn.functional.rms_norm", "rms_norm"):
    op(f"{_name}(Tensor input, int[] normalized_shape, Tensor? weight=None, float? eps=None)"
       " -> Tensor", body=_rms_norm, forms="function",
       samples=lambda s: [call(s.tensor(3, 5), (5,)), call(s.tensor(2, 3, 4), (3, 4),
                                                           s.tensor(3, 4), 1e-3)],
       ref=lambda input, normalized_shape, weight=None, eps=None: input / (
           (input ** 2).mean(tuple(range(-len(normalized_shape), 0)), keepdims=True)
           + (_default_eps(input) if eps is None else eps)) ** 0.5 * (
               1 if weight is None else weight),
       errors=lambda s: [(call(s.tensor(2, 3), (4,)), "ShapeError", r"\[4\].*\(2, 3\)")],
       doc="""x / sqrt(mean(x^2) + eps) * weight over the last axes. input (*, normalized_shape).

>>> cytorch.nn.functional.rms_norm(cytorch.tensor([0.0, 2.0]), (2,))
tensor([0.0000, 1.4142])
""")
op("nn.functional.normalize(Tensor input, float p=2.0, int[] dim=1, float eps=1e-12) -> Tensor",
   body=lambda input, p, dim, eps: input / ops.norm(input, p, dim, True).clamp_min(eps),
   forms="function out",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3, 4), 1.0, 0),
                      call(s.tensor(2, 3, 4), dim=-1, p=3.0)],
   doc="""input / max(norm of input along dim, eps). Shapes: (*) -> (*).

>>> cytorch.nn.functional.normalize(cytorch.tensor([[3.0, 4.0]]))
tensor([[0.6000, 0.8000]])
""")


def _local_response_norm(input: Any, size: int, alpha: float, beta: float, k: float) -> Any:
    if input.ndim < 3:
        raise shape_error("local_response_norm: expected 3 or more axes (N, C, ...), got shape "
                          f"{tuple(input.shape)}")
    if input.numel() == 0:
        return input
    squares = (input * input).reshape(input.shape[0], 1, input.shape[1], -1)
    before, after = size // 2, (size - 1) // 2
    zeros = [squares.new_zeros((input.shape[0], 1, n, squares.shape[3])) for n in (before, after)]
    window = F.avg_pool2d(ops.cat([zeros[0], squares, zeros[1]], 2), (size, 1), 1)
    return input / (window.reshape(input.shape) * alpha + k).pow(beta)


op("nn.functional.local_response_norm(Tensor input, int size, float alpha=0.0001, float beta=0.75,"
   " float k=1.0) -> Tensor", body=_local_response_norm, forms="function",
   samples=lambda s: [call(s.tensor(2, 5, 3), 3), call(s.tensor(2, 4, 2, 2), 2, alpha=0.5, k=2.0)],
   errors=lambda s: [(call(s.tensor(2, 3), 2), "ShapeError", r"\(2, 3\)")],
   doc="""x / (k + alpha * mean of x^2 over `size` neighbouring channels)^beta. input (N, C, *).

>>> cytorch.nn.functional.local_response_norm(cytorch.tensor([[[2.0]]]), 1, 1.0, 1.0, 0.0)
tensor([[[0.5000]]])
""")
