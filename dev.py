"""Builds, shows and tests cytorch from a checkout, with nothing but Python and a C compiler.

    python3 dev.py demo              # makes .venv, builds, trains a small CNN on the digits
    python3 dev.py test              # makes .venv, installs tox there: tests, lint, types
    python3 dev.py test --parity     # the same, and the comparison with PyTorch
    python3 dev.py build             # makes .venv, builds in place (editable install)
    python3 dev.py preflight         # prints the command that installs what the system lacks

Everything lands in .venv beside this file (logs in .venv/logs); the system's Python is never
changed. Running a command again does only what is left to do.
"""
from __future__ import annotations

import argparse
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOGS = VENV / "logs"
OLDEST = (3, 10)

# What provides (the venv module, Python.h, a C compiler), by package manager.
PACKAGES = {
    "apt-get": ("apt-get install -y", "{python}-venv", "{python}-dev", "gcc libc6-dev"),
    "dnf": ("dnf install -y", "python3-pip", "python3-devel", "gcc glibc-devel"),
    "zypper": ("zypper install -y", "python3-pip", "python3-devel", "gcc glibc-devel"),
    "pacman": ("pacman -S --noconfirm", "python", "python", "gcc glibc"),
    "apk": ("apk add", "py3-pip", "python3-dev", "gcc musl-dev"),
}


def compiler_works() -> bool:
    """Whether the compiler that Python was built with, or $CC, turns C into an object file."""
    command = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    if not shutil.which(command[0]):
        return False
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "probe.c")
        source.write_text("#include <stdio.h>\nint main(void) { return 0; }\n")
        result = subprocess.run([*command, "-c", str(source), "-o", str(source) + ".o"],
                                capture_output=True, check=False)
    return result.returncode == 0


def missing() -> tuple[list[str], str]:
    """What the system lacks, in words, and the one command that installs it."""
    has_venv = bool(importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"))
    has_headers = Path(sysconfig.get_paths()["include"], "Python.h").exists()
    checks = [(has_venv, "the venv module with ensurepip"),
              (has_headers, "Python.h, the headers of this Python"),
              (compiler_works(), "a working C compiler")]
    lacks = [words for present, words in checks if not present]
    manager = next((m for m in PACKAGES if shutil.which(m)), None)
    if manager is None:
        return lacks, "install them with your system's package manager"
    command, *packages = PACKAGES[manager]
    # Debian's python3-venv belongs to Debian's own python3; other versions have names of their own.
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    wanted = [package.format(python=name)
              for (present, _), package in zip(checks, packages, strict=True) if not present]
    line = f"{command} {' '.join(dict.fromkeys(wanted))}"
    return lacks, line if os.geteuid() == 0 else f"sudo {line}"


def preflight() -> None:
    if sys.version_info < OLDEST:
        sys.exit(f"cytorch needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is "
                 f"{sys.version.split()[0]} ({sys.executable})")
    lacks, line = missing()
    if lacks:
        print(f"This system lacks {', '.join(lacks)}. Install it with:", file=sys.stderr)
        print(line, flush=True)
        sys.exit(2)


def run_logged(name: str, what: str, command: list[str]) -> None:
    """Run a step with its output in a log; show the end of the log when it fails."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    print(f"{what} (log: {log.relative_to(ROOT)}) ...", end=" ", flush=True)
    start = time.monotonic()
    with log.open("w") as output:
        result = subprocess.run(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT,
                                check=False)
    print(f"{'done' if result.returncode == 0 else 'FAILED'} in "
          f"{time.monotonic() - start:.0f} s", flush=True)
    if result.returncode:
        print(*log.read_text(errors="replace").splitlines()[-25:], sep="\n")
        sys.exit(f"{shlex.join(command)} failed; everything it said is in {log}")


def venv_python() -> str:
    return str(VENV / "bin" / "python")


def has_module(name: str) -> bool:
    command = [venv_python(), "-I", "-c", f"import {name}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def make_venv() -> None:
    """A .venv of this Python; one of another Python, or a broken one, is made anew."""
    mine = f"{sys.version_info[0]}.{sys.version_info[1]}"
    probe = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    usable = Path(venv_python()).exists() and subprocess.run(
        [venv_python(), "-I", "-c", probe], capture_output=True, text=True, check=False,
    ).stdout.strip() == mine
    if not usable:
        shutil.rmtree(VENV, ignore_errors=True)
        run_logged("venv", "making .venv", [sys.executable, "-m", "venv", str(VENV)])


def install(*requirements: str) -> None:
    run_logged("pip", f"installing {' '.join(requirements)}",
               [venv_python(), "-m", "pip", "install", "--quiet", *requirements])


def build() -> None:
    """Editable install once; after that only what changed is compiled again."""
    if not has_module("Cython"):
        install("setuptools>=77", "cython>=3.1", "numpy>=2.0")
    if has_module("cytorch.errors"):
        run_logged("build", "compiling what changed",
                   [venv_python(), "setup.py", "build_ext", "--inplace"])
    else:
        run_logged("build", "compiling cytorch, a few minutes",
                   [venv_python(), "-m", "pip", "install", "--no-build-isolation", "-e", "."])


def demo(arguments: list[str]) -> int:
    build()
    # -I keeps the checkout off sys.path, so the installed package is what runs.
    return subprocess.run([venv_python(), "-I", "-m", "cytorch.demo", *arguments], cwd=ROOT,
                          check=False).returncode


def test(parity: bool, arguments: list[str]) -> int:
    if not has_module("tox"):
        install("tox>=4.20")
    environments = [f"py{sys.version_info[0]}{sys.version_info[1]}-nplatest", "lint", "types"]
    if parity:
        environments.append("parity")
    command = [venv_python(), "-m", "tox", "run", "-e", ",".join(environments)]
    if arguments:
        command += ["--", *arguments]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    if not parity:
        print("The comparison with PyTorch did not run: add --parity for it (installs PyTorch "
              "in an environment of its own).")
    return status


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["demo", "test", "build", "preflight"])
    parser.add_argument("--parity", action="store_true", help="compare with PyTorch too (test)")
    options, rest = parser.parse_known_args()
    preflight()
    if options.command == "preflight":
        return 0
    make_venv()
    if options.command == "demo":
        return demo(rest)
    if options.command == "test":
        return test(options.parity, rest)
    build()
    return 0


if __name__ == "__main__":
    sys.exit(main())
