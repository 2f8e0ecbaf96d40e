"""What the demonstration leaves behind: a table, a plot, and a checkpoint that works."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import cytorch
from cytorch.utils.data import DataLoader
from cytorch.utils.plot import Chart, save_charts

from .model import DigitNet
from .training import History, accuracy, evaluate

_SMOOTHING = 10


def confusion_table(confusion: list[list[int]]) -> str:
    """Rows are the true digits, columns what they were taken for; a dot means never."""
    lines = ["true   taken for", "      " + "".join(f"{digit:5}" for digit in range(10))]
    for digit, row in enumerate(confusion):
        cells = "".join(f"{count or '.':>5}" for count in row)
        lines.append(f"{digit:4}  {cells}   {row[digit] / max(sum(row), 1):7.1%}")
    return "\n".join(lines)


def smooth(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Running means, so that the loss of single batches does not hide the curve."""
    means = []
    for end in range(1, len(points) + 1):
        window = points[max(0, end - _SMOOTHING):end]
        means.append((points[end - 1][0], sum(value for _, value in window) / len(window)))
    return means


def save_plot(path: Path, history: History, goal: float) -> None:
    """Loss and accuracy curves side by side."""
    floor = min(0.8, *(value - 0.05 for _, value in history.test_accuracy))
    save_charts(path, [
        Chart("Loss", "epoch", {"train": smooth(history.train_loss), "test": history.test_loss}),
        Chart("Accuracy", "epoch", {"train": history.train_accuracy,
                                    "test": history.test_accuracy},
              y_range=(floor, 1.0), percent=True, marks=[goal])])


def save_and_verify(path: Path, model: Any, history: History, loader: DataLoader) -> None:
    """Save the model, load it into a new one and check that this one answers the same.

    Raises RuntimeError if it does not.
    """
    cytorch.save({"model": model.state_dict(), "accuracy": accuracy(history.confusion)}, path)
    checkpoint = cytorch.load(path, map_location="cpu")
    restored = DigitNet()
    restored.load_state_dict(checkpoint["model"])
    for name, tensor in model.state_dict().items():
        if not cytorch.equal(tensor.cpu(), restored.state_dict()[name]):
            raise RuntimeError(f"{path}: {name} is not what was saved")
    _, confusion = evaluate(restored, loader, "cpu")
    # On another device sums round differently, and single images may change sides.
    allowed = 0.0 if next(model.parameters()).device.type == "cpu" else 0.01
    if abs(accuracy(confusion) - checkpoint["accuracy"]) > allowed:
        raise RuntimeError(f"{path}: the loaded model has accuracy {accuracy(confusion):.2%}, "
                           f"the saved one {checkpoint['accuracy']:.2%}")
