"""Programs that mix views, in-place ops and autograd; tests/autograd/test_views.py runs them."""
from __future__ import annotations

from support.aliasing import changes, origins, saved
from support.aliasing.program import PROGRAMS, outcome

__all__ = ["PROGRAMS", "changes", "origins", "outcome", "saved"]
