"""A user's program in the eyes of a type checker: `tox run -e types` checks it, nothing runs it."""
from __future__ import annotations

import cytorch
from cytorch import Tensor, nn, optim
from cytorch.utils.data import DataLoader, Dataset


class Squares(Dataset[tuple[Tensor, Tensor]]):
    def __len__(self) -> int:
        return 10

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        x = cytorch.tensor([float(index)])
        return x, x**2


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(1, 8)
        self.second = nn.Linear(8, 1)

    def forward(self, x: Tensor) -> Tensor:
        hidden: Tensor = self.first(x).tanh()
        result: Tensor = self.second(hidden)
        return result


def train(model: nn.Module) -> float:
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    total = 0.0
    for x, target in DataLoader(Squares(), batch_size=2):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), target)
        loss.backward()
        optimizer.step()
        total += float(loss.item())
    return total


def tensors() -> None:
    x = cytorch.zeros(2, 3, requires_grad=True)
    y: Tensor = (x + 1).view(3, 2).permute(1, 0)
    values, indices = cytorch.max(y, 1)
    total: Tensor = values.sum() + indices.sum()
    rows: int = y.shape[0]
    kind: cytorch.dtype = y.dtype
    part: Tensor = y[0, 1:] * rows
    y.add_(1).clamp_(min=0.0)
    print(total, kind, part, x.grad)
