"""Random numbers of named distributions: in-place samplers, bernoulli, normal, multinomial."""
from __future__ import annotations

import math
from typing import Any

from .creation import OPTIONS
from .dtypes import dtype_named
from .random_fill import check_floating, check_probability, check_range, filled, refill, take
from .spec import argument_error, call, dtype_error, op, ops, shape_error

_OPTIONS = OPTIONS.replace("*, ", "*, Generator? generator=None, ")


def _uniform_(input: Any, from_: float, to: float, generator: Any) -> Any:
    check_floating(input, "uniform_", or_complex=True)
    if not from_ <= to:
        raise argument_error(f"uniform_: expects to return a [from, to) range, but found "
                             f"from={from_} > to={to}")
    return refill("uniform", input, from_, to, generator)


op("uniform_(Tensor input, float from=0.0, float to=1.0, *, Generator? generator=None) -> Tensor",
   body=_uniform_, forms="method",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(4, 3).t(), -1.0, 2.0)],
   errors=lambda s: [(call(s.tensor(2), 2.0, 1.0), "ArgumentError", "from=2.0 > to=1.0"),
                     (call(s.ints(2)), "ArgumentError", "int64")],
   doc="""Fill with numbers evenly distributed over [from, to).

>>> bool((cytorch.zeros(100).uniform_(2, 3) >= 2).all())
True
""")


def _normal_(input: Any, mean: float, std: float, generator: Any) -> Any:
    check_floating(input, "normal_", or_complex=True)
    return refill("normal", input, mean, _deviation(std, "normal_"), generator)


def _deviation(std: float, name: str) -> float:
    if not std >= 0:
        raise argument_error(f"{name}: expects std >= 0.0, but found std {std}")
    return std


op("normal_(Tensor input, float mean=0.0, float std=1.0, *, Generator? generator=None) -> Tensor",
   body=_normal_, forms="method",
   samples=lambda s: [call(s.tensor(3, 4)), call(s.tensor(4, 3).t(), -1.0, 2.0)],
   errors=lambda s: [(call(s.tensor(2), 0.0, -1.0), "ArgumentError", "std -1.0")],
   doc="""Fill with normally distributed numbers.

>>> cytorch.zeros(2).normal_(5, 0)
tensor([5., 5.])
""")

# Past these, not every integer has a float of its own.
_RANDOM_LIMITS = {"torch.float16": 2**11 + 1, "torch.bfloat16": 2**8 + 1,
                  "torch.float32": 2**24 + 1, "torch.float64": 2**53 + 1, "torch.bool": 2,
                  "torch.uint8": 2**8, "torch.int8": 2**7, "torch.int16": 2**15,
                  "torch.int32": 2**31, "torch.int64": 2**63 - 1}


def _random_(input: Any, from_: int, to: int | None, generator: Any) -> Any:
    if input.dtype.is_complex:
        raise dtype_error(f"random_: not implemented for {input.dtype}")
    if to is None:
        to = _RANDOM_LIMITS[str(input.dtype)]
    if from_ >= to:
        raise argument_error(f"random_: expects 'from' to be less than 'to', but got from={from_} "
                             f">= to={to}")
    check_range("random_", from_, to, input.dtype)
    return refill("integers", input, from_, to, generator)


op("random_(Tensor input, int from, int? to, *, Generator? generator=None) -> Tensor",
   body=_random_, forms="method", samples=lambda s: [call(s.tensor(5), 2, 9)],
   errors=lambda s: [(call(s.tensor(2), 3, 3), "ArgumentError", "from=3 >= to=3"),
                     (call(s.ints(2).to(dtype_named("uint8")), 0, 400), "ArgumentError", "399")],
   doc="""Fill with integers evenly distributed over [from, to).

Without bounds: all non-negative integers that the dtype holds exactly.

>>> cytorch.zeros(2).random_(4, 5)
tensor([4., 4.])
""")
op("random_(Tensor input, int to, *, Generator? generator=None) -> Tensor",
   body=lambda input, to, generator: _random_(input, 0, to, generator), forms="method",
   samples=lambda s: [call(s.ints(5), 9)],
   doc="Fill with integers evenly distributed over [0, to).")
