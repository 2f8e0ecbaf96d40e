"""CIFAR-10 and CIFAR-100."""
from __future__ import annotations

import io
import os
import pickle
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cytorch.errors import DatasetError

from .download import RemoteFile
from .vision import VisionDataset, obtain


class _ArraysOnly(pickle.Unpickler):
    """Reads pickles of dicts, lists, strings, numbers and NumPy arrays, and refuses all else."""

    _allowed = frozenset({("numpy.core.multiarray", "_reconstruct"), ("numpy", "ndarray"),
                          ("numpy", "dtype")})

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._allowed:
            raise DatasetError(f"the file wants to call {module}.{name}, which no data needs")
        # NumPy 2 has moved it
        module = "numpy._core.multiarray" if name == "_reconstruct" else module
        return super().find_class(module, name)


def read_batch(content: bytes, name: str) -> dict[str, Any]:
    """The dict of one member of the archive. Raises DatasetError for anything else."""
    try:
        batch = _ArraysOnly(io.BytesIO(content), encoding="latin1").load()
    except DatasetError:
        raise
    # a damaged pickle raises nearly anything
    except Exception as error:
        raise DatasetError(f"cannot read {name}: {error}") from error
    if not isinstance(batch, dict):
        raise DatasetError(f"{name} holds {type(batch).__name__}, not a dict")
    return batch


class CIFAR10(VisionDataset):
    """Colour images of ten kinds of things, 32 x 32: 50,000 for training, 10,000 for testing.

    A sample is (image, label): a uint8 array (32, 32, 3), as `transforms.ToTensor` takes it, and
    an int. Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009).

    Parameters
    ----------
    root : folder with the archive, which is read as it is; None: the folder CYTORCH_DATA names
    train : the training part (default) or the test part
    transform, target_transform : called with the image and with the label
    download : fetch what is missing; needs the network
    mirrors : addresses of folders to fetch from instead of the known one

    Raises DatasetError for missing or damaged files, DownloadError when no mirror has them.

    >>> from cytorch.datasets import CIFAR10
    >>> CIFAR10.archive.name
    'cifar-10-python.tar.gz'
    """

    mirrors: Sequence[str] = ("https://www.cs.toronto.edu/~kriz",)
    archive = RemoteFile(
        "cifar-10-python.tar.gz",
        "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce", 170_498_071)
    _folder = "cifar-10-batches-py"
    _train: Sequence[str] = tuple(f"data_batch_{i}" for i in range(1, 6))
    _test: Sequence[str] = ("test_batch",)
    _meta, _label_names, _label_key = "batches.meta", "label_names", "labels"

    def __init__(self, root: str | os.PathLike[str] | None = None, train: bool = True,
                 transform: Callable[[Any], Any] | None = None,
                 target_transform: Callable[[Any], Any] | None = None, download: bool = False,
                 mirrors: Sequence[str] | None = None) -> None:
        import numpy

        super().__init__(root, transform, target_transform)
        self.train = train
        path, = obtain(type(self).__name__, [self.archive], self.root, mirrors or self.mirrors,
                       download)
        batches = self._read(path, (self._meta, *(self._train if train else self._test)))
        self.classes = list(batches[0][self._label_names])
        self.class_to_idx = {name: number for number, name in enumerate(self.classes)}
        planes = numpy.concatenate([batch["data"] for batch in batches[1:]])
        self.data = planes.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        self.targets = [label for batch in batches[1:] for label in batch[self._label_key]]

    def _read(self, path: Path, members: Sequence[str]) -> list[dict[str, Any]]:
        batches = []
        with tarfile.open(path) as archive:
            for member in members:
                try:
                    stream = archive.extractfile(f"{self._folder}/{member}")
                except KeyError:
                    stream = None
                if stream is None:
                    raise DatasetError(f"{path} has no member {self._folder}/{member}")
                batches.append(read_batch(stream.read(), member))
        return batches

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(self.data[index], self.targets[index])


class CIFAR100(CIFAR10):
    """Colour images of a hundred kinds of things; otherwise as CIFAR10."""

    archive = RemoteFile(
        "cifar-100-python.tar.gz",
        "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7", 169_001_437)
    _folder = "cifar-100-python"
    _train, _test = ("train",), ("test",)
    _meta, _label_names, _label_key = "meta", "fine_label_names", "fine_labels"
