"""Matrix products with a kernel: matmul, its special cases by dimension, and linear.

All run the same kernel, which takes operands of any strides: transposed views cost nothing.
"""
from __future__ import annotations

from typing import Any

from .spec import REAL_AND_COMPLEX, call, dtype_error, op, ops, shape_error, structured

_PRODUCT = structured(REAL_AND_COMPLEX, name="matmul", contiguous=False)


def _check_dtypes(name: str, first: Any, second: Any) -> None:
    if first.dtype != second.dtype:
        raise dtype_error(f"{name}: expected both tensors to have the same dtype, but got "
                          f"{first.dtype} and {second.dtype}")


def _check_ndim(name: str, wanted: tuple[int, int], first: Any, second: Any) -> None:
    if (first.ndim, second.ndim) != wanted:
        raise shape_error(f"{name}: expected {wanted[0]}-D and {wanted[1]}-D tensors, but got "
                          f"shapes {tuple(first.shape)} and {tuple(second.shape)}")


def batch_shape(name: str, first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    """Broadcast the dimensions in front of the matrices."""
    leading, other = first[:-2], second[:-2]
    size = max(len(leading), len(other))
    leading = (1,) * (size - len(leading)) + leading
    other = (1,) * (size - len(other)) + other
    for left, right in zip(leading, other):
        if left != right and 1 not in (left, right):
            raise shape_error(f"{name}: the batch dimensions of {first} and {second} do not "
                              f"broadcast: {left} != {right}")
    return tuple(right if left == 1 else left for left, right in zip(leading, other))


def _product_shape(name: str, first: Any, second: Any) -> tuple[tuple[int, ...], Any]:
    _check_dtypes(name, first, second)
    left, right = tuple(first.shape), tuple(second.shape)
    if not left or not right:
        raise shape_error(f"{name}: both tensors must have at least one dimension, but got shapes "
                          f"{left} and {right}")
    depth = right[-2] if len(right) > 1 else right[0]
    if left[-1] != depth:
        raise shape_error(f"{name}: shapes {left} and {right} cannot be multiplied: "
                          f"{left[-1]} != {depth}")
    shape = batch_shape(name, left, right) if len(left) > 2 or len(right) > 2 else ()
    return shape + left[-2:-1] + (right[-1:] if len(right) > 1 else ()), first.dtype


def _mm_shape(input: Any, mat2: Any) -> Any:
    _check_ndim("mm", (2, 2), input, mat2)
    return _product_shape("mm", input, mat2)


def _bmm_shape(input: Any, mat2: Any) -> Any:
    _check_ndim("bmm", (3, 3), input, mat2)
    if input.shape[0] != mat2.shape[0]:
        raise shape_error(f"bmm: the batch sizes of {tuple(input.shape)} and {tuple(mat2.shape)} "
                          f"differ: {input.shape[0]} != {mat2.shape[0]}")
    return _product_shape("bmm", input, mat2)


def _mv_shape(input: Any, vec: Any) -> Any:
    _check_ndim("mv", (2, 1), input, vec)
    return _product_shape("mv", input, vec)


def _dot_shape(input: Any, other: Any) -> Any:
    _check_ndim("dot", (1, 1), input, other)
    return _product_shape("dot", input, other)


def _adjoint(matrix: Any) -> Any:
    return matrix.transpose(-2, -1).conj()


def _left_gradient(g: Any, left: Any, right: Any) -> Any:
    if right.ndim == 1:
        return g.unsqueeze(-1) * right.conj()
    if left.ndim == 1:
        return ops.matmul(right.conj(), g.unsqueeze(-1)).squeeze(-1)
    return ops.matmul(g, _adjoint(right))


def _right_gradient(g: Any, left: Any, right: Any) -> Any:
    if left.ndim == 1:
        if right.ndim == 1:
            return g * left.conj()
        return left.conj().unsqueeze(-1) * g.unsqueeze(-2)
    if right.ndim == 1:
        return ops.matmul(_adjoint(left), g.unsqueeze(-1)).squeeze(-1)
    if right.ndim == 2 and left.ndim > 2:
        # One product over all rows instead of a batch of products and their sum.
        left, g = left.reshape(-1, left.shape[-1]), g.reshape(-1, g.shape[-1])
    return ops.matmul(_adjoint(left), g)


def _summed_to(gradient: Any, like: Any) -> Any:
    """Undo the broadcast of batch dimensions."""
    if gradient.shape == like.shape:
        return gradient
    return ops._sum_to_size(gradient, tuple(like.shape))


def _matmul_grad(g: Any, input: Any, other: Any, needs: tuple[bool, ...]) -> tuple[Any, Any]:
    return (_summed_to(_left_gradient(g, input, other), input) if needs[0] else None,
            _summed_to(_right_gradient(g, input, other), other) if needs[1] else None)


_MATMUL_SHAPES = [((2, 3), (3, 4)), ((3,), (3,)), ((3,), (3, 4)), ((2, 3), (3,)),
                  ((5, 2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4)), ((2, 1, 2, 3), (5, 3, 4)),
                  ((2, 3), (5, 3, 4)), ((3,), (5, 3, 4)), ((5, 2, 3), (3,)), ((0, 3), (3, 4)),
                  ((2, 0), (0, 4)), ((0, 2, 3), (3, 4)), ((17, 40), (40, 33))]

op("matmul(Tensor input, Tensor other) -> Tensor", kernel=_PRODUCT,
   shape=lambda input, other: _product_shape("matmul", input, other), grad=_matmul_grad,
   forms="function method out operator:__matmul__",
   samples=lambda s: [call(s.tensor(*left), s.tensor(*right)) for left, right in _MATMUL_SHAPES],
   errors=lambda s: [
       (call(s.tensor(2, 3), s.tensor(4, 5)), "ShapeError", r"matmul.*\(2, 3\).*\(4, 5\).*3 != 4"),
       (call(s.tensor(), s.tensor(3)), "ShapeError", r"matmul.*at least one dimension"),
       (call(s.tensor(2, 2, 3), s.tensor(4, 3, 5)), "ShapeError", r"matmul.*broadcast: 2 != 4"),
       (call(s.tensor(2, 3), s.ints(3, 2)), "DTypeError", r"matmul.*dtype")],
   ref="numpy.matmul",
   doc="""Matrix product of tensors, with NumPy's rules for the dimensions.

    (K) @ (K) gives a 0-dim tensor, (M, K) @ (K, N) gives (M, N); a 1-D tensor counts as a row on
    the left and as a column on the right; dimensions in front of the last two broadcast. Raises
    ShapeError when the inner sizes differ and DTypeError for different dtypes.

    >>> import cytorch
    >>> cytorch.tensor([[1., 2.], [3., 4.]]) @ cytorch.tensor([1., 1.])
    tensor([3., 7.])
    """)

op("_rmatmul(Tensor input, Tensor other) -> Tensor",
   body=lambda input, other: ops.matmul(other, input), forms="operator:__rmatmul__",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(2, 3))],
   ref=lambda input, other: other @ input)

