"""A live progress line for loops; plain lines where the output is no terminal."""
from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, TextIO

_REDRAW_SECONDS = 0.1
_PLAIN_SECONDS = 5.0
_BAR = 24


def clock(seconds: float) -> str:
    """Minutes and seconds.

    >>> clock(75.2)
    '1:15'
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Progress:
    """`update` after every step; on a terminal one line is redrawn, elsewhere a line every 5 s.

    Parameters
    ----------
    total : steps of the whole loop
    label : text in front
    unit : what `count` of `update` counts, for the speed
    stream : where it is shown (default: standard output)

    >>> with Progress(2, "work", stream=None) as progress:
    ...     for step in range(2):
    ...         progress.update(loss=0.5)  # doctest: +SKIP
    """

    def __init__(self, total: int, label: str = "", unit: str = "samples",
                 stream: TextIO | None = None) -> None:
        self.total = total
        self.label = label
        self.unit = unit
        self.stream = sys.stdout if stream is None else stream
        self.terminal = self.stream.isatty()
        self.done = 0
        self.counted = 0
        self.begin = self.shown = time.monotonic()
        self.values: dict[str, Any] = {}
        self._width = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def update(self, count: int = 1, **values: Any) -> None:
        """One more step with `count` units; `values` are shown, floats with four digits."""
        self.done += 1
        self.counted += count
        self.values = values
        now = time.monotonic()
        if now - self.shown >= (_REDRAW_SECONDS if self.terminal else _PLAIN_SECONDS):
            self.shown = now
            self._show()

    def message(self, text: str) -> None:
        """A line of its own that stays."""
        self._clear()
        self.stream.write(text + "\n")
        self.stream.flush()
        if self.terminal:
            self._show()

    def close(self) -> None:
        """Take the live line away."""
        self._clear()
        self.stream.flush()

    def line(self) -> str:
        """What is shown now."""
        seconds = max(time.monotonic() - self.begin, 1e-9)
        left = seconds / max(self.done, 1) * (self.total - self.done)
        parts = [self.label, self._bar() if self.terminal else "", f"{self.done}/{self.total}"]
        parts += [f"{name} {value:.4f}" if isinstance(value, float) else f"{name} {value}"
                  for name, value in self.values.items()]
        parts += [f"{self.counted / seconds:,.0f} {self.unit}/s", f"{clock(left)} left"]
        return "  ".join(part for part in parts if part)

    def _bar(self) -> str:
        filled = _BAR * self.done // max(self.total, 1)
        return "[" + "#" * filled + "." * (_BAR - filled) + "]"

    def _show(self) -> None:
        text = self.line()
        if self.terminal:
            self.stream.write("\r" + text.ljust(self._width))
            self._width = len(text)
        else:
            self.stream.write(text + "\n")
        self.stream.flush()

    def _clear(self) -> None:
        if self.terminal and self._width:
            self.stream.write("\r" + " " * self._width + "\r")
            self._width = 0
