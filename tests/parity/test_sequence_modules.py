"""Recurrent layers, attention and Transformer against PyTorch: values, gradients, names."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import cytorch

Make = Callable[[Any], Any]


def pair(make: Make) -> tuple[Any, Any]:
    """The same module of both libraries, with PyTorch's initial values, in float64."""
    torch.manual_seed(0)
    theirs = make(torch.nn).double()
    ours = make(cytorch.nn).double()
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    state = {key: cytorch.tensor(value.numpy().copy())
             for key, value in theirs.state_dict().items()}
    ours.load_state_dict(state)
    return ours, theirs


def tensors_of(result: Any) -> list[Any]:
    if isinstance(result, (tuple, list)):
        return [t for part in result for t in tensors_of(part)]
    return [] if result is None or not result.dtype.is_floating_point else [result]


def check(ours: Any, theirs: Any, call: Callable[[Any, Any, list[Any]], Any],
          *shapes: tuple[int, ...]) -> None:
    """`call(library, module, inputs)`: outputs, gradients of inputs and of parameters."""
    random = np.random.default_rng(1)
    arrays = [random.standard_normal(shape) for shape in shapes]
    found = []
    for library, module in ((cytorch, ours), (torch, theirs)):
        inputs = [library.tensor(array.copy()).requires_grad_() for array in arrays]
        outputs = tensors_of(call(library, module, inputs))
        total = sum((out * library.tensor(np.cos(np.arange(out.numel())).reshape(
            tuple(out.shape)))).sum() for out in outputs)
        total.backward()
        gradients = [x.grad for x in [*inputs, *module.parameters()]]
        found.append([*outputs, *gradients])
    assert len(found[0]) == len(found[1])
    for got, want in zip(*found, strict=True):
        assert (got is None) == (want is None)
        if got is not None:
            np.testing.assert_allclose(got.detach().numpy(), want.detach().numpy(), rtol=1e-7,
                                       atol=1e-9)


RECURRENT: list[Make] = [
    lambda nn: nn.LSTM(3, 5), lambda nn: nn.LSTM(3, 5, 2, bidirectional=True, bias=False),
    lambda nn: nn.LSTM(3, 5, 2, proj_size=2), lambda nn: nn.LSTM(3, 20, bidirectional=True),
    lambda nn: nn.GRU(3, 5), lambda nn: nn.GRU(3, 5, 2, bidirectional=True, bias=False),
    lambda nn: nn.GRU(3, 17, 3), lambda nn: nn.RNN(3, 5, 2),
    lambda nn: nn.RNN(3, 5, nonlinearity="relu", bidirectional=True),
]


@pytest.mark.parametrize("make", RECURRENT)
def test_recurrent_layer(make: Make) -> None:
    ours, theirs = pair(make)
    check(ours, theirs, lambda library, m, x: m(x[0]), (6, 2, 3))
    check(ours, theirs, lambda library, m, x: m(x[0]), (6, 3))


@pytest.mark.parametrize("make", RECURRENT)
def test_recurrent_layer_with_states(make: Make) -> None:
    ours, theirs = pair(make)
    layers = ours.num_layers * (2 if ours.bidirectional else 1)
    shapes = [(layers, 2, ours.proj_size or ours.hidden_size), (layers, 2, ours.hidden_size)]

    def call(library: Any, module: Any, x: list[Any]) -> Any:
        return module(x[0], tuple(x[1:]) if ours.mode == "LSTM" else x[1])

    check(ours, theirs, call, (4, 2, 3), *shapes[:2 if ours.mode == "LSTM" else 1])


@pytest.mark.parametrize("sort", [True, False])
@pytest.mark.parametrize("make", RECURRENT)
def test_packed_sequence(make: Make, sort: bool) -> None:
    ours, theirs = pair(make)
    lengths = [5, 4, 2] if sort else [2, 5, 4]

    def call(library: Any, module: Any, x: list[Any]) -> Any:
        rnn = library.nn.utils.rnn
        packed = rnn.pack_padded_sequence(x[0], lengths, enforce_sorted=sort)
        output, hidden = module(packed)
        padded, got = rnn.pad_packed_sequence(output)
        assert got.tolist() == lengths
        return padded, hidden

    check(ours, theirs, call, (5, 3, 3))


def test_batch_first() -> None:
    check(*pair(lambda nn: nn.LSTM(3, 4, 2, batch_first=True)), lambda library, m, x: m(x[0]),
          (2, 6, 3))


@pytest.mark.parametrize("make", [
    lambda nn: nn.RNNCell(3, 4), lambda nn: nn.RNNCell(3, 4, bias=False, nonlinearity="relu"),
    lambda nn: nn.GRUCell(3, 4), lambda nn: nn.LSTMCell(3, 4)])
def test_cell(make: Make) -> None:
    ours, theirs = pair(make)
    check(ours, theirs, lambda library, m, x: m(x[0]), (2, 3))
    check(ours, theirs, lambda library, m, x: m(x[0]), (3,))

    def with_state(library: Any, module: Any, x: list[Any]) -> Any:
        lstm = isinstance(module, library.nn.LSTMCell)
        return module(x[0], (x[1], x[2])) if lstm else module(x[0], x[1] + 0 * x[2])

    check(ours, theirs, with_state, (2, 3), (2, 4), (2, 4))


