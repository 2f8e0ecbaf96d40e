"""mode: the most frequent element."""
from __future__ import annotations

from typing import Any

from .index_primitives import wrapped
from .spec import call, index_error, op, ops


def _mode(input: Any, dim: int, keepdim: bool) -> Any:
    """Equal elements are neighbours once sorted; the first run of the greatest length wins."""
    dim = wrapped("mode", dim, input.dim())
    if input.dim() == 0:
        return input.clone(), ops.zeros_like(input, dtype=int)
    if input.shape[dim] == 0:
        raise index_error(f"mode(): expected reduction dim {dim} of {tuple(input.shape)} to have "
                          "non-zero size")
    ordered, order = input.detach().sort(dim, stable=True)
    size = input.shape[dim]
    shape = [1] * input.dim()
    shape[dim] = size
    place = ops.arange(size, device=input.device).reshape(shape).expand(input.shape)
    begins = ops.ones_like(ordered, dtype=bool)
    if size > 1:
        begins.narrow(dim, 1, size - 1).copy_(
            ordered.narrow(dim, 1, size - 1) != ordered.narrow(dim, 0, size - 1))
    begin = ops.where(begins, place, 0).cummax(dim).values
    longest = (place - begin).argmax(dim, keepdim=True)
    index = order.gather(dim, longest)
    values = input.gather(dim, index)
    return (values, index) if keepdim else (values.squeeze(dim), index.squeeze(dim))


op("mode(Tensor input, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)",
   body=_mode, forms="function method out", extra={"parity": False},  # PyTorch's index is any one
   samples=lambda s: [call(s.ints(3, 7, high=3)), call(s.tensor(3, 4), 0, True), call(s.tensor()),
                      call(s.tensor(5))],
   errors=lambda s: [(call(s.tensor(2, 0)), "IndexOutOfRange", r"\(2, 0\)")],
   doc="""The most frequent element along a dimension, the smallest of several, and where it is.

The index is that of its last occurrence.

>>> cytorch.tensor([3, 1, 3, 2]).mode()
torch.return_types.mode(
values=tensor(3),
indices=tensor(2))
""")
