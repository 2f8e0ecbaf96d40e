"""Joining and splitting tensors. Splitting makes views."""
from __future__ import annotations

from typing import Any

from .aliases import also_called
from .dtypes import promoted
from .index_primitives import wrapped
from .spec import (
    ANY,
    argument_error,
    call,
    index_error,
    op,
    ops,
    shape_error,
    structured,
)

# Tensors that one kernel call takes.
_MANY = 256


# ---- joining

def _cat_shape(tensors: Any, dim: int, lengths: Any) -> Any:
    first = tuple(tensors[0].shape)
    position = ops._first_other_shape(tensors, dim)
    if position >= 0:
        shape = tuple(tensors[position].shape)
        if len(shape) != len(first):
            raise shape_error(f"cat(): Tensors must have same number of dimensions: got {first} "
                              f"and {shape} (position {position})")
        raise shape_error(f"cat(): Sizes of tensors must match except in dimension {dim}: got "
                          f"{first} and {shape} (position {position})")
    return first[:dim] + (sum(lengths),) + first[dim + 1:], tensors[0].dtype


def _cat_grad(g: Any, dim: int, lengths: Any) -> Any:
    starts, total = [], 0
    for length in lengths:
        starts.append(total)
        total += length
    return [g.narrow(dim, start, length) for start, length in zip(starts, lengths)]


op("_cat(Tensor[] tensors, int dim, int[] lengths) -> Tensor", kernel=structured(ANY, "cat"),
   shape=_cat_shape, grad={"tensors": _cat_grad},
   samples=lambda s: [call([s.tensor(2, 3), s.tensor(2, 1)], 1, (3, 1))],
   doc="Tensors of one dtype joined along `dim`; `lengths` are their sizes there.")


def _same_dtype(tensors: list[Any]) -> list[Any]:
    if ops._first_other_dtype(tensors) < 0:
        return tensors
    common = promoted(tensors)
    return [t.to(common) for t in tensors]


def _cat(tensors: Any, dim: int) -> Any:
    tensors = list(tensors)
    if not tensors:
        raise argument_error("cat(): expected a non-empty list of Tensors")
    for position, tensor in enumerate(tensors):
        if tensor.dim() == 0:
            raise shape_error("cat(): zero-dimensional tensor (at position "
                              f"{position}) cannot be concatenated")
    tensors = _same_dtype(tensors)
    # Programs start with an empty one-dimensional tensor and append whatever comes.
    kept = [t for t in tensors if t.dim() != 1 or t.shape[0] != 0] or tensors[:1]
    dim = wrapped("cat", dim, kept[0].dim())
    while len(kept) > _MANY:
        kept = [ops.cat(kept[i:i + _MANY], dim) for i in range(0, len(kept), _MANY)]
    lengths = [t.shape[dim] if dim < t.dim() else 0 for t in kept]
    return ops._cat(kept, dim, lengths)


_cat_entry = op(
    "cat(Tensor[] tensors, int dim=0) -> Tensor", body=_cat, forms="function out",
    samples=lambda s: [call([s.tensor(2, 3), s.tensor(1, 3)]), call([s.tensor(2, 1), s.tensor(
        2, 0), s.tensor(2, 3)], -1), call([s.tensor(0), s.tensor(2, 3)], 1),
        call([s.tensor(2), s.ints(2)])],
    ref=lambda tensors, dim=0: __import__("numpy").concatenate(
        [t for t in tensors if t.shape != (0,)], dim),
    errors=lambda s: [(call([]), "ArgumentError", "non-empty"),
                      (call([s.tensor(2, 3), s.tensor(2, 2)]), "ShapeError", r"\(2, 2\)"),
                      (call([s.tensor(2), s.tensor()]), "ShapeError", "position 1"),
                      (call([s.tensor(2, 3), s.tensor(2)]), "ShapeError", "same number")],
    doc="""Tensors joined along an existing dimension; the other sizes must be equal.

Dtypes are promoted. Empty one-dimensional tensors are left out.

>>> cytorch.cat([cytorch.tensor([1, 2]), cytorch.tensor([3])])
tensor([1, 2, 3])
""")
also_called(_cat_entry, "concat", "concatenate")


def _stack_shape(tensors: Any, position: int) -> Any:
    first = tuple(tensors[0].shape)
    place = ops._first_other_shape(tensors)
    if place >= 0:
        raise shape_error(f"stack(): expects each tensor to be equal size, but got {first} at "
                          f"entry 0 and {tuple(tensors[place].shape)} at entry {place}")
    return first[:position] + (len(tensors),) + first[position:], tensors[0].dtype


