"""Views made in other modes, and tensors that join or leave a graph."""
from __future__ import annotations

from typing import Any

from support.aliasing.program import leaf, program


@program
def multi_output_view_in_place_is_an_error(T: Any) -> Any:
    y = leaf(T, 4) * 1
    y.split(2)[0].add_(1)


@program
def unbind_view_in_place_is_an_error(T: Any) -> Any:
    y = leaf(T, 2, 2) * 1
    y.unbind(0)[0].add_(1)


@program
def chunks_read_after_base_changed(T: Any) -> Any:
    x = leaf(T, 4)
    y = x * 1
    a, b = y.chunk(2)
    (a * 2 + b * 3).sum().backward()
    return x.grad


@program
def no_grad_view_in_place_with_grad_is_an_error(T: Any) -> Any:
    y = leaf(T, 2) * 1
    with T.no_grad():
        v = y[0]
    v.add_(1)


@program
def no_grad_view_in_place_under_no_grad(T: Any) -> Any:
    x = leaf(T, 2)
    y = x * 1
    with T.no_grad():
        v = y[:1]
        v.mul_(5)
    y.sum().backward()
    return y, x.grad, v.requires_grad


@program
def no_grad_view_of_leaf_reads(T: Any) -> Any:
    x = leaf(T, 2)
    with T.no_grad():
        v = x[:1]
    return v.requires_grad, v.is_leaf, v.grad_fn is None


@program
def detached_view_joins_memory_only(T: Any) -> Any:
    x = leaf(T, 3)
    y = x * 1
    d = y.detach()[1:]
    d.zero_()
    return y, d.requires_grad


@program
def requires_grad_of_view_of_plain_tensor(T: Any) -> Any:
    base = T.zeros(3, dtype=T.float64)
    v = base[1:]
    v.requires_grad_()
    (v * 2).sum().backward()
    return v.grad, base.requires_grad, base.grad is None


@program
def base_in_place_after_view_requires_grad(T: Any) -> Any:
    base = T.zeros(3, dtype=T.float64)
    v = base[1:]
    v.requires_grad_()
    base.add_(1)
    return v, v.requires_grad, base.requires_grad


@program
def copy_into_view(T: Any) -> Any:
    x, w = leaf(T, 2, 2), leaf(T, 2)
    y = x * 2
    y[:, 0].copy_(w)
    (y * y).sum().backward()
    return x.grad, w.grad


@program
def copy_broadcast_into_view(T: Any) -> Any:
    x, w = leaf(T, 2, 3), leaf(T, 1)
    y = x * 2
    y[:, 1:].copy_(w)
    y.sum().backward()
    return x.grad, w.grad


@program
def hook_on_view_after_change(T: Any) -> Any:
    x = leaf(T, 3)
    y = x * 1
    v = y[1:]
    y.mul_(2)
    seen = []
    # PyTorch 2.13 crashes when the hook comes before the view's new grad_fn.
    name = v.grad_fn.name()
    v.register_hook(lambda g: seen.append(g.tolist()))
    (v * 3).sum().backward()
    return name, seen, x.grad


@program
def hook_before_in_place_sees_old_gradient(T: Any) -> Any:
    x = leaf(T, 2)
    y = x * 1
    seen = []
    y.register_hook(lambda g: seen.append(g.tolist()))
    y.mul_(7)
    y.register_hook(lambda g: seen.append(g.tolist()))
    y.sum().backward()
    return seen, x.grad


@program
def retain_grad_then_in_place(T: Any) -> Any:
    x = leaf(T, 2)
    y = x * 1
    y.retain_grad()
    y.mul_(7)
    y.sum().backward()
    return y.grad, x.grad


@program
def second_derivative_through_copy_slices(T: Any) -> Any:
    x = leaf(T, 3)
    y = x * x
    y[1:].mul_(x[:2])
    (g,) = T.autograd.grad(y.sum(), x, create_graph=True)
    g.sum().backward()
    return g, x.grad


