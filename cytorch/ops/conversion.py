"""Copies, conversions between dtypes and devices, and what can be asked about a tensor."""
from typing import Any

from .spec import call, compiled, op, ops

op("clone(Tensor input, *, any memory_format=None) -> Tensor", kernel=compiled(),
   grad={"input": lambda g: g}, forms="function method",
   samples=lambda s: [call(s.tensor(2, 3)), call(s.tensor(3, 2).t()), call(s.tensor())],
   ref="numpy.copy",
   doc="""A copy that has a history of its own: gradients flow through it.

    >>> import cytorch
    >>> cytorch.ones(2).clone()
    tensor([1., 1.])
    """)

op("contiguous(Tensor input, *, any memory_format=None) -> Tensor", kernel=compiled(),
   grad={"input": lambda g: g}, forms="method",
   samples=lambda s: [call(s.tensor(2, 3)), call(s.tensor(3, 2).t())],
   doc="""The tensor itself when its elements lie in row-major order, else a copy that does.

    >>> import cytorch
    >>> cytorch.zeros(2, 3).t().contiguous().stride()
    (2, 1)
    """)

op("copy_(Tensor input, Tensor src, bool non_blocking=False) -> Tensor", kernel=compiled(),
   grad={"src": lambda g, src_shape: ops._sum_to_size(g, src_shape)}, forms="method",
   samples=lambda s: [call(s.tensor(2, 3), s.tensor(3)), call(s.tensor(2), s.ints(2)),
                      call(s.tensor(), s.tensor()), call(s.tensor(0, 2), s.tensor(2))],
   doc="""Write the elements of `src` (broadcast, cast, moved) into this tensor; returns it.

    >>> import cytorch
    >>> cytorch.zeros(2).copy_(cytorch.tensor([1, 2]))
    tensor([1., 2.])
    """)

# First, since a 0-dim tensor would also pass as a number, without its history.
op("fill_(Tensor input, Tensor value) -> Tensor", body=lambda input, value: input.copy_(value),
   forms="function method", samples=lambda s: [call(s.tensor(2, 3), s.tensor())])
op("fill_(Tensor input, Scalar value) -> Tensor", kernel=compiled(),
   grad={"input": lambda g: None}, forms="function method",
   samples=lambda s: [call(s.tensor(2, 3), 1.5), call(s.ints(2), 3), call(s.tensor(), 2)],
   doc="""Write one number everywhere; returns the tensor.

    >>> import cytorch
    >>> cytorch.zeros(2).fill_(3)
    tensor([3., 3.])
    """)
op("zero_(Tensor input) -> Tensor", body=lambda input: input.fill_(0), forms="function method",
   samples=lambda s: [call(s.tensor(2, 3)), call(s.ints(2))],
   doc="""Write zeros; returns the tensor.

    >>> import cytorch
    >>> cytorch.ones(2).zero_()
    tensor([0., 0.])
    """)

op("_empty(int[] size, DType? dtype=None, Device? device=None) -> Tensor",
   kernel=compiled("empty"), samples=lambda s: [call((2, 3)), call((0,), "int64")],
   extra={"random": True})
op("_full(int[] size, Scalar value, DType? dtype=None, Device? device=None) -> Tensor",
   kernel=compiled("full"), samples=lambda s: [call((2, 3), 1.5, "float32"), call((), 2, "int8")])

op("_to(Tensor input, DType? dtype=None, Device? device=None, bool copy=False) -> Tensor",
   kernel=compiled("to"), grad={"input": lambda g: g},
   samples=lambda s: [call(s.tensor(2, 3), None, None, True)])

op("to(Tensor input, Tensor other, bool non_blocking=False, bool copy=False, *, "
   "any memory_format=None) -> Tensor",
   body=lambda input, other, non_blocking, copy, memory_format: ops._to(
       input, other.dtype, other.device, copy),
   forms="method", samples=lambda s: [call(s.tensor(2, 3), s.ints(1))],
   doc="""The tensor with another dtype or on another device; itself when nothing changes.

    Forms: to(dtype), to(device, dtype), to(other).

    >>> import cytorch
    >>> cytorch.ones(2).to(cytorch.int64)
    tensor([1, 1])
    """)
op("to(Tensor input, DType? dtype, bool non_blocking=False, bool copy=False, *, "
   "any memory_format=None) -> Tensor",
   body=lambda input, dtype, non_blocking, copy, memory_format: ops._to(
       input, dtype, None, copy), forms="method",
   samples=lambda s: [call(s.tensor(2, 3), "float64"), call(s.tensor(2, 3), "int32", copy=True)])
op("to(Tensor input, Device? device=None, DType? dtype=None, bool non_blocking=False, "
   "bool copy=False, *, any memory_format=None) -> Tensor",
   body=lambda input, device, dtype, non_blocking, copy, memory_format: ops._to(
       input, dtype, device, copy), forms="method",
   samples=lambda s: [call(s.tensor(2, 3), dtype="int16"), call(s.tensor(2), copy=True)])

