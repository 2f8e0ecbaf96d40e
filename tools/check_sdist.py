"""Makes an sdist, unpacks it elsewhere, builds a wheel there, installs it and uses it.

    python tools/check_sdist.py      # needs the package `build`
"""
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAX_WHEEL_BYTES = 10_000_000
MAX_INSTALLED_BYTES = 40_000_000
FORBIDDEN = (".pyx", ".pxd", ".tp", ".c", ".h")  # sources have no place in a wheel
TRIAL = ("import cytorch; x = cytorch.ones(3, requires_grad=True); "
         "x.tanh().sum().backward(); print(cytorch.__version__, x.grad)")


def run(*command: object, cwd: Path) -> None:
    subprocess.run([str(part) for part in command], cwd=cwd, check=True)


def check_wheel(wheel: Path) -> list[str]:
    entries = zipfile.ZipFile(wheel).infolist()
    problems = [f"{e.filename} does not belong in the wheel" for e in entries
                if e.filename.endswith(FORBIDDEN)]
    for wanted in ("cytorch/py.typed", "cytorch/__init__.pyi"):
        if wanted not in {e.filename for e in entries}:
            problems.append(f"the wheel lacks {wanted}")
    installed = sum(e.file_size for e in entries)
    size = wheel.stat().st_size
    print(f"wheel {size / 1e6:.2f} MB, installed {installed / 1e6:.2f} MB")
    if size > MAX_WHEEL_BYTES:
        problems.append(f"the wheel has {size} bytes, at most {MAX_WHEEL_BYTES}")
    if installed > MAX_INSTALLED_BYTES:
        problems.append(f"installed {installed} bytes, at most {MAX_INSTALLED_BYTES}")
    return problems


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        run(sys.executable, "-m", "build", "--sdist", "--outdir", work, ROOT, cwd=work)
        archive = next(work.glob("*.tar.gz"))
        with tarfile.open(archive) as tar:
            tar.extractall(work / "source", filter="data")
        source = next((work / "source").iterdir())
        venv.create(work / "clean", with_pip=True)
        python = work / "clean/bin/python"
        run(python, "-m", "pip", "--quiet", "wheel", "--no-deps", "-w", work / "wheel", source,
            cwd=work)
        wheel = next((work / "wheel").glob("cytorch-*.whl"))
        problems = check_wheel(wheel)
        run(python, "-m", "pip", "--quiet", "install", wheel, cwd=work)
        run(python, "-c", TRIAL, cwd=work)
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
