"""nn.functional: pad, pixel_shuffle, channel_shuffle."""
from __future__ import annotations

import math
from typing import Any

from .spec import ANY, FLOATING, argument_error, call, op, ops, shape_error, structured


def _padded_shape(input: Any, pad: Any) -> Any:
    shape = list(input.shape)
    for place in range(0, len(pad), 2):
        dim = len(shape) - 1 - place // 2
        shape[dim] += pad[place] + pad[place + 1]
        if shape[dim] < 0:
            raise shape_error(f"pad: the padding {list(pad)} of {tuple(input.shape)} makes a "
                              f"negative size in dimension {dim}")
    return tuple(shape), input.dtype


op("_pad_constant(Tensor input, Tensor value, int[] pad) -> Tensor",
   kernel=structured(ANY, "pad_constant"), shape=_padded_shape,
   grad={"input": lambda g, pad: ops._pad_constant(g, g.new_zeros(()), [-p for p in pad]),
         "value": lambda g, pad: g.sum() - ops._pad_constant(
             g, g.new_zeros(()), [-p for p in pad]).sum()},
   samples=lambda s: [call(s.tensor(2, 3), s.tensor(), (1, 2, 0, 1)),
                      call(s.tensor(2, 3), s.tensor(), (-1, 2, 1, -1))],
   doc="`value` before and after every dimension, from the last on; negative numbers crop.")


def _pad_constant(input: Any, pad: Any, value: Any) -> Any:
    whole = tuple(pad) + (0,) * (2 * input.dim() - len(pad))
    fill = input.new_full((), 0 if value is None else value)
    return ops._pad_constant(input, fill, whole)


# The numbers that pyx/kernels/pad_edges.pyx.tp gives the modes.
_EDGES = {"reflect": 0, "replicate": 1, "circular": 2}


def by_parts(function: Any) -> Any:
    """A linear op on the real and the imaginary part, where the kernel has real numbers only."""
    def apply(grad: Any, *arguments: Any) -> Any:
        if not grad.is_complex():
            return function(grad, *arguments)
        return ops.complex(function(grad.real, *arguments), function(grad.imag, *arguments))

    return apply


op("_pad_edges(Tensor input, int[] pad, int mode) -> Tensor", kernel=structured(ANY),
   promote="none", shape=_padded_shape,
   grad={"input": lambda g, input_shape, pad, mode: by_parts(ops._pad_edges_backward)(
       g, input_shape, pad, mode)},
   forms="function",
   samples=lambda s: [call(s.tensor(2, 4), (2, 1), 0), call(s.tensor(2, 4), (-1, 5), 1),
                      call(s.tensor(2, 3, 4), (1, 2, 2, 0), 2),
                      call(s.tensor(2, 3, 4), (1, -2, 2, 1), 0),
                      call(s.tensor(2, 2, 3, 4), (1, 2, 2, 0, 1, 1), 1)],
   doc="Elements of the input before and after dimensions, from the last on.")
op("_pad_edges_backward(Tensor grad, int[] input_size, int[] pad, int mode) -> Tensor",
   kernel=structured(FLOATING), promote="none",
   shape=lambda grad, input_size: (input_size, grad.dtype),
   grad={"grad": lambda g, pad, mode: ops._pad_edges(g, pad, mode)}, forms="function",
   samples=lambda s: [call(s.tensor(2, 7), (2, 4), (2, 1), 0),
                      call(s.tensor(2, 6, 4), (2, 3, 4), (1, -1, 2, 1), 1)],
   doc="Adds every gradient to the element that its place repeats.")


def _check_mode(mode: str, input: Any, pad: Any) -> None:
    if mode not in _EDGES:
        raise argument_error(f"pad: Unrecognised padding mode {mode}")
    spatial = len(pad) // 2
    if input.dim() not in (spatial + 1, spatial + 2):
        raise shape_error(f"pad: Only 2D, 3D, 4D, 5D padding with non-constant padding are "
                          f"supported for now: {len(pad)} numbers do not fit an input of shape "
                          f"{tuple(input.shape)}")


