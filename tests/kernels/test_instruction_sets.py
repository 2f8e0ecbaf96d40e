"""The kernels with tiles of their own, in the builds that this process does not run."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cytorch._C import registry

HERE = Path(__file__).parent


@pytest.mark.parametrize("file", ["test_gemm.py", "test_convolution.py"])
@pytest.mark.parametrize("name", ["base", "avx2"])
def test_instruction_set(name, file):
    if registry.loaded_isa == name:
        return      # the file itself is this test
    run = subprocess.run(
        [sys.executable, "-I", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider",
         str(HERE / file)],
        check=False, env={**os.environ, "CYTORCH_ISA": name}, capture_output=True,
        text=True)
    assert run.returncode == 0, run.stdout[-3000:]
