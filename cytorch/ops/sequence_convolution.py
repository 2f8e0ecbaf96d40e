"""conv_tbc: a convolution over sequences laid out (time, batch, channels)."""
from __future__ import annotations

from typing import Any

from .aliases import also_called
from .spec import F, call, op, shape_error


def _conv_tbc(input: Any, weight: Any, bias: Any, pad: int) -> Any:
    if input.ndim != 3 or weight.ndim != 3 or bias.ndim != 1:
        raise shape_error("conv_tbc: expected 3-D input, 3-D weight and 1-D bias, got shapes "
                          f"{tuple(input.shape)}, {tuple(weight.shape)} and {tuple(bias.shape)}")
    out = F.conv1d(input.permute(1, 2, 0), weight.permute(2, 1, 0), bias, padding=pad)
    return out.permute(2, 0, 1)


also_called(op(
    "conv_tbc(Tensor input, Tensor weight, Tensor bias, int pad=0) -> Tensor", body=_conv_tbc,
    forms="function",
    samples=lambda s: [call(s.tensor(5, 2, 3), s.tensor(2, 3, 4), s.tensor(4)),
                       call(s.tensor(5, 2, 3), s.tensor(3, 3, 1), s.tensor(1), 1)],
    errors=lambda s: [(call(s.tensor(5, 2), s.tensor(2, 3, 4), s.tensor(4)), "ShapeError",
                       r"\(5, 2\)")],
    doc="""Convolution of input (time, batch, in) with weight (width, in, out), plus bias (out).

>>> ones = cytorch.ones(3, 1, 1)
>>> cytorch.conv_tbc(ones, cytorch.ones(2, 1, 1), cytorch.zeros(1)).flatten()
tensor([2., 2.])
"""), "nn.functional.conv_tbc")