op("random_(Tensor input, *, Generator? generator=None) -> Tensor",
   body=lambda input, generator: _random_(input, 0, None, generator), forms="method",
   samples=lambda s: [call(s.tensor(5)), call(s.ints(5))],
   doc="Fill with non-negative integers that the dtype holds exactly.")


def _uniform(input: Any, generator: Any) -> Any:
    """Numbers of (0, 1] in the size of `input`, in at least 32 bits."""
    wide = input.dtype if input.dtype.is_floating_point and input.dtype.itemsize > 2 \
        else dtype_named("float32")
    return 1 - filled("uniform", input.shape, 0.0, 1.0, wide, input.device, generator)


def exponential_like(input: Any, rate: float, generator: Any) -> Any:
    """-log(u) / rate."""
    return _uniform(input, generator).log() * (-1.0 / rate)


def _exponential_(input: Any, lambd: float, generator: Any) -> Any:
    check_floating(input, "exponential_")
    if not lambd > 0:
        raise argument_error(f"exponential_: expects lambda > 0.0, but found lambda={lambd}")
    return input.copy_(exponential_like(input, lambd, generator))


op("exponential_(Tensor input, float lambd=1.0, *, Generator? generator=None) -> Tensor",
   body=_exponential_, forms="method", samples=lambda s: [call(s.tensor(5)),
                                                          call(s.tensor(2, 3), 2.0)],
   errors=lambda s: [(call(s.tensor(2), 0.0), "ArgumentError", "lambda > 0")],
   doc="""Fill with numbers of the exponential distribution with rate `lambd`.

>>> bool((cytorch.zeros(100).exponential_() >= 0).all())
True
""")


def _geometric_(input: Any, p: float, generator: Any) -> Any:
    if not 0.0 < p < 1.0:
        raise argument_error(f"geometric_: expects p to be in (0, 1), but got p={p}")
    trials = (_uniform(input, generator).log() / math.log1p(-p)).ceil().clamp(min=1.0)
    return input.copy_(trials)


op("geometric_(Tensor input, float p, *, Generator? generator=None) -> Tensor", body=_geometric_,
   forms="method", samples=lambda s: [call(s.tensor(5), 0.5), call(s.ints(5), 0.25)],
   errors=lambda s: [(call(s.tensor(2), 1.0), "ArgumentError", r"\(0, 1\)")],
   doc="""Fill with the number of trials up to the first success, each of probability p.

>>> bool((cytorch.zeros(100).geometric_(0.5) >= 1).all())
True
""")


def _log_normal_(input: Any, mean: float, std: float, generator: Any) -> Any:
    check_floating(input, "log_normal_")
    if std <= 0:
        raise argument_error(f"log_normal_ expects std > 0.0, but found std={std}")
    wide = input.dtype if input.dtype.itemsize > 2 else dtype_named("float32")
    return input.copy_(filled("normal", input.shape, mean, _deviation(std, "log_normal_"), wide,
                              input.device, generator).exp())


op("log_normal_(Tensor input, float mean=1.0, float std=2.0, *, Generator? generator=None) "
   "-> Tensor", body=_log_normal_, forms="method",
   samples=lambda s: [call(s.tensor(5)), call(s.tensor(5), 0.0, 0.25)],
   errors=lambda s: [(call(s.tensor(2), 0.0, -1.0), "ArgumentError", "std=-1.0")],
   doc="""Fill with numbers whose logarithms are normally distributed.

>>> bool((cytorch.zeros(2).log_normal_() > 0).all())
True
""")


def _cauchy_(input: Any, median: float, sigma: float, generator: Any) -> Any:
    check_floating(input, "cauchy_")
    if not sigma > 0:
        raise argument_error(f"cauchy_: expects sigma > 0.0, but found sigma={sigma}")
    return input.copy_(((_uniform(input, generator) - 0.5) * math.pi).tan() * sigma + median)


op("cauchy_(Tensor input, float median=0.0, float sigma=1.0, *, Generator? generator=None) "
   "-> Tensor", body=_cauchy_, forms="method", samples=lambda s: [call(s.tensor(5))],
   errors=lambda s: [(call(s.tensor(2), 0.0, 0.0), "ArgumentError", "sigma > 0")],
   doc="""Fill with numbers of the Cauchy distribution.

>>> cytorch.zeros(2).cauchy_().shape
torch.Size([2])
""")


