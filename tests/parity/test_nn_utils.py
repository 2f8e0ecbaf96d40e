"""nn.utils against PyTorch: reparametrisations, pruning, packed sequences, stateless calls."""
from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.utils.prune

import cytorch

Make = Callable[[Any], Any]


def pair(make: Make) -> tuple[Any, Any]:
    """The same module of both libraries with the same values, in float64."""
    torch.manual_seed(0)
    theirs, ours = make(torch.nn).double(), make(cytorch.nn).double()
    load(ours, theirs)
    return ours, theirs


def load(ours: Any, theirs: Any) -> None:
    ours.load_state_dict({key: cytorch.tensor(value.detach().numpy().copy())
                          for key, value in theirs.state_dict().items()})


def same_calls(ours: Any, theirs: Any, *shape: int) -> None:
    """Repr, state and two training steps agree, gradients included."""
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    x = np.random.default_rng(0).standard_normal(shape)
    for _ in range(2):
        for library, module in ((cytorch, ours), (torch, theirs)):
            module(library.tensor(x)).square().sum().backward()
        for got, want in zip(ours.parameters(), theirs.parameters(), strict=True):
            np.testing.assert_allclose(got.grad.numpy(), want.grad.numpy(), rtol=1e-7, atol=1e-9)
    for got, want in zip(ours.state_dict().values(), theirs.state_dict().values()):
        np.testing.assert_allclose(got.numpy(), want.detach().numpy(), rtol=1e-7, atol=1e-9)


LAYERS: list[tuple[Make, tuple[int, ...]]] = [
    (lambda nn: nn.Linear(3, 4), (2, 3)), (lambda nn: nn.Conv2d(2, 3, 2), (1, 2, 4, 4)),
    (lambda nn: nn.ConvTranspose1d(2, 3, 2), (1, 2, 4))]


@pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")
@pytest.mark.parametrize("change", [
    lambda utils, m: utils.parametrizations.weight_norm(m),
    lambda utils, m: utils.parametrizations.weight_norm(m, dim=None),
    lambda utils, m: utils.parametrizations.spectral_norm(m),
    lambda utils, m: utils.weight_norm(m), lambda utils, m: utils.weight_norm(m, "weight", 1),
    lambda utils, m: utils.spectral_norm(m, n_power_iterations=2)])
@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_norms_of_weights(make: Make, shape: tuple[int, ...],
                          change: Callable[[Any, Any], Any]) -> None:
    ours, theirs = pair(make)
    ours, theirs = change(cytorch.nn.utils, ours), change(torch.nn.utils, theirs)
    load(ours, theirs)
    same_calls(ours, theirs, *shape)


@pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")
@pytest.mark.parametrize("name", ["weight_norm", "spectral_norm"])
def test_removal_leaves_an_ordinary_parameter(name: str) -> None:
    layer = cytorch.nn.Linear(3, 4)
    before = layer.weight.detach().clone()
    getattr(cytorch.nn.utils, name)(layer)
    layer(cytorch.ones(1, 3))
    getattr(cytorch.nn.utils, f"remove_{name}")(layer)
    assert isinstance(layer.weight, cytorch.nn.Parameter)
    assert sorted(layer.state_dict()) == ["bias", "weight"]
    if name == "weight_norm":
        assert cytorch.allclose(layer.weight, before)
    with pytest.raises(ValueError, match="not found"):
        getattr(cytorch.nn.utils, f"remove_{name}")(layer)


@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (5, 3)])
@pytest.mark.parametrize("name", ["matrix_exp", "cayley", "householder"])
def test_orthogonal(shape: tuple[int, int], name: str) -> None:
    layer = cytorch.nn.Linear(*shape).double()
    cytorch.nn.utils.parametrizations.orthogonal(layer, orthogonal_map=name)
    small = min(shape)
    with cytorch.no_grad():
        for parameter in layer.parametrizations.parameters():
            parameter.add_(0.1 * cytorch.randn(parameter.shape, dtype=cytorch.float64))
    weight = layer.weight
    product = weight @ weight.T if shape[1] < shape[0] else weight.T @ weight
    np.testing.assert_allclose(product.detach().numpy(), np.eye(small), atol=1e-9)


class Symmetric(cytorch.nn.Module):
    def forward(self, x: Any) -> Any:
        return x.triu() + x.triu(1).transpose(-1, -2)

    def right_inverse(self, x: Any) -> Any:
        return x.triu()


class Double(cytorch.nn.Module):
    def forward(self, x: Any) -> Any:
        return 2 * x

    def right_inverse(self, x: Any) -> Any:
        return x / 2


def test_parametrize() -> None:
    parametrize = cytorch.nn.utils.parametrize
    layer = cytorch.nn.Linear(3, 3)
    original = layer.weight
    parametrize.register_parametrization(layer, "weight", Symmetric())
    parametrize.register_parametrization(layer, "weight", Double())
    assert parametrize.is_parametrized(layer)
    assert parametrize.is_parametrized(layer, "weight")
    assert not parametrize.is_parametrized(layer, "bias")
    assert type(layer).__name__ == "ParametrizedLinear"
    assert parametrize.type_before_parametrizations(layer) is cytorch.nn.Linear
    assert layer.parametrizations.weight.original is original
    wanted = cytorch.eye(3)
    layer.weight = wanted
    assert cytorch.equal(layer.weight, wanted)
    with parametrize.cached():
        assert layer.weight is layer.weight
    copied = copy.deepcopy(layer)
    assert cytorch.equal(copied.weight, layer.weight)
    layer(cytorch.ones(1, 3)).sum().backward()
    assert original.grad is not None
    parametrize.remove_parametrizations(layer, "weight")
    assert type(layer) is cytorch.nn.Linear
    assert layer.weight is original
    assert cytorch.equal(layer.weight, wanted)


