"""From the op table to functions, methods, in-place forms, `out=` and operators.

This is the only place that puts anything into the Tensor type.
"""
from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

from cytorch._C import buffer, registry
from cytorch._C.autograd import api, inplace
from cytorch._C.autograd.record import Derivative
from cytorch._C.call import (
    copying,
    dispatch,
    elementwise,
    host,
    indexing,
    inspection,
    reduction,
    reinterpret,
    structured,
    views,
)
from cytorch._C.call.operator import Operator
from cytorch._C.table_hash import TABLE_HASH
from cytorch._C.tensor import OPERATOR_SLOTS, add_method
from cytorch._C.tensor import set_parameter_type as set_parameter_type
from cytorch.errors import LinAlgError

from . import TABLE
from .node_names import node_name
from .spec import Namespace, Op, ops, table_hash

# Handlers register themselves when their module is imported.
_HANDLER_MODULES = (buffer, copying, elementwise, host, indexing, inspection, reduction,
                    reinterpret, structured, views)


def _derivative(entry: Op, number: int) -> Derivative | None:
    """The compiled derivative; `number` tells entries of one name apart."""
    if entry.grad is None:
        return None
    return Derivative(entry.short_name, node_name(entry, number),
                      [(p.name, p.type) for p in entry.params], entry.outputs, entry.grad,
                      entry.nondiff + tuple(o for o in entry.outputs if o == "indices"),
                      entry.kernel is not None and entry.kernel.kind == "elementwise")


def _chain(operators: list[Operator]) -> Operator:
    for first, second in zip(operators, operators[1:]):
        first.set_following(second)
    return operators[0]


def _namespace(name: str) -> Any:
    place: Any = ops
    for part in name.split(".")[:-1]:
        if part not in vars(place):
            setattr(place, part, Namespace())
        place = getattr(place, part)
    return place


def _inplace(entry: Op, functional: Operator, derivative: Derivative | None) -> Operator:
    operator = Operator(entry, entry.short_name + "_", inplace=True)
    if entry.kernel is not None and entry.kernel.kind == "elementwise":
        operator.set_derivative(derivative)
    elif entry.short_name in ("transpose", "unsqueeze", "squeeze", "t", "swapaxes", "swapdims",
                              "as_strided"):
        operator.set_inplace_view(functional)
    else:
        operator.set_functional(functional)
    return operator


def _install_name(name: str, entries: list[Op], functions: dict[str, Any]) -> None:
    """All forms of the entries that share a name."""
    short = entries[0].short_name
    plain, in_place = [], []
    for number, entry in enumerate(entries):
        operator = Operator(entry, short, accepts_out="out" in entry.forms)
        derivative = _derivative(entry, number)
        operator.set_derivative(derivative)
        plain.append(operator)
        if "inplace" in entry.forms:
            in_place.append(_inplace(entry, operator, derivative))
    doc = "\n\n".join([e.signature for e in entries] + [e.doc for e in entries if e.doc])
    head = _chain(plain)
    function = dispatch.make_function(head, short, short, doc, "cytorch", False)
    for operator in plain[1:]:
        operator.function = function
    setattr(_namespace(name), short, function)
    if any("function" in e.forms for e in entries) and not entries[0].private:
        functions[name] = function
    if any("method" in e.forms for e in entries):
        method = dispatch.make_function(_chain(
            [o for o, e in zip(plain, entries) if "method" in e.forms] if
            all("method" in e.forms for e in entries) else _methods(entries)),
            short, f"Tensor.{short}", doc, "cytorch", True)
        add_method(short, method)
    _install_inplace(name, short, entries, in_place, functions)
    _install_operators(entries, head, in_place)


def _methods(entries: list[Op]) -> list[Operator]:
    """Operators of their own for the entries that are methods, when some are not."""
    made = []
    for number, entry in enumerate(entries):
        if "method" in entry.forms:
            operator = Operator(entry, entry.short_name, accepts_out="out" in entry.forms)
            operator.set_derivative(_derivative(entry, number))
            made.append(operator)
    return made


