"""Batch, layer, group and instance normalization.

The primitives keep mean and 1 / standard deviation (rstd) for the backward primitives. Second
derivatives are composed of ordinary ops, the same way for all of them (`_second_derivative`).
"""
from __future__ import annotations

import math
from typing import Any

from .spec import FLOATING, argument_error, call, op, ops, shape_error, structured


# ---- the second derivative, for any normalization
def _second_derivative(v: Any, u: Any, t: Any, g: Any, x: Any, w: Any, mean: Any, rstd: Any,
                       dims: tuple[int, ...], over: tuple[int, ...]) -> tuple[Any, Any, Any]:
    """Gradients with respect to g, x, w of the backward primitive's results.

    v, u, t are the gradients of those results (of x, of the weight, of the bias; None where
    undefined). All tensors have one number of axes; moments are taken over `dims`, the weight's
    gradient is a sum over `over`.
    """
    def average(q: Any) -> Any:
        return q.mean(dims, True)

    def project(q: Any) -> Any:
        """The derivative of x_hat along q; it is symmetric."""
        return rstd * (q - average(q) - x_hat * average(q * x_hat))

    x_hat = (x - mean) * rstd
    weighted = g if w is None else g * w
    of_g, of_x, of_w = ops.zeros_like(g), ops.zeros_like(x), None
    if v is not None:
        projected = project(v)
        of_g = projected if w is None else projected * w
        if w is not None:
            # No axes means all of them to sum.
            of_w = (g * projected).sum(over, True) if over else g * projected
        along, across = average(weighted * x_hat), average(v * x_hat)
        product = average(v * weighted) - average(v) * average(weighted) - across * along
        of_x = -rstd * rstd * product * x_hat - rstd * project(v * along + weighted * across)
    if u is not None:
        of_g = of_g + u * x_hat
        of_x = of_x + project(g * u)
    if t is not None:
        of_g = of_g + t
    return of_g, of_x, of_w


def _like(value: Any, shape: Any) -> Any:
    return None if value is None else value.reshape(shape)


# ---- layer norm
def _layer_shapes(input: Any, normalized_shape: Any) -> Any:
    lead = tuple(input.shape)[:input.ndim - len(normalized_shape)]
    return input, (lead, input.dtype), (lead, input.dtype)


def _layer_second(g_out0: Any, g_out1: Any, g_out2: Any, grad: Any, input: Any, weight: Any,
                  mean: Any, rstd: Any, normalized_shape: Any) -> Any:
    lead = input.ndim - len(normalized_shape)
    kept = tuple(input.shape)[:lead] + (1,) * len(normalized_shape)
    of_g, of_x, of_w = _second_derivative(
        g_out0, g_out1, g_out2, grad, input, weight, mean.reshape(kept), rstd.reshape(kept),
        tuple(range(lead, input.ndim)), tuple(range(lead)))
    if of_w is not None:
        of_w = of_w.reshape(normalized_shape)
    return of_g, of_x, of_w, None, None


def _layer_samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 5), (5,), s.tensor(5), s.tensor(5), 1e-5),
            call(s.tensor(2, 3, 4), (3, 4), None, None, 1e-5),
            call(s.tensor(2, 70), (70,), s.tensor(70), None, 1e-3),
            call(s.tensor(2, 3), (2, 3), s.tensor(2, 3), None, 1e-3)]


def _moments(input: Any, dims: tuple[int, ...], eps: float) -> tuple[Any, Any]:
    variance, mean = ops._var_mean(input, dims, 0.0, False)
    return mean, (variance + eps).rsqrt()


def _layer_backward_samples(s: Any) -> list[Any]:
    calls = []
    for shape, size in (((3, 5), (5,)), ((2, 3, 4), (3, 4))):
        x = s.tensor(*shape)
        mean, rstd = s.tensor(shape[0]), s.tensor(shape[0], low=0.5, high=2.0)
        calls.append(call(s.tensor(*shape), x, s.tensor(*size), mean, rstd, size))
    return calls


op("_layer_norm(Tensor input, int[] normalized_shape, Tensor? weight, Tensor? bias, float eps)"
   " -> (Tensor out, Tensor mean, Tensor rstd)", kernel=structured(FLOATING), shape=_layer_shapes,
   nondiff=("mean", "rstd"),
   grad=lambda g_out, input, weight, mean, rstd, normalized_shape: tuple(
       ops._layer_norm_backward(g_out, input, weight, mean, rstd, normalized_shape)),
   forms="function", samples=_layer_samples, doc="Layer norm, mean and rstd.")
