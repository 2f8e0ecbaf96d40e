"""The same values in other memory layouts."""
from __future__ import annotations

from typing import Any

import numpy as np

LAYOUTS = ("transposed", "sliced", "offset", "expanded")


def to_numpy(tensor: Any) -> np.ndarray[Any, Any]:
    """A NumPy copy, whatever the dtype, device and autograd state; 16-bit floats as float32."""
    plain = tensor.detach().to("cpu")
    if str(plain.dtype).endswith(("bfloat16", "float16")):
        plain = plain.float()
    return np.array(plain.numpy())


def relayout(library: Any, tensor: Any, layout: str) -> Any:
    """`tensor` with the same values, laid out as `layout` says.

    transposed: dimensions stored in reverse order; sliced: every second element of a larger
    block, in the last dimension; offset: starts inside a larger block; expanded: the first entry
    of dimension 0 repeated with stride zero, so its values differ from the original's.
    """
    if tensor.ndim == 0:
        block = library.stack([tensor.detach(), tensor.detach()])
        return block[1]
    if layout == "transposed":
        order = tuple(reversed(range(tensor.ndim)))
        return tensor.detach().permute(order).contiguous().permute(order)
    if layout == "sliced":
        return library.stack([tensor.detach(), tensor.detach()], -1)[..., 1]
    if layout == "offset":
        return library.cat([tensor.detach(), tensor.detach()])[tensor.shape[0]:]
    if layout == "expanded":
        return tensor.detach()[:1].expand(tensor.shape) if tensor.shape[0] else tensor.detach()
    raise ValueError(f"unknown layout {layout!r}")