ATTENTION: list[tuple[Make, tuple[tuple[int, ...], ...]]] = [
    (lambda nn: nn.MultiheadAttention(8, 2), ((4, 3, 8), (4, 3, 8), (4, 3, 8))),
    (lambda nn: nn.MultiheadAttention(8, 2, bias=False, add_zero_attn=True),
     ((4, 3, 8), (5, 3, 8), (5, 3, 8))),
    (lambda nn: nn.MultiheadAttention(8, 2, add_bias_kv=True, batch_first=True),
     ((3, 4, 8), (3, 5, 8), (3, 5, 8))),
    (lambda nn: nn.MultiheadAttention(8, 4, kdim=5, vdim=6), ((4, 3, 8), (5, 3, 5), (5, 3, 6))),
    (lambda nn: nn.MultiheadAttention(8, 4), ((4, 8), (5, 8), (5, 8))),
]


@pytest.mark.parametrize("options", [{}, {"need_weights": False},
                                     {"average_attn_weights": False}])
@pytest.mark.parametrize(("make", "shapes"), ATTENTION)
def test_multihead_attention(make: Make, shapes: tuple[tuple[int, ...], ...],
                             options: dict[str, Any]) -> None:
    ours, theirs = pair(make)
    check(ours, theirs, lambda library, m, x: m(*x, **options), *shapes)


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize(("make", "shapes"), ATTENTION[:3])
def test_attention_masks(make: Make, shapes: tuple[tuple[int, ...], ...],
                         need_weights: bool) -> None:
    ours, theirs = pair(make)
    source = shapes[1][1 if ours.batch_first else 0]
    target = shapes[0][1 if ours.batch_first else 0]
    mask = np.triu(np.ones((target, source), bool), 2)
    padding = np.arange(source) >= np.array([[source], [source - 1], [source - 2]])

    def call(library: Any, module: Any, x: list[Any]) -> Any:
        return module(*x, key_padding_mask=library.tensor(padding),
                      attn_mask=library.tensor(mask), need_weights=need_weights)

    check(ours, theirs, call, *shapes)


def test_causal_hint() -> None:
    def call(library: Any, module: Any, x: list[Any]) -> Any:
        mask = library.nn.Transformer.generate_square_subsequent_mask(4, dtype=library.float64)
        return module(x[0], x[0], x[0], attn_mask=mask, is_causal=True, need_weights=False)

    check(*pair(lambda nn: nn.MultiheadAttention(8, 2)), call, (4, 3, 8))


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize("options", [
    {}, {"norm_first": True, "activation": "gelu"}, {"batch_first": True, "bias": False}])
def test_transformer(options: dict[str, Any]) -> None:
    ours, theirs = pair(lambda nn: nn.Transformer(8, 2, 2, 2, 16, dropout=0.0, **options))

    def call(library: Any, module: Any, x: list[Any]) -> Any:
        mask = library.nn.Transformer.generate_square_subsequent_mask(3, dtype=library.float64)
        return module(x[0], x[1], tgt_mask=mask)

    shapes = ((2, 5, 8), (2, 3, 8)) if "batch_first" in options else ((5, 2, 8), (3, 2, 8))
    check(ours, theirs, call, *shapes)


def test_second_derivative_of_a_layer() -> None:
    ours, theirs = pair(lambda nn: nn.LSTM(2, 3))
    x = np.random.default_rng(2).standard_normal((4, 2, 2))
    found = []
    for library, module in ((cytorch, ours), (torch, theirs)):
        given = library.tensor(x.copy()).requires_grad_()
        first = library.autograd.grad(module(given)[0].sin().sum(), [given, *module.parameters()],
                                      create_graph=True)
        second = sum((g * g).sum() for g in first)
        found.append(library.autograd.grad(second, [given, *module.parameters()]))
    for got, want in zip(*found, strict=True):
        np.testing.assert_allclose(got.numpy(), want.numpy(), rtol=1e-7, atol=1e-9)


BAD: list[Make] = [
    lambda nn: nn.LSTM(3, 0), lambda nn: nn.LSTM(3, 4, proj_size=5), lambda nn: nn.GRU(3, 2.5),
    lambda nn: nn.RNN(3, 4, nonlinearity="no"), lambda nn: nn.LSTM(3, 4, dropout=2.0),
    lambda nn: nn.MultiheadAttention(7, 2), lambda nn: nn.MultiheadAttention(0, 2),
    lambda nn: nn.TransformerEncoderLayer(8, 2, activation="no"),
]


@pytest.mark.parametrize("make", BAD)
def test_errors_are_of_the_same_family(make: Make) -> None:
    with pytest.raises(Exception) as theirs:
        make(torch.nn)
    with pytest.raises(Exception) as ours:
        make(cytorch.nn)
    assert isinstance(ours.value, theirs.type)


FORWARD_ERRORS: list[tuple[Make, tuple[tuple[int, ...], ...]]] = [
    (lambda nn: nn.LSTM(3, 4), ((5, 2, 4),)), (lambda nn: nn.GRU(3, 4), ((2, 5, 2, 3),)),
    (lambda nn: nn.GRU(3, 4), ((5, 2, 3), (1, 3, 4))),
    (lambda nn: nn.MultiheadAttention(8, 2), ((4, 8), (4, 3, 8), (4, 3, 8))),
    (lambda nn: nn.LSTMCell(3, 4), ((2, 5),)),
    (lambda nn: nn.Transformer(8, 2, 1, 1, 8), ((5, 2, 8), (3, 3, 8))),
]


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize(("make", "shapes"), FORWARD_ERRORS)
def test_bad_input(make: Make, shapes: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises((RuntimeError, ValueError, AssertionError)):
        make(torch.nn)(*(torch.zeros(shape) for shape in shapes))
    with pytest.raises((RuntimeError, ValueError, AssertionError)):
        make(cytorch.nn)(*(cytorch.zeros(shape) for shape in shapes))
