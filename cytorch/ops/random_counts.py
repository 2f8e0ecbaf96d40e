"""Random counts: poisson and binomial."""
from __future__ import annotations

from typing import Any

from .random_fill import check_floating, take
from .spec import FLOATING, argument_error, call, op, ops, structured

# An element takes a whole group of the stream, which `take` counts as 32 elements.
_ELEMENTS_PER_NUMBER = 32

op("_poisson(Tensor input, int seed, int group) -> Tensor", kernel=structured(FLOATING, "poisson"),
   nondiff=("out",), samples=lambda s: [call(s.tensor(70, low=0.0, high=30.0), 1, 0)],
   doc="Poisson numbers with the rates `input`, from the groups of a stream.")
op("_binomial(Tensor count, Tensor prob, int seed, int group) -> Tensor",
   kernel=structured(FLOATING, "binomial"), nondiff=("out",), shape=lambda count: count,
   samples=lambda s: [call(s.tensor(70, low=1.0, high=90.0), s.tensor(70, low=0.0, high=1.0), 1,
                           0)],
   doc="Binomial numbers, from the groups of a stream.")


def _poisson(input: Any, generator: Any) -> Any:
    check_floating(input, "poisson")
    input = input.detach()
    if input.numel() and input.device.type != "meta":
        smallest = input.amin().item()
        if not smallest >= 0:
            raise argument_error("poisson: invalid Poisson rate, expected rate to be non-negative, "
                                 f"got {smallest}")
    return ops._poisson(input, *take(generator, input.numel() * _ELEMENTS_PER_NUMBER))


op("poisson(Tensor input, Generator? generator=None) -> Tensor", body=_poisson, forms="function",
   samples=lambda s: [call(s.tensor(3, 4, low=0.0, high=20.0)), call(s.tensor(0))],
   errors=lambda s: [(call(s.values([1.0, -2.0])), "ArgumentError", "-2.0"),
                     (call(s.ints(2)), "ArgumentError", "int64")],
   doc="""Numbers of the Poisson distribution with the rates `input`, in its dtype.

>>> cytorch.poisson(cytorch.zeros(2))
tensor([0., 0.])
""")


def _binomial(count: Any, prob: Any, generator: Any) -> Any:
    check_floating(count, "binomial")
    check_floating(prob, "binomial")
    count, prob = ops.broadcast_tensors(count.detach(), prob.detach())
    return ops._binomial(count, prob.to(count.dtype),
                         *take(generator, count.numel() * _ELEMENTS_PER_NUMBER))


op("binomial(Tensor count, Tensor prob, Generator? generator=None) -> Tensor", body=_binomial,
   forms="function",
   samples=lambda s: [call(s.tensor(3, 4, low=1.0, high=50.0), s.tensor(4, low=0.0, high=1.0))],
   errors=lambda s: [(call(s.ints(2), s.tensor(2)), "ArgumentError", "int64")],
   doc="""How many of `count` trials succeed, each with probability `prob`.

>>> cytorch.binomial(cytorch.tensor([5.0, 5.0]), cytorch.tensor([0.0, 1.0]))
tensor([0., 5.])
""")
