"""Primitives of recurrent networks: one layer in one direction over a whole sequence.

`gates` (rows, gates * hidden) are the input's products with its weight, packed by time step:
batch_sizes[t] rows for step t. Their derivative is a kernel too; when it is to be differentiated
itself, the layer is computed again step by step from plain ops.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .spec import FLOATING, call, op, ops, structured

State = tuple[Any, ...]
Cell = Callable[[Any, State], State]


def lstm_cell(weight: Any, bias: Any = None, projection: Any = None) -> Cell:
    """From gates of the input and (h, c) to the next (h, c)."""
    def step(gates: Any, state: State) -> State:
        i, f, g, o = (gates + ops.nn.functional.linear(state[0], weight, bias)).chunk(4, -1)
        cell = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
        hidden = o.sigmoid() * cell.tanh()
        if projection is not None:
            hidden = ops.nn.functional.linear(hidden, projection)
        return hidden, cell

    return step


def gru_cell(weight: Any, bias: Any = None) -> Cell:
    def step(gates: Any, state: State) -> State:
        hidden = state[0]
        r_input, z_input, n_input = gates.chunk(3, -1)
        r, z, n = ops.nn.functional.linear(hidden, weight, bias).chunk(3, -1)
        candidate = (n_input + (r_input + r).sigmoid() * n).tanh()
        return (candidate + (z_input + z).sigmoid() * (hidden - candidate),)

    return step


def rnn_cell(weight: Any, bias: Any = None, relu: bool = False) -> Cell:
    def step(gates: Any, state: State) -> State:
        total = gates + ops.nn.functional.linear(state[0], weight, bias)
        return (total.relu() if relu else total.tanh(),)

    return step


def step_by_step(cell: Cell, gates: Any, state: State, batch_sizes: list[int],
                 reverse: bool) -> tuple[Any, ...]:
    """The layer composed of plain ops: (output, *last states)."""
    pieces = list(zip(gates.split(batch_sizes), batch_sizes))
    outputs = []
    for rows, count in reversed(pieces) if reverse else pieces:
        whole = count == state[0].shape[0]
        new = cell(rows, state if whole else tuple(s.narrow(0, 0, count) for s in state))
        outputs.append(new[0])
        state = new if whole else tuple(
            ops.cat([n, s.narrow(0, count, s.shape[0] - count)]) for n, s in zip(new, state))
    if not outputs:
        return (gates.new_zeros((0, state[0].shape[1])), *state)
    return (ops.cat(outputs[::-1] if reverse else outputs), *state)


def _differentiable() -> bool:
    from cytorch import is_grad_enabled

    return is_grad_enabled()


def _by_plain_ops(cell: Cell, gates: Any, state: State, others: tuple[Any, ...], sizes: Any,
                  reverse: bool, incoming: tuple[Any, ...]) -> tuple[Any, ...]:
    """Gradients of gates, states and other inputs of a layer, with a graph of their own."""
    results = step_by_step(cell, gates, state, sizes.tolist(), reverse)
    pairs = [(result, g) for result, g in zip(results, incoming)
             if g is not None and result.requires_grad]
    inputs = [gates, *state, *others]
    asked = [x for x in inputs if x is not None and x.requires_grad]
    found = iter(ops._gradients([p[0] for p in pairs], asked, [p[1] for p in pairs]))
    return tuple(next(found) if x is not None and x.requires_grad else None for x in inputs)


def _outputs(gates: Any, h0: Any, batch_sizes: Any, *more: Any) -> tuple[Any, ...]:
    rows, dtype = gates.shape[0], gates.dtype
    return (((rows, h0.shape[1]), dtype), h0, *more)


# ---- lstm
def _lstm_grad(g_output: Any, g_h_n: Any, g_c_n: Any, gates: Any, h0: Any, c0: Any, weight: Any,
               batch_sizes: Any, reverse: bool, output: Any, cells: Any, activations: Any) -> Any:
    if _differentiable():
        g = _by_plain_ops(lstm_cell(weight), gates, (h0, c0), (weight,), batch_sizes, reverse,
                          (g_output, g_h_n, g_c_n))
        return (*g, None)
    g_gates, g_h0, before, g_c0 = ops._lstm_layer_backward(
        g_output, g_h_n, g_c_n, h0, c0, weight, batch_sizes, output, cells, activations, reverse)
    return g_gates, g_h0, g_c0, g_gates.t() @ before, None


op("_lstm_layer(Tensor gates, Tensor h0, Tensor c0, Tensor weight, Tensor batch_sizes, "
   "bool reverse) -> (Tensor output, Tensor h_n, Tensor c_n, Tensor cells, Tensor activations)",
   kernel=structured(FLOATING), nondiff=("cells", "activations"), grad=_lstm_grad,
   shape=lambda gates, h0, c0, batch_sizes: _outputs(
       gates, h0, batch_sizes, c0, ((gates.shape[0], h0.shape[1]), gates.dtype), gates),
   samples=lambda s: [
       call(s.tensor(6, 8), s.tensor(3, 2), s.tensor(3, 2), s.tensor(8, 2), s.values([3, 3]),
            False),
       call(s.tensor(6, 8), s.tensor(3, 2), s.tensor(3, 2), s.tensor(8, 2), s.values([3, 2, 1]),
            True)],
   doc="Gates i, f, g, o: c = f * c + i * g, h = o * tanh(c).")
op("_lstm_layer_backward(Tensor? g_output, Tensor? g_h_n, Tensor? g_c_n, Tensor h0, Tensor c0, "
   "Tensor weight, Tensor batch_sizes, Tensor output, Tensor cells, Tensor activations, "
   "bool reverse) -> (Tensor g_gates, Tensor g_h0, Tensor before, Tensor g_c0)",
   kernel=structured(FLOATING, key="weight"), nondiff=("g_gates", "g_h0", "before", "g_c0"),
   shape=lambda activations, h0, output, c0: (activations, h0, output, c0),
   extra={"derivative_tested_by": "_lstm_layer"},
   samples=lambda s: [call(s.tensor(6, 2), None, s.tensor(3, 2), s.tensor(3, 2), s.tensor(3, 2),
                           s.tensor(8, 2), s.values([3, 3]), s.tensor(6, 2), s.tensor(6, 2),
                           s.tensor(6, 8), False)],
   doc="Gradients of gates and initial states; `before` is the h that each row started from.")


# ---- gru
def _gru_grad(g_output: Any, g_h_n: Any, gates: Any, h0: Any, weight: Any, bias: Any,
              batch_sizes: Any, reverse: bool, output: Any, activations: Any) -> Any:
    if _differentiable():
        g = _by_plain_ops(gru_cell(weight, bias), gates, (h0,), (weight, bias), batch_sizes,
                          reverse, (g_output, g_h_n))
        return (*g, None)
    g_gates, g_h0, before, g_sums = ops._gru_layer_backward(
        g_output, g_h_n, h0, weight, batch_sizes, output, activations, reverse)
    return (g_gates, g_h0, g_sums.t() @ before, None if bias is None else g_sums.sum(0), None)


op("_gru_layer(Tensor gates, Tensor h0, Tensor weight, Tensor? bias, Tensor batch_sizes, "
   "bool reverse) -> (Tensor output, Tensor h_n, Tensor activations)",
   kernel=structured(FLOATING), nondiff=("activations",), grad=_gru_grad,
   shape=lambda gates, h0, batch_sizes: _outputs(
       gates, h0, batch_sizes, ((gates.shape[0], 4 * h0.shape[1]), gates.dtype)),
   samples=lambda s: [
       call(s.tensor(6, 6), s.tensor(3, 2), s.tensor(6, 2), s.tensor(6), s.values([3, 3]), False),
       call(s.tensor(6, 6), s.tensor(3, 2), s.tensor(6, 2), None, s.values([3, 2, 1]), True)],
   doc="Gates r, z, n: h = n + z * (h - n).")
op("_gru_layer_backward(Tensor? g_output, Tensor? g_h_n, Tensor h0, Tensor weight, "
   "Tensor batch_sizes, Tensor output, Tensor activations, bool reverse) "
   "-> (Tensor g_gates, Tensor g_h0, Tensor before, Tensor g_sums)",
   kernel=structured(FLOATING, key="weight"), nondiff=("g_gates", "g_h0", "before", "g_sums"),
   shape=lambda activations, h0, output: (
       ((output.shape[0], 3 * h0.shape[1]), output.dtype), h0, output,
       ((output.shape[0], 3 * h0.shape[1]), output.dtype)),
   extra={"derivative_tested_by": "_gru_layer"},
   samples=lambda s: [call(s.tensor(6, 2), None, s.tensor(3, 2), s.tensor(6, 2),
                           s.values([3, 3]), s.tensor(6, 2), s.tensor(6, 8), False)],
   doc="Gradients of both addends of the gates and of h0, and the h that each row started from.")


# ---- rnn
def _rnn_grad(g_output: Any, g_h_n: Any, gates: Any, h0: Any, weight: Any, batch_sizes: Any,
              reverse: bool, relu: bool, output: Any) -> Any:
    if _differentiable():
        g = _by_plain_ops(rnn_cell(weight, relu=relu), gates, (h0,), (weight,), batch_sizes,
                          reverse, (g_output, g_h_n))
        return (*g, None)
    g_gates, g_h0, before = ops._rnn_layer_backward(g_output, g_h_n, h0, weight, batch_sizes,
                                                    output, reverse, relu)
    return g_gates, g_h0, g_gates.t() @ before, None


op("_rnn_layer(Tensor gates, Tensor h0, Tensor weight, Tensor batch_sizes, bool reverse, "
   "bool relu) -> (Tensor output, Tensor h_n)", kernel=structured(FLOATING), grad=_rnn_grad,
   shape=lambda gates, h0, batch_sizes: _outputs(gates, h0, batch_sizes),
   samples=lambda s: [
       call(s.tensor(6, 2), s.tensor(3, 2), s.tensor(2, 2), s.values([3, 3]), False, False),
       call(s.tensor(6, 2), s.tensor(3, 2), s.tensor(2, 2), s.values([3, 2, 1]), True, True)],
   doc="h = tanh(gates + h weight^T), or relu.")
op("_rnn_layer_backward(Tensor? g_output, Tensor? g_h_n, Tensor h0, Tensor weight, "
   "Tensor batch_sizes, Tensor output, bool reverse, bool relu) "
   "-> (Tensor g_gates, Tensor g_h0, Tensor before)",
   kernel=structured(FLOATING, key="weight"), nondiff=("g_gates", "g_h0", "before"),
   shape=lambda h0, output: (output, h0, output),
   extra={"derivative_tested_by": "_rnn_layer"},
   samples=lambda s: [call(s.tensor(6, 2), None, s.tensor(3, 2), s.tensor(2, 2),
                           s.values([3, 3]), s.tensor(6, 2), False, False)],
   doc="Gradients of gates and h0, and the h that each row started from.")
