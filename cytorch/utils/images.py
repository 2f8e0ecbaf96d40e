"""Batches of images as one picture: `make_grid` and `save_image`, as in torchvision.utils."""
from __future__ import annotations

import os
from typing import Any

import cytorch
from cytorch import Tensor
from cytorch.errors import ShapeError

from .png import write_png


def _batch(tensor: Any) -> Tensor:
    """Images (N, 3, H, W) of a tensor (N, C, H, W), (C, H, W) or (H, W), or of a list."""
    images = cytorch.stack(list(tensor)) if isinstance(tensor, (list, tuple)) else tensor
    if images.dim() == 2:
        images = images.unsqueeze(0)
    if images.dim() == 3:
        images = images.unsqueeze(0)
    if images.dim() != 4:
        raise ShapeError(f"make_grid: expected images (N, C, H, W), got {tuple(images.shape)}")
    return images.repeat(1, 3, 1, 1) if images.shape[1] == 1 else images


def _scaled(image: Tensor, value_range: tuple[float, float] | None) -> Tensor:
    low, high = value_range or (float(image.min()), float(image.max()))
    return (image.clamp(low, high) - low) / max(high - low, 1e-5)


@cytorch.no_grad()
def make_grid(tensor: Any, nrow: int = 8, padding: int = 2, normalize: bool = False,
              value_range: tuple[float, float] | None = None, scale_each: bool = False,
              pad_value: float = 0.0) -> Tensor:
    """Images side by side, `nrow` in a row: (3, height, width).

    tensor : (N, C, H, W) with one or three channels, (C, H, W), (H, W), or a list of images
    padding : pixels of `pad_value` around each image
    normalize : scale to [0, 1], from `value_range` or from the least and the largest value, of
        all images or (scale_each) of each

    >>> import cytorch
    >>> make_grid(cytorch.zeros(5, 1, 4, 4), nrow=3).shape
    torch.Size([3, 14, 20])
    """
    images = _batch(tensor)
    if normalize:
        images = cytorch.stack([_scaled(image, value_range) for image in images]) \
            if scale_each else _scaled(images, value_range)
    if images.shape[0] == 1:
        return images[0]
    columns = min(nrow, images.shape[0])
    rows = -(-images.shape[0] // columns)
    height, width = images.shape[2] + padding, images.shape[3] + padding
    grid = images.new_full((images.shape[1], height * rows + padding, width * columns + padding),
                           pad_value)
    for number, image in enumerate(images):
        top, left = number // columns * height + padding, number % columns * width + padding
        grid[:, top:top + image.shape[1], left:left + image.shape[2]] = image
    return grid


@cytorch.no_grad()
def save_image(tensor: Any, fp: str | os.PathLike[str], format: str | None = None,
               **options: Any) -> None:
    """Write images with values from 0 to 1 as one PNG file; `options` are those of `make_grid`.

    Raises ValueError for another format than PNG.
    """
    if (format or os.fspath(fp).rpartition(".")[2]).lower() != "png":
        raise ValueError(f"save_image: only PNG files are written, got {format or fp}")
    grid = make_grid(tensor, **options)
    pixels = (grid * 255 + 0.5).clamp(0, 255).to(cytorch.uint8).permute(1, 2, 0).contiguous()
    write_png(fp, pixels)
