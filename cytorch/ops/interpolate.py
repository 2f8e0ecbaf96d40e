"""nn.functional.interpolate and its older names: resampling of one to three spatial axes.

Every mode is a sparse matrix for each axis, so one kernel and its transpose serve all of them.
"""
from __future__ import annotations

from typing import Any

from .spec import FLOATING, F, argument_error, call, dtype_error, op, ops, shape_error, structured

# The numbers that pyx/kernels/interpolate_axis.pxd gives the modes.
AREA = 7
_MODES = {"nearest": 0, "nearest-exact": 1, "linear": 2, "bilinear": 2, "trilinear": 2,
          "bicubic": 3, "area": AREA}
_ANTIALIASED = {"bilinear": 4, "bicubic": 5, "lanczos": 6}
_AXES = {"linear": 1, "bilinear": 2, "bicubic": 2, "lanczos": 2, "trilinear": 3}
_SCALES = "float scale_depth, float scale_height, float scale_width"


def _samples(s: Any) -> list[Any]:
    calls = [call(s.tensor(2, 5), (7,), mode, corners, 0.0, 0.0, 0.0)
             for mode, corners in ((0, False), (1, False), (2, True), (2, False), (7, False))]
    return [*calls, call(s.tensor(1, 4, 5), (7, 3), 3, False, 0.0, 0.0, 1.6),
            call(s.tensor(1, 4, 30), (3, 2), 5, False, 0.0, 0.0, 0.0),
            call(s.tensor(1, 3, 4, 5), (4, 2, 9), 2, False, 0.0, 0.0, 0.0)]


op(f"_resample(Tensor input, int[] size, int mode, bool align_corners, {_SCALES}) -> Tensor",
   kernel=structured(FLOATING), promote="none",
   shape=lambda input, size: ((*tuple(input.shape)[:-len(size)], *size), input.dtype),
   grad={"input": lambda g, input_shape, size, mode, align_corners, scale_depth, scale_height,
         scale_width: ops._resample_backward(g, input_shape, len(size), mode, align_corners,
                                             scale_depth, scale_height, scale_width)},
   forms="function", samples=_samples,
   doc="Resamples the last axes to `size`; scale 0: from the sizes.")
op("_resample_backward(Tensor grad, int[] input_size, int spatial, int mode, bool align_corners, "
   f"{_SCALES}) -> Tensor", kernel=structured(FLOATING), promote="none",
   shape=lambda grad, input_size: (input_size, grad.dtype),
   grad={"grad": lambda g, grad_shape, spatial, mode, align_corners, scale_depth, scale_height,
         scale_width: ops._resample(g, grad_shape[-spatial:], mode, align_corners, scale_depth,
                                    scale_height, scale_width)},
   forms="function", samples=lambda s: [
       call(s.tensor(*c.args[0].shape[:-len(c.args[1])], *c.args[1]), tuple(c.args[0].shape),
            len(c.args[1]), *c.args[2:]) for c in _samples(s)],
   doc="The transpose of `_resample`.")


# ---- arguments
def _for_axes(name: str, word: str, value: Any, input: Any) -> list[Any]:
    """`size` or `scale_factor` for every spatial axis."""
    n = input.ndim - 2
    if not isinstance(value, (list, tuple)):
        return [value] * n
    if len(value) != n:
        raise argument_error(
            f"{name}: Input and {word} must have the same number of spatial dimensions, but got "
            f"input with spatial dimensions of {list(input.shape)[2:]} and {word} of {value}")
    return list(value)


