"""Hooks on tensors and nodes, retained gradients, saved-tensor hooks."""
from __future__ import annotations

from typing import Any

import pytest

import cytorch
from cytorch.autograd import graph


def leaf(*values: float) -> cytorch.Tensor:
    return cytorch.tensor(values, dtype=cytorch.float32, requires_grad=True)


def test_hook_sees_and_replaces_the_gradient() -> None:
    x = leaf(1, 2)
    y = x * 3
    seen: list[Any] = []
    y.register_hook(lambda g: seen.append(g.tolist()))
    y.register_hook(lambda g: g * 10)
    y.sum().backward()
    assert seen == [[1.0, 1.0]]
    assert x.grad.tolist() == [30.0, 30.0]


def test_hooks_run_in_order() -> None:
    y = leaf(1) * 1
    seen: list[float] = []
    y.register_hook(lambda g: g + 1)
    y.register_hook(lambda g: seen.append(g.item()))
    y.backward()
    assert seen == [2.0]


def test_leaf_hook_gets_the_whole_gradient_once() -> None:
    x = leaf(1)
    seen: list[float] = []
    x.register_hook(lambda g: seen.append(g.item()))
    (x * 2 + x * 3).backward()
    assert seen == [5.0]
    assert x.grad.item() == 5.0


def test_leaf_hook_runs_for_grad_too() -> None:
    x = leaf(1)
    x.register_hook(lambda g: g * 2)
    (g,) = cytorch.autograd.grad(x * 3, x)
    assert g.item() == 6.0


def test_hook_removed_by_handle() -> None:
    x = leaf(1)
    handle = x.register_hook(lambda g: g * 100)
    handle.remove()
    handle.remove()
    (x * 2).backward()
    assert x.grad.item() == 2.0


def test_hook_that_removes_itself() -> None:
    x = leaf(1)
    seen: list[float] = []
    y = x * 2

    def once(g: Any) -> None:
        seen.append(g.item())
        handle.remove()

    handle = y.register_hook(once)
    y.backward(retain_graph=True)
    y.backward()
    assert seen == [1.0]


def test_handle_as_context_manager() -> None:
    x = leaf(1)
    with x.register_hook(lambda g: g * 5):
        (x * 1).backward()
    (x * 1).backward()
    assert x.grad.item() == 6.0


def test_wrong_shape_from_a_hook() -> None:
    y = leaf(1, 2) * 2
    y.register_hook(lambda g: cytorch.ones(3))
    with pytest.raises(RuntimeError, match=r"\(3,\).*\(2,\)"):
        y.sum().backward()


def test_wrong_type_from_a_hook() -> None:
    y = leaf(1, 2) * 2
    y.register_hook(lambda g: 3.0)
    with pytest.raises(TypeError, match="float"):
        y.sum().backward()


def test_exception_in_a_hook_keeps_its_traceback() -> None:
    x = leaf(1)
    y = x * 2

    def fails(g: Any) -> None:
        raise KeyError("from the hook")

    handle = y.register_hook(fails)
    with pytest.raises(KeyError, match="from the hook") as caught:
        y.backward(retain_graph=True)
    assert any(entry.name == "fails" for entry in caught.traceback)
    handle.remove()
    y.backward()
    assert x.grad.item() == 2.0


def test_hook_needs_a_gradient() -> None:
    with pytest.raises(RuntimeError, match="doesn't require grad"):
        cytorch.ones(1).register_hook(print)
    with pytest.raises(TypeError, match="callable"):
        leaf(1).register_hook(3)


def test_retain_grad() -> None:
    x = leaf(1, 2)
    y = x * 3
    assert y.grad is None
    y.retain_grad()
    assert y.retains_grad
    (y * y).sum().backward()
    assert y.grad.tolist() == [6.0, 12.0]


def test_retain_grad_sees_what_hooks_made() -> None:
    y = leaf(1) * 3
    y.register_hook(lambda g: g * 2)
    y.retain_grad()
    y.backward()
    assert y.grad.item() == 2.0


def test_retain_grad_of_a_leaf_does_nothing() -> None:
    x = leaf(1)
    x.retain_grad()
    assert not x.retains_grad


def test_retain_grad_of_a_constant() -> None:
    with pytest.raises(RuntimeError, match="requires_grad=False"):
        cytorch.ones(1).retain_grad()


