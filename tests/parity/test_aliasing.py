"""The record of what PyTorch does with views and in-place ops is what it does today."""
from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from support.aliasing import PROGRAMS, outcome

RECORD = Path(__file__).parents[1] / "autograd" / "views_expected.json"


@pytest.mark.parametrize("name", PROGRAMS)
def test_record(name: str) -> None:
    assert json.loads(RECORD.read_text())[name] == outcome(PROGRAMS[name], torch)
