"""The examples in the docstrings of func, sparse and forward_ad run."""
from __future__ import annotations

import doctest
import importlib

import pytest

import cytorch

MODULES = ("autograd.forward_ad", "autograd.functional", "func.batching", "func.differentiation",
           "func.jacobians", "func.modules", "func.pytree", "sparse.creation", "sparse.products",
           "sparse.reductions")


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    module = importlib.import_module(f"cytorch.{name}")
    found = doctest.testmod(module, extraglobs={"cytorch": cytorch})
    assert found.attempted
    assert not found.failed
