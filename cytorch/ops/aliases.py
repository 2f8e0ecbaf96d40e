"""Second names of ops: `arcsin` for `asin`, `multiply` for `mul`."""
from __future__ import annotations

from dataclasses import replace

from .spec import TABLE, Op


def also_called(entry: Op, *names: str) -> None:
    """Declare the same op under other names; operators stay with the first one."""
    for name in names:
        signature = name + entry.signature[entry.signature.index("("):]
        kernel = entry.kernel and replace(entry.kernel, name=entry.kernel_name)
        doc = f"The same as `{entry.name}`."
        torch = entry.torch or entry.name
        TABLE.append(replace(entry, name=name, signature=signature, kernel=kernel, operators=(),
                             errors=None, doc=doc, torch=torch))
