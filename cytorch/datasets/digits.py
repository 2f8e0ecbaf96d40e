"""Handwritten digits that come with the package."""
from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cytorch.utils.data import Dataset

if TYPE_CHECKING:
    from cytorch import Tensor

_FILE = Path(__file__).parent / "_data" / "digits.npz"
_TEST_SAMPLES = 360


class Digits(Dataset[Any]):
    """1,797 grey images of handwritten digits, 8 x 8 pixels (UCI, Alpaydin and Kaynak).

    A sample is (image, label): a float32 tensor of shape (1, 8, 8) with values 0 to 1, and an int.
    1,437 samples are for training and 360 for testing, drawn at random by `split_seed`.

    Parameters
    ----------
    train : the training part (default) or the test part
    transform, target_transform : called with the image and with the label
    split_seed : which random split; None gives all samples in both parts

    >>> digits = Digits()
    >>> image, label = digits[0]
    >>> len(digits), tuple(image.shape), 0 <= label <= 9
    (1437, (1, 8, 8), True)
    """

    classes = tuple("0123456789")

    def __init__(self, train: bool = True, transform: Callable[[Tensor], Any] | None = None,
                 target_transform: Callable[[int], Any] | None = None,
                 split_seed: int | None = 0) -> None:
        import numpy

        import cytorch

        with numpy.load(_FILE, allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
        chosen = self._split(len(labels), train, split_seed)
        self.images = cytorch.from_numpy(images[chosen]).unsqueeze(1).to(cytorch.float32) / 16
        self.targets = cytorch.from_numpy(labels[chosen].astype("int64"))
        self._labels = self.targets.tolist()
        self.transform = transform
        self.target_transform = target_transform

    @staticmethod
    def _split(count: int, train: bool, split_seed: int | None) -> list[int]:
        order = list(range(count))
        if split_seed is None:
            return order
        random.Random(split_seed).shuffle(order)
        return sorted(order[_TEST_SAMPLES:] if train else order[:_TEST_SAMPLES])

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image, label = self.images[index], self._labels[index]
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            label = self.target_transform(label)
        return image, label
