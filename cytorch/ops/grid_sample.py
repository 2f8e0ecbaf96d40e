"""nn.functional.grid_sample and affine_grid: images sampled at given positions."""
from __future__ import annotations

from itertools import product
from typing import Any

from .spec import FLOATING, F, argument_error, call, op, ops, shape_error, structured

# PyTorch's numbers, which `grid_sampler` takes.
_MODES = {"bilinear": 0, "nearest": 1, "bicubic": 2}
_PADDINGS = {"zeros": 0, "border": 1, "reflection": 2}
_OPTIONS = "int mode, int padding, bool align_corners"


# ---- the derivative of the derivative by the grid, from other ops
def _cubic_taps(t: Any) -> list[tuple[Any, Any, Any]]:
    """Weights of the four neighbours, first and second derivatives by t."""
    a = -0.75

    def near(x: Any, sign: int) -> tuple[Any, Any, Any]:
        return (((a + 2) * x - (a + 3)) * x * x + 1,
                sign * (3 * (a + 2) * x - 2 * (a + 3)) * x, 6 * (a + 2) * x - 2 * (a + 3))

    def far(x: Any, sign: int) -> tuple[Any, Any, Any]:
        return (((a * x - 5 * a) * x + 8 * a) * x - 4 * a,
                sign * ((3 * a * x - 10 * a) * x + 8 * a), 6 * a * x - 10 * a)

    return [far(t + 1, 1), near(t, 1), near(1 - t, -1), far(2 - t, -1)]


def _padded(place: Any, size: int, padding: int, align_corners: bool) -> tuple[Any, Any]:
    """Positions inside of the axis, and their derivative by the given ones."""
    slope = ops.ones_like(place)
    if padding == _PADDINGS["reflection"]:
        low, span = (0.0, size - 1) if align_corners else (-0.5, size)
        away = (place - low).abs()
        extra = away - 2 * span * (away / (2 * span)).trunc() if span else away * 0
        slope = ops.where((place < low) == (extra > span), slope, -slope)
        place = ops.minimum(extra, 2 * span - extra) + low
    if padding != _PADDINGS["zeros"]:
        slope = ops.where((place > 0) & (place < size - 1), slope, 0.0)
        place = ops.where(place > 0, place, 0.0).clamp(max=size - 1)
    return place, slope


def _axis_taps(grid: Any, size: int, mode: int, padding: int, align_corners: bool) -> list[Any]:
    """Taps of one axis: index, whether it is inside, weight, two derivatives by the grid."""
    factor, low = ((size - 1) / 2, 0.0) if align_corners else (size / 2, -0.5)
    place = (grid + 1) * factor + low
    if mode == _MODES["nearest"]:
        return []
    if mode == _MODES["bicubic"]:
        base, slope = place.detach().floor(), 1.0
        weights, first = _cubic_taps(place - base), -1
    else:
        place, slope = _padded(place, size, padding, align_corners)
        base = place.detach().floor()
        t, one = place - base, ops.ones_like(place)
        weights, first = [(1 - t, -one, 0 * one), (t, one, 0 * one)], 0
    taps = []
    for k, (weight, one, two) in enumerate(weights):
        index = base + (first + k)
        if mode == _MODES["bicubic"]:
            index = _padded(index, size, padding, align_corners)[0]
        inside = (index >= 0) & (index < size)
        taps.append((ops.where(inside, index, 0.0).long(), inside, weight, one * slope * factor,
                     two * (slope * factor) ** 2))
    return taps


def _times(factors: Any) -> Any:
    result = 1
    for factor in factors:
        result = factor * result
    return result