op("_layer_norm_backward(Tensor grad, Tensor input, Tensor? weight, Tensor mean, Tensor rstd, "
   "int[] normalized_shape) -> (Tensor, Tensor, Tensor)", kernel=structured(FLOATING),
   shape=lambda input, normalized_shape: (input, (normalized_shape, input.dtype),
                                          (normalized_shape, input.dtype)),
   grad=_layer_second, forms="function", samples=_layer_backward_samples,
   extra={"derivative_tested_by": "nn.functional.layer_norm"},
   doc="Gradients of input, weight and bias.")


def _layer_norm(input: Any, normalized_shape: Any, weight: Any, bias: Any, eps: float) -> Any:
    size = tuple(normalized_shape)
    if not size or tuple(input.shape)[-len(size):] != size:
        raise shape_error(f"layer_norm: expected input whose last axes are {list(size)}, got shape "
                          f"{tuple(input.shape)}")
    for name, value in (("weight", weight), ("bias", bias)):
        if value is not None and tuple(value.shape) != size:
            raise shape_error(f"layer_norm: {name} must have shape {list(size)}, got "
                              f"{tuple(value.shape)}")
    return ops._layer_norm(input, size, weight, bias, eps)[0]


_LAYER_DOC = """(x - mean) / sqrt(variance + eps) * weight + bias, moments over the last axes.

input (*, normalized_shape); weight and bias (normalized_shape) -> like input.

>>> cytorch.nn.functional.layer_norm(cytorch.tensor([[1.0, 3.0]]), (2,))
tensor([[-1.0000,  1.0000]])
"""


def _numpy_layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None,
                      eps: float = 1e-5) -> Any:
    axes = tuple(range(input.ndim - len(normalized_shape), input.ndim))
    x = input - input.mean(axes, keepdims=True)
    x = x / (input.var(axes, keepdims=True) + eps) ** 0.5
    return x * (1 if weight is None else weight) + (0 if bias is None else bias)


for _name, _more in (("nn.functional.layer_norm", ""), ("layer_norm", ", bool cudnn_enable=True")):
    op(f"{_name}(Tensor input, int[] normalized_shape, Tensor? weight=None, Tensor? bias=None, "
       f"float eps=1e-05{_more}) -> Tensor",
       body=(lambda input, normalized_shape, weight, bias, eps, cudnn_enable=True: _layer_norm(
           input, normalized_shape, weight, bias, eps)), forms="function",
       samples=lambda s: [*_layer_samples(s), call(s.tensor(3, 5), [5])], ref=_numpy_layer_norm,
       errors=lambda s: [(call(s.tensor(2, 3), (4,)), "ShapeError", r"\[4\].*\(2, 3\)"),
                         (call(s.tensor(2, 3), (3,), s.tensor(2)), "ShapeError", "weight")],
       doc=_LAYER_DOC)


# ---- batch norm
def _by_channel(value: Any, ndim: int) -> Any:
    return None if value is None else value.reshape((1, -1) + (1,) * (ndim - 2))


def _other_axes(ndim: int) -> tuple[int, ...]:
    return (0, *range(2, ndim))


def _batch_grad(g: Any, input: Any, weight: Any, mean: Any, rstd: Any, training: bool,
                needs: Any) -> Any:
    if training:
        return (*ops._batch_norm_backward(g, input, weight, mean, rstd), None, None)
    axes, ndim = _other_axes(input.ndim), input.ndim
    scale = rstd if weight is None else rstd * weight
    of_weight = of_rstd = None
    if needs[1] or needs[4]:
        along = (g * (input - _by_channel(mean, ndim))).sum(axes)
        of_weight = along * rstd
        of_rstd = along if weight is None else along * weight
    of_bias = g.sum(axes)
    return g * _by_channel(scale, ndim), of_weight, of_bias, -of_bias * scale, of_rstd


def _batch_second(g_out0: Any, g_out1: Any, g_out2: Any, grad: Any, input: Any, weight: Any,
                  mean: Any, rstd: Any) -> Any:
    ndim, axes = input.ndim, _other_axes(input.ndim)
    of_g, of_x, of_w = _second_derivative(
        g_out0, _by_channel(g_out1, ndim), _by_channel(g_out2, ndim), grad, input,
        _by_channel(weight, ndim), _by_channel(mean, ndim), _by_channel(rstd, ndim), axes, axes)
    return of_g, of_x, None if of_w is None else of_w.reshape(-1), None, None


def _batch_samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 2, 4), s.tensor(2), s.tensor(2), s.tensor(2),
                 s.tensor(2, low=0.5, high=2.0), False),
            call(s.tensor(5, 3), None, None, s.tensor(3), s.tensor(3, low=0.5, high=2.0), False)]


op("_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor mean, Tensor rstd, "
   "bool training) -> Tensor", kernel=structured(FLOATING), grad=_batch_grad, forms="function",
   samples=_batch_samples,
   doc="(input - mean) * rstd * weight + bias by channel. `training`: the moments are input's own.")
