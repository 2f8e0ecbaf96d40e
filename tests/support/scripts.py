"""Running a whole script, whose main module worker processes can import, with a time limit."""
from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import cytorch


def start_script(folder: Path, program: str) -> subprocess.Popen[str]:
    """Start `program` as a file of its own, in a process group of its own."""
    path = folder / "script.py"
    path.write_text(textwrap.dedent(program))
    home = str(Path(cytorch.__file__).resolve().parents[1])
    environment = {**os.environ, "PYTHONPATH": home, "PYTHONWARNINGS": "error"}
    return subprocess.Popen([sys.executable, str(path)], cwd=folder, env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            start_new_session=True)


def run_script(folder: Path, program: str, timeout: float = 60.0,
               status: int = 0) -> tuple[str, str]:
    """Standard output and error of `program`; fails on another exit status or a hang."""
    process = start_script(folder, program)
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        output, errors = process.communicate()
        raise AssertionError(f"still running after {timeout} s\n{output}\n{errors}") from None
    assert process.returncode == status, f"exit {process.returncode}\n{output}\n{errors[-4000:]}"
    return output, errors


def is_running(pid: int) -> bool:
    """Whether the process exists and is not just waiting to be reaped."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