def _curvature(g: Any, grad: Any, input: Any, grid: Any, mode: int, padding: int,
               align_corners: bool) -> tuple[Any, Any, Any]:
    """Derivatives of _grid_sample_backward_grid by grad, input and grid."""
    axes = grid.shape[-1]
    places, along = grid.flatten(1, -2).unbind(-1), g.flatten(1, -2).unbind(-1)
    grads, x = grad.flatten(2), input.flatten(2)
    by_grad, by_input = ops.zeros_like(grads), ops.zeros_like(x)
    by_grid = [ops.zeros_like(places[0]) for _ in range(axes)]
    taps = [_axis_taps(places[a], input.shape[-1 - a], mode, padding, align_corners)
            for a in range(axes)]
    strides = [1, input.shape[-1], input.shape[-1] * input.shape[-2]]
    for tap in product(*taps):
        index = sum(tap[a][0] * strides[a] for a in range(axes)).unsqueeze(1).expand(grads.shape)
        inside = _times(tap[a][1] for a in range(axes)).unsqueeze(1)
        # order(a) of an axis: 2 the weight, 3 and 4 its derivatives.
        slope = sum(along[a] * _times(tap[b][2 + (a == b)] for b in range(axes))
                    for a in range(axes)).unsqueeze(1) * inside
        values = x.gather(2, index)
        by_grad = by_grad + slope * values
        by_input = by_input.scatter_add(2, index, slope * grads)
        common = (grads * values * inside).sum(1)
        for b in range(axes):
            by_grid[b] = by_grid[b] + common * sum(
                along[a] * _times(tap[c][2 + (a == c) + (b == c)] for c in range(axes))
                for a in range(axes))
    return (by_grad.reshape(grad.shape), by_input.reshape(input.shape),
            ops.stack(by_grid, -1).reshape(grid.shape))


# ---- primitives
def _sampled(input_size: Any, grid_size: Any) -> tuple[int, ...]:
    return (*tuple(input_size)[:2], *tuple(grid_size)[1:-1])


def _samples(s: Any) -> list[Any]:
    image, volume = s.tensor(2, 2, 4, 3), s.tensor(1, 2, 3, 2, 4)
    flat, deep = s.tensor(2, 3, 2, 2, low=-1.4, high=1.4), s.tensor(1, 2, 2, 1, 3, low=-1.3)
    return [call(image, flat, mode, padding, corners)
            for mode in (0, 2) for padding in (0, 1, 2) for corners in (False, True)] + [
        call(image, flat, 1, 0, False), call(volume, deep, 0, 0, False),
        call(volume, deep, 0, 2, True), call(volume, deep, 1, 1, False)]


op(f"_grid_sample(Tensor input, Tensor grid, {_OPTIONS}) -> Tensor", kernel=structured(FLOATING),
   shape=lambda input, grid: (_sampled(input.shape, grid.shape), input.dtype),
   grad={"input": lambda g, input_shape, grid, mode, padding, align_corners:
         ops._grid_sample_backward_input(g, grid, input_shape, mode, padding, align_corners),
         "grid": lambda g, input, grid, mode, padding, align_corners:
         ops._grid_sample_backward_grid(g, input, grid, mode, padding, align_corners)},
   forms="function", samples=_samples, doc="Samples the planes of input at the grid's positions.")
op(f"_grid_sample_backward_input(Tensor grad, Tensor grid, int[] input_size, {_OPTIONS}) -> Tensor",
   kernel=structured(FLOATING), shape=lambda grad, input_size: (input_size, grad.dtype),
   grad={"grad": lambda g, grid, mode, padding, align_corners: ops._grid_sample(
       g, grid, mode, padding, align_corners),
         "grid": lambda g, grad, grid, mode, padding, align_corners:
         ops._grid_sample_backward_grid(grad, g, grid, mode, padding, align_corners)},
   forms="function", samples=lambda s: [
       call(s.tensor(*_sampled(c.args[0].shape, c.args[1].shape)), c.args[1],
            tuple(c.args[0].shape), *c.args[2:]) for c in _samples(s)],
   doc="Adds every gradient to the elements that its position was sampled from.")
op(f"_grid_sample_backward_grid(Tensor grad, Tensor input, Tensor grid, {_OPTIONS}) -> Tensor",
   kernel=structured(FLOATING), shape=lambda grid: (tuple(grid.shape), grid.dtype),
   grad=_curvature, forms="function", samples=lambda s: [
       call(s.tensor(*_sampled(c.args[0].shape, c.args[1].shape)), *c.args)
       for c in _samples(s)], doc="Derivative by the positions.")


