"""View primitives: new geometries over the same memory. Everything else on shapes is composed of
these in movement.py."""
from typing import Any

from .spec import argument_error, call, compiled, op, ops

op("view(Tensor input, int[] size) -> Tensor", kernel=compiled(),
   grad={"input": lambda g, input_shape: g.reshape(input_shape)}, forms="method",
   samples=lambda s: [call(s.tensor(2, 6), (3, 4)), call(s.tensor(2, 6), -1),
                      call(s.tensor(), (1, 1)), call(s.tensor(0, 3), (3, 0)),
                      call(s.tensor(4, 3), (2, -1, 3))],
   doc="""The same elements in another shape, without a copy; one size may be -1.

    Raises ShapeError when the strides do not allow it: use `reshape`.

    >>> import cytorch
    >>> cytorch.arange(6).view(2, 3)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """)

op("view(Tensor input, DType dtype) -> Tensor", kernel=compiled("view_dtype"),
   grad={"input": lambda g: g}, forms="method",
   samples=lambda s: [call(s.tensor(2, 4, dtype="float32"), dtype="float64"),
                      call(s.tensor(2, 3, dtype="float32"), dtype="int32"),
                      call(s.ints(4), dtype="uint8")],
   doc="""The same bytes as elements of another dtype; the last size changes with the item size.

    Raises ShapeError when the bytes of the last dimension do not divide, AutogradError for a
    tensor that requires grad (unless the dtype is its own).

    >>> import cytorch
    >>> cytorch.tensor([1.0]).view(cytorch.int32)
    tensor([1065353216], dtype=torch.int32)
    """)

op("transpose(Tensor input, int dim0, int dim1) -> Tensor", kernel=compiled(),
   grad={"input": lambda g, dim0, dim1: g.transpose(dim0, dim1)}, forms="function method inplace",
   samples=lambda s: [call(s.tensor(2, 3, 4), 0, 2), call(s.tensor(2, 3), -1, 0),
                      call(s.tensor(), 0, -1), call(s.tensor(0, 3), 0, 1)],
   ref="numpy.swapaxes",
   doc="""Swap two dimensions; a view.

    >>> import cytorch
    >>> cytorch.zeros(2, 3).transpose(0, 1).shape
    torch.Size([3, 2])
    """)


def _permute_grad(g: Any, dims: tuple[int, ...]) -> Any:
    inverse = [0] * len(dims)
    for position, dim in enumerate(dims):
        inverse[dim % len(dims)] = position
    return g.permute(inverse)


op("permute(Tensor input, int[] dims) -> Tensor", kernel=compiled(),
   grad={"input": _permute_grad}, forms="function method",
   samples=lambda s: [call(s.tensor(2, 3, 4), (2, 0, 1)), call(s.tensor(2, 3), (-1, 0)),
                      call(s.tensor(), ())],
   ref="numpy.transpose",
   doc="""All dimensions in another order; a view.

    >>> import cytorch
    >>> cytorch.zeros(2, 3, 4).permute(2, 0, 1).shape
    torch.Size([4, 2, 3])
    """)

op("expand(Tensor input, int[] size, *, bool implicit=False) -> Tensor", kernel=compiled(),
   grad={"input": lambda g, input_shape: ops._sum_to_size(g, input_shape)}, forms="method",
   samples=lambda s: [call(s.tensor(3, 1), (3, 4)), call(s.tensor(1, 3), (2, -1, 3)),
                      call(s.tensor(), (2, 2)), call(s.tensor(1, 0), (2, 0))],
   doc="""Dimensions of size 1 (and new leading ones) seen as larger, with stride 0; a view.

    -1 keeps a size. Raises ShapeError for a size that is neither 1 nor the wanted one.

    >>> import cytorch
    >>> cytorch.tensor([[1], [2]]).expand(2, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """)

op("narrow(Tensor input, int dim, int start, int length) -> Tensor", kernel=compiled(),
   grad={"input": lambda g, input_shape, dim, start, length: ops._slice_backward(
       g, input_shape, dim, start, start + length if start >= 0 else input_shape[dim] + start
       + length, 1)},
   forms="function method",
   samples=lambda s: [call(s.tensor(5, 3), 0, 1, 3), call(s.tensor(5, 3), -1, 0, 0),
                      call(s.tensor(4), 0, -2, 2)],
   doc="""`length` entries of dimension `dim` from `start` on; a view.

    >>> import cytorch
    >>> cytorch.arange(5).narrow(0, 1, 3)
    tensor([1, 2, 3])
    """)



def _narrow_from(input: Any, dim: int, start: Any, length: int) -> Any:
    raise argument_error(f"narrow: start must be an 0-dim integral Tensor, got "
                         f"{start.dtype} of shape {tuple(start.shape)}")


