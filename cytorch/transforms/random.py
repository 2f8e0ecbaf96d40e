"""Transforms by chance; the numbers come from cytorch's generator, which `manual_seed` seeds."""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import cytorch

from . import functional as F


def _chance(p: float) -> bool:
    return bool(cytorch.rand(1).item() < p)


def _below(limit: int) -> int:
    return int(cytorch.randint(0, limit, (1,)).item())


def _between(low: float, high: float) -> float:
    return low + (high - low) * float(cytorch.rand(1).item())


class RandomHorizontalFlip:
    """Left and right exchanged with probability p.

    >>> import cytorch
    >>> from cytorch.transforms import RandomHorizontalFlip
    >>> RandomHorizontalFlip(p=1.0)(cytorch.tensor([[[1, 2], [3, 4]]]))
    tensor([[[2, 1],
             [4, 3]]])
    """

    def __init__(self, p: float = 0.5) -> None:
        self.p = p

    def __call__(self, image: Any) -> Any:
        return F.hflip(image) if _chance(self.p) else image

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class RandomVerticalFlip(RandomHorizontalFlip):
    """Top and bottom exchanged with probability p."""

    def __call__(self, image: Any) -> Any:
        return F.vflip(image) if _chance(self.p) else image


class RandomCrop:
    """A part of (H, W) pixels from anywhere in the image, which gets a border first.

    size : int or (H, W)
    padding, fill, padding_mode : the border; see `functional.pad`
    pad_if_needed : enlarge images that are smaller than `size`

    Raises ValueError for an image that is smaller than `size`.
    """

    def __init__(self, size: Any, padding: Any = None, pad_if_needed: bool = False,
                 fill: float = 0, padding_mode: str = "constant") -> None:
        self.size = (size, size) if isinstance(size, int) else (size[0], size[-1])
        self.padding, self.pad_if_needed = padding, pad_if_needed
        self.fill, self.padding_mode = fill, padding_mode

    def __call__(self, image: Any) -> Any:
        height, width = self.size
        if self.padding is not None:
            image = F.pad(image, self.padding, self.fill, self.padding_mode)
        rows, columns = F.size(image)
        if self.pad_if_needed and (rows < height or columns < width):
            border = (max(0, width - columns), max(0, height - rows))
            image = F.pad(image, border, self.fill, self.padding_mode)
            rows, columns = F.size(image)
        if rows < height or columns < width:
            raise ValueError(f"Required crop size {self.size} is larger than input image size "
                             f"{(rows, columns)}")
        return F.crop(image, _below(rows - height + 1), _below(columns - width + 1), height, width)

    def __repr__(self) -> str:
        return f"RandomCrop(size={self.size}, padding={self.padding})"


class RandomResizedCrop:
    """A part of random area and aspect ratio, resized to (H, W).

    scale : range of the share of the area; ratio : range of width / height. Source: Szegedy et
    al., "Going Deeper with Convolutions" (2014).
    """

    def __init__(self, size: Any, scale: Sequence[float] = (0.08, 1.0),
                 ratio: Sequence[float] = (3 / 4, 4 / 3), interpolation: str = "bilinear",
                 antialias: bool | None = True) -> None:
        self.size = (size, size) if isinstance(size, int) else (size[0], size[-1])
        self.scale, self.ratio = scale, ratio
        self.interpolation, self.antialias = interpolation, antialias

    def _part(self, rows: int, columns: int) -> tuple[int, int, int, int]:
        for _ in range(10):
            area = rows * columns * _between(*self.scale)
            aspect = math.exp(_between(*(math.log(value) for value in self.ratio)))
            width, height = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if 0 < width <= columns and 0 < height <= rows:
                return (_below(rows - height + 1), _below(columns - width + 1), height, width)
        # no luck: the middle, as near to the range of ratios as the image allows
        aspect = min(max(columns / rows, min(self.ratio)), max(self.ratio))
        width = min(columns, round(rows * aspect))
        height = min(rows, round(columns / aspect))
        return (rows - height) // 2, (columns - width) // 2, height, width

    def __call__(self, image: Any) -> Any:
        part = F.crop(image, *self._part(*F.size(image)))
        return F.resize(part, self.size, self.interpolation, None, self.antialias)

    def __repr__(self) -> str:
        return f"RandomResizedCrop(size={self.size}, scale={self.scale}, ratio={self.ratio})"


class RandomApply:
    """A list of transforms, all of them with probability p, else none."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]], p: float = 0.5) -> None:
        self.transforms, self.p = transforms, p

    def __call__(self, image: Any) -> Any:
        if _chance(self.p):
            for transform in self.transforms:
                image = transform(image)
        return image

    def __repr__(self) -> str:
        return f"RandomApply(p={self.p}, transforms={list(self.transforms)})"