def _mode_number(mode: str, align_corners: Any, antialias: bool, ndim: int) -> int:
    """Raise unless the options go together; the kernel's number of the mode."""
    name = "interpolate"
    if mode in ("nearest", "area", "nearest-exact") and align_corners is not None:
        raise argument_error(f"{name}: align_corners option can only be set with the interpolating "
                             f"modes: linear | bilinear | bicubic | trilinear, got mode {mode!r}")
    if antialias and not (mode in _ANTIALIASED and ndim == 4):
        raise argument_error(f"{name}: Anti-alias option is restricted to bilinear, bicubic, and "
                             f"lanczos modes and requires a 4-D tensor as input, got mode {mode!r} "
                             f"and {ndim} dimensions")
    if mode == "lanczos" and (align_corners or not antialias):
        raise argument_error(f"{name}: Lanczos mode needs antialias=True and no align_corners, got "
                             f"antialias={antialias}, align_corners={align_corners}")
    if ndim not in (3, 4, 5) or mode not in (*_MODES, "lanczos"):
        raise argument_error(f"{name}: Only 3D, 4D and 5D input Tensors supported (got {ndim}D) "
                             "for the modes: nearest | linear | bilinear | bicubic | trilinear | "
                             f"lanczos | area | nearest-exact (got {mode})")
    if ndim - 2 != _AXES.get(mode, ndim - 2):
        raise argument_error(f"{name}: Got {ndim}D input, but {mode} mode needs {_AXES[mode] + 2}D "
                             "input")
    return _ANTIALIASED[mode] if antialias else _MODES[mode]


def _check_sizes(input: Any, size: list[Any]) -> None:
    now = tuple(input.shape)
    if any(isinstance(v, bool) or not isinstance(v, int) for v in size):
        raise dtype_error("interpolate: expected size to be one of int or Tuple[int] or "
                          f"Tuple[int, int] or Tuple[int, int, int], but got {size}")
    if min(size) < 1 or min(now[1:]) < 1 or max(*size, *now[2:]) >= 2 ** 31:
        raise shape_error("interpolate: Input and output sizes should be greater than 0, but got "
                          f"input {now} and output size {tuple(size)}")


def _interpolate(input: Any, size: Any, scale_factor: Any, mode: str, align_corners: Any,
                 recompute_scale_factor: Any, antialias: bool) -> Any:
    if (size is None) == (scale_factor is None):
        raise argument_error("interpolate: " + (
            "either size or scale_factor should be defined" if size is None else
            f"only one of size or scale_factor should be defined, got {size} and {scale_factor}"))
    number = _mode_number(mode, align_corners, antialias, input.ndim)
    scales = [0.0, 0.0, 0.0]
    if size is not None:
        if recompute_scale_factor:
            raise argument_error("interpolate: recompute_scale_factor is not meaningful with an "
                                 f"explicit size, got {size}")
        sizes = _for_axes("interpolate", "size", size, input)
    else:
        factors = _for_axes("interpolate", "scale_factor", scale_factor, input)
        sizes = [int(now * float(f)) for now, f in zip(tuple(input.shape)[2:], factors)]
        if not recompute_scale_factor and mode != "area":
            scales[5 - input.ndim:] = [float(f) for f in factors]
    _check_sizes(input, sizes)
    if mode == "area":
        return getattr(F, f"adaptive_avg_pool{len(sizes)}d")(input, sizes)
    if str(input.dtype).endswith("uint8"):
        # Bytes are interpolated as float32; what the window overshoots is cut off.
        found = ops._resample(input.float(), sizes, number, bool(align_corners), *scales)
        return found.round().clamp(0, 255).to(input.dtype)
    return ops._resample(input, sizes, number, bool(align_corners), *scales)


_OPTIONS = "any size=None, any scale_factor=None"


def _errors(s: Any) -> list[Any]:
    image = s.tensor(1, 2, 3, 4)
    return [(call(image), "ArgumentError", "either size or scale_factor"),
            (call(image, 2, 2.0), "ArgumentError", "only one of size"),
            (call(image, (2,)), "ArgumentError", r"size of \(2,\)"),
            (call(image, (2, 0)), "ShapeError", r"\(2, 0\)"),
            (call(image, 2, mode="linear"), "ArgumentError", "4D input, but linear"),
            (call(image, 2, mode="nearest", align_corners=True), "ArgumentError", "nearest"),
            (call(image, 2, antialias=True), "ArgumentError", "Anti-alias.*nearest"),
            (call(image, 2, mode="cubic"), "ArgumentError", "got cubic"),
            (call(image, 2, recompute_scale_factor=True), "ArgumentError", "not meaningful"),
            (call(image, 2.5), "DTypeError", r"2\.5")]