@program
def backward_twice_through_copy_slices(T: Any) -> Any:
    x = leaf(T, 3)
    y = x * x
    y[0] = x[1] * 2
    y.sum().backward(retain_graph=True)
    y.sum().backward()
    return x.grad


@program
def freed_graph_with_copy_slices_is_an_error(T: Any) -> Any:
    y = leaf(T, 3) * 1
    y[0].mul_(y[1].exp())
    y.sum().backward()
    y.sum().backward()


@program
def in_place_on_empty_view(T: Any) -> Any:
    x = leaf(T, 3)
    y = x * 2
    y[3:].mul_(5)
    y.sum().backward()
    return x.grad


@program
def in_place_on_zero_dim_view(T: Any) -> Any:
    x = leaf(T, 3)
    y = x * 2
    y[1].mul_(5)
    y[2].add_(y[0])
    y.sum().backward()
    return x.grad


@program
def noncontiguous_base(T: Any) -> Any:
    x = leaf(T, 2, 3)
    y = (x * 1).t()
    y[0].mul_(3)
    (y * y).sum().backward()
    return x.grad, y


@program
def reshape_that_copies_is_no_view(T: Any) -> Any:
    x = leaf(T, 2, 3)
    y = (x * 1).t()
    r = y.reshape(6)
    r.mul_(2)
    (y.sum() + r.sum()).backward()
    return x.grad, r._base is None


@program
def in_place_op_makes_plain_tensor_require_grad(T: Any) -> Any:
    x = leaf(T, 2)
    y = T.ones(2, dtype=T.float64)
    y.add_(x)
    y.mul_(x)
    y.sum().backward()
    return y.requires_grad, x.grad


@program
def view_of_plain_tensor_joins_graph(T: Any) -> Any:
    x = leaf(T, 2)
    y = T.ones(4, dtype=T.float64)
    y.view(2, 2)[1].mul_(x)
    y.sum().backward()
    return y.requires_grad, y, x.grad


@program
def loop_of_in_place_updates(T: Any) -> Any:
    x = leaf(T, 2)
    state = T.zeros(2, 2, dtype=T.float64)
    for step in range(3):
        state[0].add_(x * step)
        state[1] += state[0]
    state[1].sum().backward()
    return state, x.grad


@program
def squeeze_in_place_method(T: Any) -> Any:
    x = leaf(T, 1, 3)
    y = x * 2
    y.squeeze_(0)
    y.sum().backward()
    return list(y.shape), x.grad


@program
def transpose_in_place_method(T: Any) -> Any:
    x = leaf(T, 2, 3)
    y = x * 1
    y.transpose_(0, 1)
    (y * leaf(T, 3, 2).detach()).sum().backward()
    return list(y.shape), x.grad


@program
def inference_tensor_in_graph_is_an_error(T: Any) -> Any:
    with T.inference_mode():
        i = T.ones(2, dtype=T.float64)
    leaf(T, 2) * i


@program
def inference_tensor_changed_outside_is_an_error(T: Any) -> Any:
    with T.inference_mode():
        i = T.ones(2, dtype=T.float64)
    i.add_(1)


@program
def plain_tensor_changed_in_inference_mode(T: Any) -> Any:
    y = T.zeros(2)
    with T.inference_mode():
        y.add_(1)
    return y, y._version, y.is_inference()


@program
def detach_in_place(T: Any) -> Any:
    y = leaf(T, 2) * 2
    y.detach_()
    return y.requires_grad, y.is_leaf, y.grad_fn is None


@program
def detach_in_place_of_view_is_an_error(T: Any) -> Any:
    y = leaf(T, 2) * 2
    y[0].detach_()


@program
def set_data_keeps_leaf(T: Any) -> Any:
    x = leaf(T, 2)
    x.data = T.tensor([5.0, 6.0], dtype=T.float64)
    (x * x).sum().backward()
    return x, x.grad, x.is_leaf


@program
def in_place_on_retained_leaf_copy(T: Any) -> Any:
    x = leaf(T, 3)
    y = x.clone()
    y[0] = y[1] + y[2]
    y[1] = y[0] * 2
    y.sum().backward()
    return x.grad
