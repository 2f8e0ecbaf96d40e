"""The __torch_function__ protocol: subclasses, foreign types and modes."""
from __future__ import annotations

from typing import Any, ClassVar

import pytest

import cytorch
from cytorch.overrides import (
    BaseTorchFunctionMode,
    DisableTorchFunction,
    DisableTorchFunctionSubclass,
    TorchFunctionMode,
    handle_torch_function,
    has_torch_function,
    is_tensor_like,
    wrap_torch_function,
)


class Named(cytorch.Tensor):
    """Keeps its type, and counts."""

    calls: ClassVar[list[str]] = []

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        cls.calls.append(func.__name__)
        return super().__torch_function__(func, types, args, kwargs)


class Unit:
    """A foreign type that takes part."""

    def __init__(self, value: Any) -> None:
        self.value = value

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        plain = [a.value if isinstance(a, Unit) else a for a in args]
        return Unit(func(*plain, **(kwargs or {})))


class Refuses:
    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return NotImplemented


@pytest.fixture
def named() -> Any:
    Named.calls.clear()
    return cytorch.ones(2, 2).as_subclass(Named)


def test_subclass_is_kept(named: Any) -> None:
    for result in (named + 1, 1 + named, named.exp(), cytorch.exp(named), named[0], named.t(),
                   cytorch.cat([named, named]), named.sum(), named.add_(1), -named):
        assert type(result) is Named
    assert all(type(part) is Named for part in named.split(1))
    assert type(named.max(0).values) is Named
    assert type(named.tolist()) is list


def test_subclass_sees_the_call(named: Any) -> None:
    cytorch.exp(named)
    assert Named.calls == ["exp"]


def test_plain_subclass_without_a_method() -> None:
    class Plain(cytorch.Tensor):
        pass

    x = cytorch.ones(2).as_subclass(Plain)
    assert type(x * 2) is Plain
    x.requires_grad_()
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_subclass_made_by_new() -> None:
    class Made(cytorch.Tensor):
        def __new__(cls, data: Any, note: str) -> Any:
            made = super().__new__(cls, data)
            made.note = note
            return made

        def __init__(self, data: Any, note: str) -> None:
            pass

    x = Made([1, 2], "n")
    assert x.tolist() == [1.0, 2.0]
    assert x.note == "n"
    assert type(x + 1) is Made


def test_related_subclasses() -> None:
    class Child(Named):
        pass

    parent = cytorch.ones(2).as_subclass(Named)
    child = cytorch.ones(2).as_subclass(Child)
    assert type(parent + child) is Child
    assert type(child + parent) is Child


def test_unrelated_subclasses() -> None:
    class Other(cytorch.Tensor):
        pass

    with pytest.raises(TypeError, match="no implementation found"):
        cytorch.ones(2).as_subclass(Named) + cytorch.ones(2).as_subclass(Other)


def test_foreign_type() -> None:
    result = cytorch.add(Unit(cytorch.ones(2)), 1)
    assert isinstance(result, Unit)
    assert result.value.tolist() == [2.0, 2.0]
    with pytest.raises(TypeError, match="Refuses"):
        cytorch.exp(Refuses())


def test_disabled(named: Any) -> None:
    with DisableTorchFunctionSubclass():
        assert type(named + 1) is cytorch.Tensor
        with DisableTorchFunction():
            pass
        assert type(named + 1) is cytorch.Tensor
    assert type(named + 1) is Named


class Counts(TorchFunctionMode):
    def __init__(self) -> None:
        self.names: list[str] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.append(func.__name__)
        return func(*args, **(kwargs or {}))


def test_mode() -> None:
    with Counts() as mode:
        cytorch.ones(2).exp()
    cytorch.ones(2)
    assert mode.names == ["ones", "exp"]


def test_modes_nest() -> None:
    with Counts() as outer, Counts() as inner:
        cytorch.ones(2)
    assert outer.names == inner.names == ["ones"]


def test_mode_that_raises_is_left() -> None:
    class Fails(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (),
                               kwargs: Any = None) -> Any:
            raise KeyError("mode")

    with Fails(), pytest.raises(KeyError):
        cytorch.ones(2)
    assert cytorch.ones(2).tolist() == [1.0, 1.0]


def test_mode_under_disable() -> None:
    with Counts() as mode:
        with DisableTorchFunctionSubclass():
            cytorch.ones(2)
        with DisableTorchFunction():
            cytorch.zeros(2)
    assert mode.names == ["ones"]


def test_base_mode_changes_nothing(named: Any) -> None:
    with BaseTorchFunctionMode():
        assert type(named + 1) is Named


def test_functions_in_python(named: Any) -> None:
    @wrap_torch_function(lambda a: (a,))
    def double(a: Any) -> Any:
        return a * 2

    def triple(a: Any) -> Any:
        if has_torch_function((a,)):
            return handle_torch_function(triple, (a,), a)
        return a * 3

    assert type(double(named)) is Named
    assert type(triple(named)) is Named
    assert double(cytorch.ones(1)).item() == 2.0


def test_questions() -> None:
    assert is_tensor_like(cytorch.ones(1))
    assert is_tensor_like(Unit(1))
    assert not is_tensor_like(3)
    assert not has_torch_function((cytorch.ones(1), cytorch.nn.Parameter(cytorch.ones(1)), 3))


def test_parameter_results_are_plain() -> None:
    parameter = cytorch.nn.Parameter(cytorch.ones(2))
    assert type(parameter + 1) is cytorch.Tensor
    assert type(parameter[0]) is cytorch.Tensor
