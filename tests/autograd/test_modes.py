"""no_grad, enable_grad, set_grad_enabled and inference_mode."""
from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

import cytorch


@pytest.fixture
def x() -> cytorch.Tensor:
    return cytorch.ones(2, requires_grad=True)


def test_no_grad(x: Any) -> None:
    with cytorch.no_grad():
        assert not cytorch.is_grad_enabled()
        assert not (x * 2).requires_grad
        with cytorch.enable_grad():
            assert (x * 2).requires_grad
        assert not (x * 2).requires_grad
    assert (x * 2).requires_grad


def test_mode_is_restored_after_an_exception() -> None:
    with pytest.raises(KeyError), cytorch.no_grad():
        raise KeyError
    assert cytorch.is_grad_enabled()


def test_new_leaf_under_no_grad() -> None:
    with cytorch.no_grad():
        y = cytorch.ones(2, requires_grad=True)
    assert y.requires_grad
    assert y.is_leaf


def test_set_grad_enabled(x: Any) -> None:
    with cytorch.set_grad_enabled(False):
        assert not (x * 2).requires_grad
    cytorch.set_grad_enabled(False)
    assert not cytorch.is_grad_enabled()
    cytorch.set_grad_enabled(True)
    assert cytorch.is_grad_enabled()


@pytest.mark.parametrize("make", [
    lambda: cytorch.no_grad(), lambda: cytorch.no_grad, lambda: cytorch.set_grad_enabled(False),
    lambda: cytorch.inference_mode(), lambda: cytorch.inference_mode])
def test_decorators(make: Any, x: Any) -> None:
    @make()
    def double(value: Any) -> Any:
        """Twice the value."""
        return value * 2

    assert cytorch.is_grad_enabled()
    assert not double(x).requires_grad
    assert double.__name__ == "double"
    assert double.__doc__ == "Twice the value."
    assert cytorch.is_grad_enabled()


def test_decorated_recursion(x: Any) -> None:
    @cytorch.no_grad()
    def down(depth: int) -> bool:
        return depth == 0 or (not cytorch.is_grad_enabled() and down(depth - 1))

    assert down(5)
    assert cytorch.is_grad_enabled()


def test_decorated_generator(x: Any) -> None:
    @cytorch.no_grad()
    def values() -> Iterator[bool]:
        yield (x * 2).requires_grad
        yield (x * 2).requires_grad

    found = []
    for inside in values():
        found.append((inside, (x * 2).requires_grad))
    assert found == [(False, True), (False, True)]


def test_decorated_generator_gets_what_is_sent() -> None:
    @cytorch.no_grad()
    def echo() -> Any:
        got = yield "first"
        try:
            yield got
        except ValueError as error:
            yield f"caught {error}, {cytorch.is_grad_enabled()}"
        return "end"

    generator = echo()
    assert next(generator) == "first"
    assert generator.send(5) == 5
    assert generator.throw(ValueError("that")) == "caught that, False"
    with pytest.raises(StopIteration) as stopped:
        next(generator)
    assert stopped.value.value == "end"
    assert cytorch.is_grad_enabled()


def test_closing_a_decorated_generator() -> None:
    closed = []

    @cytorch.no_grad()
    def values() -> Iterator[int]:
        try:
            yield 1
        finally:
            closed.append(cytorch.is_grad_enabled())

    generator = values()
    next(generator)
    generator.close()
    assert closed == [False]


def test_threads_have_modes_of_their_own(x: Any) -> None:
    seen = []
    with cytorch.no_grad():
        thread = threading.Thread(target=lambda: seen.append(cytorch.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_inference_mode(x: Any) -> None:
    with cytorch.inference_mode():
        assert cytorch.is_inference_mode_enabled()
        assert not cytorch.is_grad_enabled()
        y = x * 2
        y.add_(1)
        with cytorch.inference_mode(False):
            assert (x * 2).requires_grad
    assert not cytorch.is_inference_mode_enabled()
    assert y.is_inference()
    assert not y.requires_grad
    assert (y * 2).tolist() == [6.0, 6.0]
    assert not (y * 2).is_inference()


def test_inference_tensors_have_no_version() -> None:
    with cytorch.inference_mode():
        y = cytorch.ones(2)
    with pytest.raises(RuntimeError, match="version"):
        _ = y._version


def test_inference_tensors_do_not_enter_a_graph(x: Any) -> None:
    with cytorch.inference_mode():
        y = cytorch.ones(2)
        view = y[:1]
    with pytest.raises(RuntimeError, match="[Ii]nference tensor"):
        x * y
    with pytest.raises(RuntimeError, match="[Ii]nference tensor"):
        y.requires_grad_()
    with pytest.raises(RuntimeError, match="[Ii]nference tensor"):
        y.add_(1)
    assert view.is_inference()
    assert not y.clone().is_inference()


def test_inference_tensor_may_be_added_to_a_graph(x: Any) -> None:
    with cytorch.inference_mode():
        y = cytorch.ones(2)
    (x + y).sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_variable_of_2018(x: Any) -> None:
    v = cytorch.autograd.Variable(cytorch.ones(2), requires_grad=True)
    (v * 2).sum().backward()
    assert v.grad.data.tolist() == [2.0, 2.0]
    assert isinstance(x, cytorch.autograd.Variable)
    assert not isinstance(3, cytorch.autograd.Variable)
    with pytest.warns(UserWarning, match="volatile was removed"):
        cytorch.autograd.Variable(cytorch.ones(2), volatile=True)
    with pytest.raises(TypeError, match="list"):
        cytorch.autograd.Variable([1, 2])
