"""`backward` and `grad`: arguments, accumulation, freed graphs, errors."""
from __future__ import annotations

import gc
import weakref

import pytest

import cytorch
from cytorch import autograd


def leaf(*values: float) -> cytorch.Tensor:
    return cytorch.tensor(values, dtype=cytorch.float64, requires_grad=True)


def test_gradients_accumulate() -> None:
    x = leaf(1, 2)
    (x * 3).sum().backward()
    (x * x).sum().backward()
    assert x.grad.tolist() == [5.0, 7.0]


def test_leaf_used_many_times() -> None:
    x = leaf(2)
    y = x * x * x + x * 4 - x
    y.backward()
    assert x.grad.tolist() == [15.0]


def test_backward_with_gradient() -> None:
    x = leaf(1, 2)
    (x * x).backward(cytorch.tensor([1.0, 10.0], dtype=cytorch.float64))
    assert x.grad.tolist() == [2.0, 40.0]


def test_incoming_gradient_is_not_aliased() -> None:
    x, g = leaf(1, 2), cytorch.ones(2, dtype=cytorch.float64)
    (x + 0).backward(g)
    x.grad.mul_(5)
    assert g.tolist() == [1.0, 1.0]


def test_two_leaves_do_not_share_their_gradient() -> None:
    x, y = leaf(1, 2), leaf(3, 4)
    (x + y).sum().backward()
    x.grad.zero_()
    assert y.grad.tolist() == [1.0, 1.0]


def test_retained_gradient_is_not_the_leaf_gradient() -> None:
    x = leaf(1, 2)
    y = x + 0
    y.retain_grad()
    y.sum().backward()
    x.grad.zero_()
    assert y.grad.tolist() == [1.0, 1.0]


def test_several_roots() -> None:
    x = leaf(1, 2)
    autograd.backward([(x * 2).sum(), (x * 3).sum()])
    assert x.grad.tolist() == [5.0, 5.0]


def test_several_roots_with_gradients() -> None:
    x = leaf(1, 2)
    g = cytorch.tensor([1.0, 2.0], dtype=cytorch.float64)
    autograd.backward([x * 2, (x * 3).sum()], [g, None])
    assert x.grad.tolist() == [5.0, 7.0]


def test_backward_inputs_fills_only_those() -> None:
    x, y = leaf(1), leaf(2)
    (x * y).backward(inputs=[x])
    assert x.grad.tolist() == [2.0]
    assert y.grad is None


def test_backward_of_a_leaf() -> None:
    x = leaf(3)
    x.backward()
    assert x.grad.tolist() == [1.0]


def test_grad_leaves_grad_alone() -> None:
    x = leaf(1, 2)
    (g,) = autograd.grad((x * x).sum(), x)
    assert g.tolist() == [2.0, 4.0]
    assert x.grad is None


def test_grad_of_an_inner_tensor() -> None:
    x = leaf(1, 2)
    y = x * 3
    gy, gx = autograd.grad((y * y).sum(), [y, x])
    assert gy.tolist() == [6.0, 12.0]
    assert gx.tolist() == [18.0, 36.0]


def test_grad_of_the_root_itself() -> None:
    y = leaf(1) * 2
    (g,) = autograd.grad(y, y)
    assert g.tolist() == [1.0]


def test_same_input_twice() -> None:
    x = leaf(4)
    first, second = autograd.grad(x * x, [x, x])
    assert first.tolist() == second.tolist() == [8.0]


def test_allow_unused() -> None:
    x, y = leaf(1), leaf(2)
    with pytest.raises(RuntimeError, match=r"not have been used in the graph"):
        autograd.grad(x * 2, [x, y])
    gx, gy = autograd.grad(x * 2, [x, y], allow_unused=True)
    assert gx.tolist() == [2.0]
    assert gy is None


def test_materialize_grads() -> None:
    x, y = leaf(1), leaf(2, 3)
    _, gy = autograd.grad(x * 2, [x, y], materialize_grads=True)
    assert gy.tolist() == [0.0, 0.0]


def test_higher_derivatives() -> None:
    y = x = leaf(2)
    y = x ** 4
    found = []
    for _ in range(4):
        (y,) = autograd.grad(y, x, create_graph=True)
        found.append(y.item())
    assert found == [32.0, 48.0, 48.0, 24.0]


def test_create_graph_backward_into_grad() -> None:
    x = leaf(3)
    (x ** 3).backward(create_graph=True)
    assert x.grad.requires_grad
    first, x.grad = x.grad, None
    first.backward()
    assert x.grad.tolist() == [18.0]


def test_result_without_create_graph_has_no_history() -> None:
    x = leaf(3)
    (g,) = autograd.grad(x ** 3, x)
    assert not g.requires_grad


def test_is_grads_batched() -> None:
    x = leaf(1, 2, 3)
    (g,) = autograd.grad(x * x, x, cytorch.eye(3, dtype=cytorch.float64), is_grads_batched=True)
    assert g.tolist() == [[2.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 6.0]]


def test_second_backward_names_the_freed_op() -> None:
    x = leaf(1, 2)
    y = (x.exp() * 2).sum()
    y.backward()
    with pytest.raises(RuntimeError, match=r"second time.*(exp|mul).*retain_graph=True"):
        y.backward()


