"""Accuracy and vectorisation of the elementwise kernels in every instruction set."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cytorch
from cytorch.ops.spec import TABLE

HERE = Path(__file__).resolve().parent
INSTRUCTION_SETS = ("base", "avx2", "avx512")


def run(program: list[str], isa: str) -> str:
    """What a program prints with the kernels of one instruction set."""
    environment = {**os.environ, "CYTORCH_ISA": isa,
                   "PYTHONPATH": str(Path(cytorch.__file__).parents[1])}
    done = subprocess.run([sys.executable, *program], env=environment, capture_output=True,
                          text=True, check=False, cwd=HERE)
    if "this processor does not support it" in done.stderr:
        pytest.skip(f"the processor has no {isa}")
    assert not done.stderr, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.no_asan
@pytest.mark.parametrize("isa", INSTRUCTION_SETS)
def test_errors_in_ulp(isa: str) -> None:
    """At most 2.5 ulp on a million points and all pairs of special values."""
    table = run([str(HERE / "accuracy.py")], isa)
    print(f"\n{isa}\n{table}")
    failures = [line for line in table.splitlines() if line.startswith("FAIL")]
    assert not failures, "\n".join(failures)


def test_every_float_kernel_is_measured() -> None:
    sys.path.insert(0, str(HERE))
    try:
        from accuracy_cases import CASES
    finally:
        sys.path.remove(str(HERE))
    measured = {case.name for case in CASES}
    kernels = {entry.kernel_name for entry in TABLE
               if entry.kernel is not None and entry.kernel.kind == "elementwise"
               and "float32" in entry.kernel.dtypes and entry.result == "same"}
    assert kernels - measured == set()


TIMING = """
import json, sys, time
import cytorch
cytorch.set_num_threads(1)
x = cytorch.rand(16384) + 0.5
times = {}
for name in sys.argv[1].split(","):
    function = getattr(cytorch, name)
    best = 1e9
    for _ in range(60):
        start = time.perf_counter()
        for _ in range(5):
            function(x)
        best = min(best, time.perf_counter() - start)
    times[name] = best
print(json.dumps(times))
"""
# Kernels that must gain from wider vectors; light ones wait for memory instead.
VECTORISED = ("exp,exp2,expm1,log,log2,log10,log1p,sin,cos,tan,asin,acos,atan,sinh,cosh,tanh,asinh,"
              "acosh,atanh,erf,erfc,erfinv,lgamma,digamma,sigmoid,rsqrt")


@pytest.mark.no_asan
@pytest.mark.parametrize("isa", INSTRUCTION_SETS[1:])
def test_loops_are_vectorised(isa: str) -> None:
    """A loop that lost its vector code is as slow as the base build, or slower."""
    base = json.loads(run(["-c", TIMING, VECTORISED], "base"))
    fast = json.loads(run(["-c", TIMING, VECTORISED], isa))
    slow = {name: round(fast[name] / base[name], 2) for name in base
            if fast[name] > 0.8 * base[name]}
    assert not slow, f"time relative to the base build: {slow}"
