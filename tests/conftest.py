"""Fixtures of all tests, and the parametrisation over the op table.

A test that takes `entry` runs once for every entry of the table; `--op NAME` selects one op.
"""
from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

UNDER_ASAN = os.environ.get("CYTORCH_ASAN") == "1"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--op", default=None, metavar="NAME",
                     help="run the tests over the op table for this op alone")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "entry" not in metafunc.fixturenames:
        return
    from support.table import entry_ids

    named = entry_ids()
    wanted = metafunc.config.getoption("--op")
    if wanted:
        named = {i: e for i, e in named.items() if wanted in (e.name, e.short_name)}
        if not named:
            raise pytest.UsageError(f"--op {wanted}: the op table has no such op")
    metafunc.parametrize("entry", named.values(), ids=named.keys())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --op only the tests over the table stay; under ASAN the measuring ones go."""
    if config.getoption("--op"):
        chosen = [i for i in items if "entry" in getattr(i, "fixturenames", ())]
        config.hook.pytest_deselected(items=[i for i in items if i not in chosen])
        items[:] = chosen
    if UNDER_ASAN:
        kept = [i for i in items if i.get_closest_marker("no_asan") is None]
        config.hook.pytest_deselected(items=[i for i in items if i not in kept])
        items[:] = kept


@pytest.fixture(autouse=True)
def _fresh_state() -> Iterator[None]:
    """Every test starts from the same seed and leaves the default dtype and modes as they were."""
    import cytorch

    cytorch.manual_seed(0)
    dtype = cytorch.get_default_dtype()
    yield
    cytorch.set_default_dtype(dtype)
    cytorch.set_grad_enabled(True)


@pytest.fixture
def library() -> Any:
    """The library under test, as a value, for helpers that take one."""
    import cytorch

    return cytorch
