"""Convolution and transposed convolution in 1 to 3 dimensions: arguments are checked and spread
here, the work is done by the ops of convolution_primitives."""
from __future__ import annotations

from typing import Any

from .spec import argument_error, call, dtype_error, op, ops, shape_error


def _expand(name: str, what: str, value: Any, ndim: int, least: int) -> tuple[int, ...]:
    """One number for each axis, from an int or a tuple."""
    values = (value,) * ndim if isinstance(value, int) else tuple(value)
    if len(values) == 1:
        values = values * ndim
    if len(values) != ndim:
        raise argument_error(f"{name}: {what} must be one number or {ndim}, got {values}")
    if min(values) < least:
        raise argument_error(f"{name}: {what} must be at least {least}, got {values}")
    return values


def _check_operands(name: str, input: Any, weight: Any, bias: Any, ndim: int,
                    out_channels: int) -> None:
    shape, kernel = tuple(input.shape), tuple(weight.shape)
    if len(kernel) != ndim + 2 or len(shape) not in (ndim + 1, ndim + 2):
        raise shape_error(f"{name}: expected an input of {ndim + 2} dimensions (or {ndim + 1} "
                          f"without a batch) and a weight of {ndim + 2}, but got shapes {shape} "
                          f"and {kernel}")
    if input.dtype != weight.dtype or (bias is not None and bias.dtype != weight.dtype):
        kinds = [str(t.dtype) for t in (input, weight, bias) if t is not None]
        raise dtype_error(f"{name}: input, weight and bias must have the same dtype, but got "
                          f"{', '.join(kinds)}")
    if bias is not None and tuple(bias.shape) != (out_channels,):
        raise shape_error(f"{name}: weight {kernel} needs a bias of shape ({out_channels},), but "
                          f"got {tuple(bias.shape)}")
    if 0 in kernel[2:]:
        raise shape_error(f"{name}: weight {kernel} has a kernel of size 0")


def _check_groups(name: str, groups: int, channels: int, what: str, expected: int,
                  shapes: str) -> None:
    if groups < 1:
        raise argument_error(f"{name}: groups must be at least 1, got {groups}")
    if channels != expected:
        raise shape_error(f"{name}: {shapes} with groups={groups}: expected {expected} {what}, "
                          f"got {channels}")


