"""Max unpooling, and max pooling with windows at random places (fractional)."""
from __future__ import annotations

from typing import Any

from .pooling import check_input, numbers, pooled_gradient
from .spec import FLOATING, argument_error, call, dtype_error, op, ops, shape_error, structured


def _with_size(input: Any, size: Any) -> tuple[int, ...]:
    return (*tuple(input.shape)[:-len(size)], *size)


# ---- primitives
op("_max_unpool(Tensor input, Tensor indices, int[] size) -> Tensor",
   kernel=structured(FLOATING), promote="none",
   shape=lambda input, size: (_with_size(input, size), input.dtype),
   grad={"input": lambda g, indices, size: pooled_gradient(g, indices, size)}, forms="function",
   samples=lambda s: [call(s.tensor(2, 3), s.values([[0, 2, 4], [1, 3, 5]], dtype="int64"), (6,))],
   doc="Zeros of a size with the elements of input at the positions `indices`.")
op("_fractional_max_pool(Tensor input, Tensor random_samples, int[] kernel_size, int[] size)"
   " -> (Tensor out, Tensor indices)", kernel=structured(FLOATING), promote="none",
   shape=lambda input, size: ((_with_size(input, size), input.dtype),
                              (_with_size(input, size), "int64")),
   grad=lambda g_out, input_shape, indices, size: (
       ops._max_pool_backward(g_out, indices, len(size), input_shape), None),
   forms="function",
   samples=lambda s: [call(s.tensor(2, 5, 6), s.tensor(1, 2, 2, low=0, high=1), (2, 3), (3, 2))],
   doc="Largest elements of windows whose places follow from one number for each plane and axis.")


# ---- max unpooling
def _unpooled_size(name: str, input: Any, kernel: Any, stride: Any, padding: Any,
                   output_size: Any, n: int) -> tuple[int, ...]:
    now = tuple(input.shape)[-n:]
    usual = [(now[d] - 1) * stride[d] + kernel[d] - 2 * padding[d] for d in range(n)]
    size = usual
    if output_size is not None:
        given = (output_size,) if isinstance(output_size, int) else tuple(output_size)
        size = list(given[2:] if len(given) == n + 2 else given)
        if len(size) != n:
            raise argument_error(f"{name}: output_size should be a sequence containing {n} or "
                                 f"{n + 2} elements, but it has a length of '{len(given)}'")
        for d in range(n):
            if not usual[d] - stride[d] < size[d] < usual[d] + stride[d]:
                raise argument_error(
                    f'{name}: invalid output_size "{tuple(size)}" (dim {d} must be between '
                    f"{usual[d] - stride[d]} and {usual[d] + stride[d]})")
    if min(size) < 0:
        raise shape_error(f"{name}: output_size must contain non-negative spatial dimensions, but "
                          f"got {tuple(size)}")
    return tuple(size)


def _max_unpool(n: int, name: str, input: Any, indices: Any, kernel_size: Any, stride: Any,
                padding: Any, output_size: Any) -> Any:
    kernel = numbers(name, "kernel_size", kernel_size, n)
    strides = numbers(name, "stride", stride or kernel, n)
    check_input(name, input, n)
    if tuple(indices.shape) != tuple(input.shape):
        raise shape_error(f"{name}: expected shape of indices to be same as that of the input "
                          f"{tuple(input.shape)}, but got {tuple(indices.shape)}")
    if not str(indices.dtype).endswith("int64") or str(indices.dtype).endswith("uint64"):
        raise dtype_error(f"{name}: elements in indices should be type int64 but got: "
                          f"{indices.dtype}")
    size = _unpooled_size(name, input, kernel, strides, numbers(name, "padding", padding, n, 0),
                          output_size, n)
    return ops._max_unpool(input, indices, size)


# ---- fractional max pooling
def _fractional_size(name: str, input: Any, output_size: Any, output_ratio: Any,
                     n: int) -> tuple[int, ...]:
    check_input(name, input, n)
    if output_size is None and output_ratio is None:
        raise argument_error(f"{name}: requires specifying either an output_size or an "
                             "output_ratio")
    if output_size is not None:
        return numbers(name, "output_size", output_size, n)
    given = output_ratio if isinstance(output_ratio, (list, tuple)) else (output_ratio,) * n
    if len(given) != n:
        raise argument_error(f"{name}: output_ratio must be one number or {n}, got {given}")
    return tuple(int(now * ratio) for now, ratio in zip(tuple(input.shape)[-n:], given))


def _fractional_max_pool(n: int, name: str, input: Any, kernel_size: Any, output_size: Any,
                         output_ratio: Any, random_samples: Any) -> Any:
    size = _fractional_size(name, input, output_size, output_ratio, n)
    kernel = numbers(name, "kernel_size", kernel_size, n)
    for now, k, out in zip(tuple(input.shape)[-n:], kernel, size):
        # PyTorch's bound for volumes is one less.
        most = now - (n == 3)
        if out < 1 or out + k - 1 > most:
            raise shape_error(f"{name}: kernel_size {kernel} and output_size {size} do not fit "
                              f"input {tuple(input.shape)}: output + kernel - 1 must be at most "
                              f"{most} there")
    batch = input.shape[0] if input.ndim == n + 2 else 1
    wanted = (batch, input.shape[-n - 1], n)
    if random_samples is None:
        random_samples = ops.rand(wanted, dtype=input.dtype, device=input.device)
    given = tuple(random_samples.shape)
    if (len(given) != 3 or given[0] < batch or given[1:] != wanted[1:]
            or random_samples.dtype != input.dtype):
        raise shape_error(f"{name}: expected _random_samples of shape {wanted}, or more in the "
                          f"first dimension, and dtype {input.dtype}, got {given} and "
                          f"{random_samples.dtype}")
    return tuple(ops._fractional_max_pool(input, random_samples, kernel, size))


