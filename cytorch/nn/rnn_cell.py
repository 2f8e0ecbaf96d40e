"""One step of a recurrent network: RNNCell, LSTMCell, GRUCell."""
from __future__ import annotations

import math
from typing import Any

import cytorch
from cytorch import Tensor

from . import init
from .module import Module
from .parameter import Parameter


class RNNCellBase(Module):
    """Weights and the handling of unbatched input of all three cells."""

    bias_ih: Any
    bias_hh: Any

    def __init__(self, input_size: int, hidden_size: int, bias: bool, num_chunks: int,
                 device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = num_chunks * hidden_size

        def parameter(*shape: int) -> Parameter:
            return Parameter(cytorch.empty(shape, device=device, dtype=dtype))

        self.weight_ih = parameter(rows, input_size)
        self.weight_hh = parameter(rows, hidden_size)
        self.register_parameter("bias_ih", parameter(rows) if bias else None)
        self.register_parameter("bias_hh", parameter(rows) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights from U(-k, k), k = 1/sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        if not self.bias:
            text += f", bias={self.bias}"
        nonlinearity = getattr(self, "nonlinearity", "tanh")
        return text if nonlinearity == "tanh" else f"{text}, nonlinearity={nonlinearity}"

    def _check(self, input: Tensor, states: list[Tensor]) -> None:
        name = type(self).__name__
        for what, tensor in (("input", input), *(("hidden", s) for s in states)):
            if tensor.dim() not in (1, 2):
                raise ValueError(f"{name}: Expected {what} to be 1D or 2D, got {tensor.dim()}D "
                                 "instead")

    def _step(self, function: Any, input: Tensor, hx: Any, n_states: int) -> Any:
        """The new states as a list, of an input with or without a batch dimension."""
        states = [] if hx is None else list(hx) if n_states == 2 else [hx]
        self._check(input, states)
        batched = input.dim() == 2
        rows = input if batched else input.unsqueeze(0)
        if not states:
            states = [rows.new_zeros((rows.shape[0], self.hidden_size))] * n_states
        elif not batched:
            states = [state.unsqueeze(0) for state in states]
        new = function(rows, states if n_states == 2 else states[0], self.weight_ih,
                       self.weight_hh, self.bias_ih, self.bias_hh)
        results = list(new) if n_states == 2 else [new]
        return results if batched else [state.squeeze(0) for state in results]


class RNNCell(RNNCellBase):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu; shapes (N, input) and (N, hidden).

    >>> RNNCell(10, 20)(cytorch.zeros(3, 10)).shape
    torch.Size([3, 20])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True,
                 nonlinearity: str = "tanh", device: Any = None, dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        function = getattr(cytorch, f"rnn_{self.nonlinearity}_cell")
        return self._step(function, input, hx, 1)[0]


class LSTMCell(RNNCellBase):
    """c' = f * c + i * g, h' = o * tanh(c'); returns (h', c').

    >>> h, c = LSTMCell(10, 20)(cytorch.zeros(3, 10))
    >>> h.shape
    torch.Size([3, 20])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None,
                 dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor,
                hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        hidden, cell = self._step(cytorch.lstm_cell, input, hx, 2)
        return hidden, cell


class GRUCell(RNNCellBase):
    """h' = (1 - z) * n + z * h with gates r, z and candidate n.

    >>> GRUCell(10, 20)(cytorch.zeros(3, 10)).shape
    torch.Size([3, 20])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None,
                 dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._step(cytorch.gru_cell, input, hx, 1)[0]
