"""What all random ops stand on: kernels that fill a tensor from the generator's stream."""
from __future__ import annotations

import math
from typing import Any

from .dtypes import as_dtype, dtype_named
from .sequences import made_by
from .spec import FLOATING, INTEGRAL, argument_error, call, op, ops, structured

# Elements that one group of 64 words makes at least; a bound for all dtypes.
_ELEMENTS_PER_GROUP = 32

op("_random_uniform_(Tensor input, int seed, int group, float low, float high) -> ()",
   kernel=structured(FLOATING, "random_uniform"), forms="function",
   extra={"mutates": ("input",), "random": True},
   samples=lambda s: [call(s.tensor(70), 1, 0, 0.0, 1.0), call(s.tensor(0), 1, 0, -1.0, 1.0)],
   doc="Fill a contiguous tensor with numbers of [low, high) from the groups of a stream.")
op("_random_normal_(Tensor input, int seed, int group, float mean, float std) -> ()",
   kernel=structured(FLOATING, "random_normal"), forms="function",
   extra={"mutates": ("input",), "random": True},
   samples=lambda s: [call(s.tensor(70), 1, 0, 0.0, 1.0)],
   doc="Fill a contiguous tensor with normally distributed numbers from the groups of a stream.")
op("_random_integers_(Tensor input, int seed, int group, int low, int high) -> ()",
   kernel=structured(INTEGRAL + FLOATING, "random_integers"),
   extra={"mutates": ("input",), "random": True},
   forms="function", samples=lambda s: [call(s.ints(70), 1, 0, 3, 9), call(s.ints(9), 1, 0, 0, 0)],
   doc="Fill a contiguous tensor with integers of [low, high); low == high means all 64 bits.")
op("_randperm_(Tensor input, int seed, int group) -> ()",
   kernel=structured(("int64",), "randperm"), forms="function",
   extra={"mutates": ("input",), "random": True},
   samples=lambda s: [call(s.ints(70), 1, 0), call(s.ints(0), 1, 0)],
   doc="Fill a contiguous int64 tensor with a random order of 0 to n - 1.")
op("_bernoulli(Tensor input, int seed, int group) -> Tensor",
   kernel=structured(FLOATING, "bernoulli"), nondiff=("out",),
   samples=lambda s: [call(s.tensor(70, low=0.0, high=1.0), 1, 0)],
   doc="1 with probability `input`, else 0, from the groups of a stream.")
op("_dropout(Tensor input, int seed, int group, float p) -> Tensor",
   kernel=structured(FLOATING, "dropout"),
   grad={"input": lambda g, seed, group, p: ops._dropout(g, seed, group, p)},
   samples=lambda s: [call(s.tensor(70), 1, 0, 0.5), call(s.tensor(3), 1, 0, 1.0)],
   doc="""Zero with probability p, else input / (1 - p).

    The backward pass makes the mask again from the stream: nothing is saved.""")


def take(generator: Any, elements: int) -> tuple[int, int]:
    """(seed, first group) for so many elements of the generator, or of the default one."""
    if generator is None:
        generator = ops._default_generator()
    return generator.take(elements // _ELEMENTS_PER_GROUP + 1)


def filled(kind: str, size: Any, low: Any, high: Any, dtype: Any, device: Any, generator: Any,
           requires_grad: bool = False) -> Any:
    """A new tensor filled by `_random_<kind>_`."""
    return made_by(lambda out: _fill(kind, out, low, high, generator), size, dtype, device,
                   requires_grad)


def _fill(kind: str, out: Any, low: Any, high: Any, generator: Any) -> None:
    """Fill contiguous memory. The parts of a complex number share its variance between them."""
    fill = getattr(ops, f"_random_{kind}_")
    if not out.dtype.is_complex or kind == "integers":
        fill(out, *take(generator, out.numel()), low, high)
    elif kind == "normal":
        _fill(kind, ops.view_as_real(out), 0.0, high / math.sqrt(2), generator)
        out += low
    else:
        _fill(kind, ops.view_as_real(out), low, high, generator)


def refill(kind: str, input: Any, low: Any, high: Any, generator: Any) -> Any:
    """Fill a tensor in place; it need not be contiguous and may have a history."""
    if writable_directly(input):
        _fill(kind, input, low, high, generator)
        return input
    return input.copy_(filled(kind, input.shape, low, high, input.dtype, input.device, generator))


def writable_directly(input: Any) -> bool:
    """Whether a kernel may fill the memory itself: nothing to record, rearrange or convert."""
    from cytorch import is_grad_enabled

    short = input.dtype.is_floating_point and input.dtype.itemsize == 2
    return (input.is_contiguous() and not short and input.dtype != dtype_named("bool")
            and not (input.requires_grad and is_grad_enabled()))


def check_floating(input: Any, name: str, or_complex: bool = False) -> Any:
    dtype = as_dtype(input.dtype if hasattr(input, "dtype") else input)
    if not (dtype.is_floating_point or (or_complex and dtype.is_complex)):
        raise argument_error(f"{name}: needs a floating dtype, got {dtype}")
    return dtype


def check_probability(p: float, name: str) -> float:
    if not 0.0 <= p <= 1.0:
        raise argument_error(f"{name}: probability must be in [0, 1], but got {p}")
    return p


def check_range(name: str, low: int, high: int, dtype: Any) -> None:
    """Raise when an integer dtype does not hold the numbers of [low, high)."""
    import cytorch

    if dtype.is_floating_point or dtype.is_complex:
        return
    limits = (0, 1) if dtype == cytorch.bool else (cytorch.iinfo(dtype).min,
                                                  cytorch.iinfo(dtype).max)
    for what, value in (("from", low), ("to - 1", high - 1)):
        if not limits[0] <= value <= limits[1]:
            raise argument_error(f"{name}: {what} is out of bounds for {dtype}, got {value}")
