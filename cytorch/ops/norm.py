"""Norms of vectors and matrices."""
from __future__ import annotations

import math
from typing import Any

from .derivatives import masked
from .dtypes import is_integral
from .reduced_axes import axes_of, check_axes, restored
from .spec import FLOATING, argument_error, call, dtype_error, op, ops, reduction, shape_error


def _norm2_grad(g: Any, input: Any, out: Any, dim: Any, keepdim: bool) -> Any:
    """0 where the norm is 0: one of its subgradients."""
    g, out = (restored(t, input.shape, dim, keepdim) for t in (g, out))
    return input * masked(out != 0, g / ops.where(out != 0, out, 1))


op("_norm2(Tensor input, int[]? dim, bool keepdim) -> Tensor", kernel=reduction(FLOATING),
   grad={"input": _norm2_grad}, forms="function",
   samples=lambda s: [call(s.tensor(3, 4), (1,), False), call(s.tensor(3, 4), None, True),
                      call(s.tensor(2, 3, 4), (0, 2), False)],
   ref=lambda input, dim, keepdim: (input ** 2).sum(dim, keepdims=keepdim) ** 0.5,
   doc="sqrt(sum(input^2))")


def _power_norm(input: Any, p: float, dim: Any, keepdim: bool) -> Any:
    """Zeros are set aside: the derivative of |x|^p has none there for p < 1."""
    size = input.abs()
    total = ops.where(size > 0, ops.where(size > 0, size, 1).pow(p), 0 if p > 0 else math.inf)
    total = total.sum(dim, keepdim)
    return ops.where(total > 0, ops.where(total > 0, total, 1).pow(1 / p), 0 if p > 0 else math.inf)


def _vector_norm(name: str, input: Any, p: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    if dtype is not None:
        if input.dtype.is_complex and not dtype.is_complex:
            raise dtype_error(f"{name}: dtype should be complex for complex inputs, but got "
                              f"{dtype}")
        input = input.to(dtype)
    if is_integral(input.dtype):
        raise dtype_error(f"{name}: expected floating-point numbers, got {input.dtype}; "
                          "give dtype= to convert them")
    check_axes(name, input.ndim, dim)
    dim = axes_of(input.ndim, dim)
    empty = any(input.shape[d] == 0 for d in dim) if input.ndim else False
    if empty and (p < 0 or p == math.inf):
        raise argument_error(f"{name}: there is no norm of order {p} of zero elements: the input "
                             f"has shape {tuple(input.shape)}, dim {dim}")
    if input.dtype.is_complex and p == 2:
        result = ops._norm2(ops.view_as_real(input), (*dim, input.ndim), keepdim)
        return result.squeeze(-1) if keepdim else result
    if input.dtype.is_complex:
        input = input.abs()
    if p == 2:
        return ops._norm2(input, dim, keepdim)
    if p == 1:
        return input.abs().sum(dim, keepdim)
    if p == 0:
        return input.sign().abs().sum(dim, keepdim)
    if p == math.inf:
        return input.abs().amax(dim, keepdim)
    if p == -math.inf:
        return input.abs().amin(dim, keepdim)
    return _power_norm(input, p, dim, keepdim)


def _numpy_vector_norm(input: Any, p: float, dim: Any = None, keepdim: bool = False) -> Any:
    size = abs(input)
    if math.isinf(p):
        return (size.max if p > 0 else size.min)(dim, keepdims=keepdim)
    if p == 0:
        return (size != 0).sum(dim, keepdims=keepdim)
    return (size ** p).sum(dim, keepdims=keepdim) ** (1 / p)


op("linalg.vector_norm(Tensor x, Scalar ord=2, int[]? dim=None, bool keepdim=False, *, "
   "DType? dtype=None) -> Tensor",
   body=lambda x, ord, dim, keepdim, dtype: _vector_norm(
       "linalg.vector_norm", x, ord, dim, keepdim, dtype), forms="function out",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3, 4), 1, 1), call(s.tensor()),
                      call(s.tensor(3, 4), math.inf, 0, True), call(s.tensor(3, 4), -math.inf),
                      call(s.tensor(2, 3, 4), 3, (0, 2)), call(s.tensor(3, 4), 0, 1),
                      call(s.tensor(3, 4), 0.5, 1), call(s.tensor(0, 3), 2, 0)],
   ref=lambda x, ord=2, dim=None, keepdim=False: _numpy_vector_norm(x, ord, dim, keepdim),
   errors=lambda s: [(call(s.ints(3)), "DTypeError", "int64"),
                     (call(s.tensor(0), math.inf), "ArgumentError", r"inf .*\(0,\)")],
   doc="""(sum(|x|^ord))^(1/ord) over the axes `dim`; inf: the largest |x|; 0: how many are not 0.

>>> cytorch.linalg.vector_norm(cytorch.tensor([3.0, 4.0]))
tensor(5.)
""")


