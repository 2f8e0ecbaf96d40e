"""Complex numbers: their parts, conjugates and angles, and how they are made of real ones.

A conjugate is computed at once; there is no lazy one, as in PyTorch, so nothing is to be resolved.
"""
from __future__ import annotations

from typing import Any

from .derivatives import conj
from .dtypes import default_dtype
from .spec import (
    COMPLEX,
    FLOATING,
    binary,
    call,
    compiled,
    dtype_error,
    elementwise,
    op,
    ops,
    unary,
)

# ---- views

op("view_as_real(Tensor input) -> Tensor", kernel=compiled(), forms="function",
   grad={"input": lambda g: ops.view_as_complex(g.contiguous())},
   samples=lambda s: [call(s.tensor(*shape, dtype="complex128")) for shape in ((2, 3), (), (0, 2))],
   errors=lambda s: [(call(s.tensor(2)), "DTypeError", "only supported for complex tensors")],
   doc="""Complex numbers (...) as pairs of real ones (..., 2): a view. Raises DTypeError for reals.

>>> cytorch.view_as_real(cytorch.tensor([1 + 2j]))
tensor([[1., 2.]])
""")
op("view_as_complex(Tensor input) -> Tensor", kernel=compiled(), forms="function",
   grad={"input": lambda g: ops.view_as_real(g.contiguous())},
   samples=lambda s: [call(s.tensor(*shape)) for shape in ((3, 2), (2,), (0, 2))],
   errors=lambda s: [(call(s.tensor(2, 3)), "ShapeError", "last dimension of size 2"),
                     (call(s.ints(2)), "DTypeError", "int64")],
   doc="""Pairs of real numbers (..., 2) as complex ones (...): a view.

The pairs must lie side by side: ShapeError for a last dimension that is not of size 2 and stride 1,
or whose neighbours are an odd number of elements apart.

>>> cytorch.view_as_complex(cytorch.tensor([[1.0, 2.0]]))
tensor([1.+2.j])
""")
op("real(Tensor input) -> Tensor", forms="function", samples=unary(), ref="numpy.real",
   body=lambda input: ops.view_as_real(input).select(-1, 0) if input.dtype.is_complex else input,
   doc="""The real parts: a view, so that writing to it writes to `input`; a real tensor itself.

>>> cytorch.real(cytorch.tensor([1 + 2j, 3]))
tensor([1., 3.])
""")


def _imag(input: Any) -> Any:
    if not input.dtype.is_complex:
        raise dtype_error("imag(): not implemented for tensors with non-complex dtypes, got "
                          f"{input.dtype}")
    return ops.view_as_real(input).select(-1, 1)


op("imag(Tensor input) -> Tensor", body=_imag, forms="function", ref="numpy.imag",
   samples=lambda s: [call(s.tensor(*shape, dtype="complex128")) for shape in ((2, 3), (), (0, 2))],
   errors=lambda s: [(call(s.tensor(2)), "DTypeError", "non-complex")],
   doc="""The imaginary parts: a view. Raises DTypeError for a real tensor.

>>> cytorch.imag(cytorch.tensor([1 + 2j, 3]))
tensor([2., 0.])
""")

# ---- conjugates

op("_conj_physical(Tensor input) -> Tensor", kernel=elementwise(COMPLEX),
   grad={"input": lambda g: conj(g)}, forms="function",
   samples=lambda s: [call(s.tensor(2, 3, dtype="complex128"))], ref="numpy.conj",
   doc="The conjugate of complex numbers.")
for _name, _forms in (("conj", "function method"),
                      ("conj_physical", "function method inplace out")):
    op(f"{_name}(Tensor input) -> Tensor", forms=_forms, samples=unary(), ref="numpy.conj",
       body=lambda input: ops._conj_physical(input) if input.dtype.is_complex else input,
       doc=f"""The complex conjugate; a real tensor itself.

>>> cytorch.{_name}(cytorch.tensor([1 + 2j, 3]))
tensor([1.-2.j, 3.-0.j])
""")
for _name, _property, _what in (("resolve_conj", "is_conj", "conjugates"),
                                ("resolve_neg", "is_neg", "negations")):
    op(f"{_name}(Tensor input) -> Tensor", body=lambda input: input, forms="function method",
       samples=unary(),
       doc=f"""`input` itself: cytorch computes {_what} at once and leaves none to be resolved.

>>> cytorch.{_name}(cytorch.tensor([1 + 2j]))
tensor([1.+2.j])
""")
    op(f"{_property}(Tensor input) -> any", body=lambda input: False, forms="function method",
       samples=unary(),
       doc=f"""False: cytorch computes {_what} at once, so no tensor waits to be one.

>>> cytorch.{_property}(cytorch.tensor([1 + 2j]))
False
""")

