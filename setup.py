"""Builds cytorch: `pyx/` becomes `cytorch._C`, `gpu/` becomes `cytorch.gpu`.

Everything else about the package stands in pyproject.toml. Environment variables:
CYTORCH_DEBUG=1 switches Cython's checks on and optimisation off, CYTORCH_ASAN=1 builds for
AddressSanitizer. docs/debugging.md says how to use both.
"""
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from Cython import Tempita
from Cython.Build import cythonize
from setuptools import Extension, find_packages, setup

HERE = Path(__file__).resolve().parent
ROOTS = {"cytorch": "cytorch", "cytorch.gpu": "gpu", "cytorch._C": "pyx"}
DEBUG = os.environ.get("CYTORCH_DEBUG") == "1"
ASAN = os.environ.get("CYTORCH_ASAN") == "1"
BUILD = Path("build/asan" if ASAN else "build/debug" if DEBUG else "build")
ISA_FLAGS = {
    "base": [],
    "avx2": ["-march=x86-64-v3"],
    "avx512": ["-march=x86-64-v4", "-mprefer-vector-width=512"],
}
COMPILE = ["-O1" if DEBUG or ASAN else "-O3", "-fno-math-errno", "-fno-trapping-math",
           "-ffp-contract=off", "-fno-strict-aliasing", "-Wno-unused-function",
           "-Wno-tautological-compare"]
LINK = ["-Wl,-s"]
if DEBUG or ASAN:
    COMPILE, LINK = COMPILE + ["-g"], []
if ASAN:
    COMPILE, LINK = COMPILE + ["-fsanitize=address"], ["-fsanitize=address"]
DIRECTIVES = {
    "language_level": 3, "binding": False, "embedsignature": False, "auto_pickle": False,
    "cdivision": True, "boundscheck": DEBUG, "wraparound": False, "initializedcheck": DEBUG,
    "nonecheck": DEBUG, "overflowcheck": False,
}


def load_table():
    """The op table, read without importing the package (nothing is built yet)."""
    spec = importlib.util.spec_from_file_location(
        "cytorch_op_table", HERE / "cytorch/ops/__init__.py",
        submodule_search_locations=[str(HERE / "cytorch/ops")])
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.TABLE


def write_if_changed(path, text):
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return path


class Template(Tempita.Template):
    """A template whose code blocks see one namespace, so that comprehensions work in them."""

    def _interpret(self, ns):
        self.default_namespace = ns
        return super()._interpret(ns)


def render_templates(table):
    """pyx/**/*.tp, rendered with the op table into build/pyx."""
    spec = sys.modules["cytorch_op_table.spec"]
    names = {"table": table, "table_hash": spec.table_hash()}
    rendered = []
    for template in sorted(Path("pyx").rglob("*.tp")):
        note = f"# Rendered by setup.py from {template}: do not edit.\n"
        text = note + Template(template.read_text(), name=str(template)).substitute(names)
        target = BUILD / template.with_suffix("")
        rendered.append(write_if_changed(target, text))
    return [path for path in rendered if path.suffix == ".pyx"]


def cimport_root():
    """Cython looks a cimport up by import name; this folder makes `cytorch/_C` mean `pyx`."""
    link = BUILD / "cimport/cytorch/_C"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(HERE / "pyx", target_is_directory=True)
    return str(BUILD / "cimport")


class Module(Extension):
    """An extension module that can be a member of a set."""

    __hash__ = object.__hash__


def extension(name, source, flags=()):
    headers = [str(p) for p in sorted(Path("pyx").rglob("*.h"))]
    return Module(name, [str(source)], include_dirs=["pyx", "pyx/kernels", str(BUILD / "pyx")],
                     depends=headers, extra_compile_args=[*COMPILE, *flags],
                     extra_link_args=[*LINK, "-pthread"])


def extensions(table):
    """Core modules once; every kernel family once per instruction set."""
    sources = [p for p in sorted(Path("pyx").rglob("*.pyx"))] + render_templates(table)
    core, families = [], []
    for source in sources:
        parts = source.with_suffix("").parts
        parts = parts[parts.index("pyx") + 1:]
        if parts[0] == "kernels":
            families.append(extension(f"cytorch._C.isa_base.{parts[-1]}", source))
        else:
            core.append(extension(".".join(("cytorch._C", *parts)), source))
    built = cythonize(core + families, include_path=[cimport_root(), str(BUILD / "pyx")],
                      build_dir=str(BUILD / "c"), compiler_directives=DIRECTIVES,
                      nthreads=os.cpu_count(), quiet=True)
    for family in built[len(core):]:
        for isa in ("avx2", "avx512"):
            text = Path(family.sources[0]).read_text()
            name = family.name.rpartition(".")[2]
            copy = write_if_changed(BUILD / f"c/isa_{isa}" / f"{name}.c", text)
            built.append(extension(f"cytorch._C.isa_{isa}.{name}", copy, ISA_FLAGS[isa]))
    return built


def packages():
    return [name if not sub else f"{name}.{sub}" for name, root in ROOTS.items()
            for sub in ["", *find_packages(root)]]


os.chdir(HERE)
building = not {"egg_info", "sdist", "dist_info", "clean"} & set(sys.argv[1:])
if "clean" in sys.argv[1:]:
    shutil.rmtree(BUILD, ignore_errors=True)
setup(
    packages=packages(),
    package_dir=ROOTS,
    ext_modules=extensions(load_table()) if building else [Extension("cytorch._C.registry", [])],
    options={"build": {"build_base": str(BUILD)}, "build_ext": {"parallel": os.cpu_count()}},
)
