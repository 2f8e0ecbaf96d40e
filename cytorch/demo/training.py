"""The training loop of the demonstration."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cytorch
from cytorch import nn
from cytorch.utils.data import DataLoader
from cytorch.utils.progress import Progress


@dataclass
class History:
    """What was measured: (epochs so far, value) pairs, and the last confusion table."""

    train_loss: list[tuple[float, float]] = field(default_factory=list)
    test_loss: list[tuple[float, float]] = field(default_factory=list)
    train_accuracy: list[tuple[float, float]] = field(default_factory=list)
    test_accuracy: list[tuple[float, float]] = field(default_factory=list)
    confusion: list[list[int]] = field(default_factory=list)


def train(model: nn.Module, train_loader: DataLoader, test_loader: DataLoader, epochs: int,
          device: Any, stream: Any = None) -> History:
    """Train for `epochs`, show progress, test after each epoch."""
    optimizer = cytorch.optim.Adam(model.parameters(), lr=3e-3)
    steps = epochs * len(train_loader)
    schedule = cytorch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=max(steps, 1))
    history = History()
    with Progress(steps, stream=stream) as progress:
        for epoch in range(epochs):
            progress.label = f"epoch {epoch + 1}/{epochs}"
            correct = seen = 0
            model.train()
            for images, labels in train_loader:
                images, labels = images.to(device), labels.to(device)
                scores = model(images)
                loss = nn.functional.cross_entropy(scores, labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                correct += int((scores.argmax(1) == labels).sum())
                seen += len(labels)
                progress.update(len(labels), loss=loss.item())
                history.train_loss.append((progress.done / len(train_loader), loss.item()))
            history.train_accuracy.append((epoch + 1, correct / seen))
            test_loss, history.confusion = evaluate(model, test_loader, device)
            history.test_loss.append((epoch + 1, test_loss))
            history.test_accuracy.append((epoch + 1, accuracy(history.confusion)))
            progress.message(f"epoch {epoch + 1:2}/{epochs}   train loss "
                             f"{history.train_loss[-1][1]:.4f}   test loss {test_loss:.4f}   "
                             f"test accuracy {accuracy(history.confusion):.2%}")
    return history


def evaluate(model: nn.Module, loader: DataLoader, device: Any) -> tuple[float, list[list[int]]]:
    """Mean loss, and how often each digit (row) was taken for which (column)."""
    confusion = [[0] * 10 for _ in range(10)]
    total = 0.0
    model.eval()
    with cytorch.no_grad():
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            scores = model(images)
            total += nn.functional.cross_entropy(scores, labels, reduction="sum").item()
            guesses = scores.argmax(1).tolist()
            for label, guess in zip(labels.tolist(), guesses, strict=True):
                confusion[label][guess] += 1
    return total / sum(map(sum, confusion)), confusion


def accuracy(confusion: list[list[int]]) -> float:
    """The share on the diagonal."""
    return sum(confusion[i][i] for i in range(len(confusion))) / sum(map(sum, confusion))
