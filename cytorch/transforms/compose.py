"""Transforms that do not depend on chance: conversion, normalisation, size, composition."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cytorch
from cytorch import Tensor

from . import functional as F


class Compose:
    """One transform after the other.

    >>> from cytorch.transforms import Compose, Normalize, ToTensor
    >>> Compose([ToTensor(), Normalize((0.5,), (0.5,))])
    Compose(
        ToTensor()
        Normalize(mean=(0.5,), std=(0.5,))
    )
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, image: Any) -> Any:
        for transform in self.transforms:
            image = transform(image)
        return image

    def __repr__(self) -> str:
        lines = [f"    {transform!r}" for transform in self.transforms]
        return "\n".join([f"{type(self).__name__}(", *lines, ")"])


class ToTensor:
    """uint8 array (H, W) or (H, W, C), or Pillow image -> float32 tensor (C, H, W) from 0 to 1.

    >>> import numpy
    >>> from cytorch.transforms import ToTensor
    >>> ToTensor()(numpy.full((2, 2), 255, dtype="uint8"))
    tensor([[[1., 1.],
             [1., 1.]]])
    """

    def __call__(self, image: Any) -> Tensor:
        return F.to_tensor(image)

    def __repr__(self) -> str:
        return "ToTensor()"


class ConvertImageDtype:
    """A tensor in another dtype; integers and floats are scaled to each other's range."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype

    def __call__(self, image: Tensor) -> Tensor:
        source, target = image.dtype, self.dtype
        if source.is_floating_point == target.is_floating_point:
            return image.to(target)
        if target.is_floating_point:
            return image.to(target) / cytorch.iinfo(source).max
        # all integers get an equal share of [0, 1]
        return (image * (cytorch.iinfo(target).max + 1 - 1e-3)).to(target)

    def __repr__(self) -> str:
        return f"ConvertImageDtype(dtype={self.dtype})"


class Normalize:
    """(image - mean) / std for each channel of a floating-point tensor (..., C, H, W)."""

    def __init__(self, mean: Sequence[float], std: Sequence[float],
                 inplace: bool = False) -> None:
        self.mean, self.std, self.inplace = mean, std, inplace

    def __call__(self, image: Tensor) -> Tensor:
        return F.normalize(image, self.mean, self.std, self.inplace)

    def __repr__(self) -> str:
        return f"Normalize(mean={self.mean}, std={self.std})"


class Lambda:
    """Any function as a transform."""

    def __init__(self, lambd: Callable[[Any], Any]) -> None:
        if not callable(lambd):
            raise TypeError(f"Lambda: expected a function, got {type(lambd).__name__}")
        self.lambd = lambd

    def __call__(self, image: Any) -> Any:
        return self.lambd(image)

    def __repr__(self) -> str:
        return "Lambda()"


class Resize:
    """Another size: (H, W), or an int for the shorter side; see `functional.resize`."""

    def __init__(self, size: Any, interpolation: str = "bilinear", max_size: int | None = None,
                 antialias: bool | None = True) -> None:
        self.size, self.interpolation = size, interpolation
        self.max_size, self.antialias = max_size, antialias

    def __call__(self, image: Any) -> Any:
        return F.resize(image, self.size, self.interpolation, self.max_size, self.antialias)

    def __repr__(self) -> str:
        return (f"Resize(size={self.size}, interpolation={self.interpolation}, "
                f"max_size={self.max_size}, antialias={self.antialias})")


class CenterCrop:
    """The middle (H, W) of an image; one that is smaller gets a border of zeros first."""

    def __init__(self, size: Any) -> None:
        self.size = (size, size) if isinstance(size, int) else (size[0], size[-1])

    def __call__(self, image: Any) -> Any:
        height, width = self.size
        rows, columns = F.size(image)
        down, right = max(0, height - rows), max(0, width - columns)
        if down or right:
            image = F.pad(image, (right // 2, down // 2, right - right // 2, down - down // 2))
            rows, columns = F.size(image)
        return F.crop(image, (rows - height + 1) // 2, (columns - width + 1) // 2, height, width)

    def __repr__(self) -> str:
        return f"CenterCrop(size={self.size})"


class Pad:
    """A border; see `functional.pad`."""

    def __init__(self, padding: Any, fill: float = 0, padding_mode: str = "constant") -> None:
        self.padding, self.fill, self.padding_mode = padding, fill, padding_mode

    def __call__(self, image: Any) -> Any:
        return F.pad(image, self.padding, self.fill, self.padding_mode)

    def __repr__(self) -> str:
        return (f"Pad(padding={self.padding}, fill={self.fill}, "
                f"padding_mode={self.padding_mode})")


class Grayscale:
    """Grey from red, green and blue, in one or three channels."""

    def __init__(self, num_output_channels: int = 1) -> None:
        self.num_output_channels = num_output_channels

    def __call__(self, image: Any) -> Any:
        return F.rgb_to_grayscale(image, self.num_output_channels)

    def __repr__(self) -> str:
        return f"Grayscale(num_output_channels={self.num_output_channels})"
