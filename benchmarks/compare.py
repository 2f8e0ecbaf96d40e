"""cytorch against PyTorch, in one process, interleaved.

    python benchmarks/compare.py [--group overhead] [--only SUBSTRING] [--threads 1]
                                 [--seconds 0.5] [--runs 3] [--output results/NAME]

Each workload runs A B A B ... for about --seconds; a run's ratio is median(cytorch) over
median(PyTorch), so below 1 cytorch is faster. The table shows the worst of --runs ratios.
Without PyTorch only cytorch's times are printed, and a line says so.
"""
from __future__ import annotations

import argparse
import gc
import importlib
import importlib.util
import json
import math
import os
import platform
import statistics
import sys
import time
from pathlib import Path
from typing import Any

# PyTorch's OpenMP reads these when it is loaded. Unbound, both of its threads may share one
# processor, which would flatter cytorch.
os.environ.setdefault("OMP_PROC_BIND", "close")
os.environ.setdefault("OMP_PLACES", "cores")

HERE = Path(__file__).resolve().parent
MINIMUM_SECONDS = 2e-3  # one timing covers at least this much work
MAX_ROUNDS = 51


def load_workloads() -> dict[str, dict[str, Any]]:
    sys.path.insert(0, str(HERE))
    for path in sorted(HERE.glob("bench_*.py")):
        importlib.import_module(path.stem)
    return importlib.import_module("harness").WORKLOADS


def timed(function: Any, repeat: int) -> float:
    start = time.perf_counter()
    for _ in range(repeat):
        function()
    return (time.perf_counter() - start) / repeat


def repeats_for(function: Any) -> int:
    """How many calls make one timing long enough for the clock."""
    function()
    return max(1, math.ceil(MINIMUM_SECONDS / max(timed(function, 1), 1e-7)))


def interleaved(runners: list[Any], budget: float) -> list[float]:
    """Median seconds of a call of each runner, over alternating timings."""
    repeats = [repeats_for(runner) for runner in runners]
    times: list[list[float]] = [[] for _ in runners]
    deadline = time.perf_counter() + budget
    gc.collect()
    gc.disable()
    try:
        while len(times[0]) < 3 or (time.perf_counter() < deadline
                                    and len(times[0]) < MAX_ROUNDS):
            for own, runner, repeat in zip(times, runners, repeats, strict=True):
                own.append(timed(runner, repeat))
    finally:
        gc.enable()
    return [statistics.median(own) for own in times]


def machine() -> dict[str, Any]:
    """The facts that a ratio is worthless without."""
    model = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines()
                 if line.startswith("model name")]
        model = names[0] if names else model
    return {"processor": model, "cpus": len(os.sched_getaffinity(0)),
            "python": platform.python_version(), "load": os.getloadavg()[0]}


def measure(name: str, factory: Any, libraries: list[Any], budget: float,
            runs: int) -> dict[str, Any]:
    for library in libraries:
        library.manual_seed(0)
    runners = [factory(library) for library in libraries]
    medians = [interleaved(runners, budget) for _ in range(runs)]
    row: dict[str, Any] = {"name": name, "cytorch_us": min(m[0] for m in medians) * 1e6}
    if len(libraries) == 2:
        row["torch_us"] = min(m[1] for m in medians) * 1e6
        row["ratios"] = [m[0] / m[1] for m in medians]
        row["worst"] = max(row["ratios"])
    return row


def show(row: dict[str, Any]) -> None:
    theirs = (f" {row['torch_us']:>12.2f} {row['worst']:>8.3f}" if "worst" in row else "")
    print(f"{row['name']:<44} {row['cytorch_us']:>12.2f}{theirs}", flush=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--group", action="append", help="overhead, elementwise, gemm, ...")
    parser.add_argument("--only", default="", help="workloads whose name contains this")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--output", type=Path, help="write the table as JSON")
    return parser.parse_args()


def main() -> int:
    options = parse_arguments()
    groups = load_workloads()
    libraries = [importlib.import_module("cytorch")]
    if importlib.util.find_spec("torch"):
        libraries.append(importlib.import_module("torch"))
    else:
        print("PyTorch is not installed: times of cytorch alone, no ratios.")
    for library in libraries:
        library.set_num_threads(options.threads)
    facts = machine() | {"threads": options.threads}
    facts |= {library.__name__: str(library.__version__) for library in libraries}
    print(", ".join(f"{key} {value}" for key, value in facts.items()))
    print(f"{'workload':<44} {'cytorch us':>12} {'torch us':>12} {'worst':>8}")
    rows = []
    for group in options.group or groups:
        own = []
        for name, factory in groups[group].items():
            if options.only in name:
                own.append(measure(name, factory, libraries, options.seconds, options.runs))
                show(own[-1])
        ratios = [row["worst"] for row in own if "worst" in row]
        if ratios:
            print(f"{group}: geometric mean {statistics.geometric_mean(ratios):.3f}, "
                  f"worst {max(ratios):.3f} of {len(ratios)}")
        rows += [row | {"group": group} for row in own]
    if options.output:
        options.output.write_text(json.dumps({"machine": facts, "rows": rows}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
