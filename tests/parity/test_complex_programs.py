"""Short programs with complex numbers: what they print or raise is what they do with PyTorch.

In them `x`, `y` are complex vectors, `r` a real one, `d` a complex128 matrix, `g` like `x` with a
gradient, `z` in double precision; `t` makes a tensor. The last expression of a line counts.
"""
from __future__ import annotations

import copy
import io
import math
import pickle
import warnings
from typing import Any

import numpy as np
import pytest
import torch

import cytorch

PROGRAMS = """
t([1, 2j]).dtype
t(True) + 1j
torch.full((2,), 1j)
torch.full_like(r, 1j)
r.new_full((2,), 1j)
torch.full((2,), 1j, dtype=torch.float32)
torch.full((2,), 1 + 0j, dtype=torch.float32)
torch.zeros(2, dtype=complex)
torch.eye(2, dtype=torch.complex64)
torch.linspace(0, 1j, 3)
torch.linspace(0, 1, 3, dtype=torch.complex64)
torch.logspace(0, 1j, 3)
torch.arange(3, dtype=torch.complex64)
t([1j], dtype=torch.float32)
t([1 + 0j], dtype=torch.float32)
t([2 + 1j], dtype=torch.bool)
t([np.complex64(1j), 1])
t([t(1j), t(2.0)])
torch.as_tensor(np.array([1j], dtype=np.complex64))
torch.complex(r, r.double())
torch.complex(r, r, out=torch.empty(2, dtype=torch.complex64))
torch.polar(t([1.0, 2]), t([0.0, 1]))

x.to(complex)
r.to(complex)
x.float(), x.int(), x.bool()
x.type(), x.to(torch.complex128).type()
r.copy_(x)
x.copy_(t([True, False]))
r[:] = x; r
x[:] = r; x
x[0] = 5j; x
r[0] = 5j
x[t([True, False])] = 2j; x
x.fill_(t(2j))
r.fill_(1j)
r.fill_(2 + 0j)
torch.masked_fill(x, t([True, False]), 1.0)
torch.masked_fill(r, t([True, False]), 1j)
torch.where(t([True, False]), r, 1j)
torch.where(t([True, False]), r, x)
float(t(1j))
float(t(1 + 0j)), int(t(1 + 0j)), complex(t(1.5)), bool(t(1j))
t(1 + 2j).item(), d.tolist()
x.numpy(), np.asarray(x)
pickle.loads(pickle.dumps(x)), copy.deepcopy(x)
b = io.BytesIO(); torch.save({"d": d, "x": x[1:]}, b); b.seek(0); torch.load(b)
torch.can_cast(torch.complex64, torch.float32), torch.can_cast(torch.float64, torch.complex64)
torch.result_type(x, 1.0), torch.result_type(r, 1j), torch.result_type(r.double(), 1j)
torch.promote_types(torch.complex64, torch.float64)
torch.float32.to_complex(), torch.complex128.to_real(), torch.complex64.itemsize
torch.finfo(torch.complex128).eps
torch.ones(1, dtype=torch.float64) + x
t(1.0, dtype=torch.float64) + x
t(1j, dtype=torch.complex128) + r
r.mul_(1j)
x.abs_()
torch.add(r, r, alpha=1j)
torch.add(t([1]), x, alpha=1.5)
torch.addcmul(r, r, r, value=2j)
torch.exp(x, out=torch.empty(2))
torch.abs(x, out=torch.empty(2, dtype=torch.complex64))
x < 1
x // 1
x.max()
x in [1]
(1 + 2j) in x

x.real.mul_(2); x
x.imag = t([1.0, 2.0]); x
x.imag = 5; x
x.real = 7.5; x
x.imag[0] = 9; x
r.imag
r.real
x.real.stride(), x.real._base is x, x.imag.storage_offset()
torch.view_as_real(r)
torch.view_as_complex(torch.ones(2, 3))
torch.view_as_complex(torch.ones(2, 2).int())
torch.view_as_complex(torch.arange(9.0)[1:].view(4, 2))
torch.view_as_complex(torch.arange(8.0).view(4, 2)[::2])
x.view(torch.float32).view(torch.complex64)
x.H
x.mH
d.H, d.mH, d.adjoint()
torch.empty(2, 2, dtype=torch.complex64, device="meta").abs().dtype

t([1e-5 + 1j, 1000 + 2j])
t([complex(nan, inf), 1])
t([1e10 + 1j])
torch.zeros(2, 0, dtype=torch.complex128)
t(1.5 + 2.25j)
torch.arange(2000).to(torch.complex64)
t([1j], requires_grad=True) * 2
f"{t(1 + 2j):.3f}"

t([0j]) ** t([0j, 1, 2.5, 1j, -1])
t([0j, 1 + 1j]) ** -2
t([0j, 1 + 1j]) ** 0
x ** 2, x ** 0.5, x ** -1, 2 ** x, 2j ** r, r ** 2j
torch.float_power(x, 2).dtype
t([1 + 1j]) / t([0j]), t([0j]) / t([0j]), t([1 + 1j]) / t([complex(inf, 0)])
torch.sqrt(t([complex(-1, 0.0), complex(-1, -0.0), complex(nan, 1), 0j]))
torch.exp(t([complex(inf, 0), complex(-inf, nan), complex(nan, 0)]))
torch.log(t([0j, complex(-0.0, 0), complex(inf, inf), complex(nan, 1)]))
torch.log1p(t([complex(-1, 0), 1e-8 + 1e-8j, complex(inf, 1)]))
torch.expm1(t([1e-8 + 1e-8j, complex(-inf, 1)]))
torch.tanh(t([complex(1000, 1), complex(inf, 1)]))
torch.abs(t([complex(inf, nan), complex(nan, 0), complex(3e38, 3e38), complex(1e-40, 1e-40)]))
torch.angle(t([0j, complex(-0.0, 0), complex(-1, -0.0), complex(nan, 1)]))
torch.angle(t([1.0, -2.0, nan])), torch.angle(t([1, -2]))
torch.isclose(t([complex(nan, 1)]), t([complex(nan, 1)]), equal_nan=True)
torch.nan_to_num(t([complex(nan, inf), complex(-inf, 2)]), 5.0, 7.0, -7.0)
torch.logaddexp(t([complex(-inf, 1), complex(inf, 2), 0j]), t([complex(-inf, 2), 1j, 1j]))

g.backward(torch.ones(2))
g.sum().backward()
g.sum().abs().backward(); g.grad
(g * g).sum().backward(t(1j)); g.grad
(g.exp() * 2j).imag.sum().backward(); g.grad
g.angle().sum().backward(); g.grad
g.float().sum().backward(); g.grad
(1j / g).abs().sum().backward(); g.grad
(g ** y).abs().sum().backward(); g.grad
(y ** g).abs().sum().backward(); g.grad
torch.where(t([True, False]), g, y).abs().sum().backward(); g.grad
q = torch.ones(2, requires_grad=True); (q * x).abs().sum().backward(); q.grad
q = torch.ones(2, requires_grad=True); torch.complex(q, q * 2).abs().sum().backward(); q.grad
q = torch.ones(2, requires_grad=True); torch.polar(q, q).real.sum().backward(); q.grad
w = g * 1; w.imag.mul_(r); w.abs().sum().backward(); g.grad
w = g * 1; v = w[1:].imag; w.mul_(1j); v.sum().backward(); g.grad
q = torch.ones(2, requires_grad=True); w = x * 1; w.imag.mul_(q); w.abs().sum().backward(); q.grad
q = torch.ones(3, 2, requires_grad=True); w = q * 1; torch.view_as_complex(w)[1:].mul_(2j); \
w.sum().backward(); q.grad
g.imag.mul_(2)
torch.autograd.gradcheck(lambda z: z * z.conj(), z)
torch.autograd.gradcheck(torch.view_as_real, z)
torch.autograd.gradcheck(lambda z: z.sin() * 2j, z, fast_mode=True)
torch.autograd.gradcheck(lambda z: z.detach() * z, z, raise_exception=False)
torch.autograd.gradcheck(lambda z: (z.detach() * z).abs(), z, raise_exception=False, fast_mode=True)
torch.autograd.gradgradcheck(torch.exp, z)
torch.autograd.functional.jacobian(lambda z: z * z, x)
""".replace("\\\n", "").split("\n")


def outcome(library: Any, program: str) -> str:
    """What the last expression is, or the family of what the program raises."""
    names = {"torch": library, "t": library.tensor, "np": np, "io": io, "copy": copy,
             "pickle": pickle, "nan": math.nan, "inf": math.inf,
             "x": library.tensor([1 + 2j, -3 + 0.5j]), "y": library.tensor([0.5 - 1j, 2 + 1j]),
             "r": library.tensor([1.0, 2.0]),
             "g": library.tensor([1 + 2j, -3 + 0.5j], requires_grad=True),
             "z": library.tensor([1 + 2j], dtype=library.complex128, requires_grad=True),
             "d": library.tensor([[1 + 2j, -3], [0, 1j]], dtype=library.complex128)}
    *statements, last = program.split("; ")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for statement in statements:
                exec(statement, names)
            if " = " in last and "(" not in last.split(" = ")[0]:
                exec(last, names)
                return ""
            return repr(eval(last, names))
        except (RuntimeError, TypeError, ValueError):
            return "raises"


@pytest.mark.parametrize("program", [line for line in PROGRAMS if line])
def test_same_outcome(program: str) -> None:
    assert outcome(cytorch, program) == outcome(torch, program)