# A 0-dim integer tensor passes as the int of the first entry.
op("narrow(Tensor input, int dim, Tensor start, int length) -> Tensor", body=_narrow_from,
   forms="function method", samples=lambda s: [], extra={"needs": "an error"})

op("_slice(Tensor input, int dim=0, int? start=None, int? end=None, int? step=1) -> Tensor",
   kernel=compiled("slice"),
   grad={"input": lambda g, input_shape, dim, start, end, step: ops._slice_backward(
       g, input_shape, dim, start, end, step)},
   samples=lambda s: [call(s.tensor(5, 3), 0, 1, 4, 2), call(s.tensor(5, 3), 1, -2, None, 1),
                      call(s.tensor(4), 0, 3, 1, 1)])


def _slice_backward(g: Any, input_shape: Any, dim: int, start: Any, end: Any, step: Any) -> Any:
    result = g.new_zeros(input_shape)
    ops._slice(result, dim, start, end, step).copy_(g)
    return result


op("_slice_backward(Tensor g, int[] input_shape, int dim, int? start, int? end, int? step)"
   " -> Tensor", body=_slice_backward,
   samples=lambda s: [call(s.tensor(2, 3), (5, 3), 0, 1, 4, 2)])

op("select(Tensor input, int dim, int index) -> Tensor", kernel=compiled(),
   grad={"input": lambda g, input_shape, dim, index: ops._select_backward(
       g, input_shape, dim, index)},
   forms="function method",
   samples=lambda s: [call(s.tensor(3, 4), 0, 1), call(s.tensor(3, 4), -1, -2),
                      call(s.tensor(3), 0, 0)],
   doc="""Entry `index` of dimension `dim`, which disappears; a view.

    >>> import cytorch
    >>> cytorch.arange(6).view(2, 3).select(1, 2)
    tensor([2, 5])
    """)


def _select_backward(g: Any, input_shape: Any, dim: int, index: int) -> Any:
    result = g.new_zeros(input_shape)
    result.select(dim, index).copy_(g)
    return result


op("_select_backward(Tensor g, int[] input_shape, int dim, int index) -> Tensor",
   body=_select_backward, samples=lambda s: [call(s.tensor(4), (3, 4), 0, 1)])

op("unsqueeze(Tensor input, int dim) -> Tensor", kernel=compiled(),
   grad={"input": lambda g, input_shape: g.reshape(input_shape)}, forms="function method inplace",
   samples=lambda s: [call(s.tensor(3, 4), 0), call(s.tensor(3, 4), -1), call(s.tensor(), 0)],
   ref="numpy.expand_dims",
   doc="""A new dimension of size 1 at `dim`; a view.

    >>> import cytorch
    >>> cytorch.zeros(3).unsqueeze(0).shape
    torch.Size([1, 3])
    """)

op("squeeze(Tensor input) -> Tensor", kernel=compiled(),
   grad={"input": lambda g, input_shape: g.reshape(input_shape)}, forms="function method inplace",
   samples=lambda s: [call(s.tensor(1, 3, 1)), call(s.tensor(2, 3)), call(s.tensor(1))],
   ref="numpy.squeeze",
   doc="""Without the dimensions of size 1 (all, or those in `dim`); a view.

    >>> import cytorch
    >>> cytorch.zeros(1, 3, 1).squeeze().shape
    torch.Size([3])
    """)

op("squeeze(Tensor input, int[] dim) -> Tensor", kernel=compiled(),
   grad={"input": lambda g, input_shape: g.reshape(input_shape)}, forms="function method inplace",
   samples=lambda s: [call(s.tensor(1, 3, 1), 0), call(s.tensor(1, 3, 1), (0, -1)),
                      call(s.tensor(2, 3), 1)])

op("unfold(Tensor input, int dimension, int size, int step) -> Tensor", kernel=compiled(),
   grad={"input": lambda g, input_shape, dimension, size, step: ops._unfold_backward(
       g, input_shape, dimension, size, step)},
   forms="method",
   samples=lambda s: [call(s.tensor(7), 0, 3, 2), call(s.tensor(2, 5), -1, 2, 1),
                      call(s.tensor(), 0, 1, 1)],
   doc="""Windows of `size` entries every `step` along a dimension, as a new last one; a view.

    >>> import cytorch
    >>> cytorch.arange(5).unfold(0, 3, 1)
    tensor([[0, 1, 2],
            [1, 2, 3],
            [2, 3, 4]])
    """)


def _unfold_backward(g: Any, input_shape: Any, dimension: int, size: int, step: int) -> Any:
    if not input_shape:
        return g.reshape(input_shape)
    dim = dimension % len(input_shape)
    result = g.new_zeros(input_shape)
    windows = g.shape[dim]
    for offset in range(size):
        part = ops._slice(result, dim, offset, offset + (windows - 1) * step + 1, step)
        part.add_(g.select(-1, offset))
    return result


