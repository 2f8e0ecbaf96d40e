"""Accuracy of the float32 elementwise kernels of the instruction set that is loaded.

As a program it prints a table; test_accuracy.py runs it once for each instruction set:

    CYTORCH_ISA=base python tests/kernels/accuracy.py

The error is counted in ulp, distances between neighbouring floats at the true value. Functions with
cancellation or with zeros inside their range are allowed 2.5 ulp of the largest intermediate term
instead (`scale` in accuracy_cases.py).
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from accuracy_cases import CASES, Array, Case

POINTS = 1_000_000
ALLOWED = 2.5
SPECIAL = np.array([
    0.0, 1e-45, 1e-40, 1.1754942e-38, 1.1754944e-38, 1e-30, 1e-10, 2.0**-25, 2.0**-24, 2.0**-12,
    0.1, 0.35, 0.41421356, 0.5, 0.6324, 0.70710677, 0.75, 0.99999994, 1.0, 1.0000001, 1.41421356,
    1.5, 1.5707963, 2.0, 2.5, 3.0, 3.1415927, 4.0, 5.0, 6.2831855, 8.0, 10.0, 10.05, 15.942385,
    16.635532, 20.0, 30.0, 42.5, 87.0, 87.33655, 88.02969, 88.722839, 88.72284, 89.0, 89.41599,
    103.97208, 104.0, 126.0, 127.99999, 128.0, 149.0, 150.0, 1000.0, 2e4, 3e4, 1e5, 4194304.0,
    8388607.5, 8388608.0, 16777216.0, 2147483648.0, 9.223372e18, 1e20, 1e30, 1.7e38, 3.4028235e38,
    np.inf, np.nan], np.float32)
SPECIAL = np.concatenate([SPECIAL, -SPECIAL])
INFINITE = 2.0**128

Call = Callable[[str, list[Array], tuple[float, ...]], Array]


def points(case: Case) -> list[Array]:
    """Operands: all pairs of special values, random bit patterns, the usual range."""
    random = np.random.default_rng(7)
    operands = []
    for position in range(case.operands):
        usual = random.uniform(case.low, case.high, POINTS).astype(np.float32)
        if not case.everywhere:
            operands.append(usual)
            continue
        bits = random.integers(0, 2**32, POINTS // 3, np.uint64).astype(np.uint32)
        special = SPECIAL
        if case.operands > 1:
            special = np.repeat(SPECIAL, len(SPECIAL)) if position == 0 else \
                np.tile(SPECIAL, len(SPECIAL))
        operands.append(np.concatenate([special, bits.view(np.float32),
                                        usual])[:POINTS + len(special)])
    return operands


def ulp(value: Array) -> Array:
    """The distance between the floats around `value`."""
    exponent = np.frexp(np.minimum(np.abs(value), 3.4028234e38))[1] - 1
    return np.ldexp(1.0, np.maximum(exponent, -126) - 23)


def errors(case: Case, got: Array, operands: list[Array]) -> Array:
    """Error of every point in ulp; a NaN or an infinity out of place is an infinite one."""
    with np.errstate(all="ignore"):
        wide = [operand.astype(np.float64) for operand in operands]
        want = np.asarray(case.reference(*wide), np.float64)
        scale = case.scale(*wide) if case.scale else np.zeros_like(want)
        scale = np.where(np.isfinite(scale), scale, 0)
        size = np.maximum(np.where(np.isnan(want), 0, np.abs(want)), scale)
        clipped = np.clip(want, -INFINITE, INFINITE)
        error = np.abs(np.clip(got.astype(np.float64), -INFINITE, INFINITE) - clipped) / ulp(size)
    error = np.where(np.isnan(want) & np.isnan(got), 0, error)
    return np.where(np.isnan(want) != np.isnan(got), np.inf, error)


def measure(call: Call, case: Case) -> tuple[float, float, list[float]]:
    """Largest and mean error, and the operands of the largest one."""
    operands = points(case)
    error = errors(case, call(case.name, operands, case.numbers), operands)
    worst = int(np.argmax(error))
    return float(error[worst]), float(np.mean(error)), [float(x[worst]) for x in operands]


def through_cytorch(name: str, operands: list[Array], numbers: tuple[float, ...]) -> Array:
    """The public or private op that runs the kernel `name`."""
    import cytorch
    from cytorch.ops.spec import TABLE, ops

    entry = next(e for e in TABLE if e.kernel_name == name and e.kernel.kind == "elementwise")
    function: Any = ops
    for part in entry.name.split("."):
        function = getattr(function, part)
    tensors = [cytorch.from_numpy(operand) for operand in operands]
    if name == "where":
        tensors[0] = tensors[0] != 0
    keywords = {"value": numbers[0]} if name in ("addcmul", "addcdiv") else {}
    return np.asarray(function(*tensors, *(() if keywords else numbers), **keywords).numpy())


def table(call: Call, only: str = "") -> list[str]:
    """One line for each kernel; the lines of failures begin with FAIL."""
    lines = []
    for case in CASES:
        if only and case.name != only:
            continue
        worst, mean, where = measure(call, case)
        verdict = "ok  " if worst <= ALLOWED else "FAIL"
        at = ", ".join(f"{x:.9g}" for x in where)
        note = "  (of the largest term)" if case.scale else ""
        lines.append(f"{verdict} {case.name:20s} max {worst:8.3f} ulp  mean {mean:6.3f}  "
                     f"at {at}{note}")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="one kernel")
    lines = table(through_cytorch, parser.parse_args().only)
    print("\n".join(lines))
    return 1 if any(line.startswith("FAIL") for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