def _errors(n: int) -> Any:
    def make(s: Any) -> list[Any]:
        x = s.tensor(1, 2, *(2,) * n)
        where = s.ints(1, 2, *(2,) * n, high=2)
        return [(call(x, where, 0), "ValueError", "kernel_size"),
                (call(x, s.ints(1, 2, *(3,) * n, high=2), 2), "ShapeError", "indices"),
                (call(x, where, 2, output_size=(9,) * n), "ArgumentError", "invalid output_size"),
                (call(x, where.int(), 2), "DTypeError", "int32"),
                (call(x, where + 4 ** n, 2), "IndexError", "max_unpool")]

    return make


def _declare(n: int) -> None:
    name = f"max_unpool{n}d"
    shape = "(N, C, " + ", ".join(("D", "H", "W")[3 - n:]) + ")"
    more = ", 1" * (n - 1)

    def pooled(s: Any, *size: int, **options: Any) -> Any:
        # No two elements of a plane go to the same place.
        planes, count = size[0] * size[1], 1
        for extent in size[2:]:
            count *= extent
        where = [[(i + p) % (2 * count) for i in range(count)] for p in range(planes)]
        return call(s.tensor(*size), s.values(where, dtype="int64").reshape(size), 2, **options)

    op(f"nn.functional.{name}(Tensor input, Tensor indices, int[] kernel_size, int[]? stride=None, "
       "int[] padding=0, int[]? output_size=None) -> Tensor",
       body=lambda input, indices, kernel_size, stride, padding, output_size: _max_unpool(
           n, name, input, indices, kernel_size, stride, padding, output_size), forms="function",
       samples=lambda s: [pooled(s, 1, 2, *(4,) * n), pooled(s, 2, 1, *(3,) * n, stride=3),
                          pooled(s, 1, 1, *(4,) * n, output_size=(9,) * n)], errors=_errors(n),
       doc=f"""The inverse of max_pool{n}d with return_indices: zeros, maxima at their places.

{shape} or without N. Size: (size - 1) stride - 2 padding + kernel_size, or `output_size`.

>>> x = cytorch.arange(4.0).view(1, 4{more})
>>> kernel = {"2" if n == 1 else "(2" + more + ")"}
>>> y, where = cytorch.nn.functional.max_pool{n}d(x, kernel, return_indices=True)
>>> cytorch.nn.functional.{name}(y, where, kernel).flatten()
tensor([0., 1., 0., 3.])
""")
    if n > 1:
        _declare_fractional(n, shape)


def _declare_fractional(n: int, shape: str) -> None:
    name = f"fractional_max_pool{n}d"
    arguments = ("(Tensor input, int[] kernel_size, int[]? output_size=None, "
                 "any output_ratio=None, bool return_indices=False, "
                 "Tensor? _random_samples=None)")

    def samples(s: Any) -> list[Any]:
        places = s.tensor(2, 3, n, low=0, high=1)
        return [call(s.tensor(2, 3, *(6,) * n), 2, 3, _random_samples=places),
                call(s.tensor(2, 3, *(7, 5, 6)[:n]), 3, output_ratio=0.5, _random_samples=places)]

    def errors(s: Any) -> list[Any]:
        x = s.tensor(1, 2, *(5,) * n)
        return [(call(x, 2), "ArgumentError", "either an output_size"),
                (call(x, 3, 4), "ShapeError", "at most [45]"),
                (call(x, 2, output_ratio=(0.5,)), "ArgumentError", "output_ratio"),
                (call(x, 2, 2, _random_samples=s.tensor(1, 1, n)), "ShapeError", "_random_samples")]

    op(f"nn.functional.{name}_with_indices{arguments} -> (Tensor out, Tensor indices)",
       body=lambda input, kernel_size, output_size, output_ratio, return_indices, _random_samples:
       _fractional_max_pool(n, name, input, kernel_size, output_size, output_ratio,
                            _random_samples),
       forms="function", samples=samples, doc=f"""`{name}` with the positions of the maxima.

>>> F = cytorch.nn.functional
>>> y, where = F.{name}_with_indices(cytorch.ones(1{", 4" * n}), 2, output_size=1)
>>> where.item()
{10 if n == 2 else 42}
""")
    op(f"nn.functional.{name}{arguments} -> Tensor",
       body=lambda input, kernel_size, output_size, output_ratio, return_indices, _random_samples:
       _chosen(_fractional_max_pool(n, name, input, kernel_size, output_size, output_ratio,
                                    _random_samples), return_indices),
       forms="function", samples=samples, errors=errors,
       doc=f"""Largest element of windows of one size at random, evenly spread places. {shape}.

`output_size`, or `output_ratio` times the input's. `_random_samples` (N, C, {n}) in [0, 1) instead
of random numbers. Without N also.

>>> x = cytorch.ones(1, 3{", 8" * n})
>>> cytorch.nn.functional.{name}(x, 2, output_ratio=0.5).shape
torch.Size([1, 3{", 4" * n}])
""")


def _chosen(result: Any, return_indices: bool) -> Any:
    return result if return_indices else result[0]


for _n in (1, 2, 3):
    _declare(_n)
