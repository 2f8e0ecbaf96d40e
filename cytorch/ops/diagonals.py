"""Diagonals put into tensors, and copies with one slice replaced."""
from __future__ import annotations

from typing import Any

from .index_primitives import wrapped
from .spec import argument_error, call, op, ops, shape_error


def _diag_embed(input: Any, offset: int, dim1: int, dim2: int) -> Any:
    ndim = input.dim() + 1
    if input.dim() == 0:
        raise shape_error("diag_embed: expected at least a 1-dimensional tensor")
    first, second = wrapped("diag_embed", dim1, ndim), wrapped("diag_embed", dim2, ndim)
    if first == second:
        raise argument_error(f"diag_embed: diagonal dimensions cannot be identical {dim1}, {dim2}")
    size = input.shape[-1] + abs(offset)
    shape = list(input.shape[:-1])
    for dim in sorted((first, second)):
        shape.insert(dim, size)
    return ops._diagonal_backward(input, shape, offset, first, second)


op("diag_embed(Tensor input, int offset=0, int dim1=-2, int dim2=-1) -> Tensor",
   body=_diag_embed, forms="function method",
   samples=lambda s: [call(s.tensor(3)), call(s.tensor(2, 3), 1), call(s.tensor(2, 3), -1, 0, 2)],
   errors=lambda s: [(call(s.tensor(2), 0, 1, 1), "ArgumentError", "identical")],
   doc="""Matrices of zeros with the last dimension of `input` on a diagonal.

>>> cytorch.diag_embed(cytorch.tensor([1, 2]))
tensor([[1, 0],
        [0, 2]])
""")


def _diag(input: Any, diagonal: int) -> Any:
    if input.dim() == 1:
        return _diag_embed(input, diagonal, -2, -1)
    if input.dim() == 2:
        return input.diagonal(diagonal).clone()
    raise shape_error(f"diag(): Supports 1D or 2D tensors. Got {input.dim()}D, shape "
                      f"{tuple(input.shape)}")


op("diag(Tensor input, int diagonal=0) -> Tensor", body=_diag, forms="function method out",
   samples=lambda s: [call(s.tensor(3)), call(s.tensor(3, 4), 1), call(s.tensor(2), -1),
                      call(s.tensor(0))],
   ref="numpy.diag",
   errors=lambda s: [(call(s.tensor(2, 2, 2)), "ShapeError", r"\(2, 2, 2\)")],
   doc="""A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector.

>>> cytorch.diag(cytorch.tensor([1, 2]))
tensor([[1, 0],
        [0, 2]])
""")
op("diagflat(Tensor input, int offset=0) -> Tensor",
   body=lambda input, offset: _diag_embed(input.reshape(-1), offset, -2, -1),
   forms="function method", ref="numpy.diagflat",
   samples=lambda s: [call(s.tensor(2, 2)), call(s.tensor(2), 1)],
   doc="""All elements, in one row, as the diagonal of a matrix.

>>> cytorch.diagflat(cytorch.tensor([1, 2]))
tensor([[1, 0],
        [0, 2]])
""")


def _replaced(name: str, input: Any, src: Any, view_of: Any) -> Any:
    """A copy of `input` with one view of it replaced."""
    result = input.clone()
    view = view_of(result)
    if view.shape != src.shape:
        raise shape_error(f"{name}: expected src to have a size equal to the slice of self. src "
                          f"size = {tuple(src.shape)}, slice size = {tuple(view.shape)}")
    view.copy_(src)
    return result


op("select_scatter(Tensor input, Tensor src, int dim, int index) -> Tensor",
   body=lambda input, src, dim, index: _replaced(
       "select_scatter", input, src, lambda x: x.select(dim, index)),
   forms="function method out",
   samples=lambda s: [call(s.tensor(3, 4), s.tensor(4), 0, -1), call(s.tensor(3, 4), s.tensor(
       3), 1, 2)],
   errors=lambda s: [(call(s.tensor(3, 4), s.tensor(3), 0, 0), "ShapeError", r"\(3,\)")],
   doc="""A copy with `src` in place of entry `index` of a dimension.

>>> cytorch.zeros(2, 2).select_scatter(cytorch.ones(2), 0, 1)
tensor([[0., 0.],
        [1., 1.]])
""")
op("slice_scatter(Tensor input, Tensor src, int dim=0, int? start=None, int? end=None, "
   "int step=1) -> Tensor",
   body=lambda input, src, dim, start, end, step: _replaced(
       "slice_scatter", input, src, lambda x: ops._slice(x, dim, start, end, step)),
   forms="function method out",
   samples=lambda s: [call(s.tensor(4, 3), s.tensor(2, 3), 0, 1, 3),
                      call(s.tensor(4, 3), s.tensor(2, 3), 0, 0, None, 2)],
   errors=lambda s: [(call(s.tensor(3), s.tensor(3), 0, 1), "ShapeError", r"\(2,\)")],
   doc="""A copy with `src` in place of a slice of a dimension.

>>> cytorch.zeros(4).slice_scatter(cytorch.ones(2), 0, 1, 3)
tensor([0., 1., 1., 0.])
""")
op("diagonal_scatter(Tensor input, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor",
   body=lambda input, src, offset, dim1, dim2: _replaced(
       "diagonal_scatter", input, src, lambda x: x.diagonal(offset, dim1, dim2)),
   forms="function method out",
   samples=lambda s: [call(s.tensor(3, 3), s.tensor(3)), call(s.tensor(3, 4), s.tensor(3), 1)],
   errors=lambda s: [(call(s.tensor(3, 3), s.tensor(2)), "ShapeError", r"\(2,\)")],
   doc="""A copy with `src` in place of a diagonal.

>>> cytorch.zeros(2, 2).diagonal_scatter(cytorch.ones(2))
tensor([[1., 0.],
        [0., 1.]])
""")
# PyTorch 2.13 gives the complement of the gradient here, so it is no reference.
op("as_strided_scatter(Tensor input, Tensor src, int[] size, int[] stride, "
   "int? storage_offset=None) -> Tensor",
   body=lambda input, src, size, stride, storage_offset: _replaced(
       "as_strided_scatter", input, src, lambda x: x.as_strided(size, stride, storage_offset)),
   forms="function method out",
   samples=lambda s: [call(s.tensor(3, 3), s.tensor(2, 2), (2, 2), (1, 2))],
   extra={"parity": False},
   errors=lambda s: [(call(s.tensor(4), s.tensor(3), (2,), (1,)), "ShapeError", r"\(3,\)")],
   doc="""A copy with `src` in place of any geometry inside it.

>>> cytorch.zeros(4).as_strided_scatter(cytorch.ones(2), (2,), (2,))
tensor([1., 0., 1., 0.])
""")
