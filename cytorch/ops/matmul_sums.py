"""beta * input + alpha * product: addmm and its family."""
from __future__ import annotations

from typing import Any

from .matmul_composed import outer_product
from .spec import call, op, ops, shape_error


def _scaled_sum(name: str, input: Any, product: Any, beta: Any, alpha: Any) -> Any:
    """beta * input + alpha * product; with beta 0 the input does not count, not even its NaN."""
    shape, result = tuple(input.shape), tuple(product.shape)
    padded = (1,) * (len(result) - len(shape)) + shape
    if len(padded) != len(result) or any(a not in (1, b) for a, b in zip(padded, result)):
        raise shape_error(f"{name}: input {shape} does not expand to the shape {result} of the "
                          "product")
    if not product.dtype.is_floating_point and not product.dtype.is_complex:
        beta, alpha = int(beta), int(alpha)     # as PyTorch: 0.5 counts as 0 here
    if alpha != 1:
        product = product * alpha
    if beta == 0:
        return product
    return (input if beta == 1 else input * beta) + product


def _rounded_once(function: Any) -> Any:
    """The same for 16-bit floats, computed in float32: only the sum is rounded to 16 bits."""
    def body(*arguments: Any) -> Any:
        *operands, beta, alpha = arguments
        dtype = operands[0].dtype
        if dtype.itemsize != 2 or not dtype.is_floating_point or any(
                operand.dtype is not dtype for operand in operands):
            return function(*arguments)
        return function(*(operand.float() for operand in operands), beta, alpha).to(dtype)

    return body


def _addmm(input: Any, mat1: Any, mat2: Any, beta: Any, alpha: Any) -> Any:
    return _scaled_sum("addmm", input, ops.mm(mat1, mat2), beta, alpha)


def _addmv(input: Any, mat: Any, vec: Any, beta: Any, alpha: Any) -> Any:
    return _scaled_sum("addmv", input, ops.mv(mat, vec), beta, alpha)


def _addr(input: Any, vec1: Any, vec2: Any, beta: Any, alpha: Any) -> Any:
    if input.dtype == vec1.dtype == vec2.dtype and str(input.dtype) == "torch.bool":
        product = outer_product("addr", vec1, vec2) & bool(alpha)
        return product | input if beta else product
    return _scaled_sum("addr", input, outer_product("addr", vec1, vec2), beta, alpha)


def _addbmm(input: Any, batch1: Any, batch2: Any, beta: Any, alpha: Any) -> Any:
    return _scaled_sum("addbmm", input, ops.bmm(batch1, batch2).sum(0), beta, alpha)


def _baddbmm(input: Any, batch1: Any, batch2: Any, beta: Any, alpha: Any) -> Any:
    return _scaled_sum("baddbmm", input, ops.bmm(batch1, batch2), beta, alpha)


def _sum_samples(*shapes: tuple[int, ...]) -> Any:
    """Samples of beta * input + alpha * product: plain, scaled, and with an input to expand."""
    return lambda s: [
        call(*(s.tensor(*shape) for shape in shapes)),
        call(*(s.tensor(*shape) for shape in shapes), beta=0.5, alpha=-2.0),
        call(*(s.tensor(*shape) for shape in shapes), beta=0),
        call(s.tensor(shapes[0][-1]), *(s.tensor(*shape) for shape in shapes[1:]), beta=2)]


_FORMS = "function method inplace out"

op("addmm(Tensor input, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
   body=_rounded_once(_addmm), forms=_FORMS, samples=_sum_samples((2, 4), (2, 3), (3, 4)),
   ref=lambda input, mat1, mat2, beta=1, alpha=1: beta * input + alpha * (mat1 @ mat2),
   errors=lambda s: [(call(s.tensor(3, 4), s.tensor(2, 3), s.tensor(3, 4)), "ShapeError",
                      r"addmm.*\(3, 4\).*\(2, 4\)")],
   doc="""beta * input + alpha * (mat1 @ mat2): (M, K) times (K, N), input expands to (M, N).

    >>> import cytorch
    >>> cytorch.addmm(cytorch.ones(2), cytorch.ones(1, 3), cytorch.ones(3, 2))
    tensor([[4., 4.]])
    """)

op("addmv(Tensor input, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
   body=_rounded_once(_addmv), forms=_FORMS, samples=_sum_samples((2,), (2, 3), (3,)),
   ref=lambda input, mat, vec, beta=1, alpha=1: beta * input + alpha * (mat @ vec),
   doc="""beta * input + alpha * (mat @ vec): (M, K) times (K), input expands to (M).

    >>> import cytorch
    >>> cytorch.addmv(cytorch.ones(2), cytorch.ones(2, 3), cytorch.ones(3))
    tensor([4., 4.])
    """)

op("addr(Tensor input, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
   body=_addr, forms=_FORMS, samples=_sum_samples((2, 3), (2,), (3,)),
   doc="""beta * input + alpha * outer(vec1, vec2): input expands to (M, N).

    >>> import cytorch
    >>> cytorch.addr(cytorch.zeros(2, 2), cytorch.tensor([1., 2.]), cytorch.tensor([3., 4.]))
    tensor([[3., 4.],
            [6., 8.]])
    """)

op("addbmm(Tensor input, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) "
   "-> Tensor",
   body=_rounded_once(_addbmm), forms=_FORMS, samples=_sum_samples((2, 4), (5, 2, 3), (5, 3, 4)),
   ref=lambda input, batch1, batch2, beta=1, alpha=1:
   beta * input + alpha * (batch1 @ batch2).sum(0),
   doc="""beta * input + alpha * (sum of the products of a batch): the result is (M, N).

    >>> import cytorch
    >>> cytorch.addbmm(cytorch.ones(1, 1), cytorch.ones(5, 1, 3), cytorch.ones(5, 3, 1))
    tensor([[16.]])
    """)

op("baddbmm(Tensor input, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) "
   "-> Tensor",
   body=_rounded_once(_baddbmm), forms=_FORMS,
   samples=_sum_samples((5, 2, 4), (5, 2, 3), (5, 3, 4)),
   ref=lambda input, batch1, batch2, beta=1, alpha=1: beta * input + alpha * (batch1 @ batch2),
   doc="""beta * input + alpha * bmm(batch1, batch2): input expands to (B, M, N).

    >>> import cytorch
    >>> cytorch.baddbmm(cytorch.ones(1), cytorch.ones(2, 1, 3), cytorch.ones(2, 3, 1)).shape
    torch.Size([2, 1, 1])
    """)
