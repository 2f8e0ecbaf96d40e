"""The thread pool in one process with an OpenMP runtime that binds its threads to CPUs."""
from __future__ import annotations

import ctypes.util

import pytest

from support.subprocesses import run_python

# The runtime binds the main thread and its workers when it is loaded, as OMP_PROC_BIND says.
SHARED_CPUS = """
import ctypes, os
import cytorch

everything = os.sched_getaffinity(0)
ctypes.CDLL({library!r}, mode=ctypes.RTLD_GLOBAL)
cytorch.set_num_threads(2)
bound = len(os.sched_getaffinity(0)) < len(everything)
assert bound == (len(everything) > 1), os.sched_getaffinity(0)

matrix = cytorch.ones(512, 512)
for _ in range(10):
    assert float((matrix @ matrix)[0, 0]) == 512.0
    assert float((matrix + matrix).sum()) == 2 * 512 * 512
masks = [os.sched_getaffinity(int(task)) for task in os.listdir("/proc/self/task")]
assert len(masks) == (2 if bound else 1), masks
assert masks.count(masks[0]) == 1, "two threads share a CPU"

if os.fork() == 0:
    assert float((matrix @ matrix)[0, 0]) == 512.0
    os._exit(0)
assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
print("shared")
"""


def test_workers_of_a_bound_openmp_runtime_are_borrowed() -> None:
    library = ctypes.util.find_library("gomp")
    if library is None:
        pytest.skip("no OpenMP runtime on this machine")
    output = run_python(SHARED_CPUS.format(library=library),
                        shell_prefix="export OMP_PROC_BIND=close OMP_PLACES=cores;")
    assert "shared" in output
