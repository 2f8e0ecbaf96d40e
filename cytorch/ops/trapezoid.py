"""Integrals of samples by the trapezoidal rule."""
from __future__ import annotations

from typing import Any

from .index_primitives import wrapped
from .spec import argument_error, call, dtype_error, op, ops, shape_error


def _neighbours(tensor: Any, dim: int) -> tuple[Any, Any]:
    """All elements but the last, and all but the first."""
    size = max(tensor.shape[dim] - 1, 0)
    return tensor.narrow(dim, 0, size), tensor.narrow(dim, tensor.shape[dim] - size, size)


def _checked_dim(name: str, y: Any, dim: int, *tensors: Any) -> int:
    if y.dim() == 0:
        raise shape_error(f"{name}: dim {dim} was given but y has no dimensions")
    dim = wrapped(name, dim, y.dim())
    if y.shape[dim] and any(str(t.dtype) == "torch.bool" for t in (y, *tensors)):
        raise dtype_error(f"{name}: received a bool input, but bool is not supported: got "
                          f"{', '.join(str(t.dtype) for t in (y, *tensors))}")
    return dim


def _widths(name: str, y: Any, x: Any, dim: int) -> Any:
    """Distances of neighbouring x, in a shape that broadcasts against y."""
    if x.dim() == 1:
        if x.shape[0] != y.shape[dim]:
            raise shape_error(f"{name}: There must be one `x` value for each sample point, got x "
                              f"{tuple(x.shape)} and y {tuple(y.shape)} along dim {dim}")
        x = x.reshape([-1 if axis == dim else 1 for axis in range(y.dim())])
    elif x.dim() < y.dim():
        x = x.reshape((1,) * (y.dim() - x.dim()) + tuple(x.shape))
    left, right = _neighbours(x, dim)
    return right - left


def _sum(y: Any, dim: int) -> Any:
    left, right = _neighbours(y, dim)
    return left + right


def _nothing(y: Any, dim: int) -> Any:
    """The integral of no samples: 0."""
    return y.new_zeros([size for axis, size in enumerate(y.shape) if axis != dim])


def _with_points(name: str, add_up: str) -> Any:
    def body(y: Any, x: Any, dim: int) -> Any:
        dim = _checked_dim(name, y, dim, x)
        if y.shape[dim] == 0 and add_up == "sum":
            return _nothing(y, dim)
        return getattr(ops, add_up)(_sum(y, dim) * _widths(name, y, x, dim), dim) / 2.0
    return body


def _with_step(name: str, add_up: str) -> Any:
    def body(y: Any, dx: Any, dim: int) -> Any:
        dim = _checked_dim(name, y, dim)
        if y.shape[dim] == 0 and add_up == "sum":
            return _nothing(y, dim)
        if isinstance(dx, complex):
            raise argument_error(f"{name}: Currently, we only support dx as a real number, got "
                                 f"{dx}")
        return getattr(ops, add_up)(_sum(y, dim), dim) * (dx / 2.0)
    return body


def _declare(name: str, add_up: str, what: str, example: str) -> None:
    spoken = "cumulative_trapezoid" if name.startswith("cumulative") else "trapezoid"
    doc = f"""{what} of the samples y along `dim` by the trapezoidal rule.

Between neighbours it is (y[i] + y[i + 1]) / 2 times their distance: x[i + 1] - x[i], or dx. x has
one number for each sample, or a shape that broadcasts against y. Raises ShapeError otherwise.

>>> cytorch.{name}(cytorch.tensor([1.0, 5.0, 10.0]))
{example}
"""
    op(f"{name}(Tensor y, Tensor x, *, int dim=-1) -> Tensor", body=_with_points(spoken, add_up),
       forms="function", doc=doc,
       samples=lambda s: [call(s.tensor(5), s.tensor(5)), call(s.tensor(3, 4), s.tensor(3), dim=0),
                          call(s.tensor(2, 3, 4), s.tensor(3, 4)), call(s.tensor(2, 0), s.tensor(
                              2, 0)), call(s.tensor(3, 4), s.tensor(1, 4), dim=-1)],
       errors=lambda s: [(call(s.tensor(3, 4), s.tensor(3)), "ShapeError", "one `x` value"),
                         (call(s.bools(3), s.tensor(3)), "DTypeError", "bool"),
                         (call(s.tensor(3), s.tensor(3), dim=1), "IndexOutOfRange", "got 1")])
    op(f"{name}(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor", body=_with_step(spoken, add_up),
       forms="function", doc=doc,
       samples=lambda s: [call(s.tensor(5)), call(s.tensor(3, 4), dx=0.5, dim=0),
                          call(s.tensor(2, 3), dx=2, dim=-2), call(s.tensor(3, 0)),
                          call(s.tensor(3, 1)), call(s.ints(4))],
       errors=lambda s: [(call(s.tensor()), "ShapeError", "no dimensions"),
                         (call(s.tensor(3), dx=1j), "ArgumentError", "real number"),
                         (call(s.bools(3)), "DTypeError", "bool")])


_declare("trapezoid", "sum", "The integral", "tensor(10.5000)")
_declare("trapz", "sum", "The integral", "tensor(10.5000)")
_declare("cumulative_trapezoid", "cumsum", "The running integral", "tensor([ 3.0000, 10.5000])")
