"""Derives the coefficients of special_coefficients.h: Chebyshev series of special functions.

Run by hand when a range changes (needs mpmath; takes some minutes):

    python tools/special_coefficients.py > pyx/kernels/special_coefficients.h
"""
from collections.abc import Callable

import mpmath as mp

mp.mp.prec = 200
Function = Callable[[mp.mpf], mp.mpf]
SMALLEST = mp.mpf("2e-17")


def chebyshev(function: Function, points: int = 64, scale: float = 0) -> list[mp.mpf]:
    """Coefficients of the series on [-1, 1], cut where they no longer count in double.

    The error is relative to the smallest value, or to `scale`.
    """
    angles = [mp.pi * (2 * k + 1) / (2 * points) for k in range(points)]
    values = [function(mp.cos(angle)) for angle in angles]
    series = [2 * mp.fsum(v * mp.cos(n * a) for v, a in zip(values, angles)) / points
              for n in range(points)]
    series[0] /= 2
    limit = SMALLEST * (scale or min(abs(v) for v in values))
    while abs(series[-1]) < limit:
        series.pop()
    assert len(series) < points - 8, "the series does not converge"
    return series


def show(name: str, note: str, rows: list[mp.mpf]) -> None:
    print(f"/* {note} */")
    print(f"static const double {name}[] = {{")
    for value in rows:
        print(f"    {mp.nstr(value, 20, strip_zeros=False, min_fixed=0, max_fixed=0)},")
    print("};")


def outer(function: Function, start: int) -> Function:
    """t -> function(x) for x = 2 start / (t + 1): the range [start, inf)."""
    # At infinity itself the functions below are 0 times infinity; nearby they are not.
    return lambda t: function(2 * mp.mpf(start) / max(t + 1, mp.mpf("1e-20")))


def bessel_waves() -> None:
    """J and Y up to 8, where they have no logarithm or pole any more: even functions."""
    def even(function: Function) -> Function:
        return lambda t: function(mp.sqrt(32 * (t + 1)))

    def logarithm(x: mp.mpf) -> mp.mpf:
        return 2 / mp.pi * mp.log(x / 2)

    note = "t = x^2 / 32 - 1"
    show("J0_NEAR", f"J0(x), {note}", chebyshev(even(lambda x: mp.besselj(0, x)), scale=1))
    show("J1_NEAR", f"J1(x) / x, {note}", chebyshev(even(lambda x: mp.besselj(1, x) / x), scale=1))
    show("Y0_NEAR", f"Y0(x) - 2 / pi log(x / 2) J0(x), {note}", chebyshev(
        even(lambda x: mp.bessely(0, x) - logarithm(x) * mp.besselj(0, x)), scale=1))
    show("Y1_NEAR", f"x (Y1(x) - 2 / pi log(x / 2) J1(x)), {note}", chebyshev(
        even(lambda x: x * (mp.bessely(1, x) - logarithm(x) * mp.besselj(1, x))), scale=1))


def bessel() -> None:
    root: Function = lambda x: mp.sqrt(x)
    show("I0_NEAR", "exp(-x) I0(x), t = x / 4 - 1",
         chebyshev(lambda t: mp.exp(-4 * t - 4) * mp.besseli(0, 4 * t + 4)))
    show("I0_FAR", "sqrt(x) exp(-x) I0(x), t = 16 / x - 1",
         chebyshev(outer(lambda x: root(x) * mp.exp(-x) * mp.besseli(0, x), 8)))
    show("I1_NEAR", "exp(-x) I1(x) / x, t = x / 4 - 1", chebyshev(
        lambda t: mp.exp(-4 * t - 4) * mp.besseli(1, 4 * t + 4) / (4 * t + 4)))
    show("I1_FAR", "sqrt(x) exp(-x) I1(x), t = 16 / x - 1",
         chebyshev(outer(lambda x: root(x) * mp.exp(-x) * mp.besseli(1, x), 8)))

    def k0_rest(t: mp.mpf) -> mp.mpf:
        x = root(2 * t + 2)
        return mp.besselk(0, x) + mp.log(x / 2) * mp.besseli(0, x)

    def k1_rest(t: mp.mpf) -> mp.mpf:
        x = root(2 * t + 2)
        return x * (mp.besselk(1, x) - mp.log(x / 2) * mp.besseli(1, x))

    show("K0_NEAR", "K0(x) + log(x / 2) I0(x), t = x^2 / 2 - 1", chebyshev(k0_rest))
    show("K1_NEAR", "x (K1(x) - log(x / 2) I1(x)), t = x^2 / 2 - 1", chebyshev(k1_rest))
    for n in (0, 1):
        show(f"K{n}_FAR", f"sqrt(x) exp(x) K{n}(x), t = 4 / x - 1", chebyshev(
            outer(lambda x, n=n: root(x) * mp.exp(x) * mp.besselk(n, x), 2)))


