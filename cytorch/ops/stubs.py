"""Type stubs from the op table: of cytorch, `nn.functional` and namespaces such as `linalg`.

    python tools/check_stub.py --write

A stub is a fixed part, written by hand in `stub_parts/`, with one declaration per op and form
added, and the names that `cytorch/__init__.py` re-exports or imports on first use. The results are
committed, so that editors and type checkers need nothing built; a check compares them.

`int`, `float` and `bool` are dtypes in this package, so the stub says `_int` for Python's.
"""
from __future__ import annotations

import ast
import keyword
from collections.abc import Iterable, Iterator
from pathlib import Path

from .spec import TABLE, Op, Param

PARTS = Path(__file__).parent / "stub_parts"
BANNER = "# Made from the op table by cytorch/ops/stubs.py: do not edit.\n"

ARGUMENT_TYPES = {
    "Tensor": "Tensor",
    "Tensor[]": "Sequence[Tensor]",
    "Tensor?[]": "Sequence[Tensor | None]",
    "Tensor|Scalar": "Tensor | Number",
    "Scalar": "Number",
    "int": "_int",
    "int[]": "_int | Sequence[_int]",
    "float": "_float",
    "bool": "_bool",
    "str": "str",
    "DType": "_dtype",
    "Device": "DeviceLike",
    "Generator": "Generator",
    "any": "Any",
}
RESULT_TYPES = {"Tensor[]": "tuple[Tensor, ...]", "Scalar": "Number", "any": "Any",
                "bool": "_bool", "int": "_int", "float": "_float", "()": "None"}


def argument_type(declared: str) -> str:
    """Python's annotation of a schema type; `?` at its end means "or None"."""
    if declared in ARGUMENT_TYPES:
        return ARGUMENT_TYPES[declared]
    if declared.endswith("?"):
        return f"{ARGUMENT_TYPES[declared[:-1]]} | None"
    raise ValueError(f"no annotation for the schema type {declared!r}")


def result_name(entry: Op) -> str:
    """Name of the class of an op's named result."""
    return "_" + "".join(word.capitalize() for output in entry.outputs
                         for word in output.split("_"))


def result_type(entry: Op) -> str:
    if len(entry.outputs) > 1:
        return result_name(entry)
    declared = entry.signature.rpartition("->")[2].split()[0]
    return RESULT_TYPES.get(declared, declared)


def default_text(param: Param) -> str:
    return f" = {param.default!r}"


def parameter(param: Param, name: str = "") -> str:
    default = "" if param.required else default_text(param)
    name = name or param.name
    # `from` cannot be written as a parameter; the type checker's name for it is PyTorch's.
    name = f"{name}_" if keyword.iskeyword(name) else name
    return f"{name}: {argument_type(param.type)}{default}"


def parameters(entry: Op, skip: str = "", out: bool = False) -> list[str]:
    """The parameter list as text; `skip` is what `self` stands for in a method."""
    listed: list[str] = []
    for param in entry.params:
        if param.name == skip:
            continue
        if param.kwonly and "*" not in listed:
            listed.append("*")
        listed.append(parameter(param))
    if out:
        given = "Tensor | None" if len(entry.outputs) == 1 else "Sequence[Tensor] | None"
        listed += [*([] if "*" in listed else ["*"]), f"out: {given} = None"]
    return listed


def variadic(entry: Op, skip: str = "") -> list[str] | None:
    """The parameters with the last positional one, sizes, spelt as separate integers."""
    positional = [p for p in entry.params if not p.kwonly and p.name != skip]
    if not positional or not positional[-1].type.startswith("int[]"):
        return None
    if not all(p.required for p in positional[:-1]):
        return None
    listed = [parameter(p) for p in positional[:-1]] + [f"*{positional[-1].name}: _int"]
    return listed + [parameter(p) for p in entry.params if p.kwonly]


def declarations(name: str, variants: Iterable[tuple[list[str], str]], indent: str) -> str:
    """One `def`, or several with @overload; repeated variants count once."""
    unique = list({", ".join(listed): result for listed, result in variants}.items())
    mark = f"{indent}@overload\n" if len(unique) > 1 else ""
    return "".join(f"{mark}{indent}def {name}({listed}) -> {result}: ...\n"
                   for listed, result in unique)


def by_name(entries: Iterable[Op]) -> Iterator[tuple[str, list[Op]]]:
    groups: dict[str, list[Op]] = {}
    for entry in entries:
        groups.setdefault(entry.short_name, []).append(entry)
    yield from sorted(groups.items())


def functions(prefix: str) -> str:
    """Functions of the module `prefix`: "" for cytorch itself, "nn.functional"."""
    own = [e for e in TABLE if not e.private and "function" in e.forms
           and prefix_of(e) == prefix]
    text = ""
    for name, entries in by_name(own):
        variants = []
        for entry in entries:
            variants.append((parameters(entry, out="out" in entry.forms), result_type(entry)))
            separate = variadic(entry)
            if separate is not None:
                variants.append((separate, result_type(entry)))
        text += declarations(name, variants, "")
        variants = [(parameters(e), "Tensor") for e in entries if "inplace" in e.forms]
        text += declarations(f"{name}_", variants, "")
    return text


def self_parameter(entry: Op) -> str:
    """The parameter that a method's tensor goes to."""
    named = [p.name for p in entry.params if p.name == "input"]
    tensors = [p.name for p in entry.tensor_params]
    return (named or tensors or [entry.params[0].name])[0]


