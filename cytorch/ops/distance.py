"""Distances between vectors, and limits to their lengths."""
from __future__ import annotations

from typing import Any

from .matmul import batch_shape
from .matrices import check_matrix, check_same_dtype, expand_batches
from .spec import (
    FLOATING,
    argument_error,
    call,
    dtype_error,
    index_error,
    op,
    ops,
    shape_error,
    structured,
)

_MODES = ("use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist",
          "donot_use_mm_for_euclid_dist")
# From this many rows on, one matrix product is faster than all differences.
_MANY_ROWS = 25


def _euclidean(x1: Any, x2: Any) -> Any:
    """sqrt(|x|^2 + |y|^2 - 2 x.y), with the derivative 0 where the distance is 0."""
    squares = ((x1 * x1).sum(-1, True) + (x2 * x2).sum(-1, True).mT - 2 * (x1 @ x2.mT))
    apart = squares > 0
    return ops.where(apart, ops.where(apart, squares, 1).sqrt(), 0)


def _euclidean_gradient(g: Any, x1: Any, x2: Any, out: Any,
                        needs: tuple[bool, ...]) -> tuple[Any, Any]:
    """Sums of g (x - y) / |x - y|, as products of matrices; 0 where the distance is 0."""
    apart = out > 0
    weights = ops.where(apart, g / ops.where(apart, out, 1), 0)
    return (weights.sum(-1, True) * x1 - weights @ x2 if needs[0] else None,
            weights.sum(-2).unsqueeze(-1) * x2 - weights.mT @ x1 if needs[1] else None)


op("_euclidean_distances(Tensor x1, Tensor x2) -> Tensor out", kernel=structured(FLOATING),
   shape=lambda x1, x2: ((*x1.shape[:-1], x2.shape[-2]), x1.dtype), grad=_euclidean_gradient,
   samples=lambda s: [call(s.tensor(2, 3, 4), s.tensor(2, 5, 4))],
   doc="""|x - y| of the rows of x1 (.., P, M) and x2 (.., R, M), of the same batch dimensions.""")


def _cdist(x1: Any, x2: Any, p: float, compute_mode: Any) -> Any:
    check_matrix("cdist", x1, "x1")
    check_matrix("cdist", x2, "x2")
    if not x1.dtype.is_floating_point:
        raise dtype_error(f"cdist: only supports floating-point dtypes, X1 got: {x1.dtype}")
    check_same_dtype("cdist", x1, x2)
    if x1.shape[-1] != x2.shape[-1]:
        raise shape_error(f"cdist: X1 and X2 must have the same number of columns. X1: "
                          f"{tuple(x1.shape)} X2: {tuple(x2.shape)}")
    if p < 0:
        raise argument_error(f"cdist: only supports non-negative p values, got {p}")
    mode = _MODES[compute_mode] if isinstance(compute_mode, int) else compute_mode
    if mode not in (None, *_MODES):
        raise argument_error(f"cdist: {compute_mode!r} is not a valid value for compute_mode")
    batch = batch_shape("cdist", tuple(x1.shape), tuple(x2.shape))
    rows, others = x1.shape[-2], x2.shape[-2]
    if 0 in (*batch, rows, others) or x1.shape[-1] == 0:
        # Differentiable zeros: no row, or vectors without elements.
        return (x1.sum(-1).unsqueeze(-1) + x2.sum(-1).unsqueeze(-2)) * 0
    many = max(rows, others) > _MANY_ROWS and mode != _MODES[2]
    if p == 2 and (many or mode == _MODES[1]):
        return _euclidean(x1, x2)
    if p == 2:
        return ops._euclidean_distances(*expand_batches("cdist", x1, x2))
    return ops.linalg.vector_norm(x1.unsqueeze(-2) - x2.unsqueeze(-3), p, -1)


op("cdist(Tensor x1, Tensor x2, float p=2.0, any compute_mode="
   "'use_mm_for_euclid_dist_if_necessary') -> Tensor", body=_cdist, forms="function",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(2, 4)), call(s.tensor(2, 3, 4), s.tensor(5, 4)),
                      call(s.tensor(3, 4), s.tensor(2, 4), 1.0),
                      call(s.tensor(3, 4), s.tensor(2, 4), 3.0),
                      call(s.tensor(3, 4), s.tensor(2, 4), float("inf")),
                      call(s.tensor(3, 4), s.tensor(2, 4), 0.0), call(s.tensor(30, 4),
                                                                      s.tensor(2, 4)),
                      call(s.tensor(0, 4), s.tensor(2, 4)), call(s.tensor(3, 0), s.tensor(2, 0))],
   errors=lambda s: [
       (call(s.tensor(3, 4), s.tensor(2, 5)), "ShapeError", r"\(3, 4\) X2: \(2, 5\)"),
       (call(s.tensor(4), s.tensor(2, 4)), "ShapeError", "x1 must have"),
       (call(s.tensor(3, 4), s.tensor(2, 4), -1.0), "ArgumentError", "-1")],
   doc="""The p-norm of every row of x1 minus every row of x2.

    x1 (.., P, M) and x2 (.., R, M) give (.., P, R); batch dimensions broadcast. For p = 2 and more
    than 25 rows a matrix product is used, unless compute_mode says otherwise: faster, and less
    exact for rows that are close together.

    >>> import cytorch
    >>> cytorch.cdist(cytorch.tensor([[0.0, 0.0]]), cytorch.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """)


