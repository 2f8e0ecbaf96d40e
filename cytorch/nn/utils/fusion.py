"""Folding a batch norm in evaluation mode into the layer before it."""
from __future__ import annotations

import copy
from typing import Any

import cytorch
from cytorch import Tensor


def _folded(weight: Tensor, bias: Tensor | None, mean: Tensor, var: Tensor, eps: float,
            scale: Tensor | None, shift: Tensor | None, channel_dim: int) -> tuple[Any, Any]:
    from cytorch.nn.parameter import Parameter

    factor = (var + eps).rsqrt()
    if scale is not None:
        factor = factor * scale
    shape = [1] * weight.dim()
    shape[channel_dim] = -1
    old_bias = cytorch.zeros_like(mean) if bias is None else bias
    new_bias = (old_bias - mean) * factor + (0.0 if shift is None else shift)
    return (Parameter((weight * factor.reshape(shape)).detach().to(weight.dtype),
                      weight.requires_grad),
            Parameter(new_bias.detach().to(old_bias.dtype), old_bias.requires_grad))


def fuse_conv_bn_weights(conv_w: Tensor, conv_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor,
                         bn_eps: float, bn_w: Tensor | None, bn_b: Tensor | None,
                         transpose: bool = False) -> tuple[Any, Any]:
    """Weight and bias of a convolution with a batch norm (rm and rv: its statistics) folded in."""
    return _folded(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, 1 if transpose else 0)


def fuse_linear_bn_weights(linear_w: Tensor, linear_b: Tensor | None, bn_rm: Tensor,
                           bn_rv: Tensor, bn_eps: float, bn_w: Tensor | None,
                           bn_b: Tensor | None) -> tuple[Any, Any]:
    """Weight and bias of a Linear with a batch norm folded in."""
    return _folded(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, 0)


def _fuse(layer: Any, bn: Any, channel_dim: int) -> Any:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    fused = copy.deepcopy(layer)
    fused.weight, fused.bias = _folded(layer.weight, layer.bias, bn.running_mean, bn.running_var,
                                       bn.eps, bn.weight, bn.bias, channel_dim)
    return fused


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """A convolution that does what `bn(conv(x))` does in evaluation mode."""
    return _fuse(conv, bn, 1 if transpose else 0)


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """A Linear that does what `bn(linear(x))` does in evaluation mode."""
    return _fuse(linear, bn, 0)
