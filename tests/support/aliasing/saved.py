"""Views that are read, and values that backward needs being changed."""
from __future__ import annotations

from typing import Any

from support.aliasing.program import leaf, program


@program
def unfold_read(T: Any) -> Any:
    x = leaf(T, 5)
    x.unfold(0, 3, 1).sum().backward()
    return x.grad


@program
def as_strided_read(T: Any) -> Any:
    x = leaf(T, 6)
    y = (x * 1).as_strided((2, 2), (1, 3))
    (y * y).sum().backward()
    return x.grad


@program
def as_strided_in_place(T: Any) -> Any:
    x = leaf(T, 6)
    y = x * 1
    y.as_strided((2,), (2,), 1).mul_(4)
    y.sum().backward()
    return x.grad


@program
def expand_read(T: Any) -> Any:
    x = leaf(T, 2, 1)
    (x.expand(2, 3) * leaf(T, 2, 3).detach()).sum().backward()
    return x.grad


@program
def expanded_in_place_is_an_error(T: Any) -> Any:
    y = leaf(T, 2, 1) * 1
    y.expand(2, 3).add_(1)


@program
def leaf_in_place_is_an_error(T: Any) -> Any:
    leaf(T, 2).add_(1)


@program
def view_of_leaf_in_place_is_an_error(T: Any) -> Any:
    leaf(T, 2)[0].add_(1)


@program
def set_item_of_leaf_is_an_error(T: Any) -> Any:
    leaf(T, 2)[0] = 1.0


@program
def leaf_in_place_under_no_grad(T: Any) -> Any:
    x = leaf(T, 2)
    with T.no_grad():
        x.add_(1)
        x[0] = 9.0
    return x, x.is_leaf, x._version


@program
def saved_input_changed_is_an_error(T: Any) -> Any:
    y = leaf(T, 2) * 1
    z = y * y
    y.add_(1)
    z.sum().backward()


@program
def saved_output_changed_is_an_error(T: Any) -> Any:
    z = leaf(T, 2).exp()
    z.add_(1)
    z.sum().backward()


@program
def saved_input_changed_through_view_is_an_error(T: Any) -> Any:
    y = leaf(T, 2) * 1
    v = y[0]
    z = y * y
    v.add_(1)
    z.sum().backward()


@program
def saved_view_changed_through_base_is_an_error(T: Any) -> Any:
    y = leaf(T, 2) * 1
    z = y[1:] * y[1:]
    y.add_(1)
    z.sum().backward()


@program
def saved_changed_through_detach_is_an_error(T: Any) -> Any:
    y = leaf(T, 2) * 1
    z = y * y
    y.detach().add_(1)
    z.sum().backward()


@program
def saved_changed_through_data_is_not_seen(T: Any) -> Any:
    x = leaf(T, 2)
    y = x * 1
    z = y * y
    y.data.add_(1)
    z.sum().backward()
    return x.grad


@program
def unsaved_input_may_change(T: Any) -> Any:
    x = leaf(T, 2)
    y = x * 1
    z = y + 1
    y.mul_(5)
    (z + y).sum().backward()
    return x.grad


@program
def in_place_with_own_view(T: Any) -> Any:
    x = leaf(T, 2, 2)
    y = x * 1
    y.add_(y.t().clone())
    (y * y).sum().backward()
    return x.grad


@program
def in_place_broadcasts_other(T: Any) -> Any:
    x, w = leaf(T, 2, 3), leaf(T, 3)
    y = x * 1
    y.mul_(w)
    y.sum().backward()
    return x.grad, w.grad


@program
def in_place_exp_saves_result(T: Any) -> Any:
    x = leaf(T, 2)
    y = x * 0.5
    y.exp_()
    y.sum().backward()
    return [round(g, 9) for g in x.grad.tolist()]


@program
def version_counts(T: Any) -> Any:
    y = leaf(T, 4) * 1
    v, d = y[1:], y.detach()
    counts = [y._version]
    v.add_(1)
    counts += [y._version, v._version, d._version]
    d.add_(1)
    counts += [y._version]
    y[0] = 1.0
    return [*counts, y._version, v._version]


@program
def data_has_its_own_version(T: Any) -> Any:
    y = T.zeros(2)
    y.data.add_(1)
    before = y._version
    y.add_(1)
    return before, y._version, y


@program
def base_of_views(T: Any) -> Any:
    y = leaf(T, 2, 2) * 1
    v = y[0]
    w = v[1:]
    return (v._base is y, w._base is y, y._base is None, y.detach()._base is None,
            v._is_view(), y._is_view())