op("mm(Tensor input, Tensor mat2) -> Tensor", kernel=_PRODUCT, shape=_mm_shape,
   grad=lambda g, input, mat2, needs: _matmul_grad(g, input, mat2, needs),
   forms="function method out",
   samples=lambda s: [call(s.tensor(2, 3), s.tensor(3, 4)), call(s.tensor(0, 3), s.tensor(3, 2)),
                      call(s.tensor(2, 0), s.tensor(0, 2))],
   errors=lambda s: [(call(s.tensor(2, 3, 4), s.tensor(4, 2)), "ShapeError", "mm: expected 2-D"),
                     (call(s.tensor(2, 3), s.tensor(2, 3)), "ShapeError", "mm.*3 != 2")],
   ref="numpy.matmul",
   doc="""Product of two matrices: (M, K) times (K, N) gives (M, N). No broadcasting: see `matmul`.

    >>> import cytorch
    >>> cytorch.mm(cytorch.ones(2, 3), cytorch.ones(3, 1))
    tensor([[3.],
            [3.]])
    """)

op("bmm(Tensor input, Tensor mat2) -> Tensor", kernel=_PRODUCT, shape=_bmm_shape,
   grad=lambda g, input, mat2, needs: _matmul_grad(g, input, mat2, needs),
   forms="function method out",
   samples=lambda s: [call(s.tensor(5, 2, 3), s.tensor(5, 3, 4)),
                      call(s.tensor(0, 2, 3), s.tensor(0, 3, 4)),
                      call(s.tensor(2, 2, 0), s.tensor(2, 0, 4))],
   errors=lambda s: [(call(s.tensor(2, 3, 4), s.tensor(3, 4, 2)), "ShapeError", "bmm.*2 != 3")],
   ref="numpy.matmul",
   doc="""Products of the matrices of two batches: (B, M, K) times (B, K, N) gives (B, M, N).

    >>> import cytorch
    >>> cytorch.bmm(cytorch.ones(5, 2, 3), cytorch.ones(5, 3, 4)).shape
    torch.Size([5, 2, 4])
    """)