# ---- public ops
def _grid_sampler(name: str, input: Any, grid: Any, mode: int, padding: int,
                  align_corners: bool) -> Any:
    axes = input.ndim - 2
    if axes not in (2, 3) or grid.ndim != input.ndim or grid.shape[-1] != axes:
        raise shape_error(f"{name}: expected 4D input (N, C, H, W) and grid (N, H, W, 2), or 5D "
                          f"input (N, C, D, H, W) and grid (N, D, H, W, 3), got input "
                          f"{tuple(input.shape)} and grid {tuple(grid.shape)}")
    if input.shape[0] != grid.shape[0]:
        raise shape_error(f"{name}: expected grid and input to have same batch size, got input "
                          f"{tuple(input.shape)} and grid {tuple(grid.shape)}")
    size = tuple(input.shape)[2:]
    if 0 in size or _times(size) >= 2 ** 31:
        raise shape_error(f"{name}: expected input to have non-empty spatial dimensions of less "
                          f"than 2**31 elements, got input {tuple(input.shape)}")
    if mode not in (0, 1, 2) or padding not in (0, 1, 2):
        raise argument_error(f"{name}: the modes of interpolation and padding are 0, 1 and 2, got "
                             f"{mode} and {padding}")
    if axes == 3 and mode == _MODES["bicubic"]:
        raise argument_error(f"{name}: bicubic interpolation only supports 4D input, got input "
                             f"{tuple(input.shape)}")
    if input.dtype != grid.dtype:
        raise argument_error(f"{name}: expected input and grid to have same dtype, got "
                             f"{input.dtype} and {grid.dtype}")
    return ops._grid_sample(input, grid, mode, padding, align_corners)


def _grid_sample(input: Any, grid: Any, mode: str, padding_mode: str,
                 align_corners: bool | None) -> Any:
    if mode not in _MODES:
        raise argument_error("grid_sample: expected mode to be 'bilinear', 'nearest' or 'bicubic', "
                             f"but got: '{mode}'")
    if padding_mode not in _PADDINGS:
        raise argument_error("grid_sample: expected padding_mode to be 'zeros', 'border' or "
                             f"'reflection', but got: '{padding_mode}'")
    return _grid_sampler("grid_sample", input, grid, _MODES[mode], _PADDINGS[padding_mode],
                         bool(align_corners))


def _public_samples(s: Any) -> list[Any]:
    return [call(c.args[0], c.args[1], mode=[*_MODES][c.args[2]],
                 padding_mode=[*_PADDINGS][c.args[3]], align_corners=c.args[4])
            for c in _samples(s)] + [
        call(s.tensor(0, 2, 3, 3), s.tensor(0, 2, 2, 2), align_corners=False),
        call(s.tensor(1, 2, 3, 3), s.tensor(1, 0, 2, 2), align_corners=False)]


op("nn.functional.grid_sample(Tensor input, Tensor grid, str mode='bilinear', "
   "str padding_mode='zeros', bool? align_corners=None) -> Tensor", body=_grid_sample,
   forms="function", samples=_public_samples,
   errors=lambda s: [
       (call(s.tensor(1, 1, 2, 2), s.tensor(1, 2, 2, 3)), "ShapeError", r"\(1, 2, 2, 3\)"),
       (call(s.tensor(2, 1, 2, 2), s.tensor(1, 2, 2, 2)), "ShapeError", "same batch size"),
       (call(s.tensor(1, 1, 0, 2), s.tensor(1, 2, 2, 2)), "ShapeError", "non-empty"),
       (call(s.tensor(1, 1, 2, 2), s.tensor(1, 2, 2, 2), "cubic"), "ArgumentError", "'cubic'"),
       (call(s.tensor(1, 1, 2, 2), s.tensor(1, 2, 2, 2), "nearest", "no"), "ArgumentError", "'no'"),
       (call(s.tensor(1, 1, 2, 2, 2), s.tensor(1, 2, 2, 2, 3), "bicubic"), "ArgumentError", "4D")],
   doc="""input (N, C, H, W) at the positions of grid (N, H_out, W_out, 2); or 3-D with (..., 3).

Positions are (x, y) or (x, y, z), -1 and 1 being the first and last element: their centres with
`align_corners`, else their outer edges. mode: "bilinear", "nearest", "bicubic" (4-D input).
padding_mode, for positions outside: "zeros", "border", "reflection".

>>> image = cytorch.tensor([[[[1.0, 3.0]]]])
>>> cytorch.nn.functional.grid_sample(image, cytorch.zeros(1, 1, 1, 2), align_corners=True)
tensor([[[[2.]]]])
""")