# ---- angles


def _angle_grad(g: Any, input: Any) -> Any:
    """Perpendicular to the number, and shorter the larger it is; 0 at 0."""
    size = ops.abs(input)
    return ops.where(ops.eq(input, 0), 0, g * input * 1j / (size * size))


op("_complex_angle(Tensor input) -> Tensor", kernel=elementwise(COMPLEX, "angle"), result="real",
   grad={"input": _angle_grad}, forms="function",
   samples=lambda s: [call(s.tensor(2, 3, low=0.5, dtype="complex128"))], ref="numpy.angle",
   doc="The angle of complex numbers.")


def _angle(input: Any) -> Any:
    if input.dtype.is_complex:
        return ops._complex_angle(input)
    if not input.dtype.is_floating_point:
        input = input.to(default_dtype())
    angle = ops.where(ops.lt(input, 0), _PI, ops.zeros_like(input))
    return ops.where(ops.isnan(input), input, angle)


_PI = 3.141592653589793

op("angle(Tensor input) -> Tensor", body=_angle, forms="function method out", samples=unary(),
   ref="numpy.angle",
   doc="""The angle of complex numbers in radians, from -pi to pi; 0 or pi for real ones.

>>> cytorch.angle(cytorch.tensor([1j, -1, 1]))
tensor([1.5708, 3.1416, 0.0000])
""")

# ---- of two parts


def _check_parts(first: Any, second: Any, name: str) -> None:
    for part in (first, second):
        if str(part.dtype) not in ("torch.float32", "torch.float64"):
            raise dtype_error(f"{name}(): Expected both inputs to be Float or Double tensors but "
                              f"got {first.dtype} and {second.dtype}")
    if first.dtype != second.dtype:
        raise dtype_error(f"{name}(): Expected object of scalar type {first.dtype} but got scalar "
                          f"type {second.dtype} for second argument")


op("_complex(Tensor real, Tensor imag) -> Tensor", kernel=elementwise(FLOATING),
   result="complex", grad={"real": lambda g: g.real, "imag": lambda g: g.imag}, forms="function",
   samples=binary(scalar=None), ref=lambda real, imag: real + 1j * imag,
   doc="Complex numbers of their real and imaginary parts.")


def _complex(real: Any, imag: Any) -> Any:
    _check_parts(real, imag, "complex")
    return ops._complex(real, imag)


def _polar(abs: Any, angle: Any) -> Any:
    _check_parts(abs, angle, "polar")
    return _complex(abs * ops.cos(angle), abs * ops.sin(angle))


def _pair_samples(s: Any) -> list[Any]:
    return [call(s.tensor(2, 3), s.tensor(2, 3)), call(s.tensor(2, 1), s.tensor(3)),
            call(s.tensor(), s.tensor()), call(s.tensor(0, 2), s.tensor(2))]


_PAIR_ERRORS = "(Float or Double|scalar type)"
op("complex(Tensor real, Tensor imag) -> Tensor", body=_complex, forms="function out",
   extra={"exact_out": True},
   samples=_pair_samples, ref=lambda real, imag: real + 1j * imag,
   errors=lambda s: [(call(s.ints(2), s.ints(2)), "DTypeError", _PAIR_ERRORS),
                     (call(s.tensor(2), s.tensor(2, dtype="float64")), "DTypeError", _PAIR_ERRORS)],
   doc="""real + imag i, elementwise: two tensors of one floating dtype, float32 or float64.

>>> cytorch.complex(cytorch.tensor([1.0, 3.0]), cytorch.tensor([2.0, -1.0]))
tensor([1.+2.j, 3.-1.j])
""")
op("polar(Tensor abs, Tensor angle) -> Tensor", body=_polar, forms="function out",
   samples=lambda s: [call(s.tensor(2, 3, low=0.5), s.tensor(2, 3)),
                      call(s.tensor(2, 1, low=0.5), s.tensor(3)),
                      call(s.tensor(low=0.5), s.tensor()), call(s.tensor(0, 2), s.tensor(2))],
   ref=lambda abs, angle: _turned(abs, angle),
   errors=lambda s: [(call(s.ints(2), s.ints(2)), "DTypeError", _PAIR_ERRORS)],
   doc="""abs (cos(angle) + sin(angle) i), elementwise: two tensors of float32 or float64.

>>> cytorch.polar(cytorch.tensor([1.0, 2.0]), cytorch.tensor([0.0, 3.1415927]))
tensor([ 1.+0.0000e+00j, -2.-1.7485e-07j])
""")


def _turned(abs: Any, angle: Any) -> Any:
    import numpy as np

    return abs * np.exp(1j * angle)