for _name, _dtype in (("float", "float32"), ("double", "float64"), ("half", "float16"),
                      ("bfloat16", "bfloat16"), ("int", "int32"), ("long", "int64"),
                      ("short", "int16"), ("char", "int8"), ("byte", "uint8"), ("bool", "bool"),
                      ("cfloat", "complex64"), ("cdouble", "complex128")):
    op(f"{_name}(Tensor input, *, any memory_format=None) -> Tensor",
       body=lambda input, memory_format, dtype=_dtype: ops._to_named(input, dtype),
       forms="method", samples=lambda s: [call(s.tensor(2, 3))],
       doc=f"""The tensor as {_dtype}; itself when it is that already.

    >>> import cytorch
    >>> cytorch.ones(2).{_name}().dtype
    torch.{_dtype}
    """)

op("_to_named(Tensor input, str dtype) -> Tensor", kernel=compiled("to_named"),
   grad={"input": lambda g: g}, samples=lambda s: [call(s.tensor(2, 3), "float64")])

op("type_as(Tensor input, Tensor other) -> Tensor",
   body=lambda input, other: ops._to(input, other.dtype, other.device), forms="method",
   samples=lambda s: [call(s.tensor(2, 3), s.ints(1))],
   doc="""The tensor with the dtype and device of `other`.

    >>> import cytorch
    >>> cytorch.ones(2).type_as(cytorch.zeros(1, dtype=cytorch.int32)).dtype
    torch.int32
    """)
op("cpu(Tensor input, *, any memory_format=None) -> Tensor",
   body=lambda input, memory_format: ops._to(input, None, "cpu"), forms="method",
   samples=lambda s: [call(s.tensor(2))],
   doc="""The tensor in host memory; itself when it is there.

    >>> import cytorch
    >>> cytorch.ones(1).cpu().device
    device(type='cpu')
    """)
op("cuda(Tensor input, any device=None, bool non_blocking=False, *, any memory_format=None)"
   " -> Tensor",
   body=lambda input, device, non_blocking, memory_format: ops._to(input, None, "cuda"),
   forms="method", extra={"needs": "a GPU"},
   doc="""The tensor on the GPU. Raises RuntimeError where there is none.

    >>> import cytorch
    >>> x = cytorch.ones(2).cuda()  # doctest: +SKIP
    """)

op("resize_(Tensor input, int[] size, *, any memory_format=None) -> Tensor", kernel=compiled(),
   forms="method", samples=lambda s: [call(s.tensor(2, 3), (3, 2)), call(s.tensor(4), 2)],
   doc="""Give the tensor another shape in place; new elements are not set.

    >>> import cytorch
    >>> cytorch.zeros(4).resize_(2, 2).shape
    torch.Size([2, 2])
    """)
op("resize_as_(Tensor input, Tensor other, *, any memory_format=None) -> Tensor",
   body=lambda input, other, memory_format: input.resize_(other.shape), forms="method",
   samples=lambda s: [call(s.tensor(6), s.tensor(2, 3))],
   doc="""`resize_` to the shape of `other`.

    >>> import cytorch
    >>> cytorch.zeros(4).resize_as_(cytorch.ones(2, 2)).shape
    torch.Size([2, 2])
    """)
op("set_(Tensor input, Tensor source) -> Tensor", kernel=compiled(), forms="method",
   samples=lambda s: [call(s.tensor(2), s.tensor(2, 3))],
   doc="""Use the memory and the shape of `source`; returns the tensor.

    >>> import cytorch
    >>> cytorch.zeros(2).set_(cytorch.ones(3))
    tensor([1., 1., 1.])
    """)

op("item(Tensor input) -> any", kernel=compiled(), forms="method",
   samples=lambda s: [call(s.tensor()), call(s.tensor(1, 1))],
   doc="""The only element, as a Python number. Raises ShapeError for more than one.

    >>> import cytorch
    >>> cytorch.tensor(2.5).item()
    2.5
    """)
op("tolist(Tensor input) -> any", kernel=compiled(), forms="method",
   samples=lambda s: [call(s.tensor(2, 3)), call(s.tensor()), call(s.tensor(0, 2))],
   doc="""Nested lists of Python numbers.

    >>> import cytorch
    >>> cytorch.tensor([[1, 2]]).tolist()
    [[1, 2]]
    """)


def _requires_grad_(input: Any, requires_grad: bool) -> Any:
    input.requires_grad = requires_grad
    return input


op("requires_grad_(Tensor input, bool requires_grad=True) -> Tensor", body=_requires_grad_,
   forms="method", samples=lambda s: [call(s.tensor(2)), call(s.tensor(2), False)],
   doc="""Let a gradient be computed for this leaf (or not); returns the tensor.

    >>> import cytorch
    >>> cytorch.zeros(1).requires_grad_().requires_grad
    True
    """)
