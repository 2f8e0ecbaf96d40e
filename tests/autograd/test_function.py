"""User-written Functions: what they may do, and the errors for what they may not."""
from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

import cytorch
from cytorch.autograd import Function, gradcheck, gradgradcheck
from cytorch.autograd.function import once_differentiable


def leaf(*values: float) -> cytorch.Tensor:
    return cytorch.tensor(values, dtype=cytorch.float64, requires_grad=True)


class Cube(Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved_tensors
        return 3 * x * x * grad


def returning(make: Any) -> Any:
    """A Function of one tensor whose backward is `make(grad)`."""

    class Returns(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return make(grad)

    return Returns.apply


def test_forward_and_backward() -> None:
    x = leaf(1, 2)
    y = Cube.apply(x)
    assert y.tolist() == [1.0, 8.0]
    assert y.grad_fn.name() == "CubeBackward"
    y.sum().backward()
    assert x.grad.tolist() == [3.0, 12.0]


def test_gradcheck_twice() -> None:
    x = leaf(0.5, -2)
    assert gradcheck(Cube.apply, (x,))
    assert gradgradcheck(Cube.apply, (x,))


def test_saved_result() -> None:
    class Exp(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            result = x.exp()
            ctx.save_for_backward(result)
            return result

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            (result,) = ctx.saved_tensors
            return grad * result

    assert gradgradcheck(Exp.apply, (leaf(0.5, -2),))
    y = Exp.apply(leaf(1))
    y.add_(1)
    with pytest.raises(RuntimeError, match=r"ExpBackward.*inplace|inplace.*ExpBackward"):
        y.backward()


def test_other_arguments_and_results() -> None:
    class Scale(Function):
        @staticmethod
        def forward(ctx: Any, factor: float, x: Any, name: str) -> Any:
            ctx.factor = factor
            return x * factor, name, x.shape

        @staticmethod
        def backward(ctx: Any, grad: Any, *others: Any) -> Any:
            assert others == (None, None)
            assert ctx.needs_input_grad == (False, True, False)
            return None, grad * ctx.factor, None

    x = leaf(1, 2)
    y, name, shape = Scale.apply(3.0, x, "n")
    assert (name, shape) == ("n", (2,))
    y.sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_setup_context_and_keywords() -> None:
    class Power(Function):
        @staticmethod
        def forward(x: Any, exponent: int = 2) -> Any:
            return x ** exponent

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            x, ctx.exponent = inputs
            ctx.save_for_backward(x)

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            (x,) = ctx.saved_tensors
            return grad * ctx.exponent * x ** (ctx.exponent - 1), None

    x = leaf(2)
    Power.apply(x, 3).backward()
    Power.apply(x, exponent=2).backward()
    assert x.grad.item() == 16.0
    with pytest.raises(TypeError, match="keyword"):
        Cube.apply(x=x)


def test_vjp_is_another_name_of_backward() -> None:
    class Triple(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 3

        @staticmethod
        def vjp(ctx: Any, grad: Any) -> Any:
            return grad * 3

    x = leaf(1)
    Triple.apply(x).backward()
    assert x.grad.item() == 3.0


def test_absent_gradients_are_zeros() -> None:
    seen: list[Any] = []

    class Two(Function):
        @staticmethod
        def forward(ctx: Any, x: Any, materialize: bool) -> Any:
            ctx.set_materialize_grads(materialize)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx: Any, a: Any, b: Any) -> Any:
            seen.append(b if b is None else b.tolist())
            return a * 2, None

    Two.apply(leaf(1, 2), True)[0].sum().backward()
    Two.apply(leaf(1, 2), False)[0].sum().backward()
    assert seen == [[0.0, 0.0], None]


def test_mark_non_differentiable() -> None:
    class Sort(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            values, indices = x.sort()
            ctx.mark_non_differentiable(indices)
            ctx.save_for_backward(indices)
            return values, indices

        @staticmethod
        def backward(ctx: Any, grad: Any, _: Any) -> Any:
            (indices,) = ctx.saved_tensors
            return cytorch.zeros_like(grad).index_put((indices,), grad)

    x = leaf(3, 1, 2)
    values, indices = Sort.apply(x)
    assert values.requires_grad
    assert not indices.requires_grad
    (values * leaf(1, 10, 100).detach()).sum().backward()
    assert x.grad.tolist() == [100.0, 1.0, 10.0]


class AddOne(Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.mark_dirty(x)
        return x.add_(1)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        return grad * 10


def test_mark_dirty() -> None:
    x = leaf(1, 2)
    y = x * 2
    z = AddOne.apply(y)
    assert z is y
    assert y.tolist() == [3.0, 5.0]
    y.sum().backward()
    assert x.grad.tolist() == [20.0, 20.0]


def test_mark_dirty_of_a_leaf() -> None:
    with pytest.raises(RuntimeError, match="leaf"):
        AddOne.apply(leaf(1))


def test_mark_dirty_of_a_view() -> None:
    x = leaf(1, 2, 3)
    y = x * 2
    AddOne.apply(y[1:])
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 20.0, 20.0]


def test_dirty_input_must_be_returned() -> None:
    class Forgets(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.mark_dirty(x)
            return x.add_(1) * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad

    with pytest.raises(RuntimeError, match="not returned|not.*output"):
        Forgets.apply(leaf(1) * 1)


def test_input_returned_as_it_is() -> None:
    class Reverse(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return -grad

    x = leaf(1, 2)
    y = Reverse.apply(x)
    assert y is not x
    assert x.is_leaf
    y.sum().backward()
    assert x.grad.tolist() == [-1.0, -1.0]


def test_view_returned_cannot_be_changed_in_place() -> None:
    class Head(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x[:1]

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return cytorch.cat((grad, cytorch.zeros(1, dtype=grad.dtype)))

    x = leaf(1, 2)
    y = Head.apply(x * 1)
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 0.0]
    with pytest.raises(RuntimeError, match="Function"):
        Head.apply(x * 1).add_(1)


def test_not_recorded_without_grad() -> None:
    assert not Cube.apply(leaf(1).detach()).requires_grad
    with cytorch.no_grad():
        assert not Cube.apply(leaf(1)).requires_grad


def test_forward_is_not_recorded() -> None:
    class Looks(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            assert not cytorch.is_grad_enabled()
            assert not (x * 2).requires_grad
            with cytorch.enable_grad():
                assert (x * 2).requires_grad
            return x.clone()

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            assert not cytorch.is_grad_enabled()
            return grad

    Looks.apply(leaf(1)).backward()


def test_once_differentiable() -> None:
    class Once(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once_differentiable
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 2 * ctx.saved_tensors[0]

    x = leaf(3)
    Once.apply(x).backward()
    assert x.grad.item() == 6.0
    (g,) = cytorch.autograd.grad(Once.apply(x) ** 2, x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        g.backward()


@pytest.mark.parametrize(("answer", "error", "message"), [
    (lambda g: (g, g), RuntimeError, r"ReturnsBackward.*expected 1, got 2"),
    (lambda g: (), RuntimeError, r"ReturnsBackward.*expected 1, got 0"),
    (lambda g: cytorch.ones(3), RuntimeError, r"ReturnsBackward.*\[3\].*\[2\]"),
    (lambda g: 3.0, TypeError, r"ReturnsBackward.*float"),
    (lambda g: [g], TypeError, r"ReturnsBackward.*list"),
])
def test_wrong_answers_name_the_class(answer: Any, error: type[Exception], message: str) -> None:
    x = leaf(1, 2)
    with pytest.raises(error, match=message):
        returning(answer)(x).sum().backward()
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_answers_that_fit_after_all() -> None:
    x = leaf(1, 2)
    returning(lambda g: (g, None, None))(x).sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]
    x.grad = None
    returning(lambda g: g.float())(x).sum().backward()
    assert x.grad.dtype == cytorch.float64
    x.grad = None
    returning(lambda g: cytorch.ones(3, 2, dtype=cytorch.float64))(x).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]
    x.grad = None
    returning(lambda g: None)(x).sum().backward()
    assert x.grad is None


def test_gradient_for_a_number() -> None:
    class Shift(Function):
        @staticmethod
        def forward(ctx: Any, x: Any, by: float) -> Any:
            return x + by

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad, grad

    with pytest.raises(RuntimeError, match="ShiftBackward.*position 1.*not a Tensor"):
        Shift.apply(leaf(1), 2.0).backward()


def test_forward_must_return_a_tensor() -> None:
    class Nothing(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return 3

    with pytest.raises(TypeError, match=r"Nothing.*int"):
        Nothing.apply(leaf(1))


def test_missing_methods() -> None:
    class Empty(Function):
        pass

    class OneWay(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

    with pytest.raises(NotImplementedError, match="forward"):
        Empty.apply(leaf(1))
    with pytest.raises(NotImplementedError, match="backward"):
        OneWay.apply(leaf(1)).backward()
    with pytest.raises(RuntimeError, match="should not be instantiated"):
        OneWay()


def test_only_tensors_are_saved() -> None:
    class Saves(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x, None, 3)
            return x * 2

    with pytest.raises(TypeError, match="argument 2 is of type int"):
        Saves.apply(leaf(1))


def test_exception_keeps_its_traceback_and_leaks_nothing() -> None:
    references: list[Any] = []

    class Fails(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            kept = x * 2
            references.append(weakref.ref(kept))
            ctx.save_for_backward(kept)
            return kept * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            raise KeyError("from backward")

    x = leaf(1)
    y = Fails.apply(x).exp()
    with pytest.raises(KeyError, match="from backward") as caught:
        y.backward()
    assert any(entry.name == "backward" for entry in caught.traceback)
    del y, caught
    gc.collect()
    assert references[0]() is None
    (x * 2).backward()
    assert x.grad.item() == 2.0


def test_saved_tensors_are_freed_by_backward() -> None:
    y = Cube.apply(leaf(2))
    y.backward()
    with pytest.raises(RuntimeError, match="CubeBackward.*retain_graph=True"):
        y.backward()


def test_reentrant_backward() -> None:
    class Inner(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            (x,) = ctx.saved_tensors
            with cytorch.enable_grad():
                inner = x.detach().requires_grad_()
                (inner * inner).backward(grad)
            return inner.grad

    x = leaf(3)
    (Inner.apply(Inner.apply(x)) + x).sum().backward()
    assert x.grad.item() == 4 * 27 + 1


def test_deep_reentrant_backward() -> None:
    class Nested(Function):
        @staticmethod
        def forward(ctx: Any, x: Any, depth: int) -> Any:
            ctx.depth = depth
            return x.clone()

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            if ctx.depth > 0:
                with cytorch.enable_grad():
                    x = cytorch.ones(1, dtype=grad.dtype, requires_grad=True)
                    Nested.apply(x, ctx.depth - 1).sum().backward()
                    return grad * x.grad, None
            return grad, None

    x = leaf(1)
    Nested.apply(x, 100).backward()
    assert x.grad.item() == 1.0


def test_grad_fn_answers_for_the_context() -> None:
    class Keeps(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.note = "here"
            ctx.save_for_backward(x)
            return x * 1

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad

    x = leaf(5)
    node = Keeps.apply(x).grad_fn
    assert node.note == "here"
    assert node.saved_tensors[0].item() == 5.0
