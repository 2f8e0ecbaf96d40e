"""torch.fft: discrete Fourier transforms of one, two and n dimensions."""
from __future__ import annotations

from typing import Any

from .dtypes import default_dtype, dtype_named, is_integral
from .spec import argument_error, call, dtype_error, index_error, op, ops, shape_error

_NO_SCALE, _BY_ROOT, _BY_COUNT = 0, 1, 2


def _scaling(name: str, norm: str | None, forward: bool) -> int:
    if norm == "ortho":
        return _BY_ROOT
    if norm not in (None, "backward", "forward"):
        raise argument_error(f'{name}: Invalid normalization mode: "{norm}"; expected "forward", '
                             '"backward" or "ortho"')
    return _BY_COUNT if forward == (norm == "forward") else _NO_SCALE


def _prepared(name: str, input: Any, to_complex: bool) -> Any:
    """The input in a dtype that can be transformed."""
    if is_integral(input.dtype):
        input = input.to(default_dtype())
    if input.dtype.itemsize == 2:
        raise dtype_error(f"{name}: Unsupported dtype {input.dtype}; convert it to float32")
    if to_complex and not input.is_complex():
        return input.to(dtype_named("complex128" if input.dtype.itemsize == 8 else "complex64"))
    if not to_complex and input.is_complex():
        raise dtype_error(f"{name} expects a real input tensor, but got {input.dtype}")
    return input


def _wrapped(name: str, input: Any, dims: Any) -> list[int]:
    rank = input.dim()
    if rank == 0 and dims:
        raise index_error(f"{name}: Dimension specified as {dims[0]} but tensor has no dimensions")
    for dim in dims:
        if not -rank <= dim < rank:
            raise index_error(f"{name}: Dimension out of range (expected to be in range of "
                              f"[{-rank}, {rank - 1}], but got {dim})")
    wrapped = [dim % rank for dim in dims]
    if len(set(wrapped)) != len(wrapped):
        raise argument_error(f"{name}: FFT dims must be unique, got {tuple(dims)}")
    return wrapped


def _geometry(name: str, input: Any, s: Any, dim: Any) -> tuple[list[int], list[int | None]]:
    """The dimensions to transform, and the number of points in each (None: as many as it has)."""
    if dim is None:
        count = input.dim() if s is None else len(s)
        if count > input.dim():
            raise shape_error(f"{name}: Got shape with {count} values but input tensor only has "
                              f"{input.dim()} dimensions.")
        dims = list(range(input.dim() - count, input.dim()))
    else:
        dims = _wrapped(name, input, dim)
    if s is None:
        return dims, [None] * len(dims)
    if len(s) != len(dims):
        raise shape_error(f"{name}: When given, dim and shape arguments must have the same length, "
                          f"got {tuple(dims)} and {tuple(s)}")
    return dims, [None if size == -1 else size for size in s]


def _resized(name: str, input: Any, dims: list[int], sizes: list[int | None]) -> Any:
    """Cut or padded with zeros at the end of each dimension."""
    wanted = list(input.shape)
    for dim, size in zip(dims, sizes):
        wanted[dim] = wanted[dim] if size is None else size
        if wanted[dim] < 1:
            raise shape_error(f"{name}: Invalid number of data points ({wanted[dim]}) specified")
    for dim in dims:
        missing = wanted[dim] - input.shape[dim]
        if missing < 0:
            input = input.narrow(dim, 0, wanted[dim])
        elif missing > 0:
            shape = list(input.shape)
            shape[dim] = missing
            input = ops.cat([input, input.new_zeros(shape)], dim)
    return input


def _between_complex(name: str, input: Any, s: Any, dim: Any, norm: str | None,
                     forward: bool) -> Any:
    """fft, ifft and their like."""
    scaling = _scaling(name, norm, forward)
    input = _prepared(name, input, to_complex=True)
    dims, sizes = _geometry(name, input, s, dim)
    input = _resized(name, input, dims, sizes)
    return ops._fft_c2c(input, dims, scaling, forward) if dims else input.clone()


