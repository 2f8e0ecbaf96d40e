"""Powers, exponentials and products of matrices and vectors: composed of other ops."""
from __future__ import annotations

import math
from typing import Any

from .dtypes import dtype_named, is_integral, promoted
from .matrices import check_inexact, check_square, eye_like, square_errors
from .spec import (
    COMPLEX,
    REAL,
    argument_error,
    call,
    dtype_error,
    index_error,
    op,
    ops,
    shape_error,
    structured,
)

op("linalg.matmul(Tensor input, Tensor other) -> Tensor",
   body=lambda input, other: ops.matmul(input, other), forms="function out",
   samples=lambda s: [call(s.tensor(2, 3), s.tensor(3, 4))], ref="numpy.matmul",
   doc="""The same as `matmul`.""")

op("linalg.diagonal(Tensor A, *, int offset=0, int dim1=-2, int dim2=-1) -> Tensor",
   body=lambda A, offset, dim1, dim2: A.diagonal(offset, dim1, dim2), forms="function",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(2, 3, 4), offset=1),
                      call(s.tensor(2, 3, 4), offset=-1, dim1=0, dim2=1)],
   doc="""A view of the diagonals of the last two dimensions: see `diagonal`.

    >>> import cytorch
    >>> cytorch.linalg.diagonal(cytorch.eye(2))
    tensor([1., 1.])
    """)


# ---- powers
def _matrix_power(name: str, A: Any, n: int) -> Any:
    check_square(name, A, "input")
    if n == 0:
        # Through `where`, so that the result has a history as all other powers have.
        return ops.where(ops.ones_like(A, dtype=dtype_named("bool")), eye_like(A), A)
    if n < 0:
        A, n = ops.linalg.inv(A), -n
    result = None
    while n:
        if n & 1:
            result = A if result is None else result @ A
        n >>= 1
        if n:
            A = A @ A
    return ops.clone(result) if result is A else result


def _power_samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 3), 3), call(s.tensor(2, 2, 2), 0), call(s.definite(3), -2),
            call(s.tensor(3, 3), 1), call(s.tensor(2, 3, 3), 6), call(s.tensor(0, 0), 2)]


def _power_errors(s: Any) -> list[Any]:
    return [(call(s.tensor(2, 3), 2), "ShapeError", "square"),
            (call(s.values([[0.0, 0.0], [0.0, 0.0]]), -1), "LinAlgError", "singular")]


op("linalg.matrix_power(Tensor input, int n) -> Tensor",
   body=lambda input, n: _matrix_power("linalg.matrix_power", input, n), forms="function out",
   samples=_power_samples, errors=_power_errors,
   doc="""The n-th power of square matrices: repeated squaring, of the inverse for n < 0.

    >>> import cytorch
    >>> cytorch.linalg.matrix_power(cytorch.tensor([[1.0, 1.0], [0.0, 1.0]]), 3)
    tensor([[1., 3.],
            [0., 1.]])
    """)
op("matrix_power(Tensor input, int n) -> Tensor",
   body=lambda input, n: _matrix_power("matrix_power", input, n), forms="function method out",
   samples=_power_samples, errors=_power_errors,
   doc="""The same as `linalg.matrix_power`.""")


# ---- the exponential
_DEGREE = 16


def _taylor(A: Any) -> Any:
    """sum of A^k / k! for k <= 16: Paterson and Stockmeyer's scheme, six products."""
    identity = eye_like(A)
    second = A @ A
    third = second @ A
    fourth = second @ second
    result = identity / math.factorial(_DEGREE)
    for first in range(_DEGREE - 4, -1, -4):
        block = identity / math.factorial(first) + A / math.factorial(first + 1) \
            + second / math.factorial(first + 2) + third / math.factorial(first + 3)
        result = fourth @ result + block
    return result


def _halvings(A: Any) -> int:
    """How often to halve so that the norm is at most 1/2, where the series has all digits."""
    if A.device.type == "meta" or A.numel() == 0:
        return 0
    norm = float(A.detach().abs().sum(-2).amax())
    if not math.isfinite(norm) or norm <= 0.5:
        return 0
    return math.ceil(math.log2(norm)) + 1


def _matrix_exp(name: str, A: Any) -> Any:
    check_square(name, A)
    check_inexact(name, A)
    halvings = _halvings(A)
    result = _taylor(A * 0.5 ** halvings)
    for _ in range(halvings):
        result = result @ result
    return result


def _exp_samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 3)), call(s.tensor(2, 2, 2, low=-0.1, high=0.1)),
            call(s.tensor(0, 0)), call(s.tensor(0, 2, 2)), call(s.tensor(1, 1))]


op("linalg.matrix_exp(Tensor A) -> Tensor",
   body=lambda A: _matrix_exp("linalg.matrix_exp", A), forms="function", samples=_exp_samples,
   errors=square_errors,
   doc="""exp(A) = sum of A^k / k! of square matrices: scaling, a polynomial, squaring.

    >>> import cytorch
    >>> cytorch.linalg.matrix_exp(cytorch.tensor([[0.0, 1.0], [0.0, 0.0]]))
    tensor([[1., 1.],
            [0., 1.]])
    """)
op("matrix_exp(Tensor input) -> Tensor", body=lambda input: _matrix_exp("matrix_exp", input),
   forms="function method", samples=_exp_samples, errors=square_errors,
   doc="""The same as `linalg.matrix_exp`.""")