def test_post_accumulate_hook() -> None:
    x = leaf(1)
    seen: list[float] = []
    x.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.item()))
    (x * 2).backward()
    (x * 2).backward()
    assert seen == [2.0, 4.0]
    with pytest.raises(RuntimeError, match="leaf"):
        (x * 2).register_post_accumulate_grad_hook(print)


def test_optimizer_in_backward() -> None:
    x = leaf(4)

    def step(p: Any) -> None:
        with cytorch.no_grad():
            p.sub_(p.grad)
        p.grad = None

    x.register_post_accumulate_grad_hook(step)
    (x * 3).backward()
    assert x.item() == 1.0
    assert x.grad is None


def test_node_hooks() -> None:
    x = leaf(2)
    y = x * 3
    seen: list[Any] = []
    y.grad_fn.register_prehook(lambda outputs: (outputs[0] * 10,))
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append((inputs[0].item(),
                                                                  outputs[0].item())))
    y.backward()
    assert seen == [(30.0, 10.0)]
    assert x.grad.item() == 30.0


def test_node_hook_replaces_input_gradients() -> None:
    x = leaf(2)
    y = x * 3
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] * 7, None))
    y.backward()
    assert x.grad.item() == 21.0


def test_hook_on_one_of_several_outputs() -> None:
    x = cytorch.arange(4.0).requires_grad_()
    a, b = x.split(2)
    a.register_hook(lambda g: g * 5)
    (a + b).sum().backward()
    assert x.grad.tolist() == [5.0, 5.0, 1.0, 1.0]


def test_multi_grad_hook() -> None:
    x = leaf(1)
    y, z, unused = x * 2, x * 3, x * 4
    calls: list[Any] = []
    handle = graph.register_multi_grad_hook(
        (y, z, unused), lambda grads: calls.append([g is not None for g in grads]))
    (y + z).backward(retain_graph=True)
    assert calls == [[True, True, False]]
    handle.remove()
    (y + z).backward()
    assert len(calls) == 1


def test_multi_grad_hook_any() -> None:
    x = leaf(1)
    y, z = x * 2, x * 3
    calls: list[float] = []
    graph.register_multi_grad_hook((y, z), lambda g: calls.append(g.item()), mode="any")
    (y + z).backward()
    assert calls == [1.0]


def test_saved_tensors_hooks() -> None:
    x = leaf(2, 3)
    packed: list[Any] = []

    def pack(tensor: Any) -> int:
        packed.append(tensor.clone())
        return len(packed) - 1

    with graph.saved_tensors_hooks(pack, lambda index: packed[index] * 10):
        y = x * x
    y.sum().backward()
    assert len(packed) == 2
    assert x.grad.tolist() == [40.0, 60.0]


def test_saved_tensors_hooks_nest() -> None:
    x = leaf(2)
    calls: list[str] = []

    def hooks(name: str) -> Any:
        return graph.saved_tensors_hooks(lambda t: calls.append(name) or t, lambda t: t)

    with hooks("outer"):
        x.exp()
        with hooks("inner"):
            x.exp()
        x.exp()
    x.exp()
    assert calls == ["outer", "inner", "outer"]


def test_saved_tensors_hooks_keep_second_derivatives() -> None:
    x = leaf(2.0)
    with graph.saved_tensors_hooks(lambda t: t.tolist(), cytorch.tensor):
        y = (x ** 3).sum()
    (g,) = cytorch.autograd.grad(y, x, create_graph=True)
    (second,) = cytorch.autograd.grad(g, x)
    assert second.item() == pytest.approx(12.0)


def test_unpack_hook_must_return_a_tensor() -> None:
    x = leaf(2.0)
    with graph.saved_tensors_hooks(lambda t: 0, lambda t: "text"):
        y = x.exp()
    with pytest.raises(TypeError, match="str"):
        y.backward()


def test_disabled_saved_tensors_hooks() -> None:
    with (graph.disable_saved_tensors_hooks("not here"),
          pytest.raises(RuntimeError, match="not here"),
          graph.saved_tensors_hooks(lambda t: t, lambda t: t)):
        pass


def test_increment_version() -> None:
    x = leaf(2)
    y = x.exp()
    graph.increment_version(y)
    with pytest.raises(RuntimeError, match="modified by an inplace"):
        y.backward()


def test_gradient_edge() -> None:
    x = leaf(1)
    assert graph.get_gradient_edge(x * 2).node.name() == "MulBackward0"
    assert graph.get_gradient_edge(x).node.name().endswith("AccumulateGrad")
    with pytest.raises(RuntimeError, match="does not require grad"):
        graph.get_gradient_edge(cytorch.ones(1))