op("mv(Tensor input, Tensor vec) -> Tensor", kernel=_PRODUCT, shape=_mv_shape,
   grad=lambda g, input, vec, needs: _matmul_grad(g, input, vec, needs),
   forms="function method out",
   samples=lambda s: [call(s.tensor(2, 3), s.tensor(3)), call(s.tensor(2, 0), s.tensor(0))],
   errors=lambda s: [(call(s.tensor(2, 3), s.tensor(4)), "ShapeError", "mv.*3 != 4")],
   ref="numpy.matmul",
   doc="""Product of a matrix (M, K) and a vector (K): a vector (M).

    >>> import cytorch
    >>> cytorch.mv(cytorch.tensor([[1., 2.], [3., 4.]]), cytorch.tensor([1., 1.]))
    tensor([3., 7.])
    """)

op("dot(Tensor input, Tensor other) -> Tensor", kernel=_PRODUCT, shape=_dot_shape,
   grad=lambda g, input, other, needs: _matmul_grad(g, input, other, needs),
   forms="function method out",
   samples=lambda s: [call(s.tensor(5), s.tensor(5)), call(s.tensor(0), s.tensor(0)),
                      call(s.tensor(100), s.tensor(100))],
   errors=lambda s: [(call(s.tensor(2), s.tensor(3)), "ShapeError", "dot.*2 != 3")],
   ref="numpy.dot",
   doc="""Sum of the products of two vectors (K): a 0-dim tensor.

    >>> import cytorch
    >>> cytorch.dot(cytorch.tensor([1., 2.]), cytorch.tensor([3., 4.]))
    tensor(11.)
    """)


def _linear_shape(input: Any, weight: Any, bias: Any) -> Any:
    name = "linear"
    left, right = tuple(input.shape), tuple(weight.shape)
    if not left or len(right) not in (1, 2):
        raise shape_error(f"{name}: expected an input of at least one dimension and a weight of "
                          f"one or two, but got shapes {left} and {right}")
    _check_dtypes(name, input, weight)
    if left[-1] != right[-1]:
        raise shape_error(f"{name}: input {left} and weight {right}: {left[-1]} != {right[-1]}")
    if bias is not None:
        _check_dtypes(name, input, bias)
        if tuple(bias.shape) not in (right[:-1], (), (1,)):
            raise shape_error(f"{name}: weight {right} and bias {tuple(bias.shape)} do not fit: "
                              f"expected a bias of shape {right[:-1]}")
    return left[:-1] + right[:-1], input.dtype


def _linear_grad(g: Any, input: Any, weight: Any, bias: Any,
                 needs: tuple[bool, ...]) -> tuple[Any, Any, Any]:
    matrix = weight if weight.ndim == 2 else weight.unsqueeze(0)
    rows = g if weight.ndim == 2 else g.unsqueeze(-1)
    input_gradient = ops.matmul(rows, matrix.conj()) if needs[0] else None
    weight_gradient = bias_gradient = None
    if rows.ndim != 2:
        rows = rows.reshape(-1, rows.shape[-1])
    if needs[1]:
        inputs = input if input.ndim == 2 else input.reshape(-1, input.shape[-1])
        weight_gradient = ops.matmul(rows.transpose(0, 1), inputs.conj())
        if weight.ndim == 1:
            weight_gradient = weight_gradient.squeeze(0)
    if bias is not None and needs[2]:
        bias_gradient = rows.sum(0)
        if bias.ndim == 0:
            bias_gradient = bias_gradient.sum()
    return input_gradient, weight_gradient, bias_gradient


op("nn.functional.linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor",
   kernel=structured(REAL_AND_COMPLEX, contiguous=False), shape=_linear_shape, grad=_linear_grad,
   forms="function out",
   samples=lambda s: [call(s.tensor(5, 3), s.tensor(4, 3), s.tensor(4)),
                      call(s.tensor(5, 3), s.tensor(4, 3)), call(s.tensor(3), s.tensor(4, 3)),
                      call(s.tensor(2, 5, 3), s.tensor(4, 3), s.tensor(4)),
                      call(s.tensor(2, 5, 3), s.tensor(3)), call(s.tensor(3), s.tensor(3)),
                      call(s.tensor(0, 3), s.tensor(4, 3), s.tensor(4)),
                      call(s.tensor(2, 0), s.tensor(4, 0), s.tensor(4))],
   errors=lambda s: [
       (call(s.tensor(2, 756), s.tensor(10, 784)), "ShapeError",
        r"linear: input \(2, 756\) and weight \(10, 784\): 756 != 784"),
       (call(s.tensor(2, 3), s.tensor(4, 3), s.tensor(5)), "ShapeError", "linear.*bias")],
   ref=lambda input, weight, bias=None: input @ weight.T + (0 if bias is None else bias),
   doc="""Apply an affine map to the last dimension: input @ weight.T + bias.

    input (.., in), weight (out, in), bias (out) or None; the result is (.., out).

    >>> import cytorch
    >>> cytorch.nn.functional.linear(cytorch.ones(2, 3), cytorch.ones(1, 3), cytorch.ones(1))
    tensor([[4.],
            [4.]])
    """)
