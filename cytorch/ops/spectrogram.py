"""Short-time Fourier transform and its inverse: stft, istft."""
from __future__ import annotations

from typing import Any

from .dtypes import dtype_named, is_integral
from .spec import F, argument_error, call, dtype_error, index_error, op, ops, shape_error

_BY_ROOT, _BY_COUNT, _NO_SCALE = 1, 2, 0
# Below this the windows' squares leave gaps, and dividing by them would invent a signal.
_LEAST_ENVELOPE = 1e-11


def _described(name: str, input: Any, n_fft: int, hop_length: int, win_length: int,
               window: Any) -> str:
    shape = None if window is None else list(window.shape)
    return (f"{name}({input.dtype}{list(input.shape)}, n_fft={n_fft}, hop_length={hop_length}, "
            f"win_length={win_length}, window={shape})")


def _full_window(window: Any, n_fft: int, win_length: int, like: Any) -> Any:
    """The window (ones where there is none) with zeros on both sides up to n_fft points."""
    if window is None:
        real = dtype_named("float64" if like.dtype in (dtype_named("float64"),
                                                       dtype_named("complex128")) else "float32")
        window = ops.ones((win_length,), dtype=real, device=like.device)
    left = (n_fft - win_length) // 2
    right = n_fft - win_length - left
    if not (left or right):
        return window
    return ops.cat([window.new_zeros((left,)), window, window.new_zeros((right,))])


def _check_window(where: str, window: Any, n_fft: int, win_length: int) -> None:
    if not 0 < win_length <= n_fft:
        raise argument_error(f"{where}: expected 0 < win_length <= n_fft, but got "
                             f"win_length={win_length}")
    if window is not None and tuple(window.shape) != (win_length,):
        raise shape_error(f"{where}: expected a 1D window tensor of size equal to "
                          f"win_length={win_length}, but got window with size "
                          f"{list(window.shape)}")


