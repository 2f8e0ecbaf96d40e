"""New tensors: zeros, ones, full, empty, sequences, and the same after another tensor."""
from __future__ import annotations

from typing import Any

from .dtypes import dtype_of_number
from .spec import argument_error, call, op, ops

OPTIONS = ("*, DType? dtype=None, any layout=None, Device? device=None, "
           "bool requires_grad=False, bool pin_memory=False")
LIKE_OPTIONS = OPTIONS + ", any memory_format=None"


def finished(tensor: Any, requires_grad: bool) -> Any:
    """The new tensor, as a leaf that asks for a gradient if it is to."""
    return tensor.requires_grad_() if requires_grad else tensor


def _filled(size: Any, value: Any, dtype: Any, device: Any, requires_grad: bool) -> Any:
    return finished(ops._full(size, value, dtype, device), requires_grad)


def _sizes(s: Any) -> list[Any]:
    return [call((2, 3)), call(()), call((0, 2)), call((2,), dtype="int64")]


def _empty(size: Any, dtype: Any, layout: Any, device: Any, requires_grad: bool,
           pin_memory: bool, memory_format: Any) -> Any:
    return finished(ops._empty(size, dtype, device), requires_grad)


op(f"empty(int[] size, {LIKE_OPTIONS}) -> Tensor", body=_empty, forms="function out",
   samples=_sizes, extra={"random": True},
   doc="""A tensor of this size whose elements are not set.

>>> cytorch.empty(2, 3).shape
torch.Size([2, 3])
""")
for _name, _value in (("zeros", 0), ("ones", 1)):
    op(f"{_name}(int[] size, {OPTIONS}) -> Tensor",
       body=lambda size, dtype, layout, device, requires_grad, pin_memory, value=_value: _filled(
           size, value, dtype, device, requires_grad),
       forms="function out", samples=_sizes, ref=f"numpy.{_name}",
       doc=f"""A tensor of this size filled with {_name}; sizes may be given one by one.

Raises ShapeError for a negative size or more elements than 64 bits count.

>>> cytorch.{_name}(2)
tensor([{_value}., {_value}.])
""")


def _full(size: Any, fill_value: Any, dtype: Any, layout: Any, device: Any, requires_grad: bool,
          pin_memory: bool) -> Any:
    if dtype is None:
        dtype = dtype_of_number(fill_value)
    return _filled(size, fill_value, dtype, device, requires_grad)


op(f"full(int[] size, Scalar fill_value, {OPTIONS}) -> Tensor", body=_full, forms="function out",
   samples=lambda s: [call((2, 3), 1.5), call((), 2), call((2,), True),
                      call((2, 0), 1, dtype="float64")],
   ref=lambda size, fill_value, dtype=None: __import__("numpy").full(size, fill_value),
   doc="""A tensor of this size filled with one number, which also decides the dtype.

>>> cytorch.full((2,), 1.5)
tensor([1.5000, 1.5000])
""")


def _like(make: Any) -> Any:
    """Body of an op that makes a tensor after `input`: its size, and its dtype and device."""
    def body(input: Any, dtype: Any, layout: Any, device: Any, requires_grad: bool,
             pin_memory: bool, memory_format: Any) -> Any:
        made = make(input.shape, input.dtype if dtype is None else dtype,
                    input.device if device is None else device)
        return finished(made, requires_grad)
    return body


for _name, _value in (("zeros", 0), ("ones", 1)):
    op(f"{_name}_like(Tensor input, {LIKE_OPTIONS}) -> Tensor",
       body=_like(lambda size, dtype, device, value=_value: ops.fill_(
           ops._empty(size, dtype, device), value)),
       forms="function out", ref=f"numpy.{_name}_like",
       samples=lambda s: [call(s.tensor(2, 3)), call(s.tensor()), call(s.tensor(2), dtype="int64")],
       doc=f"""{_name.capitalize()} in the size, dtype and device of `input`.

>>> cytorch.{_name}_like(cytorch.tensor([3, 4]))
tensor([{_value}, {_value}])
""")
op(f"empty_like(Tensor input, {LIKE_OPTIONS}) -> Tensor",
   body=_like(lambda size, dtype, device: ops._empty(size, dtype, device)), forms="function",
   samples=lambda s: [call(s.tensor(2, 3)), call(s.tensor(2), dtype="int64")],
   extra={"random": True},
   doc="""A tensor like `input` whose elements are not set.

>>> cytorch.empty_like(cytorch.zeros(2, 3)).shape
torch.Size([2, 3])
""")


def _full_like(input: Any, fill_value: Any, dtype: Any, layout: Any, device: Any,
               requires_grad: bool, pin_memory: bool, memory_format: Any) -> Any:
    return _filled(input.shape, fill_value, input.dtype if dtype is None else dtype,
                   input.device if device is None else device, requires_grad)


op(f"full_like(Tensor input, Scalar fill_value, {LIKE_OPTIONS}) -> Tensor", body=_full_like,
   forms="function out", ref=lambda input, fill_value: __import__("numpy").full_like(
       input, fill_value),
   samples=lambda s: [call(s.tensor(2, 3), 2), call(s.tensor(), -1)],
   doc="""One number in the size, dtype and device of `input`.

>>> cytorch.full_like(cytorch.zeros(2), 7)
tensor([7., 7.])
""")

