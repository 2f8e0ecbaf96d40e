"""The private ops that run the convolution kernels: forward, backward-input (which is transposed
convolution too) and backward-weight.

Each is linear in both operands and its derivatives are the other two, so they differentiate any
number of times.
"""
from __future__ import annotations

from typing import Any

from .spec import FLOATING, REAL, call, op, ops, structured

_ARGUMENTS = "int[] stride, int[] padding, int[] dilation, int groups"


def _sum_bias(g: Any) -> Any:
    return g.sum([0, *range(2, g.ndim)])


def _convolve_to(size: Any, input: Any, weight: Any, stride: Any, padding: Any, dilation: Any,
                 groups: int) -> Any:
    """Convolution whose result has the given size: output_padding may add pixels to drop."""
    result = ops._convolution(input, weight, None, stride, padding, dilation, groups)
    for axis, length in enumerate(size, 2):
        if result.shape[axis] != length:
            result = result.narrow(axis, 0, length)
    return result


def _convolution_shape(input: Any, weight: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    sizes = tuple(
        (input.shape[2 + i] + 2 * padding[i] - dilation[i] * (weight.shape[2 + i] - 1) - 1)
        // stride[i] + 1 for i in range(len(stride)))
    return (input.shape[0], weight.shape[0], *sizes), input.dtype


def _convolution_grad(g: Any, input: Any, weight: Any, bias: Any, stride: Any, padding: Any,
                      dilation: Any, groups: int, needs: tuple[bool, ...]) -> Any:
    rest = (stride, padding, dilation, groups)
    return (
        ops._convolution_backward_input(g, weight.conj(), None, tuple(input.shape[2:]), *rest)
        if needs[0] else None,
        ops._convolution_backward_weight(g, input.conj(), tuple(weight.shape[2:]), *rest)
        if needs[1] else None,
        _sum_bias(g) if bias is not None and needs[2] else None)


op(f"_convolution(Tensor input, Tensor weight, Tensor? bias, {_ARGUMENTS}) -> Tensor",
   kernel=structured(REAL), shape=_convolution_shape, grad=_convolution_grad, forms="function",
   samples=lambda s: [
       call(s.tensor(2, 4, 5), s.tensor(6, 2, 3), s.tensor(6), [2], [1], [1], 2),
       call(s.tensor(2, 3, 6, 5), s.tensor(4, 3, 3, 2), None, [1, 2], [1, 0], [2, 1], 1)])


def _backward_input_shape(grad: Any, weight: Any, input_size: Any, groups: int) -> Any:
    return (grad.shape[0], weight.shape[1] * groups, *input_size), grad.dtype


def _backward_input_grad(g: Any, grad: Any, weight: Any, bias: Any, stride: Any, padding: Any,
                         dilation: Any, groups: int, needs: tuple[bool, ...]) -> Any:
    rest = (stride, padding, dilation, groups)
    return (
        _convolve_to(grad.shape[2:], g, weight.conj(), *rest) if needs[0] else None,
        ops._convolution_backward_weight(grad.conj(), g, tuple(weight.shape[2:]), *rest)
        if needs[1] else None,
        _sum_bias(g) if bias is not None and needs[2] else None)


op("_convolution_backward_input(Tensor grad, Tensor weight, Tensor? bias, int[] input_size, "
   f"{_ARGUMENTS}) -> Tensor",
   kernel=structured(REAL), shape=_backward_input_shape, grad=_backward_input_grad,
   forms="function",
   samples=lambda s: [
       call(s.tensor(2, 6, 3), s.tensor(6, 2, 3), None, [5], [2], [1], [1], 2),
       call(s.tensor(2, 4, 4, 2), s.tensor(4, 3, 3, 2), s.tensor(3), [6, 5], [1, 2], [1, 0],
            [2, 1], 1)])


def _backward_weight_shape(grad: Any, input: Any, kernel_size: Any, groups: int) -> Any:
    return (grad.shape[1], input.shape[1] // groups, *kernel_size), grad.dtype


def _backward_weight_grad(g: Any, grad: Any, input: Any, stride: Any, padding: Any, dilation: Any,
                          groups: int, needs: tuple[bool, ...]) -> Any:
    rest = (stride, padding, dilation, groups)
    return (
        _convolve_to(grad.shape[2:], input.conj(), g, *rest) if needs[0] else None,
        ops._convolution_backward_input(grad.conj(), g, None, tuple(input.shape[2:]), *rest)
        if needs[1] else None)


op("_convolution_backward_weight(Tensor grad, Tensor input, int[] kernel_size, "
   f"{_ARGUMENTS}) -> Tensor",
   kernel=structured(FLOATING), shape=_backward_weight_shape, grad=_backward_weight_grad,
   forms="function",
   samples=lambda s: [
       call(s.tensor(2, 6, 3), s.tensor(2, 4, 5), [3], [2], [1], [1], 2),
       call(s.tensor(2, 4, 4, 2), s.tensor(2, 3, 6, 5), [3, 2], [1, 2], [1, 0], [2, 1], 1)])
