"""MNIST, CIFAR and folders of images from small files made here."""
from __future__ import annotations

import gzip
import hashlib
import io
import pickle
import struct
import tarfile
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import cytorch
from cytorch.datasets import CIFAR10, MNIST, ImageFolder
from cytorch.datasets.download import RemoteFile
from cytorch.datasets.idx import read_idx
from cytorch.errors import DatasetError
from cytorch.transforms import ToTensor
from cytorch.utils.png import write_png

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype="uint8")
LABELS = np.array([3, 1, 4, 1, 5], dtype="uint8")


def idx(array: np.ndarray) -> bytes:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.tobytes()


@pytest.fixture
def mnist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    files = []
    for file, array in zip(MNIST.files, (IMAGES, LABELS, IMAGES[:2], LABELS[:2]), strict=True):
        content = gzip.compress(idx(array))
        (folder / file.name).write_bytes(content)
        files.append(RemoteFile(file.name, hashlib.sha256(content).hexdigest(), len(content)))
    monkeypatch.setattr(MNIST, "files", tuple(files))
    return tmp_path


def test_mnist(mnist: Path) -> None:
    data = MNIST(mnist, transform=ToTensor(), target_transform=lambda label: label + 10)
    image, label = data[2]
    assert len(data) == 5
    assert label == 14
    assert cytorch.equal(image, cytorch.tensor(IMAGES[2]).float().unsqueeze(0) / 255)
    assert data.data.shape == (5, 28, 28)
    assert data.targets.tolist() == LABELS.tolist()
    assert len(MNIST(mnist, train=False)) == 2
    assert "Number of datapoints: 5" in repr(data)


def test_mnist_by_environment(mnist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CYTORCH_DATA", str(mnist))
    assert len(MNIST()) == 5


def test_mnist_faults(mnist: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="does not exist. Use download=True"):
        MNIST(tmp_path / "elsewhere")
    (mnist / "MNIST" / "raw" / MNIST.files[1].name).write_bytes(b"damaged")
    with pytest.raises(DatasetError, match="another content"):
        MNIST(mnist)


@pytest.mark.parametrize(("content", "message"), [
    (b"\0\0\x08\x02\0\0\0\x02\0\0\0\x03abcde", r"\(2, 3\) need 6 bytes, it has 5"),
    (b"\0\0\x0d\x01\0\0\0\0", "no IDX file"), (b"", "no IDX file"),
    (b"\0\0\x08\x03\0\0\0\x02", "cut off"),
    (b"\0\0\x08\x02\xff\xff\xff\xff\xff\xff\xff\xff", "need")])
def test_idx_header(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=message):
        read_idx(path)
    packed = tmp_path / "file.gz"
    packed.write_bytes(gzip.compress(content)[:-4])
    with pytest.raises(DatasetError, match="cannot read"):
        read_idx(packed)


def archive(path: Path, members: dict[str, bytes]) -> RemoteFile:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    content = path.read_bytes()
    return RemoteFile(path.name, hashlib.sha256(content).hexdigest(), len(content))


class Python2Pickler(pickle._Pickler):
    """Writes bytes as Python 2 wrote its strings, which is what the archives hold."""

    dispatch: ClassVar[dict[type, Any]] = dict(pickle._Pickler.dispatch)

    def save_bytes(self, value: bytes) -> None:
        self.write(pickle.BINSTRING + struct.pack("<i", len(value)) + value)

    dispatch[bytes] = save_bytes


def old_pickle(value: Any) -> bytes:
    stream = io.BytesIO()
    Python2Pickler(stream, 2).dump(value)
    # where Python 2's NumPy had it
    return stream.getvalue().replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def test_cifar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planes = np.random.default_rng(1).integers(0, 256, (4, 3072), dtype="uint8")
    members = {"batches.meta": pickle.dumps({"label_names": ["cat", "dog"]}, 2),
               "test_batch": old_pickle({"data": planes, "labels": [1, 0, 0, 1]})}
    path = tmp_path / "cifar-10-python.tar.gz"
    monkeypatch.setattr(CIFAR10, "archive", archive(path, members))
    data = CIFAR10(tmp_path, train=False)
    image, label = data[3]
    assert (len(data), label, data.classes) == (4, 1, ["cat", "dog"])
    assert np.array_equal(image, planes[3].reshape(3, 32, 32).transpose(1, 2, 0))
    with pytest.raises(DatasetError, match="data_batch_1"):
        CIFAR10(tmp_path)


class Hostile:
    def __reduce__(self) -> Any:
        return print, ("this must not run",)


@pytest.mark.parametrize(("content", "message"), [
    (pickle.dumps(Hostile(), 2), "print, which no data needs"), (b"\x80\x02", "cannot read"),
    (pickle.dumps([1], 2), "holds list")])
def test_cifar_refuses(content: bytes, message: str, tmp_path: Path, capsys: Any,
                       monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cifar-10-python.tar.gz"
    monkeypatch.setattr(CIFAR10, "archive", archive(path, {"batches.meta": content}))
    with pytest.raises(DatasetError, match=message):
        CIFAR10(tmp_path, train=False)
    assert capsys.readouterr().out == ""


def test_image_folder(tmp_path: Path) -> None:
    for name, value in (("dog/a.png", 1), ("cat/b.png", 2), ("cat/deep/c.png", 3)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_png(path, np.full((4, 4), value, dtype="uint8"))
    (tmp_path / "cat" / "notes.txt").write_text("no image")
    data = ImageFolder(tmp_path, loader=lambda path: Path(path).name)
    assert list(data) == [("b.png", 0), ("c.png", 0), ("a.png", 1)]
    assert data.class_to_idx == {"cat": 0, "dog": 1}
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="empty has no image"):
        ImageFolder(tmp_path)