def test_retain_graph() -> None:
    x = leaf(1)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [4.0]


def test_second_backward_without_saved_values() -> None:
    x = leaf(1, 2)
    y = x.sum()
    y.backward()
    y.backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_non_scalar_names_the_shape() -> None:
    with pytest.raises(RuntimeError, match=r"scalar outputs.*\(2,\)"):
        (leaf(1, 2) * 2).backward()


def test_wrong_gradient_shape_names_both() -> None:
    with pytest.raises(RuntimeError, match=r"\(3,\).*\(2,\)"):
        (leaf(1, 2) * 2).backward(cytorch.ones(3, dtype=cytorch.float64))


def test_no_history() -> None:
    with pytest.raises(RuntimeError, match="does not require grad"):
        cytorch.ones(1).backward()
    with pytest.raises(RuntimeError, match="does not require grad"):
        autograd.grad(leaf(1) * 2, cytorch.ones(1))


def test_wrong_number_of_gradients() -> None:
    y = leaf(1) * 2
    with pytest.raises(RuntimeError, match="1 tensors and 2 gradients"):
        autograd.backward([y], [None, None])


def test_gradients_must_be_tensors() -> None:
    with pytest.raises(TypeError, match="float"):
        autograd.backward([leaf(1) * 2], [1.0])
    with pytest.raises(TypeError, match="int"):
        autograd.backward([3])


def test_empty_inputs() -> None:
    with pytest.raises(RuntimeError, match="cannot be empty"):
        (leaf(1) * 2).backward(inputs=[])


def test_requires_grad_of_integers() -> None:
    with pytest.raises(TypeError, match=r"floating point.*int64"):
        cytorch.tensor([1, 2], requires_grad=True)
    with pytest.raises(TypeError, match="floating point"):
        cytorch.ones(2, dtype=cytorch.bool).requires_grad_()


def test_requires_grad_of_a_result_cannot_be_cleared() -> None:
    with pytest.raises(RuntimeError, match="leaf"):
        (leaf(1) * 2).requires_grad = False


def test_grad_must_fit() -> None:
    x = leaf(1, 2)
    with pytest.raises(RuntimeError, match=r"\(3,\).*\(2,\)"):
        x.grad = cytorch.ones(3, dtype=cytorch.float64)
    with pytest.raises(RuntimeError, match="different type"):
        x.grad = cytorch.ones(2)
    with pytest.raises(TypeError, match="list"):
        x.grad = [1.0, 2.0]
    with pytest.raises(RuntimeError, match="its own grad"):
        x.grad = x


def test_grad_can_be_set_and_deleted() -> None:
    x = leaf(1, 2)
    x.grad = cytorch.ones(2, dtype=cytorch.float64)
    (x * 2).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]
    del x.grad
    assert x.grad is None


def test_changed_saved_tensor_names_saver_and_changer() -> None:
    y = leaf(1, 2) * 1
    z = y.exp()
    z.add_(1)
    with pytest.raises(RuntimeError, match=r"exp.*\(2,\).*add"):
        z.sum().backward()


def test_leaf_in_place_error_names_the_op() -> None:
    with pytest.raises(RuntimeError, match=r"add_.*leaf"):
        leaf(1, 2).add_(1)


def test_error_leaves_the_engine_clean() -> None:
    x = leaf(1, 2)
    y = x * 1
    z = y * y
    y.add_(1)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            z.sum().backward()
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_graph_is_freed_with_its_result() -> None:
    x = leaf(1, 2)
    inner = x * 2
    reference = weakref.ref(inner)
    result = inner.exp().sum()
    del inner
    result.backward()
    del result
    gc.collect()
    assert reference() is None


def test_mixed_dtypes_cast_gradients_back() -> None:
    x = cytorch.ones(2, requires_grad=True)
    y = leaf(1, 2)
    (x * y).sum().backward()
    assert x.grad.dtype == cytorch.float32
    assert y.grad.dtype == cytorch.float64


def test_zero_dim_and_empty() -> None:
    x = cytorch.tensor(2.0, requires_grad=True)
    (x * x).backward()
    assert x.grad.shape == ()
    e = cytorch.zeros(0, 3, requires_grad=True)
    (e * 2).sum().backward()
    assert e.grad.shape == (0, 3)


def test_in_place_with_itself_keeps_what_backward_needs() -> None:
    x = leaf(1, 2)
    y = x * 1
    y.mul_(y)
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 4.0]


def test_grad_fn_and_next_functions() -> None:
    x, y = leaf(1), leaf(2)
    z = (x * y).exp()
    assert z.grad_fn.name() == "ExpBackward0"
    (product, number), = z.grad_fn.next_functions
    assert (product.name(), number) == ("MulBackward0", 0)
    left, right = (node for node, _ in product.next_functions)
    assert left.name().endswith("AccumulateGrad")
    assert left.variable is x
    assert right.variable is y
    assert x.grad_fn is None


def test_next_functions_of_constants() -> None:
    z = leaf(1) * cytorch.ones(1, dtype=cytorch.float64)
    assert z.grad_fn.next_functions[1] == (None, 0)