def _install_inplace(name: str, short: str, entries: list[Op], in_place: list[Operator],
                     functions: dict[str, Any]) -> None:
    if not in_place:
        return
    head = _chain(in_place)
    doc = f"In-place form of `{short}`."
    function = dispatch.make_function(head, short + "_", short + "_", doc, "cytorch", False)
    setattr(_namespace(name), short + "_", function)
    if any("function" in e.forms for e in entries):
        functions[name + "_"] = function
    if any("method" in e.forms for e in entries):
        add_method(short + "_", dispatch.make_function(
            head, short + "_", f"Tensor.{short}_", doc, "cytorch", True))


def _install_operators(entries: list[Op], head: Operator, in_place: list[Operator]) -> None:
    for entry in entries:
        for operator in entry.operators:
            augmented = operator in _AUGMENTED
            # A reflected operator gets the tensor first: its entry is commutative, or says so.
            target = in_place[0] if augmented and in_place else head
            dispatch.set_operator(OPERATOR_SLOTS[operator], target)


_AUGMENTED = frozenset({"__iadd__", "__isub__", "__imul__", "__itruediv__", "__ifloordiv__",
                        "__imod__", "__ipow__", "__iand__", "__ior__", "__ixor__",
                        "__ilshift__", "__irshift__"})


def families() -> list[str]:
    """Names of the kernel families, from the built modules."""
    import pkgutil

    package = __import__("cytorch._C.isa_base", fromlist=["__path__"])
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def install(package: ModuleType) -> None:
    """Load the kernels, make every op, and put the public ones into `package`."""
    if table_hash() != TABLE_HASH:
        raise ImportError("the op table changed since the compiled core was built: rebuild it with "
                          "`python setup.py build_ext --inplace` or `pip install .`")
    registry.load_kernels(families())
    elementwise.load_casts()
    by_name: dict[str, list[Op]] = {}
    for entry in TABLE:
        by_name.setdefault(entry.name, []).append(entry)
    functions: dict[str, Any] = {}
    for name, entries in by_name.items():
        _install_name(name, entries, functions)
    for name, function in functions.items():
        if "." not in name:
            setattr(package, name, function)
    _install_submodules(package, functions)
    copying.set_engine_ops(ops.add, ops.add_, ops._sum_to_size)
    indexing.set_helpers(ops, _make_tensor, _override)
    dispatch.set_override_handler(_override)
    host.set_function_finder(_host_function)
    ops._default_generator = _default_generator
    ops._gradients = _gradients
    dispatch.set_array_converter(_tensor_of_array)
    inplace.install_views(ops.as_strided, ops.view_as_real, ops.view_as_complex)
    api.set_stack(ops.stack)


def _make_tensor(*args: Any, **kwargs: Any) -> Any:
    from cytorch.from_data import tensor

    return tensor(*args, **kwargs)


def _tensor_of_array(array: Any) -> Any:
    from cytorch.from_data import as_tensor

    return as_tensor(array)


def _host_function(name: str) -> Any:
    """`decompositions.svd` is the function svd of cytorch/host/decompositions.py."""
    module, _, function = name.rpartition(".")
    return getattr(importlib.import_module(f"cytorch.host.{module}"), function)


def _gradients(outputs: Any, inputs: Any, grad_outputs: Any) -> Any:
    """For the derivatives of whole layers: gradients with a graph; None for what is not used."""
    from cytorch.autograd import grad

    return grad(outputs, inputs, grad_outputs, create_graph=True, allow_unused=True)


def _default_generator() -> Any:
    from cytorch.random import default_generator

    return default_generator


def _override(function: Any, args: Any, kwargs: Any) -> Any:
    from cytorch.overrides import handle_call

    return handle_call(function, args, kwargs)


_COLLECTING = ("nn.functional", "masked")


def _install_submodules(package: ModuleType, functions: dict[str, Any]) -> None:
    """`linalg.norm` and the like; `_COLLECTING` modules take their names when they are imported."""
    for name, function in functions.items():
        prefix, _, short = name.rpartition(".")
        if not prefix or prefix in _COLLECTING:
            continue
        place = package
        for part in prefix.split("."):
            full = f"{place.__name__}.{part}"
            if full not in sys.modules:
                sys.modules[full] = ModuleType(full)
                setattr(place, part, sys.modules[full])
            place = sys.modules[full]
        setattr(place, short, function)
    package.linalg.LinAlgError = LinAlgError  # type: ignore[attr-defined]
