"""Size limits: at most 500 lines a file, 100 columns a line, and a median file of 150 lines.

    python tools/check_size.py            # checks, and prints the five longest files
"""
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAX_LINES, MAX_COLUMNS, MAX_MEDIAN = 500, 100, 150
SUFFIXES = {".py", ".pyx", ".pxd", ".tp", ".h", ".cu", ".cuh", ".hpp"}
FOLDERS = ("cytorch", "pyx", "gpu", "tests", "tools", "benchmarks", "examples", "docs")
GENERATED = {"cytorch/__init__.pyi", "pyx/kernels/special_coefficients.h"}


def source_files() -> list[Path]:
    """Hand-written sources that git knows, or all files when this is not a checkout."""
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True,
                             check=False)
    if listing.returncode == 0 and listing.stdout:
        files = [ROOT / line for line in listing.stdout.splitlines()]
    else:
        files = [p for folder in FOLDERS for p in (ROOT / folder).rglob("*")]
        files += list(ROOT.glob("*.py"))
    return sorted(p for p in files if p.is_file() and p.suffix in SUFFIXES
                  and p.relative_to(ROOT).as_posix() not in GENERATED)


def main() -> int:
    problems: list[str] = []
    lengths: list[tuple[int, str]] = []
    for path in source_files():
        name = path.relative_to(ROOT).as_posix()
        lines = path.read_text(encoding="utf-8").splitlines()
        lengths.append((len(lines), name))
        if len(lines) > MAX_LINES:
            problems.append(f"{name}: {len(lines)} lines, at most {MAX_LINES}")
        problems += [f"{name}:{number}: {len(line)} columns, at most {MAX_COLUMNS}"
                     for number, line in enumerate(lines, 1) if len(line) > MAX_COLUMNS]
    median = statistics.median(length for length, _ in lengths)
    if median > MAX_MEDIAN:
        problems.append(f"the median file has {median:g} lines, at most {MAX_MEDIAN}")
    print(*problems, sep="\n", end="\n" if problems else "")
    longest = ", ".join(f"{name} {length}" for length, name in sorted(lengths)[-5:])
    total = sum(length for length, _ in lengths)
    print(f"size: {len(lengths)} files, {total} lines, median {median:g}; longest: {longest}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
