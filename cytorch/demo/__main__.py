"""Train, report and judge: the exit status is 1 when the accuracy misses the goal."""
from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import cytorch
from cytorch.datasets import Digits

from .model import DigitNet, make_loaders
from .report import confusion_table, save_and_verify, save_plot
from .training import accuracy, train

GOAL = 0.96


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m cytorch.demo", description="Train a small CNN on 8x8 handwritten digits.")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--output", type=Path, default=Path("demo-output"),
                        help="folder for the plot and the checkpoint")
    parser.add_argument("--workers", type=int, default=2, help="worker processes that load data")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    if options.epochs < 1:
        parser.error("--epochs must be at least 1")
    return options


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    cytorch.manual_seed(options.seed)
    begin = time.monotonic()
    model = DigitNet().to(options.device)
    train_loader, test_loader = make_loaders(options.workers)
    size = sum(parameter.numel() for parameter in model.parameters())
    print(f"cytorch {cytorch.__version__}: {size:,} parameters, {len(Digits()):,} "
          f"training images, {options.workers} loader workers, {cytorch.get_num_threads()} threads")
    history = train(model, train_loader, test_loader, options.epochs, options.device)
    print(f"\n{confusion_table(history.confusion)}\n")
    plot, checkpoint = options.output / "curves.png", options.output / "digits.pt"
    save_plot(plot, history, GOAL)
    print(f"curves:     {plot}")
    save_and_verify(checkpoint, model, history, test_loader)
    print(f"checkpoint: {checkpoint} (saved, loaded again, same answers)")
    reached = accuracy(history.confusion)
    verdict = "reached" if reached >= GOAL else "MISSED"
    print(f"accuracy:   {reached:.2%} on {sum(map(sum, history.confusion))} test images; goal "
          f"{GOAL:.0%} {verdict} in {time.monotonic() - begin:.1f} s")
    return 0 if reached >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
