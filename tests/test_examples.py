"""The examples and the demonstration run, each for a few steps."""
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cytorch

ROOT = Path(__file__).resolve().parents[1]


def run(folder: Path, *arguments: str, timeout: float = 300.0,
        status: int = 0) -> subprocess.CompletedProcess[str]:
    home = str(Path(cytorch.__file__).resolve().parents[1])
    environment = {**os.environ, "PYTHONPATH": home}
    result = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, text=True,
                            capture_output=True, timeout=timeout, check=False)
    assert result.returncode == status, result.stdout[-2000:] + result.stderr[-4000:]
    return result


def example(folder: Path, name: str, *arguments: str) -> str:
    path = ROOT / "examples" / name
    if not path.exists():
        pytest.skip("the examples are not here")
    return run(folder, str(path), *arguments).stdout


def png_size(path: Path) -> tuple[int, int]:
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def test_promenade_prints_what_the_article_shows(tmp_path: Path) -> None:
    lines = example(tmp_path, "promenade.py").splitlines()
    assert lines[:4] == ["tensor([6.])", "tensor([[256., 256.],", "        [256., 256.]])",
                         "torch.Size([4, 4])"]
    text = "\n".join(lines)
    assert "<AddBackward0 object None" in text
    assert re.search(r"\[-?\d\.\d{4}\]\], grad_fn=<\w+Backward0>\)", text)
    assert "grad_fn=<ReluBackward0>)" in text
    assert lines[-2].startswith("0 tensor([")
    assert lines[-1].startswith("1 tensor([")


def test_while_graph(tmp_path: Path) -> None:
    output = example(tmp_path, "while_graph.py", "--steps", "20")
    assert "doubled 5 times, d sum / d x = 32" in output
    assert "[0.5, 0.25, 0.125, 0.125]" in output
    assert "step   20" in output


def test_char_rnn(tmp_path: Path) -> None:
    output = example(tmp_path, "char_rnn.py", "--steps", "4", "--batch", "4")
    assert "4 steps in" in output
    assert "bits per character" in output
    assert "\nThe " in output


def test_lsgan(tmp_path: Path) -> None:
    output = example(tmp_path, "lsgan.py", "--steps", "3", "--batch", "16")
    assert "3 steps in" in output
    assert png_size(tmp_path / "lsgan.png") == (16 * 52 + 4, 5 * 52 + 4)


def test_demo_misses_its_goal_after_a_tiny_training(tmp_path: Path) -> None:
    """One epoch is too few: the exit status says so, and everything else has worked."""
    result = run(tmp_path, "-m", "cytorch.demo", "--epochs", "1", "--output", "out", status=1)
    assert "goal 96% MISSED" in result.stdout
    assert "saved, loaded again, same answers" in result.stdout
    assert png_size(tmp_path / "out" / "curves.png") == (2 * 476 + 16, 352)
    assert (tmp_path / "out" / "digits.pt").stat().st_size > 100_000


@pytest.mark.slow
@pytest.mark.no_asan
def test_demo_reaches_its_goal(tmp_path: Path) -> None:
    result = run(tmp_path, "-m", "cytorch.demo", "--seed", "1")
    assert "goal 96% reached" in result.stdout
    assert "epoch 12/12" in result.stdout