op("_stack(Tensor[] tensors, int position) -> Tensor", kernel=structured(ANY, "cat"),
   shape=_stack_shape, grad={"tensors": lambda g, position: list(g.unbind(position))},
   samples=lambda s: [call([s.tensor(2, 3), s.tensor(2, 3)], 1)],
   doc="Tensors of one dtype and shape along a new dimension.")


def _stack(tensors: Any, dim: int) -> Any:
    tensors = list(tensors)
    if not tensors:
        raise argument_error("stack(): expected a non-empty list of Tensors")
    tensors = _same_dtype(tensors)
    dim = wrapped("stack", dim, tensors[0].dim() + 1)
    if len(tensors) > _MANY:
        return _cat([t.unsqueeze(dim) for t in tensors], dim)
    return ops._stack(tensors, dim)


op("stack(Tensor[] tensors, int dim=0) -> Tensor", body=_stack, forms="function out",
   samples=lambda s: [call([s.tensor(2, 3), s.tensor(2, 3)]), call([s.tensor(2), s.tensor(2)], -1),
                      call([s.tensor(), s.tensor()])],
   ref=lambda tensors, dim=0: __import__("numpy").stack(tensors, dim),
   errors=lambda s: [(call([]), "ArgumentError", "non-empty"),
                     (call([s.tensor(2), s.tensor(3)]), "ShapeError", r"\(3,\)")],
   doc="""Tensors of equal shape along a new dimension.

>>> cytorch.stack([cytorch.tensor([1, 2]), cytorch.tensor([3, 4])])
tensor([[1, 2],
        [3, 4]])
""")


def _joined(prepare: Any, dim: Any) -> Any:
    def body(tensors: Any) -> Any:
        prepared = [prepare(t) for t in tensors]
        return _cat(prepared, dim(prepared) if prepared else 0)
    return body


def _at_least(ndim: int) -> Any:
    return lambda t: getattr(ops, f"atleast_{ndim}d")(t)


for _name, _prepare, _dim, _how in (
        ("hstack", _at_least(1), lambda ts: 0 if ts[0].dim() == 1 else 1, "horizontally"),
        ("vstack", _at_least(2), lambda ts: 0, "vertically"),
        ("dstack", _at_least(3), lambda ts: 2, "in depth"),
        ("column_stack", lambda t: t.reshape(t.numel(), 1) if t.dim() < 2 else t, lambda ts: 1,
         "as columns")):
    _entry = op(f"{_name}(Tensor[] tensors) -> Tensor", body=_joined(_prepare, _dim),
                forms="function out",
                samples=lambda s: [call([s.tensor(2, 3), s.tensor(2, 3)]),
                                   call([s.tensor(3), s.tensor(3)])],
                ref=lambda tensors, name=_name: getattr(__import__("numpy"), name)(tensors),
                errors=lambda s: [(call([]), "ArgumentError", "non-empty")],
                doc=f"""Tensors joined {_how}.

>>> cytorch.{_name}([cytorch.ones(2, 2), cytorch.zeros(2, 2)]).numel()
8
""")
    if _name == "vstack":
        also_called(_entry, "row_stack")


# ---- splitting

def _split(input: Any, split_size: int, dim: int) -> Any:
    dim = wrapped("split", dim, input.dim())
    if input.dim() == 0:
        raise shape_error("split expects at least a 1-dimensional tensor")
    size = input.shape[dim]
    if split_size < 0 or (split_size == 0 and size):
        raise argument_error(f"split expects split_size be non-negative (and 0 only for an empty "
                             f"dimension), but got split_size={split_size} for size {size}")
    if size == 0:
        return (input.narrow(dim, 0, 0),)
    return ops._multi_output_views([input.narrow(dim, start, min(split_size, size - start))
                                    for start in range(0, size, split_size)])


def _split_sizes(input: Any, split_sizes: Any, dim: int) -> Any:
    dim = wrapped("split_with_sizes", dim, input.dim())
    size = input.shape[dim] if input.dim() else 1
    if any(part < 0 for part in split_sizes) or sum(split_sizes) != size:
        raise argument_error(f"split_with_sizes expects split_sizes to sum exactly to {size} "
                             f"(input tensor's size at dimension {dim}), but got "
                             f"split_sizes={list(split_sizes)}")
    parts, start = [], 0
    for part in split_sizes:
        parts.append(input.narrow(dim, start, part))
        start += part
    return ops._multi_output_views(parts)


