"""Forking after threaded work: children run threaded kernels too, and nothing hangs."""
from __future__ import annotations

import os
import signal
import time

import pytest

import cytorch
from cytorch.utils.data import DataLoader, Dataset


class MatrixProducts(Dataset):
    """Every item runs kernels large enough for the thread pool."""

    def __len__(self) -> int:
        return 16

    def __getitem__(self, index: int) -> cytorch.Tensor:
        matrix = cytorch.full((128, 128), float(index))
        return (matrix @ matrix).tanh().sum()


def warm_up_threads() -> None:
    cytorch.set_num_threads(2)
    matrix = cytorch.ones(512, 512)
    (matrix @ matrix).exp().sum().item()


def wait_for(child: int, seconds: float) -> int:
    """Exit status of the child; a child that hangs is ended and fails the test."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    pytest.fail("the child of a fork hangs in a kernel")


@pytest.mark.parametrize("repeat", range(5))
def test_raw_fork(repeat: int) -> None:
    warm_up_threads()
    child = os.fork()
    if child == 0:
        matrix = cytorch.ones(512, 512)
        right = float((matrix @ matrix)[0, 0]) == 512.0
        os._exit(0 if right else 1)
    assert wait_for(child, 20.0) == 0


def test_the_parent_goes_on_after_a_fork() -> None:
    warm_up_threads()
    child = os.fork()
    if child == 0:
        os._exit(0)
    assert wait_for(child, 20.0) == 0
    matrix = cytorch.ones(512, 512)
    assert float((matrix @ matrix)[0, 0]) == 512.0


@pytest.mark.slow
def test_loader_epochs_after_threaded_kernels() -> None:
    """20 epochs with two forked workers that run kernels themselves."""
    warm_up_threads()
    loader = DataLoader(MatrixProducts(), batch_size=4, num_workers=2)
    expected = [float(v) for batch in DataLoader(MatrixProducts(), batch_size=4) for v in batch]
    for _ in range(20):
        warm_up_threads()
        assert [float(v) for batch in loader for v in batch] == expected