op("_unfold_backward(Tensor g, int[] input_shape, int dimension, int size, int step) -> Tensor",
   body=_unfold_backward, samples=lambda s: [call(s.tensor(3, 3), (7,), 0, 3, 2)])

op("diagonal(Tensor input, int offset=0, int dim1=0, int dim2=1) -> Tensor", kernel=compiled(),
   grad={"input": lambda g, input_shape, offset, dim1, dim2: ops._diagonal_backward(
       g, input_shape, offset, dim1, dim2)},
   forms="function method",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3, 4), 1), call(s.tensor(3, 4), -2),
                      call(s.tensor(2, 3, 3), 0, 1, 2), call(s.tensor(3, 4), 7)],
   ref="numpy.diagonal",
   doc="""The entries (i, i + offset) of two dimensions as a new last one; a view.

    >>> import cytorch
    >>> cytorch.arange(4).view(2, 2).diagonal()
    tensor([0, 3])
    """)


def _diagonal_backward(g: Any, input_shape: Any, offset: int, dim1: int, dim2: int) -> Any:
    result = g.new_zeros(input_shape)
    result.diagonal(offset, dim1, dim2).copy_(g)
    return result


op("_diagonal_backward(Tensor g, int[] input_shape, int offset, int dim1, int dim2) -> Tensor",
   body=_diagonal_backward, samples=lambda s: [call(s.tensor(3), (3, 4), 0, 0, 1)])


def _as_strided_grad(g: Any, input_geometry: Any, size: Any, stride: Any,
                     storage_offset: Any) -> Any:
    shape, strides, start = input_geometry
    offset = 0 if storage_offset is None else storage_offset - start
    return ops._as_strided_backward(g, shape, strides, size, stride, offset)


op("as_strided(Tensor input, int[] size, int[] stride, int? storage_offset=None) -> Tensor",
   kernel=compiled(), grad={"input": _as_strided_grad}, forms="function method inplace",
   samples=lambda s: [call(s.tensor(3, 4), (2, 2), (1, 4)), call(s.tensor(5), (3, 2), (1, 1)),
                      call(s.tensor(6), (2,), (2,), 1)],
   doc="""Any geometry inside the storage; `storage_offset` counts from the storage's beginning.

    Raises ShapeError when it would leave the storage.

    >>> import cytorch
    >>> cytorch.arange(6).as_strided((2, 2), (1, 3))
    tensor([[0, 3],
            [1, 4]])
    """)


def _as_strided_backward(g: Any, base_size: Any, base_stride: Any, size: Any, stride: Any,
                         offset: int) -> Any:
    """Zeros in the base's geometry, plus g at every place that the view shows."""
    span = 1 + sum((n - 1) * s for n, s in zip(base_size, base_stride))
    if 0 in base_size:
        return g.new_zeros(base_size)
    places = ops.arange(span, device=g.device).as_strided(size, stride, offset).reshape(-1)
    buffer = g.new_zeros((span,)).index_add(0, places, g.reshape(-1))
    return buffer.as_strided(base_size, base_stride, 0)


op("_as_strided_backward(Tensor g, int[] base_size, int[] base_stride, int[] size, int[] stride, "
   "int offset) -> Tensor", body=_as_strided_backward,
   samples=lambda s: [call(s.tensor(2, 2), (3, 3), (3, 1), (2, 2), (3, 1), 1)])

op("_multi_output_views(Tensor[] views) -> any", kernel=compiled("multi_output_views"),
   samples=lambda s: [call([s.tensor(2), s.tensor(2)])])

op("_alias(Tensor input) -> Tensor", kernel=compiled(),
   grad={"input": lambda g: g}, samples=lambda s: [call(s.tensor(2, 3))])

op("detach(Tensor input) -> Tensor", kernel=compiled(), forms="function method",
   samples=lambda s: [call(s.tensor(2, 3))],
   doc="""The same elements without history; shares memory and version counter.

    >>> import cytorch
    >>> cytorch.ones(2, requires_grad=True).detach().requires_grad
    False
    """)


op("reshape(Tensor input, int[] shape) -> Tensor", kernel=compiled(),
   grad={"input": lambda g, input_shape: g.reshape(input_shape)}, forms="function method",
   samples=lambda s: [call(s.tensor(2, 6), (3, 4)), call(s.tensor(4, 3), -1),
                      call(s.tensor(3, 4).t(), (2, 6)), call(s.tensor(0, 3), (3, 0))],
   ref="numpy.reshape",
   doc="""The same elements in another shape: a view where the strides allow it, else a copy.

    >>> import cytorch
    >>> cytorch.arange(6).reshape(3, -1)
    tensor([[0, 1],
            [2, 3],
            [4, 5]])
    """)
