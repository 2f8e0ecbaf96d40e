"""Optimizers and schedulers against PyTorch: paths, state_dicts, options, exchange of states."""
from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import cytorch

SETTINGS = [
    ("SGD", {"lr": 0.1}), ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.1, "amsgrad": True}), ("Adam", {"weight_decay": 0.1, "maximize": True}),
    ("AdamW", {"lr": 0.1}), ("RMSprop", {"centered": True, "momentum": 0.5}),
    ("RMSprop", {"weight_decay": 0.1}), ("Adagrad", {"lr_decay": 0.1}), ("Adadelta", {}),
    ("Adamax", {"weight_decay": 0.1}), ("NAdam", {"decoupled_weight_decay": True,
                                                  "weight_decay": 0.1}),
    ("RAdam", {"betas": (0.9, 0.9)}), ("Rprop", {}),
    ("ASGD", {"weight_decay": 0.1}), ("ASGD", {"t0": 2, "lambd": 0.1, "maximize": True}),
    ("Adafactor", {}), ("Adafactor", {"weight_decay": 0.1, "maximize": True}),
]
START = np.random.default_rng(1).standard_normal((3, 4))
GRADIENTS = np.random.default_rng(2).standard_normal((8, 3, 4))


def begin(library: Any, name: str, options: dict[str, Any], start: np.ndarray) -> Any:
    parameter = library.tensor(start.copy()).requires_grad_()
    return parameter, getattr(library.optim, name)([parameter], **options)


def go(library: Any, parameter: Any, optimizer: Any, gradients: np.ndarray) -> np.ndarray:
    for gradient in gradients:
        parameter.grad = library.tensor(gradient.copy())
        optimizer.step()
    return parameter.detach().numpy()


@pytest.mark.parametrize(("name", "options"), SETTINGS)
def test_path_and_state(name: str, options: dict[str, Any]) -> None:
    ours, theirs = (begin(library, name, options, START) for library in (cytorch, torch))
    np.testing.assert_allclose(go(cytorch, *ours, GRADIENTS), go(torch, *theirs, GRADIENTS),
                               rtol=1e-6)
    got, want = ours[1].state_dict(), theirs[1].state_dict()
    assert got["param_groups"] == want["param_groups"]
    assert list(got["state"]) == list(want["state"])
    for number, values in want["state"].items():
        assert list(got["state"][number]) == list(values)
        for key, value in values.items():
            mine = got["state"][number][key]
            assert str(mine.dtype) == str(value.dtype)
            np.testing.assert_allclose(mine.numpy(), value.numpy(), rtol=1e-6)


@pytest.mark.parametrize(("name", "options"), [s for s in SETTINGS if s[0] != "Adafactor"])
def test_complex_parameters(name: str, options: dict[str, Any]) -> None:
    """Real and imaginary parts go their own ways."""
    start, gradients = START * (1 + 0.5j), GRADIENTS * (0.3 - 1j)
    got, want = (go(library, *begin(library, name, options, start), gradients)
                 for library in (cytorch, torch))
    np.testing.assert_allclose(got, want, rtol=1e-6)


@pytest.mark.parametrize(("name", "options"), SETTINGS)
def test_state_of_pytorch_is_taken_over(name: str, options: dict[str, Any]) -> None:
    parameter, optimizer = begin(torch, name, options, START)
    go(torch, parameter, optimizer, GRADIENTS[:4])
    saved = optimizer.state_dict()
    state = {number: {key: cytorch.tensor(value.numpy().copy()) for key, value in values.items()}
             for number, values in saved["state"].items()}
    mine, resumed = begin(cytorch, name, options, parameter.detach().numpy())
    resumed.load_state_dict({"state": state, "param_groups": saved["param_groups"]})
    np.testing.assert_allclose(go(cytorch, mine, resumed, GRADIENTS[4:]),
                               go(torch, parameter, optimizer, GRADIENTS[4:]), rtol=1e-6)


@pytest.mark.parametrize("name", sorted({name for name, _ in SETTINGS} | {"LBFGS", "Muon"}))
def test_arguments_and_repr(name: str) -> None:
    mine, theirs = (inspect.signature(getattr(library.optim, name).__init__).parameters
                    for library in (cytorch, torch))
    assert [(p.name, p.kind, p.default) for p in mine.values()] == [
        (p.name, p.kind, p.default) for p in theirs.values()]
    assert repr(begin(cytorch, name, {}, START)[1]) == repr(begin(torch, name, {}, START)[1])


