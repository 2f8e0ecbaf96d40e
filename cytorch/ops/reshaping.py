"""Shapes: flatten, movedim, broadcasting, meshgrid and the like. Views where PyTorch has them."""
from __future__ import annotations

import math
from typing import Any

from .aliases import also_called
from .index_primitives import wrapped
from .spec import argument_error, call, op, ops, shape_error


def _flatten(input: Any, start_dim: int, end_dim: int) -> Any:
    start = wrapped("flatten", start_dim, input.dim())
    end = wrapped("flatten", end_dim, input.dim())
    if start > end:
        raise argument_error(f"flatten() has invalid args: start_dim {start_dim} cannot come after "
                             f"end_dim {end_dim}")
    if input.dim() == 0:
        return input.reshape(1)
    if start == end:
        return input
    shape = tuple(input.shape)
    return input.reshape(shape[:start] + (math.prod(shape[start:end + 1]),) + shape[end + 1:])


op("flatten(Tensor input, int start_dim=0, int end_dim=-1) -> Tensor", body=_flatten,
   forms="function method",
   samples=lambda s: [call(s.tensor(2, 3, 4)), call(s.tensor(2, 3, 4), 1), call(s.tensor()),
                      call(s.tensor(2, 3, 4), -3, -2), call(s.tensor(0, 3))],
   errors=lambda s: [(call(s.tensor(2, 3), 1, 0), "ArgumentError", "start_dim 1")],
   doc="""Dimensions start_dim to end_dim made one; a view where the strides allow it.

>>> cytorch.zeros(2, 3, 4).flatten(1).shape
torch.Size([2, 12])
""")


