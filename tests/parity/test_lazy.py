"""Lazy layers against PyTorch: before, at and after the first call."""
from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

import cytorch

LAYERS: list[tuple[Callable[[Any], Any], tuple[int, ...]]] = [
    (lambda nn: nn.LazyLinear(4), (3, 5)), (lambda nn: nn.LazyLinear(4, bias=False), (5,)),
    (lambda nn: nn.LazyConv1d(4, 3), (2, 3, 7)), (lambda nn: nn.LazyConv2d(4, 3, 2), (1, 3, 7, 7)),
    (lambda nn: nn.LazyConv3d(2, 2, bias=False), (1, 3, 4, 4, 4)),
    (lambda nn: nn.LazyConvTranspose1d(4, 3, groups=2), (1, 4, 5)),
    (lambda nn: nn.LazyConvTranspose2d(2, 3, 2), (3, 4, 4)),
    (lambda nn: nn.LazyConvTranspose3d(2, 2), (1, 3, 3, 3, 3)),
    (lambda nn: nn.LazyBatchNorm1d(), (4, 3)), (lambda nn: nn.LazyBatchNorm2d(affine=False),
                                               (2, 3, 4, 4)),
    (lambda nn: nn.LazyBatchNorm3d(track_running_stats=False), (2, 3, 2, 2, 2)),
    (lambda nn: nn.LazyInstanceNorm1d(), (2, 3, 4)),
    (lambda nn: nn.LazyInstanceNorm2d(affine=True), (2, 3, 4, 4)),
    (lambda nn: nn.LazyInstanceNorm3d(), (2, 3, 2, 2, 2)),
]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """PyTorch announces in warnings that lazy modules are new."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_first_call(make: Callable[[Any], Any], shape: tuple[int, ...]) -> None:
    ours, theirs = make(cytorch.nn), make(torch.nn)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    out, want = ours(cytorch.ones(shape)), theirs(torch.ones(shape))
    assert tuple(out.shape) == tuple(want.shape)
    assert repr(ours) == repr(theirs)
    assert type(ours).__name__ == type(theirs).__name__
    assert ([tuple(p.shape) for p in ours.state_dict().values()]
            == [tuple(p.shape) for p in theirs.state_dict().values()])
    if out.requires_grad:
        out.sum().backward()


def test_uninitialized_parameters_refuse_to_be_used() -> None:
    layer = cytorch.nn.LazyLinear(3)
    assert isinstance(layer.weight, cytorch.nn.UninitializedParameter)
    with pytest.raises(RuntimeError, match="shape of an uninitialized"):
        tuple(layer.weight.shape)
    with pytest.raises(ValueError, match="uninitialized parameter"):
        cytorch.add(layer.weight, 1)
    assert repr(layer.weight) == "<UninitializedParameter>"


def test_copies_and_dtypes_before_the_first_call() -> None:
    model = cytorch.nn.Sequential(cytorch.nn.LazyLinear(3), cytorch.nn.LazyBatchNorm1d()).double()
    copied = copy.deepcopy(model)
    for each in (model, copied):
        assert each(cytorch.ones(2, 4, dtype=cytorch.float64)).dtype == cytorch.float64


def test_loading_gives_shapes() -> None:
    full = cytorch.nn.Sequential(cytorch.nn.Linear(4, 3), cytorch.nn.BatchNorm1d(3))
    lazy = cytorch.nn.Sequential(cytorch.nn.LazyLinear(3), cytorch.nn.LazyBatchNorm1d())
    lazy.load_state_dict(full.state_dict())
    x = cytorch.randn(5, 4)
    assert cytorch.equal(lazy(x), full(x))
    assert lazy[0].in_features == 4
    with pytest.raises(RuntimeError):
        full.load_state_dict(cytorch.nn.Sequential(
            cytorch.nn.LazyLinear(3), cytorch.nn.LazyBatchNorm1d()).state_dict())
