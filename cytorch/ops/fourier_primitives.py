"""The three transforms that NumPy computes; torch.fft is made of them."""
from __future__ import annotations

from typing import Any

from .spec import FLOATING, call, host, op, ops

_COMPLEX = ("complex64", "complex128")


def _complex_values(s: Any, *shape: int) -> Any:
    return s.tensor(*shape, dtype="complex128" if s.dtype == "float64" else "complex64")


def _with_last(shape: Any, dim: Any, size: int) -> tuple[int, ...]:
    """The shape with another size in the last of the transformed dimensions."""
    sizes = list(shape)
    sizes[dim[-1]] = size
    return tuple(sizes)


def _weigh_paired(spectrum: Any, dim: int, size: int, factor: float) -> Any:
    """Scale the frequencies of a half spectrum that stand for a conjugate one too.

    All but the first, and the middle one of an even `size`, do.
    """
    paired = (size + 1) // 2 - 1
    if paired == 0:
        return spectrum
    weights = ops.ones((spectrum.shape[dim],), dtype=spectrum.dtype, device=spectrum.device)
    weights.narrow(0, 1, paired).fill_(factor)
    return spectrum * weights.reshape([-1] + [1] * (spectrum.dim() - 1 - dim))


op("_fft_c2c(Tensor input, int[] dim, int normalization, bool forward) -> Tensor",
   kernel=host(_COMPLEX, "fourier.complex_to_complex"), promote="none",
   shape=lambda input: input,
   # The adjoint of a transform is the other direction with the same scale.
   grad={"input": lambda g, dim, normalization, forward: ops._fft_c2c(
       g, dim, normalization, not forward)},
   samples=lambda s: [call(_complex_values(s, 3, 4), (0, 1), 0, True),
                      call(_complex_values(s, 5), (0,), 1, False),
                      call(_complex_values(s, 0, 4), (1,), 2, True)],
   doc="Transform of a complex tensor over the dimensions `dim`, none of them negative.")

op("_fft_r2c(Tensor input, int[] dim, int normalization) -> Tensor",
   kernel=host(FLOATING, "fourier.real_to_complex"), promote="none",
   shape=lambda input, dim: (_with_last(input.shape, dim, input.shape[dim[-1]] // 2 + 1),
                             "complex128" if input.dtype.itemsize == 8 else "complex64"),
   grad={"input": lambda g, dim, normalization, input_shape: ops._fft_c2r(
       _weigh_paired(g, dim[-1], input_shape[dim[-1]], 0.5), dim, normalization,
       input_shape[dim[-1]])},
   samples=lambda s: [call(s.tensor(3, 4), (0, 1), 0), call(s.tensor(5), (0,), 2),
                      call(s.tensor(5, 2), (1, 0), 1), call(s.tensor(0, 4), (1,), 0)],
   doc="Forward transform of a real tensor: the half of the spectrum that is not implied.")

op("_fft_c2r(Tensor input, int[] dim, int normalization, int last_dim_size) -> Tensor",
   kernel=host(_COMPLEX, "fourier.complex_to_real"), promote="none",
   shape=lambda input, dim, last_dim_size: (_with_last(input.shape, dim, last_dim_size),
                                            "float64" if input.dtype.itemsize == 16
                                            else "float32"),
   grad={"input": lambda g, dim, normalization, last_dim_size: _weigh_paired(
       ops._fft_r2c(g, dim, normalization), dim[-1], last_dim_size, 2.0)},
   samples=lambda s: [call(_complex_values(s, 3, 3), (0, 1), 2, 4),
                      call(_complex_values(s, 3), (0,), 1, 5),
                      call(_complex_values(s, 0, 3), (1,), 0, 4)],
   doc="Inverse transform of half a spectrum to a real tensor of `last_dim_size` points.")
