"""Import time of cytorch against that of NumPy, each in fresh processes, interleaved.

    python benchmarks/bench_import.py
"""
from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 11
LIMIT = 1.5


def seconds(module: str) -> float:
    """Time of the import statement alone, measured inside a fresh process."""
    program = f"import time; t = time.perf_counter(); import {module}; " \
              "print(time.perf_counter() - t)"
    result = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True,
                            text=True, check=True)
    return float(result.stdout)


def medians() -> tuple[float, float]:
    """(cytorch, numpy), medians of interleaved runs after one that warms the disk cache."""
    seconds("cytorch")
    seconds("numpy")
    pairs = [(seconds("cytorch"), seconds("numpy")) for _ in range(ROUNDS)]
    ours, theirs = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(theirs)


def test_import_time() -> None:
    ours, theirs = medians()
    assert ours <= LIMIT * theirs, f"cytorch {ours * 1e3:.0f} ms, numpy {theirs * 1e3:.0f} ms"


if __name__ == "__main__":
    start = time.monotonic()
    ours, theirs = medians()
    print(f"import cytorch {ours * 1e3:.1f} ms, import numpy {theirs * 1e3:.1f} ms, "
          f"ratio {ours / theirs:.2f} (medians of {ROUNDS}, {time.monotonic() - start:.0f} s)")
