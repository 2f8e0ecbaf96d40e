"""Reductions, scans, softmax: accuracy, every short length, odd strides, thread independence."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cytorch

LENGTHS = [*range(1, 131), 1000, 5000]


def values(*shape: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(0).standard_normal(shape).astype("float32")


def layouts(array: np.ndarray[Any, Any]) -> list[Any]:
    """The same values contiguous, transposed and with gaps."""
    padded = np.zeros(tuple(2 * n for n in array.shape), array.dtype)
    padded[::2, ::2] = array
    return [cytorch.from_numpy(array), cytorch.from_numpy(np.ascontiguousarray(array.T)).t(),
            cytorch.from_numpy(padded)[::2, ::2]]


@pytest.mark.parametrize("name", ["sum", "mean", "amax", "amin", "logsumexp"])
@pytest.mark.parametrize("dim", [0, 1])
def test_every_length(name: str, dim: int) -> None:
    for n in LENGTHS:
        array = values(n, 17) if dim == 0 else values(17, n)
        wide = array.astype("float64")
        if name == "logsumexp":
            expected = np.log(np.exp(wide).sum(dim))
        else:
            expected = getattr(wide, {"amax": "max", "amin": "min"}.get(name, name))(dim)
        for x in layouts(array):
            got = getattr(x, name)(dim).numpy()
            scale = np.abs(wide).sum(dim) if name == "sum" else np.abs(expected) + 1
            assert (np.abs(got - expected) <= 4e-7 * scale).all(), f"{name} of {n} elements"


@pytest.mark.parametrize("dim", [0, 1])
def test_positions(dim: int) -> None:
    for n in (1, 5, 63, 64, 65, 130, 5000):
        array = np.round(values(n, 17) if dim == 0 else values(17, n), 1)
        for x in layouts(array):
            assert (x.argmax(dim).numpy() == array.argmax(dim)).all()
            assert (x.min(dim).indices.numpy() == array.argmin(dim)).all()


@pytest.mark.parametrize("place", [0, 5, 63, 64, 500, 999])
def test_nan_wins(place: int) -> None:
    array = values(1000)
    array[place] = np.nan
    x = cytorch.from_numpy(array)
    assert x.argmax().item() == x.argmin().item() == place
    assert np.isnan([x.max().item(), x.amin().item(), x.sum().item()]).all()


@pytest.mark.parametrize("name", ["sum", "var", "logsumexp", "softmax", "cumsum", "argmax"])
@pytest.mark.parametrize("dim", [0, 1])
def test_threads_change_nothing(name: str, dim: int) -> None:
    x = cytorch.from_numpy(values(3000, 700))
    before = cytorch.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 3):
            cytorch.set_num_threads(threads)
            results.append(getattr(x, name)(dim).numpy().tobytes())
    finally:
        cytorch.set_num_threads(before)
    assert len(set(results)) == 1


def test_long_sums_stay_exact() -> None:
    array = np.random.default_rng(1).random(10**6).astype("float32")
    exact = array.astype("float64").sum()
    assert abs(cytorch.from_numpy(array).sum().item() - exact) <= 1e-7 * exact
    columns = array.reshape(-1, 10)
    got = cytorch.from_numpy(columns).sum(0).numpy()
    assert np.allclose(got, columns.astype("float64").sum(0), rtol=3e-7, atol=0)


def test_variance_far_from_zero() -> None:
    array = values(50000) + 1000
    assert np.isclose(cytorch.from_numpy(array).var().item(), array.astype("float64").var(ddof=1),
                      rtol=1e-5)


def test_integers_add_up_in_int64() -> None:
    x = cytorch.from_numpy(np.full(1000, 100, "int8"))
    assert x.sum().item() == 100_000
    assert x.cumsum(0)[-1].item() == 100_000
    assert x.sum(dtype=cytorch.int32).dtype == cytorch.int32
    assert cytorch.from_numpy(np.array([True, True])).sum().item() == 2


def test_softmax_of_infinities() -> None:
    minus = float("-inf")
    assert np.isnan(cytorch.full((4,), minus).softmax(0).numpy()).all()
    assert cytorch.full((4,), minus).logsumexp(0).item() == minus
    assert cytorch.tensor([minus, 0.0]).softmax(0).tolist() == [0.0, 1.0]


def test_cross_entropy_without_rows() -> None:
    x = cytorch.zeros(0, 3, requires_grad=True)
    loss = cytorch.nn.functional.cross_entropy(x, cytorch.zeros(0, dtype=cytorch.int64))
    loss.backward()
    assert np.isnan(loss.item())
    assert x.grad.shape == (0, 3)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_with_weights(reduction: str, smoothing: float) -> None:
    x = cytorch.from_numpy(values(6, 5)).double().requires_grad_()
    weight = cytorch.tensor([0.5, 1.0, 2.0, 0.1, 3.0], dtype=cytorch.float64)
    target = cytorch.tensor([0, 2, 4, 2, 1, 3])
    loss = cytorch.nn.functional.cross_entropy(x, target, weight, ignore_index=2,
                                               reduction=reduction, label_smoothing=smoothing)
    logs = -x.log_softmax(1)
    counted = (target != 2).double()
    chosen = weight[target] * counted
    rows = (1 - smoothing) * chosen * logs.gather(1, target.unsqueeze(1)).squeeze(1)
    rows = rows + smoothing * (logs * weight).mean(1) * counted
    expected = {"none": rows, "sum": rows.sum(), "mean": rows.sum() / chosen.sum()}[reduction]
    assert np.allclose(loss.detach().numpy(), expected.detach().numpy(), atol=1e-12)
    grads = [cytorch.autograd.grad(y.sum(), x, retain_graph=True)[0] for y in (loss, expected)]
    assert np.allclose(grads[0].numpy(), grads[1].numpy(), atol=1e-12)
