"""hash_tensor: a number that tells tensors apart."""
from __future__ import annotations

from typing import Any

from .dtypes import dtype_named, is_integral
from .index_primitives import wrapped
from .spec import argument_error, call, op, ops


def _folded(bits: Any, dim: int) -> Any:
    """The exclusive or of all entries along a dimension, by halves; zero for none."""
    if bits.shape[dim] == 0:
        shape = list(bits.shape)
        shape[dim] = 1
        return bits.new_zeros(shape)
    while bits.shape[dim] > 1:
        half, odd = divmod(bits.shape[dim], 2)
        halves = bits.narrow(dim, 0, half) ^ bits.narrow(dim, half, half)
        bits = ops.cat([halves, bits.narrow(dim, 2 * half, 1)], dim) if odd else halves
    return bits


def _hash_tensor(input: Any, dim: Any, keepdim: bool, mode: int) -> Any:
    if mode != 0:
        raise argument_error(f"hash_tensor: mode must be 0 (exclusive or), got {mode}")
    long = dtype_named("int64")
    if is_integral(input.dtype):
        bits = input.to(long)
    else:
        bits = input.detach().to(dtype_named("float64")).contiguous().view(long)
    whole = bits.reshape(1) if bits.dim() == 0 else bits
    dims = sorted({wrapped("hash_tensor", d, input.dim()) for d in dim} or range(whole.dim()))
    for place in dims:
        whole = _folded(whole, place)
    if keepdim and input.dim():
        return whole
    for place in reversed(dims):
        whole = whole.squeeze(place)
    return whole


op("hash_tensor(Tensor input, int[] dim=[], *, bool keepdim=False, int mode=0) -> Tensor",
   body=_hash_tensor, forms="function method out",
   extra={"parity": False},  # PyTorch's result is uint64, which does not exist here
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(3, 4), 1), call(s.ints(5), keepdim=True),
                      call(s.tensor()), call(s.ints(2, 0), 1)],
   errors=lambda s: [(call(s.tensor(2), mode=1), "ArgumentError", "got 1")],
   doc="""The exclusive or of the 64 bits of all elements, or of those along dimensions; int64.

Integers count as int64, floating-point numbers as float64. The bits are those of PyTorch's uint64.

>>> cytorch.hash_tensor(cytorch.tensor([1, 2, 4]))
tensor(7)
""")