def _padded(input: Any, n_fft: int, pad_mode: str) -> Any:
    """Half a frame more at both ends, so that frame t is centered at t * hop_length."""
    rows = input.reshape((1, -1, input.shape[-1]) if input.dim() < 3 else input.shape)
    padded = F.pad(rows, [n_fft // 2, n_fft // 2], pad_mode)
    return padded.reshape((*input.shape[:-1], padded.shape[-1]))


def _frames(signal: Any, n_fft: int, hop: int) -> Any:
    """(batch, frames, n_fft): every `hop` points a piece of n_fft."""
    return signal.unfold(-1, n_fft, hop)


def _stft(input: Any, n_fft: int, hop_length: int | None, win_length: int | None, window: Any,
          center: bool, pad_mode: str, normalized: bool, onesided: bool | None,
          return_complex: bool | None, align_to_window: bool | None) -> Any:
    hop = n_fft // 4 if hop_length is None else hop_length
    width = n_fft if win_length is None else win_length
    where = _described("stft", input, n_fft, hop, width, window)
    is_complex = input.is_complex() or (window is not None and window.is_complex())
    if return_complex is None and not is_complex:
        raise argument_error("stft requires the return_complex parameter be given for real inputs, "
                             "and will further require that return_complex=True in a future "
                             "PyTorch release.")
    if is_integral(input.dtype):
        raise dtype_error(f"{where}: expected a tensor of floating point or complex values")
    if input.dim() not in (1, 2):
        raise shape_error(f"{where}: expected a 1D or 2D tensor")
    if center and align_to_window is not None:
        raise argument_error("stft align_to_window should only be set when center = false")
    if hop <= 0 and n_fft > 0:
        raise argument_error(f"{where}: expected hop_length > 0, but got hop_length={hop}")
    signal = input.reshape((-1, input.shape[-1]))
    if center and n_fft > 0:
        signal = _padded(signal, n_fft, pad_mode)
    if not 0 < n_fft <= signal.shape[-1]:
        raise argument_error(f"{where}: expected 0 < n_fft < {signal.shape[-1]}, but got "
                             f"n_fft={n_fft}")
    _check_window(where, window, n_fft, width)
    half = not is_complex if onesided is None else onesided
    if half and is_complex:
        raise argument_error("stft: Cannot have onesided output if window or input is complex")
    if align_to_window:
        left = (n_fft - width) // 2
        signal = F.pad(signal, [left, n_fft - width - left])
    frames = _frames(signal, n_fft, hop) * _full_window(window, n_fft, width, input)
    spectrum = _transformed(frames, normalized, half).transpose(1, 2)
    if input.dim() == 1:
        spectrum = spectrum.squeeze(0)
    return spectrum if return_complex is not False else ops.view_as_real(spectrum.contiguous())


def _transformed(frames: Any, normalized: bool, half: bool) -> Any:
    scaling = _BY_ROOT if normalized else _NO_SCALE
    if half:
        return ops._fft_r2c(frames, [2], scaling)
    if not frames.is_complex():
        frames = frames.to(dtype_named("complex128" if frames.dtype.itemsize == 8
                                       else "complex64"))
    return ops._fft_c2c(frames, [2], scaling, True)


def _samples(s: Any) -> list[Any]:
    return [call(s.tensor(2, 20), 8, 2, window=s.tensor(8), return_complex=True),
            call(s.tensor(20), 8, return_complex=True, center=False, normalized=True),
            call(s.tensor(20), 7, 3, 4, s.tensor(4), onesided=False, return_complex=True),
            call(s.tensor(2, 20), 8, pad_mode="constant", return_complex=False),
            call(s.tensor(20), 8, 4, 6, s.tensor(6), False, return_complex=True,
                 align_to_window=True)]


op("stft(Tensor input, int n_fft, int? hop_length=None, int? win_length=None, "
   "Tensor? window=None, bool center=True, str pad_mode='reflect', bool normalized=False, "
   "bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor",
   body=_stft, forms="function method", samples=_samples,
   errors=lambda s: [
       (call(s.tensor(20), 8), "ArgumentError", "requires the return_complex parameter"),
       (call(s.tensor(20), 8, 0, return_complex=True), "ArgumentError", "hop_length=0"),
       (call(s.tensor(20), 8, 2, 9, return_complex=True), "ArgumentError", "win_length=9"),
       (call(s.tensor(20), 8, 2, 8, s.tensor(6), return_complex=True), "ShapeError", r"\[6\]"),
       (call(s.tensor(1, 2, 20), 8, return_complex=True), "ShapeError", "1D or 2D"),
       (call(s.tensor(6), 8, center=False, return_complex=True), "ArgumentError", "n_fft=8")],
   doc="""Fourier transforms of overlapping pieces of a signal, as (..., frequency, frame).

X[k, m] = sum over j of window[j] input[m hop_length + j] exp(-2 pi i j k / n_fft)

input: (time) or (batch, time). hop_length: distance of the pieces (n_fft // 4). window: of
win_length points (n_fft, ones). center: pad by half a piece first, by pad_mode. normalized: divide
by sqrt(n_fft). onesided: the frequencies 0 to n_fft // 2 only (the default for real numbers).
return_complex=False: real and imaginary parts in a last dimension of 2.

>>> cytorch.stft(cytorch.ones(8), 4, return_complex=True).shape
torch.Size([3, 9])
""")


def _overlap_added(frames: Any, hop: int, length: int) -> Any:
    """(batch, frames, n_fft) to (batch, length): pieces added where they lie."""
    batch, count, width = frames.shape
    start = ops.arange(0, count * hop, hop, device=frames.device).unsqueeze(1)
    place = (start + ops.arange(width, device=frames.device)).reshape(-1)
    return frames.new_zeros((batch, length)).index_add(1, place, frames.reshape((batch, -1)))


def _check_spectrum(where: str, input: Any, n_fft: int, half: bool) -> None:
    if input.numel() == 0:
        raise shape_error(f"{where}: input tensor cannot be empty.")
    if input.dim() > 3:
        raise shape_error(f"{where}: expected a tensor with 2 or 3 dimensions, but got "
                          f"{input.dim()}")
    expected = n_fft // 2 + 1 if half else n_fft
    if input.shape[-2] != expected:
        raise shape_error(f"{where}: expected the frequency dimension (2nd to the last) of the "
                          f"input tensor to match {'n_fft / 2 + 1' if half else 'n_fft'} when "
                          f"onesided={half}, but got {input.shape[-2]}")


def _pieces(spectrum: Any, n_fft: int, normalized: bool, half: bool, window: Any,
            return_complex: bool) -> Any:
    """The signal's pieces of (batch, frame, frequency)."""
    scaling = _BY_ROOT if normalized else _BY_COUNT
    if return_complex:
        if half:
            raise argument_error("istft: Cannot have onesided output if window or input is "
                                 "complex")
        return ops._fft_c2c(spectrum, [2], scaling, False)
    if window is not None and window.is_complex():
        raise argument_error("istft: Complex windows are incompatible with return_complex=False")
    return ops._fft_c2r(spectrum.narrow(2, 0, n_fft // 2 + 1), [2], scaling, n_fft)


def _istft(input: Any, n_fft: int, hop_length: int | None, win_length: int | None, window: Any,
           center: bool, normalized: bool, onesided: bool | None, length: int | None,
           return_complex: bool) -> Any:
    hop = n_fft // 4 if hop_length is None else hop_length
    width = n_fft if win_length is None else win_length
    where = _described("istft", input, n_fft, hop, width, window)
    if not input.is_complex():
        raise dtype_error("istft requires a complex-valued input tensor matching the output from "
                          f"stft with return_complex=True, got {input.dtype}.")
    if input.dim() < 2:
        raise index_error(f"{where}: expected a tensor with 2 or 3 dimensions, but got "
                          f"{input.dim()}")
    half = input.shape[-2] != n_fft if onesided is None else onesided
    _check_spectrum(where, input, n_fft, half)
    _check_window(where, window, n_fft, width)
    if not 0 < hop <= width:
        raise argument_error(f"{where}: expected 0 < hop_length <= win_length")
    whole = _full_window(window, n_fft, width, input)
    spectrum = (input if input.dim() == 3 else input.unsqueeze(0)).transpose(1, 2)
    pieces = _pieces(spectrum, n_fft, normalized, half, window, return_complex) * whole
    count = pieces.shape[1]
    total = n_fft + hop * (count - 1)
    squares = (whole * whole).expand((1, count, n_fft))
    start = n_fft // 2 if center else 0
    end = total - start if length is None else min(start + length, total)
    signal = _overlap_added(pieces, hop, total).narrow(1, start, end - start)
    envelope = _overlap_added(squares, hop, total).narrow(1, start, end - start)
    if not envelope.is_meta and bool((envelope.detach().abs() <= _LEAST_ENVELOPE).any()):
        raise argument_error(f"{where}: window overlap add min: "
                             f"{envelope.detach().abs().min().item()} is not above "
                             f"{_LEAST_ENVELOPE}; the windows leave gaps")
    signal = signal / envelope
    if length is not None and end - start < length:
        signal = ops.cat([signal, signal.new_zeros((signal.shape[0], length - end + start))], 1)
    return signal if input.dim() == 3 else signal.squeeze(0)


def _spectrum(s: Any, *shape: int) -> Any:
    return s.tensor(*shape, dtype="complex128" if s.dtype == "float64" else "complex64")


op("istft(Tensor input, int n_fft, int? hop_length=None, int? win_length=None, "
   "Tensor? window=None, bool center=True, bool normalized=False, bool? onesided=None, "
   "int? length=None, bool return_complex=False) -> Tensor", body=_istft, forms="function method",
   samples=lambda s: [
       call(_spectrum(s, 2, 5, 6), 8, 2, window=s.tensor(8, low=0.5)),
       call(_spectrum(s, 5, 6), 8, normalized=True, length=9),
       call(_spectrum(s, 8, 6), 8, 3, 6, s.tensor(6, low=0.5), onesided=False),
       call(_spectrum(s, 5, 4), 8, center=False, length=30),
       call(_spectrum(s, 8, 4), 8, return_complex=True)],
   errors=lambda s: [
       (call(s.tensor(5, 6), 8), "DTypeError", "complex-valued"),
       (call(_spectrum(s, 4, 6), 8), "ShapeError", "but got 4"),
       (call(_spectrum(s, 5, 0), 8), "ShapeError", "cannot be empty"),
       (call(_spectrum(s, 5, 6), 8, 9), "ArgumentError", "hop_length <= win_length"),
       (call(_spectrum(s, 5, 6), 8, 2, window=s.tensor(8) * 0), "ArgumentError",
        "window overlap add min")],
   doc="""The signal of a short-time Fourier transform: undoes `stft` of the same arguments.

Pieces are added where they overlap and divided by the sum of the squared windows, which must
nowhere be 0. onesided: whether `input` has the frequencies 0 to n_fft // 2 only (the default,
unless it has all n_fft). length: of the result; more than there is gives zeros at the end.

>>> signal = cytorch.arange(8.0)
>>> cytorch.istft(cytorch.stft(signal, 4, return_complex=True), 4)
tensor([0., 1., 2., 3., 4., 5., 6., 7.])
""")
