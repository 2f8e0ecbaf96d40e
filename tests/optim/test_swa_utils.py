"""Averaged models: counts, buffers, the statistics of batch norms."""
from __future__ import annotations

import pytest

import cytorch
from cytorch.optim.swa_utils import AveragedModel, get_ema_avg_fn, update_bn


def test_mean_of_three_models() -> None:
    model = cytorch.nn.Linear(2, 1)
    averaged = AveragedModel(model)
    for value in (1.0, 2.0, 6.0):
        with cytorch.no_grad():
            model.weight.fill_(value)
        averaged.update_parameters(model)
    assert averaged.module.weight.tolist() == [[3.0, 3.0]]
    assert int(averaged.n_averaged) == 3
    assert model.weight.tolist() == [[6.0, 6.0]]


def test_update_bn_restores_mode_and_momentum_when_the_loader_fails() -> None:
    model = cytorch.nn.Sequential(cytorch.nn.BatchNorm1d(3)).eval()

    def broken():
        yield cytorch.randn(4, 3)
        raise OSError("no more batches")

    with pytest.raises(OSError, match="no more"):
        update_bn(broken(), model)
    assert not model.training
    assert model[0].momentum == 0.1


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match=r"1\.5"):
        get_ema_avg_fn(1.5)
    with pytest.raises(AssertionError, match="Only one"):
        AveragedModel(cytorch.nn.Linear(1, 1), avg_fn=get_ema_avg_fn(),
                      multi_avg_fn=get_ema_avg_fn())


def test_muon_takes_matrices_only() -> None:
    with pytest.raises(ValueError, match="2D"):
        cytorch.optim.Muon([cytorch.zeros(3, requires_grad=True)])
