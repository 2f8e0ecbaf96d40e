"""Sparse tensors as text, laid out as PyTorch does."""
from __future__ import annotations

from typing import Any

import cytorch

_LINE_WIDTH = 80


def _part(name: str, tensor: Any, prefix: int) -> str:
    text = repr(tensor.detach()).replace(f", dtype={tensor.dtype}", "")
    if tensor.numel() == 0:
        text = f"tensor([], size={tuple(tensor.shape)})"
    return f"{name}={text}".replace("\n", "\n" + " " * (prefix + len(name) + 1))


def sparse_str(tensor: Any) -> str:
    """`tensor(indices=..., values=..., size=..., nnz=..., layout=torch.sparse_coo)`."""
    facts = [f"size={tuple(tensor.shape)}", f"nnz={tensor._nnz()}"]
    if tensor.device.type != "cpu":
        facts.append(f"device='{tensor.device}'")
    if tensor.dtype not in (cytorch.get_default_dtype(), cytorch.int64, cytorch.bool):
        facts.append(f"dtype={tensor.dtype}")
    facts.append("layout=torch.sparse_coo")
    if tensor.grad_fn is not None:
        facts.append(f"grad_fn=<{tensor.grad_fn.name()}>")
    elif tensor.requires_grad:
        facts.append("requires_grad=True")
    indent = " " * len("tensor(")
    lines = [_part("indices", tensor._index, len(indent)) + ",",
             _part("values", tensor._content, len(indent)) + ",", facts[0]]
    for fact in facts[1:]:
        if len(indent) + len(lines[-1]) + len(fact) + 3 > _LINE_WIDTH:
            lines[-1] += ","
            lines.append(fact)
        else:
            lines[-1] += f", {fact}"
    return "tensor(" + f"\n{indent}".join(lines) + ")"