def _same_padding(input: Any, name: str, stride: Any, dilation: Any,
                  kernel: Any) -> tuple[Any, tuple[int, ...]]:
    """Padding that keeps the size; an odd total puts the extra zero behind."""
    if max(stride) > 1:
        raise argument_error(f"{name}: padding='same' needs stride 1, got {stride}")
    totals = [d * (k - 1) for d, k in zip(dilation, kernel)]
    if any(total % 2 for total in totals):
        extra = [side for total in reversed(totals) for side in (0, total % 2)]
        input = ops.nn.functional.pad(input, extra)
    return input, tuple(total // 2 for total in totals)


def _run(operator: Any, batch: Any, weight: Any, bias: Any, *rest: Any) -> Any:
    """Complex numbers in two real convolutions, of both parts of the input side by side."""
    if not batch.dtype.is_complex:
        return operator(batch, weight, bias, *rest)
    both = ops.cat([batch.real, batch.imag])
    of_real = operator(both, weight.real.contiguous(), None, *rest)
    of_imag = operator(both, weight.imag.contiguous(), None, *rest)
    count = batch.shape[0]
    real = of_real.narrow(0, 0, count) - of_imag.narrow(0, count, count)
    imag = of_real.narrow(0, count, count) + of_imag.narrow(0, 0, count)
    result = ops.complex(real, imag)
    return result if bias is None else result + bias.reshape(-1, *(1,) * (batch.ndim - 2))


def _convolve(ndim: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any,
              dilation: Any, groups: int) -> Any:
    name = f"conv{ndim}d"
    _check_operands(name, input, weight, bias, ndim, weight.shape[0] if weight.ndim else 0)
    shapes = f"input {tuple(input.shape)} and weight {tuple(weight.shape)}"
    _check_groups(name, groups, input.shape[-ndim - 1], "input channels",
                  weight.shape[1] * max(groups, 1), shapes)
    if weight.shape[0] % groups:
        raise shape_error(f"{name}: {shapes}: the {weight.shape[0]} output channels are not "
                          f"divisible by groups={groups}")
    stride = _expand(name, "stride", stride, ndim, 1)
    dilation = _expand(name, "dilation", dilation, ndim, 1)
    kernel = tuple(weight.shape[2:])
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise argument_error(f"{name}: padding must be numbers, 'same' or 'valid', got "
                                 f"{padding!r}")
        if padding == "same":
            input, padding = _same_padding(input, name, stride, dilation, kernel)
        else:
            padding = 0
    padding = _expand(name, "padding", padding, ndim, 0)
    reach = tuple(d * (k - 1) + 1 for d, k in zip(dilation, kernel))
    padded = tuple(n + 2 * p for n, p in zip(input.shape[-ndim:], padding))
    if any(k > n for k, n in zip(reach, padded)):
        raise shape_error(f"{name}: {shapes}: the kernel (with dilation) is {reach}, larger than "
                          f"the padded input {padded}")
    batch = input if input.ndim == ndim + 2 else input.unsqueeze(0)
    result = _run(ops._convolution, batch, weight, bias, stride, padding, dilation, groups)
    return result if input.ndim == ndim + 2 else result.squeeze(0)


def _convolve_transposed(ndim: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any,
                         output_padding: Any, groups: int, dilation: Any) -> Any:
    name = f"conv_transpose{ndim}d"
    groups_or_one = max(groups, 1)
    _check_operands(name, input, weight, bias, ndim,
                    weight.shape[1] * groups_or_one if weight.ndim > 1 else 0)
    shapes = f"input {tuple(input.shape)} and weight {tuple(weight.shape)}"
    _check_groups(name, groups, input.shape[-ndim - 1], "input channels", weight.shape[0], shapes)
    if weight.shape[0] % groups:
        raise shape_error(f"{name}: {shapes}: the {weight.shape[0]} input channels are not "
                          f"divisible by groups={groups}")
    stride = _expand(name, "stride", stride, ndim, 1)
    dilation = _expand(name, "dilation", dilation, ndim, 1)
    padding = _expand(name, "padding", padding, ndim, 0)
    extra = _expand(name, "output_padding", output_padding, ndim, 0)
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation)):
        raise argument_error(f"{name}: output_padding must be smaller than stride or dilation, "
                             f"got {extra} with stride {stride} and dilation {dilation}")
    size = tuple((n - 1) * s - 2 * p + d * (k - 1) + e + 1 for n, s, p, d, k, e in zip(
        input.shape[-ndim:], stride, padding, dilation, weight.shape[2:], extra))
    if min(size) < 1:
        raise shape_error(f"{name}: {shapes}: the result would have the spatial size {size}")
    batch = input if input.ndim == ndim + 2 else input.unsqueeze(0)
    result = _run(ops._convolution_backward_input, batch, weight, bias, size, stride, padding,
                  dilation, groups)
    return result if input.ndim == ndim + 2 else result.squeeze(0)


def _forward_body(ndim: int) -> Any:
    def body(input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any,
             groups: int) -> Any:
        return _convolve(ndim, input, weight, bias, stride, padding, dilation, groups)
    return body


def _transposed_body(ndim: int) -> Any:
    def body(input: Any, weight: Any, bias: Any, stride: Any, padding: Any, output_padding: Any,
             groups: int, dilation: Any) -> Any:
        return _convolve_transposed(ndim, input, weight, bias, stride, padding, output_padding,
                                    groups, dilation)
    return body


def _forward_samples(ndim: int) -> Any:
    def samples(s: Any) -> list[Any]:
        size, kernel = (7, 6, 5)[:ndim], (3, 2, 2)[:ndim]
        x, w = (2, 4, *size), (6, 4, *kernel)
        return [call(s.tensor(*x), s.tensor(*w), s.tensor(6)),
                call(s.tensor(*x), s.tensor(*w), None, 2, 1),
                call(s.tensor(*x), s.tensor(6, 2, *kernel), s.tensor(6), stride=(2,) * ndim,
                     padding=(1,) * ndim, dilation=2, groups=2),
                call(s.tensor(*x), s.tensor(4, 1, *kernel), groups=4, padding="same"),
                call(s.tensor(*x[1:]), s.tensor(*w), s.tensor(6), padding="valid"),
                call(s.tensor(0, 4, *size), s.tensor(*w))]
    return samples