op("_batch_norm_backward(Tensor grad, Tensor input, Tensor? weight, Tensor mean, Tensor rstd)"
   " -> (Tensor, Tensor, Tensor)", kernel=structured(FLOATING),
   shape=lambda input: (input, ((input.shape[1],), input.dtype), ((input.shape[1],), input.dtype)),
   grad=_batch_second, forms="function",
   samples=lambda s: [call(s.tensor(*c.args[0].shape), c.args[0], c.args[1], *c.args[3:5])
                      for c in _batch_samples(s)],
   extra={"derivative_tested_by": "nn.functional.batch_norm"},
   doc="Gradients of input, weight and bias where the moments are input's own.")


def _update(running: Any, value: Any, momentum: float) -> None:
    if running is not None:
        running.mul_(1 - momentum).add_(value, alpha=momentum)


def _check_channels(name: str, input: Any, **values: Any) -> None:
    if input.ndim < 2:
        raise shape_error(f"{name}: expected input of shape (N, C, ...), got {tuple(input.shape)}")
    for word, value in values.items():
        if value is not None and value.numel() != input.shape[1]:
            raise shape_error(f"{name}: {word} must have {input.shape[1]} elements, one for each "
                              f"channel, got shape {tuple(value.shape)}")


def _batch_norm(input: Any, running_mean: Any, running_var: Any, weight: Any, bias: Any,
                training: bool, momentum: float, eps: float) -> Any:
    _check_channels("batch_norm", input, weight=weight, bias=bias, running_mean=running_mean,
                    running_var=running_var)
    if not training:
        if running_mean is None or running_var is None:
            raise argument_error("batch_norm: running_mean and running_var are needed in "
                                 "evaluation mode")
        rstd = (running_var + eps).rsqrt()
        return ops._batch_norm(input, weight, bias, running_mean.to(input.dtype),
                               rstd.to(input.dtype), False)
    count = input.numel() // max(input.shape[1], 1)
    if count == 1:
        raise argument_error("batch_norm: Expected more than 1 value per channel when training, "
                             f"got input size {tuple(input.shape)}")
    variance, mean = ops._var_mean(input.detach(), _other_axes(input.ndim), 0.0, False)
    if count:
        _update(running_mean, mean, momentum)
        _update(running_var, variance * (count / (count - 1.0)), momentum)
    return ops._batch_norm(input, weight, bias, mean, (variance + eps).rsqrt(), True)


def _norm_samples(s: Any) -> list[Any]:
    """Without running moments, which have no derivative in PyTorch: `_batch_norm` has them."""
    return [call(s.tensor(3, 2, 4), None, None, training=True),
            call(s.tensor(5, 3), None, None, s.tensor(3), s.tensor(3), True)]


op("nn.functional.batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, "
   "Tensor? weight=None, Tensor? bias=None, bool training=False, float momentum=0.1, "
   "float eps=1e-05) -> Tensor", body=_batch_norm, forms="function", samples=_norm_samples,
   errors=lambda s: [
       (call(s.tensor(1, 3), None, None, training=True), "ValueError", r"more than 1 .*\(1, 3\)"),
       (call(s.tensor(2, 3), None, None, s.tensor(2), training=True), "ShapeError", "weight"),
       (call(s.tensor(2, 3), None, None), "ArgumentError", "running_mean")],
   doc="""Normalize every channel of (N, C, *): (x - mean) / sqrt(variance + eps) * weight + bias.

Training: the moments of the batch; running_mean and running_var move towards them in place by
`momentum`. Else the running moments are used.

>>> x = cytorch.tensor([[1.0], [3.0]])
>>> cytorch.nn.functional.batch_norm(x, None, None, training=True)
tensor([[-1.0000],
        [ 1.0000]])
""")


# ---- group norm
def _group_shapes(input: Any, num_groups: int) -> Any:
    moments = ((input.shape[0], num_groups), input.dtype)
    return input, moments, moments


