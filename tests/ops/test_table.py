"""Completeness: every entry of the op table has all its parts, and they agree."""
from __future__ import annotations

import inspect

import pytest

import cytorch
from cytorch.ops.spec import FLOATING, Op
from support.table import TABLE, find, function_of, samples_of

LOWER_BOUND = 140  # fewer entries than this means that a family file was not read


def result_is_floating(entry: Op) -> bool:
    if entry.result in ("bool", "int64"):
        return False
    dtypes = entry.kernel.dtypes if entry.kernel else ()
    return not dtypes or bool(set(dtypes) & set(FLOATING))


def test_table_is_complete() -> None:
    assert len({entry.name for entry in TABLE}) >= LOWER_BOUND


def test_has_samples(entry: Op) -> None:
    assert samples_of(entry) or "needs" in entry.extra


def test_has_doc(entry: Op) -> None:
    """Of the entries that share a public name, one says what the op computes and shows it."""
    docs = [other.doc for other in TABLE if other.name == entry.name]
    if entry.private or any(doc.startswith("The same as") for doc in docs):
        return
    assert any(len(doc.split()) >= 3 for doc in docs), "doc= says in a sentence what is computed"
    assert any(">>>" in doc for doc in docs), "a public op shows a runnable example"


def test_has_derivative(entry: Op) -> None:
    """A primitive with a floating result has grad=, or says in nondiff= that it has none."""
    if entry.body is not None or not result_is_floating(entry):
        return
    if all(output in entry.nondiff for output in entry.outputs):
        return
    if entry.kernel and entry.kernel.kind == "compiled" and entry.grad is None:
        return  # compiled functions may record themselves; test_grad checks what they do
    assert entry.grad is not None, "give grad=, or name the outputs in nondiff="


def test_derivative_names_are_known(entry: Op) -> None:
    """The parameter names of a derivative are the save-list: each must name something."""
    if entry.grad is None:
        return
    known = {p.name for p in entry.params} | set(entry.outputs) | {"g", "needs"}
    known |= {f"g_{output}" for output in entry.outputs}
    known |= {f"{p.name}_{part}" for p in entry.tensor_params for part in ("shape", "geometry")}
    rules = entry.grad.values() if isinstance(entry.grad, dict) else [entry.grad]
    for rule in rules:
        for parameter in inspect.signature(rule).parameters.values():
            assert parameter.name in known, f"derivative names {parameter.name!r}"
    if isinstance(entry.grad, dict):
        tensors = {p.name for p in entry.tensor_params}
        assert set(entry.grad) <= tensors, f"grad= for {set(entry.grad) - tensors}"


def test_body_matches_signature(entry: Op) -> None:
    if entry.body is not None:
        given = list(inspect.signature(entry.body).parameters.values())
        if any(p.kind is p.VAR_POSITIONAL for p in given):
            return  # one body for many signatures: it takes what each of them says
        own = given[:len(entry.params)]
        # A body spells `from`, a word of the language, with an underscore.
        assert [p.name.rstrip("_") for p in own] == [p.name for p in entry.params]
        assert all(p.default is not p.empty for p in given[len(own):])


def test_is_installed(entry: Op) -> None:
    """Every form that the entry names exists, with the entry's documentation."""
    assert callable(function_of(entry))
    if entry.private:
        return
    if "function" in entry.forms:
        public = find(cytorch, entry.name)
        assert public.__doc__, "an installed function carries its doc"
    for form, name in (("method", entry.short_name), ("property", entry.short_name),
                       ("inplace", f"{entry.short_name}_")):
        if form in entry.forms:
            assert hasattr(cytorch.Tensor, name), f"Tensor.{name} is missing"
    for operator in entry.operators:
        assert operator in dir(cytorch.Tensor), f"Tensor.{operator} is missing"


def test_kernel_exists(entry: Op) -> None:
    """Every dtype that a kernel claims has a loop in the loaded instruction set."""
    if entry.kernel is None or entry.kernel.kind in ("compiled", "host"):
        return
    from cytorch._C.registry import has_kernel

    for name in entry.kernel.dtypes:
        if name in ("float16", "bfloat16"):
            continue  # computed in float32, converted on the way
        dtype_id = getattr(cytorch, name).id
        assert has_kernel(entry.kernel_name, dtype_id), f"no {entry.kernel_name} for {name}"


@pytest.mark.parametrize("dunder", ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow",
                                    "matmul", "neg", "abs", "eq", "ne", "lt", "le", "gt", "ge",
                                    "and", "or", "xor", "invert", "radd", "rsub", "rmul",
                                    "rtruediv", "rpow", "iadd", "isub", "imul", "itruediv"])
def test_operators_exist(dunder: str) -> None:
    assert hasattr(cytorch.Tensor, f"__{dunder}__")
