"""Saving to a path: old content or new content, never something between."""
from __future__ import annotations

import errno
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

import cytorch
from support.scripts import start_script


def test_permissions_and_leftovers(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    cytorch.save(1, path)
    path.chmod(0o640)
    cytorch.save(2, path)
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["x.pt"]


def test_an_error_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    cytorch.save("old", path)
    with pytest.raises((AttributeError, TypeError, Exception), match="lambda|local"):
        cytorch.save(lambda: 0, path)
    assert cytorch.load(path) == "old"
    assert os.listdir(tmp_path) == ["x.pt"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                        step: str) -> None:
    path = tmp_path / "x.pt"
    cytorch.save("old", path)

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, step, full)
        with pytest.raises(OSError, match="No space left"):
            cytorch.save("new", path)
    assert cytorch.load(path) == "old"
    assert os.listdir(tmp_path) == ["x.pt"]


def test_targets_that_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        cytorch.save(1, tmp_path)
    with pytest.raises(FileNotFoundError):
        cytorch.save(1, tmp_path / "missing" / "x.pt")
    cytorch.save(1, os.devnull)
    assert not Path(os.devnull).is_file()


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target.pt", tmp_path / "link.pt"
    cytorch.save("target", target)
    link.symlink_to(target)
    cytorch.save("new", link)
    assert not link.is_symlink()
    assert cytorch.load(target) == "target"
    assert cytorch.load(link) == "new"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        cytorch.save([7], pipe)
        content, _ = reader.communicate(timeout=20)
    (tmp_path / "x.pt").write_bytes(content)
    assert cytorch.load(tmp_path / "x.pt") == [7]


@pytest.mark.slow
def test_killed_at_any_instant(tmp_path: Path) -> None:
    """The program saves numbers in turn; whenever it is killed, the file is a whole one."""
    path = tmp_path / "x.pt"
    for attempt in range(30):
        process = start_script(tmp_path, """
            import cytorch
            number = 0
            while True:
                number += 1
                cytorch.save({"number": number, "x": cytorch.full((50_000,), float(number))},
                             "x.pt")
                if number == 1:
                    print("saved", flush=True)
        """)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.003 * attempt)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        loaded = cytorch.load(path)
        assert float(loaded["x"].min()) == float(loaded["x"].max()) == loaded["number"]
