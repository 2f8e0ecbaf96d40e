"""The progress line, on a terminal and elsewhere."""
from __future__ import annotations

import io
from typing import Any

import pytest

from cytorch.utils import progress
from cytorch.utils.progress import Progress, clock


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    fake = Clock()
    monkeypatch.setattr(progress, "time", fake)
    return fake


def steps(bar: Progress, time: Any, count: int, seconds: float) -> None:
    for _ in range(count):
        time.now += seconds
        bar.update(32, loss=0.25, lr=3)


def test_line(time: Clock) -> None:
    bar = Progress(10, "train", stream=io.StringIO())
    steps(bar, time, 4, 1.0)
    assert bar.line() == "train  4/10  loss 0.2500  lr 3  32 samples/s  0:06 left"


def test_a_terminal_line_is_redrawn_and_taken_away(time: Clock) -> None:
    stream = Terminal()
    with Progress(4, "train", stream=stream) as bar:
        steps(bar, time, 4, 1.0)
        bar.message("epoch done")
    text = stream.getvalue()
    assert text.count("\n") == 1
    assert "[############............]" in text
    assert text.endswith(" \r")


def test_elsewhere_there_are_plain_lines_now_and_then(time: Clock) -> None:
    stream = io.StringIO()
    with Progress(100, stream=stream) as bar:
        steps(bar, time, 20, 1.0)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 4
    assert "\r" not in stream.getvalue()


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (75.2, "1:15"), (3700, "1:01:40")])
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text
