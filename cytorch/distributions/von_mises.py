"""Von Mises distribution."""
from __future__ import annotations

import math
from typing import Any

import cytorch
from cytorch import Tensor

from . import constraints
from .distribution import Distribution
from .utils import broadcast_all, lazy_property


def _log_bessel(x: Tensor, order: int) -> Tensor:
    """log I_order(x) for x > 0; the scaled function does not overflow."""
    scaled = cytorch.special.i0e(x) if order == 0 else cytorch.special.i1e(x)
    return scaled.log() + x


class VonMises(Distribution):
    """exp(k cos(x - loc)) / (2 pi I0(k)) with k = concentration; x is an angle in radians.

    Sampling: Best and Fisher, "Efficient Simulation of the von Mises Distribution" (1979).
    """

    arg_constraints = {"loc": constraints.real, "concentration": constraints.positive}
    support = constraints.real
    _parameter_dims = {"loc": 0, "concentration": 0}

    def __init__(self, loc: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.loc, self.concentration = broadcast_all(loc, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @lazy_property
    def variance(self) -> Tensor:  # type: ignore[override]
        """The circular variance."""
        k = self.concentration
        return 1 - (_log_bessel(k, 1) - _log_bessel(k, 0)).exp()

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        k = self.concentration
        return k * (value - self.loc).cos() - math.log(2 * math.pi) - _log_bessel(k, 0)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with cytorch.no_grad():
            # in double precision: for small k nearly nothing would be accepted in single
            k = self.concentration.double()
            tau = 1 + (1 + 4 * k.square()).sqrt()
            rho = (tau - (2 * tau).sqrt()) / (2 * k)
            r = cytorch.where(k < 1e-5, 1 / k + k, (1 + rho.square()) / (2 * rho))
            k, r = k.expand(shape), r.expand(shape)
            x = cytorch.zeros(shape, dtype=cytorch.double)
            waiting = cytorch.ones(shape, dtype=cytorch.bool)
            while bool(waiting.any()):
                u1, u2, u3 = cytorch.rand((3, *shape), dtype=cytorch.double)
                z = (math.pi * u1).cos()
                f = (1 + r * z) / (r + z)
                c = k * (r - f)
                accept = ((c * (2 - c) - u2) > 0) | ((c / u2).log() + 1 - c >= 0)
                x = cytorch.where(accept & waiting, (u3 - 0.5).sign() * f.acos(), x)
                waiting = waiting & ~accept
            angle = x + math.pi + self.loc.double()
            return (angle % (2 * math.pi) - math.pi).to(self.loc.dtype)
