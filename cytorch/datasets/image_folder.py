"""Images in folders, one folder for each class."""
from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cytorch.errors import DatasetError, MissingPackageError

from .vision import VisionDataset

IMG_EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")


def load_image(path: str | os.PathLike[str]) -> Any:
    """The image as a uint8 array (H, W, 3), read by Pillow."""
    try:
        from PIL import Image
    except ImportError:
        raise MissingPackageError(f"reading {path} needs Pillow: pip install Pillow") from None
    import numpy

    with Image.open(path) as image:
        return numpy.asarray(image.convert("RGB"))


class ImageFolder(VisionDataset):
    """root/dog/a.png, root/cat/b.png ...: the names of the folders are the classes.

    A sample is (image, label): what `loader` makes of the path, a uint8 array (H, W, 3) unless
    another one is given, and the number of the class in alphabetical order.

    Parameters
    ----------
    root : folder
    transform, target_transform : called with the image and with the label
    loader : reads the image of a path
    is_valid_file : which paths count; images by their extension unless given

    Raises DatasetError when there are no folders, or one without any image.

    >>> import cytorch, tempfile
    >>> from cytorch.datasets import ImageFolder
    >>> with tempfile.TemporaryDirectory() as root:
    ...     ImageFolder(root)
    Traceback (most recent call last):
    ...
    cytorch.errors.DatasetError: ImageFolder: ... has no folders, one for each class
    """

    def __init__(self, root: str | os.PathLike[str],
                 transform: Callable[[Any], Any] | None = None,
                 target_transform: Callable[[Any], Any] | None = None,
                 loader: Callable[[str], Any] = load_image,
                 is_valid_file: Callable[[str], bool] | None = None) -> None:
        super().__init__(root, transform, target_transform)
        self.loader = loader
        valid = is_valid_file or (lambda path: path.lower().endswith(IMG_EXTENSIONS))
        self.classes = self._classes()
        self.class_to_idx = {name: number for number, name in enumerate(self.classes)}
        self.samples = [(path, number) for name, number in self.class_to_idx.items()
                        for path in self._paths(self.root / name, valid)]
        self.imgs = self.samples
        self.targets = [number for _, number in self.samples]

    def _classes(self) -> list[str]:
        try:
            names = sorted(entry.name for entry in os.scandir(self.root) if entry.is_dir())
        except OSError as error:
            raise DatasetError(f"ImageFolder: cannot read {self.root}: {error}") from error
        if not names:
            raise DatasetError(f"ImageFolder: {self.root} has no folders, one for each class")
        return names

    @staticmethod
    def _paths(folder: Path, valid: Callable[[str], bool]) -> list[str]:
        paths = [os.path.join(here, name)
                 for here, _, names in sorted(os.walk(folder, followlinks=True))
                 for name in sorted(names) if valid(os.path.join(here, name))]
        if not paths:
            raise DatasetError(f"ImageFolder: {folder} has no image "
                               f"({', '.join(IMG_EXTENSIONS)})")
        return paths

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        path, label = self.samples[index]
        return self._transformed(self.loader(path), label)
