"""dtype arithmetic, limits, conversions and old methods against PyTorch."""
from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch

import cytorch

DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32",
          "float64", "complex64", "complex128")
NUMBERS = (True, 3, 1.5, 1j)


def name(dtype: Any) -> str:
    return str(dtype).rpartition(".")[2]


@pytest.mark.parametrize("first", DTYPES)
def test_promotion(first: str) -> None:
    for second in DTYPES:
        ours, theirs = ([getattr(library, n) for n in (first, second)]
                        for library in (cytorch, torch))
        assert name(cytorch.promote_types(*ours)) == name(torch.promote_types(*theirs))
        assert cytorch.can_cast(*ours) == torch.can_cast(*theirs), (first, second)


@pytest.mark.parametrize("dtype", DTYPES)
def test_result_type(dtype: str) -> None:
    for shape, number in itertools.product(((), (2,)), NUMBERS):
        if dtype == "float16" and number == 1j:
            continue  # complex32 does not exist here
        ours, theirs = (library.zeros(shape, dtype=getattr(library, dtype))
                        for library in (cytorch, torch))
        assert name(cytorch.result_type(ours, number)) == name(torch.result_type(theirs, number))


@pytest.mark.parametrize("dtype", DTYPES[6:10])
def test_limits_of_floats(dtype: str) -> None:
    ours, theirs = (library.finfo(getattr(library, dtype)) for library in (cytorch, torch))
    for field in ("bits", "eps", "max", "min", "tiny", "smallest_normal", "resolution"):
        assert getattr(ours, field) == pytest.approx(getattr(theirs, field), rel=1e-12)


@pytest.mark.parametrize("dtype", DTYPES[1:6])
def test_limits_of_integers(dtype: str) -> None:
    ours, theirs = (library.iinfo(getattr(library, dtype)) for library in (cytorch, torch))
    assert (ours.bits, ours.max, ours.min) == (theirs.bits, theirs.max, theirs.min)


CALLS = {
    "new": lambda x: x.new([1, 2]), "new_tensor": lambda x: x.new_tensor([3]),
    "apply_": lambda x: x.clone().apply_(lambda v: v * 2),
    "map_": lambda x: x.clone().map_(x, lambda a, b: a - 2 * b),
    "fill_diagonal_": lambda x: x.clone().fill_diagonal_(7),
    "storage": lambda x: x[1].storage().tolist(), "get_device": lambda x: x.get_device(),
    "is_set_to": lambda x: x.is_set_to(x), "is_signed": lambda x: x.is_signed(),
    "dim_order": lambda x: x.t().dim_order(), "nelement": lambda x: x.nelement(),
    "ndimension": lambda x: x.ndimension(), "type": lambda x: x.type(),
    "type_name": lambda x: x.type("torch.LongTensor"), "nbytes": lambda x: x.nbytes,
    "itemsize": lambda x: x.itemsize, "T": lambda x: x.T, "mT": lambda x: x.mT, "H": lambda x: x.H,
    "len": len, "contains": lambda x: 3.0 in x, "format": lambda x: f"{x[0, 0]:.3f}",
    "iter": lambda x: [r.tolist() for r in x], "reversed": lambda x: reversed(x),
    "to_other": lambda x: x.to(x.int()), "to_device": lambda x: x.to("cpu", non_blocking=True),
    "mode": lambda x: x.mode().values, "as_strided_": lambda x: x.clone().as_strided_((2,), (1,)),
    "sum_to_size": lambda x: x.sum_to_size(1, 3), "narrow_copy": lambda x: x.narrow_copy(1, 0, 2),
    "unsafe_chunk": lambda x: x.unsafe_chunk(2)[1], "index": lambda x: [5, 6][x[0, 1].int()],
    "untyped": lambda x: x.untyped_storage().nbytes(),
    "round_trip": lambda x: complex(x[0, 1]),
}


@pytest.mark.filterwarnings("ignore:TypedStorage is deprecated")
@pytest.mark.parametrize("case", sorted(CALLS))
def test_methods(case: str) -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    got, want = (CALLS[case](library.tensor(values)) for library in (cytorch, torch))
    if isinstance(want, torch.Tensor):
        assert name(got.dtype) == name(want.dtype)
        got, want = got.tolist(), want.tolist()
    assert got == want


BAD = {
    "bool": lambda t: bool(t.ones(2)), "int": lambda t: int(t.ones(2)),
    "float": lambda t: float(t.ones(2)), "iter": lambda t: iter(t.tensor(1.0)),
    "len": lambda t: len(t.tensor(1.0)), "item": lambda t: t.ones(2).item(),
    "contains": lambda t: "x" in t.ones(2), "index": lambda t: [1][t.tensor(0.5)],
    "numpy": lambda t: t.ones(1, requires_grad=True).numpy(), "mT": lambda t: t.ones(2).mT,
    "fill_diagonal_": lambda t: t.ones(2).fill_diagonal_(1),
    "apply_": lambda t: t.ones(1, requires_grad=True).apply_(abs),
    "view": lambda t: t.ones(2, 3).view(4), "new": lambda t: t.ones(1).new(1.5),
    "to": lambda t: t.ones(1).to("nowhere"), "type": lambda t: t.ones(1).type("torch.NoTensor"),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_errors_are_of_the_same_family(case: str) -> None:
    with pytest.raises(Exception) as theirs:
        BAD[case](torch)
    with pytest.raises(theirs.type):
        BAD[case](cytorch)