def _check_probabilities(p: Any, name: str) -> None:
    if p.numel() and p.device.type != "meta":
        for extreme in (p.amin().item(), p.amax().item()):
            if not 0.0 <= extreme <= 1.0:
                raise argument_error(f"{name}: probabilities must be in [0, 1], found {extreme}")


def _bernoulli(input: Any, generator: Any) -> Any:
    check_floating(input, "bernoulli")
    _check_probabilities(input, "bernoulli")
    return ops._bernoulli(input, *take(generator, input.numel()))


def _bernoulli_of(input: Any, p: float, generator: Any) -> Any:
    drawn = filled("uniform", input.shape, 0.0, 1.0, dtype_named("float32"),
                   input.device, generator) < check_probability(p, "bernoulli")
    return drawn.to(input.dtype)


op("bernoulli(Tensor input, *, Generator? generator=None) -> Tensor", body=_bernoulli,
   forms="function method out",
   samples=lambda s: [call(s.tensor(3, 4, low=0.0, high=1.0)), call(s.tensor(0, low=0.0))],
   errors=lambda s: [(call(s.values([0.5, 1.5])), "ArgumentError", "1.5")],
   doc="""1 with the probability that each element of `input` gives, else 0.

>>> cytorch.bernoulli(cytorch.tensor([0.0, 1.0]))
tensor([0., 1.])
""")
op("bernoulli(Tensor input, float p, *, Generator? generator=None) -> Tensor", body=_bernoulli_of,
   forms="function method", samples=lambda s: [call(s.tensor(3, 4), 0.3)],
   errors=lambda s: [(call(s.tensor(2), 1.5), "ArgumentError", "1.5")],
   doc="1 with probability `p`, else 0, in the size and dtype of `input`.")
op("bernoulli_(Tensor input, float p=0.5, *, Generator? generator=None) -> Tensor",
   body=lambda input, p, generator: input.copy_(_bernoulli_of(input, p, generator)),
   forms="method", samples=lambda s: [call(s.tensor(3, 4)), call(s.ints(3), 0.2)],
   doc="""Fill with 1 with probability `p`, else 0.

>>> cytorch.zeros(2).bernoulli_(1.0)
tensor([1., 1.])
""")
op("bernoulli_(Tensor input, Tensor p, *, Generator? generator=None) -> Tensor",
   body=lambda input, p, generator: input.copy_(_bernoulli(
       p.detach().expand(input.shape), generator)),
   forms="method", samples=lambda s: [call(s.tensor(3, 4), s.tensor(4, low=0.0, high=1.0))],
   doc="Fill with 1 with the probabilities in `p`, else 0.")


def _scaled_normal(mean: Any, std: Any, generator: Any) -> Any:
    """Gradients flow neither to mean nor to std, as in PyTorch."""
    tensors = [t.detach() for t in (mean, std) if hasattr(t, "detach")]
    pattern = tensors[0] if len(tensors) == 1 else tensors[0] + tensors[1]
    noise = filled("normal", pattern.shape, 0.0, 1.0, check_floating(pattern, "normal"),
                   pattern.device, generator)
    std = std.detach() if hasattr(std, "detach") else _deviation(std, "normal")
    if hasattr(std, "detach") and std.numel() and std.device.type != "meta":
        _deviation(std.amin().item(), "normal")
    return noise * std + (mean.detach() if hasattr(mean, "detach") else mean)


op("normal(Tensor mean, Tensor std, *, Generator? generator=None) -> Tensor",
   body=_scaled_normal, forms="function out",
   samples=lambda s: [call(s.tensor(3), s.tensor(3, low=0.1)), call(s.tensor(2, 1), s.tensor(
       3, low=0.1))],
   errors=lambda s: [(call(s.tensor(2), s.values([-1.0, 1.0])), "ArgumentError", "-1.0")],
   doc="""Normally distributed numbers with means and standard deviations of their own.

>>> cytorch.normal(cytorch.tensor([1.0, 2.0]), cytorch.zeros(2))
tensor([1., 2.])
""")
op("normal(Tensor mean, float std=1.0, *, Generator? generator=None) -> Tensor",
   body=_scaled_normal, forms="function out", samples=lambda s: [call(s.tensor(3), 2.0),
                                                                 call(s.tensor(3))],
   doc="Normally distributed numbers with means of their own.")
