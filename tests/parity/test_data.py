"""utils.data next to PyTorch's: the same batches, lengths and types."""
from __future__ import annotations

from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest
import torch
import torch.utils.data

import cytorch
import cytorch.utils.data

Pair = namedtuple("Pair", "left right")


def plain(batch: Any) -> Any:
    """The same structure with tensors as (dtype, values), types of containers included."""
    if isinstance(batch, (cytorch.Tensor, torch.Tensor)):
        return str(batch.dtype), batch.tolist()
    if isinstance(batch, dict):
        return type(batch).__name__, {key: plain(value) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch).__name__, [plain(value) for value in batch]
    return batch


def samples(library: Any) -> list[Any]:
    tensor = library.tensor
    return [
        [1, 2], [1.5, 2.0], [True, False], ["a", "b"], [b"a", b"b"], [tensor([1]), tensor([2])],
        [(1, "a"), (2, "b")], [[1, 2.0], [3, 4.0]], [{"x": 1, "y": [2]}, {"x": 3, "y": [4]}],
        [Pair(1, (2, 3)), Pair(4, (5, 6))], [OrderedDict(b=1, a=2), OrderedDict(b=3, a=4)],
        [np.float32(1), np.float32(2)], [np.zeros((2, 1), "i2"), np.ones((2, 1), "i2")],
        [np.int64(3), np.int64(4)], [(tensor(1.0), {"k": (1,)})], [(), ()], [{}, {}]]


@pytest.mark.parametrize("number", range(len(samples(torch))))
def test_default_collate(number: int) -> None:
    ours = cytorch.utils.data.default_collate(samples(cytorch)[number])
    theirs = torch.utils.data.default_collate(samples(torch)[number])
    assert plain(ours) == plain(theirs)


@pytest.mark.parametrize("number", range(len(samples(torch))))
def test_default_convert(number: int) -> None:
    ours = cytorch.utils.data.default_convert(samples(cytorch)[number])
    theirs = torch.utils.data.default_convert(samples(torch)[number])
    assert plain(ours) == plain(theirs)


@pytest.mark.parametrize("options", [
    {"batch_size": 4}, {"batch_size": 4, "drop_last": True}, {"batch_size": None},
    {"batch_sampler": [[1, 2], [3]]}, {"sampler": [4, 2, 0], "batch_size": 2}, {"batch_size": 20},
    {"num_workers": 2, "batch_size": 3}, {"collate_fn": tuple, "batch_size": 5}])
def test_loader(options: dict[str, Any]) -> None:
    ours = cytorch.utils.data.DataLoader(range(10), **options)  # type: ignore[arg-type]
    theirs = torch.utils.data.DataLoader(range(10), **options)  # type: ignore[arg-type]
    assert len(ours) == len(theirs)
    assert [plain(batch) for batch in ours] == [plain(batch) for batch in theirs]


def test_all_names_of_the_seed_are_there() -> None:
    later = {"DataChunk", "DFIterDataPipe", "DistributedSampler", "IterDataPipe", "MapDataPipe",
             "argument_validation", "functional_datapipe", "guaranteed_datapipes_determinism",
             "non_deterministic", "runtime_validation", "runtime_validation_disabled",
             "_DatasetKind"}
    missing = set(torch.utils.data.__all__) - set(cytorch.utils.data.__all__) - later
    assert not missing
