"""SummaryWriter hands arrays to tensorboardX, which a stand-in records here."""
from __future__ import annotations

import sys
import types
from typing import Any

import numpy as np
import pytest

import cytorch
from cytorch.errors import MissingPackageError
from cytorch.utils.tensorboard import SummaryWriter


class Recorder:
    def __init__(self, logdir: str | None, **options: Any) -> None:
        self.logdir = logdir or "runs/now"
        self.calls: list[tuple[str, Any]] = []

    def add_scalar(self, *args: Any, **kwargs: Any) -> None:
        self.calls.append(("scalar", (args, kwargs)))

    def add_scalars(self, *args: Any) -> None:
        self.calls.append(("scalars", args))

    def flush(self) -> None:
        self.calls.append(("flush", None))

    def close(self) -> None:
        self.calls.append(("close", None))


def test_tensors_become_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("tensorboardX")
    module.SummaryWriter = Recorder  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tensorboardX", module)
    with SummaryWriter("here") as writer:
        assert writer.log_dir == writer.get_logdir() == "here"
        writer.add_scalar("loss", cytorch.ones((), requires_grad=True), global_step=3)
        writer.add_scalars("both", {"a": cytorch.zeros(1)}, 1)
        with pytest.raises(NotImplementedError, match="graph.draw"):
            writer.add_graph(None)
        calls = writer._writer.calls
    (name, (args, kwargs)), (_, scalars), (last, _) = calls
    assert name == "scalar"
    assert isinstance(args[1], np.ndarray)
    assert kwargs == {"global_step": 3}
    assert isinstance(scalars[1]["a"], np.ndarray)
    assert last == "close"


def test_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(MissingPackageError, match=r"cytorch\[viz\]"):
        SummaryWriter()
