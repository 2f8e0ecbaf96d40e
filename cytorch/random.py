"""Generators of random numbers: a seed and a counter, nothing else.

Every random op takes the next groups of one Philox stream, so results depend on the seed and the
order of the calls only: not on the number of threads, the processor or the device.

>>> import cytorch
>>> _ = cytorch.manual_seed(0)
>>> first = cytorch.rand(3)
>>> _ = cytorch.manual_seed(0)
>>> bool((cytorch.rand(3) == first).all())
True
"""
from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from operator import index
from typing import Any

import cytorch
from cytorch.errors import ArgumentError, DTypeError, ShapeError

__all__ = ["Generator", "default_generator", "fork_rng", "get_rng_state", "initial_seed",
           "manual_seed", "seed", "set_rng_state"]

DEFAULT_SEED = 67280421310721
_STATE_BYTES = 16


def _as_seed(value: Any) -> int:
    """A seed as an unsigned 64-bit number; negative ones count from 2**64 down."""
    if isinstance(value, (bool, float)):
        raise DTypeError(f"manual_seed: expected an int, got {type(value).__name__}")
    if isinstance(value, str) or not hasattr(value, "__index__"):
        if not hasattr(value, "__int__") or isinstance(value, str):
            raise DTypeError(f"manual_seed: expected an int, got {type(value).__name__}")
        number = int(value)
    else:
        number = index(value)
    if not -2**63 <= number < 2**64:
        raise ArgumentError(f"manual_seed: overflow when unpacking long: the seed {number} is "
                            "outside of [-2**63, 2**64)")
    return number % 2**64


class Generator:
    """A stream of random numbers.

    device: where the numbers will be made; the stream is the same everywhere.

    >>> generator = Generator().manual_seed(7)
    >>> a = cytorch.rand(2, generator=generator)
    >>> generator = Generator().manual_seed(7)
    >>> bool((cytorch.rand(2, generator=generator) == a).all())
    True
    """

    def __init__(self, device: Any = "cpu") -> None:
        self._device = cytorch.device(device) if isinstance(device, str) else device
        self._seed = DEFAULT_SEED
        self._group = 0

    @property
    def device(self) -> Any:
        """The device given at construction."""
        return self._device

    def manual_seed(self, seed: Any) -> Generator:
        """Start the stream of this seed; returns the generator.

        Any int in [-2**63, 2**64) is a seed, NumPy's included. Raises ValueError outside of it.
        """
        self._seed = _as_seed(seed)
        self._group = 0
        return self

    def initial_seed(self) -> int:
        """The seed that the stream was started with."""
        return self._seed

    def seed(self) -> int:
        """Start the stream of a seed from the operating system; returns the seed."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little"))
        return self._seed

    def get_state(self) -> Any:
        """The whole state as a uint8 tensor, for `set_state`."""
        data = self._seed.to_bytes(8, "little") + self._group.to_bytes(8, "little")
        return cytorch.tensor(list(data), dtype=cytorch.uint8)

    def set_state(self, new_state: Any) -> Generator:
        """Continue where `get_state` was called. Raises for anything but such a tensor."""
        if not isinstance(new_state, cytorch.Tensor) or new_state.dtype != cytorch.uint8:
            raise DTypeError("set_state: expected a uint8 tensor from get_state")
        if tuple(new_state.shape) != (_STATE_BYTES,):
            raise ShapeError(f"set_state: expected a state of {_STATE_BYTES} bytes, got a tensor "
                             f"of shape {tuple(new_state.shape)}")
        data = bytes(new_state.tolist())
        self._seed = int.from_bytes(data[:8], "little")
        self._group = int.from_bytes(data[8:], "little")
        return self

    def clone_state(self) -> Generator:
        """A new generator that will give the same numbers."""
        copy = Generator(self._device)
        copy._seed, copy._group = self._seed, self._group
        return copy

    def take(self, groups: int) -> tuple[int, int]:
        """Seed and first group, as signed numbers, of the next `groups` groups of 64 words."""
        first = self._group
        self._group = (first + groups) % 2**64
        return _signed(self._seed), _signed(first)

    def __getstate__(self) -> dict[str, Any]:
        return {"device": str(self._device), "seed": self._seed, "group": self._group}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._device = cytorch.device(state["device"])
        self._seed, self._group = state["seed"], state["group"]

    def __repr__(self) -> str:
        return f"<torch.Generator device={self._device} seed={self._seed}>"


def _signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number


default_generator = Generator()


def manual_seed(seed: Any) -> Generator:
    """Start the default stream of this seed; returns the default generator. Floats are cut.

    >>> cytorch.manual_seed(0).initial_seed()
    0
    """
    return default_generator.manual_seed(int(seed) if isinstance(seed, float) else seed)


def seed() -> int:
    """Seed the default generator from the operating system; returns the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed of the default generator."""
    return default_generator.initial_seed()


def get_rng_state() -> Any:
    """State of the default generator as a uint8 tensor."""
    return default_generator.get_state()


def set_rng_state(new_state: Any) -> None:
    """Put the default generator into a state from `get_rng_state`."""
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, _caller: str = "fork_rng",
             _devices_kw: str = "devices", device_type: str = "cuda") -> Iterator[None]:
    """A block after which the default generator is as it was before.

    What names devices is PyTorch's; one generator serves all of them here.

    >>> before = cytorch.get_rng_state()
    >>> with fork_rng():
    ...     _ = cytorch.rand(3)
    >>> bool((cytorch.get_rng_state() == before).all())
    True
    """
    if not enabled:
        yield
        return
    state = default_generator.get_state()
    try:
        yield
    finally:
        default_generator.set_state(state)
