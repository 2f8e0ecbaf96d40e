"""lstm, gru, rnn_tanh and rnn_relu: layers and directions stacked; and single cells.

A sequence is a padded tensor (time, batch, features), or packed rows with the number of rows of
each time step. Weights come in one list, as in PyTorch: for each layer and direction w_ih, w_hh,
then b_ih, b_hh if there are biases, then w_hr if the hidden state of an LSTM is projected.
"""
from __future__ import annotations

from typing import Any

from .recurrent_layer import gru_cell, lstm_cell, rnn_cell, step_by_step
from .spec import F, argument_error, call, op, ops, shape_error

GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}


def _weights(name: str, params: Any, layer: int, per_layer: int, has_biases: bool) -> Any:
    """w_ih, w_hh, b_ih, b_hh, w_hr of one layer and direction."""
    own = list(params[layer * per_layer:(layer + 1) * per_layer])
    biases = own[2:4] if has_biases else [None, None]
    projection = own[-1] if per_layer in (3, 5) else None
    rows = GATES[name] * (own[1].shape[0] // GATES[name])
    if own[0].ndim != 2 or own[0].shape[0] != rows:
        raise shape_error(f"{name}: w_ih of shape {tuple(own[0].shape)} does not belong to w_hh of "
                          f"shape {tuple(own[1].shape)}")
    return own[0], own[1], *biases, projection


def _run_complex_layer(name: str, rows: Any, state: Any, weights: Any, counts: list[int],
                       reverse: bool) -> Any:
    """The same step by step: the kernels take real numbers."""
    w_ih, w_hh, b_ih, b_hh, projection = weights
    if name == "gru":
        return step_by_step(gru_cell(w_hh, b_hh), F.linear(rows, w_ih, b_ih), state, counts,
                            reverse)
    gates = F.linear(rows, w_ih, b_ih if b_hh is None else b_ih + b_hh)
    cell = lstm_cell(w_hh, None, projection) if name == "lstm" else rnn_cell(
        w_hh, None, name == "rnn_relu")
    return step_by_step(cell, gates, state, counts, reverse)


def _run_layer(name: str, rows: Any, state: Any, weights: Any, sizes: Any, counts: list[int],
               reverse: bool) -> Any:
    """(output, *last states) of one layer in one direction."""
    w_ih, w_hh, b_ih, b_hh, projection = weights
    if rows.shape[1] != w_ih.shape[1]:
        raise shape_error(f"{name}: input.size(-1) must be equal to input_size. Expected "
                          f"{w_ih.shape[1]}, got {rows.shape[1]}")
    if rows.dtype.is_complex:
        return _run_complex_layer(name, rows, state, weights, counts, reverse)
    if name == "gru":
        return ops._gru_layer(F.linear(rows, w_ih, b_ih), state[0], w_hh, b_hh, sizes, reverse)[:2]
    # Both biases are added to the same gates.
    gates = F.linear(rows, w_ih, b_ih if b_hh is None else b_ih + b_hh)
    if name != "lstm":
        return ops._rnn_layer(gates, state[0], w_hh, sizes, reverse, name == "rnn_relu")
    if projection is not None:
        return step_by_step(lstm_cell(w_hh, None, projection), gates, state, counts, reverse)
    return ops._lstm_layer(gates, *state, w_hh, sizes, reverse)[:3]


def _check_states(name: str, hx: Any, layers: int, batch: int) -> None:
    wanted = 2 if name == "lstm" else 1
    if len(hx) != wanted:
        raise argument_error(f"{name} expects {wanted} hidden states, got {len(hx)}")
    for state in hx:
        if state.ndim != 3 or tuple(state.shape[:2]) != (layers, batch):
            raise shape_error(f"{name}: expected a hidden state of shape ({layers}, {batch}, "
                              f"hidden), got {tuple(state.shape)}")


def _stacked(name: str, rows: Any, sizes: Any, counts: list[int], hx: Any, params: Any,
             has_biases: bool, num_layers: int, dropout: float, train: bool,
             bidirectional: bool) -> Any:
    """Packed rows through all layers: (rows, *last states)."""
    directions = 2 if bidirectional else 1
    layers = num_layers * directions
    if layers == 0 or len(params) % layers:
        raise argument_error(f"{name}: {len(params)} weights do not fit {layers} layers and "
                             "directions")
    per_layer = len(params) // layers
    _check_states(name, hx, layers, counts[0] if counts else hx[0].shape[1])
    last: list[Any] = []
    for layer in range(num_layers):
        outputs = []
        for direction in range(directions):
            index = layer * directions + direction
            weights = _weights(name, params, index, per_layer, has_biases)
            states = tuple(state.select(0, index) for state in hx)
            output, *ends = _run_layer(name, rows, states, weights, sizes, counts, direction == 1)
            outputs.append(output)
            last.append(ends)
        rows = outputs[0] if directions == 1 else ops.cat(outputs, 1)
        if dropout > 0 and train and layer + 1 < num_layers:
            rows = F.dropout(rows, dropout)
    return (rows, *(ops.stack([ends[i] for ends in last]) for i in range(len(hx))))


def _padded(name: str) -> Any:
    def body(input: Any, hx: Any, params: Any, has_biases: bool, num_layers: int, dropout: float,
             train: bool, bidirectional: bool, batch_first: bool) -> Any:
        if input.ndim != 3:
            raise shape_error(f"{name}: input must have 3 dimensions, got {tuple(input.shape)}")
        hx = hx if name == "lstm" else [hx]
        steps = input.transpose(0, 1) if batch_first else input
        time, batch = steps.shape[:2]
        rows = steps.reshape(time * batch, steps.shape[2])
        sizes = ops.full((time,), batch, device=input.device)
        output, *last = _stacked(name, rows, sizes, [batch] * time, hx, params, has_biases,
                                 num_layers, dropout, train, bidirectional)
        output = output.view(time, batch, output.shape[1])
        return (output.transpose(0, 1) if batch_first else output, *last)
    return body


def _packed(name: str) -> Any:
    def body(data: Any, batch_sizes: Any, hx: Any, params: Any, has_biases: bool, num_layers: int,
             dropout: float, train: bool, bidirectional: bool) -> Any:
        counts = batch_sizes.tolist()
        falling = all(a >= b > 0 for a, b in zip(counts, [*counts[1:], 1]))
        if data.ndim != 2 or not falling or sum(counts) != data.shape[0]:
            raise shape_error(f"{name}: batch_sizes {counts} must not increase, and add up to the "
                              f"rows of data {tuple(data.shape)}")
        return _stacked(name, data, batch_sizes.to(data.device), counts,
                        hx if name == "lstm" else [hx], params, has_biases, num_layers, dropout,
                        train, bidirectional)
    return body


def _samples(name: str, packed: bool) -> Any:
    def small(s: Any, *shape: int) -> Any:
        """The tanh of large complex numbers has poles."""
        return s.tensor(*shape, low=-0.5, high=0.5)

    def weights(s: Any, width: int, hidden: int, biases: bool) -> list[Any]:
        rows = GATES[name] * hidden
        pair = [small(s, rows, width), small(s, rows, hidden)]
        return pair + ([small(s, rows), small(s, rows)] if biases else [])

    def states(s: Any, layers: int, batch: int, hidden: int) -> Any:
        pair = [small(s, layers, batch, hidden), small(s, layers, batch, hidden)]
        return pair if name == "lstm" else pair[0]

    def padded_calls(s: Any) -> list[Any]:
        one = weights(s, 3, 2, True)
        both = [w for width in (3, 3, 4, 4) for w in weights(s, width, 2, False)]
        return [call(s.tensor(4, 2, 3), states(s, 1, 2, 2), one, True, 1, 0.0, True, False, False),
                call(s.tensor(2, 3, 3), states(s, 4, 2, 2), both, False, 2, 0.0, False, True,
                     True)]

    def packed_calls(s: Any) -> list[Any]:
        both = weights(s, 3, 2, True) + weights(s, 3, 2, True)
        return [call(s.tensor(6, 3), s.values([2, 2, 2]), states(s, 2, 2, 2), both, True, 1, 0.0,
                     True, True)]

    return packed_calls if packed else padded_calls


_OPTIONS = ("Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, "
            "bool bidirectional")
for _name, _formula in (
        ("lstm", "c = sigmoid(f) c + sigmoid(i) tanh(g), h = sigmoid(o) tanh(c)"),
        ("gru", "h = (1 - z) tanh(n_x + r n_h) + z h"), ("rnn_tanh", "h = tanh(W x + U h + b)"),
        ("rnn_relu", "h = relu(W x + U h + b)")):
    _state = "Tensor[] hx" if _name == "lstm" else "Tensor hx"
    _result = "(Tensor output, Tensor h_n, Tensor c_n)" if _name == "lstm" else (
        "(Tensor output, Tensor h_n)")
    _given = "[h, h]" if _name == "lstm" else "h"
    op(f"{_name}(Tensor data, Tensor batch_sizes, {_state}, {_OPTIONS}) -> {_result}",
       body=_packed(_name), forms="function", samples=_samples(_name, True),
       extra={"data_dependent": True}, doc="")
    op(f"{_name}(Tensor input, {_state}, {_OPTIONS}, bool batch_first) -> {_result}",
       body=_padded(_name), forms="function", samples=_samples(_name, False),
       errors=lambda s, name=_name: [
           (call(s.tensor(2, 3), *_samples(name, False)(s)[0].args[1:]), "ShapeError",
            "3 dimensions"),
           (call(s.tensor(4, 5, 3), *_samples(name, False)(s)[0].args[1:]), "ShapeError",
            r"\(1, 2, 2\)")],
       doc=f"""A recurrent network over a whole sequence: {_formula}.

input (time, batch, features), or (batch, time, features) with batch_first; or packed rows `data`
with the batch sizes of the time steps. params: w_ih, w_hh(, b_ih, b_hh) of every layer and
direction. Returns the output and the last states.

>>> h, w = cytorch.zeros(1, 2, 3), cytorch.ones({GATES[_name] * 3}, 3)
>>> cytorch.{_name}(cytorch.ones(4, 2, 3), {_given}, [w, w], False, 1, 0.0, False, False,
...     False)[0].shape
torch.Size([4, 2, 3])
""")


# ---- one step
def _cell(name: str) -> Any:
    def body(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> Any:
        state = tuple(hx) if name == "lstm" else (hx,)
        hidden = state[0]
        if input.shape[-1] != w_ih.shape[1] or hidden.shape[-1] != w_hh.shape[1]:
            raise shape_error(f"{name}_cell: input {tuple(input.shape)} and hidden state "
                              f"{tuple(hidden.shape)} do not fit weights {tuple(w_ih.shape)} and "
                              f"{tuple(w_hh.shape)}")
        make = {"lstm": lstm_cell, "gru": gru_cell}.get(name, rnn_cell)
        step = make(w_hh, b_hh, name == "rnn_relu") if make is rnn_cell else make(w_hh, b_hh)
        new = step(F.linear(input, w_ih, b_ih), state)
        return new if name == "lstm" else new[0]
    return body


def _cell_samples(name: str) -> Any:
    def samples(s: Any) -> list[Any]:
        rows = GATES[name] * 2
        h, w_ih, w_hh = s.tensor(3, 2), s.tensor(rows, 4), s.tensor(rows, 2)
        state = [h, s.tensor(3, 2)] if name == "lstm" else h
        return [call(s.tensor(3, 4), state, w_ih, w_hh),
                call(s.tensor(3, 4), state, w_ih, w_hh, s.tensor(rows), s.tensor(rows))]
    return samples


for _name, _gates in GATES.items():
    _state = "Tensor[] hx" if _name == "lstm" else "Tensor hx"
    _result = "(Tensor h, Tensor c)" if _name == "lstm" else "Tensor"
    _given = "[h, h]" if _name == "lstm" else "h"
    op(f"{_name}_cell(Tensor input, {_state}, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, "
       f"Tensor? b_hh=None) -> {_result}", body=_cell(_name), forms="function",
       samples=_cell_samples(_name),
       errors=lambda s, name=_name: [
           (call(s.tensor(3, 5), *_cell_samples(name)(s)[0].args[1:]), "ShapeError",
            r"\(3, 5\)")],
       doc=f"""One step of `{_name}`: the next state from input (N, features) and state.

>>> h, w = cytorch.zeros(2, 3), cytorch.ones({_gates * 3}, 3)
>>> len(cytorch.{_name}_cell(cytorch.ones(2, 3), {_given}, w, w))
2
""")
