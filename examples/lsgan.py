"""LSGAN: a generator learns to draw digits that a discriminator takes for real ones.

Least squares instead of cross entropy (https://arxiv.org/abs/1611.04076): the discriminator is to
answer 1 for real images and 0 for generated ones, the generator wants 1 for its own. At the end a
sheet of generated digits, real ones beside, is written as a PNG file.
"""
from __future__ import annotations

import argparse
import time
from pathlib import Path

import cytorch
from cytorch import Tensor, nn
from cytorch.datasets import Digits
from cytorch.utils.data import DataLoader
from cytorch.utils.png import image_sheet, write_png
from cytorch.utils.progress import Progress

NOISE = 32


class AddNoise(nn.Module):
    """Blurs what the discriminator sees, so that it cannot learn single images by heart."""

    def __init__(self, stddev: float = 0.1) -> None:
        super().__init__()
        self.stddev = stddev

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return input
        return input + input.detach().clone().normal_(0.0, self.stddev)


def make_generator() -> nn.Module:
    """(batch, NOISE, 1, 1) to images (batch, 1, 8, 8) between -1 and 1."""
    return nn.Sequential(
        nn.ConvTranspose2d(NOISE, 64, 2), nn.BatchNorm2d(64), nn.ReLU(),
        nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
        nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
        nn.Conv2d(16, 1, 3, padding=1), nn.Tanh())


def make_discriminator() -> nn.Module:
    """Images (batch, 1, 8, 8) to one number each: how real it looks."""
    return nn.Sequential(
        AddNoise(), nn.Conv2d(1, 32, 3, padding=1), nn.LeakyReLU(0.2),
        nn.Conv2d(32, 64, 4, stride=2, padding=1), nn.BatchNorm2d(64), nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Dropout(0.3), nn.Linear(64 * 4 * 4, 1))


def noise(count: int) -> Tensor:
    return cytorch.randn(count, NOISE, 1, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--output", type=Path, default=Path("lsgan.png"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    cytorch.manual_seed(options.seed)
    digits = Digits(split_seed=None, transform=lambda image: image * 2 - 1)
    loader = DataLoader(digits, options.batch, shuffle=True, drop_last=True)
    generator, discriminator = make_generator(), make_discriminator()
    learn_to_draw = cytorch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
    learn_to_judge = cytorch.optim.Adam(discriminator.parameters(), lr=5e-4, betas=(0.5, 0.999))
    criterion = nn.MSELoss()
    begin, step, real = time.monotonic(), 0, cytorch.empty(0)
    with Progress(options.steps, "training") as progress:
        while step < options.steps:
            for real, _ in loader:
                ones, zeros = cytorch.ones(len(real), 1), cytorch.zeros(len(real), 1)
                drawn = generator(noise(len(real)))

                learn_to_judge.zero_grad()
                judged = (criterion(discriminator(real), ones)
                          + criterion(discriminator(drawn.detach()), zeros)) / 2
                judged.backward()
                learn_to_judge.step()

                learn_to_draw.zero_grad()
                fooled = criterion(discriminator(drawn), ones) / 2
                fooled.backward()
                learn_to_draw.step()

                step += 1
                progress.update(len(real), discriminator=judged.item(), generator=fooled.item())
                if step == options.steps:
                    break
    generator.eval()
    with cytorch.no_grad():
        fake = generator(noise(64))
    sheet = cytorch.cat([(fake + 1) / 2, (real[:16] + 1) / 2])
    write_png(options.output, image_sheet(sheet, columns=16, scale=6))
    print(f"{step} steps in {time.monotonic() - begin:.1f} s; discriminator {judged.item():.3f}, "
          f"generator {fooled.item():.3f}")
    print(f"{options.output}: four rows of generated digits, the last row is real")


if __name__ == "__main__":
    main()
