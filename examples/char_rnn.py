"""A character model: an LSTM, cell written by hand, reads Python's own help texts.

It is trained to guess the next character, prints its loss in bits per character, and then writes
text of its own.
"""
from __future__ import annotations

import argparse
import math
import time

import cytorch
from cytorch import Tensor, nn
from cytorch.datasets import CharText
from cytorch.utils.data import DataLoader
from cytorch.utils.progress import Progress

State = tuple[Tensor, Tensor]


class LSTMCell(nn.Module):
    """One step of a long short-term memory: four gates from one matrix product."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.gates = nn.Linear(inputs + hidden, 4 * hidden)
        self.hidden = hidden
        with cytorch.no_grad():
            # An open forget gate at the beginning lets gradients travel far.
            self.gates.bias[hidden:2 * hidden].fill_(1.0)

    def forward(self, x: Tensor, state: State) -> State:
        output, memory = state
        gates = self.gates(cytorch.cat([x, output], 1))
        let_in, keep, new, let_out = gates.chunk(4, 1)
        memory = keep.sigmoid() * memory + let_in.sigmoid() * new.tanh()
        return let_out.sigmoid() * memory.tanh(), memory


class CharModel(nn.Module):
    """(batch, time) numbers of characters to (batch, time, characters) scores."""

    def __init__(self, characters: int, hidden: int = 128) -> None:
        super().__init__()
        self.embedding = nn.Embedding(characters, 32)
        self.cell = LSTMCell(32, hidden)
        self.scores = nn.Linear(hidden, characters)

    def start(self, batch: int) -> State:
        return cytorch.zeros(batch, self.cell.hidden), cytorch.zeros(batch, self.cell.hidden)

    def forward(self, numbers: Tensor, state: State) -> tuple[Tensor, State]:
        outputs = []
        for step in self.embedding(numbers).unbind(1):
            state = self.cell(step, state)
            outputs.append(state[0])
        return self.scores(cytorch.stack(outputs, 1)), state


def write(model: CharModel, data: CharText, begin: str, length: int, heat: float = 0.7) -> str:
    """Text that the model makes up; less heat is more careful."""
    state, text = model.start(1), begin
    numbers = data.encode(begin).unsqueeze(0)
    with cytorch.no_grad():
        for _ in range(length):
            scores, state = model(numbers, state)
            chances = (scores[:, -1] / heat).softmax(1)
            numbers = cytorch.multinomial(chances, 1)
            text += data.decode(numbers[0])
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    cytorch.manual_seed(options.seed)
    data = CharText(length=48)
    loader = DataLoader(data, options.batch, shuffle=True, drop_last=True)
    model = CharModel(len(data.characters))
    optimizer = cytorch.optim.Adam(model.parameters(), lr=4e-3)
    recent: list[float] = []
    begin, step = time.monotonic(), 0
    with Progress(options.steps, "training", unit="characters") as progress:
        while step < options.steps:
            for source, target in loader:
                scores, _ = model(source, model.start(len(source)))
                loss = nn.functional.cross_entropy(scores.flatten(0, 1), target.flatten())
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                step += 1
                recent = [*recent[-49:], loss.item() / math.log(2)]
                progress.update(source.numel(), bits=sum(recent) / len(recent))
                if step == options.steps:
                    break
    print(f"{step} steps in {time.monotonic() - begin:.1f} s, "
          f"{sum(recent) / len(recent):.3f} bits per character (guessing blindly: "
          f"{math.log2(len(data.characters)):.3f})\n")
    print(write(model, data, "The ", 300))


if __name__ == "__main__":
    main()
