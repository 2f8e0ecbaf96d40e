"""Anomaly mode: where a backward pass goes wrong, in lines of the user's program.

While it is on, every recorded op remembers the user's stack and whether its outputs were finite.
"""
from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import cytorch
from cytorch._C.autograd.api import is_anomaly_enabled, set_anomaly_enabled_
from cytorch.errors import AutogradError

__all__ = ["detect_anomaly", "is_anomaly_check_nan_enabled", "is_anomaly_enabled",
           "set_anomaly_enabled", "set_detect_anomaly"]

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_FRAMES_KEPT = 12
_settings = threading.local()

Frame = tuple[str, int, str]


def is_anomaly_check_nan_enabled() -> bool:
    """Whether NaN gradients are errors in anomaly mode on this thread."""
    return getattr(_settings, "check_nan", True)


def set_anomaly_enabled(mode: bool, check_nan: bool = True) -> None:
    """Switch anomaly mode for this thread.

    >>> set_anomaly_enabled(False)
    """
    _settings.check_nan = bool(check_nan)
    set_anomaly_enabled_(bool(mode))


class set_detect_anomaly:  # noqa: N801 - PyTorch's name
    """Switch anomaly mode at once, or for a `with` block.

    mode: on or off. check_nan: whether a NaN gradient is an error.

    >>> with cytorch.autograd.set_detect_anomaly(True):
    ...     cytorch.autograd.is_anomaly_enabled()
    True
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._previous = (is_anomaly_enabled(), is_anomaly_check_nan_enabled())
        set_anomaly_enabled(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc_info: object) -> None:
        set_anomaly_enabled(*self._previous)


class detect_anomaly:  # noqa: N801 - PyTorch's name
    """Find the op whose gradient is NaN, or whose backward raises.

    The error then names the line of the program that called the op, and the line where a value
    first stopped being finite. Slow: for debugging only. check_nan: whether a NaN gradient is an
    error.

    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     with cytorch.autograd.detect_anomaly():
    ...         cytorch.ones(1, requires_grad=True).sum().backward()
    """

    def __init__(self, check_nan: bool = True) -> None:
        self._previous = (is_anomaly_enabled(), is_anomaly_check_nan_enabled())
        self.check_nan = check_nan
        warnings.warn("Anomaly Detection has been enabled. This mode will increase the runtime "
                      "and should only be enabled for debugging.", stacklevel=2)

    def __enter__(self) -> None:
        set_anomaly_enabled(True, self.check_nan)

    def __exit__(self, *exc_info: object) -> None:
        set_anomaly_enabled(*self._previous)


def user_frames() -> list[Frame]:
    """(file, line, function) of the callers outside of this package, innermost first."""
    frames: list[Frame] = []
    frame: Any = sys._getframe(1)
    while frame is not None and len(frames) < _FRAMES_KEPT:
        code = frame.f_code
        if not code.co_filename.startswith(_PACKAGE):
            frames.append((code.co_filename, frame.f_lineno, code.co_name))
        frame = frame.f_back
    return frames


def forward_record(outputs: Any) -> dict[str, Any]:
    """What a node remembers of its forward call; the engine calls this when it records."""
    return {"traceback": user_frames(), "finite": all(_is_finite(x) for x in outputs)}


def _is_finite(tensor: Any) -> bool:
    if not isinstance(tensor, cytorch.Tensor) or not tensor.is_floating_point() or tensor.is_meta:
        return True
    mode = set_detect_anomaly(False)
    with mode, cytorch.no_grad():
        return bool(tensor.detach().isfinite().all())


def _ancestors(node: Any) -> Iterator[Any]:
    """The node and all that it depends on, each once, without recursion."""
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        waiting.extend(parent for parent, _ in node.next_functions)


def _first_bad_output(node: Any) -> Any:
    """The earliest op before `node` whose output was not finite, or None."""
    bad = [n for n in _ancestors(node) if not n._extra().get("finite", True)]
    return min(bad, key=lambda n: n._sequence_nr()) if bad else None


def _place(node: Any) -> str:
    frames = node._extra().get("traceback")
    if not frames:
        return "  (recorded before anomaly mode was on)"
    return "\n".join(f'  File "{file}", line {line}, in {name}'
                     for file, line, name in reversed(frames))


def forward_traceback(node: Any) -> str:
    """Where the program called the op of `node`, as lines of a traceback."""
    return (f"Error detected in {node.name()}. Traceback of forward call that caused the "
            f"error:\n{_place(node)}")


def check_gradients(node: Any, results: Any) -> None:
    """Raise if a gradient that `node` computed has a NaN; the engine calls this in anomaly mode."""
    if not is_anomaly_check_nan_enabled():
        return
    mode = set_detect_anomaly(False)
    with mode, cytorch.no_grad():
        for position, gradient in enumerate(results):
            if gradient is None or not (gradient.is_floating_point() or gradient.is_complex()):
                continue
            if bool(gradient.isnan().any()):
                raise AutogradError(_nan_message(node, position))


def _nan_message(node: Any, position: int) -> str:
    message = (f"Function '{node.name()}' returned nan values in its {position}th output.\n"
               f"{forward_traceback(node)}")
    first = _first_bad_output(node)
    if first is not None:
        message += (f"\nThe first output that was not finite is the one of {first.name()}, called "
                    f"at:\n{_place(first)}")
    return message


def note_failure(node: Any) -> None:
    """Say where the program called the op whose backward is raising."""
    warnings.warn(forward_traceback(node), stacklevel=2)
