"""Views, in-place ops and autograd: every program gives what PyTorch gave."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.aliasing import PROGRAMS, outcome

EXPECTED = json.loads(Path(__file__).with_name("views_expected.json").read_text())


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str, library: Any) -> None:
    assert outcome(PROGRAMS[name], library) == EXPECTED[name]


def test_every_program_is_recorded() -> None:
    assert set(EXPECTED) == set(PROGRAMS)
    assert len(PROGRAMS) >= 40
