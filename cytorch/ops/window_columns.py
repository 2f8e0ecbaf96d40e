"""nn.functional.unfold and fold: windows of images as columns, and back."""
from __future__ import annotations

from typing import Any

from .padding import by_parts
from .spec import ANY, FLOATING, argument_error, call, op, ops, shape_error, structured


def _pair(name: str, what: str, value: Any, least: int) -> tuple[int, int]:
    pair = tuple(value) * 2 if len(value) == 1 else tuple(value)
    if len(pair) != 2 or min(pair) < least:
        raise argument_error(f"{name}: {what} should be one or two numbers of at least {least}, "
                             f"got {list(value)}")
    return pair


def _windows(name: str, size: Any, kernel: Any, dilation: Any, padding: Any,
             stride: Any) -> tuple[int, int]:
    """How many windows there are, down and across."""
    counts = tuple((size[d] + 2 * padding[d] - dilation[d] * (kernel[d] - 1) - 1) // stride[d] + 1
                   for d in (0, 1))
    if min(counts) < 1:
        raise shape_error(f"{name}: the kernel {tuple(kernel)} with dilation {tuple(dilation)} and "
                          f"padding {tuple(padding)} does not fit the size {tuple(size)}: the "
                          f"array of windows would be {counts}")
    return counts


# ---- primitives
_GEOMETRY = "int[] kernel_size, int[] dilation, int[] padding, int[] stride"


def _column_shape(input: Any, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Any:
    batch, channels, *size = tuple(input.shape)
    down, across = _windows("unfold", size, kernel_size, dilation, padding, stride)
    return (batch, channels * kernel_size[0] * kernel_size[1], down * across), input.dtype


op(f"_unfold_windows(Tensor input, {_GEOMETRY}) -> Tensor", kernel=structured(ANY),
   promote="none", shape=_column_shape,
   grad={"input": lambda g, input_shape, kernel_size, dilation, padding, stride:
         by_parts(ops._fold_windows)(g, input_shape[2:], kernel_size, dilation, padding, stride)},
   forms="function", samples=lambda s: [
       call(s.tensor(1, 2, 4, 5), (2, 3), (1, 1), (1, 0), (1, 2)),
       call(s.tensor(2, 1, 5, 5), (2, 2), (2, 1), (0, 1), (2, 1))],
   doc="Windows of (N, C, H, W) as columns (N, C kh kw, L).")
op(f"_fold_windows(Tensor columns, int[] size, {_GEOMETRY}) -> Tensor",
   kernel=structured(FLOATING), promote="none",
   shape=lambda columns, size, kernel_size: (
       (columns.shape[0], columns.shape[1] // (kernel_size[0] * kernel_size[1]), *size),
       columns.dtype),
   grad={"columns": lambda g, kernel_size, dilation, padding, stride: ops._unfold_windows(
       g, kernel_size, dilation, padding, stride)},
   forms="function", samples=lambda s: [
       call(s.tensor(1, 12, 10), (4, 5), (2, 3), (1, 1), (1, 0), (1, 2)),
       call(s.tensor(2, 4, 12), (5, 5), (2, 2), (2, 1), (0, 1), (2, 1))],
   doc="Columns of windows added up to images.")


# ---- public ops
def _unfold(input: Any, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Any:
    kernel = _pair("unfold", "kernel_size", kernel_size, 1)
    dilation = _pair("unfold", "dilation", dilation, 1)
    padding = _pair("unfold", "padding", padding, 0)
    stride = _pair("unfold", "stride", stride, 1)
    if input.dim() not in (3, 4):
        raise shape_error("unfold: Expected 3D or 4D (batch mode) tensor, got shape "
                          f"{tuple(input.shape)}")
    batched = input if input.dim() == 4 else input.unsqueeze(0)
    found = ops._unfold_windows(batched, kernel, dilation, padding, stride)
    return found if input.dim() == 4 else found.squeeze(0)


op("nn.functional.unfold(Tensor input, int[] kernel_size, int[] dilation=[1], int[] padding=[0], "
   "int[] stride=[1]) -> Tensor", body=_unfold, forms="function",
   samples=lambda s: [call(s.tensor(1, 2, 4, 5), 2), call(s.tensor(2, 5, 4), (2, 1), 1, 1, 2),
                      call(s.tensor(1, 1, 6, 6), (2, 3), (2, 1), (0, 1), (1, 2))],
   errors=lambda s: [(call(s.tensor(1, 1, 2, 2), 3), "ShapeError", r"\(3, 3\)"),
                     (call(s.tensor(1, 1, 2, 2), 1, 0), "ArgumentError", "dilation"),
                     (call(s.tensor(2, 2), 1), "ShapeError", r"\(2, 2\)")],
   doc="""Sliding windows of an (N, C, H, W) input as columns: (N, C kh kw, number of windows).

>>> cytorch.nn.functional.unfold(cytorch.zeros(1, 2, 4, 4), 3).shape
torch.Size([1, 18, 4])
""")


def _fold(input: Any, output_size: Any, kernel_size: Any, dilation: Any, padding: Any,
          stride: Any) -> Any:
    out = _pair("fold", "output_size", output_size, 1)
    kernel = _pair("fold", "kernel_size", kernel_size, 1)
    dilation = _pair("fold", "dilation", dilation, 1)
    padding = _pair("fold", "padding", padding, 0)
    stride = _pair("fold", "stride", stride, 1)
    if input.dim() not in (2, 3):
        raise shape_error("fold: Expected 2D or 3D (batch mode) tensor for input, got shape "
                          f"{tuple(input.shape)}")
    batched = input if input.dim() == 3 else input.unsqueeze(0)
    down, across = _windows("fold", out, kernel, dilation, padding, stride)
    rows, columns = batched.shape[1:]
    if rows % (kernel[0] * kernel[1]) or columns != down * across:
        raise shape_error(f"fold: input {tuple(input.shape)} does not fit: expected a multiple of "
                          f"{kernel[0] * kernel[1]} (the product of kernel_size) in dimension -2 "
                          f"and {down * across} windows in dimension -1")
    image = by_parts(ops._fold_windows)(batched, out, kernel, dilation, padding, stride)
    return image if input.dim() == 3 else image.squeeze(0)


op("nn.functional.fold(Tensor input, int[] output_size, int[] kernel_size, int[] dilation=[1], "
   "int[] padding=[0], int[] stride=[1]) -> Tensor", body=_fold, forms="function",
   samples=lambda s: [call(s.tensor(1, 8, 12), (4, 5), 2), call(s.tensor(4, 9), 4, 2, 1, 1, 2)],
   errors=lambda s: [(call(s.tensor(1, 8, 11), (4, 5), 2), "ShapeError", "12 windows")],
   doc="""Columns of windows summed into images: (N, C kh kw, L) to (N, C, H, W).

The transpose of `unfold`.

>>> cytorch.nn.functional.fold(cytorch.ones(1, 4, 1), 2, 2).shape
torch.Size([1, 1, 2, 2])
""")
