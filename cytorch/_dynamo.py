"""torch._dynamo: what programs call of it. There is no compiler, so nothing happens."""
from types import SimpleNamespace
from typing import Any

from cytorch.compiler import allow_in_graph, disable, is_compiling, reset

__all__ = ["allow_in_graph", "config", "disable", "is_compiling", "optimize", "reset"]

config: Any = SimpleNamespace(cache_size_limit=8, suppress_errors=False, verbose=False,
                              recompile_limit=8, capture_scalar_outputs=False)


def optimize(*args: Any, **options: Any) -> Any:
    """A decorator that returns the function itself."""
    return allow_in_graph


def graph_break(msg: str = "") -> None:
    """Mark a place where a graph would end: there is none."""
