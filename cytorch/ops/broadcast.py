"""Undoing a broadcast."""
from typing import Any

from .spec import call, op


def _sum_to_size(input: Any, size: Any) -> Any:
    """Sum over the dimensions along which a tensor of shape `size` was broadcast."""
    if tuple(input.shape) == tuple(size):
        return input
    leading = input.ndim - len(size)
    dims = [d for d in range(leading)]
    dims += [d + leading for d, n in enumerate(size) if n == 1 and input.shape[d + leading] != 1]
    if dims:
        input = input.sum(dims, True)
    return input.reshape(size) if leading else input


op("_sum_to_size(Tensor input, int[] size) -> Tensor", body=_sum_to_size,
   samples=lambda s: [call(s.tensor(2, 3), (1, 3)), call(s.tensor(2, 3), (3,)),
                      call(s.tensor(2, 3), ())])