_SPLIT_DOC = """Parts of a dimension, as views: of split_size entries, or of the sizes in a list.

>>> [part.tolist() for part in cytorch.arange(5).split(2)]
[[0, 1], [2, 3], [4]]
"""
op("split(Tensor input, int split_size, int dim=0) -> Tensor[]", body=_split,
   forms="function method",
   samples=lambda s: [call(s.tensor(5, 3), 2), call(s.tensor(4, 3), 3, -1),
                      call(s.tensor(0, 2), 1)],
   errors=lambda s: [(call(s.tensor(3), -1), "ArgumentError", "split_size=-1")], doc=_SPLIT_DOC)
op("split(Tensor input, int[] split_size, int dim=0) -> Tensor[]", body=lambda input, split_size,
   dim: _split_sizes(input, split_size, dim), forms="function method",
   samples=lambda s: [call(s.tensor(5, 3), [1, 4]), call(s.tensor(4, 3), [2, 0, 1], 1)],
   doc="Parts of the given sizes, as views.")
op("split_with_sizes(Tensor input, int[] split_sizes, int dim=0) -> Tensor[]", body=_split_sizes,
   forms="function method",
   samples=lambda s: [call(s.tensor(5, 3), [1, 4]), call(s.tensor(4, 3), [2, 0, 1], 1)],
   errors=lambda s: [(call(s.tensor(3), [1, 1]), "ArgumentError", r"\[1, 1\]")],
   doc="""Parts of the given sizes, as views.

>>> [part.tolist() for part in cytorch.arange(3).split_with_sizes([1, 2])]
[[0], [1, 2]]
""")

op("split_with_sizes_copy(Tensor input, int[] split_sizes, int dim=0) -> Tensor[]",
   body=lambda input, split_sizes, dim: tuple(
       part.clone() for part in _split_sizes(input, split_sizes, dim)),
   forms="function out", samples=lambda s: [call(s.tensor(5, 3), [1, 4])],
   doc="""Copies of the parts of the given sizes.

>>> [part.tolist() for part in cytorch.split_with_sizes_copy(cytorch.arange(3), [1, 2])]
[[0], [1, 2]]
""")


