"""What the image datasets share: arrays in memory, a transform for images and one for labels."""
from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cytorch.errors import DatasetError
from cytorch.utils.data import Dataset

from .download import RemoteFile, data_folder, fetch, is_right


class VisionDataset(Dataset[Any]):
    """Base class: `transform(image)` and `target_transform(label)` are applied to each sample."""

    def __len__(self) -> int:
        raise NotImplementedError

    def __init__(self, root: str | os.PathLike[str] | None,
                 transform: Callable[[Any], Any] | None = None,
                 target_transform: Callable[[Any], Any] | None = None) -> None:
        self.root = data_folder(root)
        self.transform = transform
        self.target_transform = target_transform

    def _transformed(self, image: Any, label: Any) -> tuple[Any, Any]:
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            label = self.target_transform(label)
        return image, label

    def __repr__(self) -> str:
        lines = [f"Dataset {type(self).__name__}", f"    Number of datapoints: {len(self)}",
                 f"    Root location: {self.root}"]
        if self.transform is not None:
            lines.append(f"    Transform: {self.transform!r}")
        return "\n".join(lines)


def obtain(name: str, files: Sequence[RemoteFile], folder: Path, mirrors: Sequence[str],
           download: bool) -> list[Path]:
    """The paths of `files`. Raises DatasetError when one lacks and `download` is False."""
    if download:
        return [fetch(file, folder, mirrors) for file in files]
    for file in files:
        path = folder / file.name
        if not is_right(path, file):
            state = "has another content than it should" if path.exists() else "does not exist"
            raise DatasetError(f"{name}: {path} {state}. Use download=True to fetch it")
    return [folder / file.name for file in files]