# ---- matrices
def _singular_norm(name: str, input: Any, order: Any, dims: tuple[int, ...]) -> Any:
    values = ops.linalg.svdvals(input.movedim(dims, (-2, -1)))
    if order == "nuc" or (order == 2 and values.shape[-1] == 0):
        return values.sum(-1)
    return values.amax(-1) if order == 2 else values.amin(-1)


def _matrix_norm(name: str, input: Any, order: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    if dtype is not None:
        input = input.to(dtype)
    check_axes(name, input.ndim, dim)
    if input.ndim < 2 or len(dim) != 2:
        raise shape_error(f"{name}: a matrix norm takes two axes, got dim {dim} of an input of "
                          f"shape {tuple(input.shape)}")
    dims = axes_of(input.ndim, dim)
    if order == "fro":
        return _vector_norm(name, input, 2, dims, keepdim, None)
    if order in (1, -1, math.inf, -math.inf):
        inner, outer = dims if abs(order) == 1 else dims[::-1]
        extreme = ops.amax if order > 0 else ops.amin
        result = extreme(input.abs().sum(inner, True), outer, True)
        return result if keepdim else result.squeeze(dims)
    if order in ("nuc", 2, -2):
        result = _singular_norm(name, input, order, dims)
        return restored(result, input.shape, dims, False) if keepdim else result
    raise argument_error(f"{name}: order {order!r} is not supported for matrices: use 'fro', "
                         "'nuc', 1, -1, 2, -2, inf or -inf")


op("linalg.matrix_norm(Tensor input, any ord='fro', int[] dim=[-2, -1], bool keepdim=False, *, "
   "DType? dtype=None) -> Tensor",
   body=lambda input, ord, dim, keepdim, dtype: _matrix_norm(
       "linalg.matrix_norm", input, ord, dim, keepdim, dtype), forms="function out",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(2, 3, 4), 1),
                      call(s.tensor(2, 3, 4), math.inf, (0, 2), True), call(s.tensor(3, 4), -1)],
   errors=lambda s: [(call(s.tensor(3)), "IndexOutOfRange", "Dimension out of range"),
                     (call(s.tensor(3, 4), 3), "ArgumentError", "order 3")],
   doc="""Norm of matrices: 'fro', 'nuc', inf and 1 (largest row and column sum of |x|), 2, ...

>>> cytorch.linalg.matrix_norm(cytorch.tensor([[3.0, 4.0]]))
tensor(5.)
""")


def _linalg_norm(input: Any, ord: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    if ord is None:
        return _vector_norm("linalg.norm", input, 2, dim, keepdim, dtype)
    if isinstance(ord, str) or (dim is not None and len(dim) == 2) or \
            (dim is None and input.ndim == 2):
        return _matrix_norm("linalg.norm", input, ord, (-2, -1) if dim is None else dim, keepdim,
                            dtype)
    if dim is None and input.ndim > 2:
        raise shape_error("linalg.norm: with an order and no dim the input must be a vector or a "
                          f"matrix, got shape {tuple(input.shape)}")
    return _vector_norm("linalg.norm", input, ord, dim, keepdim, dtype)


op("linalg.norm(Tensor input, any ord=None, int[]? dim=None, bool keepdim=False, *, "
   "DType? dtype=None) -> Tensor", body=_linalg_norm, forms="function out",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3, 4), "fro"), call(s.tensor(5), 3),
                      call(s.tensor(3, 4), 1), call(s.tensor(3, 4), 2, 1, True)],
   errors=lambda s: [(call(s.tensor(2, 3, 4), 1), "ShapeError", r"\(2, 3, 4\)")],
   doc="""Norm of vectors (see vector_norm) or, for two axes and an order, of matrices.

>>> cytorch.linalg.norm(cytorch.tensor([3.0, 4.0]))
tensor(5.)
""")


def _norm(input: Any, p: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    if p is None or p == "fro":
        p = 2
    if p == "nuc":
        return _matrix_norm("norm", input, "nuc", tuple(range(input.ndim)) if dim is None else dim,
                            keepdim, dtype)
    if isinstance(p, str):
        raise argument_error(f"norm: order {p!r} is not 'fro', 'nuc' or a number")
    return _vector_norm("norm", input, p, dim, keepdim, dtype)


op("norm(Tensor input, any p='fro', int[]? dim=None, bool keepdim=False, DType? dtype=None)"
   " -> Tensor", body=_norm, forms="function method out",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3, 4), 1), call(s.tensor(3, 4), 2, 1),
                      call(s.tensor(3, 4), p=3, dim=(0, 1), keepdim=True),
                      call(s.tensor(3, 4), math.inf, 0), call(s.tensor(3), 0),
                      call(s.tensor(3, 4), "fro", dim=1)],
   ref=lambda input, p="fro", dim=None, keepdim=False: _numpy_vector_norm(
       input, 2 if p == "fro" else p, dim, keepdim),
   errors=lambda s: [(call(s.tensor(3), "abc"), "ArgumentError", "'abc'")],
   doc="""Norm over the axes `dim` (all for None): 'fro' and 2: sqrt(sum(x^2)); see vector_norm.

>>> cytorch.tensor([3.0, 4.0]).norm()
tensor(5.)
""")
