"""Small line charts as PNG files."""
from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .bitmap_font import text_mask, text_width
from .png import write_png

# Everything is drawn twice as large and averaged down, which makes the lines smooth.
_OVERSAMPLE = 2
_WHITE, _INK, _GRID = (255, 255, 255), (60, 60, 67), (228, 228, 232)
COLOURS = ((33, 102, 172), (214, 96, 37), (27, 136, 84), (122, 71, 153))


@dataclass
class Chart:
    """One set of axes: named series of (x, y) points."""

    title: str
    x_label: str
    series: dict[str, Sequence[tuple[float, float]]]
    y_range: tuple[float, float] | None = None
    percent: bool = False
    marks: list[float] = field(default_factory=list)


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round numbers between low and high, steps of 1, 2 or 5 times a power of ten.

    >>> ticks(0, 1)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = min((factor * power for factor in (1, 2, 5, 10)), key=lambda size: abs(size - rough))
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    return [round((first + number) * step, 10) for number in range(count)]


class Canvas:
    """Pixels to draw on; sizes and places are those of the finished image."""

    def __init__(self, width: int, height: int) -> None:
        import numpy

        shape = (height * _OVERSAMPLE, width * _OVERSAMPLE, 3)
        self.pixels: Any = numpy.full(shape, _WHITE, dtype="uint8")

    def rectangle(self, left: float, top: float, right: float, bottom: float, colour: Any) -> None:
        scale = _OVERSAMPLE
        self.pixels[round(top * scale):round(bottom * scale),
                    round(left * scale):round(right * scale)] = colour

    def line(self, points: Sequence[tuple[float, float]], colour: Any, width: float = 2.0) -> None:
        """A polyline of round dots, close enough together to look solid."""
        for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
            steps = max(1, round(2 * _OVERSAMPLE * max(abs(x1 - x0), abs(y1 - y0))))
            for step in range(steps + 1):
                part = step / steps
                self.dot(x0 + (x1 - x0) * part, y0 + (y1 - y0) * part, width / 2, colour)

    def dot(self, x: float, y: float, radius: float, colour: Any) -> None:
        import numpy

        x, y, radius = x * _OVERSAMPLE, y * _OVERSAMPLE, radius * _OVERSAMPLE
        left, top = max(0, math.floor(x - radius)), max(0, math.floor(y - radius))
        area = self.pixels[top:math.ceil(y + radius) + 1, left:math.ceil(x + radius) + 1]
        rows, columns = numpy.ogrid[:area.shape[0], :area.shape[1]]
        inside = (rows + top - y) ** 2 + (columns + left - x) ** 2 <= radius ** 2
        area[inside] = colour

    def text(self, x: float, y: float, text: str, colour: Any = _INK, align: float = 0.0,
             scale: int = 1) -> None:
        """Text whose top is at y; align 0 starts at x, 0.5 is centred, 1 ends there."""
        mask = text_mask(text, scale * _OVERSAMPLE)
        left = max(0, round(x * _OVERSAMPLE - align * mask.shape[1]))
        top = max(0, round(y * _OVERSAMPLE))
        area = self.pixels[top:top + mask.shape[0], left:left + mask.shape[1]]
        area[mask[:area.shape[0], :area.shape[1]]] = colour

    def finish(self) -> Any:
        """The image, averaged down to its real size."""
        height, width = self.pixels.shape[0] // _OVERSAMPLE, self.pixels.shape[1] // _OVERSAMPLE
        blocks = self.pixels.reshape(height, _OVERSAMPLE, width, _OVERSAMPLE, 3)
        return blocks.mean(axis=(1, 3)).round().astype("uint8")


def _range_of(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    if low == high:
        return low - 0.5, high + 0.5
    margin = (high - low) * 0.04
    return (0.0 if 0 <= low < (high - low) else low - margin), high + margin


def _number(value: float, percent: bool) -> str:
    return f"{value * 100:g}%" if percent else f"{value:g}"


def _draw(canvas: Canvas, chart: Chart, left: float, top: float, width: float,
          height: float) -> None:
    points = [point for series in chart.series.values() for point in series
              if math.isfinite(point[1])]
    canvas.text(left, top, chart.title, scale=2)
    box_left, box_top = left + 44, top + 32
    box_width, box_height = width - 52, height - 74
    if not points:
        canvas.text(box_left, box_top, "no data")
        return
    x_low, x_high = min(x for x, _ in points), max(x for x, _ in points)
    if x_low == x_high:
        x_low, x_high = x_low - 0.5, x_high + 0.5
    y_low, y_high = chart.y_range or _range_of([y for _, y in points])

    def place(x: float, y: float) -> tuple[float, float]:
        clipped = min(max(y, y_low), y_high)
        return (box_left + (x - x_low) / (x_high - x_low) * box_width,
                box_top + (y_high - clipped) / (y_high - y_low) * box_height)

    for value in ticks(y_low, y_high):
        _, y = place(x_low, value)
        canvas.rectangle(box_left, y - 0.5, box_left + box_width, y + 0.5, _GRID)
        canvas.text(box_left - 6, y - 3.5, _number(value, chart.percent), align=1.0)
    for value in ticks(x_low, x_high):
        x, _ = place(value, y_low)
        canvas.rectangle(x - 0.5, box_top, x + 0.5, box_top + box_height, _GRID)
        canvas.text(x, box_top + box_height + 7, f"{value:g}", align=0.5)
    for value in chart.marks:
        _, y = place(x_low, value)
        for dash in range(0, int(box_width), 8):
            canvas.rectangle(box_left + dash, y - 0.5, box_left + dash + 4, y + 0.5, _INK)
    canvas.rectangle(box_left - 0.5, box_top, box_left + 0.5, box_top + box_height, _INK)
    canvas.rectangle(box_left, box_top + box_height - 0.5, box_left + box_width,
                     box_top + box_height + 0.5, _INK)
    canvas.text(box_left + box_width / 2, box_top + box_height + 24, chart.x_label, align=0.5)
    legend = box_left + box_width
    for (name, series), colour in reversed(list(zip(chart.series.items(), COLOURS, strict=False))):
        canvas.line([place(x, y) for x, y in series if math.isfinite(y)], colour)
        legend -= text_width(name) + 34
        canvas.line([(legend + 4, top + 8), (legend + 22, top + 8)], colour, 3.0)
        canvas.text(legend + 28, top + 4, name)


def save_charts(path: str | os.PathLike[str], charts: Sequence[Chart], width: int = 460,
                height: int = 320) -> None:
    """Draw charts side by side, each `width` x `height` pixels, into a PNG file."""
    edge = 16
    canvas = Canvas(len(charts) * (width + edge) + edge, height + 2 * edge)
    for number, chart in enumerate(charts):
        _draw(canvas, chart, edge + number * (width + edge), edge, width, height)
    write_png(path, canvas.finish())
