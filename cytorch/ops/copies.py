"""Views as copies: `transpose_copy` and its like, `unsafe_split`, `sum_to_size`."""
from __future__ import annotations

from typing import Any

from .broadcast import _sum_to_size
from .spec import call, op, ops, shape_error


def _copy_of(view: str) -> Any:
    """Body: what `view` shows, in memory of its own."""
    count = 2 if view == "expand" else None  # `implicit` changes nothing

    def body(*arguments: Any) -> Any:
        result = getattr(ops, view)(*arguments[:count])
        return tuple(part.clone() for part in result) if type(result) is tuple else result.clone()
    return body


# (view, the rest of the signature, arguments of an example on arange(4).view(2, 2), samples)
_VIEWS = (
    ("alias", "", "", lambda s: [call(s.tensor(2, 3))]),
    ("detach", "", "", lambda s: [call(s.tensor(2, 3))]),
    ("t", "", "", lambda s: [call(s.tensor(2, 3)), call(s.tensor(3)), call(s.tensor())]),
    ("transpose", ", int dim0, int dim1", "0, 1",
     lambda s: [call(s.tensor(2, 3, 4), 0, -1), call(s.tensor(), 0, 0)]),
    ("permute", ", int[] dims", "(1, 0)", lambda s: [call(s.tensor(2, 3, 4), (2, 0, 1))]),
    ("expand", ", int[] size, *, bool implicit=False", "(2, 2)",
     lambda s: [call(s.tensor(3, 1), (2, 3, -1))]),
    ("select", ", int dim, int index", "0, 1", lambda s: [call(s.tensor(3, 4), -1, -2)]),
    ("narrow", ", int dim, int start, int length", "0, 0, 1",
     lambda s: [call(s.tensor(5, 3), 0, 1, 3)]),
    ("_slice", ", int dim=0, int? start=None, int? end=None, int? step=1", "0, 1",
     lambda s: [call(s.tensor(5, 3)), call(s.tensor(5, 3), 0, 1, 5, 2)]),
    ("squeeze", "", "", lambda s: [call(s.tensor(1, 3, 1))]),
    ("squeeze", ", int[] dim", "0", lambda s: [call(s.tensor(1, 3, 1), 0),
                                               call(s.tensor(1, 3, 1), (0, -1))]),
    ("unsqueeze", ", int dim", "0", lambda s: [call(s.tensor(3, 4), -1)]),
    ("unfold", ", int dimension, int size, int step", "0, 2, 1",
     lambda s: [call(s.tensor(7), 0, 3, 2), call(s.tensor(), 0, 1, 1)]),
    ("diagonal", ", int offset=0, int dim1=0, int dim2=1", "",
     lambda s: [call(s.tensor(3, 4), 1), call(s.tensor(2, 3, 3), 0, 1, 2)]),
    ("as_strided", ", int[] size, int[] stride, int? storage_offset=None", "(2,), (1,)",
     lambda s: [call(s.tensor(3, 4), (2, 2), (1, 4))]),
    ("view", ", int[] size", "(4,)", lambda s: [call(s.tensor(2, 6), (2, 2, -1))]),
    ("view", ", DType dtype", "cytorch.int32",
     lambda s: [call(s.tensor(2, 3, dtype="float32"), dtype="int32")]),
    ("split", ", int split_size, int dim=0", "1", lambda s: [call(s.tensor(5, 3), 2)]),
    ("unbind", ", int dim=0", "", lambda s: [call(s.tensor(3, 2)), call(s.tensor(3, 2), -1)]),
)

for _view, _rest, _arguments, _samples in _VIEWS:
    _name = _view.lstrip("_")
    _given = f", {_arguments}" if _arguments else ""
    _several = _name in ("split", "unbind")
    _compared = f"{'x[1:]' if _name == 'slice' else f'x.{_name}({_arguments})'}"
    if _name == "alias":
        _compared = "x"
    _shown = f"len(cytorch.{_name}_copy(x{_given}))\n2" if _several else (
        f"cytorch.{_name}_copy(x{_given}).equal({_compared})\nTrue")
    op(f"{_name}_copy(Tensor input{_rest}) -> Tensor{'[]' if _several else ''}",
       body=_copy_of("_alias" if _name == "alias" else _view), samples=_samples,
       forms="function method out" if _name == "narrow" else "function out",
       doc=f"""What `{_name}` shows, as a copy: later changes of `input` do not reach it.

>>> x = cytorch.arange(4).view(2, 2)
>>> {_shown}
""")


# ---- parts that autograd regards as tensors of their own: PyTorch allows in-place changes of them

def _plain_parts(split: str) -> Any:
    def body(*arguments: Any) -> Any:
        parts = getattr(ops, split)(*arguments)
        input, dim = arguments[0], arguments[2]
        places, start = [], 0
        for part in parts:
            size = part.shape[dim]
            places.append(input.narrow(dim, start, size))
            start += size
        return tuple(places)
    return body


_sizes: Any
for _split, _param, _sizes in (("chunk", "int chunks", 2), ("split", "int split_size", 2),
                               ("split_with_sizes", "int[] split_sizes", [1, 3])):
    op(f"unsafe_{_split}(Tensor input, {_param}, int dim=0) -> Tensor[]",
       body=_plain_parts(_split),
       samples=lambda s, given=_sizes: [call(s.tensor(4, 3), given),
                                        call(s.tensor(2, 4), given, -1)],
       doc=f"""`{_split}` whose parts may be changed in place while gradients are recorded.

>>> [part.tolist() for part in cytorch.unsafe_{_split}(cytorch.arange(4), {_sizes})]
{'[[0], [1, 2, 3]]' if 'sizes' in _split else '[[0, 1], [2, 3]]'}
""")


def _checked_sum_to_size(input: Any, size: Any) -> Any:
    shape = tuple(input.shape)
    leading = len(shape) - len(size)
    if leading < 0 or any(wanted not in (1, given)
                          for wanted, given in zip(size, shape[leading:])):
        raise shape_error(f"sum_to_size: size {tuple(size)} is not expandable to size {shape}")
    return _sum_to_size(input, size)


op("sum_to_size(Tensor input, int[] size) -> Tensor", body=_checked_sum_to_size, forms="method",
   samples=lambda s: [call(s.tensor(2, 3), (1, 3)), call(s.tensor(2, 3), (3,)),
                      call(s.tensor(2, 3), ()), call(s.tensor(2, 3), (2, 3))],
   errors=lambda s: [(call(s.tensor(2, 3), (2,)), "ShapeError", r"\(2,\).*\(2, 3\)")],
   doc="""The sum over all dimensions along which a tensor of shape `size` would be broadcast.

>>> cytorch.ones(2, 3).sum_to_size(1, 3)
tensor([[2., 2., 2.]])
""")
