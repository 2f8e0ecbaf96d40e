"""Asking for CUDA on a machine, or in a build, without it."""
from __future__ import annotations

import pytest

import cytorch


def test_there_is_none() -> None:
    assert not cytorch.cuda.is_available()
    assert cytorch.cuda.device_count() == 0
    assert not cytorch.cuda.is_initialized()
    cytorch.cuda.manual_seed_all(1)
    cytorch.cuda.empty_cache()


@pytest.mark.parametrize("name", ["current_device", "synchronize", "get_device_name"])
def test_using_it_says_so(name: str) -> None:
    with pytest.raises(RuntimeError, match=f"cuda.{name}: .* no CUDA device"):
        getattr(cytorch.cuda, name)()