def _pdist(name: str, input: Any, p: float) -> Any:
    if input.ndim != 2:
        raise shape_error(f"{name}: only supports 2D tensors, got shape {tuple(input.shape)}")
    if not input.dtype.is_floating_point:
        raise dtype_error(f"{name}: only supports floating-point dtypes, got {input.dtype}")
    if p < 0:
        raise argument_error(f"{name}: only supports non-negative p values, got {p}")
    return ops._pdist(input, p)


for _name, _forms in (("pdist", "function"), ("nn.functional.pdist", "function")):
    op(f"{_name}(Tensor input, float p=2.0) -> Tensor",
       body=lambda input, p: _pdist("pdist", input, p), forms=_forms,
       samples=lambda s: [call(s.tensor(4, 3)), call(s.tensor(4, 3), 1.0),
                          call(s.tensor(4, 3), 3.0), call(s.tensor(4, 3), float("inf"))],
       errors=lambda s: [(call(s.tensor(3)), "ShapeError", r"2D.*\(3,\)"),
                         (call(s.tensor(3, 2), -1.0), "ArgumentError", "-1")],
       doc=f"""The p-norm of the differences of all pairs of rows i < j: shape (n (n - 1) / 2).

    >>> import cytorch
    >>> cytorch.{_name}(cytorch.tensor([[0.0, 0.0], [3.0, 4.0]]))
    tensor([5.])
    """)

op("dist(Tensor input, Tensor other, Scalar p=2) -> Tensor",
   body=lambda input, other, p: ops.linalg.vector_norm(input - other, p),
   forms="function method",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(3, 4)), call(s.tensor(3, 4), s.tensor(4), 1),
                      call(s.tensor(3), s.tensor(3), 3.0), call(s.tensor(3), s.tensor(3), 0),
                      call(s.tensor(3), s.tensor(3), float("inf"))],
   doc="""The p-norm of input - other, which broadcast.

    >>> import cytorch
    >>> cytorch.dist(cytorch.tensor([3.0, 0.0]), cytorch.tensor([0.0, 4.0]))
    tensor(5.)
    """)


def _renorm(input: Any, p: float, dim: int, maxnorm: float) -> Any:
    if input.ndim < 2:
        raise shape_error("renorm: input needs at least 2 dimensions, got shape "
                          f"{tuple(input.shape)}")
    if p <= 0:
        raise argument_error(f"renorm: non-positive norm not supported, got p={p}")
    if maxnorm < 0:
        raise argument_error(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    if not -input.ndim <= dim < input.ndim:
        raise index_error("renorm: Dimension out of range (expected to be in range of "
                          f"[{-input.ndim}, {input.ndim - 1}], but got {dim})")
    others = [d for d in range(input.ndim) if d != dim % input.ndim]
    norms = ops.linalg.vector_norm(input, p, others, True)
    return input * ops.where(norms > maxnorm, maxnorm / (norms + 1e-7), 1)


op("renorm(Tensor input, Scalar p, int dim, Scalar maxnorm) -> Tensor", body=_renorm,
   forms="function method inplace out",
   samples=lambda s: [call(s.tensor(3, 4), 2, 0, 1.0), call(s.tensor(3, 4), 1, -1, 2.0),
                      call(s.tensor(2, 3, 4), 3.0, 1, 100.0)],
   errors=lambda s: [(call(s.tensor(3), 2, 0, 1.0), "ShapeError", r"\(3,\)"),
                     (call(s.tensor(3, 2), 0, 0, 1.0), "ArgumentError", "p=0"),
                     (call(s.tensor(3, 2), 2, 0, -1.0), "ArgumentError", "-1"),
                     (call(s.tensor(3, 2), 2, 5, 1.0), "IndexOutOfRange", "got 5")],
   doc="""Each slice along `dim` scaled down to the p-norm `maxnorm` where it is longer.

    >>> import cytorch
    >>> cytorch.renorm(cytorch.tensor([[3.0, 4.0], [0.0, 1.0]]), 2, 0, 1.0)
    tensor([[0.6000, 0.8000],
            [0.0000, 1.0000]])
    """)

for _name, _order in (("nuclear_norm", "nuc"), ("frobenius_norm", "fro")):
    op(f"{_name}(Tensor input, int[]? dim=None, bool keepdim=False) -> Tensor",
       body=lambda input, dim, keepdim, order=_order: ops.norm(input, order, dim, keepdim),
       forms="function out",
       samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(2, 3, 4), (0, 2), True)],
       extra={"parity": False},
       doc=f"""The same as norm(input, '{_order}', dim, keepdim).

    >>> import cytorch
    >>> cytorch.{_name}(cytorch.tensor([[3.0, 4.0]]))
    tensor(5.)
    """)
