"""One random stream per sample, so that batches do not depend on the number of workers."""
from __future__ import annotations

import sys
from typing import Any

_MASK = (1 << 64) - 1


def mix(seed: int, position: int) -> int:
    """A 63-bit seed from two integers: SplitMix64's finisher, whose outputs look unrelated."""
    value = (seed + 0x9E3779B97F4A7C15 * (position + 1)) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return (value ^ (value >> 31)) >> 1


class SampleSeeds:
    """Seeds the random generators before each sample from the epoch's seed and the sample's index.

    cytorch's default generator always; `random` and `numpy.random` only with `python=True`, since
    in the main process they are the program's own. `restore` puts cytorch's generator back.
    """

    def __init__(self, base_seed: int, python: bool) -> None:
        self.base_seed = base_seed
        self.python = python
        self._saved: Any = None

    def save(self) -> None:
        import cytorch

        self._saved = cytorch.get_rng_state()

    def restore(self) -> None:
        import cytorch

        if self._saved is not None:
            cytorch.set_rng_state(self._saved)
            self._saved = None

    def enter(self, index: Any) -> None:
        import cytorch

        position = index if isinstance(index, int) else hash_index(index)
        seed = mix(self.base_seed, position)
        cytorch.default_generator.manual_seed(seed)
        if self.python:
            seed_python(seed)


def hash_index(index: Any) -> int:
    """A number for an index of any type that is the same in every process (hash() is not)."""
    import zlib

    return zlib.crc32(repr(index).encode())


def seed_python(seed: int) -> None:
    """Seed `random`, and `numpy.random` where NumPy is loaded."""
    import random

    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "random"):
        numpy.random.seed(seed & 0xFFFFFFFF)