for _name, _value in (("new_zeros", 0), ("new_ones", 1)):
    op(f"{_name}(Tensor input, int[] size, {OPTIONS}) -> Tensor",
       body=lambda input, size, dtype, layout, device, requires_grad, pin_memory, value=_value:
       _filled(size, value, input.dtype if dtype is None else dtype,
               input.device if device is None else device, requires_grad),
       forms="method", samples=lambda s: [call(s.tensor(2), (3, 2)), call(s.ints(2), ())],
       doc=f"""{_name[4:].capitalize()} of this size in the dtype and on the device of `input`.

>>> cytorch.tensor([5]).{_name}(2)
tensor([{_value}, {_value}])
""")


def _new_empty(input: Any, size: Any, dtype: Any, layout: Any, device: Any, requires_grad: bool,
               pin_memory: bool) -> Any:
    made = ops._empty(size, input.dtype if dtype is None else dtype,
                      input.device if device is None else device)
    return finished(made, requires_grad)


op(f"new_empty(Tensor input, int[] size, {OPTIONS}) -> Tensor", body=_new_empty, forms="method",
   samples=lambda s: [call(s.tensor(2), (3, 2))], extra={"random": True},
   doc="""A tensor of this size, in the dtype of `input`, whose elements are not set.

>>> cytorch.zeros(1).new_empty(2, 3).shape
torch.Size([2, 3])
""")


def _new_full(input: Any, size: Any, fill_value: Any, dtype: Any, layout: Any, device: Any,
              requires_grad: bool, pin_memory: bool) -> Any:
    return _filled(size, fill_value, input.dtype if dtype is None else dtype,
                   input.device if device is None else device, requires_grad)


op(f"new_full(Tensor input, int[] size, Scalar fill_value, {OPTIONS}) -> Tensor", body=_new_full,
   forms="method", samples=lambda s: [call(s.tensor(2), (3, 2), 1.5), call(s.ints(2), (), 3)],
   doc="""One number in a tensor of this size, in the dtype and on the device of `input`.

>>> cytorch.zeros(1).new_full((2,), 3)
tensor([3., 3.])
""")


def _span(size: Any, stride: Any, name: str) -> int:
    """Elements that a tensor of this geometry reaches."""
    if len(size) != len(stride):
        raise argument_error(f"{name}: size {list(size)} and stride {list(stride)} differ in "
                             "length")
    if any(n < 0 for n in (*size, *stride)):
        raise argument_error(f"{name}: negative numbers in size {list(size)} or stride "
                             f"{list(stride)}")
    if 0 in size:
        return 0
    return 1 + sum((n - 1) * step for n, step in zip(size, stride))


def _empty_strided(size: Any, stride: Any, dtype: Any, layout: Any, device: Any,
                   requires_grad: bool, pin_memory: bool) -> Any:
    memory = ops._empty((_span(size, stride, "empty_strided"),), dtype, device)
    return finished(memory.as_strided(size, stride), requires_grad)


op(f"empty_strided(int[] size, int[] stride, {OPTIONS}) -> Tensor", body=_empty_strided,
   forms="function", samples=lambda s: [call((2, 3), (1, 2)), call((0, 3), (1, 1))],
   errors=lambda s: [(call((2,), (1, 2)), "ArgumentError", "differ in length")],
   extra={"random": True},
   doc="""A tensor of this size and these strides (in elements) whose elements are not set.

>>> cytorch.empty_strided((2, 3), (1, 2)).stride()
(1, 2)
""")


def _new_empty_strided(input: Any, size: Any, stride: Any, dtype: Any, layout: Any, device: Any,
                       requires_grad: bool, pin_memory: bool) -> Any:
    return _empty_strided(size, stride, input.dtype if dtype is None else dtype, None,
                          input.device if device is None else device, requires_grad, False)


op(f"new_empty_strided(Tensor input, int[] size, int[] stride, {OPTIONS}) -> Tensor",
   body=_new_empty_strided, forms="method", samples=lambda s: [call(s.tensor(1), (2, 3), (1, 2))],
   extra={"random": True},
   doc="""A tensor of this size and these strides, in the dtype of `input`; not set.

>>> cytorch.zeros(1).new_empty_strided((2, 3), (1, 2)).stride()
(1, 2)
""")


def _empty_permuted(size: Any, physical_layout: Any, dtype: Any, layout: Any, device: Any,
                    requires_grad: bool, pin_memory: bool) -> Any:
    if sorted(physical_layout) != list(range(len(size))):
        raise argument_error(f"empty_permuted: physical_layout {list(physical_layout)} is no "
                             f"permutation of the dimensions of size {list(size)}")
    stride, step = [0] * len(size), 1
    for dim in reversed(physical_layout):
        stride[dim] = step
        step *= size[dim]
    return _empty_strided(size, stride, dtype, None, device, requires_grad, False)


op(f"empty_permuted(int[] size, int[] physical_layout, {OPTIONS}) -> Tensor",
   body=_empty_permuted, forms="function", samples=lambda s: [call((2, 3, 4), (2, 0, 1))],
   errors=lambda s: [(call((2, 3), (0, 0)), "ArgumentError", "no permutation")],
   extra={"random": True},
   doc="""A dense tensor, not set, whose dimensions lie in memory in the order `physical_layout`.

>>> cytorch.empty_permuted((2, 3), (1, 0)).stride()
(1, 2)
""")
