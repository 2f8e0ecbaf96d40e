"""Modules against PyTorch: repr, state_dict, forward, gradients, error types."""
from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import cytorch

Make = Callable[[Any], Any]

# (how to make it from nn, shapes of the inputs)
LAYERS: list[tuple[Make, tuple[tuple[int, ...], ...]]] = [
    (lambda nn: nn.Linear(3, 4), ((2, 3),)),
    (lambda nn: nn.Linear(3, 4, bias=False), ((3,),)),
    (lambda nn: nn.Bilinear(2, 3, 4), ((5, 2), (5, 3))),
    (lambda nn: nn.Conv1d(2, 4, 3, padding=1), ((2, 2, 7),)),
    (lambda nn: nn.Conv2d(2, 4, (3, 2), 2, (1, 0), 2, 2, False), ((1, 2, 9, 9),)),
    (lambda nn: nn.Conv2d(2, 4, 3, padding="same"), ((1, 2, 6, 5),)),
    (lambda nn: nn.Conv2d(2, 4, 3, padding=1, padding_mode="circular"), ((1, 2, 6, 5),)),
    (lambda nn: nn.Conv3d(1, 2, 2), ((1, 1, 3, 4, 5),)),
    (lambda nn: nn.ConvTranspose1d(2, 4, 3, 2, output_padding=1), ((1, 2, 5),)),
    (lambda nn: nn.ConvTranspose2d(4, 2, 3, 2, 1, groups=2), ((1, 4, 4, 5),)),
    (lambda nn: nn.ConvTranspose3d(1, 2, 2), ((1, 1, 2, 3, 2),)),
    (lambda nn: nn.BatchNorm1d(3), ((4, 3),)),
    (lambda nn: nn.BatchNorm1d(3, momentum=None), ((4, 3, 2),)),
    (lambda nn: nn.BatchNorm2d(3, affine=False), ((2, 3, 2, 2),)),
    (lambda nn: nn.BatchNorm3d(3, track_running_stats=False), ((2, 3, 2, 2, 2),)),
    (lambda nn: nn.InstanceNorm2d(3, affine=True), ((2, 3, 4, 4),)),
    (lambda nn: nn.LayerNorm((3, 4)), ((2, 3, 4),)),
    (lambda nn: nn.LayerNorm(4, bias=False), ((2, 4),)),
    (lambda nn: nn.GroupNorm(2, 4), ((2, 4, 3),)),
    (lambda nn: nn.RMSNorm(4), ((2, 4),)),
    (lambda nn: nn.LocalResponseNorm(2), ((1, 4, 3, 3),)),
    (lambda nn: nn.Dropout(0.0), ((2, 3),)),
    (lambda nn: nn.Flatten(0, 1), ((2, 3, 4),)),
    (lambda nn: nn.Unflatten(1, (2, 3)), ((2, 6),)),
    (lambda nn: nn.MaxPool1d(2), ((1, 2, 7),)),
    (lambda nn: nn.MaxPool2d(2, ceil_mode=True), ((1, 2, 5, 5),)),
    (lambda nn: nn.MaxPool3d(2), ((1, 1, 4, 4, 4),)),
    (lambda nn: nn.AvgPool1d(2), ((1, 2, 7),)),
    (lambda nn: nn.AvgPool2d(3, 2, 1, count_include_pad=False), ((1, 2, 7, 7),)),
    (lambda nn: nn.AvgPool3d(2), ((1, 1, 4, 4, 4),)),
    (lambda nn: nn.LPPool2d(2, 2), ((1, 2, 4, 4),)),
    (lambda nn: nn.AdaptiveAvgPool2d((3, None)), ((1, 2, 7, 5),)),
    (lambda nn: nn.AdaptiveMaxPool1d(3), ((1, 2, 7),)),
    (lambda nn: nn.ZeroPad2d((1, 0, 2, 1)), ((1, 2, 3, 3),)),
    (lambda nn: nn.ConstantPad1d(2, 3.5), ((1, 2, 3),)),
    (lambda nn: nn.ReflectionPad2d(1), ((1, 2, 3, 3),)),
    (lambda nn: nn.ReplicationPad1d((1, 2)), ((1, 2, 3),)),
    (lambda nn: nn.CircularPad2d(1), ((1, 2, 3, 3),)),
    (lambda nn: nn.PReLU(2), ((3, 2),)),
    (lambda nn: nn.GLU(), ((3, 4),)),
    (lambda nn: nn.Softmax(dim=1), ((3, 4),)),
    (lambda nn: nn.LogSoftmax(dim=-1), ((3, 4),)),
    (lambda nn: nn.Softmax2d(), ((3, 4, 2),)),
    (lambda nn: nn.PixelShuffle(2), ((1, 4, 2, 2),)),
    (lambda nn: nn.PixelUnshuffle(2), ((1, 1, 4, 4),)),
    (lambda nn: nn.ChannelShuffle(2), ((1, 4, 2, 2),)),
    (lambda nn: nn.Unfold(2, stride=2), ((1, 2, 4, 4),)),
    (lambda nn: nn.Fold((4, 4), 2, stride=2), ((1, 8, 4),)),
    (lambda nn: nn.PairwiseDistance(), ((3, 4), (3, 4))),
    (lambda nn: nn.CosineSimilarity(), ((3, 4), (3, 4))),
    (lambda nn: nn.Sequential(nn.Linear(3, 4), nn.Sequential(nn.ReLU(), nn.Linear(4, 2))),
     ((2, 3),)),
]
SIMPLE = ["ReLU", "ReLU6", "SiLU", "Mish", "SELU", "Hardsigmoid", "Hardswish", "Sigmoid", "Tanh",
          "LogSigmoid", "Softsign", "Tanhshrink", "Hardtanh", "ELU", "CELU", "GELU", "Hardshrink",
          "Softshrink", "LeakyReLU", "Softplus"]