def _public_samples(s: Any) -> list[Any]:
    line, image, volume = s.tensor(2, 3, 5), s.tensor(1, 2, 4, 5), s.tensor(1, 1, 3, 4, 2)
    return [call(line, 7), call(line, scale_factor=2.5, mode="linear"),
            call(line, 3, mode="nearest-exact"), call(line, 3, mode="area"),
            call(image, (7, 3)), call(image, scale_factor=(1.7, 0.6), mode="bilinear"),
            call(image, scale_factor=1.7, mode="bilinear", recompute_scale_factor=True),
            call(image, (6, 9), mode="bilinear", align_corners=True),
            call(image, (6, 3), mode="bicubic"), call(image, 6, mode="bicubic", align_corners=True),
            call(s.tensor(1, 2, 9, 7), (3, 9), mode="bilinear", antialias=True),
            call(s.tensor(1, 2, 9, 7), (3, 9), mode="bicubic", antialias=True),
            call(image, (9, 3), mode="area"), call(s.tensor(0, 2, 4, 5), 3),
            call(volume, (2, 6, 4)), call(volume, 5, mode="trilinear"),
            call(volume, 2, mode="trilinear", align_corners=True), call(volume, 2, mode="area")]


op(f"nn.functional.interpolate(Tensor input, {_OPTIONS}, str mode='nearest', "
   "bool? align_corners=None, bool? recompute_scale_factor=None, bool antialias=False) -> Tensor",
   body=_interpolate, forms="function", samples=_public_samples, errors=_errors,
   doc="""Spatial axes of input (N, C, *) resampled to `size`, or to `scale_factor` times theirs.

mode: "nearest", "nearest-exact", "linear" (3-D input), "bilinear" and "bicubic" (4-D), "trilinear"
(5-D), "area" (means), and with antialias "lanczos". `align_corners`: the first and last elements
stay where they are; otherwise the edges do. `antialias`: windows grow when the result is smaller.

>>> x = cytorch.tensor([[[0.0, 1.0]]])
>>> cytorch.nn.functional.interpolate(x, size=4, mode="linear")
tensor([[[0.0000, 0.2500, 0.7500, 1.0000]]])
""")
op(f"nn.functional.upsample(Tensor input, {_OPTIONS}, str mode='nearest', "
   "bool? align_corners=None) -> Tensor",
   body=lambda input, size, scale_factor, mode, align_corners: F.interpolate(
       input, size, scale_factor, mode, align_corners), forms="function",
   samples=lambda s: [call(s.tensor(1, 2, 4, 5), 7),
                      call(s.tensor(1, 2, 4, 5), scale_factor=2, mode="bilinear")],
   doc="""The older name of `interpolate`.

>>> cytorch.nn.functional.upsample(cytorch.tensor([[[1.0, 2.0]]]), scale_factor=2)
tensor([[[1., 1., 2., 2.]]])
""")
op(f"nn.functional.upsample_nearest(Tensor input, {_OPTIONS}) -> Tensor",
   body=lambda input, size, scale_factor: F.interpolate(input, size, scale_factor),
   forms="function", samples=lambda s: [call(s.tensor(1, 2, 4, 5), (3, 7))],
   doc="""`interpolate` with mode="nearest".

>>> cytorch.nn.functional.upsample_nearest(cytorch.tensor([[[1.0, 2.0]]]), 4)
tensor([[[1., 1., 2., 2.]]])
""")
op(f"nn.functional.upsample_bilinear(Tensor input, {_OPTIONS}) -> Tensor",
   body=lambda input, size, scale_factor: F.interpolate(input, size, scale_factor, "bilinear",
                                                        True),
   forms="function", samples=lambda s: [call(s.tensor(1, 2, 4, 5), (3, 7))],
   doc="""`interpolate` with mode="bilinear" and align_corners=True.

>>> cytorch.nn.functional.upsample_bilinear(cytorch.tensor([[[[0.0, 1.0]]]]), (1, 3))
tensor([[[[0.0000, 0.5000, 1.0000]]]])
""")