def _unflatten(input: Any, dim: int, sizes: Any) -> Any:
    dim = wrapped("unflatten", dim, input.dim())
    if not sizes:
        raise argument_error("unflatten: sizes must be non-empty")
    shape = tuple(input.shape) or (1,)
    known = math.prod(size for size in sizes if size != -1)
    if known != shape[dim] and (sizes.count(-1) != 1 or not known or shape[dim] % known):
        raise shape_error(f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size "
                          f"of dim {dim} ({shape[dim]}) in the input tensor")
    sizes = tuple(shape[dim] // known if size == -1 else size for size in sizes)
    return input.view(shape[:dim] + sizes + shape[dim + 1:])


op("unflatten(Tensor input, int dim, int[] sizes) -> Tensor", body=_unflatten,
   forms="function method",
   samples=lambda s: [call(s.tensor(2, 6), 1, (2, 3)), call(s.tensor(6, 2), -2, (-1, 2))],
   errors=lambda s: [(call(s.tensor(5), 0, (2, 3)), "ShapeError", r"\[2, 3\]")],
   doc="""One dimension seen as several; one of the sizes may be -1.

>>> cytorch.zeros(2, 6).unflatten(1, (2, 3)).shape
torch.Size([2, 2, 3])
""")
op("ravel(Tensor input) -> Tensor", body=lambda input: input.contiguous().view(-1),
   forms="function method", ref="numpy.ravel",
   samples=lambda s: [call(s.tensor(2, 3)), call(s.tensor()), call(s.tensor(3, 2).t())],
   doc="""All elements in one row; a view of a contiguous tensor.

>>> cytorch.zeros(2, 3).ravel().shape
torch.Size([6])
""")


def _t(input: Any) -> Any:
    if input.dim() > 2:
        raise shape_error(f"t() expects a tensor with <= 2 dimensions, but self is "
                          f"{input.dim()}D, of shape {tuple(input.shape)}")
    return input.transpose(0, 1) if input.dim() == 2 else ops._alias(input)


op("t(Tensor input) -> Tensor", body=_t, forms="function method inplace", ref="numpy.transpose",
   samples=lambda s: [call(s.tensor(2, 3)), call(s.tensor(3)), call(s.tensor())],
   errors=lambda s: [(call(s.tensor(1, 1, 1)), "ShapeError", "3D")],
   doc="""The transpose of a matrix, a view; tensors of less dimensions stay as they are.

>>> cytorch.zeros(2, 3).t().shape
torch.Size([3, 2])
""")
op("adjoint(Tensor input) -> Tensor",
   body=lambda input: input.transpose(-2, -1).conj() if input.dtype.is_complex
   else input.transpose(-2, -1), forms="function method",
   samples=lambda s: [call(s.tensor(2, 3)), call(s.tensor(2, 2, 3))],
   doc="""The conjugate transposes of matrices.

>>> cytorch.zeros(2, 3).adjoint().shape
torch.Size([3, 2])
""")
for _name, _first, _second in (("swapaxes", "axis0", "axis1"), ("swapdims", "dim0", "dim1")):
    op(f"{_name}(Tensor input, int {_first}, int {_second}) -> Tensor",
       body=(lambda input, axis0, axis1: input.transpose(axis0, axis1)) if _first == "axis0"
       else (lambda input, dim0, dim1: input.transpose(dim0, dim1)),
       forms="function method inplace", samples=lambda s: [call(s.tensor(2, 3, 4), 0, -1)],
       doc=f"""Swap two dimensions: `transpose` by another name.

>>> cytorch.zeros(2, 3).{_name}(0, 1).shape
torch.Size([3, 2])
""")


def _movedim(input: Any, source: Any, destination: Any) -> Any:
    if len(source) != len(destination):
        raise argument_error(f"movedim: Invalid source or destination dims: source ({list(source)} "
                             f"dims) should contain the same number of dims as destination "
                             f"({list(destination)} dims)")
    ndim = input.dim()
    source = [wrapped("movedim", dim, ndim) for dim in source]
    destination = [wrapped("movedim", dim, ndim) for dim in destination]
    for dims in (source, destination):
        if len(set(dims)) != len(dims):
            raise argument_error(f"movedim: repeated dim in {dims}")
    if ndim == 0:
        return ops._alias(input)
    order = [-1] * ndim
    for start, end in zip(source, destination):
        order[end] = start
    others = iter([dim for dim in range(ndim) if dim not in source])
    return input.permute([next(others) if dim < 0 else dim for dim in order])


_move = op("movedim(Tensor input, int[] source, int[] destination) -> Tensor", body=_movedim,
           forms="function method",
           samples=lambda s: [call(s.tensor(2, 3, 4), 0, -1), call(s.tensor(2, 3, 4), (0, 2),
                                                                    (1, 0))],
           ref="numpy.moveaxis",
           errors=lambda s: [(call(s.tensor(2, 3), (0, 0), (0, 1)), "ArgumentError", "repeated")],
           doc="""Dimensions moved to other places, the rest keep their order; a view.

>>> cytorch.zeros(2, 3, 4).movedim(0, -1).shape
torch.Size([3, 4, 2])
""")
also_called(_move, "moveaxis")

# ---- broadcasting

op("broadcast_to(Tensor input, int[] size) -> Tensor",
   body=lambda input, size: input.expand(size), forms="function method",
   samples=lambda s: [call(s.tensor(3, 1), (2, 3, 4)), call(s.tensor(), (2,))],
   ref="numpy.broadcast_to",
   doc="""The tensor seen in a larger shape: `expand` as a function.

>>> cytorch.broadcast_to(cytorch.tensor([1, 2]), (2, 2))
tensor([[1, 2],
        [1, 2]])
""")


def broadcast_shape(shapes: Any, name: str) -> tuple[int, ...]:
    """The shape that all these broadcast to."""
    shapes = [tuple(shape) for shape in shapes]
    result = [1] * max((len(shape) for shape in shapes), default=0)
    for shape in shapes:
        offset = len(result) - len(shape)
        for dim, size in enumerate(shape):
            if size != 1 and result[offset + dim] not in (1, size):
                listed = " and ".join(map(str, shapes))
                raise shape_error(f"{name}: shapes {listed} cannot be broadcast: {size} and "
                                  f"{result[offset + dim]} differ at dimension {offset + dim}")
            if size != 1:
                result[offset + dim] = size
    return tuple(result)


def _broadcast_tensors(tensors: Any) -> Any:
    shape = broadcast_shape([t.shape for t in tensors], "broadcast_tensors")
    return tuple(t.expand(shape) for t in tensors)


op("broadcast_tensors(Tensor[] tensors) -> Tensor[]", body=_broadcast_tensors, forms="function",
   extra={"spreads_tensors": True},
   samples=lambda s: [call([s.tensor(3, 1), s.tensor(4)]), call([s.tensor(), s.tensor(2)])],
   errors=lambda s: [(call([s.tensor(2), s.tensor(3)]), "ShapeError", r"\(2,\) and \(3,\)")],
   doc="""All tensors seen in the shape that they broadcast to.

>>> [t.shape for t in cytorch.broadcast_tensors(cytorch.zeros(3, 1), cytorch.zeros(2))]
[torch.Size([3, 2]), torch.Size([3, 2])]
""")
for _name, _act, _what in (
        ("expand_as", lambda t, shape: t.expand(shape), "expanded to"),
        ("view_as", lambda t, shape: t.view(shape), "viewed in"),
        ("reshape_as", lambda t, shape: t.reshape(shape), "reshaped to")):
    op(f"{_name}(Tensor input, Tensor other) -> Tensor",
       body=lambda input, other, act=_act: act(input, other.shape), forms="method",
       samples=lambda s: [call(s.tensor(2, 3), s.tensor(2, 3))],
       doc=f"""The tensor {_what} the shape of another one.

>>> cytorch.zeros(3).{_name}(cytorch.ones(3)).shape
torch.Size([3])
""")


# ---- at least so many dimensions

def _atleast(input: Any, ndim: int) -> Any:
    have = input.dim()
    if have == 0:
        return input.reshape([1] * ndim)
    if have == 1 and ndim > 1:
        input = input.unsqueeze(0)
    return input.unsqueeze(-1) if ndim == 3 and input.dim() == 2 else input


for _ndim in (1, 2, 3):
    op(f"atleast_{_ndim}d(Tensor input) -> Tensor",
       body=lambda input, ndim=_ndim: _atleast(input, ndim), forms="function",
       samples=lambda s: [call(s.tensor()), call(s.tensor(2)), call(s.tensor(2, 3))],
       ref=f"numpy.atleast_{_ndim}d",
       doc=f"""Each tensor with at least {_ndim} dimension{'s' if _ndim > 1 else ''}, as views.

>>> cytorch.atleast_{_ndim}d(cytorch.tensor(1.0)).dim()
{_ndim}
""")
    op(f"atleast_{_ndim}d(Tensor[] tensors) -> Tensor[]",
       body=lambda tensors, ndim=_ndim: tuple(_atleast(t, ndim) for t in tensors),
       forms="function", extra={"spreads_tensors": True},
       samples=lambda s: [call([s.tensor(), s.tensor(2, 3)])],
       doc=f"Every tensor of a list with at least {_ndim} dimensions, as views.")


# ---- grids and blocks

def _meshgrid(tensors: Any, indexing: str | None) -> Any:
    indexing = "ij" if indexing is None else indexing
    if indexing not in ("ij", "xy"):
        raise argument_error(f"meshgrid: indexing must be one of \"xy\" or \"ij\", but received: "
                             f"{indexing}")
    tensors = [t.reshape(1) if t.dim() == 0 else t for t in tensors]
    if not tensors:
        raise argument_error("meshgrid expects a non-empty TensorList")
    for tensor in tensors:
        if tensor.dim() != 1:
            raise shape_error("meshgrid: Expected 0D or 1D tensor in the tensor list but got "
                              f"shape {tuple(tensor.shape)}")
        if tensor.dtype != tensors[0].dtype:
            raise argument_error("meshgrid expects all tensors to have the same dtype")
    swap = indexing == "xy" and len(tensors) > 1
    if swap:
        tensors[0], tensors[1] = tensors[1], tensors[0]
    shape = [t.shape[0] for t in tensors]
    grids = []
    for place, tensor in enumerate(tensors):
        ones = [1] * len(shape)
        ones[place] = shape[place]
        grids.append(tensor.view(ones).expand(shape))
    if swap:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


op("meshgrid(Tensor[] tensors, *, str? indexing=None) -> Tensor[]", body=_meshgrid,
   forms="function",
   extra={"spreads_tensors": True},
   samples=lambda s: [call([s.tensor(2), s.tensor(3)]), call([s.tensor(2), s.tensor(3), s.tensor(
       4)], indexing="xy"), call([s.tensor()])],
   errors=lambda s: [(call([s.tensor(2, 2)]), "ShapeError", r"\(2, 2\)"),
                     (call([s.tensor(2)], indexing="no"), "ArgumentError", "no")],
   doc="""Grids of coordinates: output k has the values of tensor k along dimension k.

indexing: "ij" (the default) or "xy", which swaps the first two dimensions.

>>> x, y = cytorch.meshgrid(cytorch.tensor([1, 2]), cytorch.tensor([3, 4]), indexing="ij")
>>> x
tensor([[1, 1],
        [2, 2]])
""")


def _cartesian_prod(tensors: Any) -> Any:
    for tensor in tensors:
        if tensor.dim() != 1:
            raise shape_error("cartesian_prod: Expect a 1D vector, but got shape "
                              f"{tuple(tensor.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    return ops.stack([grid.reshape(-1) for grid in _meshgrid(tensors, "ij")], 1)


op("cartesian_prod(Tensor[] tensors) -> Tensor", body=_cartesian_prod, forms="function",
   extra={"spreads_tensors": True},
   samples=lambda s: [call([s.tensor(2), s.tensor(3)]), call([s.tensor(2)])],
   errors=lambda s: [(call([s.tensor(2, 2)]), "ShapeError", "1D vector")],
   doc="""All combinations of elements of the tensors, one row each.

>>> cytorch.cartesian_prod(cytorch.tensor([1, 2]), cytorch.tensor([3, 4]))
tensor([[1, 3],
        [1, 4],
        [2, 3],
        [2, 4]])
""")


def _combinations(input: Any, r: int, with_replacement: bool) -> Any:
    if input.dim() != 1:
        raise shape_error(f"combinations: Expect a 1D vector, but got shape {tuple(input.shape)}")
    if r < 0:
        raise argument_error(f"combinations: Expect a non-negative number, but got {r}")
    if r == 0:
        return input.new_empty((0,))
    places = ops.arange(input.shape[0], device=input.device)
    grids = _meshgrid([places] * r, "ij")
    kept = ops.ones_like(grids[0]) > 0
    for before, after in zip(grids, grids[1:]):
        kept = kept & (before <= after if with_replacement else before < after)
    return ops.stack([input.take(grid.masked_select(kept)) for grid in grids], 1)


op("combinations(Tensor input, int r=2, bool with_replacement=False) -> Tensor",
   body=_combinations, forms="function", extra={"data_dependent": True},
   samples=lambda s: [call(s.tensor(4)), call(s.tensor(3), 2, True), call(s.tensor(2), 3)],
   errors=lambda s: [(call(s.tensor(2), -1), "ArgumentError", "-1")],
   doc="""All choices of r elements, in order, one row each.

>>> cytorch.combinations(cytorch.tensor([1, 2, 3]))
tensor([[1, 2],
        [1, 3],
        [2, 3]])
""")
