"""torch.special's orthogonal polynomials."""
from __future__ import annotations

from typing import Any

from .spec import FLOATING, call, elementwise, op
from .special_functions import FAMILY


def _samples(s: Any) -> list[Any]:
    return [call(s.tensor(3, 4), s.values([0.0, 1.0, 2.0, 4.0])), call(s.tensor(3), 3),
            call(0.5, s.values([1.0, 3.0])), call(s.tensor(2, 1), s.values([5.0, 2.0])),
            call(s.tensor(), 2), call(s.tensor(0), 2), call(s.values([1.0, 0.0]), 4)]


def _polynomial(name: str, kernel: str, what: str, formula: str, result: str) -> None:
    op(f"special.{name}(Tensor|Scalar input, Tensor|Scalar n) -> Tensor",
       kernel=elementwise(FLOATING, kernel), promote="float", nondiff=("out",), extra=FAMILY,
       forms="function out", samples=_samples,
       doc=f"""{what} of degree `n` at `input`, elementwise and with broadcasting.

{formula}. `n` is cut to a whole number; a negative one gives 0.

>>> cytorch.special.{name}(cytorch.tensor([0.75, 1.0]), 3)
tensor({result})
""")


for _kind, _first, _result, _shifted in (
        ("t", "x", "[-0.5625,  1.0000]", "[-1.,  1.]"),
        ("u", "2 x", "[0.3750, 4.0000]", "[-1.,  4.]"),
        ("v", "2 x - 1", "[-0.8750,  1.0000]", "[-1.,  1.]"),
        ("w", "2 x + 1", "[1.6250, 7.0000]", "[-1.,  7.]")):
    _formula = f"P_0 = 1, P_1 = {_first}, P_k+1 = 2 x P_k - P_k-1"
    _polynomial(f"chebyshev_polynomial_{_kind}", f"chebyshev_{_kind}",
                f"The Chebyshev polynomial {_kind.upper()}", _formula, _result)
    _polynomial(f"shifted_chebyshev_polynomial_{_kind}", f"shifted_chebyshev_{_kind}",
                f"The Chebyshev polynomial {_kind.upper()} of 2 input - 1",
                f"With x = 2 input - 1: {_formula}", _shifted)
_polynomial("hermite_polynomial_h", "hermite_h", "The physicist's Hermite polynomial",
            "H_0 = 1, H_1 = 2 x, H_k+1 = 2 x H_k - 2 k H_k-1", "[-5.6250, -4.0000]")
_polynomial("hermite_polynomial_he", "hermite_he", "The probabilist's Hermite polynomial",
            "He_0 = 1, He_1 = x, He_k+1 = x He_k - k He_k-1", "[-1.8281, -2.0000]")
_polynomial("laguerre_polynomial_l", "laguerre_l", "The Laguerre polynomial",
            "L_0 = 1, L_1 = 1 - x, (k + 1) L_k+1 = (2 k + 1 - x) L_k - k L_k-1",
            "[-0.4766, -0.6667]")
_polynomial("legendre_polynomial_p", "legendre_p", "The Legendre polynomial",
            "P_0 = 1, P_1 = x, (k + 1) P_k+1 = (2 k + 1) x P_k - k P_k-1", "[-0.0703,  1.0000]")