LAYERS += [(lambda nn, name=name: getattr(nn, name)(), ((3, 4),)) for name in SIMPLE]

LOSSES: list[Make] = [
    lambda nn: nn.MSELoss(), lambda nn: nn.L1Loss(reduction="sum"),
    lambda nn: nn.SmoothL1Loss(beta=0.5), lambda nn: nn.HuberLoss(delta=0.5),
    lambda nn: nn.BCEWithLogitsLoss(), lambda nn: nn.SoftMarginLoss(),
    lambda nn: nn.PoissonNLLLoss(full=True), lambda nn: nn.KLDivLoss(reduction="batchmean"),
    lambda nn: nn.MultiLabelSoftMarginLoss(), lambda nn: nn.HingeEmbeddingLoss(),
]


def pair(make: Make) -> tuple[Any, Any]:
    """The same module of both libraries, with PyTorch's initial values, in float64."""
    torch.manual_seed(0)
    theirs = make(torch.nn).double()
    ours = make(cytorch.nn).double()
    ours.load_state_dict({key: cytorch.tensor(value.numpy().copy())
                          for key, value in theirs.state_dict().items()})
    return ours, theirs


def run(library: Any, module: Any, arrays: list[np.ndarray]) -> dict[str, Any]:
    """Output, and the gradients of a weighted sum of it."""
    inputs = [library.tensor(array.copy()).requires_grad_() for array in arrays]
    out = module(*inputs)
    weights = np.cos(np.arange(out.numel())).reshape(tuple(out.shape))
    (out * library.tensor(weights)).sum().backward()
    found = {"output": out, **{f"gradient {i}": x.grad for i, x in enumerate(inputs)},
             **{name: p.grad for name, p in module.named_parameters()},
             **dict(module.named_buffers())}
    return {key: value.detach().numpy() for key, value in found.items()}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("make", "shapes"), LAYERS)
def test_layer(make: Make, shapes: tuple[tuple[int, ...], ...], training: bool) -> None:
    ours, theirs = pair(make)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert ours.state_dict()._metadata == theirs.state_dict()._metadata
    random = np.random.default_rng(3)
    arrays = [random.standard_normal(shape) for shape in shapes]
    got = run(cytorch, ours.train(training), arrays)
    want = run(torch, theirs.train(training), arrays)
    assert got.keys() == want.keys()
    for key, value in want.items():
        np.testing.assert_allclose(got[key], value, rtol=1e-7, atol=1e-9, err_msg=key)


@pytest.mark.parametrize("make", LOSSES)
def test_loss(make: Make) -> None:
    ours, theirs = make(cytorch.nn), make(torch.nn)
    assert repr(ours) == repr(theirs)
    random = np.random.default_rng(4)
    x, target = random.standard_normal((3, 4)), random.uniform(0.1, 2.0, (3, 4))
    results = []
    for library, module in ((cytorch, ours), (torch, theirs)):
        given = library.tensor(x.copy()).requires_grad_()
        loss = module(given, library.tensor(target.copy()))
        loss.backward()
        results.append((loss.item(), given.grad.numpy()))
    assert results[0][0] == pytest.approx(results[1][0])
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-9, atol=1e-12)


def nested(nn: Any, library: Any) -> Any:
    return nn.Sequential(
        nn.Linear(3, 4), nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.ReLU()]),
        nn.ParameterList([library.ones(2), library.ones(3)]),
        nn.ModuleDict({"a": nn.Sequential(nn.Linear(1, 1))}),
        nn.ParameterDict({"b": library.ones(1)}))


def test_containers_print_and_walk_alike() -> None:
    ours, theirs = nested(cytorch.nn, cytorch), nested(torch.nn, torch)
    assert repr(ours) == repr(theirs)
    for walk in ("named_parameters", "named_modules", "named_children", "named_buffers"):
        assert [name for name, _ in getattr(ours, walk)()] == [
            name for name, _ in getattr(theirs, walk)()]
    assert repr(copy.deepcopy(ours)) == repr(theirs)


BAD: list[Make] = [
    lambda nn: nn.Conv2d(3, 4, 3, groups=2), lambda nn: nn.Conv2d(2, 2, 3, padding="x"),
    lambda nn: nn.Dropout(-0.1), lambda nn: nn.GroupNorm(2, 3),
    lambda nn: nn.Embedding(3, 2, padding_idx=5), lambda nn: nn.TripletMarginLoss(margin=0.0),
    lambda nn: nn.Sequential(nn.Identity())[3], lambda nn: nn.Unflatten(1, 2.5),
    lambda nn: nn.Linear(1, 1).register_parameter("a.b", None),
    lambda nn: nn.Linear(1, 1).load_state_dict({}), lambda nn: nn.Linear(1, 1).get_submodule("x"),
    lambda nn: nn.ModuleDict({"keys": nn.Identity()}), lambda nn: nn.Linear(1, 1).train(3),
    lambda nn: nn.Linear(1, 1).to("int32"), lambda nn: setattr(nn.Linear(1, 1), "weight", 3),
]


@pytest.mark.parametrize("make", BAD)
def test_errors_are_of_the_same_family(make: Make) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(Exception) as theirs:
            make(torch.nn)
        with pytest.raises(Exception) as ours:
            make(cytorch.nn)
    assert isinstance(ours.value, theirs.type)
