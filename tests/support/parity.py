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
    roots = (torch, torch.Tensor) if "function" in entry.forms else (torch.Tensor,)
    for root in roots:
        try:
            return find(root, entry.torch or entry.name)
        except AttributeError:
            continue
    return None


def torch_calls(entry: Op, dtype: str) -> list[Call]:
    assert entry.samples is not None
    return [with_dtypes(entry, torch, call) for call in entry.samples(Samples(torch, dtype))]


class Refused(Exception):
    """PyTorch does not take this sample, so there is nothing to compare with."""


def torch_run(entry: Op, function: Any, call: Call) -> list[Any]:
    """The tensors that PyTorch returns; its warnings are not the subject."""
    call = map_tensors(lambda t: t.clone(), call)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return flat(torch_result(entry, function, call))
        except (TypeError, RuntimeError, ValueError, IndexError) as error:
            raise Refused(f"{entry.name}: {error}") from error


def torch_result(entry: Op, function: Any, call: Call) -> Any:
    if entry.extra.get("spreads_tensors") and isinstance(call.args[0], list):
        return function(*call.args[0], *call.args[1:], **call.kwargs)
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