def _check_edges(mode: str, input: Any, dim: int, before: int, after: int) -> None:
    size = input.shape[dim]
    limit = {"reflect": size - 1, "circular": size}.get(mode)
    if limit is not None and (before > limit or after > limit):
        raise shape_error(f"pad: Padding size should be less than the corresponding input "
                          f"dimension, but got: padding ({before}, {after}) at dimension {dim} "
                          f"of input {tuple(input.shape)} (mode {mode})")
    kept = size + min(before, 0) + min(after, 0) if mode == "circular" else size
    if kept < 1 and (before > 0 or after > 0):
        raise shape_error(f"pad: Expected a non-empty dimension {dim} of input "
                          f"{tuple(input.shape)}")
    if size + before + after < 0:
        raise shape_error(f"pad: padding ({before}, {after}) makes a negative size at "
                          f"dimension {dim} of input {tuple(input.shape)}")


def _pad(input: Any, pad: Any, mode: str, value: Any) -> Any:
    if len(pad) % 2:
        raise argument_error(f"pad: Padding length must be divisible by 2, got {list(pad)}")
    if len(pad) > 2 * input.dim():
        raise shape_error(f"pad: Padding length should be less than or equal to two times the "
                          f"input dimension but got padding length {len(pad)} and input of shape "
                          f"{tuple(input.shape)}")
    if mode == "constant":
        return _pad_constant(input, pad, value)
    _check_mode(mode, input, pad)
    for place in range(0, len(pad), 2):
        _check_edges(mode, input, input.dim() - 1 - place // 2, pad[place], pad[place + 1])
    left = [input.shape[-1 - k // 2] + pad[k] + pad[k + 1] for k in range(0, len(pad), 2)]
    if mode != "circular" and left and max(left) == 0:
        raise shape_error(f"pad: padding {list(pad)} leaves nothing of input "
                          f"{tuple(input.shape)} (mode {mode})")
    if mode == "circular" and min(pad, default=0) < 0:
        # What is cropped does not come back from the other end.
        input = _pad_constant(input, [min(p, 0) for p in pad], None)
        pad = [max(p, 0) for p in pad]
    return ops._pad_edges(input, pad, _EDGES[mode]) if any(pad) else input.clone()


op("nn.functional.pad(Tensor input, int[] pad, str mode='constant', Scalar? value=None) -> Tensor",
   body=_pad, forms="function",
   samples=lambda s: [call(s.tensor(2, 3), (1, 2)), call(s.tensor(2, 3), (1, 0, 2, 1), value=1.5),
                      call(s.tensor(3, 4), (-1, 1)), call(s.tensor(1, 2, 4), (3, 1), "reflect"),
                      call(s.tensor(1, 2, 4), (5, -1), "replicate"),
                      call(s.tensor(1, 2, 3, 4), (1, 2, 2, 0), "circular"),
                      call(s.tensor(1, 2, 3, 4), (1, 2, 2, 0), "reflect")],
   errors=lambda s: [(call(s.tensor(3), (1,)), "ArgumentError", "divisible by 2"),
                     (call(s.tensor(3), (1, 1, 1, 1)), "ShapeError", "length 4"),
                     (call(s.tensor(3), (-2, -2)), "ShapeError", "negative size"),
                     (call(s.tensor(1, 3), (3, 0), "reflect"), "ShapeError", r"\(3, 0\)"),
                     (call(s.tensor(1, 3), (1, 0), "no"), "ArgumentError", "no")],
   doc="""Entries before and after dimensions: (before, after) of the last one first.

mode: "constant" (of `value`, by default 0), "reflect" (the edge is not repeated), "replicate" (the
edge is) or "circular". Negative numbers crop.

>>> cytorch.nn.functional.pad(cytorch.tensor([1, 2]), (1, 2))
tensor([0, 1, 2, 0, 0])
""")


# ---- shuffles

def _pixel_shuffle(input: Any, upscale_factor: int) -> Any:
    factor = upscale_factor
    if input.dim() < 3 or factor <= 0 or input.shape[-3] % (factor * factor):
        raise shape_error(f"pixel_shuffle expects its input's channel dimension to be divisible by "
                          f"the square of upscale_factor, but input {tuple(input.shape)} is not "
                          f"divisible by {factor}**2")
    *batch, channels, height, width = input.shape
    channels //= factor * factor
    parts = input.reshape((math.prod(batch), channels, factor, factor, height, width))
    return parts.permute(0, 1, 4, 2, 5, 3).reshape((*batch, channels, height * factor,
                                                    width * factor))


op("nn.functional.pixel_shuffle(Tensor input, int upscale_factor) -> Tensor",
   body=_pixel_shuffle, forms="function",
   samples=lambda s: [call(s.tensor(1, 4, 2, 3), 2), call(s.tensor(2, 2, 2), 1),
                      call(s.tensor(1, 0, 1, 1), 1)],
   errors=lambda s: [(call(s.tensor(1, 3, 2, 2), 2), "ShapeError", "divisible")],
   doc="""(N, C r^2, H, W) to (N, C, H r, W r): channels become pixels.

>>> cytorch.nn.functional.pixel_shuffle(cytorch.zeros(1, 4, 2, 2), 2).shape
torch.Size([1, 1, 4, 4])
""")


def _pixel_unshuffle(input: Any, downscale_factor: int) -> Any:
    factor = downscale_factor
    if input.dim() < 3 or factor <= 0 or input.shape[-1] % factor or input.shape[-2] % factor:
        raise shape_error(f"pixel_unshuffle expects height and width to be divisible by "
                          f"downscale_factor, but input {tuple(input.shape)} is not divisible by "
                          f"{factor}")
    *batch, channels, height, width = input.shape
    height, width = height // factor, width // factor
    parts = input.reshape((math.prod(batch), channels, height, factor, width, factor))
    return parts.permute(0, 1, 3, 5, 2, 4).reshape((*batch, channels * factor * factor, height,
                                                    width))


op("nn.functional.pixel_unshuffle(Tensor input, int downscale_factor) -> Tensor",
   body=_pixel_unshuffle, forms="function",
   samples=lambda s: [call(s.tensor(1, 1, 4, 6), 2)],
   errors=lambda s: [(call(s.tensor(1, 1, 3, 2), 2), "ShapeError", "divisible")],
   doc="""(N, C, H r, W r) to (N, C r^2, H, W): the inverse of pixel_shuffle.

>>> cytorch.nn.functional.pixel_unshuffle(cytorch.zeros(1, 1, 4, 4), 2).shape
torch.Size([1, 4, 2, 2])
""")


def _channel_shuffle(input: Any, groups: int) -> Any:
    if input.dim() < 3 or groups <= 0 or input.shape[1] % groups:
        raise shape_error(f"channel_shuffle: Number of channels must be divisible by groups. Got "
                          f"input {tuple(input.shape)} and {groups} groups")
    batch, channels, *rest = input.shape
    parts = input.reshape((batch, groups, channels // groups, *rest))
    return parts.transpose(1, 2).reshape(input.shape)


op("nn.functional.channel_shuffle(Tensor input, int groups) -> Tensor", body=_channel_shuffle,
   forms="function", samples=lambda s: [call(s.tensor(1, 4, 2, 2), 2)],
   errors=lambda s: [(call(s.tensor(1, 3, 2, 2), 2), "ShapeError", "2 groups")],
   doc="""Channels of an (N, C, ...) input dealt out: one of each group in turn.

>>> cytorch.nn.functional.channel_shuffle(cytorch.arange(4).view(1, 4, 1), 2).flatten()
tensor([0, 2, 1, 3])
""")
