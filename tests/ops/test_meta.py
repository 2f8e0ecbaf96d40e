"""On device "meta" every op gives shapes and dtypes without computing anything."""
from __future__ import annotations

from cytorch.ops.spec import Op
from support.samples import map_tensors
from support.table import describe, run_tensors, samples_of

# Shapes that depend on values cannot be known without computing.
DATA_DEPENDENT = {"nonzero", "masked_select", "unique", "unique_consecutive", "bincount",
                  "repeat_interleave", "item", "tolist", "equal", "allclose", "is_nonzero",
                  "argwhere", "histc", "one_hot", "cpu"}


def test_meta(entry: Op) -> None:
    if entry.short_name in DATA_DEPENDENT or entry.extra.get("data_dependent"):
        return
    for index, call in enumerate(samples_of(entry)):
        context = describe(entry, index, call)
        expected = run_tensors(entry, call)
        actual = run_tensors(entry, map_tensors(lambda t: t.to("meta"), call))
        assert len(actual) == len(expected), context
        for got, want in zip(actual, expected, strict=True):
            assert got.shape == want.shape, f"{context}: {got.shape}, on cpu {want.shape}"
            assert got.dtype == want.dtype, f"{context}: {got.dtype}, on cpu {want.dtype}"
            if entry.tensor_params:
                assert got.device.type == "meta", f"{context}: result on {got.device}"
