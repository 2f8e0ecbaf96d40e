"""In-place changes of views and of their bases."""
from __future__ import annotations

from typing import Any

from support.aliasing.program import leaf, node_name, program


@program
def add_to_view_of_nonleaf(T: Any) -> Any:
    x = leaf(T, 4)
    y = x * 2
    y[1:3].mul_(10)
    y.sum().backward()
    return y, x.grad


@program
def view_sees_change_of_base(T: Any) -> Any:
    x = leaf(T, 4)
    y = x * 2
    v = y[1:]
    y.mul_(3)
    v.sum().backward()
    return v, x.grad


@program
def view_gets_new_grad_fn_after_base_changed(T: Any) -> Any:
    y = leaf(T, 4) * 2
    v = y.view(2, 2)
    before = v.grad_fn.name()
    y.add_(1)
    return before, v.grad_fn.name() == before, y.grad_fn.name()


@program
def base_gets_copy_slices(T: Any) -> Any:
    y = leaf(T, 4) * 2
    y[0] = 5.0
    return node_name(y), y


@program
def sibling_view_sees_change(T: Any) -> Any:
    x = leaf(T, 4)
    y = x * 1
    a, b = y[:2], y[2:]
    a.mul_(5)
    (b * b).sum().backward()
    return x.grad


@program
def overlapping_siblings(T: Any) -> Any:
    x = leaf(T, 4)
    y = x * 1
    a, b = y[:3], y[1:]
    a.mul_(5)
    b.sum().backward()
    return x.grad, b


@program
def view_of_view(T: Any) -> Any:
    x = leaf(T, 2, 3)
    y = x * 1
    v = y.t()[1]
    v.mul_(4)
    (y * y).sum().backward()
    return x.grad, y


@program
def chain_of_views_changed_twice(T: Any) -> Any:
    x = leaf(T, 2, 4)
    y = x * 1
    v = y.view(4, 2).t()[0]
    v.mul_(2)
    v.add_(1)
    y.sum().backward()
    return x.grad, y


@program
def set_row_from_other_leaf(T: Any) -> Any:
    x, w = leaf(T, 3, 2), leaf(T, 2)
    y = x * 1
    y[1] = w * 3
    (y * y).sum().backward()
    return x.grad, w.grad


@program
def set_row_of_buffer_without_grad(T: Any) -> Any:
    w = leaf(T, 2)
    y = T.zeros(3, 2, dtype=T.float64)
    y[1] = w * 3
    y.sum().backward()
    return y.requires_grad, w.grad, node_name(y)


@program
def fill_buffer_row_by_row(T: Any) -> Any:
    w = leaf(T, 3)
    y = T.zeros(3, 2, dtype=T.float64)
    for i in range(3):
        y[i] = w[i] * (i + 1)
    (y * y).sum().backward()
    return w.grad, y


@program
def view_made_before_buffer_joins_graph(T: Any) -> Any:
    w = leaf(T, 2)
    y = T.zeros(2, 2, dtype=T.float64)
    v = y[0]
    y[0].copy_(w)
    return v.requires_grad, y.requires_grad, v


@program
def view_made_before_buffer_joins_graph_backward(T: Any) -> Any:
    w = leaf(T, 2)
    y = T.zeros(2, 2, dtype=T.float64)
    v = y[0]
    y.mul_(1)
    y[0].copy_(w)
    (v * 3).sum().backward()
    return w.grad


@program
def scalar_fill_stops_gradient(T: Any) -> Any:
    x = leaf(T, 4)
    y = x * 2
    y[:2] = 7
    y.sum().backward()
    return x.grad


@program
def zero_of_view_stops_gradient(T: Any) -> Any:
    x = leaf(T, 2, 2)
    y = x * 2
    y.diagonal().zero_()
    y.sum().backward()
    return x.grad, y


@program
def strided_slice_in_place(T: Any) -> Any:
    x = leaf(T, 6)
    y = x * 1
    y[::2] *= 3
    (y * y).sum().backward()
    return x.grad


@program
def mask_assignment(T: Any) -> Any:
    x = leaf(T, 4)
    y = x * 1
    y[y > 2] = 0.5
    (y * y).sum().backward()
    return x.grad, y


@program
def index_assignment_with_gradient(T: Any) -> Any:
    x, w = leaf(T, 4), leaf(T, 2)
    y = x * 1
    y[T.tensor([3, 1])] = w
    (y * y).sum().backward()
    return x.grad, w.grad


@program
def masked_fill_in_place(T: Any) -> Any:
    x = leaf(T, 2, 2)
    y = x * 1
    y.masked_fill_(y > 2, -1.0)
    (y * y).sum().backward()
    return x.grad


@program
def select_then_in_place(T: Any) -> Any:
    x = leaf(T, 2, 3)
    y = x * 1
    y.select(1, 2).mul_(T.tensor([2.0, 3.0], dtype=T.float64))
    y.sum().backward()
    return x.grad


@program
def narrow_then_in_place(T: Any) -> Any:
    x = leaf(T, 5)
    y = x * 1
    y.narrow(0, 1, 3).exp_()
    y.sum().backward()
    return x.grad[0], x.grad[4], bool((x.grad[1:4] > 7).all())


@program
def unsqueeze_then_in_place(T: Any) -> Any:
    x = leaf(T, 3)
    y = x * 1
    y.unsqueeze(0).mul_(2)
    y.sum().backward()
    return x.grad, y


@program
def permute_then_in_place(T: Any) -> Any:
    x = leaf(T, 2, 3)
    y = x * 1
    y.permute(1, 0)[0].mul_(9)
    y.sum().backward()
    return x.grad


@program
def transpose_whole_in_place(T: Any) -> Any:
    x, w = leaf(T, 2, 2), leaf(T, 2, 2)
    y = x * 1
    y.t().mul_(w)
    y.sum().backward()
    return x.grad, w.grad
