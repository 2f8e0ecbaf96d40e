"""The network of the demonstration, and its data."""
from __future__ import annotations

import cytorch
from cytorch import Tensor, nn
from cytorch.datasets import Digits
from cytorch.utils.data import DataLoader


class DigitNet(nn.Module):
    """Two normalised convolutions and two linear layers: (batch, 1, 8, 8) to (batch, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
            nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2))
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(32 * 4 * 4, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, images: Tensor) -> Tensor:
        return self.classifier(self.features(images))


def shift(image: Tensor) -> Tensor:
    """The image moved by a pixel, or not, in each direction: more to learn from, same digit."""
    padded = nn.functional.pad(image, (1, 1, 1, 1))
    # Two of four numbers mean the middle: half of the images stay where they are.
    down, right = ((0, 1, 1, 2)[number] for number in cytorch.randint(0, 4, (2,)).tolist())
    return padded[:, down:down + 8, right:right + 8]


def make_loaders(workers: int, batch_size: int = 32) -> tuple[DataLoader, DataLoader]:
    """Loaders of the training part, shuffled and shifted, and of the test part."""
    train = DataLoader(Digits(train=True, transform=shift), batch_size, shuffle=True,
                       num_workers=workers, persistent_workers=workers > 0)
    test = DataLoader(Digits(train=False), batch_size=180)
    return train, test
