"""Random tensors: rand, randn, randint, randperm and their forms after another tensor."""
from __future__ import annotations

from typing import Any

from .creation import LIKE_OPTIONS, OPTIONS, finished
from .dtypes import as_dtype, dtype_named
from .random_fill import check_floating, check_range, filled, take
from .sequences import made_by
from .spec import argument_error, call, op, ops

_OPTIONS = OPTIONS.replace("*, ", "*, Generator? generator=None, ")
_LIKE_OPTIONS = LIKE_OPTIONS.replace("*, ", "*, Generator? generator=None, ")


def _random(kind: str, name: str) -> Any:
    def body(size: Any, generator: Any, dtype: Any, layout: Any, device: Any, requires_grad: bool,
             pin_memory: bool) -> Any:
        check_floating(dtype, name, or_complex=True)
        return filled(kind, size, 0.0, 1.0, dtype, device, generator, requires_grad)
    return body


def _random_like(kind: str, name: str) -> Any:
    def body(input: Any, generator: Any, dtype: Any, layout: Any, device: Any,
             requires_grad: bool, pin_memory: bool, memory_format: Any) -> Any:
        dtype = check_floating(input if dtype is None else dtype, name, or_complex=True)
        return filled(kind, input.shape, 0.0, 1.0, dtype,
                      input.device if device is None else device, generator, requires_grad)
    return body


_RAND = "numbers evenly distributed over [0, 1)"
_RANDN = "numbers of the normal distribution with mean 0 and standard deviation 1"
for _name, _kind, _what in (("rand", "uniform", _RAND), ("randn", "normal", _RANDN)):
    op(f"{_name}(int[] size, {_OPTIONS}) -> Tensor", body=_random(_kind, _name),
       forms="function out",
       samples=lambda s: [call((2, 3)), call(()), call((0, 2)), call((2,), dtype="float64")],
       errors=lambda s: [(call((2,), dtype="int64"), "ArgumentError", "int64")],
       doc=f"""A tensor of this size of {_what}.

>>> cytorch.{_name}(2, 3).shape
torch.Size([2, 3])
""")
    op(f"{_name}_like(Tensor input, {_LIKE_OPTIONS}) -> Tensor", body=_random_like(_kind, _name),
       forms="function",
       samples=lambda s: [call(s.tensor(2, 3)), call(s.ints(2), dtype="float64")],
       doc=f"""In the size, dtype and device of `input`: {_what}.

>>> cytorch.{_name}_like(cytorch.zeros(2, 3)).shape
torch.Size([2, 3])
""")


def _integers(name: str, low: int, high: int, size: Any, generator: Any, dtype: Any, device: Any,
              requires_grad: bool) -> Any:
    if low >= high:
        raise argument_error(f"{name}: expects low < high, but found [{low}, {high})")
    check_range(name, low, high, as_dtype(dtype))
    return filled("integers", size, low, high, dtype, device, generator, requires_grad)


def _randint(low: int, high: int, size: Any, generator: Any, dtype: Any, layout: Any, device: Any,
             requires_grad: bool, pin_memory: bool) -> Any:
    return _integers("randint", low, high, size, generator,
                     dtype_named("int64") if dtype is None else dtype, device, requires_grad)


op(f"randint(int low, int high, int[] size, {_OPTIONS}) -> Tensor", body=_randint,
   forms="function out", samples=lambda s: [call(2, 9, (2, 3)), call(-3, 3, ()),
                                            call(0, 2**40, (3,)), call(0, 5, (0,))],
   errors=lambda s: [(call(3, 3, (2,)), "ArgumentError", r"found \[3, 3\)")],
   doc="""Integers evenly distributed over [low, high), int64 unless dtype says otherwise.

>>> bool((cytorch.randint(2, 5, (100,)) < 5).all())
True
""")
op(f"randint(int high, int[] size, {_OPTIONS}) -> Tensor",
   body=lambda high, size, generator, dtype, layout, device, requires_grad, pin_memory: _randint(
       0, high, size, generator, dtype, layout, device, requires_grad, pin_memory),
   forms="function out", samples=lambda s: [call(9, (2, 3))],
   doc="Integers evenly distributed over [0, high).")


def _randint_like(input: Any, low: int, high: int, generator: Any, dtype: Any, layout: Any,
                  device: Any, requires_grad: bool, pin_memory: bool, memory_format: Any) -> Any:
    return _integers("randint_like", low, high, input.shape, generator,
                     input.dtype if dtype is None else dtype,
                     input.device if device is None else device, requires_grad)


op(f"randint_like(Tensor input, int low, int high, {_LIKE_OPTIONS}) -> Tensor",
   body=_randint_like, forms="function",
   samples=lambda s: [call(s.tensor(2, 3), 2, 9), call(s.ints(3), -1, 1)],
   errors=lambda s: [(call(s.ints(2), 3, 3), "ArgumentError", "low < high")],
   doc="""Integers of [low, high) in the size, dtype and device of `input`.

>>> cytorch.randint_like(cytorch.zeros(2), 5, 6)
tensor([5., 5.])
""")
op(f"randint_like(Tensor input, int high, {_LIKE_OPTIONS}) -> Tensor",
   body=lambda input, high, generator, dtype, layout, device, requires_grad, pin_memory,
   memory_format: _randint_like(input, 0, high, generator, dtype, layout, device, requires_grad,
                                pin_memory, memory_format),
   forms="function", samples=lambda s: [call(s.tensor(2, 3), 9)],
   doc="Integers of [0, high) in the size, dtype and device of `input`.")


def _randperm(n: int, generator: Any, dtype: Any, layout: Any, device: Any, requires_grad: bool,
              pin_memory: bool) -> Any:
    if n < 0:
        raise argument_error(f"randperm: n must be non-negative, got {n}")
    if dtype is not None and n > 0:
        check_range("randperm", 0, n, as_dtype(dtype))
    order = made_by(lambda out: ops._randperm_(out, *take(generator, n)), (n,),
                    dtype_named("int64"), device)
    return finished(order if dtype is None else order.to(as_dtype(dtype)), requires_grad)


op(f"randperm(int n, {_OPTIONS}) -> Tensor", body=_randperm, forms="function out",
   samples=lambda s: [call(5), call(0), call(3, dtype="float32")],
   errors=lambda s: [(call(-1), "ArgumentError", "non-negative")],
   doc="""The integers 0 to n - 1 in random order.

>>> cytorch.randperm(4).sort().values
tensor([0, 1, 2, 3])
""")
