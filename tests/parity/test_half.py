"""16-bit floats of every op of the table against PyTorch on the CPU.

What runs there runs here and agrees within the precision of the dtype; more may run here. Samples
without elements are left out: for those PyTorch often returns before it looks for a kernel.
"""
from __future__ import annotations

import pytest

from cytorch.ops.spec import Op
from support.parity import Refused, array_of, torch_calls, torch_function, torch_run
from support.samples import dtype_name, is_tensor, tensors_in
from support.table import assert_close, describe, is_random, run, samples_of

TOLERANCE = {"float16": (1e-2, 1e-2), "bfloat16": (6e-2, 6e-2)}

# Ops that are left out, and why.
DIFFERENT = {
    "complex": "complex numbers of two 16-bit floats are no dtype here",
    "view_as_complex": "as complex",
    "linalg.matrix_exp": "as all of linalg, not for 16-bit floats; PyTorch's composition is",
    "matrix_exp": "as linalg.matrix_exp",
    "topk": "of equal values any may be named",
    "nn.functional.grid_sample": "PyTorch computes bicubic weights in 16 bits",
    "grid_sampler": "as grid_sample",
    "grid_sampler_2d": "as grid_sample",
}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_values(entry: Op, dtype: str) -> None:
    function = torch_function(entry)
    if function is None or entry.private or is_random(entry) or "needs" in entry.extra \
            or not entry.extra.get("parity", True) or entry.name in DIFFERENT:
        return
    pairs = zip(samples_of(entry, dtype), torch_calls(entry, dtype), strict=True)
    for index, (ours, theirs) in enumerate(pairs):
        tensors = tensors_in([*theirs.args, *theirs.kwargs.values()])
        if not all(t.numel() for t in tensors) or not any(dtype_name(t) == dtype for t in tensors):
            continue
        context = describe(entry, index, ours)
        try:
            expected = torch_run(entry, function, theirs)
        except (Refused, NotImplementedError):
            continue
        for got, want in zip(run(entry, ours), expected, strict=True):
            if is_tensor(want):
                assert dtype_name(got) == dtype_name(want), context
            assert_close(got, array_of(want), context, TOLERANCE[dtype])
