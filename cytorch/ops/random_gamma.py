"""Gamma-distributed numbers with a gradient to their shape parameter."""
from __future__ import annotations

from typing import Any

from .random_fill import take
from .spec import FLOATING, argument_error, call, op, ops, structured

op("_standard_gamma_draw(Tensor input, int seed, int group) -> Tensor",
   kernel=structured(FLOATING, "standard_gamma"),
   grad={"input": lambda g, input, out: g * ops._standard_gamma_grad(input, out)},
   # implicit differentiation follows the distribution function, not the drawn words
   extra={"random": True, "derivative_tested_by": "tests/distributions/test_samples.py"},
   samples=lambda s: [call(s.tensor(70, low=0.1, high=5.0), 1, 0)],
   doc="Gamma-distributed numbers of shape parameters `input` and scale 1; one group each.")
op("_standard_gamma_grad(Tensor input, Tensor sample) -> Tensor",
   kernel=structured(FLOATING, "standard_gamma_grad"), nondiff=("out",), shape=lambda input: input,
   samples=lambda s: [call(s.tensor(9, low=0.5, high=5.0), s.tensor(9, low=0.1, high=9.0))],
   doc="Derivative of gamma-distributed numbers with respect to their shape parameters `input`.")


def _standard_gamma(input: Any, generator: Any) -> Any:
    if not input.dtype.is_floating_point:
        raise argument_error(f"_standard_gamma: expected a floating dtype, got {input.dtype}")
    # one group for each element, where `take` counts elements of full groups
    return ops._standard_gamma_draw(input, *take(generator, 32 * input.numel()))


op("_standard_gamma(Tensor input, *, Generator? generator=None) -> Tensor", body=_standard_gamma,
   extra={"random": True, "derivative_tested_by": "_standard_gamma_draw"},
   samples=lambda s: [call(s.tensor(3, 4, low=0.1, high=5.0))],
   doc="""Gamma-distributed numbers with shape parameters `input` and scale 1, with gradients.

The density is x^(a - 1) exp(-x) / Gamma(a) for a of `input`.

>>> cytorch.distributions.Gamma(cytorch.tensor([0.5, 2.0]), 1.0).rsample().shape
torch.Size([2])
""")
