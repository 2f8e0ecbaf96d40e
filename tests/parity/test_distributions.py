"""Distributions against PyTorch: densities, moments, entropies, divergences."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from distributions.cases import CASES

import cytorch

# Its formula takes the logarithm of a negative number.
PYTORCH_IS_WRONG = {("Kumaraswamy", "mode")}
NAMES = ["mean", "mode", "variance", "stddev"]


def made_by(library: Any, name: str) -> Any:
    return CASES[name](library.distributions,
                       lambda value: library.tensor(value, dtype=library.float64))


def compare(name: str, what: str, function: Any) -> None:
    try:
        want = function(made_by(torch, name), torch).detach().numpy()
    # PyTorch's GeneralizedPareto fails in double precision
    except (NotImplementedError, RuntimeError):
        return
    if (name, what) not in PYTORCH_IS_WRONG:
        got = function(made_by(cytorch, name), cytorch).detach().numpy()
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-7, err_msg=f"{name}.{what}")


@pytest.mark.parametrize("name", CASES)
def test_properties(name: str) -> None:
    for what in NAMES:
        compare(name, what, lambda made, library, what=what: getattr(made, what))
    compare(name, "entropy", lambda made, library: made.entropy())
    compare(name, "enumerate_support", lambda made, library: made.enumerate_support())


@pytest.mark.filterwarnings("ignore:Singular sample:UserWarning")
@pytest.mark.parametrize("name", CASES)
def test_densities(name: str) -> None:
    values = made_by(torch, name).sample((5,)).numpy()
    for what in ("log_prob", "cdf"):
        compare(name, what, lambda made, library, what=what: getattr(made, what)(
            library.tensor(values.copy())))
    shares = np.linspace(0.05, 0.95, 5)
    if not made_by(torch, name).event_shape:
        compare(name, "icdf", lambda made, library: made.icdf(
            library.tensor(shares).reshape(5, *[1] * len(made.batch_shape))))


@pytest.mark.parametrize("name", CASES)
def test_shapes_and_text(name: str) -> None:
    mine, theirs = made_by(cytorch, name), made_by(torch, name)
    assert tuple(mine.batch_shape) == tuple(theirs.batch_shape)
    assert tuple(mine.event_shape) == tuple(theirs.event_shape)
    assert mine.has_rsample == theirs.has_rsample
    assert mine.has_enumerate_support == theirs.has_enumerate_support


def test_divergences_of_all_pairs() -> None:
    """Every pair of cases that PyTorch has a formula for."""
    count = 0
    for first in CASES:
        for second in CASES:
            p, q = made_by(torch, first), made_by(torch, second)
            try:
                want = torch.distributions.kl_divergence(p, q).numpy()
            except (NotImplementedError, RuntimeError, ValueError):
                continue
            got = cytorch.distributions.kl_divergence(made_by(cytorch, first),
                                                      made_by(cytorch, second)).numpy()
            np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-7,
                                       err_msg=f"KL({first} || {second})")
            count += 1
    assert count > 100


def test_names() -> None:
    missing = [name for name in torch.distributions.__all__
               if not hasattr(cytorch.distributions, name)]
    assert missing == []
