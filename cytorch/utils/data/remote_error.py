"""Exceptions that travel from a worker to the main process and arrive as themselves."""
from __future__ import annotations

import pickle
import sys
import traceback
from dataclasses import dataclass
from typing import Any

from cytorch.errors import WorkerError


def add_note(error: BaseException, text: str) -> None:
    """`error.add_note(text)`; Python 3.10 has no notes, there it is kept in `__notes__` only."""
    if hasattr(error, "add_note"):
        error.add_note(text)
    else:
        error.__notes__ = [*getattr(error, "__notes__", []), text]  # type: ignore[attr-defined]


@dataclass
class RemoteError:
    """One exception, ready to be sent.

    `pickled` is None when the exception cannot be pickled and read back; then `text` has to do.
    Pickle drops `__cause__`, so the causes travel beside it.
    """

    name: str
    pickled: bytes | None
    text: str
    cause: RemoteError | None
    suppress_context: bool


def describe(error: BaseException) -> RemoteError:
    """Make an exception fit to be sent. Never fails, whatever the exception holds."""
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    cause = describe(error.__cause__) if error.__cause__ is not None else None
    return RemoteError(type(error).__qualname__, _round_trip(error), text, cause,
                       error.__suppress_context__)


def _round_trip(error: BaseException) -> bytes | None:
    # A class whose __init__ takes other arguments than it passes on pickles, but cannot be read.
    try:
        data = pickle.dumps(error)
        again = pickle.loads(data)
    except Exception:
        return None
    return data if type(again) is type(error) else None


def revive(remote: RemoteError, where: str) -> BaseException:
    """The exception itself, with the worker's traceback as a note; WorkerError if unpicklable."""
    error = _load(remote)
    if error is None:
        return WorkerError(f"{remote.name} in {where} could not be sent as itself; "
                           f"its traceback there:\n\n{remote.text}")
    if remote.cause is not None:
        error.__cause__ = _load_cause(remote.cause)
    error.__suppress_context__ = remote.suppress_context
    text = f"\nTraceback in {where}:\n{remote.text}"
    add_note(error, text)
    if sys.version_info < (3, 11) and error.__cause__ is None:
        # Notes are not printed there.
        error.__cause__ = WorkerError(text)
    return error


def _load(remote: RemoteError) -> BaseException | None:
    if remote.pickled is None:
        return None
    try:
        error: Any = pickle.loads(remote.pickled)
    except Exception:
        return None
    return error if isinstance(error, BaseException) else None


def _load_cause(remote: RemoteError) -> BaseException:
    cause = _load(remote)
    if cause is None:
        return WorkerError(remote.text)
    if remote.cause is not None:
        cause.__cause__ = _load_cause(remote.cause)
    return cause
