"""Dynamic control flow: the graph is whatever Python did.

A `while` loop runs until the data say stop, an `if` takes another path per example, and recursion
walks a tree. Backward follows each run's own graph. A small network that decides at every step
whether to go on learns to add up a sequence of numbers.
"""
from __future__ import annotations

import argparse

import cytorch
from cytorch import Tensor, nn


def doubling(start: float, limit: float = 100.0) -> tuple[int, float]:
    """Double x until its sum passes the limit; the gradient knows how often that was."""
    x = cytorch.full((2, 2), start, requires_grad=True)
    y, rounds = x, 0
    while y.sum() < limit:
        y, rounds = y * 2, rounds + 1
    y.sum().backward()
    assert x.grad is not None
    return rounds, x.grad[0, 0].item()


def tree_value(tree: Tensor | tuple) -> Tensor:
    """Sum of leaves, where each level halves what is below: recursion instead of a loop."""
    if isinstance(tree, tuple):
        return cytorch.stack([tree_value(child) for child in tree]).sum() / 2
    return tree


class Accumulator(nn.Module):
    """Reads numbers one after the other; the length of the loop is that of the sequence."""

    def __init__(self, hidden: int = 16) -> None:
        super().__init__()
        self.read = nn.Linear(1 + hidden, hidden)
        self.answer = nn.Linear(hidden, 1)
        self.hidden = hidden

    def forward(self, numbers: Tensor) -> Tensor:
        state = cytorch.zeros(numbers.shape[0], self.hidden)
        for column in range(numbers.shape[1]):
            step = self.read(cytorch.cat([numbers[:, column:column + 1], state], 1))
            # Residual or not: a plain Python `if` on a number that depends on the data.
            state = state + cytorch.tanh(step) if step.abs().mean() < 2 else cytorch.tanh(step)
        return self.answer(state)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=600)
    options = parser.parse_args()
    cytorch.manual_seed(0)
    for start in (1.0, 5.0, 30.0):
        rounds, slope = doubling(start)
        print(f"start {start:4}: doubled {rounds} times, d sum / d x = {slope:g} = 2 ** {rounds}")
    leaves = [cytorch.tensor(float(n), requires_grad=True) for n in range(4)]
    tree_value((leaves[0], (leaves[1], (leaves[2], leaves[3])))).backward()
    print("gradients of the leaves, one halving per level:", [leaf.grad.item() for leaf in leaves])

    model = Accumulator()
    optimizer = cytorch.optim.Adam(model.parameters(), lr=5e-3)
    for step in range(1, options.steps + 1):
        length = int(cytorch.randint(2, 7, ()).item())
        numbers = cytorch.rand(64, length) * 2 - 1
        loss = ((model(numbers) - numbers.sum(1, keepdim=True)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 100 == 0 or step == options.steps:
            print(f"step {step:4}  length {length}  squared error {loss.item():.4f}")


if __name__ == "__main__":
    main()