def airy() -> None:
    """Ai in the middle, and what is left of it without its exponential or its waves outside."""
    show("AIRY_MIDDLE", "Ai(x), t = (2 x + 3) / 7", chebyshev(
        lambda t: mp.airyai((7 * t - 3) / 2)))

    def decaying(zeta: mp.mpf) -> mp.mpf:
        # 2 sqrt(pi) x^(1/4) exp(zeta) Ai(x) is sqrt(2 zeta / pi) exp(zeta) K_1/3(zeta).
        return mp.sqrt(2 * zeta / mp.pi) * mp.exp(zeta) * mp.besselk(mp.mpf(1) / 3, zeta)

    def wave(zeta: mp.mpf) -> mp.mpc:
        # sqrt(pi) z^(1/4) (Bi(-z) + i Ai(-z)) turned back by the phase; a Hankel function.
        third = mp.mpf(1) / 3
        hankel = mp.hankel1(third, zeta) * mp.exp(-1j * (zeta - mp.pi / 6 - mp.pi / 4))
        return hankel * mp.sqrt(mp.pi * zeta / 2)

    show("AIRY_DECAY", "2 sqrt(pi) x^(1/4) exp(zeta) Ai(x), t = 3 / zeta - 1",
         chebyshev(lambda t: decaying(mp.mpf(3) / max(t + 1, mp.mpf("1e-15")))))

    def zeta_of(t: mp.mpf) -> mp.mpf:
        return mp.sqrt(100 / max(t + 1, mp.mpf("1e-15")))

    show("AIRY_COSINE", "the part of the wave in phase, t = 100 / zeta^2 - 1",
         chebyshev(lambda t: wave(zeta_of(t)).real))
    show("AIRY_SINE", "zeta times the part out of phase, t = 100 / zeta^2 - 1",
         chebyshev(lambda t: wave(zeta_of(t)).imag * zeta_of(t)))


def scaled_erfc(t: mp.mpf) -> mp.mpf:
    """(1 + 2 x) exp(x^2) erfc(x) for t = (x - 4) / (x + 4)."""
    if t > mp.mpf("0.99"):
        t = min(t, 1 - mp.mpf("1e-18"))
        x = 4 * (1 + t) / (1 - t)
        u = 1 / (2 * x * x)  # the asymptotic series
        total, term = mp.mpf(1), mp.mpf(1)
        for k in range(1, 60):
            term *= -(2 * k - 1) * u
            total += term
        return (1 + 2 * x) / (x * mp.sqrt(mp.pi)) * total
    x = 4 * (1 + t) / (1 - t)
    with mp.workprec(2000 if x > 20 else 800):
        return (1 + 2 * x) * mp.exp(x * x) * mp.erfc(x)


def multiplied(a: list[mp.mpf], b: list[mp.mpf]) -> list[mp.mpf]:
    return [mp.fsum(a[j] * b[i - j] for j in range(i + 1)) for i in range(min(len(a), len(b)))]


def incomplete_gamma(orders: int = 8, terms: int = 17) -> None:
    """Temme's c_k(eta) as Taylor series: eta^2 / 2 = mu - log(1 + mu)."""
    size = terms + 2 * orders + 3
    # mu as a series in eta: from mu' = eta (1 + mu) / mu, one coefficient after the other.
    mu = [mp.mpf(0), mp.mpf(1)]
    for n in range(1, size):
        # mu mu' = eta + eta mu, coefficient of eta^(n + 1) of the left side
        known = mp.fsum(mu[j] * (n + 1 - j + 1) * mu[n + 1 - j + 1] for j in range(2, n + 1))
        mu.append((mu[n] - known) / (n + 2))
    ratio = mu[1:]  # mu / eta
    inverse = [mp.mpf(1)]  # eta / mu
    for n in range(1, len(ratio)):
        inverse.append(-mp.fsum(ratio[j] * inverse[n - j] for j in range(1, n + 1)))
    stirling = gamma_series(orders)
    current = inverse[1:]  # c_0 = 1 / mu - 1 / eta
    rows = [current[:terms]]
    for k in range(1, orders):
        slope = [n * current[n] for n in range(1, len(current))]
        total = [(-1) ** k * stirling[k] * i for i in inverse[:len(slope) + 1]]
        total = [total[0]] + total[1:]
        # c_k = (c_{k-1}' + (-1)^k g_k eta / mu) / eta: the constant cancels
        joined = [s + t for s, t in zip(slope, total)]
        assert abs(joined[0]) < mp.mpf("1e-40")
        current = joined[1:]
        rows.append(current[:terms])
    print("/* c_k(eta) of Temme's expansion, a row for each k */")
    print(f"enum {{ TEMME_ORDERS = {orders}, TEMME_TERMS = {terms} }};")
    print("static const double TEMME[TEMME_ORDERS][TEMME_TERMS] = {")
    for row in rows:
        texts = [mp.nstr(v, 18, strip_zeros=False, min_fixed=0, max_fixed=0) for v in row]
        print("    {")
        for text in texts:
            print(f"        {text},")
        print("    },")
    print("};")


def gamma_series(count: int) -> list[mp.mpf]:
    """g_k of gamma(z) = exp(-z) z^z sqrt(2 pi / z) (g_0 + g_1 / z + ...)."""
    logs = [mp.mpf(0)] * (count + 1)
    for k in range(1, count // 2 + 2):
        if 2 * k - 1 <= count:
            logs[2 * k - 1] = mp.bernoulli(2 * k) / (2 * k * (2 * k - 1))
    series = [mp.mpf(1)]
    for n in range(1, count + 1):
        series.append(mp.fsum(j * logs[j] * series[n - j] for j in range(1, n + 1)) / n)
    return series


def main() -> None:
    print("/* Generated by tools/special_coefficients.py. Chebyshev series, T0 first. */")
    print("#ifndef CYTORCH_SPECIAL_COEFFICIENTS_H\n#define CYTORCH_SPECIAL_COEFFICIENTS_H")
    bessel_waves()
    bessel()
    airy()
    show("GAMMA", "gamma(x), t = 2 x - 3", chebyshev(lambda t: mp.gamma((t + 3) / 2)))
    show("SCALED_ERFC_SERIES", "(1 + 2 x) exp(x^2) erfc(x), t = (x - 4) / (x + 4)",
         chebyshev(scaled_erfc))
    incomplete_gamma()
    print("#endif")


if __name__ == "__main__":
    main()