def method_variants(entry: Op, result: str) -> Iterator[tuple[list[str], str]]:
    own = self_parameter(entry)
    yield ["self", *parameters(entry, skip=own)], result
    separate = variadic(entry, skip=own)
    if separate is not None:
        yield ["self", *separate], result


def methods() -> str:
    """Members of Tensor that the table gives: methods, in-place forms, properties, operators."""
    text = ""
    for name, entries in by_name(e for e in TABLE if not e.private):
        variants = [v for e in entries if "method" in e.forms
                    for v in method_variants(e, result_type(e))]
        text += declarations(name, variants, "    ")
        variants = [v for e in entries if "inplace" in e.forms
                    for v in method_variants(e, "Tensor")]
        text += declarations(f"{name}_", variants, "    ")
        if any("property" in e.forms for e in entries):
            text += f"    @property\n    def {name}(self) -> {result_type(entries[0])}: ...\n"
    return text + operators()


def operators() -> str:
    text = ""
    named: dict[str, list[Op]] = {}
    for entry in TABLE:
        for operator in entry.operators:
            named.setdefault(operator, []).append(entry)
    for operator, entries in sorted(named.items()):
        # Comparisons return tensors, which `object` does not promise.
        mark = "  # type: ignore[override]" if operator in ("__eq__", "__ne__") else ""
        binary = len(entries[0].params) > 1
        given = "self, other: Any" if binary and mark else (
            "self, other: Tensor | Number" if binary else "self")
        text += f"    def {operator}({given}) -> Tensor: ...{mark}\n"
    return text


def prefix_of(entry: Op) -> str:
    """"" for cytorch itself, "nn.functional", "linalg", ..."""
    return entry.name.rpartition(".")[0]


def namespaces() -> list[str]:
    """Modules that exist because ops have their prefix."""
    return sorted({prefix_of(e) for e in TABLE if not e.private} - {"", "nn.functional"})


def named_results(prefix: str) -> str:
    """A NamedTuple for every set of output names in the module `prefix`."""
    classes: dict[str, tuple[str, ...]] = {}
    for entry in TABLE:
        if len(entry.outputs) > 1 and not entry.private and prefix_of(entry) == prefix:
            classes[result_name(entry)] = entry.outputs
    return "".join(
        f"class {name}(NamedTuple):\n" + "".join(f"    {o}: Tensor\n" for o in outputs) + "\n"
        for name, outputs in sorted(classes.items()))


def statements(name: str) -> list[ast.stmt]:
    """Top-level statements of a module of the package, by its path."""
    return ast.parse((PARTS.parents[1] / name).read_text(encoding="utf-8")).body


def reexports() -> str:
    """Public names that cytorch/__init__.py takes from Python modules, at once or on first use."""
    names: list[tuple[str, str]] = []
    for node in statements("__init__.py"):
        if isinstance(node, ast.ImportFrom) and node.level and "_C" not in (node.module or ""):
            names += [(node.module or "", alias.name) for alias in node.names
                      if alias.asname is None]
    for node in statements("lazy_names.py"):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id == "_NAMES":
                names += [(module, name) for module, found in ast.literal_eval(node.value).items()
                          for name in found.split()]
            elif node.targets[0].id == "_MODULES":
                names += [("", name) for name in ast.literal_eval(node.value).split()]
    return "".join(f"from .{module} import {name} as {name}\n" for module, name in sorted(names))


def package_stub() -> str:
    """Text of cytorch/__init__.pyi."""
    head = (PARTS / "head.pyi.in").read_text(encoding="utf-8")
    members = (PARTS / "tensor.pyi.in").read_text(encoding="utf-8")
    modules = "".join(f"from . import {name} as {name}\n"
                      for name in sorted({name.partition(".")[0] for name in namespaces()}))
    return "\n".join((BANNER + reexports() + modules + head, members + methods(),
                      named_results(""), functions("")))


def top_level_functions() -> str:
    """Functions of cytorch that nn.functional has too: `_TOP_LEVEL` in its source."""
    listed = [ast.literal_eval(node.value) for node in statements("nn/functional.py")
              if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
              and node.targets[0].id == "_TOP_LEVEL"]
    own = {e.name for e in TABLE} | {f"{e.name}_" for e in TABLE if "inplace" in e.forms}
    return "".join(f"from cytorch import {name} as {name}\n" for name in listed[0]
                   if f"nn.functional.{name}" not in own and name in own)


def functional_stub() -> str:
    """Text of cytorch/nn/functional.pyi."""
    head = (PARTS / "functional.pyi.in").read_text(encoding="utf-8")
    return "\n".join((BANNER + head + top_level_functions(), named_results("nn.functional"),
                      functions("nn.functional")))


def namespace_stub(prefix: str) -> str:
    """Text of cytorch/linalg.pyi and the like."""
    head = (PARTS / "functional.pyi.in").read_text(encoding="utf-8")
    return "\n".join((BANNER + head, named_results(prefix), functions(prefix)))


def stubs() -> dict[str, str]:
    """Every generated file, by its path from the root of the repository."""
    written = {"cytorch/__init__.pyi": package_stub(),
               "cytorch/nn/functional.pyi": functional_stub()}
    for name in namespaces():
        outer, _, inner = name.rpartition(".")
        if outer:
            written[f"cytorch/{outer}/__init__.pyi"] = f"{BANNER}from . import {inner} as {inner}\n"
        written[f"cytorch/{name.replace('.', '/')}.pyi"] = namespace_stub(name)
    return written