def _chunk(input: Any, chunks: int, dim: int) -> Any:
    if chunks <= 0:
        raise argument_error(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    dim = wrapped("chunk", dim, input.dim())
    if input.dim() == 0:
        raise shape_error("chunk expects at least a 1-dimensional tensor")
    size = input.shape[dim]
    if size == 0:
        return tuple(input.narrow(dim, 0, 0) for _ in range(chunks))
    return _split(input, -(-size // chunks), dim)


op("chunk(Tensor input, int chunks, int dim=0) -> Tensor[]", body=_chunk, forms="function method",
   samples=lambda s: [call(s.tensor(5, 3), 2), call(s.tensor(4, 3), 5, -1)],
   errors=lambda s: [(call(s.tensor(3), 0), "ArgumentError", "got: 0")],
   doc="""At most `chunks` parts of equal size (the last may be smaller), as views.

>>> [part.tolist() for part in cytorch.arange(5).chunk(2)]
[[0, 1, 2], [3, 4]]
""")


def _cut(input: Any, cuts: Any, dim: int) -> Any:
    size = input.shape[dim]
    parts, start = [], 0
    for cut in [*cuts, size]:
        stop = min(max(cut + size if cut < 0 else cut, 0), size)
        parts.append(input.narrow(dim, min(start, size), max(stop - start, 0)))
        start = stop
    return tuple(parts)


def _tensor_split(name: str) -> Any:
    def body(input: Any, sections: int, dim: int) -> Any:
        dim = _split_dim(name, input, dim)
        if sections <= 0:
            raise argument_error(f"{name}: number of sections must be larger than 0, got "
                                 f"{sections}")
        length, longer = divmod(input.shape[dim], sections)
        sizes = [length + (part < longer) for part in range(sections)]
        return _split_sizes(input, sizes, dim)
    return body


def _split_dim(name: str, input: Any, dim: int) -> int:
    if input.dim() == 0:
        raise shape_error(f"{name}: expected at least a 1-dimensional tensor, but got a tensor "
                          "with 0 dims")
    return wrapped(name, dim, input.dim())


def _tensor_split_at(input: Any, indices: Any, dim: int) -> Any:
    if hasattr(indices, "tolist"):
        indices = indices.tolist()
    dim = _split_dim("tensor_split", input, dim)
    if isinstance(indices, int):
        return ops.tensor_split(input, indices, dim)
    return _cut(input, indices, dim)


op("tensor_split(Tensor input, int indices_or_sections, int dim=0) -> Tensor[]",
   body=lambda input, indices_or_sections, dim: _tensor_split("tensor_split")(
       input, indices_or_sections, dim), forms="function method",
   samples=lambda s: [call(s.tensor(7, 2), 3), call(s.tensor(2, 4), 5, 1)],
   ref=lambda input, sections, dim=0: __import__("numpy").array_split(input, sections, dim),
   errors=lambda s: [(call(s.tensor(3), 0), "ArgumentError", "got 0")],
   doc="""Parts as equal as they can be, or cut at indices, as views.

>>> [part.tolist() for part in cytorch.arange(5).tensor_split(2)]
[[0, 1, 2], [3, 4]]
""")
op("tensor_split(Tensor input, int[] indices, int dim=0) -> Tensor[]", body=_tensor_split_at,
   forms="function method", samples=lambda s: [call(s.tensor(7, 2), (2, 5)),
                                               call(s.tensor(4), (-1, 9, 2))],
   doc="Parts cut at indices, as views.")
op("tensor_split(Tensor input, Tensor tensor_indices_or_sections, int dim=0) -> Tensor[]",
   body=lambda input, tensor_indices_or_sections, dim: _tensor_split_at(
       input, tensor_indices_or_sections, dim), forms="function method",
   samples=lambda s: [call(s.tensor(7, 2), s.values([2, 5]))], extra={"data_dependent": True},
   doc="Parts cut at indices that are given as a tensor, as views.")


def _direction_split(name: str, least: int, dim: Any) -> Any:
    def body(input: Any, indices: Any) -> Any:
        if input.dim() < least:
            raise shape_error(f"{name}: requires a tensor with at least {least} dimension"
                              f"{'s' if least > 1 else ''}, but got a tensor with {input.dim()} "
                              "dimensions!")
        along = dim(input)
        if not isinstance(indices, int):
            return _cut(input, indices, along)
        if indices <= 0 or input.shape[along] % indices:
            raise argument_error(f"{name}: attempted to split along dimension {along}, but the "
                                 f"size of the dimension {input.shape[along]} is not divisible by "
                                 f"the split_size {indices}!")
        return _split_sizes(input, [input.shape[along] // indices] * indices, along)
    return body


for _name, _least, _dim, _shape in (
        ("hsplit", 1, lambda t: 0 if t.dim() == 1 else 1, (2, 4)),
        ("vsplit", 2, lambda t: 0, (4, 2)), ("dsplit", 3, lambda t: 2, (1, 2, 4))):
    for _param, _cuts in (("int sections", 2), ("int[] indices", (1, 3))):
        op(f"{_name}(Tensor input, {_param}) -> Tensor[]",
           body=(lambda input, sections, cut=_direction_split(_name, _least, _dim): cut(
               input, sections)) if _cuts == 2 else
           (lambda input, indices, cut=_direction_split(_name, _least, _dim): cut(
               input, indices)),
           forms="function method",
           samples=lambda s, shape=_shape, cuts=_cuts: [call(s.tensor(*shape), cuts)],
           errors=(lambda s, shape=_shape: [(call(s.tensor(*shape), 3), "ArgumentError",
                                             "not divisible")]) if _cuts == 2 else None,
           doc=f"""Equal parts along one direction, or parts cut at indices, as views.

>>> len(cytorch.zeros{_shape}.{_name}(2))
2
""")


def _unbind(input: Any, dim: int) -> Any:
    dim = wrapped("unbind", dim, input.dim())
    if input.dim() == 0:
        raise index_error("unbind: Dimension specified as 0 but tensor has no dimensions")
    return ops._multi_output_views([input.select(dim, index)
                                    for index in range(input.shape[dim])])


op("unbind(Tensor input, int dim=0) -> Tensor[]", body=_unbind, forms="function method",
   samples=lambda s: [call(s.tensor(3, 2)), call(s.tensor(3, 2), -1), call(s.tensor(0, 2))],
   errors=lambda s: [(call(s.tensor()), "IndexOutOfRange", "no dimensions")],
   doc="""All entries of a dimension, as views.

>>> [row.tolist() for row in cytorch.tensor([[1, 2], [3, 4]]).unbind()]
[[1, 2], [3, 4]]
""")
