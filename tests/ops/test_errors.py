"""Declared errors: the class, the text, and that nothing was written before they were raised."""
from __future__ import annotations

import builtins

import numpy as np
import pytest

import cytorch
from cytorch.ops.spec import Op
from support.layouts import to_numpy
from support.samples import Samples, tensors_in
from support.table import function_of, with_dtypes


def test_errors(entry: Op) -> None:
    if entry.errors is None:
        return
    for call, class_name, pattern in entry.errors(Samples(cytorch)):
        call = with_dtypes(entry, cytorch, call)
        operands = tensors_in(call)
        before = [to_numpy(t) for t in operands if t.device.type == "cpu"]
        error_class = getattr(cytorch.errors, class_name, None) or getattr(builtins, class_name)
        with pytest.raises(error_class, match=pattern) as caught:
            function_of(entry)(*call.args, **call.kwargs)
        text = str(caught.value)
        names = [entry.short_name.strip("_"), entry.torch.rpartition(".")[2]]  # or its first name
        assert any(name and name in text for name in names), f"the op is not named: {text}"
        after = [to_numpy(t) for t in operands if t.device.type == "cpu"]
        for old, new in zip(before, after, strict=True):
            np.testing.assert_array_equal(old, new, "an operand was written before the error")