def _forward_errors(ndim: int) -> Any:
    def errors(s: Any) -> list[Any]:
        size, kernel = (5,) * ndim, (3,) * ndim
        x, w = s.tensor(2, 4, *size), s.tensor(6, 4, *kernel)
        return [(call(s.tensor(2, 3, *size), w), "ShapeError", "expected 4 input channels, got 3"),
                (call(x, s.tensor(6, 4, *(9,) * ndim)), "ShapeError", "larger than the padded"),
                (call(x, w, stride=0), "ArgumentError", "stride must be at least 1"),
                (call(x, w, dilation=-1), "ArgumentError", "dilation must be at least 1"),
                (call(x, w, padding=-1), "ArgumentError", "padding must be at least 0"),
                (call(x, w, padding="odd"), "ArgumentError", "'odd'"),
                (call(x, s.tensor(5, 2, *kernel), groups=2), "ShapeError", "5 output channels"),
                (call(x, w, s.tensor(4)), "ShapeError", r"bias of shape \(6,\)")]
    return errors


def _transposed_samples(ndim: int) -> Any:
    def samples(s: Any) -> list[Any]:
        size, kernel = (4, 3, 3)[:ndim], (3, 2, 2)[:ndim]
        x, w = (2, 4, *size), (4, 3, *kernel)
        return [call(s.tensor(*x), s.tensor(*w), s.tensor(3)),
                call(s.tensor(*x), s.tensor(*w), None, 2, 1, 1),
                call(s.tensor(*x), s.tensor(*w), s.tensor(6), stride=3, groups=2, dilation=2),
                call(s.tensor(*x[1:]), s.tensor(*w), s.tensor(3))]
    return samples


def _transposed_errors(ndim: int) -> Any:
    def errors(s: Any) -> list[Any]:
        x, w = s.tensor(2, 4, *(5,) * ndim), s.tensor(4, 3, *(3,) * ndim)
        return [(call(s.tensor(2, 3, *(5,) * ndim), w), "ShapeError", "expected 4 input channels"),
                (call(x, w, output_padding=1), "ArgumentError", "output_padding"),
                (call(x, w, groups=3), "ShapeError", "divisible by groups=3")]
    return errors


_LETTERS = ("length", "height, width", "depth, height, width")


def _size(first: int, second: int, length: int) -> str:
    """Sizes in the examples below."""
    return ", ".join(str(n) for n in (first, second, *(length,) * _ndim))


for _ndim in (1, 2, 3):
    _signature = ("(Tensor input, Tensor weight, Tensor? bias=None, any stride=1, any padding=0, "
                  "any dilation=1, int groups=1) -> Tensor")
    _doc = f"""Convolution (cross-correlation) over {_ndim} spatial dimensions.

    input (batch, in, {_LETTERS[_ndim - 1]}) or without the batch; weight (out, in / groups,
    kernel sizes); bias (out) or None. stride, padding and dilation are one int or {_ndim};
    padding may be 'valid' or 'same' (stride 1). Each size of the result is
    (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1. Raises ShapeError or
    ArgumentError, naming the shapes, when they do not fit.

    >>> import cytorch
    >>> x, w = cytorch.ones({_size(1, 2, 5)}), cytorch.ones({_size(3, 2, 3)})
    >>> cytorch.nn.functional.conv{_ndim}d(x, w, padding=1).shape
    torch.Size([{_size(1, 3, 5)}])
    """
    for _prefix in ("nn.functional.", ""):
        op(f"{_prefix}conv{_ndim}d{_signature}", body=_forward_body(_ndim), forms="function",
           samples=_forward_samples(_ndim), errors=_forward_errors(_ndim), doc=_doc)
    _signature = ("(Tensor input, Tensor weight, Tensor? bias=None, any stride=1, any padding=0, "
                  "any output_padding=0, int groups=1, any dilation=1) -> Tensor")
    _doc = f"""Transposed convolution over {_ndim} spatial dimensions: the gradient of convolution.

    input (batch, in, {_LETTERS[_ndim - 1]}) or without the batch; weight (in, out / groups,
    kernel sizes); bias (out) or None. Each size of the result is (size - 1) * stride
    - 2 * padding + dilation * (kernel - 1) + output_padding + 1. Raises ShapeError or
    ArgumentError, naming the shapes, when they do not fit.

    >>> import cytorch
    >>> x, w = cytorch.ones({_size(1, 2, 5)}), cytorch.ones({_size(2, 3, 3)})
    >>> cytorch.nn.functional.conv_transpose{_ndim}d(x, w, stride=2).shape
    torch.Size([{_size(1, 3, 11)}])
    """
    for _prefix in ("nn.functional.", ""):
        op(f"{_prefix}conv_transpose{_ndim}d{_signature}", body=_transposed_body(_ndim),
           forms="function", samples=_transposed_samples(_ndim),
           errors=_transposed_errors(_ndim), doc=_doc)
