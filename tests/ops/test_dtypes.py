"""Every dtype that an entry claims works, and gives what float64 gives, rounded."""
from __future__ import annotations

import numpy as np
import pytest

import cytorch
from cytorch.ops.spec import Call, Op
from support.layouts import to_numpy
from support.samples import dtype_name, map_tensors, tensors_in
from support.table import assert_close, describe, is_random, run_tensors, samples_of, tolerance

HALF = ("float16", "bfloat16")


def computes_in_float(entry: Op) -> bool:
    """Whether 16-bit floats reach the kernel through float32."""
    return bool(entry.kernel and entry.kernel.kind in ("elementwise", "reduction")
                and "float32" in entry.kernel.dtypes)


@pytest.mark.parametrize("dtype", HALF)
def test_half(entry: Op, dtype: str) -> None:
    """16-bit floats are float32 arithmetic, rounded once at the end."""
    if not computes_in_float(entry) or is_random(entry):
        return
    for index, call in enumerate(samples_of(entry, dtype)):
        wide = map_tensors(lambda t: t.float() if dtype_name(t) == dtype else t, call)
        for got, want in zip(run_tensors(entry, call), run_tensors(entry, wide), strict=True):
            if want.dtype == cytorch.float32:
                assert dtype_name(got) in (dtype, "float32")
            assert_close(got, want, describe(entry, index, call), tolerance(got))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int16", "int32", "int64"])
def test_integers(entry: Op, dtype: str) -> None:
    """Integer kernels agree with int64 arithmetic, wrapped to the narrow dtype."""
    claimed = entry.kernel.dtypes if entry.kernel else ()
    if dtype not in claimed or entry.kernel.kind == "structured" or "int64" not in claimed:
        return
    if dtype == "bool" and entry.short_name == "bitwise_not":
        return  # `not` for bool, all bits for integers
    for index, call in enumerate(samples_of(entry, dtype)):
        wide = map_tensors(lambda t: t.to(cytorch.int64) if dtype_name(t) == dtype else t, call)
        for got, want in zip(run_tensors(entry, call), run_tensors(entry, wide), strict=True):
            expected = to_numpy(want)
            if got.dtype != want.dtype and not got.dtype.is_floating_point:
                expected = expected.astype(dtype_name(got))
            assert_close(got, expected, describe(entry, index, call), tolerance(got))


def test_unsupported_dtype_is_an_error(entry: Op) -> None:
    """A dtype that the kernel does not have raises DTypeError naming op and dtype."""
    if entry.kernel is None or entry.kernel.kind != "elementwise" or entry.promote == "float":
        return
    if "bool" in entry.kernel.dtypes or entry.result == "bool":
        return
    operands = [p for p in entry.tensor_params if p.type == "Tensor"]
    tensors = [cytorch.tensor([True, False]) for _ in operands]
    if len(operands) != sum(p.required for p in entry.params):
        return
    with pytest.raises(cytorch.errors.DTypeError, match=entry.short_name.strip("_")):
        run_tensors(entry, cytorch.ops.spec.call(*tensors))


def with_values_of(call: Call, source: Call) -> Call:
    """`call` with the values of `source`, kept in its own dtypes."""
    values = iter(tensors_in(source))
    return map_tensors(lambda t: next(values).to(t.dtype), call)


def test_float32_and_float64_agree(entry: Op) -> None:
    """The two instances of a kernel compute the same function."""
    if is_random(entry):
        return
    for index, (single, double) in enumerate(zip(samples_of(entry, "float32"),
                                                 samples_of(entry, "float64"), strict=True)):
        double = with_values_of(double, single)
        for got, want in zip(run_tensors(entry, single), run_tensors(entry, double), strict=True):
            if got.dtype.is_floating_point and got.dtype != want.dtype:
                assert_close(got, to_numpy(want), describe(entry, index, single),
                             (1e-4, 1e-4))


def test_numpy_dtypes_are_known() -> None:
    """Every dtype with a NumPy counterpart survives the way there and back."""
    for name in ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32",
                 "float64", "complex64", "complex128"):
        array = np.zeros(3, name)
        assert dtype_name(cytorch.from_numpy(array)) == name