def test_parametrize_refuses_other_shapes_and_names() -> None:
    class Shorter(cytorch.nn.Module):
        def forward(self, x: Any) -> Any:
            return x[:1]

    parametrize = cytorch.nn.utils.parametrize
    layer = cytorch.nn.Linear(3, 3)
    with pytest.raises(ValueError, match="shape"):
        parametrize.register_parametrization(layer, "weight", Shorter())
    assert type(layer) is cytorch.nn.Linear
    with pytest.raises(ValueError, match="nothing"):
        parametrize.register_parametrization(layer, "nothing", Shorter())


PRUNINGS: list[Callable[[Any, Any], Any]] = [
    lambda prune, m: prune.identity(m, "weight"),
    lambda prune, m: prune.l1_unstructured(m, "weight", 3),
    lambda prune, m: prune.l1_unstructured(m, "weight", 0.4),
    lambda prune, m: prune.ln_structured(m, "weight", 1, 2, 0),
    lambda prune, m: prune.ln_structured(prune.l1_unstructured(m, "weight", 3), "weight", 0.5,
                                         1, 1),
    lambda prune, m: prune.l1_unstructured(prune.ln_structured(m, "weight", 1, 2, -1), "weight",
                                           2)]


@pytest.mark.parametrize("change", PRUNINGS)
def test_prune(change: Callable[[Any, Any], Any]) -> None:
    ours, theirs = pair(lambda nn: nn.Linear(3, 4))
    change(cytorch.nn.utils.prune, ours)
    change(torch.nn.utils.prune, theirs)
    same_calls(ours, theirs, 2, 3)
    for library, module in ((cytorch, ours), (torch, theirs)):
        assert library.nn.utils.prune.is_pruned(module)
        library.nn.utils.prune.remove(module, "weight")
    assert list(ours.state_dict()) == list(theirs.state_dict())
    np.testing.assert_allclose(ours.weight.detach().numpy(), theirs.weight.detach().numpy())


def test_global_and_random_pruning() -> None:
    ours, theirs = pair(lambda nn: nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2)))
    for library, module in ((cytorch, ours), (torch, theirs)):
        prune = library.nn.utils.prune
        prune.global_unstructured([(module[0], "weight"), (module[1], "weight")],
                                  prune.L1Unstructured, amount=7)
    load_masks = [m.weight_mask.numpy() for m in ours], [m.weight_mask.numpy() for m in theirs]
    for got, want in zip(*load_masks):
        np.testing.assert_array_equal(got, want)
    prune, layer = cytorch.nn.utils.prune, cytorch.nn.Linear(4, 5)
    prune.random_unstructured(layer, "weight", 6)
    assert int((layer.weight_mask == 0).sum()) == 6
    other = prune.random_structured(cytorch.nn.Linear(4, 5), "weight", 2, dim=1)
    assert int((other.weight_mask.sum(0) == 0).sum()) == 2


@pytest.mark.parametrize("amount", [-1, 1.5, 100])
def test_bad_amounts(amount: float) -> None:
    for library in (torch, cytorch):
        with pytest.raises(ValueError):
            library.nn.utils.prune.l1_unstructured(library.nn.Linear(2, 2), "weight", amount)


def test_functional_call_under_its_old_path() -> None:
    layer = cytorch.nn.Linear(2, 1, bias=False)
    got = cytorch.nn.utils.stateless.functional_call(layer, {"weight": cytorch.ones(1, 2)},
                                                     cytorch.ones(2))
    assert got.item() == 2.0


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("batch_first", [True, False])
def test_pad_and_pack(batch_first: bool, side: str) -> None:
    random = np.random.default_rng(0)
    arrays = [random.standard_normal((length, 2)) for length in (2, 4, 1)]
    found: list[list[Any]] = []
    for library in (cytorch, torch):
        rnn = library.nn.utils.rnn
        sequences = [library.tensor(array) for array in arrays]
        packed = rnn.pack_sequence(sequences, enforce_sorted=False)
        padded, lengths = rnn.pad_packed_sequence(packed, batch_first, 7.0, total_length=6)
        back = rnn.unpack_sequence(packed)
        found.append([rnn.pad_sequence(sequences, batch_first, 3.0, side), *packed, padded,
                      lengths, *back, *rnn.unpad_sequence(padded.clone(), lengths, batch_first)])
    for got, want in zip(*found, strict=True):
        np.testing.assert_array_equal(got.numpy(), want.numpy())
    assert packed.double().data.dtype == torch.float64


@pytest.mark.parametrize("lengths", [[2, 3], [3, 0], [4]])
def test_bad_lengths(lengths: list[int]) -> None:
    for library in (torch, cytorch):
        with pytest.raises(RuntimeError):
            library.nn.utils.rnn.pack_padded_sequence(library.zeros(4, 2, 1), lengths)