def _from_real(name: str, input: Any, s: Any, dim: Any, norm: str | None, forward: bool) -> Any:
    """rfft, ihfft and their like: half of a spectrum from real numbers."""
    scaling = _scaling(name, norm, forward)
    input = _prepared(name, input, to_complex=False)
    dims, sizes = _geometry(name, input, s, dim)
    if not dims:
        raise argument_error(f"{name} must transform at least one axis")
    input = _resized(name, input, dims, sizes)
    if forward:
        return ops._fft_r2c(input, dims, scaling)
    # A real transform is forward; its conjugate is the inverse. The other axes follow as complex.
    half = ops.conj(ops._fft_r2c(input, dims[-1:], scaling))
    return ops._fft_c2c(half, dims[:-1], scaling, False) if len(dims) > 1 else half


def _to_real(name: str, input: Any, s: Any, dim: Any, norm: str | None, forward: bool) -> Any:
    """irfft, hfft and their like: real numbers from half of a spectrum."""
    scaling = _scaling(name, norm, forward)
    input = _prepared(name, input, to_complex=True)
    dims, sizes = _geometry(name, input, s, dim)
    if not dims:
        raise argument_error(f"{name} must transform at least one axis")
    last = sizes[-1]
    if last is None:
        last = 2 * (input.shape[dims[-1]] - 1)
    if last < 1:
        raise shape_error(f"{name}: Invalid number of data points ({last}) specified")
    input = _resized(name, input, dims, [*sizes[:-1], last // 2 + 1])
    if not forward:
        return ops._fft_c2r(input, dims, scaling, last)
    if len(dims) > 1:
        input = ops._fft_c2c(input, dims[:-1], scaling, True)
    return ops._fft_c2r(ops.conj(input), dims[-1:], scaling, last)


# What each transform is: function, direction, and the formula for its documentation.
_KINDS = {
    "fft": (_between_complex, True,
            "Discrete Fourier transform, X[k] = sum over j of x[j] exp(-2 pi i j k / n)"),
    "ifft": (_between_complex, False,
             "Inverse Fourier transform, x[j] = 1/n sum over k of X[k] exp(2 pi i j k / n)"),
    "rfft": (_from_real, True,
             "Fourier transform of real numbers: the first n // 2 + 1 frequencies"),
    "irfft": (_to_real, False,
              "Inverse of `rfft`: n real numbers from the first n // 2 + 1 frequencies"),
    "hfft": (_to_real, True,
             "Real spectrum of a signal that is Hermitian in time, given by its first half"),
    "ihfft": (_from_real, False,
              "Inverse of `hfft`: the first half of the Hermitian signal of a real spectrum"),
}
_EXAMPLES = {"fft": "1.", "ifft": "4.", "rfft": "1.", "irfft": "6.", "hfft": "1.", "ihfft": "4."}
_SHAPES = {"fft": [4, 4], "ifft": [4, 4], "rfft": [4, 3], "irfft": [4, 6], "hfft": [4, 6],
           "ihfft": [4, 3]}
_NORM_DOC = """`norm`: "backward" (the default: the inverse is divided by the number of points),
"forward" or "ortho" (both by its root). Complex results have the precision of the input; integers
count as the default dtype."""


def _one_dimension(kind: str) -> Any:
    transform, forward, _ = _KINDS[kind]
    name = f"fft.{kind}"

    def body(input: Any, n: int | None, dim: int, norm: str | None) -> Any:
        if n is not None and n < 1:
            raise shape_error(f"{name}: Invalid number of data points ({n}) specified")
        return transform(name, input, None if n is None else (n,), (dim,), norm, forward)

    return body


def _dimensions(name: str, kind: str) -> Any:
    transform, forward, _ = _KINDS[kind]

    def body(input: Any, s: Any, dim: Any, norm: str | None) -> Any:
        return transform(f"fft.{name}", input, s, dim, norm, forward)

    return body


def _one_samples(s: Any) -> list[Any]:
    return [call(s.tensor(5)), call(s.tensor(3, 4), norm="ortho"), call(s.tensor(3, 4), 5, 0),
            call(s.tensor(3, 4), 3, 1, "forward"), call(s.tensor(4, 3), dim=-2, norm="backward"),
            call(s.ints(4)), call(s.tensor(6), n=7), call(s.tensor(0, 4))]


def _one_errors(s: Any) -> list[Any]:
    return [(call(s.tensor(4), 0), "ShapeError", r"number of data points \(0\)"),
            (call(s.tensor(4), dim=2), "IndexOutOfRange", "but got 2"),
            (call(s.tensor(4), norm="none"), "ArgumentError", '"none"'),
            (call(s.tensor(4, dtype="float16")), "DTypeError", "float16")]


def _two_samples(s: Any) -> list[Any]:
    return [call(s.tensor(4, 3)), call(s.tensor(2, 3, 4), norm="ortho"),
            call(s.tensor(3, 4), (4, 5)), call(s.tensor(3, 4, 2), (2, 3), (0, 1), "forward"),
            call(s.tensor(3, 4), (-1, 3), (1, 0)), call(s.ints(3, 4))]


def _all_samples(s: Any) -> list[Any]:
    return [*_two_samples(s), call(s.tensor(2, 3, 4)), call(s.tensor(2, 3, 4), dim=(0, 2)),
            call(s.tensor(2, 3, 4), (3,))]


def _all_errors(s: Any) -> list[Any]:
    return [(call(s.tensor(3, 4), (2,), (0, 1)), "ShapeError", "same length"),
            (call(s.tensor(3, 4), dim=(1, -1)), "ArgumentError", "unique"),
            (call(s.tensor(3, 4), (0, 2), (0, 1)), "ShapeError", r"data points \(0\)")]


for _kind, _description in _KINDS.items():
    _formula = _description[2]
    op(f"fft.{_kind}(Tensor input, int? n=None, int dim=-1, str? norm=None) -> Tensor",
       body=_one_dimension(_kind), forms="function out", samples=_one_samples,
       errors=_one_errors, ref=f"numpy.fft.{_kind}",
       doc=f"""{_formula}, along `dim`.

`n`: how many points; the input is cut or padded with zeros to that.
{_NORM_DOC}

>>> cytorch.fft.{_kind}(cytorch.ones(4), norm="forward").abs()[0]
tensor({_EXAMPLES[_kind]})
""")
    op(f"fft.{_kind}2(Tensor input, int[]? s=None, int[] dim=[-2, -1], str? norm=None) -> Tensor",
       body=_dimensions(f"{_kind}2", _kind), forms="function out", samples=_two_samples,
       errors=_all_errors,
       doc=f"""{_formula}, over two dimensions.

`s`: how many points in each of `dim`; the input is cut or padded with zeros to that.
{_NORM_DOC}

>>> cytorch.fft.{_kind}2(cytorch.zeros(4, 4)).shape
torch.Size({_SHAPES[_kind]})
""")
    op(f"fft.{_kind}n(Tensor input, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor",
       body=_dimensions(f"{_kind}n", _kind), forms="function out", samples=_all_samples,
       errors=lambda s: [*_all_errors(s), (call(s.tensor(2), (2, 2)), "ShapeError", "2 values")],
       doc=f"""{_formula}, over all dimensions or those of `dim`.

`s`: how many points in each of `dim`, or of the last dimensions; the input is cut or padded with
zeros to that.
{_NORM_DOC}

>>> cytorch.fft.{_kind}n(cytorch.zeros(4, 4)).shape
torch.Size({_SHAPES[_kind]})
""")
