"""Folding a batch norm in evaluation mode into the layer before it."""
from __future__ import annotations

import copy
from typing import Any

import cytorch
from cytorch import Tensor


def _folded(weight: Tensor, bias: Tensor | None, norm: Any, channel_dim: int) -> tuple[Any, Any]:
    from cytorch.nn.parameter import Parameter

    scale = (norm.running_var + norm.eps).rsqrt()
    if norm.weight is not None:
        scale = scale * norm.weight
    shape = [1] * weight.dim()
    shape[channel_dim] = -1
    old_bias = cytorch.zeros_like(norm.running_mean) if bias is None else bias
    shift = 0.0 if norm.bias is None else norm.bias
    return (Parameter((weight * scale.reshape(shape)).detach(), weight.requires_grad),
            Parameter(((old_bias - norm.running_mean) * scale + shift).detach(), True))


def _fuse(layer: Any, bn: Any, channel_dim: int) -> Any:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    fused = copy.deepcopy(layer)
    fused.weight, fused.bias = _folded(layer.weight, layer.bias, bn, channel_dim)
    return fused


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """A convolution that does what `bn(conv(x))` does in evaluation mode."""
    return _fuse(conv, bn, 1 if transpose else 0)


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """A Linear that does what `bn(linear(x))` does in evaluation mode."""
    return _fuse(linear, bn, 0)
