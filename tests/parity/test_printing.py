"""The text of tensors equals PyTorch's, over random shapes, dtypes, scales and options."""
from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
import torch

import cytorch
from cytorch import printing

OPTIONS = [
    {}, {"precision": 2}, {"precision": 0}, {"precision": 8}, {"threshold": 10},
    {"threshold": 0, "edgeitems": 1}, {"threshold": 5, "edgeitems": 2, "linewidth": 40},
    {"threshold": 0, "edgeitems": 0}, {"linewidth": 10}, {"linewidth": 200},
    {"sci_mode": True}, {"sci_mode": False}, {"threshold": math.inf},
]
DTYPES = ["float32", "float32", "float32", "float64", "float16", "bfloat16", "int64", "int32",
          "uint8", "bool"]


@pytest.fixture(autouse=True)
def _default_options() -> Any:
    yield
    for library in (torch, cytorch):
        library.set_printoptions(profile="default")


def random_shape(source: random.Random) -> tuple[int, ...]:
    ndim = source.choice([0, 1, 1, 2, 2, 3, 4, 5])
    sizes = [1, 2, 3, 5, 7, 12, 30] if ndim < 4 else [1, 2, 3, 8]
    shape = [source.choice(sizes) for _ in range(ndim)]
    if ndim == 1 and source.random() < 0.2:
        shape = [source.randint(900, 1100)]
    if ndim and source.random() < 0.05:
        shape[source.randrange(ndim)] = 0
    return tuple(shape)


def random_array(source: random.Random, shape: tuple[int, ...], dtype: str) -> Any:
    generator = np.random.default_rng(source.randrange(2 ** 32))
    if dtype == "bool":
        return generator.integers(0, 2, shape).astype(bool)
    if "int" in dtype:
        high = 10 ** source.randint(1, 5) if dtype != "uint8" else 255
        return generator.integers(0 if dtype == "uint8" else -high, high, shape).astype(dtype)
    kind = source.random()
    values = generator.standard_normal(shape) * 10 ** source.uniform(-6, 9)
    if kind < 0.25:
        values = generator.integers(-1000, 1000, shape).astype(float)
    elif kind < 0.35:
        values = np.zeros(shape)
    elif kind < 0.45:
        values = generator.integers(0, 2, shape) * 10.0 ** source.choice([3, 7, 8, 9])
    if source.random() < 0.25:
        special = source.choice([math.inf, -math.inf, math.nan, -0.0])
        values = np.where(generator.random(shape) < 0.3, special, values)
    with np.errstate(over="ignore"):
        return np.asarray(values, dtype="float64" if dtype == "float64" else "float32")


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_random_tensors(options: dict[str, Any]) -> None:
    source = random.Random(str(options))
    for library in (torch, cytorch):
        library.set_printoptions(**options)
    for _ in range(80):
        dtype = source.choice(DTYPES)
        array = random_array(source, random_shape(source), dtype)
        requires_grad = "float" in dtype and source.random() < 0.2
        texts = []
        for library in (torch, cytorch):
            tensor = library.from_numpy(array.copy()).to(getattr(library, dtype))
            texts.append(repr(tensor.requires_grad_(requires_grad)))
        assert texts[1] == texts[0]


def test_suffixes() -> None:
    def texts(library: Any) -> list[str]:
        x = library.ones(3, requires_grad=True)
        return [repr(t) for t in (
            x, x * 2, (x * 2).view(3, 1), x.sum(), x.exp().double(), x.detach().to(library.int8),
            library.empty(2, 0), library.empty(0, dtype=library.bool),
            library.empty(3, 2, device="meta"),
            library.empty(2, dtype=library.int64, device="meta"),
            library.nn.Parameter(library.zeros(2)), library.ones(30, requires_grad=True) * 1,
            library.ones(2, 2, dtype=library.float64, requires_grad=True) * 1,
            x.as_strided((2, 2), (1, 1)))]

    assert texts(cytorch) == texts(torch)


def test_default_dtype_needs_no_suffix() -> None:
    texts = []
    for library in (torch, cytorch):
        library.set_default_dtype(library.float64)
        texts.append([repr(library.ones(1)), repr(library.ones(1, dtype=library.float32))])
        library.set_default_dtype(library.float32)
    assert texts[0] == texts[1]


def test_options_are_reported_alike() -> None:
    torch.set_printoptions(precision=3, profile="short")
    cytorch.set_printoptions(precision=3, profile="short")
    assert printing.get_printoptions() == torch._tensor_str.get_printoptions()


def test_complex_layout() -> None:
    """The layout of complex numbers, on a stand-in: complex kernels come later."""
    source = random.Random(7)
    for _ in range(100):
        shape = random_shape(source)
        tensor = torch.complex(*(torch.from_numpy(random_array(source, shape, "float32"))
                                 for _ in range(2)))
        if tensor.numel():
            text = printing._contents(tensor, len("tensor("))
            assert f"tensor({text})" == repr(tensor)
