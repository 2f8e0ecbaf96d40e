"""ctc_loss against PyTorch: all layouts of targets, reductions, gradients, errors."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import cytorch


def run(library: Any, scores: np.ndarray[Any, Any], targets: Any, *args: Any,
        **options: Any) -> tuple[Any, Any]:
    """The loss and the gradient of scores, whose log_softmax goes in."""
    given = library.tensor(scores.copy()).requires_grad_()
    loss = library.nn.functional.ctc_loss(given.log_softmax(-1), library.tensor(targets), *args,
                                          **options)
    loss.sum().backward()
    return loss.detach().numpy(), given.grad.numpy()


def compare(scores: np.ndarray[Any, Any], targets: Any, *args: Any, **options: Any) -> None:
    ours = run(cytorch, scores, targets, *args, **options)
    theirs = run(torch, scores, targets, *args, **options)
    for got, want in zip(ours, theirs):
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("zero_infinity", [True, False])
def test_padded_and_concatenated_targets(reduction: str, zero_infinity: bool) -> None:
    random = np.random.default_rng(0)
    scores = random.standard_normal((12, 3, 5))
    options = {"reduction": reduction, "zero_infinity": zero_infinity}
    padded = random.integers(1, 5, (3, 4))
    compare(scores, padded, (12, 10, 11), (4, 0, 3), **options)
    compare(scores, random.integers(1, 5, (7,)), (12, 10, 11), (4, 0, 3), **options)
    compare(scores, np.array([[2, 2], [2, 0], [0, 2]]), (12, 1, 6), (2, 2, 1), blank=4, **options)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_target_longer_than_input(reduction: str) -> None:
    scores = np.random.default_rng(1).standard_normal((3, 2, 4))
    compare(scores, np.array([[1, 1, 1], [1, 2, 0]]), (3, 3), (3, 2), reduction=reduction,
            zero_infinity=True)


def test_unbatched() -> None:
    scores = np.random.default_rng(2).standard_normal((6, 4))
    compare(scores, np.array([1, 2, 2]), (6,), (3,), reduction="none")


def test_module() -> None:
    ours, theirs = cytorch.nn.CTCLoss(blank=3), torch.nn.CTCLoss(blank=3)
    assert repr(ours) == repr(theirs)
    scores = np.random.default_rng(3).standard_normal((6, 2, 4))
    targets = np.array([[0, 1], [2, 0]])
    got = ours(cytorch.tensor(scores), cytorch.tensor(targets), (6, 6), (2, 1))
    want = theirs(torch.tensor(scores), torch.tensor(targets), (6, 6), (2, 1))
    assert got.item() == pytest.approx(want.item())


def test_second_derivative_is_an_error() -> None:
    scores = cytorch.zeros(4, 1, 3, requires_grad=True)
    loss = cytorch.nn.functional.ctc_loss(scores.log_softmax(2), cytorch.tensor([[1]]), (4,), (1,))
    (gradient,) = cytorch.autograd.grad(loss, scores, create_graph=True)
    with pytest.raises(RuntimeError, match="ctc_loss|twice"):
        gradient.square().sum().backward()
