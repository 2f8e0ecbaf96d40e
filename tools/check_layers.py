"""The layers: which module may import which (docs/design.md says why).

A module may import its own layer and those above it in the lists below, never one below it.
Python imports are read from the syntax tree, wherever they stand in the file; cimports by line.

    python tools/check_layers.py
"""
from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# pyx/, from the bottom up. Kernels are apart: they stand on KERNEL_BASE alone.
PYX_LAYERS = (
    ("types", "dtype_ids", "registry", "kernels.kernel_call", "state", "dtype", "mode"),
    ("storage", "geometry"),
    ("threads", "device", "mirror"),
    ("node",),
    ("tensor",),
    ("iterator",),
    ("autograd*",),
    ("call*", "*"),
)
# The one module of cytorch/ that the compiled core may use: plain classes, importing nothing.
CORE_MAY_IMPORT = ("cytorch.errors",)
KERNEL_BASE = ("types", "dtype_ids", "registry", "kernels.*")

# cytorch/, from the bottom up; the first pattern that matches decides.
PYTHON_LAYERS = (
    ("cytorch.errors",),
    ("cytorch.ops.spec",),
    ("cytorch._C*",),
    ("cytorch.ops.install", "cytorch.utils.hooks"),
    ("cytorch.nn.functional", "cytorch.nn.attention_forward"),
    ("cytorch.nn*", "cytorch.criterions*"),
    ("cytorch.optim*", "cytorch.utils*", "cytorch.datasets*", "cytorch.distributed*",
     "cytorch.distributions*", "cytorch.models*", "cytorch.transforms*", "cytorch.jit*",
     "cytorch.onnx*", "cytorch.compile*"),
    ("cytorch.demo*", "cytorch.vision", "cytorch._dynamo", "cytorch"),
)
TENSOR_LAYER = 3  # every module not named above belongs to the tensor layer, with ops.install
NEVER_COMPILED = ("cytorch.nn*", "cytorch.criterions*", "cytorch.optim*", "cytorch.utils*",
                  "cytorch.datasets*", "cytorch.demo*", "cytorch.distributions*",
                  "cytorch.models*", "cytorch.transforms*")
# The three compiled helpers that the upper layers may use besides table ops.
COMPILED_HELPERS = ("cytorch._C.attributes", "cytorch._C.ring", "cytorch._C.collate")
TABLE_INFRASTRUCTURE = ("cytorch.ops.install", "cytorch.ops.stubs", "cytorch.ops.spec")
STANDARD = sys.stdlib_module_names

CIMPORT = re.compile(r"^\s*(?:from\s+(\S+)\s+c?import\s+([\w*]+)|c?import\s+(\S+))")


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def rank(name: str, layers: tuple[tuple[str, ...], ...], default: int) -> int:
    for level, patterns in enumerate(layers):
        if matches(name, patterns):
            return level
    return default


def module_name(path: Path, root: Path, package: str) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    if parts[-1].endswith((".pyx", ".pxd")):  # a template: name.pyx.tp
        parts = (*parts[:-1], parts[-1][:-4])
    if parts and parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join((package, *parts)) if package else ".".join(parts)


def check_pyx() -> Iterator[str]:
    root = ROOT / "pyx"
    files = [p for suffix in ("*.pyx", "*.pxd", "*.tp") for p in root.rglob(suffix)]
    for path in sorted(files):
        name = module_name(path, root, "")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = CIMPORT.match(line)
            target = (found.group(1) or found.group(3)) if found else ""
            if found and target == "cytorch._C":  # `from cytorch._C cimport registry`
                target = f"cytorch._C.{found.group(2)}"
            if not target.startswith("cytorch"):
                continue
            where = f"{path.relative_to(ROOT)}:{number}"
            if target in CORE_MAY_IMPORT and not name.startswith("kernels."):
                continue
            if not target.startswith("cytorch._C."):
                yield f"{where}: the compiled core must not import {target}"
                continue
            target = target.removeprefix("cytorch._C.")
            if name.startswith("kernels."):
                if not matches(target, KERNEL_BASE):
                    yield f"{where}: a kernel stands on {', '.join(KERNEL_BASE)}, not on {target}"
            elif rank(target, PYX_LAYERS, 0) > rank(name, PYX_LAYERS, 0):
                yield f"{where}: {name} is below {target}"


def imports_of(path: Path, name: str) -> Iterator[tuple[int, str, bool]]:
    """(line, absolute name, whether inside a function) of each import in a Python file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    inside = {id(node) for function in ast.walk(tree) if isinstance(function, ast.FunctionDef)
              for node in ast.walk(function)}
    for node in ast.walk(tree):
        late = id(node) in inside
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, late
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[:len(parts) - node.level + 1]) if node.level else ""
            target = ".".join(part for part in (base, node.module or "") if part)
            for alias in node.names:
                yield node.lineno, f"{target}.{alias.name}", late


def known_module(target: str, modules: set[str]) -> str:
    """The module that `package.name` means: itself when it is one, else its package."""
    while target and target not in modules and not target.startswith("cytorch._C"):
        target = target.rpartition(".")[0]
    return target


def in_table(name: str) -> bool:
    """Whether setup.py reads this module before anything is compiled."""
    return name == "cytorch.ops" or (name.startswith("cytorch.ops.")
                                     and name not in TABLE_INFRASTRUCTURE)


def problem_of(name: str, target: str, late: bool) -> str:
    """Why `name` must not import `target`; empty when it may."""
    if in_table(name) and target.startswith("cytorch.ops"):
        return "" if target != "cytorch.ops.install" else "the op table comes before install"
    if in_table(name):  # bodies run when all is there, so they may use the public names
        return "" if late and target in ("cytorch", *CORE_MAY_IMPORT) else (
            f"the op table imports only ops.spec and the standard library, not {target}")
    if target.startswith("cytorch.gpu"):
        return "gpu is loaded by the device hook of the compiled core alone"
    if target.startswith("cytorch._C") and matches(name, NEVER_COMPILED):
        return "" if matches(target, tuple(f"{h}*" for h in COMPILED_HELPERS)) else (
            f"reaches compiled code ({target}) past the op table")
    if target == "cytorch":  # the public names; what comes after them loads on first use
        target = "cytorch.tensor"
    own, other = (rank(n, PYTHON_LAYERS, TENSOR_LAYER) for n in (name, target))
    return f"{name} is below {target}" if other > own else ""


def check_python() -> Iterator[str]:
    root = ROOT / "cytorch"
    files = {module_name(p, root, "cytorch"): p for p in sorted(root.rglob("*.py"))}
    for name, path in files.items():
        for line, target, late in imports_of(path, name):
            where = f"{path.relative_to(ROOT)}:{line}"
            if not target.startswith("cytorch"):
                outside = target.partition(".")[0]
                if in_table(name) and not late and outside not in STANDARD:
                    yield f"{where}: the op table is read before {outside} may be there"
                continue
            problem = problem_of(name, known_module(target, set(files)), late)
            if problem:
                yield f"{where}: {problem}"


def main() -> int:
    problems = [*check_pyx(), *check_python()]
    print(*problems, sep="\n", end="\n" if problems else "")
    print("layers:", f"{len(problems)} problems" if problems else "in order")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
