"""Functions on single images.

An image is a tensor (..., H, W), as models take it, or a uint8 NumPy array (H, W) or (H, W, C), as
the datasets give it. A function returns the kind that it got, except for `to_tensor`.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.nn import functional as F


def is_array(image: Any) -> bool:
    """Whether the image is a NumPy array; raises TypeError for what is no image at all."""
    if isinstance(image, Tensor):
        if image.dim() < 2:
            raise TypeError(f"an image tensor has at least 2 dimensions, got {image.dim()}")
        return False
    if getattr(image, "ndim", 0) not in (2, 3):
        raise TypeError("an image is a tensor (..., H, W) or a NumPy array (H, W) or (H, W, C), "
                        f"got {type(image).__name__}")
    return True


def size(image: Any) -> tuple[int, int]:
    """Height and width."""
    height, width = image.shape[:2] if is_array(image) else image.shape[-2:]
    return height, width


def to_tensor(image: Any) -> Tensor:
    """A tensor (C, H, W) of an array (H, W) or (H, W, C) or of a Pillow image.

    uint8 becomes float32 from 0 to 1; other dtypes keep their values.
    """
    import numpy

    if isinstance(image, Tensor):
        raise TypeError("to_tensor: the image is a tensor already")
    array = numpy.asarray(image)
    is_array(array)
    planes = array[:, :, None] if array.ndim == 2 else array
    tensor = cytorch.tensor(numpy.ascontiguousarray(planes.transpose(2, 0, 1)))
    return tensor.float() / 255 if array.dtype == numpy.uint8 else tensor


def normalize(image: Tensor, mean: Sequence[float], std: Sequence[float],
              inplace: bool = False) -> Tensor:
    """(image - mean) / std for each channel of a floating-point tensor (..., C, H, W).

    Raises TypeError for another dtype and ValueError for a standard deviation of zero.
    """
    if not isinstance(image, Tensor) or not image.is_floating_point():
        kind = image.dtype if isinstance(image, Tensor) else type(image).__name__
        raise TypeError(f"normalize: expected a floating-point tensor, got {kind}")
    if image.dim() < 3:
        raise ValueError(f"normalize: expected (..., C, H, W), got {tuple(image.shape)}")
    if any(value == 0 for value in std):
        raise ValueError(f"normalize: std has a zero, which divides: {tuple(std)}")
    out = image if inplace else image.clone()
    centre, scale = (cytorch.tensor(list(values), dtype=image.dtype, device=image.device)
                     .view(-1, 1, 1) for values in (mean, std))
    return out.sub_(centre).div_(scale)


def crop(image: Any, top: int, left: int, height: int, width: int) -> Any:
    """The part of `height` x `width` pixels whose upper left corner is (top, left)."""
    rows, columns = slice(top, top + height), slice(left, left + width)
    return image[rows, columns] if is_array(image) else image[..., rows, columns]


def hflip(image: Any) -> Any:
    """Left and right exchanged."""
    return image[:, ::-1] if is_array(image) else image.flip(-1)


def vflip(image: Any) -> Any:
    """Top and bottom exchanged."""
    return image[::-1] if is_array(image) else image.flip(-2)


def pad(image: Any, padding: Any, fill: float = 0, padding_mode: str = "constant") -> Any:
    """A border around the image.

    padding : one number, (left and right, top and bottom) or (left, top, right, bottom)
    padding_mode : constant, edge, reflect or symmetric
    """
    left, top, right, bottom = _sides(padding)
    if padding_mode not in ("constant", "edge", "reflect", "symmetric"):
        raise ValueError("pad: padding_mode must be constant, edge, reflect or symmetric, got "
                         f"{padding_mode!r}")
    import numpy

    is_tensor = not is_array(image)
    array = image.numpy() if is_tensor else image
    borders = [(0, 0)] * array.ndim
    first = array.ndim - 2 if is_tensor else 0
    borders[first:first + 2] = [(top, bottom), (left, right)]
    options = {"constant_values": fill} if padding_mode == "constant" else {}
    out = numpy.pad(array, borders, mode=padding_mode, **options)  # type: ignore[call-overload]
    return cytorch.from_numpy(out) if is_tensor else out


def _sides(padding: Any) -> tuple[int, int, int, int]:
    values = (padding,) if isinstance(padding, int) else tuple(padding)
    if len(values) not in (1, 2, 4):
        raise ValueError(f"pad: padding is 1, 2 or 4 numbers, got {len(values)}")
    left, top, right, bottom = (values * 4)[:4]
    return left, top, right, bottom


def resized_shape(height: int, width: int, wanted: Any, max_size: int | None) -> tuple[int, int]:
    """(H, W) of an image of which the shorter side (an int), or both sides, are wanted."""
    if not isinstance(wanted, int) and len(wanted) == 2:
        return int(wanted[0]), int(wanted[1])
    short = wanted if isinstance(wanted, int) else wanted[0]
    least, most = min(height, width), max(height, width)
    long = int(short * most / least)
    if max_size is not None and long > max_size:
        short, long = int(max_size * short / long), max_size
    return (short, long) if height <= width else (long, short)


def resize(image: Any, wanted: Any, interpolation: str = "bilinear",
           max_size: int | None = None, antialias: bool | None = True) -> Any:
    """The image with other numbers of pixels.

    wanted : (H, W), or the length of the shorter side
    interpolation : nearest, nearest-exact, bilinear or bicubic
    max_size : the longer side has at most this length
    antialias : average what falls into one pixel when an image gets smaller
    """
    shape = resized_shape(*size(image), wanted, max_size)
    if shape == size(image):
        return image
    smooth = interpolation in ("bilinear", "bicubic")
    if not is_array(image):
        planes = image.reshape(1, -1, *image.shape[-2:])
        return _resized(planes, shape, interpolation, smooth, antialias).reshape(
            *image.shape[:-2], *shape)
    planes = cytorch.tensor(image if image.ndim == 3 else image[:, :, None]).permute(2, 0, 1)
    out = _resized(planes[None], shape, interpolation, smooth, antialias)[0]
    array = out.permute(1, 2, 0).contiguous().numpy()
    return array if image.ndim == 3 else array[:, :, 0]


def _resized(planes: Tensor, shape: tuple[int, int], interpolation: str, smooth: bool,
             antialias: bool | None) -> Tensor:
    dtype = planes.dtype
    source = planes if planes.is_floating_point() else planes.float()
    out = F.interpolate(source, size=shape, mode=interpolation,
                        antialias=bool(antialias) and smooth,
                        align_corners=False if smooth else None)
    if dtype.is_floating_point:
        return out
    return out.round().clamp(0, 255).to(dtype)


def rgb_to_grayscale(image: Any, num_output_channels: int = 1) -> Any:
    """0.2989 red + 0.587 green + 0.114 blue, in one or three equal channels."""
    if is_array(image):
        import numpy

        grey = (image @ numpy.array([0.2989, 0.587, 0.114])).round().astype(image.dtype)
        return numpy.stack([grey] * num_output_channels, axis=-1)
    red, green, blue = image.unbind(-3)
    grey = (0.2989 * red + 0.587 * green + 0.114 * blue).to(image.dtype).unsqueeze(-3)
    return grey.repeat_interleave(num_output_channels, -3)