def test_muon() -> None:
    for options in ({}, {"nesterov": False, "adjust_lr_fn": "match_rms_adamw", "momentum": 0.5}):
        got, want = (go(library, *begin(library, "Muon", {"lr": 0.1, **options}, START), GRADIENTS)
                     for library in (cytorch, torch))
        # the orthogonalization runs in bfloat16
        np.testing.assert_allclose(got, want, rtol=0.02, atol=0.02)


def swa_scheduler(schedulers: Any, optimizer: Any, **options: Any) -> Any:
    library = importlib.import_module(schedulers.__name__.rpartition(".")[0] + ".swa_utils")
    return library.SWALR(optimizer, **options)


SCHEDULES: list[Callable[[Any, Any], Any]] = [
    lambda s, o: s.StepLR(o, 3, 0.5), lambda s, o: s.MultiStepLR(o, [2, 5, 5], 0.3),
    lambda s, o: s.ConstantLR(o, 0.25, 4), lambda s, o: s.LinearLR(o, 0.1, total_iters=6),
    lambda s, o: s.ExponentialLR(o, 0.9), lambda s, o: s.PolynomialLR(o, 8, 2.0),
    lambda s, o: s.CosineAnnealingLR(o, 5, 0.01),
    lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, 2),
    lambda s, o: s.LambdaLR(o, lambda step: 1 / (1 + step)),
    lambda s, o: s.MultiplicativeLR(o, lambda step: 0.9),
    lambda s, o: s.CyclicLR(o, 0.01, 0.1, 3, mode="triangular2"),
    lambda s, o: s.CyclicLR(o, 0.01, 0.1, 3, 5, mode="exp_range", gamma=0.9),
    lambda s, o: s.OneCycleLR(o, 0.5, 14), lambda s, o: s.OneCycleLR(o, 0.5, 14, three_phase=True,
                                                                     anneal_strategy="linear"),
    lambda s, o: s.SequentialLR(o, [s.LinearLR(o, 0.1, total_iters=4),
                                    s.CosineAnnealingLR(o, 8)], [4]),
    lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.5, 3), s.ExponentialLR(o, 0.9)]),
]


@pytest.mark.parametrize("make", SCHEDULES)
def test_schedule(make: Callable[[Any, Any], Any]) -> None:
    found = []
    for library in (cytorch, torch):
        parameter = library.zeros(1).requires_grad_()
        optimizer = library.optim.SGD([parameter], lr=0.2, momentum=0.9)
        scheduler = make(library.optim.lr_scheduler, optimizer)
        rates = []
        for _ in range(12):
            optimizer.step()
            scheduler.step()
            group = optimizer.param_groups[0]
            rates.append((group["lr"], group["momentum"]))
        found.append(rates)
    np.testing.assert_allclose(*found, rtol=1e-12)


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs(search: str | None) -> None:
    found = []
    for library in (cytorch, torch):
        x = library.tensor([-1.2, 1.0], dtype=library.float64).requires_grad_()
        optimizer = library.optim.LBFGS([x], lr=1.0 if search else 1e-3, max_iter=12,
                                        history_size=5, line_search_fn=search)

        def closure(x: Any = x, optimizer: Any = optimizer) -> Any:
            optimizer.zero_grad()
            loss = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
            loss.backward()
            return loss

        for _ in range(3):
            optimizer.step(closure)
        state = optimizer.state_dict()["state"][0]
        found.append([*x.tolist(), state["n_iter"], state["func_evals"]])
    np.testing.assert_allclose(*found, rtol=1e-7)


@pytest.mark.parametrize("kind", ["mean", "ema", "ema_lists", "buffers"])
def test_averaged_model(kind: str) -> None:
    found = []
    for library in (cytorch, torch):
        utils = library.optim.swa_utils
        options = {"mean": {}, "ema": {"avg_fn": utils.get_ema_avg_fn(0.9)},
                   "ema_lists": {"multi_avg_fn": utils.get_ema_multi_avg_fn(0.9)},
                   "buffers": {"use_buffers": True}}[kind]
        model = library.nn.Sequential(library.nn.Linear(4, 3), library.nn.BatchNorm1d(3))
        averaged = utils.AveragedModel(model, **options)
        for gradient in GRADIENTS[:3]:
            with library.no_grad():
                model[0].weight.copy_(library.tensor(gradient))
                model[0].bias.fill_(1.0)
            model(library.tensor(gradient).float())
            averaged.update_parameters(model)
        utils.update_bn([library.tensor(g).float() for g in GRADIENTS], averaged)
        found.append({name: value.numpy() for name, value in averaged.state_dict().items()})
    assert list(found[0]) == list(found[1])
    for name, value in found[1].items():
        np.testing.assert_allclose(found[0][name], value, rtol=1e-5, atol=1e-6)
