"""Calling the same op of PyTorch, and comparing results."""
from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from cytorch.ops.spec import Call, Op
from support.samples import Samples, is_tensor, map_tensors
from support.table import find, flat, with_dtypes


def torch_function(entry: Op) -> Callable[..., Any] | None:
    """PyTorch's op of the same name, or None where PyTorch has none."""
    for root in (torch, torch.Tensor):
        try:
            return find(root, entry.torch or entry.name)
        except AttributeError:
            continue
    return None


def torch_calls(entry: Op, dtype: str) -> list[Call]:
    assert entry.samples is not None
    return [with_dtypes(entry, torch, call) for call in entry.samples(Samples(torch, dtype))]


def torch_run(function: Any, call: Call) -> list[Any]:
    """The tensors that PyTorch returns; its warnings are not the subject."""
    call = map_tensors(lambda t: t.clone(), call)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return flat(torch_result(function, call))


def torch_result(function: Any, call: Call) -> Any:
    if isinstance(function, property) or not callable(function):  # Tensor.mT and the like
        return function.__get__(call.args[0])
    return function(*call.args, **call.kwargs)


def array_of(result: Any) -> np.ndarray[Any, Any]:
    """A tensor or a number of PyTorch as an array."""
    if not is_tensor(result):
        return np.asarray(result)
    plain = result.detach().resolve_conj().resolve_neg()
    if plain.dtype in (torch.float16, torch.bfloat16):
        plain = plain.float()
    return np.array(plain.numpy(force=True))