def _group_second(g_out0: Any, g_out1: Any, g_out2: Any, grad: Any, input: Any, weight: Any,
                  mean: Any, rstd: Any, num_groups: int) -> Any:
    samples, channels = input.shape[0], input.shape[1]
    size = channels // num_groups
    full = (samples, num_groups, size, input.numel() // max(samples * channels, 1))
    each, moment = (1, num_groups, size, 1), (samples, num_groups, 1, 1)
    of_g, of_x, of_w = _second_derivative(
        _like(g_out0, full), _like(g_out1, each), _like(g_out2, each), grad.reshape(full),
        input.reshape(full), _like(weight, each), mean.reshape(moment), rstd.reshape(moment),
        (2, 3), (0, 3))
    return (of_g.reshape(grad.shape), of_x.reshape(input.shape),
            None if of_w is None else of_w.reshape(-1), None, None)


def _group_samples(s: Any) -> list[Any]:
    return [call(s.tensor(2, 4, 3), s.tensor(4), s.tensor(4), 2, 1e-5),
            call(s.tensor(3, 6), None, None, 3, 1e-5)]


op("_group_norm(Tensor input, Tensor? weight, Tensor? bias, int num_groups, float eps)"
   " -> (Tensor out, Tensor mean, Tensor rstd)", kernel=structured(FLOATING), shape=_group_shapes,
   nondiff=("mean", "rstd"),
   grad=lambda g_out, input, weight, mean, rstd, num_groups: tuple(
       ops._group_norm_backward(g_out, input, weight, mean, rstd, num_groups)),
   forms="function", samples=_group_samples, doc="Group norm, mean and rstd.")
op("_group_norm_backward(Tensor grad, Tensor input, Tensor? weight, Tensor mean, Tensor rstd, "
   "int num_groups) -> (Tensor, Tensor, Tensor)", kernel=structured(FLOATING),
   shape=lambda input: (input, ((input.shape[1],), input.dtype), ((input.shape[1],), input.dtype)),
   grad=_group_second, forms="function",
   samples=lambda s: [call(s.tensor(2, 4, 3), s.tensor(2, 4, 3), s.tensor(4), s.tensor(2, 2),
                           s.tensor(2, 2, low=0.5, high=2.0), 2)],
   extra={"derivative_tested_by": "nn.functional.group_norm"},
   doc="Gradients of input, weight and bias.")


def _group_norm(input: Any, num_groups: int, weight: Any, bias: Any, eps: float) -> Any:
    _check_channels("group_norm", input, weight=weight, bias=bias)
    if num_groups <= 0 or input.shape[1] % num_groups:
        raise argument_error(f"group_norm: num_groups {num_groups} does not divide the "
                             f"{input.shape[1]} channels of input of shape {tuple(input.shape)}")
    return ops._group_norm(input, weight, bias, num_groups, eps)[0]


for _name, _more in (("nn.functional.group_norm", ""), ("group_norm", ", bool cudnn_enabled=True")):
    op(f"{_name}(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, "
       f"float eps=1e-05{_more}) -> Tensor",
       body=(lambda input, num_groups, weight, bias, eps, cudnn_enabled=True: _group_norm(
           input, num_groups, weight, bias, eps)), forms="function",
       samples=lambda s: [call(s.tensor(2, 4, 3), 2, s.tensor(4), s.tensor(4)),
                          call(s.tensor(3, 6), 3), call(s.tensor(2, 4, 3, 2), 1, eps=1e-3)],
       errors=lambda s: [(call(s.tensor(2, 4), 3), "ArgumentError", r"3 .*4 .*\(2, 4\)")],
       doc="""Normalize groups of channels of every sample. input (N, C, *) -> like input.

>>> cytorch.nn.functional.group_norm(cytorch.tensor([[1.0, 3.0]]), 1)
tensor([[-1.0000,  1.0000]])
""")


def _instance_norm(input: Any, running_mean: Any, running_var: Any, weight: Any, bias: Any,
                   use_input_stats: bool, momentum: float, eps: float) -> Any:
    _check_channels("instance_norm", input, weight=weight, bias=bias, running_mean=running_mean,
                    running_var=running_var)
    if not use_input_stats:
        return _batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    if math.prod(input.shape[2:]) == 1:
        raise argument_error("instance_norm: Expected more than 1 spatial element when training, "
                             f"got input size {tuple(input.shape)}")
    if running_mean is not None:
        variance, mean = ops._var_mean(input.detach(), tuple(range(2, input.ndim)), 1.0, False)
        _update(running_mean, mean.mean(0), momentum)
        _update(running_var, variance.mean(0), momentum)
    return ops._group_norm(input, weight, bias, input.shape[1], eps)[0]


op("nn.functional.instance_norm(Tensor input, Tensor? running_mean=None, Tensor? running_var=None,"
   " Tensor? weight=None, Tensor? bias=None, bool use_input_stats=True, float momentum=0.1, "
   "float eps=1e-05) -> Tensor", body=_instance_norm, forms="function",
   samples=lambda s: [call(s.tensor(2, 3, 4)), call(s.tensor(2, 3, 2, 2), None, None, s.tensor(3),
                                                    s.tensor(3))],
   errors=lambda s: [(call(s.tensor(2, 3, 1)), "ValueError", r"more than 1 spatial .*\(2, 3, 1\)")],
   doc="""Normalize every channel of every sample. input (N, C, *) -> like input.

>>> cytorch.nn.functional.instance_norm(cytorch.tensor([[[1.0, 3.0]]]))
tensor([[[-1.0000,  1.0000]]])
""")
