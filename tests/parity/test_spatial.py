"""Resampling, sampling, pooling and padding of random sizes and options against PyTorch."""
from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import cytorch

FLOATS = ("float32", "float64")


def both(function: Callable[..., Any], arrays: list[Any], context: str, grad: bool = True) -> None:
    """The function of (library, nn.functional, tensors): value and first gradients agree."""
    results = []
    for library in (torch, cytorch):
        tensors = [library.tensor(a, requires_grad=grad) for a in arrays]
        out = function(library, library.nn.functional, *tensors)
        outs = list(out) if isinstance(out, tuple) else [out]
        found = [t.detach().numpy() for t in outs]
        if grad:
            weights = np.random.default_rng(1).uniform(size=outs[0].shape)
            gradient = library.tensor(weights.astype(arrays[0].dtype))
            found += [t.numpy() for t in library.autograd.grad(outs[0], tensors, gradient)]
        results.append(found)
    relative, absolute = (1e-4, 2e-4) if arrays[0].dtype == np.float32 else (1e-9, 1e-9)
    for expected, actual in zip(*results, strict=True):
        assert expected.dtype == actual.dtype, context
        np.testing.assert_allclose(actual, expected, relative, absolute, err_msg=context)


def sizes(axes: int, *choices: int) -> tuple[int, ...]:
    return tuple(random.choice(choices) for _ in range(axes))


def array(shape: tuple[int, ...], dtype: str) -> Any:
    return np.random.default_rng(len(shape)).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "linear", "bicubic", "area"])
@pytest.mark.parametrize("seed", range(12))
def test_interpolate(mode: str, seed: int) -> None:
    random.seed(seed)
    axes = 2 if mode == "bicubic" else random.choice([1, 2, 3])
    # Outputs of one column are left out: there PyTorch's antialiasing depends on the layout.
    options: dict[str, Any] = {"size": sizes(axes, 2, 3, 5, 8, 21), "mode": mode}
    if mode == "linear":
        options["mode"] = ("linear", "bilinear", "trilinear")[axes - 1]
    if mode in ("linear", "bicubic"):
        options["align_corners"] = random.random() < 0.5
        options["antialias"] = axes == 2 and random.random() < 0.5
    if random.random() < 0.4:
        del options["size"]
        options["scale_factor"] = random.choice([0.5, 0.6, 1.7, 2.0, 3.0])
        options["recompute_scale_factor"] = random.random() < 0.5
    shape = (2, 3, *sizes(axes, 4, 5, 7, 12, 60))
    both(lambda _, F, x: F.interpolate(x, **options), [array(shape, FLOATS[seed % 2])],
         f"{shape} {options}")


@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("align_corners", [False, True])
def test_grid_sample(mode: str, padding_mode: str, align_corners: bool) -> None:
    random.seed(f"{mode} {padding_mode}")
    for axes in (2, 3) if mode != "bicubic" else (2, 2):
        shape = (2, 3, *sizes(axes, 1, 2, 5, 9))
        grid = (2, *sizes(axes, 1, 3, 11), axes)
        for dtype in FLOATS:
            both(lambda _, F, x, g: F.grid_sample(x, g, mode, padding_mode, align_corners),
                 [array(shape, dtype), 0.8 * array(grid, dtype)], f"{shape} {grid} {dtype}")


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_uneven_windows(axes: int, seed: int) -> None:
    random.seed(seed)
    shape, out = (2, 3, *sizes(axes, 4, 7, 40)), sizes(axes, 1, 3, 5, 9)
    x = array(shape, FLOATS[seed % 2])
    x[0] = np.round(x[0])
    both(lambda _, F, x: getattr(F, f"adaptive_avg_pool{axes}d")(x, out), [x], f"{shape} {out}")
    both(lambda _, F, x: getattr(F, f"adaptive_max_pool{axes}d")(x, out, return_indices=True), [x],
         f"{shape} {out}")
    if axes > 1:
        places = np.random.default_rng(seed).uniform(size=(2, 3, axes)).astype(x.dtype)
        both(lambda library, F, x: getattr(F, f"fractional_max_pool{axes}d")(
            x, 2, 2, return_indices=True, _random_samples=library.tensor(places)), [x], f"{shape}")


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("seed", range(6))
def test_pad(axes: int, mode: str, seed: int) -> None:
    random.seed(seed)
    pad = sizes(2 * axes, *((0, 1, 2, 3) if mode == "circular" else (-1, 0, 1, 3)))
    shape = (2, 3, *sizes(axes, 4, 5, 7))
    both(lambda _, F, x: F.pad(x, pad, mode), [array(shape, "float64")], f"{shape} {pad}")


@pytest.mark.parametrize("p", [0.0, 1.0, 1.5, 2.0, 3.0, float("inf")])
@pytest.mark.parametrize("shape", [(1, 3), (5, 1), (9, 17), (3, 0)])
def test_pdist(p: float, shape: tuple[int, int]) -> None:
    x = array(shape, "float64")
    if shape[0] > 4:
        x[1] = x[0]
    both(lambda _, F, x: F.pdist(x, p), [x], f"{shape} {p}")


@pytest.mark.parametrize("seed", range(12))
def test_unfold_and_fold(seed: int) -> None:
    random.seed(seed)
    kernel, dilation, padding, stride = (sizes(2, 1, 2, 3), sizes(2, 1, 2), sizes(2, 0, 1, 3),
                                         sizes(2, 1, 2, 3))
    shape = (2, 3, *sizes(2, 5, 7, 9))
    context = f"{shape} {kernel} {dilation} {padding} {stride}"
    image = array(shape, "float64")
    both(lambda _, F, x: F.unfold(x, kernel, dilation, padding, stride), [image], context)
    columns = cytorch.nn.functional.unfold(cytorch.tensor(image), kernel, dilation, padding, stride)
    both(lambda _, F, x: F.fold(x, shape[2:], kernel, dilation, padding, stride),
         [array(tuple(columns.shape), "float64")], context)
