"""Comparison with PyTorch: collected only where PyTorch is importable."""
from __future__ import annotations

import importlib.util

import pytest

HAVE_TORCH = importlib.util.find_spec("torch") is not None
collect_ignore_glob = [] if HAVE_TORCH else ["test_*.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not HAVE_TORCH:
        terminalreporter.write_line(
            "The comparison with PyTorch did not run: torch is not installed.")
