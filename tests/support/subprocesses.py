"""Running a piece of Python in a process of its own."""
from __future__ import annotations

import subprocess
import sys
import textwrap


def run_python(program: str, timeout: float = 120.0, shell_prefix: str = "",
               options: tuple[str, ...] = ("-I",)) -> str:
    """What `program` prints; fails with everything it said when it does not end well.

    -I keeps the current folder off sys.path, so the installed package is what runs.
    `shell_prefix` is shell text in front of the command, such as "ulimit -s 1024;".
    """
    command: list[str] = [sys.executable, *options, "-c", textwrap.dedent(program)]
    if shell_prefix:
        command = ["bash", "-c", f'{shell_prefix} exec "$@"', "bash", *command]
    result = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    assert result.returncode == 0, (
        f"exit status {result.returncode}\n{result.stdout}\n{result.stderr[-4000:]}")
    return result.stdout