def _declare(name: str, *dimensions: int) -> None:
    """One of PyTorch's names for numbers of dimensions of the input."""
    volume = dimensions == (5,)

    def body(input: Any, grid: Any, interpolation_mode: int, padding_mode: int,
             align_corners: bool) -> Any:
        if input.ndim not in dimensions:
            raise shape_error(f"{name}: expected input of {dimensions[-1]} dimensions, got shape "
                              f"{tuple(input.shape)}")
        return _grid_sampler(name, input, grid, interpolation_mode, padding_mode, align_corners)

    op(f"{name}(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, "
       "bool align_corners) -> Tensor", body=body, forms="function",
       samples=lambda s: [c for c in _samples(s) if c.args[0].ndim in dimensions],
       errors=lambda s: [(call(s.tensor(2, 2), s.tensor(2, 2), 0, 0, False), "ShapeError",
                          r"\(2, 2\)")],
       doc=f"""`nn.functional.grid_sample` with numbers for the modes, in the order listed there.

>>> image = cytorch.tensor([[[{'[[1.0, 3.0]]' if volume else '[1.0, 3.0]'}]]])
>>> grid = cytorch.zeros({'1, 1, 1, 1, 3' if volume else '1, 1, 1, 2'})
>>> cytorch.{name}(image, grid, 0, 0, True).item()
2.0
""")


_declare("grid_sampler", 4, 5)
_declare("grid_sampler_2d", 4)
_declare("grid_sampler_3d", 5)


def _affine_grid(theta: Any, size: Any, align_corners: bool | None) -> Any:
    axes = len(size) - 2
    if axes not in (2, 3) or tuple(theta.shape) != (size[0], axes, axes + 1) or min(size) < 1:
        raise shape_error("affine_grid: expected theta (N, 2, 3) for a size (N, C, H, W), or "
                          f"(N, 3, 4) for (N, C, D, H, W), none of it 0, got theta "
                          f"{tuple(theta.shape)} and size {tuple(size)}")
    if not theta.dtype.is_floating_point:
        raise argument_error(f"affine_grid: expected theta to have floating point type, got "
                             f"{theta.dtype}")
    # Coordinates before places: the long axes are the inner ones until the last step.
    grid = theta[:, :, axes].reshape((size[0], axes, *(1,) * axes))
    for a in range(axes):
        n = size[-1 - a]
        place = ops.linspace(-1, 1, n, dtype=theta.dtype, device=theta.device)
        place = ops.zeros_like(place) if n == 1 else place
        place = place if align_corners else place * ((n - 1) / n)
        factor = theta[:, :, a].reshape((size[0], axes, *(1,) * axes))
        grid = grid + place.reshape((n, *(1,) * a)) * factor
    return grid.movedim(1, -1).contiguous()


op("nn.functional.affine_grid(Tensor theta, int[] size, bool? align_corners=None) -> Tensor",
   body=_affine_grid, forms="function",
   samples=lambda s: [call(s.tensor(2, 2, 3), (2, 1, 3, 4), True),
                      call(s.tensor(2, 2, 3), (2, 1, 1, 4), False),
                      call(s.tensor(1, 3, 4), (1, 1, 2, 3, 2), False)],
   errors=lambda s: [(call(s.tensor(2, 2, 3), (1, 1, 2, 2)), "ShapeError", r"\(1, 1, 2, 2\)")],
   doc="""The grid for `grid_sample` that makes affine maps theta (N, 2, 3) of images of a size.

Row (x, y) of the grid is theta @ (x, y, 1), with x and y from -1 to 1. Also (N, 3, 4) for volumes.

>>> theta = cytorch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
>>> cytorch.nn.functional.affine_grid(theta, (1, 1, 1, 2), align_corners=True)
tensor([[[[-1.,  0.],
          [ 1.,  0.]]]])
""")
op("affine_grid_generator(Tensor theta, int[] size, bool align_corners) -> Tensor",
   body=lambda theta, size, align_corners: F.affine_grid(theta, size, align_corners),
   forms="function", samples=lambda s: [call(s.tensor(2, 2, 3), (2, 1, 3, 4), True)],
   doc="""The same as `nn.functional.affine_grid`.

>>> theta = cytorch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
>>> cytorch.affine_grid_generator(theta, (1, 1, 1, 2), True).shape
torch.Size([1, 1, 2, 2])
""")
