"""MNIST and the two sets that have its format."""
from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from .download import RemoteFile
from .idx import read_idx
from .vision import VisionDataset, obtain

_NAMES = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
          "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")


def _files(*contents: tuple[str, int | None]) -> tuple[RemoteFile, ...]:
    return tuple(RemoteFile(name, *content) for name, content in zip(_NAMES, contents,
                                                                     strict=True))


class MNIST(VisionDataset):
    """Grey images of handwritten digits, 28 x 28: 60,000 for training, 10,000 for testing.

    A sample is (image, label): a uint8 array (28, 28), as `transforms.ToTensor` takes it, and an
    int.

    Parameters
    ----------
    root : folder; the files are in root/MNIST/raw, where torchvision has them. None: CYTORCH_DATA
    train : the training part (default) or the test part
    transform, target_transform : called with the image and with the label
    download : fetch what is missing; needs the network
    mirrors : addresses of folders to fetch from instead of the known ones

    Raises DatasetError for missing or damaged files, DownloadError when no mirror has them.

    >>> from cytorch.datasets import MNIST
    >>> from cytorch.transforms import ToTensor
    >>> MNIST.classes[3]
    '3 - three'
    """

    mirrors: Sequence[str] = ("https://ossci-datasets.s3.amazonaws.com/mnist",
                              "https://storage.googleapis.com/cvdf-datasets/mnist")
    files = _files(
        ("440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", 9_912_422),
        ("3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 28_881),
        ("8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 1_648_877),
        ("f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 4_542))
    classes: Sequence[str] = (
        "0 - zero", "1 - one", "2 - two", "3 - three", "4 - four", "5 - five", "6 - six",
        "7 - seven", "8 - eight", "9 - nine")

    def __init__(self, root: str | os.PathLike[str] | None = None, train: bool = True,
                 transform: Callable[[Any], Any] | None = None,
                 target_transform: Callable[[Any], Any] | None = None, download: bool = False,
                 mirrors: Sequence[str] | None = None) -> None:
        import cytorch

        super().__init__(root, transform, target_transform)
        self.train = train
        images, labels = obtain(
            type(self).__name__, self.files[:2] if train else self.files[2:],
            self.root / type(self).__name__ / "raw", mirrors or self.mirrors, download)
        self._images = read_idx(images)
        self.data = cytorch.tensor(self._images)
        self.targets = cytorch.tensor(read_idx(labels).astype("int64"))
        self._labels = self.targets.tolist()

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The number of each class."""
        return {name: number for number, name in enumerate(self.classes)}

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(self._images[index], self._labels[index])


class FashionMNIST(MNIST):
    """Grey images of clothes in the format of MNIST (Xiao et al., 2017)."""

    mirrors = ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",)
    files = _files(
        ("3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26_421_880),
        ("a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29_515),
        ("346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4_422_102),
        ("67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5_148))
    classes = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
               "Sneaker", "Bag", "Ankle boot")


class KMNIST(MNIST):
    """Grey images of cursive Japanese letters in the format of MNIST (Clanuwat et al., 2018)."""

    mirrors = ("https://codh.rois.ac.jp/kmnist/dataset/kmnist",)
    files = _files(
        ("51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4", None),
        ("e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17", None),
        ("edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5", None),
        ("20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c", None))
    classes = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
