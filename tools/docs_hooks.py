"""MkDocs hook: the page of all ops, made from the op table."""
from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).resolve().parent))
import op_table


def forms_of(entry: Any) -> str:
    """`tanh`, `Tensor.tanh`, ... as the entry's forms make them available."""
    forms = []
    if "function" in entry.forms:
        forms.append(f"cytorch.{entry.name}")
    if "method" in entry.forms or "property" in entry.forms:
        forms.append(f"Tensor.{entry.short_name}")
    if "inplace" in entry.forms:
        forms.append(f"Tensor.{entry.short_name}_")
    forms += [f"Tensor.{operator}" for operator in entry.operators]
    return ", ".join(f"`{form}`" for form in forms)


def page() -> str:
    lines = ["# Ops", "",
             "Made from the op table. Signatures are PyTorch's schema strings; `out=` exists where "
             "PyTorch has it.", ""]
    entries = [entry for entry in op_table.load().TABLE if not entry.private]
    for entry in sorted(entries, key=lambda e: e.name):
        lines += [f"## {entry.name}", "", f"`{' '.join(entry.signature.split())}`", ""]
        if forms_of(entry):
            lines += [f"As {forms_of(entry)}.", ""]
        text, _, example = inspect.cleandoc(entry.doc).partition(">>>")
        lines += [text.strip(), ""]
        if example:
            lines += ["```pycon", f">>>{example}".rstrip(), "```", ""]
    return "\n".join(lines)


def on_files(files: Files, config: Any) -> Files:
    files.append(File.generated(config, "ops.md", content=page()))
    return files