op("normal(float mean, Tensor std, *, Generator? generator=None) -> Tensor", body=_scaled_normal,
   forms="function out", samples=lambda s: [call(2.0, s.tensor(3, low=0.1))],
   doc="Normally distributed numbers with standard deviations of their own.")
op(f"normal(float mean, float std, int[] size, {_OPTIONS}) -> Tensor",
   body=lambda mean, std, size, generator, dtype, layout, device, requires_grad, pin_memory: filled(
       "normal", size, mean, _deviation(std, "normal"), dtype, device, generator, requires_grad),
   forms="function out", samples=lambda s: [call(0.0, 1.0, (2, 3))],
   doc="A tensor of this size of normally distributed numbers.")


def _check_weights(input: Any, num_samples: int, replacement: bool) -> None:
    if input.dim() not in (1, 2):
        raise shape_error(f"multinomial: prob_dist must be 1 or 2 dim, got {tuple(input.shape)}")
    check_floating(input, "multinomial")
    if num_samples <= 0:
        raise argument_error(f"multinomial: cannot sample num_samples={num_samples} <= 0 samples")
    if not replacement and num_samples > input.shape[-1]:
        raise argument_error(f"multinomial: cannot sample num_samples={num_samples} > "
                             f"{input.shape[-1]} categories without replacement")
    if input.numel() == 0 or input.device.type == "meta":
        return
    smallest, largest = input.amin().item(), input.amax().item()
    if not (smallest >= 0 and math.isfinite(largest)):
        raise argument_error("multinomial: probability tensor contains either inf, nan or element "
                             f"< 0 (smallest {smallest}, largest {largest})")
    chances = int((input > 0).sum(-1).amin().item())
    if chances == 0:
        raise argument_error("multinomial: invalid multinomial distribution (sum of probabilities "
                             "<= 0)")
    if not replacement and chances < num_samples:
        raise argument_error("multinomial: invalid multinomial distribution (with "
                             f"replacement=False, {num_samples} samples from {chances} categories "
                             "of positive probability)")


def _multinomial(input: Any, num_samples: int, replacement: bool, generator: Any) -> Any:
    _check_weights(input, num_samples, replacement)
    input = input.detach()
    if not replacement:
        # The largest of p / e with exponential e is category i with probability p_i.
        race = input / exponential_like(input, 1.0, generator).to(input.dtype)
        return race.topk(num_samples, -1).indices
    edges = input.to(dtype_named("float64")).cumsum(-1)
    size = (*input.shape[:-1], num_samples)
    drawn = filled("uniform", size, 0.0, 1.0, edges.dtype, input.device, generator)
    found = ops.searchsorted(edges, drawn * edges.narrow(-1, edges.shape[-1] - 1, 1), right=True)
    return found.clamp(max=input.shape[-1] - 1)


op("multinomial(Tensor input, int num_samples, bool replacement=False, *, "
   "Generator? generator=None) -> Tensor", body=_multinomial, forms="function method out",
   extra={"exact_out": True},
   samples=lambda s: [call(s.tensor(4, low=0.1), 2), call(s.tensor(3, 4, low=0.1), 5, True)],
   errors=lambda s: [(call(s.values([0.5, -0.5]), 1), "ArgumentError", "-0.5"),
                     (call(s.values([0.0, 0.0]), 1), "ArgumentError", "sum of probabilities"),
                     (call(s.values([1.0, 0.5]), 3), "ArgumentError", "num_samples=3 > 2")],
   doc="""Indices drawn with the (not necessarily normalised) probabilities of each row.

input: (n,) or (rows, n), floating, non-negative. Result: int64, num_samples for each row; without
replacement no index appears twice in a row.

>>> cytorch.multinomial(cytorch.tensor([0.0, 1.0]), 2, replacement=True)
tensor([1, 1])
""")