# ---- vectors
def _vander(x: Any, N: int | None) -> Any:
    x = x.reshape(1) if x.ndim == 0 else x
    columns = x.shape[-1] if N is None else N
    if columns <= 1:
        raise argument_error(f"linalg.vander: N must be greater than 1, got {columns}")
    if not x.dtype.is_floating_point and not x.dtype.is_complex:
        x = x.to(dtype_named("int64"))
    powers = x.unsqueeze(-1).expand(*x.shape, columns - 1).cumprod(-1)
    return ops.cat([ops.ones_like(x).unsqueeze(-1), powers], -1)


op("linalg.vander(Tensor x, *, int? N=None) -> Tensor", body=_vander, forms="function",
   samples=lambda s: [call(s.tensor(4)), call(s.tensor(2, 3), N=5), call(s.tensor(3), N=2),
                      call(s.tensor(), N=3)],
   errors=lambda s: [(call(s.tensor(3), N=1), "ArgumentError", "got 1")],
   doc="""The Vandermonde matrix of x (.., n): powers 0, 1, .., N - 1, shape (.., n, N).

    N is n where it is not given.

    >>> import cytorch
    >>> cytorch.linalg.vander(cytorch.tensor([1, 2, 3]))
    tensor([[1, 1, 1],
            [1, 2, 4],
            [1, 3, 9]])
    """)


def _vecdot(x: Any, y: Any, dim: int) -> Any:
    if is_integral(x.dtype):
        raise dtype_error("linalg.vecdot: Expected a floating point or complex tensor as input. "
                          f"Got {x.dtype}")
    return (x.conj() * y).sum(dim)


op("linalg.vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor", body=_vecdot,
   forms="function out",
   samples=lambda s: [call(s.tensor(3), s.tensor(3)), call(s.tensor(2, 3), s.tensor(2, 3), dim=0),
                      call(s.tensor(2, 1, 3), s.tensor(4, 3)),
                      call(s.tensor(2, 0), s.tensor(2, 0))],
   doc="""sum(conj(x) * y) along a dimension; the others broadcast.

    >>> import cytorch
    >>> cytorch.linalg.vecdot(cytorch.tensor([1.0, 2.0]), cytorch.tensor([3.0, 4.0]))
    tensor(11.)
    """)


def _cross_shape(input: Any) -> Any:
    if input.dtype.name == "bool":
        raise dtype_error("cross: not implemented for torch.bool")
    return input


op("_cross(Tensor input, Tensor other, int dim) -> Tensor",
   kernel=structured((*REAL, *COMPLEX)), shape=_cross_shape,
   grad={"input": lambda g, other, dim: ops._cross(other.conj(), g, dim),
         "other": lambda g, input, dim: ops._cross(g, input.conj(), dim)},
   samples=lambda s: [call(s.tensor(2, 3, 4), s.tensor(2, 3, 4), 1)],
   doc="""Cross products of tensors of one shape and dtype, whose dimension `dim` has size 3.""")


def _cross(name: str, input: Any, other: Any, dim: int) -> Any:
    if input.ndim != other.ndim:
        raise shape_error(f"{name}: inputs must have the same number of dimensions, got shapes "
                          f"{tuple(input.shape)} and {tuple(other.shape)}")
    if not -max(input.ndim, 1) <= dim < max(input.ndim, 1):
        raise index_error(f"{name}: Dimension out of range (expected to be in range of "
                          f"[{-max(input.ndim, 1)}, {max(input.ndim, 1) - 1}], but got {dim})")
    if input.ndim == 0 or input.shape[dim] != 3 or other.shape[dim] != 3:
        raise shape_error(f"{name}: inputs dimension {dim} must have length 3. Got shapes "
                          f"{tuple(input.shape)} and {tuple(other.shape)}")
    if input.dtype != other.dtype:
        dtype = promoted((input, other))
        input, other = input.to(dtype), other.to(dtype)
    if input.shape != other.shape:
        input, other = ops.broadcast_tensors(input, other)
    return ops._cross(input, other, dim)


def _old_cross(input: Any, other: Any, dim: int | None) -> Any:
    if dim is None:
        dim = next((d for d in range(input.ndim) if input.shape[d] == 3), None)
        if dim is None:
            raise shape_error("cross: no dimension of size 3 in input, got shapes "
                              f"{tuple(input.shape)} and {tuple(other.shape)}")
    return _cross("cross", input, other, dim)


op("linalg.cross(Tensor input, Tensor other, *, int dim=-1) -> Tensor",
   body=lambda input, other, dim: _cross("linalg.cross", input, other, dim), forms="function out",
   samples=lambda s: [call(s.tensor(2, 3), s.tensor(2, 3)),
                      call(s.tensor(3, 1), s.tensor(3, 4), dim=0), call(s.tensor(0, 3),
                                                                        s.tensor(1, 3))],
   errors=lambda s: [(call(s.tensor(2), s.tensor(2)), "ShapeError", "length 3"),
                     (call(s.tensor(3), s.tensor(2, 3)), "ShapeError", "number of dimensions")],
   doc="""Cross product of vectors of length 3 along `dim`; the other dimensions broadcast.

    >>> import cytorch
    >>> cytorch.linalg.cross(cytorch.tensor([1, 0, 0]), cytorch.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """)
op("cross(Tensor input, Tensor other, int? dim=None) -> Tensor", body=_old_cross,
   forms="function method out",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(3, 4)),
                      call(s.tensor(3, 3), s.tensor(3, 3), 1)],
   errors=lambda s: [(call(s.tensor(2), s.tensor(2)), "ShapeError", "no dimension of size 3")],
   doc="""Cross product along `dim`, or along the first dimension of size 3: see `linalg.cross`.

    >>> import cytorch
    >>> cytorch.cross(cytorch.tensor([1, 0, 0]), cytorch.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """)
