"""In-place forms: the out-of-place result, in the same memory, with the version counted up."""
from __future__ import annotations

from typing import Any

import pytest

import cytorch
from cytorch.ops.spec import Call, Op
from support.layouts import to_numpy
from support.samples import is_tensor, map_tensors
from support.table import assert_close, describe, is_random, run_tensors, samples_of

# Their in-place forms change the geometry alone.
VIEWS = {"t", "transpose", "swapaxes", "swapdims", "squeeze", "unsqueeze", "as_strided"}


def suitable(call: Call) -> bool:
    return bool(call.args) and is_tensor(call.args[0])


def writable(target: Any, result: Any) -> bool:
    """Whether the result fits into the first argument: same shape, dtype that may be cast."""
    same_kind = result.dtype in (target.dtype, cytorch.bool)
    return bool(target.shape == result.shape and same_kind)


def fits(entry: Op, target: Any, result: Any) -> bool:
    return entry.short_name in VIEWS or writable(target, result)


def test_inplace(entry: Op) -> None:
    if "inplace" not in entry.forms or is_random(entry):
        return
    tried = 0
    for index, call in enumerate(samples_of(entry) + samples_of(entry, "float64")):
        if not suitable(call):
            continue
        expected = run_tensors(entry, call)[0]
        target = call.args[0].clone()
        if not fits(entry, target, expected):
            continue
        tried += 1
        context = describe(entry, index, call)
        version, memory = target._version, target.data_ptr()
        result = getattr(target, f"{entry.short_name}_")(*call.args[1:], **call.kwargs)
        assert result is target, context
        if entry.short_name not in VIEWS:
            assert target.data_ptr() == memory, context
            assert target._version > version, f"{context}: the version counter stands still"
        assert_close(target, expected.to(target.dtype), context, (1e-6, 1e-6))
    assert tried, "no sample suits the in-place form"


def test_inplace_gradient(entry: Op) -> None:
    """The in-place form has the out-of-place form's gradient."""
    if "inplace" not in entry.forms or is_random(entry):
        return
    for index, call in enumerate(samples_of(entry, "float64")):
        if not suitable(call) or not call.args[0].dtype.is_floating_point or \
                not writable(call.args[0], run_tensors(entry, call)[0]):
            continue
        grads = []
        for inplace in (False, True):
            leaf = call.args[0].detach().clone().requires_grad_()
            target = leaf * 1.0
            if inplace:
                out = getattr(target, f"{entry.short_name}_")(*call.args[1:], **call.kwargs)
            else:
                out = run_tensors(entry, Call((target, *call.args[1:]), call.kwargs))[0]
            if not out.requires_grad:
                break
            grads.append(cytorch.autograd.grad(out, leaf, cytorch.ones_like(out),
                                               allow_unused=True)[0])
        if len(grads) == 2 and grads[0] is not None:
            assert_close(grads[1], to_numpy(grads[0]), describe(entry, index, call),
                         (1e-10, 1e-10))


def test_inplace_on_a_leaf_is_an_error(entry: Op) -> None:
    if "inplace" not in entry.forms:
        return
    for call in samples_of(entry, "float64"):
        if suitable(call) and call.args[0].dtype == cytorch.float64:
            leaf = call.args[0].detach().clone().requires_grad_()
            rest = map_tensors(lambda t: t.detach(), Call(call.args[1:], call.kwargs))
            with pytest.raises(RuntimeError, match="leaf"):
                getattr(leaf, f"{entry.short_name}_")(*rest.args, **rest.kwargs)
            return
