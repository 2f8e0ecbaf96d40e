"""Special functions: values at the ends of their ranges, partial derivatives, what is refused."""
from __future__ import annotations

import math

import pytest

import cytorch
from cytorch.errors import AutogradError

inf, nan = math.inf, math.nan


def doubles(*values: float) -> cytorch.Tensor:
    return cytorch.tensor(values, dtype=cytorch.float64)


def same(got: cytorch.Tensor, expected: list[float]) -> None:
    for value, wanted in zip(got.tolist(), expected, strict=True):
        assert value == pytest.approx(wanted, rel=1e-12, abs=0, nan_ok=True), (got, expected)


def differences(function: object, at: cytorch.Tensor) -> list[float]:
    step = 1e-5
    return ((function(at + step) - function(at - step)) / (2 * step)).tolist()


@pytest.mark.parametrize("name", ["igamma", "igammac", "zeta"])
def test_derivative_by_the_second_argument(name: str) -> None:
    function = getattr(cytorch, name, None) or getattr(cytorch.special, name)
    first = doubles(1.5, 2.5, 6.0)

    def of_second(x: cytorch.Tensor) -> cytorch.Tensor:
        return function(first, x)

    def slope(x: cytorch.Tensor) -> cytorch.Tensor:
        x = x.detach().requires_grad_()
        return cytorch.autograd.grad(of_second(x).sum(), x, create_graph=True)[0]

    at = doubles(0.7, 3.0, 5.0)
    assert slope(at).tolist() == pytest.approx(differences(of_second, at), rel=1e-7)
    leaf = at.detach().requires_grad_()
    first_order = cytorch.autograd.grad(of_second(leaf).sum(), leaf, create_graph=True)[0]
    second = cytorch.autograd.grad(first_order.sum(), leaf)[0]
    assert second.tolist() == pytest.approx(
        differences(lambda x: slope(x).detach(), at), rel=1e-6)


@pytest.mark.parametrize("name", ["igamma", "igammac", "zeta"])
def test_derivative_by_the_first_argument_is_refused(name: str) -> None:
    function = getattr(cytorch, name, None) or getattr(cytorch.special, name)
    x = doubles(2.0).requires_grad_()
    with pytest.raises(AutogradError, match=f"'{name}: input' is not implemented"):
        function(x, doubles(3.0)).backward()


def test_incomplete_gamma_limits() -> None:
    a, x = zip((0, 0), (0, 1), (1, 0), (-1, 1), (1, -1), (inf, 1), (1, inf), (inf, inf), (nan, 1))
    lower = [nan, 1, 0, nan, nan, 0, 1, nan, nan]
    same(cytorch.igamma(doubles(*a), doubles(*x)), lower)
    same(cytorch.igammac(doubles(*a), doubles(*x)), [1 - value for value in lower])


def test_incomplete_gamma_for_large_and_tiny_numbers() -> None:
    a, x = doubles(200.0, 1e4, 1e10, 0.5), doubles(200.0, 1.01e4, 1e10, 1e-300)
    same(cytorch.igamma(a, x), [0.50940341800723633, 0.84134875044717962, 0.5000013298076014,
                                1.1283791670955126e-150])
    same(cytorch.igammac(doubles(1e-300, 9.0), doubles(1.0, 300.0)),
         [2.193839343955203e-301, 8.606030561264465e-116])
    same(cytorch.igamma(doubles(1e-277, 1e27, 1e200, 1e200), doubles(1e102, 1e163, 1e199, 1e201)),
         [1, 1, 0, 1])


def test_zeta_limits() -> None:
    x, q = zip((1, 2), (0.5, 2), (2, 0), (2, -1), (2, -1.5), (2.5, -1.5), (2, -1e9 - 0.5))
    same(cytorch.special.zeta(doubles(*x), doubles(*q)),
         [inf, nan, inf, inf, 9.37924664498913, nan, 9.869604400089358])


@pytest.mark.parametrize(("name", "expected"), [
    # at -inf, -3, 0, 1, inf
    ("i0e", [0, 0.24300035416182542, 1, 0.46575960759364043, 0]),
    ("modified_bessel_k0", [nan, nan, inf, 0.42102443824070834, 0]),
    ("scaled_modified_bessel_k1", [nan, nan, inf, 1.636153486263258, 0]),
    ("bessel_j0", [nan, -0.26005195490193345, 1, 0.7651976865579666, nan]),
    ("bessel_y1", [nan, nan, -inf, -0.7812128213002888, nan]),
    ("airy_ai", [nan, -0.378814293677658, 0.3550280538878173, 0.13529241631288144, nan]),
    ("erfcx", [inf, 16205.988853999586, 1, 0.4275835761558070, 0]),
    ("log_ndtr", [-inf, -6.607726221510349, -0.6931471805599453, -0.17275377902344988, 0]),
    ("ndtri", [nan, nan, -inf, inf, nan]),
    ("entr", [-inf, -inf, 0, 0, -inf]),
    ("spherical_bessel_j0", [0, 0.0470400026866224, 1, 0.8414709848078965, 0]),
])
def test_ends_of_the_range(name: str, expected: list[float]) -> None:
    same(getattr(cytorch.special, name)(doubles(-inf, -3.0, 0.0, 1.0, inf)), expected)


def test_functions_far_out_lose_no_digits() -> None:
    same(cytorch.special.log_ndtr(doubles(-1e10)), [-5e19])
    same(cytorch.special.erfcx(doubles(1e200)), [5.6418958354775629e-201])
    same(cytorch.special.i1e(doubles(-1e10)), [-3.989422803864724e-06])


def test_polynomials_at_odd_degrees() -> None:
    half = doubles(0.5)
    for name in ("chebyshev_polynomial_t", "hermite_polynomial_he", "legendre_polynomial_p"):
        function = getattr(cytorch.special, name)
        same(function(half.expand(5), doubles(-1.0, nan, inf, -0.5, 0.9)), [0, 0, 0, 1, 1])
    same(cytorch.special.chebyshev_polynomial_u(doubles(1.0, -1.0), 9), [10, -10])
    same(cytorch.special.laguerre_polynomial_l(doubles(0.0), 12), [1])


@pytest.mark.parametrize("degree", [8, 9, 40, 1000])
def test_chebyshev_polynomials_of_high_degree(degree: int) -> None:
    angle = doubles(0.3, 1.2, 2.9)
    x, shifted = angle.cos(), (angle.cos() + 1) / 2
    waves = {"t": (angle * degree).cos(), "u": (angle * (degree + 1)).sin() / angle.sin(),
             "v": (angle * (degree + 0.5)).cos() / (angle / 2).cos(),
             "w": (angle * (degree + 0.5)).sin() / (angle / 2).sin()}
    for kind, wave in waves.items():
        for name, at in (("chebyshev", x), ("shifted_chebyshev", shifted)):
            got = getattr(cytorch.special, f"{name}_polynomial_{kind}")(at, degree)
            assert got.tolist() == pytest.approx(wave.tolist(), rel=1e-9, abs=1e-9), (name, kind)


def test_the_module_is_importable() -> None:
    from cytorch import special

    assert special.expit(cytorch.zeros(1)).item() == 0.5
